"""Template tags of planning, for pages of other rooms that show a version."""

from collections.abc import Mapping
from typing import Any

from django import template

from assess.advice.facade import PitfallFinding
from assess.planning.pitfalls.find import find_pitfalls_of

register = template.Library()


@register.simple_tag(takes_context=True)
def pitfalls_now(context: Mapping[str, Any]) -> list[PitfallFinding]:
    """The pitfalls that show now, on a page with the context of `build_result_page`. One query."""
    keys = ("assessment", "questionnaire", "answers", "result", "scan")
    found = find_pitfalls_of(*(context[key] for key in keys))
    return [each for each in found if each.state == "now"]
