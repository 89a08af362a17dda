"""Candidates of a version: by scan and by hand, who may change them, what a mistake says, and what is sealed."""

import json
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.evidence.candidates import candidates_of, moment_of, save_choices
from assess.assessments.evidence.models import CandidateChoices
from assess.assessments.models import Assessment, Event
from assess.models import Edition, Team, User
from assess.questionnaire.schema import Answer, Value
from assess.reports.loaders.report import load_report
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.html import compact

pytestmark = pytest.mark.django_db

INVENTORY = (
    {"name": "recommendations", "load": "40", "criticality": "low"},
    {"name": "auth", "load": "5", "criticality": "high"},
    {"name": "admin", "uses": "auth, recommendations"},
)


def address(assessment: Assessment) -> str:
    return reverse("evidence-candidates", args=[assessment.pk])


def send(client: Client, assessment: Assessment, *rows: dict[str, str], by: str = "hand", load_from: str = "") -> Any:
    fields = {f"rows-{number}-{name}": text for number, row in enumerate(rows) for name, text in row.items()}
    fields = {"seen": moment_of(CandidateChoices.objects.filter(assessment=assessment).first())} | fields
    return client.post(address(assessment), {"by": by, "count": len(rows), "load_from": load_from, **fields})


def page_of(client: Client, assessment: Assessment, query: str = "") -> str:
    return compact(client.get(address(assessment) + query).content.decode())


@pytest.fixture
def scanned(assessment: Assessment, alice: User) -> Assessment:
    attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=alice)
    return assessment


def test_without_a_scan_modules_are_typed_by_hand_and_the_page_says_by_whom(
    assessment: Assessment, bob_client: Client
) -> None:
    assert "No candidates yet. Attach a scan, or type your modules below." in page_of(bob_client, assessment)
    assert send(bob_client, assessment, *INVENTORY, {"name": ""}, load_from="a profiler").status_code == 302
    said = page_of(bob_client, assessment)
    for words in (
        "First candidate: recommendations",
        "From modules that your team typed.",
        "Bob typed the modules,",
        "Source of the loads: a profiler.",
        "It takes 40 % of the load",
        'value="auth, recommendations"',
    ):
        assert words in said


def test_a_scan_ranks_its_apps_and_choices_are_added_to_it(scanned: Assessment, bob_client: Client) -> None:
    said = page_of(bob_client, scanned)
    assert "First candidate: orders" in said
    assert "Counted by a scan." in said
    rows = ({"name": "orders", "group": "sales"}, {"name": "payments", "group": "sales"}, {"name": "catalog"})
    assert send(bob_client, scanned, *rows, by="scan").status_code == 302
    found = candidates_of(scanned)
    assert found.candidates is not None
    assert "sales" in [each.app for each in found.candidates.everything]
    assert [row["name"] for row in CandidateChoices.objects.get().content["rows"]] == ["orders", "payments"]
    send(bob_client, scanned, {"name": "recommendations", "stays": "its team left"}, by="scan")
    assert "The team keeps it: its team left" in page_of(bob_client, scanned)


def test_a_team_with_a_scan_may_still_type_its_modules_and_go_back(scanned: Assessment, bob_client: Client) -> None:
    assert "Type your modules" in page_of(bob_client, scanned, "?by=hand")
    send(bob_client, scanned, *INVENTORY)
    assert "First candidate: recommendations" in page_of(bob_client, scanned)
    send(bob_client, scanned, {"name": "orders"}, by="scan")
    assert "First candidate: orders" in page_of(bob_client, scanned)


def test_a_mistake_names_its_field_and_nothing_that_was_typed_is_lost(
    assessment: Assessment, bob_client: Client
) -> None:
    answer = send(bob_client, assessment, {"name": "mail", "load": "lots", "uses": "post"}, load_from="a guess")
    assert answer.status_code == 400
    said = compact(answer.content.decode())
    assert "“lots” is not a share from 0 to 100." in said
    assert "No module is called “post”." in said
    assert 'href="#id_rows-0-load"' in said
    for typed in ("mail", "lots", "post", "a guess"):
        assert f'value="{typed}"' in said
    assert not CandidateChoices.objects.exists()


def test_nobody_replaces_what_another_saved_meanwhile_unknowingly(
    assessment: Assessment, alice_client: Client, bob_client: Client
) -> None:
    before = {"by": "hand", "count": "1", "rows-0-name": "mail", "seen": ""}
    assert alice_client.post(address(assessment), before).status_code == 302
    assert alice_client.post(address(assessment), before).status_code == 302, "a double click"
    answer = bob_client.post(address(assessment), {**before, "rows-0-name": "post"})
    assert answer.status_code == 400
    said = compact(answer.content.decode())
    assert "Alice saved it meanwhile" in said
    assert 'value="post"' in said
    assert CandidateChoices.objects.get().content["rows"][0]["name"] == "mail"
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', said)
    assert bob_client.post(address(assessment), {**before, "rows-0-name": "post", "seen": seen}).status_code == 302
    assert CandidateChoices.objects.get().content["rows"][0]["name"] == "post"


