"""Template tags of review, for its own page and for pages of other rooms that show a version's state."""

from typing import Any

from django import template

from assess.assessments.facade import Assessment
from assess.review.actions import standing_signature

register = template.Library()


@register.inclusion_tag("review/line.html")
def decision_line(assessment: Assessment) -> dict[str, Any]:
    """Where the version stands, in one line: `{% decision_line assessment %}`. One query where it was signed."""
    return {"assessment": assessment, "signed": standing_signature(assessment)}
