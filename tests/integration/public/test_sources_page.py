"""The page of sources: what each says and where it is, what is left out, and the pages it leads to."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from assess.advice.facade import CONSEQUENCES, SOURCE_ITEMS
from tests.html import compact

PAGES = sorted({home.slug for item in SOURCE_ITEMS for home in item.homes if home.kind == "page"})


def text_of_page(client: Client, name: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", compact(client.get(reverse(name)).content.decode())))


@pytest.mark.parametrize("name", PAGES)
def test_each_page_that_is_home_to_an_item_speaks_of_it(client: Client, name: str) -> None:
    said = text_of_page(client, name).lower()
    words = [home.word for item in SOURCE_ITEMS for home in item.homes if (home.kind, home.slug) == ("page", name)]
    assert words
    for word in words:
        assert word.lower() in said, word


def test_every_item_is_on_the_page_with_its_homes_or_why_it_is_left_out(client: Client) -> None:
    said = text_of_page(client, "sources")
    for item in SOURCE_ITEMS:
        assert item.says in said
        assert item.left_out in said
    for words in ("Design decision: Moving traffic", "Step of the plan: 10 % of requests", "Pitfall: N+1 over HTTP"):
        assert words in said
    assert all(cell in said for row in CONSEQUENCES for cell in row)
