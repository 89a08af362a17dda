"""Every state × move × person against the table: what it has happens, what it has not is refused, changing nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments import actions as answering
from assess.assessments import respondents
from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.models import Assessment, Edition, Event, State
from assess.decision import decide
from assess.people.models import Membership, Notice, Team, User
from assess.people.roles import Ability, Role
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire.validation import ValidationFailed
from assess.record.models import RecordLink
from assess.review import actions
from assess.review.models import Comment, Condition, Decision, SignOff
from assess.review.policies import TookPartError
from assess.review.signed_content import ConditionTerms
from assess.review.states import MOVE_NAMES, MOVES, ability_for_move, next_states
from tests.conftest import person
from tests.factories import PASSWORD
from tests.integration.review.conftest import load
from tests.suites import slow_except

pytestmark = pytest.mark.django_db

ROLE_OF = {
    "alice": Role.LEAD,
    "bob": Role.MEMBER,
    "vera": Role.VIEWER,
    "ravi": Role.RESPONDENT,
    "rita": Role.ARCHITECT,
    "ada": Role.ADMINISTRATOR,
    "olga": None,
    "charlie": None,
    "zoe": None,
}


def a_condition(**fields: Any) -> ConditionTerms:
    given: dict[str, Any] = {"text": "Trace every call", "owner": "Ana", "due_on": timezone.localdate(), **fields}
    return ConditionTerms(**given)


MAKE: dict[str, Callable[[Assessment, User], object]] = {
    "submit": lambda it, by: answering.submit_assessment(it, by=by),
    "withdraw": lambda it, by: actions.withdraw(it, by=by, text="Two teams left since."),
    "take up": lambda it, by: actions.take_up(it, by=by),
    "accept": lambda it, by: actions.sign(it, by=by, decision=Decision.ACCEPTED),
    "accept with conditions": lambda it, by: actions.sign(
        it, by=by, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=[a_condition()]
    ),
    "send back": lambda it, by: actions.sign(it, by=by, decision=Decision.SENT_BACK, remark="Count the teams again."),
    "challenge": lambda it, by: actions.challenge(it, by=by, text="Two teams left since."),
    "uphold": lambda it, by: actions.uphold(it, by=by, text="They were not counted."),
    "reopen": lambda it, by: actions.reopen(it, by=by, text="You are right."),
}

#: By which moves a version comes to each state.
WAY: dict[tuple[State, str], tuple[str, ...]] = {
    (State.DRAFT, ""): (),
    (State.SUBMITTED, ""): ("submit",),
    (State.IN_REVIEW, ""): ("submit", "take up"),
    (State.ACCEPTED, ""): ("submit", "take up", "accept"),
    (State.ACCEPTED_WITH_CONDITIONS, ""): ("submit", "take up", "accept with conditions"),
    (State.SENT_BACK, ""): ("submit", "take up", "send back"),
    (State.WITHDRAWN, ""): ("submit", "take up", "withdraw"),
    (State.CHALLENGED, State.ACCEPTED): ("submit", "take up", "accept", "challenge"),
    (State.CHALLENGED, State.ACCEPTED_WITH_CONDITIONS): ("submit", "take up", "accept with conditions", "challenge"),
}

#: Signing at once takes up and decides: two rows of the table in one action.
AT_ONCE = {name for name in MOVE_NAMES if name in ("accept", "accept with conditions", "send back")}


def everything() -> list[Any]:
    models = (Assessment, Event, SignOff, Condition, Comment, Notice, RecordLink)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(("state", "was"), slow_except(WAY, *list(WAY)[::3]))
def test_only_moves_in_the_table_succeed_and_others_change_nothing(
    state: State, was: str, draft: Assessment, alice: User, rita: User, request: pytest.FixtureRequest
) -> None:
    for name in WAY[state, was]:
        MAKE[name](load(draft.pk), rita if ability_for_move(name) == Ability.REVIEW else alice)
    assert load(draft.pk).state == state
    people = {who: request.getfixturevalue(who) for who in ROLE_OF}
    before = everything()
    for name in MOVE_NAMES:
        expected = next_states(state, name)
        if name in AT_ONCE and state == State.SUBMITTED:
            expected = next_states(State.IN_REVIEW, name)
        if name == "uphold" and expected:
            expected = (State(was),)
        for who, role in ROLE_OF.items():
            may = role is not None and ability_for_move(name) in role.abilities
            with transaction.atomic():
                refused: Exception | None = None
                try:
                    MAKE[name](load(draft.pk), people[who])
                except (PermissionDenied, ValidationFailed) as error:
                    refused = error
                assert isinstance(refused, PermissionDenied) is not may, (name, who)
                assert (refused is None) is bool(may and expected), (name, who, str(refused))
                if refused is None:
                    assert (load(draft.pk).state,) == expected
                else:
                    assert everything() == before
                transaction.set_rollback(True)
    assert everything() == before


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.before}-{move.name}-{move.after}")
def test_every_move_writes_one_event(move: Any, draft: Assessment, alice: User, rita: User) -> None:
    was = move.after if move.name == "uphold" else State.ACCEPTED if move.before == State.CHALLENGED else ""
    for name in WAY[move.before, was]:
        MAKE[name](load(draft.pk), rita if ability_for_move(name) == Ability.REVIEW else alice)
    length = load(draft.pk).log_length
    by = rita if move.ability == Ability.REVIEW else alice
    MAKE[move.name](load(draft.pk), by)
    (event,) = Event.objects.filter(assessment=draft, number__gt=length)
    assert event.by == by
    assert load(draft.pk).state == move.after


# --- who may judge


def test_reviewer_who_submitted_the_version_cannot_judge_it(draft: Assessment, team: Any, alice: User) -> None:
    both = person("Berta", team=team)
    both.memberships.create(workspace=team.workspace, role=Role.ARCHITECT)
    answering.submit_assessment(draft, by=both)
    with pytest.raises(TookPartError, match="Somebody who did not has to review it"):
        actions.take_up(load(draft.pk), by=both)
    assert load(draft.pk).state == State.SUBMITTED


@pytest.mark.parametrize("removed", [False, True])
def test_reviewer_who_was_asked_to_answer_cannot_judge(
    submitted: Assessment, rita: User, alice: User, removed: bool
) -> None:
    gone = {"removed_at": timezone.now(), "removed_by": alice} if removed else {}
    submitted.respondents.create(user=rita, asked_by=alice, **gone)
    with pytest.raises(TookPartError):
        actions.take_up(submitted, by=rita)


def test_reviewer_whose_answer_was_replaced_cannot_judge(team: Any, alice: User, edition: Any, rita: User) -> None:
    from assess.assessments.log import record_event

    it = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice)
    record_event(it, EventKind.ANSWERED, by=rita, key="teams", payload={"value": 3})
    with pytest.raises(TookPartError):
        actions.sign(load(it.pk), by=rita, decision=Decision.ACCEPTED)


def test_reviewer_who_removed_a_respondent_cannot_judge(
    draft: Assessment, alice: User, bob: User, rita: User, team: Team
) -> None:
    """Whose answers count decides what comes out."""
    Membership.objects.create(user=rita, workspace=team.workspace, team=team, role=Role.LEAD)
    respondents.ask_people(draft, people=[bob], by=alice)
    respondents.remove_respondent(draft, draft.respondents.get(user=bob).pk, by=rita)
    submitted = load(answering.submit_assessment(load(draft.pk), by=alice).pk)
    with pytest.raises(TookPartError):
        actions.take_up(submitted, by=rita)


def test_person_who_answered_an_earlier_version_may_judge_the_next(
    submitted: Assessment, rita: User, alice: User
) -> None:
    submitted.respondents.create(user=rita, asked_by=alice)
    following = answering.start_next_version(submitted, by=alice)
    following.answers.create(key="teams", value=3, answered_by=alice)
    answering.submit_assessment(following, by=alice)
    assert actions.take_up(load(following.pk), by=rita).state == State.IN_REVIEW


# --- signing


def test_signature_stores_what_it_covers_and_its_hash(in_review: Assessment, rita: User, alice: User) -> None:
    actions.comment(in_review, by=alice, key="teams", text="Five since May.")
    signed = actions.sign(
        in_review,
        by=rita,
        decision=Decision.ACCEPTED_WITH_CONDITIONS,
        overruled_to=other_than(in_review.verdict),
        reason="The board decided so.",
        remark="Good work.",
        conditions=[a_condition()],
    )
    content = signed.content
    assert content["system"] == "Web shop"
    assert content["workspace"] == "Harbour"
    assert content["edition"]["sha256"] == in_review.edition.sha256
    assert content["answers_hash"] == in_review.answers_hash
    assert (content["verdict"], content["overruled_to"]) == (in_review.verdict, other_than(in_review.verdict))
    assert content["reason"] == "The board decided so."
    assert [comment["text"] for comment in content["comments"]] == ["Five since May."]
    assert [condition["owner"] for condition in content["conditions"]] == ["Ana"]
    last = Event.objects.get(assessment=in_review, number=content["log"]["length"])
    assert content["log"]["seal"] == last.seal
    event = Event.objects.get(assessment=in_review, kind=EventKind.DECIDED)
    assert event.number == last.number + 1
    assert event.payload["content_hash"] == signed.content_hash
    assert len(signed.content_hash) == 64


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        ({"decision": Decision.ACCEPTED_WITH_CONDITIONS}, "conditions"),
        ({"decision": Decision.ACCEPTED, "conditions": [a_condition(due_on=date(2100, 1, 1))]}, "decision"),
        ({"decision": Decision.SENT_BACK}, "remark"),
        ({"decision": Decision.ACCEPTED, "overruled_to": "rewrite", "reason": "So."}, "overruled_to"),
        ({"decision": Decision.ACCEPTED, "reason": "So."}, "overruled_to"),
    ],
)
def test_signature_with_terms_that_do_not_go_together_is_refused_without_the_form(
    in_review: Assessment, rita: User, terms: dict[str, Any], key: str
) -> None:
    with pytest.raises(ValidationFailed) as failed:
        actions.sign(in_review, by=rita, **terms)
    assert [issue.key for issue in failed.value.issues] == [key]
    assert load(in_review.pk).state == State.IN_REVIEW


def test_overruling_needs_another_verdict_and_a_reason_without_the_form(in_review: Assessment, rita: User) -> None:
    for overruled_to, reason in ((in_review.verdict, "So."), (other_than(in_review.verdict), "")):
        with pytest.raises(ValidationFailed):
            actions.sign(in_review, by=rita, decision=Decision.ACCEPTED, overruled_to=overruled_to, reason=reason)
    assert not SignOff.objects.exists()


def other_than(verdict: str) -> str:
    return "stay" if verdict != "stay" else "modular"


def test_later_comments_do_not_change_the_signed_content(accepted: Assessment, alice: User) -> None:
    signed = SignOff.objects.get()
    actions.comment(accepted, by=alice, text="Thank you.")
    assert SignOff.objects.values().get(pk=signed.pk)["content"] == signed.content
    assert signed.content["comments"] == []


def test_signed_content_hides_respondents_where_names_are_hidden(
    in_review: Assessment, rita: User, ravi: User, alice: User
) -> None:
    in_review.respondents.create(user=ravi, asked_by=alice)
    Assessment.objects.filter(pk=in_review.pk).update(names_shown=False)
    signed = actions.sign(in_review, by=rita, decision=Decision.ACCEPTED)
    assert signed.content["respondents"] == "hidden"
    assert "Ravi" not in str(signed.content)


def test_overruling_sets_the_current_verdict_and_keeps_the_models(in_review: Assessment, rita: User) -> None:
    mine = other_than(in_review.verdict)
    actions.sign(in_review, by=rita, decision=Decision.ACCEPTED, overruled_to=mine, reason="We leave that business.")
    now = load(in_review.pk)
    assert (now.verdict, now.overruled_to, now.current_verdict) == (in_review.verdict, mine, mine)


def test_reopening_restores_the_models_verdict(in_review: Assessment, rita: User, alice: User) -> None:
    mine = other_than(in_review.verdict)
    actions.sign(in_review, by=rita, decision=Decision.ACCEPTED, overruled_to=mine, reason="We leave that business.")
    actions.challenge(load(in_review.pk), by=alice, text="We do not.")
    actions.reopen(load(in_review.pk), by=rita, text="So be it.")
    now = load(in_review.pk)
    assert (now.overruled_to, now.current_verdict) == ("", in_review.verdict)


CONDITION = {
    "condition-1-text": "Trace calls",
    "condition-1-owner": "Ana",
    "condition-1-due": (timezone.localdate() + timedelta(days=1)).isoformat(),  # still to come if midnight passes
}


def post_signature(client: Client, assessment: Assessment, fields: dict[str, str]) -> list[str]:
    """The fields in which the page finds a mistake, after signing with these fields."""
    data = {"decision": Decision.ACCEPTED, "password": PASSWORD, **fields}
    response = client.post(reverse("decision-sign", args=[assessment.pk]), data)
    assert response.status_code == 400
    return [issue.key for issue in response.context["issues"]]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "approved"}, "decision"),
        ({"decision": Decision.SENT_BACK}, "remark"),
        ({"decision": Decision.SENT_BACK, "remark": " \n"}, "remark"),
        (CONDITION, "decision"),
        ({"decision": Decision.ACCEPTED_WITH_CONDITIONS}, "condition-1-text"),
        ({"overruled_to": "OTHER"}, "reason"),
        ({"overruled_to": "SAME", "reason": "So."}, "overruled_to"),
        ({"overruled_to": "split", "reason": "So."}, "overruled_to"),
        ({"reason": "So."}, "overruled_to"),
        ({"decision": Decision.SENT_BACK, "remark": "No.", "overruled_to": "OTHER", "reason": "So."}, "overruled_to"),
        ({"remark": "x" * 2_001}, "remark"),
        ({"remark": "a\x00b"}, "remark"),
    ],
)
def test_inconsistent_signature_is_rejected_with_the_mistake_at_its_field(
    fields: dict[str, str], key: str, in_review: Assessment, rita_client: Client
) -> None:
    verdicts = {"OTHER": other_than(in_review.verdict), "SAME": in_review.verdict}
    before = everything()
    posted = {name: verdicts.get(value, value) for name, value in fields.items()}
    assert post_signature(rita_client, in_review, posted) == [key]
    assert everything() == before


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"condition-1-text": "  "}, "condition-1-text"),
        ({"condition-1-text": "x" * 2_001}, "condition-1-text"),
        ({"condition-1-owner": ""}, "condition-1-owner"),
        ({"condition-1-owner": "x" * 121}, "condition-1-owner"),
        ({"condition-1-owner": "An\u202ea"}, "condition-1-owner"),
        ({"condition-1-due": (timezone.localdate() - timedelta(days=1)).isoformat()}, "condition-1-due"),
        ({"condition-1-due": "soon"}, "condition-1-due"),
        ({"condition-1-due": ""}, "condition-1-due"),
    ],
)
def test_condition_needs_text_owner_and_a_day_from_today_on(
    fields: dict[str, str], key: str, in_review: Assessment, rita_client: Client
) -> None:
    posted = {"decision": Decision.ACCEPTED_WITH_CONDITIONS, **CONDITION, **fields}
    assert post_signature(rita_client, in_review, posted) == [key]
    assert not SignOff.objects.exists()


# --- challenging


def test_team_can_challenge_on_the_last_day_but_not_later(accepted: Assessment, alice: User) -> None:
    today = timezone.localdate()
    SignOff.objects.update(challenge_until=today - timedelta(days=1))
    with pytest.raises(ValidationFailed, match="Start the next version instead"):
        actions.challenge(accepted, by=alice, text="Too late?")
    SignOff.objects.update(challenge_until=today)
    actions.challenge(accepted, by=alice, text="In time.")
    assert load(accepted.pk).state == State.CHALLENGED


def test_signature_has_the_last_day_for_a_challenge(accepted: Assessment, settings: Any) -> None:
    days = settings.LIMITS["challenge_days"]
    assert SignOff.objects.get().challenge_until == timezone.localdate() + timedelta(days=days)


def test_answer_to_a_challenge_settles_its_comment(accepted: Assessment, alice: User, rita: User) -> None:
    actions.challenge(accepted, by=alice, text="Two teams left.")
    actions.uphold(load(accepted.pk), by=rita, text="They were not counted.")
    said = Comment.objects.get()
    assert (said.text, said.settlement, said.settled_by) == ("Two teams left.", "They were not counted.", rita)


# --- comments and conditions


def test_reply_to_a_reply_joins_the_same_thread(submitted: Assessment, alice: User, rita: User) -> None:
    first = actions.comment(submitted, by=rita, key="teams", text="Really five?")
    reply = actions.comment(submitted, by=alice, parent=first, text="Yes.")
    again = actions.comment(submitted, by=rita, parent=reply, text="Good.")
    assert (again.parent, again.key) == (first, "teams")


def test_challenge_of_an_answer_is_settled_once_and_needs_text(submitted: Assessment, alice: User, rita: User) -> None:
    from assess.review.models import CommentKind

    said = actions.comment(submitted, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="There are three.")
    for nothing in (" ", "\u200b\n\u2060"):
        with pytest.raises(ValidationFailed, match="Say how it ended"):
            actions.settle(said, by=alice, text=nothing)
    actions.settle(said, by=alice, text="Five, counted again.")
    with pytest.raises(ValidationFailed, match="settled already"):
        actions.settle(said, by=alice, text="Six.")
    said.refresh_from_db()
    assert said.settlement == "Five, counted again."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "  "}, "Write what you want to say"),
        ({"text": "x" * 2_001}, "Shorten"),
        ({"text": "What?", "key": "no_such"}, "Choose a question"),
        ({"text": "No!", "kind": "challenge"}, "Challenge one answer"),
    ],
)
def test_unusable_comment_is_refused_with_what_to_do(
    fields: dict[str, Any], message: str, submitted: Assessment, alice: User
) -> None:
    with pytest.raises(ValidationFailed, match=message):
        actions.comment(submitted, by=alice, **fields)
    assert not Comment.objects.exists()


def test_reply_to_a_comment_of_another_version_is_refused(
    submitted: Assessment, alice: User, team: Any, edition: Any
) -> None:
    elsewhere = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice)
    said = actions.comment(load(elsewhere.pk), by=alice, text="Here.")
    with pytest.raises(ValidationFailed):
        actions.comment(submitted, by=alice, parent=said, text="There.")


def test_condition_can_be_met_once(in_review: Assessment, rita: User, alice: User) -> None:
    signed = MAKE["accept with conditions"](in_review, rita)
    assert isinstance(signed, SignOff)
    condition = signed.conditions.get()
    actions.meet_condition(condition, by=alice, how="Traces are in the shop's dashboard.")
    condition.refresh_from_db()
    assert condition.met_by == alice
    with pytest.raises(ValidationFailed, match="met already"):
        actions.meet_condition(condition, by=alice, how="Again.")


def test_condition_of_a_reopened_decision_cannot_be_met(in_review: Assessment, rita: User, alice: User) -> None:
    for name in ("accept with conditions", "challenge", "reopen"):
        MAKE[name](load(in_review.pk), rita if ability_for_move(name) == Ability.REVIEW else alice)
    with pytest.raises(ValidationFailed, match="no longer holds"):
        actions.meet_condition(Condition.objects.get(), by=alice, how="Done.")


# --- telling


def test_people_concerned_are_notified_but_not_the_one_who_acted(
    submitted: Assessment, alice: User, rita: User, bob: User
) -> None:
    actions.sign(submitted, by=rita, decision=Decision.ACCEPTED)
    actions.challenge(load(submitted.pk), by=bob, text="No.")
    actions.uphold(load(submitted.pk), by=rita, text="Yes.")
    told = {str(user): [notice.text for notice in user.notices.order_by("pk")] for user in (alice, bob, rita)}
    assert told["Alice"] == [
        "Rita took up the review of Web shop, version 1.",
        "Web shop, version 1: accepted by Rita.",
        "Rita upheld the decision on Web shop, version 1.",
    ]
    assert told["Bob"] == ["Rita upheld the decision on Web shop, version 1."]
    assert told["Rita"] == ["Bob challenges the decision on Web shop, version 1."]


def test_people_who_left_the_team_are_not_notified(submitted: Assessment, alice: User, rita: User, bob: User) -> None:
    actions.comment(submitted, by=bob, text="Why monthly?", key="teams")
    actions.sign(submitted, by=rita, decision=Decision.ACCEPTED)
    Membership.objects.filter(user__in=[alice, rita]).delete()
    Notice.objects.all().delete()
    actions.challenge(load(submitted.pk), by=bob, text="No.")
    actions.comment(load(submitted.pk), by=bob, text="Look again.")
    assert not Notice.objects.filter(user__in=[alice, rita]).exists()


# --- without a verdict


@pytest.fixture
def undecided(team: Team, alice: User, edition: Edition) -> Assessment:
    """Submitted although no question about a pain is answered."""
    answers = {"teams": AnswerValue(value=5), "scope": AnswerValue(value="one_part")}
    draft = answering.start_assessment(team=team, system_name="Mail", edition=edition, by=alice, carried=answers)
    return load(answering.submit_assessment(draft, by=alice).pk)


@pytest.mark.parametrize("overruled_to", ["", "modular"])
@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.ACCEPTED_WITH_CONDITIONS])
def test_without_a_verdict_nothing_can_be_accepted_and_the_refusal_says_what_to_answer(
    undecided: Assessment, rita: User, decision: Decision, overruled_to: str
) -> None:
    terms = {"overruled_to": overruled_to, "reason": "So it is" if overruled_to else ""}
    with pytest.raises(ValidationFailed) as refused:
        actions.sign(undecided, by=rita, decision=decision, **terms)
    (issue,) = refused.value.issues
    assert (issue.code, issue.key) == ("undecided", "decision")
    questionnaire = questionnaire_of(undecided.edition)
    key = decide(questionnaire, undecided.current_answers()).ask_next
    asked = questionnaire.by_key[str(key)]
    assert f"until “{asked.of_part or asked.wording}” is answered" in issue.message
    assert not undecided.sign_offs.exists()


def test_the_form_says_beforehand_that_there_is_no_verdict_to_accept(
    undecided: Assessment, submitted: Assessment, rita_client: Client
) -> None:
    note = "There is no verdict to accept"
    assert note in rita_client.get(reverse("assessment-decision", args=[undecided.pk])).content.decode()
    assert note not in rita_client.get(reverse("assessment-decision", args=[submitted.pk])).content.decode()
    url = reverse("decision-sign", args=[undecided.pk])
    response = rita_client.post(url, {"decision": "accepted", "password": PASSWORD})
    assert response.status_code == 400
    assert "Send the version back: there is no verdict to accept until" in response.content.decode()
    assert load(undecided.pk).state == State.SUBMITTED


def test_a_version_without_a_verdict_can_be_sent_back(undecided: Assessment, rita: User) -> None:
    signed = actions.sign(undecided, by=rita, decision=Decision.SENT_BACK, remark="Answer what hurts.")
    assert load(undecided.pk).state == State.SENT_BACK
    assert signed.model_verdict == ""
