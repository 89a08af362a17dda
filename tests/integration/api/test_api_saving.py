"""Saving by the API is the save protocol of docs/saving.md: the same outcomes as on the pages, mixed with theirs."""

import json
import uuid
from typing import Any

import pytest
from django.urls import reverse

from assess.assessments.actions import delete_assessment, submit_assessment
from assess.assessments.models import Answer, Assessment, Event, Respondent, Response
from assess.people.models import User
from tests.conftest import client_of
from tests.integration.api.conftest import API, Api

pytestmark = pytest.mark.django_db


def save_on_the_page(user: User, assessment: Assessment, change: dict[str, Any]) -> Any:
    url = reverse("assessment-answers", args=[assessment.pk])
    return client_of(user).post(url, json.dumps(change), content_type="application/json")


def answers_of(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/answers"


def test_an_answer_is_saved_with_its_event(ask: Api, alice: User, assessment: Assessment, an_answer: Any) -> None:
    change = an_answer("teams", value=5, basis="measured", note="Counted", link="https://example.org/chart")
    response = ask(alice, "POST", answers_of(assessment), change)
    assert response.status_code == 200
    told = response.json()
    assert (told["saved"], told["question"], told["version"]) == (True, "teams", 1)
    row = Answer.objects.get(assessment=assessment)
    assert (row.value, row.basis, row.note, row.link, row.answered_by) == (
        5, "measured", "Counted", "https://example.org/chart", alice,
    )  # fmt: skip
    event = Event.objects.get(mutation_id=change["mutation_id"])
    assert (event.kind, event.by, event.payload["value"]) == ("answered", alice, 5)


def test_what_was_saved_on_a_page_is_read_here_and_the_other_way_round(
    ask: Api, alice: User, assessment: Assessment, an_answer: Any
) -> None:
    save_on_the_page(alice, assessment, an_answer("teams", value=5))
    read = ask(alice, "GET", answers_of(assessment)).json()["items"]
    assert [(each["question"], each["value"], each["version"], each["by"]) for each in read] == [
        ("teams", 5, 1, "Alice")
    ]
    ask(alice, "POST", answers_of(assessment), an_answer("teams", value=6, base_version=1))
    assert Answer.objects.get(assessment=assessment).value == 6


@pytest.mark.parametrize("first_on_page", [True, False])
def test_a_retry_gets_the_first_outcome_whichever_way_either_went(
    first_on_page: bool, ask: Api, alice: User, assessment: Assessment, an_answer: Any
) -> None:
    change = an_answer("teams", value=5)
    ways = [
        lambda: save_on_the_page(alice, assessment, change),
        lambda: ask(alice, "POST", answers_of(assessment), change),
    ]
    first, again = (way() for way in (ways if first_on_page else reversed(ways)))
    assert (first.status_code, again.status_code) == (200, 200)
    for name in ("saved", "question", "version", "at"):
        assert first.json()[name] == again.json()[name]
    assert Event.objects.filter(assessment=assessment, kind="answered").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "many"},
        {"value": 5, "not_sure": True},
        {"not_applicable": True},
        {"not_sure": False},
        {"not_applicable": None},
        {"value": 5, "basis": "hearsay"},
        {"value": 5, "basis": False},
        {"value": 5, "note": "x" * 2001},
        {"value": 5, "note": "\x00"},
        {"value": 5, "link": "javascript:alert(1)"},
        {"value": 5, "base_version": True},
        {"value": 5, "mutation_id": "1"},
        {"value": 5, "unheard_of": 1},
        {"question": "unheard_of", "value": 5},
        {"value": 10**400},
    ],
    ids=str,
)
def test_what_the_page_refuses_the_api_refuses_in_the_same_words(
    wrong: dict[str, Any], ask: Api, alice: User, assessment: Assessment, an_answer: Any
) -> None:
    change = {**an_answer("teams"), **wrong}
    page = save_on_the_page(alice, assessment, change)
    here = ask(alice, "POST", answers_of(assessment), change)
    assert (page.status_code, here.status_code) == (400, 400)
    assert here.json()["problem"] == page.json()["problem"]
    told = [(each["code"], each["message"]) for each in here.json()["problems"]]
    assert told == [(each["code"], each["message"]) for each in page.json()["problems"]]
    assert all(each["field"] for each in here.json()["problems"])
    assert not Answer.objects.exists()


