"""Starting, submitting, going on, deleting and restoring: what each writes, and when each is refused."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from assess.assessments import actions
from assess.assessments.actions import (
    delete_assessment,
    restore_assessment,
    start_assessment,
    start_next_version,
    submit_assessment,
)
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, Edition
from assess.assessments.suggestions import confirm_suggestions, suggestions_for
from assess.assessments.urls import urlpatterns
from assess.decision import DECIDERS
from assess.decision.contract import to_json
from assess.people.models import Team, User
from assess.questionnaire.answers import answers_hash
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from assess.review.actions import sign
from assess.review.models import Decision
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log

pytestmark = pytest.mark.django_db

ANSWERS = {
    "teams": AnswerValue(value=5, basis="measured", note="Counted"),
    "change_breakage": AnswerValue(value="never"),
    "motives": AnswerValue(value=("team_autonomy",)),
    "budget": AnswerValue(who_knows="Finance"),
    "gateway": AnswerValue(not_applicable="No web traffic"),
}


@pytest.fixture
def answered(team: Team, alice: User, edition: Edition) -> Assessment:
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=ANSWERS)


def code_of(refused: pytest.ExceptionInfo[ValidationFailed]) -> str:
    return refused.value.issues[0].code


def test_carried_answers_are_events_too(answered: Assessment) -> None:
    assert answered.current_answers() == ANSWERS
    assert answered.events.filter(kind="answered").count() == len(ANSWERS)
    assert_answers_are_the_fold_of_the_log(answered)


def test_a_deleted_assessments_system_can_start_again_with_the_next_number(
    answered: Assessment, team: Team, alice: User, edition: Edition
) -> None:
    delete_assessment(answered, by=alice)
    again = start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
    assert (again.system, again.version) == (answered.system, 2)


def test_submitting_keeps_hash_result_and_verdict(answered: Assessment, alice: User) -> None:
    submit_assessment(answered, by=alice)
    kept = Assessment.objects.get(pk=answered.pk)
    questionnaire = builtin_questionnaire()
    assert kept.submitted_by == alice
    assert kept.answers_hash == answers_hash(questionnaire, ANSWERS)
    assert kept.model_version in DECIDERS
    judged = json.loads(json.dumps(to_json(DECIDERS[kept.model_version](questionnaire, ANSWERS))))
    assert kept.result is not None
    assert judged.items() <= kept.result.items()  # what argues with the verdict is kept beside it
    assert (kept.verdict, kept.form) == (kept.result["verdict"], kept.result["form"])
    event = kept.events.get(kind="submitted")
    assert (event.by, event.payload["answers_hash"]) == (alice, kept.answers_hash)


def test_nothing_known_cannot_be_submitted(team: Team, alice: User, edition: Edition, assessment: Assessment) -> None:
    Answer.objects.create(assessment=assessment, key="teams", value=None, answered_by=alice)
    with pytest.raises(ValidationFailed) as refused:
        submit_assessment(assessment, by=alice)
    assert code_of(refused) == "nothing_known"
    assert not assessment.events.filter(kind="submitted").exists()


def test_submitting_twice_is_refused(answered: Assessment, alice: User) -> None:
    submit_assessment(answered, by=alice)
    with pytest.raises(ValidationFailed) as refused:
        submit_assessment(answered, by=alice)
    assert code_of(refused) == "submitted"


def test_the_next_version_starts_without_answers_and_suggests_those_of_the_last(
    answered: Assessment, bob: User, alice: User
) -> None:
    submit_assessment(answered, by=alice)
    following = start_next_version(answered, by=bob)
    assert (following.version, following.is_open, following.created_by) == (2, True, bob)
    assert following.current_answers() == {}
    assert following.events.get(kind="started").payload["from_version"] == 1
    waiting = suggestions_for(following, questionnaire_of(following.edition), {})
    assert {key: suggestion.answer for key, suggestion in waiting.items()} == ANSWERS
    confirm_suggestions(following, waiting.values(), by=bob)
    assert following.current_answers() == ANSWERS
    assert_answers_are_the_fold_of_the_log(following)


def test_answers_taken_back_are_not_suggested(answered: Assessment, alice: User) -> None:
    Answer.objects.filter(assessment=answered, key="motives").update(answered=False, value=None)
    submit_assessment(answered, by=alice)
    following = start_next_version(answered, by=alice)
    assert "motives" not in suggestions_for(following, questionnaire_of(following.edition), {})


def test_only_the_newest_submitted_version_goes_on(answered: Assessment, alice: User) -> None:
    with pytest.raises(ValidationFailed) as refused:
        start_next_version(answered, by=alice)
    assert code_of(refused) == "open"
    submit_assessment(answered, by=alice)
    following = start_next_version(answered, by=alice)
    confirm_suggestions(
        following, suggestions_for(following, questionnaire_of(following.edition), {}).values(), by=alice
    )
    submit_assessment(following, by=alice)
    with pytest.raises(ValidationFailed) as refused:
        start_next_version(answered, by=alice)
    assert code_of(refused) == "not_newest"


def test_a_system_has_one_open_version_whatever_happens(answered: Assessment, alice: User, edition: Edition) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            system=answered.system, workspace=answered.workspace, version=9, edition=edition,
            created_by=alice, updated_by=alice,
        )  # fmt: skip


def test_delete_and_restore_leave_everything_as_it_was(answered: Assessment, alice: User) -> None:
    before = Assessment.objects.get(pk=answered.pk)
    delete_assessment(answered, by=alice)
    assert not Assessment.objects.visible_to(alice).exists()
    restore_assessment(answered, by=alice)
    after = Assessment.objects.get(pk=answered.pk)
    assert after.current_answers() == ANSWERS
    for field in ("state", "updated_at", "is_newest", "names_shown"):
        assert getattr(after, field) == getattr(before, field)
    assert [event.kind for event in after.events.order_by("id")][-2:] == ["deleted", "restored"]


def test_what_was_submitted_is_never_deleted_by_its_team(answered: Assessment, alice: User, rita: User) -> None:
    submit_assessment(answered, by=alice)
    with pytest.raises(ValidationFailed, match="Withdraw this version on the page of its decision"):
        delete_assessment(answered, by=alice)
    sign(answered, by=rita, decision=Decision.SENT_BACK, remark="Count again.")
    with pytest.raises(ValidationFailed, match="Start the next version instead; what was submitted cannot be deleted"):
        delete_assessment(answered, by=alice)
    following = start_next_version(answered, by=alice)
    delete_assessment(following, by=alice)
    assert Assessment.objects.visible_to(rita).get() == answered


def test_deleting_twice_and_restoring_what_is_there_are_refused(answered: Assessment, alice: User) -> None:
    with pytest.raises(ValidationFailed):
        restore_assessment(answered, by=alice)
    delete_assessment(answered, by=alice)
    with pytest.raises(ValidationFailed):
        delete_assessment(answered, by=alice)
    with pytest.raises(ValidationFailed):
        submit_assessment(answered, by=alice)


@pytest.mark.parametrize("act", [submit_assessment, start_next_version, delete_assessment, restore_assessment])
@pytest.mark.parametrize("who", ["rita", "charlie", "olga"])
def test_only_the_team_acts(
    answered: Assessment, act: Callable[..., Any], who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        act(answered, by=request.getfixturevalue(who))


def test_only_the_team_starts(team: Team, rita: User, edition: Edition) -> None:
    with pytest.raises(PermissionDenied):
        start_assessment(team=team, system_name="X", edition=edition, by=rita)


def test_no_route_changes_a_submitted_version(answered: Assessment, alice: User, alice_client: Client) -> None:
    """Every address of the room is tried with every method that could change something."""
    submit_assessment(answered, by=alice)
    before = _everything(answered)
    bodies: dict[str, Any] = {
        "question": "teams", "value": "9", "base_version": "1", "mutation_id": str(uuid.uuid4()),
        "teams": "9", "teams-base_version": "1", "page": str(uuid.uuid4()), "then": "continue",
        "system-name": "Web shop",
    }  # fmt: skip
    known: dict[str, Any] = {"assessment_id": answered.pk, "slug": "teams", "token": "no-such-token"}
    addresses = {
        pattern.name: {name: known.get(name, 1) for name in pattern.pattern.converters}
        for pattern in urlpatterns
        if isinstance(pattern, URLPattern) and pattern.name
    }
    assert "assessment-answers" in addresses
    for name, arguments in addresses.items():
        for method in (alice_client.post, alice_client.put, alice_client.patch, alice_client.delete):
            if name in ("assessment-delete", "assessment-restore"):
                continue  # put out of sight and brought back below
            method(reverse(name, kwargs=arguments), bodies)
            body = json.dumps({k: bodies[k] for k in ("question", "mutation_id")} | {"value": 9, "base_version": 1})
            method(reverse(name, kwargs=arguments), body, content_type="application/json")
    alice_client.post(reverse("assessment-delete", args=[answered.pk]))
    alice_client.post(reverse("assessment-answers", args=[answered.pk]), bodies)
    alice_client.post(reverse("assessment-restore", args=[answered.pk]))
    for act in (actions.submit_assessment, actions.restore_assessment):
        with pytest.raises(ValidationFailed):
            act(answered, by=alice)
    assert _everything(answered) == before


def _everything(assessment: Assessment) -> Any:
    kept = Assessment.objects.filter(pk=assessment.pk).values().get()
    del kept["is_newest"], kept["log_length"]  # of the list, and of the log
    answers = list(Answer.objects.filter(assessment=assessment).order_by("key").values())
    return kept, answers


def test_a_version_submitted_with_an_older_hash_shows_it_for_ever(answered: Assessment, alice: User) -> None:
    submit_assessment(answered, by=alice)
    kept = Assessment.objects.get(pk=answered.pk)
    assert answers_hash(builtin_questionnaire(), kept.current_answers()) == kept.answers_hash
    assert kept.submitted_at is not None
    assert kept.submitted_at <= timezone.now()
