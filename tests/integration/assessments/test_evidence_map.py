"""The map's page and the report's chapter, from a scan that is attached."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.evidence.actions import attach_evidence, delete_evidence
from assess.assessments.models import Assessment
from assess.demo.scenario import SCAN_FILE
from assess.evidence.map import build_matrix
from assess.evidence.records import read_evidence
from assess.evidence.validation import read_evidence_file
from assess.people.models import User
from assess.reports.chapters import build_document
from assess.reports.loaders.report import load_report
from tests.conftest import client_of
from tests.evidence_samples import APPS, evidence_of_apps, shop_evidence
from tests.html import compact

pytestmark = pytest.mark.django_db

FINDING = "2 of 35 imports between apps point the wrong way"


def page_of(client: Client, assessment: Assessment) -> str:
    response = client.get(reverse("evidence-map", args=[assessment.pk]))
    assert response.status_code == 200
    return compact(response.content.decode())


def test_viewers_see_the_map_of_the_scan_with_its_numbers_in_a_table(
    assessment: Assessment, bob: User, vera: User
) -> None:
    attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=bob)

    page = page_of(client_of(vera), assessment)

    assert f'<h2 id="matrix">{FINDING}</h2>' in page
    assert page.count(FINDING) >= 3  # above the drawing, as its title, and as its table's caption
    assert all(page.count(app) > 3 for app in APPS)
    assert 'aria-current="page">Map</a>' in page


def test_without_a_scan_the_page_says_what_to_do(assessment: Assessment, vera: User) -> None:
    page = page_of(client_of(vera), assessment)

    assert "Attach a scan to see how the apps depend on each other." in page
    assert '<svg class="squares"' not in page


def test_names_of_apps_are_never_markup(assessment: Assessment, bob: User, bob_client: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    text = json.dumps(evidence_of_apps(6)).replace("app03", json.dumps(hostile)[1:-1])
    attach_evidence(assessment, text.encode(), by=bob)

    page = page_of(bob_client, assessment)

    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_report_has_the_map_while_a_scan_is_attached(assessment: Assessment, bob: User) -> None:
    def titles() -> dict[str, str]:
        return {chapter.slug: chapter.title for chapter in build_document(load_report(assessment)).chapters}

    assert "map" not in titles()
    evidence = attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=bob)
    assert titles()["map"] == FINDING
    delete_evidence(evidence, by=bob)
    assert "map" not in titles()


def test_the_demos_made_up_scan_is_one_that_can_be_attached() -> None:
    content = SCAN_FILE.read_bytes()

    scan = read_evidence(read_evidence_file(content))

    assert "made up" in scan.data["repository"]["name"]
    matrix = build_matrix(scan)
    assert {cell for cell in matrix.cells if cell.to_cut} == {
        cell for cell in matrix.cells if cell.imports and cell.column > cell.row
    }