def test_somebody_elses_answer_in_between_is_a_conflict_that_shows_it(
    ask: Api, alice: User, bob: User, assessment: Assessment, an_answer: Any
) -> None:
    save_on_the_page(bob, assessment, an_answer("teams", value=5, note="Bob counted"))
    response = ask(alice, "POST", answers_of(assessment), an_answer("teams", value=7))
    assert response.status_code == 409
    told = response.json()
    assert (told["code"], told["question"]) == ("stale", "teams")
    present = told["present"]
    assert (present["value"], present["note"], present["by"], present["version"]) == (5, "Bob counted", "Bob", 1)
    again = ask(alice, "POST", answers_of(assessment), an_answer("teams", value=7, base_version=present["version"]))
    assert again.json()["version"] == 2


def test_a_conflict_over_a_question_never_answered_shows_nothing(
    ask: Api, alice: User, assessment: Assessment, an_answer: Any
) -> None:
    response = ask(alice, "POST", answers_of(assessment), an_answer("teams", value=7, base_version=3))
    assert (response.status_code, response.json()["present"]) == (409, None)


def test_a_submitted_version_takes_no_more(ask: Api, alice: User, assessment: Assessment, an_answer: Any) -> None:
    ask(alice, "POST", answers_of(assessment), an_answer("teams", value=7))
    submit_assessment(assessment, by=alice)
    response = ask(alice, "POST", answers_of(assessment), an_answer("developers", value=7))
    assert (response.status_code, response.json()["code"]) == (409, "submitted")
    assert "Alice" in response.json()["problem"]


def test_an_architect_reads_and_does_not_write(
    ask: Api, rita: User, charlie: User, assessment: Assessment, an_answer: Any
) -> None:
    assert ask(rita, "GET", answers_of(assessment)).status_code == 200
    assert ask(rita, "POST", answers_of(assessment), an_answer("teams", value=5)).status_code == 403
    assert ask(rita, "POST", answers_of(assessment), {"nonsense": 1}).status_code == 403
    assert ask(charlie, "POST", answers_of(assessment), {"nonsense": 1}).status_code == 404


def test_numbers_beyond_any_assessment_are_nothing(
    ask: Api, alice: User, assessment: Assessment, an_answer: Any
) -> None:
    for number in (2**63 - 1, 2**63, 2**64, 10**30, 0, "-1", "1e3", "٣", "9" * 5000):
        for method, body in (("GET", None), ("POST", an_answer("teams", value=5))):
            assert ask(alice, method, f"/assessments/{number}/answers", body).status_code == 404


# --- one's own sheet


@pytest.fixture
def apart(assessment: Assessment, ravi: User, bob: User, alice: User) -> Assessment:
    """Ravi and Bob are asked to answer on their own."""
    Assessment.objects.filter(pk=assessment.pk).update(answers_separately=True)
    for user in (ravi, bob):
        Respondent.objects.create(assessment=assessment, user=user, asked_by=alice, perspective="manager")
    assessment.refresh_from_db()
    return assessment