def test_an_app_takes_a_load_whatever_its_name_is(assessment: Assessment, bob: User, bob_client: Client) -> None:
    text = json.dumps(shop_evidence())
    names = {"orders": f"orders, {'x' * 280}", "payments": "Catalog"}
    for name, other in names.items():
        text = text.replace(f'"{name}"', json.dumps(other))
    attach_evidence(assessment, text.encode(), by=bob)
    rows = [{"name": name, "load": "10"} for name in (*names.values(), "catalog")]
    assert send(bob_client, assessment, *rows, by="scan").status_code == 302
    found = candidates_of(assessment).candidates
    assert found is not None
    assert sum(each.module.load == 10 for each in found.everything) == 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7|add:7 }}%s{0}", "\u202e"])
def test_a_hostile_name_is_shown_as_text_or_refused(assessment: Assessment, bob_client: Client, name: str) -> None:
    answer = send(bob_client, assessment, {"name": name}, {"name": "mail", "uses": name})
    assert answer.status_code == (400 if name == "\u202e" else 302)
    said = answer.content.decode() + page_of(bob_client, assessment)
    assert "<script>alert" not in said
    assert ("{{ 7|add:7 }}%s{0}" in said) is name.startswith("{")


@pytest.mark.slow
def test_more_rows_than_there_may_be_are_refused(assessment: Assessment, bob_client: Client) -> None:
    answer = send(bob_client, assessment, *({"name": f"module {number}"} for number in range(101)))
    assert answer.status_code == 400
    assert "At most 100 modules" in answer.content.decode()


def test_viewers_and_architects_see_candidates_and_change_none(scanned: Assessment, vera: User, rita: User) -> None:
    for person in (vera, rita):
        said = page_of(client_of(person), scanned)
        assert "First candidate: orders" in said
        assert 'name="rows-0-name"' not in said
        assert send(client_of(person), scanned, *INVENTORY).status_code == 403
        with pytest.raises(PermissionDenied):
            save_choices(scanned, {"is_typed": True, "rows": list(INVENTORY)}, by=person)
    assert not CandidateChoices.objects.exists()


def test_each_change_is_an_event_that_has_what_the_row_holds(assessment: Assessment, bob: User) -> None:
    save_choices(assessment, {"is_typed": True, "rows": list(INVENTORY)}, by=bob)
    row = save_choices(assessment, {"is_typed": True, "rows": list(INVENTORY[:2])}, by=bob)
    first, second = Event.objects.filter(kind="candidates_changed").order_by("number")
    assert second.payload["rows"]["CandidateChoices"][str(row.pk)]["content"] == row.content
    assert len(first.payload["rows"]["CandidateChoices"][str(row.pk)]["content"]["rows"]) == 3


def test_a_submitted_version_keeps_its_candidates(scanned: Assessment, bob: User, bob_client: Client) -> None:
    Assessment.objects.filter(pk=scanned.pk).update(
        state="submitted",
        submitted_at=scanned.updated_at,
        submitted_by=bob,
        answers_hash="a" * 64,
        ask_again_on="2027-01-01",
    )
    answer = send(bob_client, scanned, *INVENTORY)
    assert answer.status_code == 400
    said = answer.content.decode()
    assert "this version is submitted" in said
    assert 'value="auth, recommendations"' in said, "what was typed is still there"
    assert not CandidateChoices.objects.exists()


#: Five teams that wait, all gates passed: extract, of a whole organisation.
EXTRACT: dict[str, Value] = {
    "current_shape": "monolith",
    "product_stage": "established",
    "developers": 35,
    "teams": 5,
    "team_collisions": "weekly",
    "deploy_minutes": 45,
    "deploy_waiting": "often",
    "deploy_demand": "satisfied",
    "hot_share": 40,
    "boundaries": "named",
    "tracing": "every_request",
    "central_logging": "in_place",
    "ci_cd": "pipeline",
    "migration_horizon": "half_year",
}


def test_the_result_of_an_extraction_names_its_first_candidate_or_how_to_get_one(
    team: Team, edition: Edition, alice: User, bob: User, alice_client: Client
) -> None:
    carried = {key: Answer(value=value) for key, value in EXTRACT.items()}
    started = start_assessment(team=team, system_name="Payments", edition=edition, by=alice, carried=carried)
    result = reverse("assessment-result", args=[started.pk])
    assert "Attach a scan, or type your modules" in compact(alice_client.get(result).content.decode())
    save_choices(started, {"is_typed": True, "rows": list(INVENTORY)}, by=bob)
    said = compact(alice_client.get(result).content.decode())
    assert "First candidate, typed by the team: recommendations." in said
    assert "First by its load, however the rest is weighed." in said
    report = load_report(started)
    assert report.page_one is not None
    assert report.page_one.candidate == "First candidate, typed by the team: recommendations."
    assert "Bob typed the modules," in report.candidates_from


def test_the_next_version_begins_with_what_was_typed_for_the_last(
    team: Team, edition: Edition, bob: User, bob_client: Client
) -> None:
    carried = {key: Answer(value=value) for key, value in EXTRACT.items()}
    started = start_assessment(team=team, system_name="Payments", edition=edition, by=bob, carried=carried)
    save_choices(started, {"is_typed": True, "rows": list(INVENTORY)}, by=bob)
    later = start_next_version(submit_assessment(started, by=bob), by=bob)
    said = page_of(bob_client, later)
    assert "Filled in as in an earlier version." in said
    assert 'value="auth, recommendations"' in said
    assert "No candidates yet." in said
    send(bob_client, later, *INVENTORY)
    said = page_of(bob_client, later)
    assert "Filled in as in an earlier version." not in said
    assert "First candidate: recommendations" in said
