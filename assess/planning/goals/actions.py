"""Setting goals, measuring them, taking either back; and the goals that a version goes by.

Goals go with the system: a version without any goes by those of the newest version before it that has some, and takes
them over as soon as somebody changes one. Readings of all these versions count, each belongs to the version in which
it was recorded.

Each action is one transaction with its event inside. It raises PermissionDenied for those who do not answer, and
ValidationFailed by field.
"""

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assess.advice.facade import (
    GOAL_FIGURES,
    Baseline,
    GoalFigure,
    GoalLine,
    Measured,
    propose_baselines,
    read_figure,
    read_goal,
    say_figure,
)
from assess.assessments.facade import (
    Assessment,
    EventKind,
    current_measurements,
    reading_of,
    record_event,
)
from assess.language import _, number
from assess.money.facade import sign_before
from assess.people.facade import User
from assess.planning.models import Goal, GoalReading
from assess.planning.policies import why_not_change_plan
from assess.planning.rows import (
    FIRST_DAY,
    LAST_DAY,
    check_unchanged,
    lock_for,
    moment_of,
    removed_values,
    today_of,
)
from assess.questionnaire.facade import Answers, Issue, ValidationFailed

#: Readings of one figure in a version: one a week for two years. Page and paper show each.
MAX_READINGS: Final = 104


def load_goals(assessment: Assessment) -> list[GoalLine]:
    """The goals that the version goes by, in the table's order, with all their readings. Three queries at most."""
    rows = {row.figure: row for row in goal_rows(assessment) if row.figure in GOAL_FIGURES}
    if not rows:
        return []
    today = today_of(assessment)
    currency = sign_before(assessment.workspace.currency)
    readings: dict[str, list[Measured]] = {}
    of_system = GoalReading.objects.filter(
        assessment__system=assessment.system_id,
        assessment__version__lte=assessment.version,
        assessment__deleted_at=None,
        figure__in=list(rows),
    )
    values = of_system.select_related("saved_by", "assessment").defer("assessment__result")
    for row in values.order_by("measured_on", "assessment__version"):
        readings.setdefault(row.figure, []).append(
            Measured(
                value=row.value,
                words=say_figure(GOAL_FIGURES[row.figure], row.value, currency),
                on=row.measured_on,
                by=str(row.saved_by),
                note=row.note,
                version=row.assessment.version,
                pk=row.pk,
            )
        )
    return [
        GoalLine(
            figure=figure,
            baseline=rows[slug].baseline,
            target=rows[slug].target,
            today=today,
            by=str(rows[slug].saved_by),
            currency=currency,
            target_on=rows[slug].target_on,
            note=rows[slug].note,
            readings=tuple(readings.get(slug, ())),
            version=rows[slug].assessment.version,
            pk=rows[slug].pk,
        )
        for slug, figure in GOAL_FIGURES.items()
        if slug in rows
    ]


def goal_rows(assessment: Assessment) -> list[Goal]:
    """The rows of the version, or of the newest version before it that has some. Two queries."""
    of_system = Goal.objects.filter(assessment__system=assessment.system_id, assessment__deleted_at=None)
    of_system = of_system.filter(assessment__version__lte=assessment.version)
    version = of_system.aggregate(Max("assessment__version"))["assessment__version__max"]
    if version is None:
        return []
    rows = of_system.filter(assessment__version=version).select_related("assessment", "saved_by")
    return list(rows.defer("assessment__result"))


def list_baselines(assessment: Assessment, answers: Answers) -> dict[str, Baseline]:
    """What is known of each figure today, by figure. One query."""
    return propose_baselines(answers, [reading_of(row).content for row in current_measurements(assessment)])


