"""What a scan's file says is text wherever it is shown or written: no element, link, formula or key of it."""

import csv
import io
import json
import re
import tomllib
import zipfile
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from markdown_it import MarkdownIt

from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.models import Assessment
from assess.people.models import User
from tests.evidence_samples import APPS, shop_evidence

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EVIL = '=HYPERLINK(1)"\'></svg><script>alert(1)</script>[x](javascript:alert(1)) {{ 7 }}"]\\ evil = true [evil] `@'


def with_evil_names(value: Any) -> Any:
    """The same scan, but each name of an app, module, path, model or field begins with what an attacker writes."""
    if isinstance(value, dict):
        kept = ("format", "kind", "commit", "committed_on", "code", "reason", "scanned_at", "since", "until")
        return {name: each if name in kept else with_evil_names(each) for name, each in value.items()}
    if isinstance(value, list):
        return [each if each in ("settings", "migrations") else with_evil_names(each) for each in value]
    is_name = isinstance(value, str) and (value in APPS or re.fullmatch(r"[\w./ -]+", value))
    is_code = value in ("both", "2026-10-20", ".")
    return f"{EVIL}{value}" if is_name and not is_code else value


@pytest.fixture
def evil(assessment: Assessment, bob: User) -> Assessment:
    for evidence in (shop_evidence(scanned_at="2026-10-01T09:00:00Z"), with_evil_names(shop_evidence())):
        attach_evidence(assessment, json.dumps(evidence).encode(), by=bob)
    return assessment


class Reader(HTMLParser):
    """The attributes of all elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs


def fetch(client: Client, name: str, assessment: Assessment, *more: str) -> bytes:
    response = client.get(reverse(name, args=[assessment.pk, *more]))
    assert response.status_code == 200, name
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize(
    "name",
    [
        *(
            "evidence",
            "evidence-claims",
            "evidence-map",
            "evidence-candidates",
            "evidence-boundaries",
            "evidence-claims",
        ),
        *("assessment", "assessment-result", "report-read"),
    ],
)
def test_pages_show_names_of_a_scan_as_text(name: str, evil: Assessment, bob_client: Client) -> None:
    page = fetch(bob_client, name, evil).decode()
    reader = Reader()
    reader.feed(page)
    assert "evil" not in {attribute for attribute, _value in reader.attributes}
    assert not any((value or "").strip().startswith("javascript:") for _attribute, value in reader.attributes)
    assert "<script>alert" not in page
    if name in ("evidence", "evidence-map", "evidence-candidates"):
        assert "&lt;script&gt;alert(1)" in page


def test_files_hold_names_of_a_scan_as_text(evil: Assessment, bob_client: Client) -> None:
    markdown = MarkdownIt("commonmark").render(fetch(bob_client, "report-md", evil).decode())
    assert "<script>alert" not in markdown
    assert 'href="javascript:' not in markdown
    rows = csv.reader(io.StringIO(fetch(bob_client, "report-csv", evil).decode("utf-8-sig")))
    assert [cell for row in rows for cell in row if re.match(r"[=+@\t\r]", cell)] == []
    with zipfile.ZipFile(io.BytesIO(fetch(bob_client, "report-xlsx", evil))) as book:
        assert all(b"<f>" not in book.read(each) for each in book.namelist() if each.endswith(".xml"))


@pytest.mark.parametrize("form", ["boundaries", "tach"])
def test_a_configuration_is_written_of_nothing_but_names_of_modules(
    form: str, assessment: Assessment, bob: User, bob_client: Client
) -> None:
    attach_evidence(assessment, json.dumps(shop_evidence(scanned_at="2026-10-01T09:00:00Z")).encode(), by=bob)
    assert tomllib.loads(fetch(bob_client, "evidence-boundaries-file", assessment, form).decode())
    attach_evidence(assessment, json.dumps(with_evil_names(shop_evidence())).encode(), by=bob)
    response = bob_client.get(reverse("evidence-boundaries-file", args=[assessment.pk, form]))
    assert response.status_code == 404
