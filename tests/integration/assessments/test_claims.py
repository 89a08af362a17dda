"""Claimed against measured: proposals of a scan are accepted or overridden by people, with a trace, and taken back."""

import json
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.evidence.claims import accept_proposals, load_sources
from assess.assessments.evidence.models import ProposalDecision
from assess.assessments.models import Answer, Assessment, Edition, Event, Respondent, Response
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer as AnswerValue
from tests.evidence_samples import shop_evidence
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log

#: What the made-up shop's scan counts 29 of, finds nothing against, finds 9 of, and contradicts.
ANSWERS: dict[str, str | int] = {
    "scope": "whole_system",
    "developers": 28,
    "boundaries": "named",
    "models": 60,
    "tracing": "none",
}


def as_file(**changes: Any) -> bytes:
    return json.dumps(shop_evidence(**changes)).encode()


@pytest.fixture
def scanned(team: Team, edition: Edition, alice: User) -> Assessment:
    carried = {key: AnswerValue(value=value, note=f"note on {key}") for key, value in ANSWERS.items()}
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried)
    attach_evidence(made, as_file(), by=alice)
    return made


def page_of(client: Client, assessment: Assessment) -> str:
    response = client.get(reverse("evidence-claims", args=[assessment.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def press(client: Client, assessment: Assessment, do: str, key: str, version: int | None = None, **fields: Any) -> str:
    """Presses a button of a row, with the version of its answer that the page has, and gives the page that follows."""
    if version is None:
        row = Answer.objects.filter(assessment=assessment, key=key).first()
        version = row.version if row else 0
    posted = {
        "do": do,
        "key": key,
        f"version-{key}": version,
        "seen": seen_of(assessment),
        "page": str(uuid.uuid4()),
        **fields,
    }
    response = client.post(reverse("evidence-claims", args=[assessment.pk]), posted, follow=True)
    assert response.status_code in (200, 400)
    return " ".join(response.content.decode().split())


def seen_of(assessment: Assessment) -> str:
    """What the page says of the scan and the measurements that it shows."""
    return load_sources(assessment).seen


def answer_to(assessment: Assessment, key: str) -> Answer:
    return Answer.objects.get(assessment=assessment, key=key)


def test_the_page_shows_answer_figure_limits_and_proposal(alice_client: Client, scanned: Assessment) -> None:
    page = page_of(alice_client, scanned)
    assert "29 people made five or more commits" in page
    assert "60 models" in page
    assert "9 models in 6 apps" in page
    assert "People who have left still count" in page
    assert "There is no tracing, yet the code imports opentelemetry (shop/tracing.py)" in page


def test_an_accepted_proposal_is_a_measured_answer_that_links_to_its_figure(
    alice_client: Client, scanned: Assessment, alice: User
) -> None:
    assert "1 answer now is the measured one" in press(alice_client, scanned, "accept", "models")
    answer = answer_to(scanned, "models")
    assert (answer.value, answer.basis, answer.note) == (9, "measured", "note on models")
    assert answer.link.endswith(f"/assessments/{scanned.pk}/evidence/answers/#q-models")
    decision = ProposalDecision.objects.get(assessment=scanned, key="models")
    assert (decision.decided_by, decision.proposed, decision.is_override) == (alice, 9, False)
    assert Event.objects.filter(assessment=scanned, key="models", kind="proposal_accepted", by=alice).exists()
    assert_answers_are_the_fold_of_the_log(scanned)
    assert "Accepted by Alice" in page_of(alice_client, scanned)
    call_command("verify_log")


def test_a_proposal_for_an_open_question_becomes_its_first_answer(alice_client: Client, scanned: Assessment) -> None:
    press(alice_client, scanned, "accept", "ownership")
    assert answer_to(scanned, "ownership").value == "teams"


def test_an_answer_that_somebody_changed_meanwhile_is_not_replaced(alice_client: Client, scanned: Assessment) -> None:
    page = press(alice_client, scanned, "accept", "models", version=7)
    assert "somebody changed the answer meanwhile" in page
    assert answer_to(scanned, "models").value == 60
    assert not ProposalDecision.objects.exists()


def test_a_double_click_accepts_once(scanned: Assessment, alice: User) -> None:
    page = uuid.uuid4()
    for _click in range(2):
        versions = {"models": answer_version(scanned)}
        saved, refused = accept_proposals(scanned, versions, seen=seen_of(scanned), page=page, by=alice)
        assert [question.key for question in saved] == ["models"]
        assert refused == []
    assert Event.objects.filter(assessment=scanned, kind="proposal_accepted").count() == 1
    before = ProposalDecision.objects.get().answer_before
    assert before is not None
    assert before["value"] == 60


def answer_version(assessment: Assessment) -> int:
    """The version of the answer as it was before anybody accepted anything."""
    return Event.objects.filter(assessment=assessment, key="models", kind="answered").earliest("id").version


def test_an_override_keeps_the_answer_with_the_reason_by_whom_and_when(
    alice_client: Client, scanned: Assessment, alice: User
) -> None:
    page = press(alice_client, scanned, "override", "models", reason="51 models are in another repository")
    assert "Overridden by Alice" in page
    assert "51 models are in another repository" in page
    decision = ProposalDecision.objects.get(assessment=scanned, key="models")
    assert (decision.reason, decision.decided_by) == ("51 models are in another repository", alice)
    assert answer_to(scanned, "models").value == 60
    event = Event.objects.get(assessment=scanned, kind="proposal_overridden")
    assert event.payload["reason"] == decision.reason
    call_command("verify_log")


def test_a_hint_that_contradicts_nothing_asks_for_no_decision(alice_client: Client, scanned: Assessment) -> None:
    assert 'id="reason-models"' in page_of(alice_client, scanned)
    assert 'id="reason-deploys_per_week"' not in page_of(alice_client, scanned)


def test_an_override_without_a_reason_is_refused(alice_client: Client, scanned: Assessment) -> None:
    assert "Say in a few words why the figure is wrong here" in press(alice_client, scanned, "override", "models")
    assert not ProposalDecision.objects.exists()


def test_markup_in_a_reason_stays_text(alice_client: Client, scanned: Assessment) -> None:
    assert "<b>no</b>" not in press(alice_client, scanned, "override", "models", reason="<b>no</b>")


def test_undo_gives_the_answer_back_that_was_there_before(alice_client: Client, scanned: Assessment) -> None:
    press(alice_client, scanned, "accept", "models")
    assert "The answer is what it was before" in press(alice_client, scanned, "undo", "models")
    answer = answer_to(scanned, "models")
    assert (answer.value, answer.basis, answer.link, answer.note) == (60, "", "", "note on models")
    assert not ProposalDecision.objects.exists()
    assert_answers_are_the_fold_of_the_log(scanned)
    call_command("verify_log")


def test_undo_of_a_first_answer_leaves_the_question_open(alice_client: Client, scanned: Assessment) -> None:
    press(alice_client, scanned, "accept", "ownership")
    press(alice_client, scanned, "undo", "ownership")
    assert not answer_to(scanned, "ownership").answered


def test_undo_does_not_touch_an_answer_that_was_changed_since(
    alice_client: Client, scanned: Assessment, save: Any
) -> None:
    press(alice_client, scanned, "accept", "models")
    save(alice_client, scanned, "models", value=11, base_version=answer_to(scanned, "models").version)
    assert "Accepted by" not in page_of(alice_client, scanned)
    press(alice_client, scanned, "undo", "models")
    assert answer_to(scanned, "models").value == 11


def test_accept_all_takes_what_is_open_or_the_same_and_nothing_that_differs(
    alice_client: Client, scanned: Assessment
) -> None:
    page = page_of(alice_client, scanned)
    listed = {part.split('"')[0] for part in page.split('name="accept" value="')[1:]}
    assert listed == {"developers", "ownership", "boundaries", "ci_cd"}
    posted = {
        "do": "accept_all",
        "seen": seen_of(scanned),
        "accept": list(listed),
        **{f"version-{key}": row.version for key in listed if (row := scanned.answers.filter(key=key).first())},
    }
    alice_client.post(reverse("evidence-claims", args=[scanned.pk]), posted)
    accepted = set(ProposalDecision.objects.filter(assessment=scanned).values_list("key", flat=True))
    assert accepted == listed
    assert answer_to(scanned, "models").value == 60
    assert answer_to(scanned, "tracing").value == "none"


def test_a_newer_scan_that_counts_something_else_opens_the_proposal_again(
    alice_client: Client, scanned: Assessment, alice: User
) -> None:
    press(alice_client, scanned, "override", "models", reason="Another repository")
    models = shop_evidence()["models"]
    attach_evidence(scanned, as_file(models=[*models, {**models[0], "name": "Extra", "table": "extra"}]), by=alice)
    assert "Overridden by" not in page_of(alice_client, scanned)


@pytest.mark.parametrize("do", ["accept", "override"])
def test_nobody_decides_on_a_proposal_that_the_page_did_not_show(
    do: str, alice_client: Client, scanned: Assessment, alice: User
) -> None:
    seen = seen_of(scanned)
    models = shop_evidence()["models"]
    attach_evidence(scanned, as_file(models=[*models, {**models[0], "name": "Extra", "table": "extra"}]), by=alice)
    page = press(alice_client, scanned, do, "models", seen=seen, reason="An old <reason>")
    assert "Look at the newest figures" in page
    assert answer_to(scanned, "models").value == 60
    assert not ProposalDecision.objects.exists()


def test_a_reason_that_cannot_be_saved_is_still_there(alice_client: Client, scanned: Assessment, alice: User) -> None:
    typed = "<because> " + "x" * 2_000
    page = press(alice_client, scanned, "override", "models", reason=typed)
    assert f'dir="auto">&lt;because&gt; {"x" * 2_000}</textarea>' in page
    submit_assessment(scanned, by=alice)
    page = press(alice_client, scanned, "override", "models", reason="<because>")
    assert "What you typed was not saved" in page
    assert "&lt;because&gt;" in page


def test_a_form_that_is_sent_again_after_an_undo_accepts_nothing(alice_client: Client, scanned: Assessment) -> None:
    page, version = str(uuid.uuid4()), answer_to(scanned, "models").version
    press(alice_client, scanned, "accept", "models", version, page=page)
    press(alice_client, scanned, "undo", "models")
    assert answer_to(scanned, "models").value == 60
    assert "somebody changed the answer meanwhile" in press(
        alice_client, scanned, "accept", "models", version, page=page
    )
    assert answer_to(scanned, "models").value == 60
    assert not ProposalDecision.objects.exists()


def test_an_undo_that_is_sent_again_takes_nothing_back(alice_client: Client, scanned: Assessment) -> None:
    press(alice_client, scanned, "accept", "models")
    page, version = str(uuid.uuid4()), answer_to(scanned, "models").version
    press(alice_client, scanned, "undo", "models", version, page=page)
    press(alice_client, scanned, "accept", "models")
    assert "Nothing was taken back" in press(alice_client, scanned, "undo", "models", version, page=page)
    assert answer_to(scanned, "models").value == 9
    assert ProposalDecision.objects.get().key == "models"


def test_a_submitted_version_takes_no_decision(alice_client: Client, scanned: Assessment, alice: User) -> None:
    submit_assessment(scanned, by=alice)
    page = press(alice_client, scanned, "accept", "models")
    assert "this version is submitted" in page
    assert 'value="accept"' not in page
    assert answer_to(scanned, "models").value == 60


def test_who_only_reads_sees_the_table_and_decides_nothing(rita_client: Client, scanned: Assessment) -> None:
    page = page_of(rita_client, scanned)
    assert "9 models in 6 apps" in page
    assert 'value="accept"' not in page
    posted = {"do": "accept", "key": "models", "version-models": 1}
    assert rita_client.post(reverse("evidence-claims", args=[scanned.pk]), posted).status_code == 403


def test_without_a_scan_the_page_says_so(alice_client: Client, assessment: Assessment) -> None:
    assert "No scan and no measurement is attached to this version" in page_of(alice_client, assessment)
    assert "Attach a scan or a measurement first" in press(alice_client, assessment, "accept", "models")


@pytest.mark.parametrize("posted", [{}, {"do": "nonsense"}, {"do": "accept", "key": "x" * 500}, {"do": "undo"}])
def test_nonsense_changes_nothing(alice_client: Client, scanned: Assessment, posted: dict[str, str]) -> None:
    response = alice_client.post(reverse("evidence-claims", args=[scanned.pk]), posted)
    assert response.status_code in (302, 404)
    assert not ProposalDecision.objects.exists()


def test_a_question_shows_what_the_scan_found_once_it_is_answered(alice_client: Client, scanned: Assessment) -> None:
    section = reverse("assessment-section", args=[scanned.pk, "boundaries"])
    assert "9 models in 6 apps" in alice_client.get(section).content.decode()
    scanned.answers.filter(key="models").update(answered=False, value=None)
    assert "9 models in 6 apps" not in alice_client.get(section).content.decode()


def test_review_and_result_list_the_answers_that_the_scan_contradicts(
    alice_client: Client, scanned: Assessment
) -> None:
    for key, value in (("teams", 6), ("deploy_waiting", "always"), ("hiring", "easy"), ("current_shape", "monolith")):
        Answer.objects.create(assessment=scanned, key=key, value=value, answered_by=scanned.created_by)
    for name in ("assessment-review", "assessment-result"):
        page = alice_client.get(reverse(name, args=[scanned.pk])).content.decode()
        assert "There are 60 models, yet the scan found 9." in page
        assert reverse("evidence-claims", args=[scanned.pk]) in page


# --- where people answer separately


@pytest.fixture
def separately(scanned: Assessment, alice: User) -> Assessment:
    """Alice asked herself and has answered how many models there are, nothing else."""
    Assessment.objects.filter(pk=scanned.pk).update(answers_separately=True)
    scanned.refresh_from_db()
    scanned.answers.all().delete()
    asked = Respondent.objects.create(assessment=scanned, user=alice, asked_by=alice, perspective="developer")
    Response.objects.create(assessment=scanned, respondent=asked, key="models", value=60)
    return scanned


def test_nobody_sees_what_the_scan_says_of_a_question_before_answering_it(
    alice_client: Client, separately: Assessment
) -> None:
    page = page_of(alice_client, separately)
    assert "9 models in 6 apps" in page
    assert "29 people made five or more commits" not in page
    assert "once you have answered it yourself" in page
    assert "Nothing to accept" in press(alice_client, separately, "accept", "developers")


def test_accepting_is_agreeing_and_leaves_each_own_answer(alice_client: Client, separately: Assessment) -> None:
    assert "1 answer now is the measured one" in press(alice_client, separately, "accept", "models")
    answer = answer_to(separately, "models")
    assert (answer.value, answer.basis) == (9, "measured")
    assert separately.agreements.get(key="models").note.startswith("9 models")
    assert Response.objects.get(assessment=separately, key="models").value == 60
    press(alice_client, separately, "undo", "models")
    assert not answer_to(separately, "models").answered
    assert not separately.agreements.exists()
