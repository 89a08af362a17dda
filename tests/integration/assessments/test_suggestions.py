"""What the last version answered is suggested to the next, counts for nothing, and is confirmed singly or at once."""

import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.changes import Change
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, Edition, Respondent, Response
from assess.assessments.saving import Saved, save_answer
from assess.assessments.suggestions import confirm_suggestions, suggestions_for
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.validation import ValidationFailed
from assess.review.actions import withdraw
from tests.factories import FIXTURES, EditionFactory
from tests.html import compact
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log, queries_of

pytestmark = pytest.mark.django_db

BEFORE = {
    "deploy_minutes": AnswerValue(value=45, basis="measured", note="From the pipeline", link="https://ci.example/1"),
    "deploys_per_week": AnswerValue(value=2.5),
    "deploy_waiting": AnswerValue(value="often"),
    "deploy_demand": AnswerValue(who_knows="Finance"),
    "gateway": AnswerValue(not_applicable="No web traffic"),
    "motives": AnswerValue(value=("team_autonomy",)),
}
DEPLOYS = ("deploy_minutes", "deploys_per_week", "deploy_waiting", "deploy_demand")


@pytest.fixture
def second(team: Team, alice: User, edition: Edition) -> Assessment:
    first = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=BEFORE)
    return start_next_version(submit_assessment(first, by=alice), by=alice)


def waiting(assessment: Assessment, respondent: Respondent | None = None) -> dict[str, Any]:
    given = {} if respondent else assessment.current_answers()
    return suggestions_for(assessment, questionnaire_of(assessment.edition), given, respondent=respondent)


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def save(assessment: Assessment, by: User, key: str, value: object, *, version: int = 0) -> None:
    change = Change(key=key, answered=value is not None, value=value, base_version=version, mutation_id=uuid.uuid4())
    assert isinstance(save_answer(assessment.pk, change, by=by), Saved)


def form(assessment: Assessment, **fields: Any) -> dict[str, Any]:
    """The form of the section "deploys" as a browser without a script posts it, untouched but for `fields`."""
    rows = {row.key: row.version for row in assessment.answers.all()}
    keys = [question.key for question in questionnaire_of(assessment.edition).section("deploys").questions]
    return {"page": str(uuid.uuid4()), **{f"{key}-base_version": rows.get(key, 0) for key in keys}, **fields}


def test_a_new_version_counts_nothing_and_says_what_waits(alice_client: Client, second: Assessment) -> None:
    overview = page(alice_client, "assessment", second.pk)
    assert "6 answers of version 1 wait to be confirmed" in overview
    assert "0 of " in overview
    # Whoever is about to submit is told as well.
    assert "6 answers of version 1 wait to be confirmed" in page(alice_client, "assessment-review", second.pk)
    assert second.current_answers() == {}


def test_a_question_without_an_answer_says_what_the_last_version_answered(
    alice_client: Client, second: Assessment
) -> None:
    section = page(alice_client, "assessment-section", second.pk, "deploys")
    assert "In version 1: <strong>45 minutes, measured</strong> (Alice, " in section
    assert "Confirm all 4 of this section" in section


def test_confirming_saves_the_answer_with_basis_link_and_note(
    alice_client: Client, alice: User, second: Assessment
) -> None:
    url = reverse("assessment-section", args=[second.pk, "deploys"])
    response = alice_client.post(url, form(second, confirm="deploy_minutes"))
    assert response["Location"] == f"{url}#q-deploy_minutes"
    assert second.current_answers() == {"deploy_minutes": BEFORE["deploy_minutes"]}
    event = second.events.get(key="deploy_minutes")
    assert (event.kind, event.by, event.payload["note"]) == ("answered", alice, "From the pipeline")
    assert not second.events.filter(kind="confirmed").exists()
    section = page(alice_client, "assessment-section", second.pk, "deploys")
    assert 'data-suggestion="deploy_minutes"' not in section
    assert 'data-suggestion="deploy_waiting"' in section


def test_confirming_one_saves_what_was_typed_into_the_others(alice_client: Client, second: Assessment) -> None:
    url = reverse("assessment-section", args=[second.pk, "deploys"])
    typed = {"deploys_per_week": "7", "deploy_minutes-note": "Still so", "confirm": "deploy_minutes"}
    alice_client.post(url, form(second, **typed))
    answers = second.current_answers()
    assert answers["deploys_per_week"].value == 7
    assert (answers["deploy_minutes"].value, answers["deploy_minutes"].note) == (45, "Still so")


