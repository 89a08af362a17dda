"""Template tags of planning, for pages of other rooms that show a version."""

from collections.abc import Mapping
from typing import Any

from django import template

from assess.advice.facade import PitfallFinding, PreparationList, build_preparations, is_preparing
from assess.assessments.facade import Assessment
from assess.money.facade import describe_break_even, describe_difference
from assess.planning.money.actions import build_money
from assess.planning.pitfalls.find import find_pitfalls_of
from assess.planning.preparation.actions import load_preparations

register = template.Library()


@register.simple_tag(takes_context=True)
def pitfalls_now(context: Mapping[str, Any]) -> list[PitfallFinding]:
    """The pitfalls that show now, on a page with the context of `build_result_page`. One query, none for a sample,
    which has no version to follow."""
    if not isinstance(context["assessment"], Assessment):
        return []
    keys = ("assessment", "questionnaire", "answers", "result", "scan")
    found = find_pitfalls_of(*(context[key] for key in keys))
    return [each for each in found if each.state == "now"]


@register.simple_tag(takes_context=True)
def preparation_list(context: Mapping[str, Any]) -> PreparationList | None:
    """The four lists for a page with the context of `build_result_page`, None where the verdict prepares nothing. One
    query, none for a sample."""
    if not is_preparing(context["result"].form):
        return None
    assessment, questionnaire, answers = (context[name] for name in ("assessment", "questionnaire", "answers"))
    if not isinstance(assessment, Assessment):
        return build_preparations(questionnaire, answers)
    return load_preparations(assessment, questionnaire, answers, context.get("scan"))


@register.simple_tag(takes_context=True)
def cost_finding(context: Mapping[str, Any]) -> dict[str, str] | None:
    """What the saved cost figures say, as `finding` and `break_even`, on a page with the context of
    `build_result_page`; None where nobody saved any. One query."""
    assessment, result = context["assessment"], context["result"]
    sums = build_money(assessment, context["answers"], assessment.overruled_to or result.verdict).sums
    if sums is None:
        return None
    finding = describe_difference(sums).rstrip(".")
    return {"finding": finding, "break_even": describe_break_even(sums.difference)}
