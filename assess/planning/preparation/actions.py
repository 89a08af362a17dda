"""Ticking an item of the preparation lists, waiving one, taking either back; and the lists as a version has them.

Each action is one transaction with its event inside. It raises PermissionDenied for those who may not, and
ValidationFailed with what to do instead; an issue's key is the form's field.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from assess.advice.facade import PREPARATIONS_BY_SLUG, Mark, PreparationList, build_preparations
from assess.assessments.facade import Assessment, EventKind, raise_if_issue, record_event
from assess.evidence.facade import Scan
from assess.language import _
from assess.people.facade import Ability, User, check_can
from assess.planning.models import PreparationMark
from assess.planning.policies import why_not_change_plan
from assess.planning.rows import FIRST_DAY, check_unchanged, lock_for, removed_values, today_of
from assess.questionnaire.facade import Answers, Issue, Questionnaire, ValidationFailed

Kind = PreparationMark.Kind
#: Who ticks and who waives.
ABILITIES: Final = {Kind.TICKED: Ability.ANSWER, Kind.WAIVED: Ability.REVIEW}
EVENTS: Final = {Kind.TICKED: EventKind.PREPARATION_MARKED, Kind.WAIVED: EventKind.PREPARATION_WAIVED}
#: A waiver that outlives the next assessment is no exception any more. Ours.
MAX_WAIVER: Final = timedelta(days=366)


def load_preparations(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, scan: Scan | None
) -> PreparationList:
    """The lists with what answers, scan and people say of each item. One query, none where the assessment came with
    `has_preparation_marks` and has none."""
    is_marked = getattr(assessment, "has_preparation_marks", True)
    rows = assessment.preparation_marks.select_related("saved_by") if is_marked else ()
    marks = {row.item: read_mark(row) for row in rows}
    return build_preparations(questionnaire, answers, scan=scan, marks=marks, today=today_of(assessment))


def read_mark(row: PreparationMark) -> Mark:
    """The row as the lists take it."""
    return Mark(
        is_waiver=row.kind == Kind.WAIVED,
        text=row.text,
        link=row.link,
        by=str(row.saved_by),
        marked_on=row.marked_on,
        ends_on=row.ends_on,
    )


def tick_item(
    assessment: Assessment, item: str, *, text: str, link: str, marked_on: date, seen: str, by: User
) -> PreparationMark:
    """Say that the item is ready since `marked_on`, with the proof. `seen` is the `moment_of` the mark that the person
    saw. For those who answer."""
    issues = [] if text else [Issue(code="no_proof", key="text", message=_("Say what proves it"))]
    if not FIRST_DAY <= marked_on <= today_of(assessment):
        message = _("Enter a day up to today")
        issues.append(Issue(code="future", key="marked_on", message=message))
    values = {"text": text, "link": link, "marked_on": marked_on, "ends_on": None}
    return save_mark(assessment, item, Kind.TICKED, values, issues, seen=seen, by=by)


def waive_item(assessment: Assessment, item: str, *, text: str, ends_on: date, seen: str, by: User) -> PreparationMark:
    """Let the plan go on without the item up to `ends_on`, with the reason. For architects."""
    today = today_of(assessment)
    issues = [] if text else [Issue(code="no_reason", key="text", message=_("Say why it can wait"))]
    if not today <= ends_on <= today + MAX_WAIVER:
        message = _("Enter a day from today on, within a year")
        issues.append(Issue(code="end", key="ends_on", message=message))
    values = {"text": text, "link": "", "marked_on": today, "ends_on": ends_on}
    return save_mark(assessment, item, Kind.WAIVED, values, issues, seen=seen, by=by)


@transaction.atomic
def save_mark(
    assessment: Assessment,
    item: str,
    kind: PreparationMark.Kind,
    values: Mapping[str, Any],
    issues: list[Issue],
    *,
    seen: str,
    by: User,
) -> PreparationMark:
    """The mark in place of an earlier one, unless there are issues with its values. Nobody waives what is ticked."""
    locked = lock_for(assessment, why_not_change_plan, by=by, ability=ABILITIES[kind])
    if item not in PREPARATIONS_BY_SLUG:
        raise ValidationFailed([Issue(code="unknown_item", message=_("Choose an item of the lists"))])
    if issues:
        raise ValidationFailed(issues)
    present = PreparationMark.objects.filter(assessment=locked, item=item).select_related("saved_by").first()
    fields = {**values, "kind": kind, "saved_by": by}
    if present is not None and all(getattr(present, name) == value for name, value in fields.items()):
        return present  # a double click
    check_unchanged(present, seen)
    if present is not None and kind == Kind.WAIVED and present.kind == Kind.TICKED:
        raise ValidationFailed([Issue(code="ticked", message=_("Nothing to waive: it is ticked"))])
    now = timezone.now()
    row, _is_new = PreparationMark.objects.update_or_create(
        assessment=locked, item=item, defaults={**fields, "saved_at": now}
    )
    record_event(locked, EVENTS[kind], by=by, at=now, payload={"item": item, "text": row.text}, rows=[row])
    return row


@transaction.atomic
def remove_mark(assessment: Assessment, pk: int, *, by: User) -> PreparationMark | None:
    """The mark that was taken back, with its number to bring it back by; None where it is gone already."""
    locked = Assessment.objects.locked(assessment.pk)
    row = PreparationMark.objects.filter(assessment=locked, pk=pk).first()
    if row is None:
        return None
    check_can(by, ABILITIES[Kind(row.kind)], assessment.system.team)
    raise_if_issue(why_not_change_plan(locked))
    payload = {"item": row.item, "change": "removed"}
    record_event(locked, EVENTS[Kind(row.kind)], by=by, payload=payload, removed=[row])
    row.delete()
    row.pk = pk
    return row


@transaction.atomic
def restore_mark(assessment: Assessment, pk: int, *, by: User) -> PreparationMark | None:
    """The mark as it was before it was taken back, by the person who does so; None where there is nothing to bring
    back, or another mark in its place."""
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_change_plan(locked))
    values = removed_values(locked, "PreparationMark", pk)
    if values is None or locked.preparation_marks.filter(item=values["item"]).exists():
        return None
    kind = Kind(values["kind"])
    check_can(by, ABILITIES[kind], assessment.system.team)
    row = PreparationMark.objects.create(
        assessment=locked,
        item=values["item"],
        kind=kind,
        text=values["text"],
        link=values["link"],
        marked_on=date.fromisoformat(values["marked_on"]),
        ends_on=date.fromisoformat(values["ends_on"]) if values["ends_on"] else None,
        saved_by=by,
    )
    record_event(locked, EVENTS[kind], by=by, payload={"item": row.item, "text": row.text}, rows=[row])
    return row
