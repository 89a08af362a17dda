"""In the made-up language no page shows a plain English word of ours: all pages of the demo data, by every role."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from assess.people.models import User
from tests.conftest import client_of
from tests.pseudo import LANGUAGE, given_by_people, left_in_english, load_demo, names_in_scans, pseudo, texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: So many pages of one kind by one person: those of the demo data are in every state.
EACH = 4
#: Files, and pages that are for programs.
NOT_PAGES = re.compile(r"\.(csv|json|pdf|yaml)$|^/api/|^/static/|/export/|/logout/|data/$|/pdf/$")


@pytest.fixture
def demo(pseudo_locale: str) -> None:
    load_demo()


#: What differs between two editions, which quotes both as they are written.
DIFFERS = re.compile(r'<section[^>]*aria-labelledby="differs".*?</section>', re.DOTALL)


def links_of(html: str) -> list[str]:
    return [address.replace("&amp;", "&") for address in re.findall(r'href="(/[^"#]*)', html)]


def pages_of(client: Client, each: int = EACH) -> Iterator[tuple[str, Any, str]]:
    """(address, response, its text) of pages that somebody comes to by links, so many of each kind at most."""
    todo, seen, counted = ["/"], {"/"}, Counter[str]()
    while todo:
        address = todo.pop(0)
        try:
            name = str(resolve(address.partition("?")[0]).url_name)
        except Resolver404:
            continue
        if NOT_PAGES.search(address.partition("?")[0]) or counted[name] >= each:
            continue
        counted[name] += 1
        response = client.get(address, headers={"accept-language": LANGUAGE}, follow=True)
        if "html" not in response.headers.get("Content-Type", ""):
            continue
        html = response.content.decode()
        yield address, response, html
        for link in links_of(html):
            if link not in seen:
                seen.add(link)
                todo.append(link)


def test_the_made_up_language_keeps_places_for_values() -> None:
    assert pseudo("Ask {name} again").startswith("Àśķ {name} àğàíń")
    assert pseudo('<a href="{url}">%(count)s of %%</a>').startswith('<a href="{url}">%(count)s óƒ %%</a>')


@pytest.mark.parametrize("roles", [("nobody", "architect", "viewer"), ("lead", "member", "respondent", "admin")])
def test_no_page_shows_a_sentence_that_cannot_be_translated(roles: tuple[str, ...], demo: None) -> None:
    """Several roles in one test: loading the demo data takes as long as reading it."""
    given, scans = given_by_people(), names_in_scans()
    found: dict[str, str] = {}
    for role in roles:
        client = Client() if role == "nobody" else client_of(User.objects.get(email=f"{role}@demo.example"))
        asked = 0
        for address, response, html in pages_of(client):
            asked += 1
            if response.resolver_match.url_name == "edition-preview":
                continue  # shows an edition as it is written
            html = DIFFERS.sub("", html)
            names = next((words for place, words in scans.items() if address.startswith(place)), frozenset[str]())
            for text in left_in_english(texts_of(html), given, names):
                found.setdefault(text, f"{role}: {address}")
        assert asked >= 10, role
    assert found == {}, "\n".join(f"{address}: {text}" for text, address in found.items())