def mine_of(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/my-answers"


def test_a_respondent_saves_and_reads_their_own_sheet_only(
    ask: Api, ravi: User, bob: User, apart: Assessment, an_answer: Any
) -> None:
    assert ask(bob, "POST", mine_of(apart), an_answer("teams", value=9)).status_code == 200
    response = ask(ravi, "POST", mine_of(apart), an_answer("teams", value=5))
    assert (response.status_code, response.json()["version"]) == (200, 1)
    row = Response.objects.get(respondent__user=ravi)
    assert (row.key, row.value) == ("teams", 5)
    sheet = ask(ravi, "GET", mine_of(apart)).json()
    assert [(each["question"], each["value"]) for each in sheet["items"]] == [("teams", 5)]
    assert sheet["perspective"] == "manager"
    assert "teams" in sheet["asked"]
    assert "tracing" not in sheet["asked"]  # of a section that managers are not asked
    assert ask(ravi, "GET", answers_of(apart)).status_code == 404


def test_while_people_answer_apart_the_common_sheet_is_closed(
    ask: Api, alice: User, bob: User, apart: Assessment, an_answer: Any
) -> None:
    response = ask(bob, "POST", answers_of(apart), an_answer("teams", value=5))
    assert (response.status_code, response.json()["code"]) == (409, "elsewhere")
    assert ask(alice, "POST", mine_of(apart), an_answer("teams", value=5)).status_code == 404


def test_somebody_no_longer_asked_is_told_and_a_stranger_is_not(
    ask: Api, ravi: User, charlie: User, alice: User, apart: Assessment, an_answer: Any
) -> None:
    sheet = Respondent.objects.get(user=ravi)
    sheet.removed_at, sheet.removed_by = sheet.asked_at, alice
    sheet.save()
    assert ask(ravi, "GET", mine_of(apart)).status_code == 404
    assert ask(ravi, "POST", mine_of(apart), an_answer("teams", value=5)).json()["code"] == "elsewhere"
    assert ask(charlie, "POST", mine_of(apart), an_answer("teams", value=5)).status_code == 404


def test_nobody_asked_sees_what_came_out_before_answering(
    ask: Api, alice: User, bob: User, apart: Assessment, an_answer: Any
) -> None:
    Answer.objects.create(assessment=apart, key="teams", value=4, answered_by=alice)
    assert ask(alice, "GET", f"/assessments/{apart.pk}/result").status_code == 200
    for address in ("result", "report"):
        refused = ask(bob, "GET", f"/assessments/{apart.pk}/{address}")
        assert refused.status_code == 403
        assert refused.json()["code"] == "answers_first"
    assert ask(bob, "GET", f"/assessments/{apart.pk}/report.pdf").status_code == 403
    assert ask(bob, "POST", f"/assessments/{apart.pk}/report").status_code == 403
    assert ask(bob, "GET", answers_of(apart)).json()["items"] == []
    ask(bob, "POST", mine_of(apart), an_answer("teams", value=9))
    assert [each["value"] for each in ask(bob, "GET", answers_of(apart)).json()["items"]] == [4]


def test_a_deleted_version_is_gone_for_respondents_too(
    ask: Api, ravi: User, alice: User, apart: Assessment, an_answer: Any
) -> None:
    delete_assessment(apart, by=alice)
    assert ask(ravi, "GET", mine_of(apart)).status_code == 404
    assert ask(ravi, "POST", mine_of(apart), an_answer("teams", value=5)).status_code == 404


def test_a_save_takes_few_queries(
    ask: Api, alice: User, assessment: Assessment, an_answer: Any, django_assert_max_num_queries: Any
) -> None:
    ask(alice, "POST", answers_of(assessment), an_answer("teams", value=5))
    change = json.dumps(an_answer("developers", value=5))
    header = f"Bearer {ask.token_of(alice)}"
    with django_assert_max_num_queries(7):  # the token, and two around each savepoint, beside gate, upsert and event
        ask.client.post(f"{API}{answers_of(assessment)}", change, "application/json", HTTP_AUTHORIZATION=header)


def test_a_mutation_id_of_somebody_else_tells_nothing(
    ask: Api, alice: User, bob: User, assessment: Assessment, an_answer: Any
) -> None:
    mutation = str(uuid.uuid4())
    ask(bob, "POST", answers_of(assessment), an_answer("teams", value=5, mutation_id=mutation))
    response = ask(alice, "POST", answers_of(assessment), an_answer("developers", value=5, mutation_id=mutation))
    assert response.status_code == 400
    assert response.json()["problems"][0]["field"] == "mutation_id"