@transaction.atomic
def save_goal(
    assessment: Assessment,
    slug: str,
    *,
    baseline: str,
    target: str,
    target_on: date | None,
    note: str,
    seen: str,
    by: User,
) -> Goal:
    """The goal for this figure, from texts as typed, in place of an earlier one. `seen` is the `moment_of` the goal
    that the person saw."""
    locked, figure = lock_for_goals(assessment, slug, by=by)
    today = today_of(locked)
    issues: list[Issue] = []
    values = (0.0, 0.0)
    try:
        values = read_goal(figure, baseline, target)
    except ValidationFailed as failed:
        issues += failed.issues
    present = next((row for row in goal_rows(locked) if row.figure == slug), None)
    kept_day = present is not None and present.target_on == target_on
    if target_on is not None and not kept_day and not today <= target_on <= LAST_DAY:
        issues.append(Issue(code="past", key="target_on", message=_("Enter a day from today on")))
    if issues:
        raise ValidationFailed(issues)
    fields = {"baseline": values[0], "target": values[1], "target_on": target_on, "note": note}
    if present is not None and all(getattr(present, name) == value for name, value in fields.items()):
        return present  # a double click
    check_unchanged(present, seen)
    take_over_goals(locked, by=by)
    now = timezone.now()
    row, _is_new = Goal.objects.update_or_create(
        assessment=locked, figure=slug, defaults={**fields, "saved_at": now, "saved_by": by}
    )
    record_event(locked, EventKind.GOAL_CHANGED, by=by, at=now, payload={"figure": slug, "note": note}, rows=[row])
    return row


@transaction.atomic
def remove_goal(assessment: Assessment, slug: str, *, seen: str, by: User) -> int | None:
    """The number of the removed goal, to bring it back by; None where it is gone already. Its readings stay."""
    locked, _figure = lock_for_goals(assessment, slug, by=by)
    rows = goal_rows(locked)
    present = next((row for row in rows if row.figure == slug), None)
    if present is None:
        return None
    check_unchanged(present, seen)
    earlier = Goal.objects.filter(assessment__system=locked.system_id, assessment__version__lt=locked.version)
    if len(rows) == 1 and earlier.filter(assessment__deleted_at=None).exists():
        # Else the version would go by those of the version before again.
        raise ValidationFailed([Issue(code="last", message=_("Set another goal first: this is the last one"))])
    take_over_goals(locked, by=by)
    row = Goal.objects.get(assessment=locked, figure=slug)
    payload = {"figure": slug, "change": "removed"}
    record_event(locked, EventKind.GOAL_CHANGED, by=by, payload=payload, removed=[row])
    pk = row.pk
    row.delete()
    return pk


def take_over_goals(locked: Assessment, *, by: User) -> None:
    """Copy the goals that the version goes by into it, unless they are its own. Whoever set one stays named."""
    rows = goal_rows(locked)
    if not rows or rows[0].assessment_id == locked.pk:
        return
    copies = [
        Goal(
            assessment=locked,
            **{name: getattr(row, name) for name in ("figure", "baseline", "target", "target_on", "note")},
            saved_at=row.saved_at,
            saved_by=row.saved_by,
        )
        for row in rows
    ]
    Goal.objects.bulk_create(copies)
    payload = {"change": "taken_over", "from_version": rows[0].assessment.version}
    record_event(locked, EventKind.GOAL_CHANGED, by=by, payload=payload, rows=copies)


@transaction.atomic
def restore_goal(assessment: Assessment, pk: int, *, by: User) -> Goal | None:
    """The goal as it was before it was removed; None where there is nothing to bring back, or another in its place."""
    values = removed_values(assessment, "Goal", pk)
    if values is None:
        return None
    locked, _figure = lock_for_goals(assessment, values["figure"], by=by)
    if locked.goals.filter(figure=values["figure"]).exists():
        return None
    take_over_goals(locked, by=by)
    row = Goal.objects.create(
        assessment=locked,
        **{name: values[name] for name in ("figure", "baseline", "target", "note")},
        target_on=date.fromisoformat(values["target_on"]) if values["target_on"] else None,
        saved_by=by,
    )
    record_event(locked, EventKind.GOAL_CHANGED, by=by, payload={"figure": row.figure}, rows=[row])
    return row


