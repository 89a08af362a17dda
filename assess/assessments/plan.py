"""The plan of an assessment: the changes that its team means to bring about, kept from a what-if.

Decides: how a plan is replaced and dropped, and how it is told. A plan is no answer: it changes neither answers nor
verdict, and a submitted version may have one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assess.assessments.anchoring import check_not_anchored
from assess.assessments.editions import questionnaire_of
from assess.assessments.log import record
from assess.assessments.models import Assessment, EventKind, PlannedChange
from assess.assessments.what_if import Texts, WhatIf, read_what_if
from assess.decision.facade import Change, change_between, describe
from assess.language import _
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Answers, Issue, Questionnaire, ValidationFailed, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One change of the plan. `reached` once the saved answer is what was planned."""

    change: Change
    sentence: str
    reached: bool
    kept_at: datetime
    kept_by: User


def plan_of(assessment: Assessment) -> list[str]:
    """The plan, a sentence for each change in the questionnaire's order; empty without a plan. One query.

    >>> plan_of(assessment)
    ['Planned: Tracing: no → planned']
    """
    questionnaire = questionnaire_of(assessment.edition)
    rows = assessment.planned_changes.all()
    changes = [describe(questionnaire, change) for change, _row in _changes(questionnaire, rows)]
    return [_("Planned: {change}").format(change=change) for change in changes]


def planned(questionnaire: Questionnaire, rows: QuerySet[PlannedChange], answers: Answers) -> list[Planned]:
    """The plan beside the answers as they are now. One query."""
    return [
        Planned(
            change=change,
            sentence=describe(questionnaire, change),
            reached=change.key in answers and answers[change.key].value == change.after,
            kept_at=row.kept_at,
            kept_by=row.kept_by,
        )
        for change, row in _changes(questionnaire, rows.select_related("kept_by"))
    ]


@transaction.atomic
def keep_plan(assessment_id: int, given: Texts, *, by: User) -> WhatIf:
    """Keep these changes as the plan, in place of any plan before.

    Returns what was read; when it has problems, or changes nothing, nothing was written. Raises
    Assessment.DoesNotExist (404) for what the person cannot see, PermissionDenied for somebody who does not answer.
    """
    assessment = _held(assessment_id, by=by)
    questionnaire = questionnaire_of(assessment.edition)
    tried = read_what_if(questionnaire, assessment.given_answers(), given)
    if tried.issues or not tried.changes:
        return tried
    now = timezone.now()
    assessment.planned_changes.all().delete()
    rows = [
        PlannedChange(
            assessment=assessment,
            key=change.key,
            before=_plain(change.before),
            after=_plain(change.after),
            kept_at=now,
            kept_by=by,
        )
        for change in tried.changes
    ]
    PlannedChange.objects.bulk_create(rows)
    _record(assessment, rows, by=by)
    return tried


@transaction.atomic
def drop_plan(assessment_id: int, *, by: User) -> tuple[Change, ...]:
    """Forget the plan. Returns its changes, so that they can be kept again.

    Raises as `keep_plan` does, and ValidationFailed when there is no plan.
    """
    assessment = _held(assessment_id, by=by)
    changes = _changes(questionnaire_of(assessment.edition), assessment.planned_changes.all())
    if not changes:
        raise ValidationFailed([Issue(code="no_plan", message=_("Nothing to do: there is no plan"))])
    assessment.planned_changes.all().delete()
    _record(assessment, [], by=by)
    return tuple(change for change, _row in changes)


def _held(assessment_id: int, *, by: User) -> Assessment:
    """The assessment with its row held until the transaction ends, so that of two plans one replaces the other."""
    found = Assessment.objects.visible_to(by).select_related("system__team", "edition").defer("edition__content")
    assessment = found.select_for_update(of=("self",)).get(pk=assessment_id)
    check_can(by, Ability.ANSWER, assessment.system.team)
    check_not_anchored(by, assessment)  # a plan, kept or dropped, tells what was answered
    return assessment


def _record(assessment: Assessment, rows: Iterable[PlannedChange], *, by: User) -> None:
    payload = {"changes": [{"key": row.key, "from": row.before, "to": row.after} for row in rows]}
    record(assessment, EventKind.PLANNED, by=by, payload=payload)


def _changes(questionnaire: Questionnaire, rows: Iterable[PlannedChange]) -> list[tuple[Change, PlannedChange]]:
    by_key = {row.key: row for row in rows}
    return [
        (change_between(question, None if row.before is None else _value(row.before), _value(row.after)), row)
        for question in questionnaire.questions
        if (row := by_key.get(question.key)) is not None
    ]


def _value(stored: Value | list[str]) -> Value:
    """A value as the database gives it back: there a tuple is a list."""
    return tuple(stored) if isinstance(stored, list) else stored


def _plain(value: Value | None) -> str | int | float | list[str] | None:
    return list(value) if isinstance(value, tuple) else value
