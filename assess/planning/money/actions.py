"""Reading a version's cost figures with their sums; saving them, and going back to those before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assess.assessments.facade import Assessment, Event, EventKind, reading_of, record_event
from assess.language import _
from assess.money.facade import Default, Sums, build_defaults, build_sums, defaults_from_files, is_empty, read_inputs
from assess.people.facade import User
from assess.planning.models import MoneyInputs
from assess.planning.policies import why_not_change_money
from assess.planning.rows import check_unchanged, lock_for, moment_of
from assess.questionnaire.facade import Answers, Issue, ValidationFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionMoney:
    """A version's cost figures. `content` has the texts as typed, in `currency`; `sums` is None where nobody typed any,
    or where some are wrong, as `issues` says."""

    row: MoneyInputs | None
    content: Mapping[str, Any]
    currency: str
    defaults: Mapping[str, Default]
    issues: tuple[Issue, ...]
    sums: Sums | None


def build_money(
    assessment: Assessment, answers: Answers, verdict: str, typed: Mapping[str, Any] | None = None
) -> VersionMoney:
    """The saved figures with their sums, or with `typed` those of a form, which count in the workspace's currency.
    `answers` and measurements are offered as defaults. `verdict` says which way is compared with staying. Two queries,
    one less where the row came with the assessment."""
    row: MoneyInputs | None = getattr(assessment, "money_inputs", None)
    content = typed if typed is not None else row.content if row else {}
    currency = row.currency if row and typed is None and not is_empty(content) else assessment.workspace.currency
    defaults = build_defaults(answers, measured_defaults(assessment, currency))
    inputs, issues = read_inputs(content, currency=currency, defaults=defaults)
    is_asked = typed is not None or not is_empty(content)
    return VersionMoney(
        row=row,
        content=content,
        currency=currency,
        defaults=defaults,
        issues=tuple(issues) if is_asked else (),
        sums=build_sums(inputs, verdict) if inputs and is_asked else None,
    )


def figures_to_begin_with(assessment: Assessment) -> Mapping[str, Any] | None:
    """The texts of the version before this one that has some in the workspace's currency, to fill in a form; None for
    the first. One query."""
    of_system = MoneyInputs.objects.filter(assessment__system=assessment.system_id, assessment__deleted_at=None)
    earlier = of_system.filter(assessment__version__lt=assessment.version, currency=assessment.workspace.currency)
    row = next((each for each in earlier.order_by("-assessment__version") if not is_empty(each.content)), None)
    return row.content if row else None


def load_sums(assessment: Assessment, answers: Answers, verdict: str) -> Sums | None:
    """The sums of the saved figures; None where nobody saved any. As `build_money`, and no query for the measurements
    without figures."""
    row: MoneyInputs | None = getattr(assessment, "money_inputs", None)
    return build_money(assessment, answers, verdict).sums if row and not is_empty(row.content) else None


def measured_defaults(assessment: Assessment, currency: str) -> dict[str, Default]:
    """What the newest files of costs and of deploys offer. One query, none where the assessment came with
    `has_measurements`."""
    if not getattr(assessment, "has_measurements", True):
        return {}
    rows = assessment.measurements.current().filter(kind__in=("cost", "deploys"))
    newest = {row.kind: row for row in reversed(rows)}
    return defaults_from_files([(row.file_name, reading_of(row).content) for row in newest.values()], currency)


@transaction.atomic
def save_money(money: VersionMoney, assessment: Assessment, *, seen: str, by: User) -> MoneyInputs:
    """The row with these figures in place of earlier ones. Only until the decision is signed.

    `seen` is `moment_of` the row that the form was filled in over, "" where there was none. Raises PermissionDenied for
    those who do not answer, and ValidationFailed with every mistake, by field, or where somebody saved after that.
    """
    locked = lock_for(assessment, why_not_change_money, by=by)
    if money.issues:
        raise ValidationFailed(list(money.issues))
    present = MoneyInputs.objects.filter(assessment=locked).select_related("saved_by").first()
    if seen != moment_of(present) and present and (present.content, present.saved_by_id) == (money.content, by.pk):
        return present  # a double click
    check_unchanged(present, seen)
    return write_money(locked, money.content, money.currency, by=by)


@transaction.atomic
def undo_money(assessment: Assessment, *, seen: str, by: User) -> MoneyInputs:
    """The row with the figures before the last change, as the log has them: none where there were none. Undoing that
    again brings them back. Raises as `save_money`."""
    locked = lock_for(assessment, why_not_change_money, by=by)
    present = MoneyInputs.objects.filter(assessment=locked).first()
    if present is None or seen != moment_of(present):
        message = _("Nothing was undone: somebody saved other figures meanwhile. They are shown now.")
        raise ValidationFailed([Issue(code="changed", message=message)])
    events = Event.objects.filter(assessment=locked, kind=EventKind.MONEY_CHANGED).order_by("-number")[1:2]
    for event in events:
        before = event.payload["rows"]["MoneyInputs"][str(present.pk)]
        return write_money(locked, before["content"], before["currency"], by=by)
    return write_money(locked, {}, locked.workspace.currency, by=by)


def write_money(locked: Assessment, content: Mapping[str, Any], currency: str, *, by: User) -> MoneyInputs:
    """The row with this content, and its event. Only inside a transaction that has the assessment locked."""
    now = timezone.now()
    row, _is_new = MoneyInputs.objects.update_or_create(
        assessment=locked, defaults={"content": content, "currency": currency, "saved_at": now, "saved_by": by}
    )
    record_event(locked, EventKind.MONEY_CHANGED, by=by, at=now, rows=[row])
    return row


def money_saved_at(assessment: Assessment) -> str:
    """`moment_of` the figures of this version, for a form that goes by them. One query."""
    return moment_of(MoneyInputs.objects.filter(assessment=assessment).first())