@transaction.atomic
def add_reading(
    assessment: Assessment, slug: str, *, value: str, measured_on: date, note: str, by: User
) -> GoalReading:
    """What the figure was on a day, from the text as typed; one reading a day."""
    locked, figure = lock_for_goals(assessment, slug, by=by)
    issues: list[Issue] = []
    amount = 0.0
    try:
        amount = read_figure(figure, "value", value.strip())
    except ValidationFailed as failed:
        issues += failed.issues
    if not FIRST_DAY <= measured_on <= today_of(locked):
        issues.append(Issue(code="future", key="measured_on", message=_("Enter a day up to today")))
    if issues:
        raise ValidationFailed(issues)
    present = locked.goal_readings.filter(figure=slug, measured_on=measured_on).first()
    if present is not None:
        if (present.value, present.note, present.saved_by_id) == (amount, note, by.pk):
            return present  # a double click
        message = _("Take back the reading of that day first, or enter another day")
        raise ValidationFailed([Issue(code="same_day", key="measured_on", message=message)])
    check_room(locked, slug)
    row = GoalReading.objects.create(
        assessment=locked, figure=slug, value=amount, measured_on=measured_on, note=note, saved_by=by
    )
    record_event(locked, EventKind.GOAL_MEASURED, by=by, payload={"figure": slug, "note": note}, rows=[row])
    return row


def check_room(locked: Assessment, slug: str) -> None:
    """Raises ValidationFailed where the version has all the readings of this figure that it may have. One query."""
    if locked.goal_readings.filter(figure=slug).count() >= MAX_READINGS:
        message = _("Take back a reading first: a version has at most {most} of a figure")
        raise ValidationFailed([Issue(code="too_many", message=message.format(most=number(MAX_READINGS)))])


@transaction.atomic
def remove_reading(assessment: Assessment, pk: int, *, by: User) -> int | None:
    """The number of the reading that was taken back; None where this version has none with it."""
    seen = GoalReading.objects.filter(assessment=assessment, pk=pk).first()
    if seen is None:
        return None
    locked, _figure = lock_for_goals(assessment, seen.figure, by=by)
    row = GoalReading.objects.filter(assessment=locked, pk=pk).first()
    if row is None:
        return None  # somebody took it back while we waited for the lock
    payload = {"figure": row.figure, "change": "removed"}
    record_event(locked, EventKind.GOAL_MEASURED, by=by, payload=payload, removed=[row])
    row.delete()
    return pk


@transaction.atomic
def restore_reading(assessment: Assessment, pk: int, *, by: User) -> GoalReading | None:
    """The reading as it was before it was taken back; None where nothing is to bring back."""
    values = removed_values(assessment, "GoalReading", pk)
    if values is None:
        return None
    locked, _figure = lock_for_goals(assessment, values["figure"], by=by)
    day = date.fromisoformat(values["measured_on"])
    if locked.goal_readings.filter(figure=values["figure"], measured_on=day).exists():
        return None
    check_room(locked, values["figure"])
    row = GoalReading.objects.create(
        assessment=locked,
        **{name: values[name] for name in ("figure", "value", "note")},
        measured_on=day,
        saved_by=by,
    )
    record_event(locked, EventKind.GOAL_MEASURED, by=by, payload={"figure": row.figure}, rows=[row])
    return row


def lock_for_goals(assessment: Assessment, slug: str, *, by: User) -> tuple[Assessment, GoalFigure]:
    """The locked version and the figure, if this person may change goals now."""
    locked = lock_for(assessment, why_not_change_plan, by=by)
    figure = GOAL_FIGURES.get(slug)
    if figure is None:
        raise ValidationFailed([Issue(code="unknown_figure", message=_("Choose a figure of the list"))])
    return locked, figure


def moments_of_goals(assessment: Assessment) -> dict[str, Any]:
    """When each goal was saved that the version goes by, by figure, for the forms."""
    return {row.figure: moment_of(row) for row in goal_rows(assessment)}