def test_an_answer_typed_into_the_card_itself_is_kept_instead(alice_client: Client, second: Assessment) -> None:
    url = reverse("assessment-section", args=[second.pk, "deploys"])
    alice_client.post(url, form(second, deploy_minutes="20", confirm="-all"))
    answers = second.current_answers()
    assert (answers["deploy_minutes"].value, answers["deploy_minutes"].note) == (20, "")
    assert answers["deploy_waiting"] == BEFORE["deploy_waiting"]


def test_confirming_a_whole_section_is_one_event_beside_those_of_the_answers(
    alice_client: Client, alice: User, second: Assessment
) -> None:
    url = reverse("assessment-section", args=[second.pk, "deploys"])
    posted = form(second, confirm="-all")
    for _ in range(2):  # a double click counts once
        assert alice_client.post(url, posted).status_code == 302
    assert second.current_answers() == {key: BEFORE[key] for key in DEPLOYS}
    event = second.events.get(kind="confirmed")
    assert (event.by, event.payload) == (alice, {"from_version": 1, "keys": list(DEPLOYS)})
    assert second.events.filter(kind="answered").count() == 4
    assert_answers_are_the_fold_of_the_log(second)


def test_an_unchanged_system_is_confirmed_from_one_list(
    alice_client: Client, bob_client: Client, bob: User, second: Assessment
) -> None:
    listed = page(bob_client, "assessment-suggestions", second.pk)
    assert listed.count('type="checkbox"') == 6
    assert "No web traffic" in listed
    url = reverse("assessment-suggestions", args=[second.pk])
    kept = [key for key in BEFORE if key != "motives"]
    response = bob_client.post(url, {"confirm": [*kept, "no_such_key"]}, follow=True)
    assert "5 answers confirmed" in response.content.decode()
    assert second.current_answers() == {key: BEFORE[key] for key in kept}
    assert sorted(second.events.get(kind="confirmed").payload["keys"]) == sorted(kept)
    assert "1 answer of version 1 waits to be confirmed" in page(alice_client, "assessment", second.pk)
    assert_answers_are_the_fold_of_the_log(second)
    assert "Tick what still holds" in bob_client.post(url, {}, follow=True).content.decode()


def test_what_somebody_answered_in_between_is_not_replaced(alice: User, bob: User, second: Assessment) -> None:
    seen = waiting(second)
    save(second, bob, "deploy_minutes", 10)
    assert "deploy_minutes" not in confirm_suggestions(second, list(seen.values()), by=alice)
    assert second.current_answers()["deploy_minutes"].value == 10


def test_an_answer_taken_back_waits_again_and_can_be_confirmed(
    alice_client: Client, alice: User, second: Assessment
) -> None:
    confirm_suggestions(second, [waiting(second)["deploy_minutes"]], by=alice)
    save(second, alice, "deploy_minutes", None, version=1)
    assert "deploy_minutes" in waiting(second)
    confirm_suggestions(second, [waiting(second)["deploy_minutes"]], by=alice)
    assert second.current_answers()["deploy_minutes"].value == 45
    assert_answers_are_the_fold_of_the_log(second)


def test_a_closed_version_takes_no_confirmation(alice_client: Client, alice: User, second: Assessment) -> None:
    save(second, alice, "teams", 3)
    seen = waiting(second)
    submit_assessment(second, by=alice)
    second.refresh_from_db()
    assert waiting(second) == {}
    with pytest.raises(ValidationFailed):
        confirm_suggestions(second, list(seen.values()), by=alice)
    alice_client.post(reverse("assessment-suggestions", args=[second.pk]), {"confirm": list(BEFORE)})
    assert list(second.current_answers()) == ["teams"]


def test_only_what_the_edition_still_takes_is_suggested(second: Assessment, alice: User) -> None:
    first = Assessment.objects.get(system=second.system, version=1)
    Answer.objects.create(assessment=first, key="gone", value="x", answered_by=alice)
    Answer.objects.filter(assessment=first, key="deploy_waiting").update(value="no_longer_an_option")
    assert {"gone", "deploy_waiting"}.isdisjoint(waiting(second))


def test_a_question_that_its_condition_keeps_away_is_not_suggested(second: Assessment, alice: User) -> None:
    first = Assessment.objects.get(system=second.system, version=1)
    Answer.objects.create(assessment=first, key="services", value=9, answered_by=alice)
    assert "services" not in waiting(second)
    Answer.objects.create(assessment=first, key="current_shape", value="services", answered_by=alice)
    assert "services" in waiting(second)
    save(second, alice, "current_shape", "monolith")
    assert "services" not in waiting(second)


