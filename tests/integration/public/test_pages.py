"""The other pages for everybody: what they must say, and that they need neither account nor database."""

import gzip
import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from assess.decision.rules import RULES
from assess.decision.sources import SOURCES
from assess.decision.wording import GATE_WORDS
from tests.conftest import client_of
from tests.factories import PASSWORD, UserFactory

PAGES = (
    "/",
    "/quick/",
    "/quick/?teams=5&tracing=none",
    "/sample/",
    "/how-it-decides/",
    "/sources/",
    "/cases/",
    "/scaling-sum/",
    "/evidence/",
    "/scaling-sum/?now_instances=10&now_price=100&part_instances=8&part_price=100&rest_instances=2&rest_price=50",
)
INLINE = re.compile(r"""<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:""", re.IGNORECASE)


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_reads_it_without_a_query_or_a_cookie(address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("address", PAGES)
def test_it_carries_nothing_that_the_security_policy_refuses(address: str) -> None:
    assert not INLINE.findall(Client().get(address).text)


@pytest.mark.parametrize("address", PAGES)
def test_it_has_one_heading_a_title_of_its_own_and_unique_ids(address: str) -> None:
    page = Client().get(address).text
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>[^<]+ · Splitcheck</title>", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_pages_have_different_titles() -> None:
    titles = [
        re.findall(r"<title>\s*(.*?)</title>", Client().get(address).text, re.DOTALL)[0]
        for address in PAGES
        if "?" not in address
    ]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("address", PAGES)
def test_every_link_of_it_leads_somewhere(address: str) -> None:
    client = Client()
    for link in set(re.findall(r'href="(/[^"#]*)', client.get(address).text)):
        if not link.startswith("/static/"):
            assert client.get(link.replace("&amp;", "&")).status_code in (200, 302), link


@pytest.mark.django_db
def test_the_front_page_sends_a_signed_in_person_to_their_assessments(alice_client: Client) -> None:
    assert alice_client.get("/").headers["Location"] == "/assessments/"


@pytest.mark.django_db
def test_a_signed_in_person_may_use_the_quick_check_too(alice_client: Client) -> None:
    page = alice_client.get("/quick/?teams=5&deploy_waiting=never").text
    assert "Sign out" in page
    assert "data-verdict" in page


@pytest.mark.django_db
def test_what_one_visitor_is_told_is_not_on_the_page_of_the_next() -> None:
    leaving = client_of(UserFactory())
    address = leaving.post("/account/you/leave/", {"proof": PASSWORD}).headers["Location"]
    told = "Your account is erased"
    del leaving.cookies[settings.SESSION_COOKIE_NAME]  # as a browser does with one that has ended
    assert told in leaving.get(address).text
    assert told not in Client().get(address).text


@pytest.mark.django_db
def test_a_visitor_is_told_what_happened_on_a_page_that_others_saw_before() -> None:
    Client().get("/")
    leaving = client_of(UserFactory())
    address = leaving.post("/account/you/leave/", {"proof": PASSWORD}).headers["Location"]
    del leaving.cookies[settings.SESSION_COOKIE_NAME]
    assert "Your account is erased" in leaving.get(address).text


def test_the_front_page_states_the_hits_that_the_page_of_cases_shows() -> None:
    cases = Client().get("/cases/?model=hit").text
    hits = cases.count('data-outcome="hit"')
    misses = Client().get("/cases/?model=miss").text.count('data-outcome="miss"')
    assert hits > misses
    assert f"Right on <strong>{hits} of {hits + misses}</strong> published decisions" in Client().get("/").text


def test_the_front_page_shows_a_finished_sample_with_its_verdict_and_reasons() -> None:
    front, sample = Client().get("/").text, Client().get("/sample/").text
    card = front[front.index("SAMPLE") : front.index('href="/sample/"')]
    assert "E-commerce platform with 35 developers" in card
    assert "Extract services" in card
    reasons = re.findall(r"<li>(.+?)</li>", card)
    assert len(reasons) == 3
    assert all(reason in sample for reason in reasons)


@pytest.mark.parametrize("address", ["/account/login/", "/account/signup/"])
@pytest.mark.django_db
def test_whoever_only_looks_finds_the_quick_check_and_the_sample_where_they_would_sign_in(address: str) -> None:
    page = Client().get(address).text
    beside = page[page.index("Just looking?") : page.index("</aside>")]
    assert 'href="/quick/"' in beside
    assert 'href="/sample/"' in beside


def test_the_sample_is_the_shop_of_35_developers_with_the_verdict_that_its_source_tells() -> None:
    page = Client().get("/sample/").text
    assert 'data-verdict="extract"' in page
    assert 'data-form="organisation"' in page
    assert "potapov.me" in page
    assert "Recommendations took 40 % of the CPU" in page


def test_how_it_decides_names_every_rule_and_gate_in_order() -> None:
    page = Client().get("/how-it-decides/").text
    places = [page.index(f'id="{slug}"') for slug in RULES]
    assert places == sorted(places)
    assert all(words in page for words in GATE_WORDS.values())


def test_the_sources_are_all_named_and_can_be_linked_to() -> None:
    page = Client().get("/sources/").text
    for slug, source in SOURCES.items():
        assert f'id="{slug}"' in page
        assert source.title in page


def test_the_bare_frame_needs_no_request() -> None:
    page = render_to_string("base_bare.html")
    assert "<main" in page
    assert "csrf" not in page


def test_stylesheets_take_at_most_12_kilobytes_compressed() -> None:
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    linked = {name for template in templates for name in re.findall(r"static '([\w-]+\.css)'", template.read_text())}
    assert "app.css" in linked
    served = [gzip.compress((settings.BASE_DIR / "static" / name).read_bytes()) for name in linked]
    # The card and the charts of the result page are two of them.
    assert sum(map(len, served)) <= 12 * 1024


def test_colours_are_named_only_as_tokens() -> None:
    text = (settings.BASE_DIR / "static" / "app.css").read_text()
    after_tokens = text[text.index("@layer base {") : text.index("@layer print {")]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", after_tokens)
