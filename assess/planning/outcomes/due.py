"""When the outcome of a signed decision is asked for: 6 and 12 months after the signature, by the workspace's day.

While a later version of the system is signed, only that one's outcome is asked for: its decision took the place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from assess.advice.facade import OUTCOME_MONTHS, Months
from assess.assessments.facade import SIGNED, Assessment, Event, EventKind, add_months
from assess.planning.models import Outcome
from assess.web.facade import localdate_in

#: Six calendar months have at least 181 days; one less, for time zones.
LEAST_DAYS: Final = 180


@dataclass(frozen=True, kw_only=True, slots=True)
class DueOutcome:
    """A signed version whose outcome is asked for now."""

    assessment: Assessment
    months: Months
    due_on: date


def signed_on(assessment: Assessment) -> date | None:
    """The workspace's day of the signature that stands; None while the version is not signed. One query."""
    if not assessment.is_signed:
        return None
    at = decided_events().filter(assessment=assessment).values_list("at", flat=True).first()
    return localdate_in(assessment.workspace, at) if at else None


def decided_events() -> QuerySet[Event]:
    """Signatures, the newest first."""
    return Event.objects.filter(kind=EventKind.DECIDED).order_by("-number")


def find_due_outcomes(assessments: QuerySet[Assessment], now: datetime) -> Iterator[DueOutcome]:
    """The outcomes asked for among these versions, the longest due first: one for each, of 12 months where both are due
    and none is recorded. One query; `assessments` must come with their workspace."""
    later = Assessment.objects.filter(
        system=OuterRef("system"), version__gt=OuterRef("version"), state__in=SIGNED, deleted_at=None
    )
    recorded = Outcome.objects.filter(assessment=OuterRef("pk"))
    signed = assessments.filter(state__in=SIGNED, deleted_at=None).annotate(
        signed_at=Subquery(decided_events().filter(assessment=OuterRef("pk")).values("at")[:1]),
        has_6=Exists(recorded.filter(months=6)),
        has_12=Exists(recorded.filter(months=12)),
    )
    asked = signed.filter(~Exists(later), signed_at__lte=now - timedelta(days=LEAST_DAYS), has_12=False)
    for assessment in asked.order_by("signed_at", "pk").iterator(chunk_size=200):
        day = localdate_in(assessment.workspace, assessment.signed_at)
        today = localdate_in(assessment.workspace, now)
        due = [(months, on) for months in OUTCOME_MONTHS if (on := add_months(day, months)) <= today]
        if due and not getattr(assessment, f"has_{due[-1][0]}"):
            months, on = due[-1]
            yield DueOutcome(assessment=assessment, months=months, due_on=on)
