"""What the actions of `planning` have in common: the lock, a row that somebody else changed, and one put back.

Rows are deleted for good, but the log keeps what each said: `removed_values` reads it there.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol

from django.utils import timezone

from assess.assessments.facade import Assessment, Event, raise_if_issue
from assess.language import _
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import localdate_in

#: A day before or after these is a slip of the keyboard.
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


class SavedRow(Protocol):
    """A row with who saved it last, and when."""

    saved_at: datetime
    saved_by: User


def today_of(assessment: Assessment) -> date:
    """The day in the workspace's time zone."""
    return localdate_in(assessment.workspace, timezone.now())


def lock_for(
    assessment: Assessment,
    why_not: Callable[[Assessment], Issue | None],
    *,
    by: User,
    ability: Ability = Ability.ANSWER,
) -> Assessment:
    """The version, locked until the transaction ends. Raises PermissionDenied for whoever has not this ability, and
    ValidationFailed where the policy `why_not` has a reason against changes."""
    check_can(by, ability, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not(locked))
    return locked


def moment_of(row: SavedRow | None) -> str:
    """When the row was saved, for a form to say which one a person saw; "" where there was none."""
    return row.saved_at.isoformat() if row else ""


def check_unchanged(present: SavedRow | None, seen: str) -> None:
    """Raises ValidationFailed where the row is not the one that a form was filled in over (`moment_of`)."""
    if moment_of(present) == seen:
        return
    if present is None:
        message = _("Look again before you save: somebody removed it meanwhile")
    else:
        pattern = _("Look again before you save: {name} changed it meanwhile")
        message = pattern.format(name=present.saved_by)
    raise ValidationFailed([Issue(code="changed", message=message)])


def removed_values(assessment: Assessment, model: str, pk: int) -> Mapping[str, Any] | None:
    """The sealed columns of a row as they were before it was removed; None where it is there or never was. One
    query."""
    path = f"payload__rows__{model}__has_key"
    events = Event.objects.filter(assessment=assessment, **{path: str(pk)}).order_by("-number")[:2]
    said = [event.payload["rows"][model][str(pk)] for event in events]
    return said[1] if len(said) == 2 and said[0] is None else None