def test_a_withdrawn_version_still_suggests_its_answers(team: Team, alice: User, edition: Edition) -> None:
    first = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=BEFORE)
    withdraw(submit_assessment(first, by=alice), by=alice, text="Too early.")
    assert waiting(start_next_version(first, by=alice)).keys() == BEFORE.keys()


def test_who_answers_apart_is_offered_their_own_earlier_answer_and_nobody_elses(
    second: Assessment, alice: User, bob: User
) -> None:
    first = Assessment.objects.get(system=second.system, version=1)
    asked_then = Respondent.objects.create(assessment=first, user=bob, asked_by=alice)
    Response.objects.create(assessment=first, respondent=asked_then, key="teams", value=2)
    second.answers_separately = True
    second.save(update_fields=["answers_separately"])
    assert waiting(second) == {}
    bobs = Respondent.objects.create(assessment=second, user=bob, asked_by=alice)
    alices = Respondent.objects.create(assessment=second, user=alice, asked_by=alice)
    assert {key: one.answer.value for key, one in waiting(second, bobs).items()} == {"teams": 2}
    assert waiting(second, alices) == {}
    assert confirm_suggestions(second, list(waiting(second, bobs).values()), by=bob, respondent=bobs) == ["teams"]
    assert Response.objects.get(respondent=bobs).value == 2
    assert second.events.get(kind="confirmed").respondent == bobs
    assert not second.answers.exists()


def test_what_people_answered_differently_last_time_is_not_suggested(
    second: Assessment, alice: User, bob: User
) -> None:
    first = Assessment.objects.get(system=second.system, version=1)
    first.answers_separately = True
    first.save(update_fields=["answers_separately"])
    for user, teams, models in ((alice, 2, 10), (bob, 4, 10)):
        sheet = Respondent.objects.create(assessment=first, user=user, asked_by=alice)
        Response.objects.create(assessment=first, respondent=sheet, key="teams", value=teams)
        Response.objects.create(assessment=first, respondent=sheet, key="models", value=models)
    suggested = waiting(second)
    assert "teams" not in suggested
    assert (suggested["models"].answer.value, suggested["models"].by) == (10, "")


def test_the_section_stays_within_eight_queries(alice_client: Client, second: Assessment) -> None:
    url = reverse("assessment-section", args=[second.pk, "deploys"])
    alice_client.get(url)
    assert len(queries_of(lambda: alice_client.get(url))) <= 8


def test_submitting_looks_at_confirmed_answers_alone(second: Assessment, alice: User) -> None:
    with pytest.raises(ValidationFailed):
        submit_assessment(second, by=alice)


# --- a newer edition of the questionnaire


@pytest.fixture
def carried_over(team: Team, alice: User) -> Assessment:
    """A second version, asked by version 2 of the questionnaire where the first was asked by version 1."""
    content = (FIXTURES / "questionnaires" / "split-checklist-1.yaml").read_bytes()
    old = EditionFactory(version=1, content=content)
    first = start_assessment(team=team, system_name="Shop", edition=old, by=alice, carried=BEFORE)
    submit_assessment(first, by=alice)
    EditionFactory()
    return start_next_version(first, by=alice)


def test_what_the_last_versions_questionnaire_did_not_ask_is_marked_as_new(
    alice_client: Client, carried_over: Assessment
) -> None:
    section = compact(page(alice_client, "assessment-section", carried_over.pk, "deploys"))
    mark = "New in version 2 of the questionnaire"
    cards = {card.partition('"')[0]: mark in card for card in section.split('data-card="')[1:]}
    assert {key for key, is_new in cards.items() if is_new} == {"special_needs", "change_rhythm", "failure_spread"}


def test_the_overview_counts_what_is_new(alice_client: Client, carried_over: Assessment) -> None:
    overview = compact(page(alice_client, "assessment", carried_over.pk))
    # Not counted: what is only asked where load hurts or the part has a name.
    assert "5 questions are new in version 2 of the questionnaire:" in overview
    line = overview.split("are new in version 2")[1].partition("</div>")[0]
    assert re.findall(r"sections/(\w+)/.*?\((\d)\)", line) == [("deploys", "3"), ("scaling", "1"), ("technology", "1")]


def test_where_the_questionnaire_is_the_same_nothing_is_new(alice_client: Client, second: Assessment) -> None:
    assert "of the questionnaire" not in page(alice_client, "assessment", second.pk)
    assert "New in version" not in page(alice_client, "assessment-section", second.pk, "deploys")


def test_the_section_with_new_questions_stays_within_eight_queries(
    alice_client: Client, carried_over: Assessment
) -> None:
    url = reverse("assessment-section", args=[carried_over.pk, "deploys"])
    alice_client.get(url)
    assert len(queries_of(lambda: alice_client.get(url))) <= 8
