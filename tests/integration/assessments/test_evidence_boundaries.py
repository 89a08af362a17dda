"""The page of the boundaries that hold in a scan, and its two files."""

import json
import tomllib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.models import Assessment
from assess.models import Edition, Team
from assess.people.models import User
from assess.questionnaire.schema import Answer, Value
from tests.evidence_samples import shop_evidence
from tests.html import compact

pytestmark = pytest.mark.django_db


def attach(assessment: Assessment, by: User, **changes: Any) -> None:
    attach_evidence(assessment, json.dumps(shop_evidence(**changes)).encode(), by=by)


def page_of(client: Client, assessment: Assessment) -> str:
    return compact(client.get(reverse("evidence-boundaries", args=[assessment.pk])).content.decode())


def file_of(client: Client, assessment: Assessment, name: str) -> Any:
    return client.get(reverse("evidence-boundaries-file", args=[assessment.pk, name]))


def test_the_page_tells_layers_and_exceptions_and_offers_both_files(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    attach(assessment, bob)
    said = page_of(bob_client, assessment)
    for words in ("2 exceptions left", "lint-imports --config boundaries.toml", "tach check"):
        assert words in said
    assert said.index("recommendations") < said.index("catalog")
    linter = file_of(bob_client, assessment, "boundaries")
    assert linter["Content-Disposition"] == 'attachment; filename="boundaries.toml"'
    assert tomllib.loads(linter.content.decode())["tool"]["importlinter"]["root_packages"] == ["shop"]
    assert tomllib.loads(file_of(bob_client, assessment, "tach").content.decode())["source_roots"] == ["."]
    assert file_of(bob_client, assessment, "other").status_code == 404


def test_a_rescan_says_how_many_exceptions_are_left_and_how_many_went(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    attach(assessment, bob)
    assert "scan before" not in page_of(bob_client, assessment)
    boundaries = shop_evidence()["boundaries"]
    boundaries["exceptions"].pop()
    attach(assessment, bob, boundaries=boundaries, scanned_at="2026-11-09T09:00:00Z")
    said = page_of(bob_client, assessment)
    assert "1 exception left" in said
    assert "There is 1 fewer than in the scan before." in said
    attach(assessment, bob, scanned_at="2026-11-16T09:00:00Z")
    assert "There is 1 more than in the scan before." in page_of(bob_client, assessment)


def test_an_anonymised_scan_says_why_it_has_no_boundaries(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    attach(assessment, bob, boundaries=None, anonymised=True)
    assert "scan without --anonymise" in page_of(bob_client, assessment)
    assert file_of(bob_client, assessment, "boundaries").status_code == 404


def test_without_a_scan_the_page_says_how_to_make_one(assessment: Assessment, bob_client: Client) -> None:
    assert "No scan yet" in page_of(bob_client, assessment)
    assert file_of(bob_client, assessment, "tach").status_code == 404


#: Five teams that wait for each other, and boundaries that are only named: they come first.
MODULAR: dict[str, Value] = {
    "current_shape": "monolith",
    "product_stage": "established",
    "developers": 35,
    "teams": 5,
    "team_collisions": "weekly",
    "deploy_minutes": 45,
    "deploy_waiting": "often",
    "boundaries": "tangled",
    "tracing": "none",
    "ci_cd": "manual",
}


def test_the_result_of_going_modular_leads_to_the_boundaries_once_there_is_a_scan(
    team: Team, edition: Edition, bob: User, bob_client: Client
) -> None:
    carried = {key: Answer(value=value) for key, value in MODULAR.items()}
    assessment = start_assessment(team=team, system_name="Payments", edition=edition, by=bob, carried=carried)
    address = reverse("assessment-result", args=[assessment.pk])
    said = bob_client.get(address).text
    assert "Modular monolith" in said
    assert 'id="boundaries"' not in said
    attach(assessment, bob)
    said = compact(bob_client.get(address).text)
    assert "boundaries that hold today, with 2 exceptions to remove" in said
    assert reverse("evidence-boundaries", args=[assessment.pk]) in said
