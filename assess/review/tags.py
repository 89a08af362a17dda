"""Template tags of review, for its own page and for pages of other rooms that show a version's state."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import template
from django.utils import timezone

from assess.assessments.facade import Assessment
from assess.people.facade import User
from assess.review.actions import standing_signature
from assess.review.decision_page import ConditionLine, build_conditions
from assess.web.facade import localdate_in

register = template.Library()

#: So many conditions are named where there is little room.
MOST_NAMED: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingDecision:
    """The signature that counts now, for the card of a result. `by` is "" where names are not shown."""

    by: str
    day: date
    overruled_to: str
    reason: str
    conditions: list[ConditionLine]
    more: int


@register.inclusion_tag("review/line.html")
def decision_line(assessment: Assessment) -> dict[str, Any]:
    """Where the version stands, in one line: `{% decision_line assessment %}`. One query where it was signed."""
    return {"assessment": assessment, "signed": standing_signature(assessment)}


@register.simple_tag
def standing_decision(assessment: Assessment, *, shared: bool = False) -> StandingDecision | None:
    """The decision that stands on this version, None while there is none. Two queries where it was signed.

    `shared` for readers without an account, who see names only where the version shows them.
    """
    signed = standing_signature(assessment)
    if signed is None:
        return None
    conditions = build_conditions(signed, localdate_in(assessment.workspace, timezone.now()))
    return StandingDecision(
        by=name_for_strangers(assessment, signed.signed_by) if shared else str(signed.signed_by),
        day=localdate_in(assessment.workspace, signed.signed_at),
        overruled_to=signed.overruled_to,
        reason=signed.reason,
        conditions=conditions[:MOST_NAMED],
        more=max(len(conditions) - MOST_NAMED, 0),
    )


def name_for_strangers(assessment: Assessment, person: User) -> str:
    """The name, never a part of the mail address; "" where there is none to show."""
    return person.name if assessment.names_shown and not person.erased_at else ""
