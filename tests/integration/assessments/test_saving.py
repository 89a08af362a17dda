"""The save protocol of docs/saving.md, over the address that the page's script uses."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import delete_assessment, submit_assessment
from assess.assessments.models import Answer, Assessment, Event
from assess.people.models import User
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Save = Callable[..., Any]


def answer_events(assessment: Assessment) -> list[Event]:
    return list(assessment.events.filter(kind__in=("answered", "cleared")).order_by("id"))


# --- taken


def test_a_first_answer_is_saved_with_its_event(
    alice_client: Client, assessment: Assessment, alice: User, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    response = save(
        alice_client, assessment, "teams", value=5, basis="measured", note="Counted on the chart", mutation_id=mutation
    )
    assert response.status_code == 200
    assert response.json()["saved"] is True
    assert response.json()["version"] == 1
    row = Answer.objects.get(assessment=assessment, key="teams")
    assert (row.value, row.basis, row.note, row.version, row.answered_by) == (
        5,
        "measured",
        "Counted on the chart",
        1,
        alice,
    )
    event = Event.objects.get(mutation_id=mutation)
    assert (event.assessment, event.kind, event.key, event.version, event.by) == (
        assessment,
        "answered",
        "teams",
        1,
        alice,
    )
    assert event.payload["value"] == 5
    assert event.payload["note"] == "Counted on the chart"


def test_a_later_answer_follows_the_version_it_saw(alice_client: Client, assessment: Assessment, save: Save) -> None:
    save(alice_client, assessment, "teams", value=5)
    response = save(alice_client, assessment, "teams", value=6, base_version=1)
    assert response.json()["version"] == 2
    assert Answer.objects.get(assessment=assessment).value == 6
    assert [event.payload["value"] for event in answer_events(assessment)] == [5, 6]


@pytest.mark.parametrize(
    ("question", "value", "kept"),
    [
        ("tracing", "planned", "planned"),
        ("motives", ["vague_performance", "team_autonomy"], ["team_autonomy", "vague_performance"]),
        ("motives", [], []),
        ("deploys_per_week", 2.5, 2.5),
        ("deploy_minutes", 45.0, 45),
        ("hot_share", 0, 0),
    ],
)
def test_every_kind_of_value_is_kept_as_the_questionnaire_writes_it(
    alice_client: Client, assessment: Assessment, save: Save, question: str, value: Any, kept: Any
) -> None:
    assert save(alice_client, assessment, question, value=value).status_code == 200
    assert Answer.objects.get(assessment=assessment, key=question).value == kept


def test_not_sure_yet_is_an_answer_with_who_would_know(
    alice_client: Client, assessment: Assessment, save: Save
) -> None:
    assert save(alice_client, assessment, "budget", not_sure=True, who_knows="Finance").status_code == 200
    row = Answer.objects.get(assessment=assessment)
    assert (row.answered, row.value, row.not_applicable, row.who_knows) == (True, None, "", "Finance")


def test_does_not_apply_keeps_its_reason(alice_client: Client, assessment: Assessment, save: Save) -> None:
    assert save(alice_client, assessment, "gateway", not_applicable=True, reason="No web traffic").status_code == 200
    row = Answer.objects.get(assessment=assessment)
    assert (row.answered, row.value, row.not_applicable) == (True, None, "No web traffic")


def test_taking_an_answer_back_is_a_save_too(alice_client: Client, assessment: Assessment, save: Save) -> None:
    save(alice_client, assessment, "teams", value=5)
    assert save(alice_client, assessment, "teams", value=None, base_version=1, note="Recounting").json()["version"] == 2
    assert assessment.current_answers() == {}
    assert [event.kind for event in answer_events(assessment)] == ["answered", "cleared"]
    assert Answer.objects.get(assessment=assessment).note == "Recounting"
    assert_answers_are_the_fold_of_the_log(assessment)


def test_versions_go_on_after_an_answer_was_taken_back(
    alice_client: Client, bob_client: Client, assessment: Assessment, save: Save
) -> None:
    save(alice_client, assessment, "teams", value=5)
    save(alice_client, assessment, "teams", value=None, base_version=1)
    save(alice_client, assessment, "teams", value=7, base_version=2)
    late = save(bob_client, assessment, "teams", value=5, base_version=1)
    assert late.status_code == 409
    assert Answer.objects.get(assessment=assessment).value == 7


def test_a_posted_form_is_taken_as_well(alice_client: Client, assessment: Assessment) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    data = {
        "question": "motives",
        "value": ["imitation", "team_autonomy"],
        "note": "As\r\nwritten",
        "base_version": "0",
        "mutation_id": str(uuid.uuid4()),
    }
    assert alice_client.post(url, data).status_code == 200
    row = Answer.objects.get(assessment=assessment)
    assert (row.value, row.note) == (["team_autonomy", "imitation"], "As\nwritten")


def test_a_posted_number_is_read_as_people_type_it_and_the_reply_says_what_was_understood(
    alice_client: Client, assessment: Assessment
) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    data = {"question": "deploy_minutes", "value": "1h", "base_version": "0", "mutation_id": str(uuid.uuid4())}
    for _first_and_retry in range(2):
        response = alice_client.post(url, data)
        assert (response.status_code, response.json()["value"]) == (200, 60)
    assert Answer.objects.get(assessment=assessment).value == 60


def test_a_posted_number_with_two_meanings_is_asked_back_and_nothing_is_written(
    alice_client: Client, assessment: Assessment
) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    data = {"question": "deploy_minutes", "value": "10.080", "base_version": "0", "mutation_id": str(uuid.uuid4())}
    response = alice_client.post(url, data)
    assert response.status_code == 400
    (problem,) = response.json()["problems"]
    assert problem["code"] == "ambiguous"
    assert problem["choices"] == [{"text": "10.08", "words": "10.08"}, {"text": "10080", "words": "10,080"}]
    assert not Answer.objects.exists()


def test_a_number_in_json_is_a_number_and_no_text(save: Save, alice_client: Client, assessment: Assessment) -> None:
    for text in ("45", "45 min", "1.000"):
        assert save(alice_client, assessment, "deploy_minutes", value=text).status_code == 400
    assert not Answer.objects.exists()


def test_saving_marks_the_assessment_as_changed(
    bob_client: Client, assessment: Assessment, bob: User, save: Save
) -> None:
    before = assessment.updated_at
    save(bob_client, assessment, "teams", value=5)
    assessment.refresh_from_db()
    assert assessment.updated_at > before
    assert assessment.updated_by == bob


@pytest.mark.parametrize("others", [0, 30])
def test_a_save_takes_at_most_five_queries(
    alice_client: Client, assessment: Assessment, save: Save, others: int
) -> None:
    # The first request of a sign-in stamps the session, the first of a process reads the questionnaire.
    save(alice_client, assessment, "teams", value=5)
    for key, value in _choices()[:others]:
        save(alice_client, assessment, key, value=value)
    first = queries_of(lambda: save(alice_client, assessment, "tracing", value="none"))
    second = queries_of(lambda: save(alice_client, assessment, "tracing", value="planned", base_version=1))
    assert len(first) <= 5, first
    assert len(second) <= 5, second


def _choices() -> list[tuple[str, str]]:
    from assess.questionnaire_files import builtin_questionnaire

    choices = [question for question in builtin_questionnaire().questions if question.kind == "choice"]
    return [(question.key, question.options[0].value) for question in choices if question.key != "tracing"]


# --- retries


def test_a_retry_gets_its_first_outcome_and_writes_nothing(
    alice_client: Client, assessment: Assessment, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    first = save(alice_client, assessment, "teams", value=5, mutation_id=mutation)
    again = save(alice_client, assessment, "teams", value=5, mutation_id=mutation)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(answer_events(assessment)) == 1


def test_a_retry_is_no_conflict_even_when_others_went_on(
    alice_client: Client, bob_client: Client, assessment: Assessment, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    first = save(alice_client, assessment, "teams", value=5, mutation_id=mutation)
    save(bob_client, assessment, "teams", value=6, base_version=1)
    again = save(alice_client, assessment, "teams", value=5, mutation_id=mutation)
    assert again.json() == first.json()
    assert Answer.objects.get(assessment=assessment).value == 6


def test_a_retry_after_submitting_still_says_that_it_was_saved(
    alice_client: Client, alice: User, assessment: Assessment, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    first = save(alice_client, assessment, "teams", value=5, mutation_id=mutation)
    submit_assessment(assessment, by=alice)
    assert save(alice_client, assessment, "teams", value=5, mutation_id=mutation).json() == first.json()


def test_a_mutation_id_with_the_right_version_but_used_already_gives_the_first_outcome(
    alice_client: Client, assessment: Assessment, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    save(alice_client, assessment, "teams", value=5, mutation_id=mutation)
    again = save(alice_client, assessment, "teams", value=9, base_version=1, mutation_id=mutation)
    assert again.json()["version"] == 1
    assert Answer.objects.get(assessment=assessment).value == 5


def test_somebody_elses_mutation_id_tells_nothing_of_their_answer(
    alice_client: Client, bob_client: Client, assessment: Assessment, save: Save
) -> None:
    mutation = str(uuid.uuid4())
    save(alice_client, assessment, "teams", value=777, note="between us", mutation_id=mutation)
    response = save(bob_client, assessment, "developers", value=80, mutation_id=mutation)
    assert response.status_code == 400
    assert response.json()["problems"][0]["field"] == "mutation_id"
    assert "777" not in response.content.decode()
    assert "between us" not in response.content.decode()
    assert not Answer.objects.filter(assessment=assessment, key="developers").exists()


# --- conflicts


def test_conflict_response_has_the_present_answer_with_author_and_time(
    alice_client: Client, bob_client: Client, assessment: Assessment, save: Save
) -> None:
    save(bob_client, assessment, "deploy_minutes", value=45, note="From the pipeline")
    response = save(alice_client, assessment, "deploy_minutes", value=30)
    assert response.status_code == 409
    told = response.json()
    assert told["code"] == "stale"
    assert told["present"]["value"] == 45
    assert told["present"]["words"] == "45 minutes"
    assert told["present"]["note"] == "From the pipeline"
    assert told["present"]["by"] == "Bob"
    assert told["present"]["version"] == 1
    assert told["present"]["at"]
    assert Answer.objects.get(assessment=assessment).value == 45


def test_keeping_mine_after_a_conflict_leaves_both_in_the_log(
    alice_client: Client, bob_client: Client, assessment: Assessment, save: Save
) -> None:
    save(bob_client, assessment, "deploy_minutes", value=45)
    present = save(alice_client, assessment, "deploy_minutes", value=30).json()["present"]
    assert (
        save(alice_client, assessment, "deploy_minutes", value=30, base_version=present["version"]).status_code == 200
    )
    assert [(str(e.by), e.payload["value"]) for e in answer_events(assessment)] == [("Bob", 45), ("Alice", 30)]


def test_an_answer_cannot_be_made_up_from_a_version_that_never_was(
    alice_client: Client, assessment: Assessment, save: Save
) -> None:
    response = save(alice_client, assessment, "teams", value=5, base_version=3)
    assert response.status_code == 409
    assert response.json()["present"] is None
    assert not assessment.answers.exists()


def test_a_submitted_version_takes_no_answer(
    alice_client: Client, alice: User, assessment: Assessment, save: Save
) -> None:
    save(alice_client, assessment, "teams", value=5)
    submit_assessment(assessment, by=alice)
    response = save(alice_client, assessment, "teams", value=6, base_version=1)
    assert (response.status_code, response.json()["code"]) == (409, "submitted")
    assert "Alice" in response.json()["problem"]
    assert Answer.objects.get(assessment=assessment).value == 5


# --- who


def test_a_stranger_gets_the_same_as_for_nothing_at_all(
    charlie_client: Client, assessment: Assessment, save: Save
) -> None:
    there = save(charlie_client, assessment, "teams", value=5)
    nowhere = save(charlie_client, 10**9, "teams", value=5)
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content
    assert not assessment.answers.exists()


def test_a_stranger_with_nonsense_gets_404_too(charlie_client: Client, assessment: Assessment) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    assert charlie_client.post(url, "{", content_type="application/json").status_code == 404


def test_an_architect_may_not_answer(rita_client: Client, assessment: Assessment, save: Save) -> None:
    assert save(rita_client, assessment, "teams", value=5).status_code == 403
    url = reverse("assessment-answers", args=[assessment.pk])
    assert rita_client.post(url, "{", content_type="application/json").status_code == 403
    assert not assessment.answers.exists()


def test_a_deleted_assessment_is_not_there(
    alice_client: Client, alice: User, assessment: Assessment, save: Save
) -> None:
    delete_assessment(assessment, by=alice)
    assert save(alice_client, assessment, "teams", value=5).status_code == 404


def test_the_signed_out_are_told_so_by_status(client: Client, assessment: Assessment) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    response = client.post(url, "{}", content_type="application/json", headers={"accept": "application/json"})
    assert response.status_code == 401


def test_only_post_is_taken(alice_client: Client, assessment: Assessment) -> None:
    assert alice_client.get(reverse("assessment-answers", args=[assessment.pk])).status_code == 405


# --- wrong


@pytest.mark.parametrize(
    ("question", "value", "advice"),
    [
        ("no_such_key", 5, "question"),
        ("tracing", "sometimes", "Choose from"),
        ("tracing", ["none"], "Choose one of"),
        ("tracing", True, "Choose one of"),
        ("motives", ["team_autonomy", "team_autonomy"], "once"),
        ("motives", "team_autonomy", "list"),
        ("teams", -1, "between 0 and 100,000"),
        ("teams", 2.5, "whole number"),
        ("teams", "5", "number"),
        ("teams", True, "number"),
        ("teams", {"a": 1}, "number"),
        ("deploy_minutes", 10_081, "minutes between 0 and 10,080"),
    ],
)
def test_a_value_that_the_question_does_not_take_is_refused_with_advice(
    alice_client: Client, assessment: Assessment, save: Save, question: str, value: Any, advice: str
) -> None:
    response = save(alice_client, assessment, question, value=value)
    assert response.status_code == 400
    assert advice in response.json()["problem"]
    assert not assessment.answers.exists()
    assert answer_events(assessment) == []


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("base_version", None),
        ("base_version", -1),
        ("base_version", 1.5),
        ("base_version", True),
        ("base_version", 2**40),
        ("mutation_id", ""),
        ("mutation_id", "42"),
        ("mutation_id", None),
        ("basis", "hearsay"),
        ("basis", ["guess"]),
        ("note", "x" * 2001),
        ("note", 5),
        ("note", "null \x00 byte"),
        ("link", "javascript:alert(1)"),
        ("link", "http://" + "x" * 500),
        ("link", "https://a b"),
        ("not_sure", "yes"),
        ("shoe_size", 43),
    ],
)
def test_a_field_that_is_wrong_is_named(
    alice_client: Client, assessment: Assessment, save: Save, field: str, given: Any
) -> None:
    response = save(alice_client, assessment, "teams", **{"value": 5, field: given})
    assert response.status_code == 400
    assert field in [issue["field"] for issue in response.json()["problems"]]
    assert not assessment.answers.exists()


def test_two_answers_at_once_are_refused(alice_client: Client, assessment: Assessment, save: Save) -> None:
    assert save(alice_client, assessment, "teams", value=5, not_sure=True).status_code == 400
    assert save(alice_client, assessment, "teams", not_applicable=True, not_sure=True, reason="x").status_code == 400


def test_does_not_apply_wants_a_reason(alice_client: Client, assessment: Assessment, save: Save) -> None:
    response = save(alice_client, assessment, "teams", not_applicable=True, reason="  ")
    assert response.json()["problems"][0]["field"] == "reason"


def test_all_that_is_wrong_is_told_at_once(alice_client: Client, assessment: Assessment, save: Save) -> None:
    response = save(alice_client, assessment, "teams", value=5, basis="hearsay", link="ftp://x", base_version=-1)
    assert {issue["field"] for issue in response.json()["problems"]} == {"basis", "link", "base_version"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"question": "teams", "question": "teams"}',
        b'{"question": "teams", "value": NaN, "base_version": 0}',
        b'{"question": "teams", "value": Infinity, "base_version": 0}',
        b'{"question": "teams", "value": 1e999, "base_version": 0}',
        b'{"question": "teams", "value": ' + b"9" * 5000 + b', "base_version": 0}',
        b'{"question": "teams", "note": "\\ud800", "base_version": 0}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_plain_json_object_is_refused(alice_client: Client, assessment: Assessment, body: bytes) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    response = alice_client.post(url, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["problems"][0]["message"]
    assert not assessment.answers.exists()


def test_an_oversized_body_is_refused(alice_client: Client, assessment: Assessment) -> None:
    url = reverse("assessment-answers", args=[assessment.pk])
    body = json.dumps({"question": "teams", "note": "x" * 300_000})
    assert alice_client.post(url, body, content_type="application/json").status_code == 413
