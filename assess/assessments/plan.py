"""The plan of an assessment: changes that its team intends, saved from a what-if.

A plan is no answer: it changes neither answers nor verdict, and a submitted version may have one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assess.assessments.editions import questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Assessment, PlannedChange
from assess.assessments.response_visibility import check_answered_first
from assess.assessments.what_if import Texts, WhatIf, read_what_if
from assess.decision.facade import Change, change_between, describe_change
from assess.language import _
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Answers, Issue, Questionnaire, ValidationFailed, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStep:
    """One change of the plan; `reached` once the saved answer is what was planned."""

    change: Change
    sentence: str
    reached: bool
    kept_at: datetime
    kept_by: User


def describe_plan(assessment: Assessment) -> list[str]:
    """The plan, a sentence for each change in the questionnaire's order; empty without a plan. One query.

    >>> describe_plan(assessment)
    ['Planned: Tracing: no → planned']
    """
    questionnaire = questionnaire_of(assessment.edition)
    changes = read_changes(questionnaire, assessment.planned_changes.all())
    return [_("Planned: {change}").format(change=describe_change(questionnaire, change)) for change, _row in changes]


def plan_steps(
    questionnaire: Questionnaire, planned_changes: QuerySet[PlannedChange], answers: Answers
) -> list[PlanStep]:
    """The plan compared with the present answers. One query."""
    return [
        PlanStep(
            change=change,
            sentence=describe_change(questionnaire, change),
            reached=change.key in answers and answers[change.key].value == change.after,
            kept_at=row.kept_at,
            kept_by=row.kept_by,
        )
        for change, row in read_changes(questionnaire, planned_changes.select_related("kept_by"))
    ]


@transaction.atomic
def keep_plan(assessment_id: int, parameters: Texts, *, by: User) -> WhatIf:
    """Keep these changes as the plan, in place of an earlier one.

    Returns what was read; when it has issues, or changes nothing, nothing was written. Raises
    Assessment.DoesNotExist (404) for what the person cannot see, PermissionDenied for somebody who does not answer.
    """
    assessment = lock_for_planning(assessment_id, by=by)
    questionnaire = questionnaire_of(assessment.edition)
    tried = read_what_if(questionnaire, assessment.current_answers(), parameters)
    if tried.issues or not tried.changes:
        return tried
    now = timezone.now()
    assessment.planned_changes.all().delete()
    rows = [
        PlannedChange(
            assessment=assessment,
            key=change.key,
            before=to_stored(change.before),
            after=to_stored(change.after),
            kept_at=now,
            kept_by=by,
        )
        for change in tried.changes
    ]
    PlannedChange.objects.bulk_create(rows)
    record_plan(assessment, rows, by=by, at=now)
    return tried


@transaction.atomic
def drop_plan(assessment_id: int, *, by: User) -> tuple[Change, ...]:
    """Forget the plan. Returns its changes, so that they can be kept again.

    Raises as `keep_plan` does, and ValidationFailed when there is no plan.
    """
    assessment = lock_for_planning(assessment_id, by=by)
    changes = read_changes(questionnaire_of(assessment.edition), assessment.planned_changes.all())
    if not changes:
        raise ValidationFailed([Issue(code="no_plan", message=_("Nothing to do: there is no plan"))])
    assessment.planned_changes.all().delete()
    record_plan(assessment, [], by=by, at=timezone.now())
    return tuple(change for change, _row in changes)


def lock_for_planning(assessment_id: int, *, by: User) -> Assessment:
    """The assessment, locked. Raises Assessment.DoesNotExist and PermissionDenied as `keep_plan` does."""
    assessment = Assessment.objects.visible_to(by).locked(assessment_id)
    check_can(by, Ability.ANSWER, assessment.system.team)
    check_answered_first(by, assessment)  # a plan shows what was answered
    return assessment


def record_plan(assessment: Assessment, rows: Iterable[PlannedChange], *, by: User, at: datetime) -> None:
    """Write the event with all changes of the plan, none where it was dropped."""
    payload = {"changes": [{"key": row.key, "from": row.before, "to": row.after} for row in rows]}
    record_event(assessment, EventKind.PLANNED, by=by, at=at, payload=payload)


def read_changes(questionnaire: Questionnaire, rows: Iterable[PlannedChange]) -> list[tuple[Change, PlannedChange]]:
    """The changes in these rows, in the questionnaire's order; none of questions that it does not have."""
    by_key = {row.key: row for row in rows}
    return [
        (change_between(question, None if row.before is None else from_stored(row.before), from_stored(row.after)), row)
        for question in questionnaire.questions
        if (row := by_key.get(question.key)) is not None
    ]


def from_stored(stored: Value | list[str]) -> Value:
    """The value in a JSON column, where a tuple is a list."""
    return tuple(stored) if isinstance(stored, list) else stored


def to_stored(value: Value | None) -> str | int | float | list[str] | None:
    """The value for a JSON column."""
    return list(value) if isinstance(value, tuple) else value
