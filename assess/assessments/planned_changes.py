"""Planned changes of an assessment: changes to answers that its team intends, saved from a what-if.

They are no answers: they change neither answers nor verdict, and a submitted version may have some. The steps that lead
there are the plan: see `planning`.
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
class PlannedChangeState:
    """One planned change; `reached` once the saved answer is what was planned."""

    change: Change
    sentence: str
    reached: bool
    kept_at: datetime
    kept_by: User


def describe_planned_changes(assessment: Assessment) -> list[str]:
    """A sentence for each planned change, in the questionnaire's order. One query.

    >>> describe_planned_changes(assessment)
    ['Planned: Tracing: no → planned']
    """
    questionnaire = questionnaire_of(assessment.edition)
    changes = read_changes(questionnaire, assessment.planned_changes.all())
    return [_("Planned: {change}").format(change=describe_change(questionnaire, change)) for change, _row in changes]


def compare_planned_changes(
    questionnaire: Questionnaire, planned_changes: QuerySet[PlannedChange], answers: Answers
) -> list[PlannedChangeState]:
    """The planned changes, compared with the present answers. One query."""
    return [
        PlannedChangeState(
            change=change,
            sentence=describe_change(questionnaire, change),
            reached=change.key in answers and answers[change.key].value == change.after,
            kept_at=row.kept_at,
            kept_by=row.kept_by,
        )
        for change, row in read_changes(questionnaire, planned_changes.select_related("kept_by"))
    ]


@transaction.atomic
def keep_planned_changes(assessment_id: int, parameters: Texts, *, by: User) -> WhatIf:
    """Keep these changes as the planned ones, in place of earlier ones.

    Returns what was read; when it has issues, or changes nothing, nothing was written. Raises
    Assessment.DoesNotExist (404) for what the person cannot see, PermissionDenied for somebody who does not answer.
    """
    assessment = lock_to_change_planned(assessment_id, by=by)
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
    record_planned_changes(assessment, rows, by=by, at=now)
    return tried


@transaction.atomic
def drop_planned_changes(assessment_id: int, *, by: User) -> tuple[Change, ...]:
    """Forget the planned changes. Returns them, so that they can be kept again.

    Raises as `keep_planned_changes` does, and ValidationFailed when there are none.
    """
    assessment = lock_to_change_planned(assessment_id, by=by)
    changes = read_changes(questionnaire_of(assessment.edition), assessment.planned_changes.all())
    if not changes:
        raise ValidationFailed([Issue(code="no_planned_changes", message=_("Nothing to do: no changes are planned"))])
    assessment.planned_changes.all().delete()
    record_planned_changes(assessment, [], by=by, at=timezone.now())
    return tuple(change for change, _row in changes)


def lock_to_change_planned(assessment_id: int, *, by: User) -> Assessment:
    """The assessment, locked. Raises Assessment.DoesNotExist and PermissionDenied as `keep_planned_changes` does."""
    assessment = Assessment.objects.visible_to(by).locked(assessment_id)
    check_can(by, Ability.ANSWER, assessment.system.team)
    check_answered_first(by, assessment)  # planned changes show what was answered
    return assessment


def record_planned_changes(assessment: Assessment, rows: Iterable[PlannedChange], *, by: User, at: datetime) -> None:
    """Write the event with all planned changes, none where they were dropped."""
    payload = {"changes": [{"key": row.key, "from": row.before, "to": row.after} for row in rows]}
    record_event(assessment, EventKind.CHANGES_PLANNED, by=by, at=at, payload=payload)


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
