"""What tests of review share: versions of Alice's team in each state, and tampering with them."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from assess.assessments import actions as answering
from assess.assessments.agreements import agree
from assess.assessments.changes import Change
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.evidence.candidates import save_choices
from assess.assessments.evidence.claims import load_sources, override_proposal
from assess.assessments.models import Assessment, Edition, Respondent
from assess.assessments.perspectives import Perspective
from assess.assessments.planned_changes import keep_planned_changes
from assess.assessments.respondents import ask_people, make_guest_link
from assess.assessments.saving import Saved, save_answer
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer
from assess.review import actions
from assess.review.models import Comment, CommentKind, Condition, Decision
from assess.review.signed_content import ConditionTerms
from assess.sharing.actions import make_link
from tests.databases import create_triggers, drop_triggers
from tests.evidence_samples import shop_evidence
from tests.planning_rows import add_planning_rows

ANSWERS = {
    "teams": Answer(value=5, basis="measured", note="Counted in May."),
    "deploy_minutes": Answer(value=45),
    "deploy_waiting": Answer(value="never"),  # about a pain, so that there is a verdict to decide on
}


@pytest.fixture
def draft(team: Team, alice: User, edition: Edition) -> Assessment:
    return answering.start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=ANSWERS)


@pytest.fixture
def submitted(draft: Assessment, alice: User) -> Assessment:
    return load(answering.submit_assessment(draft, by=alice).pk)


@pytest.fixture
def in_review(submitted: Assessment, rita: User) -> Assessment:
    return load(actions.take_up(submitted, by=rita).pk)


@pytest.fixture
def accepted(in_review: Assessment, rita: User) -> Assessment:
    return load(actions.sign(in_review, by=rita, decision=Decision.ACCEPTED).assessment_id)


def load(pk: int) -> Assessment:
    joined = Assessment.objects.select_related("system__team", "workspace", "edition", "submitted_by")
    return joined.get(pk=pk)


@pytest.fixture
def signed(draft: Assessment, alice: User, bob: User, rita: User) -> Assessment:
    """Everything that a version can go through: a scan with choices and a decision on it, shared and own answers, an
    agreement, links, planned changes, a review."""
    attach_evidence(draft, json.dumps(shop_evidence()).encode(), by=alice)
    save_choices(draft, {"rows": [{"name": "orders", "load": "20"}]}, by=bob)
    override_proposal(draft, "models", seen=load_sources(draft).seen, reason="Two repositories.", by=alice)
    (asked,) = ask_people(draft, people=[bob], perspective=Perspective.OPERATIONS, by=alice)
    own_answer(draft, bob, asked, "developers", 30)
    make_guest_link(load(draft.pk), by=alice)
    change = Change(key="teams", answered=True, value=5, base_version=base_of(draft, "teams"), mutation_id=uuid4())
    assert isinstance(agree(load(draft.pk), change, note="Five by now.", by=alice), Saved)
    it = load(answering.submit_assessment(load(draft.pk), by=alice).pk)
    assert keep_planned_changes(it.pk, {"teams": ["4"]}, by=alice).changes
    make_link(it, by=alice, name="The board", scope="result", days=7)
    actions.comment(it, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="Three?")
    actions.settle(Comment.objects.get(), by=alice, text="Five.")
    conditions = [ConditionTerms(text="Trace calls", owner="Ana", due_on=timezone.localdate())]
    actions.sign(it, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=conditions)
    actions.challenge(load(it.pk), by=alice, text="No.")
    actions.uphold(load(it.pk), by=rita, text="Yes.")
    actions.challenge(load(it.pk), by=alice, text="Still no.")
    actions.reopen(load(it.pk), by=rita, text="Fine.")
    actions.sign(
        load(it.pk),
        by=rita,
        decision=Decision.ACCEPTED_WITH_CONDITIONS,
        overruled_to=other_than(it.verdict),
        reason="So.",
        conditions=conditions,
    )
    actions.meet_condition(Condition.objects.latest("pk"), by=alice, how="Done.")
    actions.comment(load(it.pk), by=alice, text="Good.")
    add_planning_rows(load(it.pk), alice)
    return load(it.pk)


def own_answer(assessment: Assessment, by: User, respondent: Respondent, key: str, value: object) -> None:
    change = Change(key=key, answered=True, value=value, base_version=0, mutation_id=uuid4())
    assert isinstance(save_answer(assessment.pk, change, by=by, respondent_id=respondent.pk), Saved)


def base_of(assessment: Assessment, key: str) -> int:
    return assessment.answers.get(key=key).version


# --- the check of the log, and tampering with it


def verify(*arguments: str) -> tuple[int, str]:
    """Exit status, and all that was said."""
    out = io.StringIO()
    try:
        call_command("verify_log", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def run(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount != 0


def tampered(statement: str, *parameters: Any) -> str:
    """What is found after somebody who may do anything to the database did this, and covered their tracks."""
    drop_triggers()
    run(statement, *parameters)
    create_triggers()
    status, said = verify()
    assert status == 1
    assert "listed above" in said
    return said


def found_after(change: Callable[[], object]) -> str:
    """What is found after this was done without triggers; then all is as before."""
    savepoint = transaction.savepoint()
    drop_triggers()
    change()
    create_triggers()
    status, said = verify()
    transaction.savepoint_rollback(savepoint)
    return said if status else ""


def other_than(verdict: str) -> str:
    return "stay" if verdict != "stay" else "modular"
