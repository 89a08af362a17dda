"""Template tags of review, for its own page and for pages of the rooms below that say where a version stands."""

from collections.abc import Mapping
from typing import Any

from django import template

from assess.assessments.facade import Assessment
from assess.review.actions import standing_signature

register = template.Library()


@register.inclusion_tag("review/line.html")
def decision_line(assessment: Assessment) -> dict[str, Any]:
    """Where the version stands, in one line: `{% decision_line assessment %}`. One query where it was signed."""
    return {"assessment": assessment, "signed": standing_signature(assessment)}


@register.simple_tag
def wrong_of(wrong: Mapping[str, str], number: int, name: str) -> str:
    """The message about this field of this condition, "" where nothing is wrong with it."""
    return wrong.get(f"condition-{number}-{name}", "")
