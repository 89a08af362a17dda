"""Template tags of planning, for pages of other rooms that show a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from assess.advice.facade import (
    GoalChart,
    GoalLine,
    OutcomeLine,
    PitfallFinding,
    PreparationList,
    build_goal_chart,
    build_preparations,
    describe_goals,
    is_preparing,
)
from assess.assessments.facade import Assessment
from assess.money.facade import describe_break_even, describe_difference
from assess.people.facade import Ability, User, can
from assess.planning.goals.actions import load_goals
from assess.planning.goals.forms import ReadingForm
from assess.planning.goals.views import build_reading_form
from assess.planning.money.actions import load_sums
from assess.planning.outcomes.actions import may_record
from assess.planning.outcomes.due import find_due_outcomes
from assess.planning.outcomes.lines import outcome_lines
from assess.planning.pitfalls.find import find_pitfalls_of
from assess.planning.policies import why_not_change_plan
from assess.planning.preparation.actions import load_preparations

register = template.Library()


@register.simple_tag(takes_context=True)
def pitfalls_now(context: Mapping[str, Any]) -> list[PitfallFinding]:
    """The pitfalls that show now, on a page with the context of `build_result_page`. One query, none for a sample,
    which has no version to follow."""
    if not isinstance(context["assessment"], Assessment):
        return []
    keys = ("assessment", "questionnaire", "answers", "result", "scan")
    return [each for each in find_pitfalls_of(*(context[key] for key in keys)) if each.state == "now"]


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
    `build_result_page`; None where nobody saved any. Two queries."""
    assessment, result = context["assessment"], context["result"]
    sums = load_sums(assessment, context["answers"], assessment.overruled_to or result.verdict)
    if sums is None:
        return None
    finding = describe_difference(sums).rstrip(".")
    return {"finding": finding, "break_even": describe_break_even(sums.difference)}


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalsToMeasure:
    """The goals of a version for a page that asks for them again: finding, and a line with a form for each."""

    finding: str
    chart: GoalChart
    entries: list[tuple[GoalLine, ReadingForm | None]]


@register.simple_tag(takes_context=True)
def goals_to_measure(context: Mapping[str, Any]) -> GoalsToMeasure | None:
    """The goals that the version goes by, with a form for those who may measure; None without a goal, and while
    people answer separately, as a goal tells what somebody answered. Four queries at most."""
    assessment: Assessment = context["assessment"]
    if assessment.answers_separately and not assessment.is_submitted:
        return None
    lines = load_goals(assessment)
    if not lines:
        return None
    may_measure = can(context["request"].user, Ability.ANSWER, assessment.system.team)
    may_measure = may_measure and why_not_change_plan(assessment) is None
    return GoalsToMeasure(
        finding=describe_goals(lines),
        chart=build_goal_chart(lines),
        entries=[(line, build_reading_form(line.figure.slug, assessment) if may_measure else None) for line in lines],
    )


@register.simple_tag
def outcomes(assessment: Assessment, *, shared: bool = False) -> list[OutcomeLine]:
    """What was recorded of a signed decision. One query where it is signed. `shared` for readers without an account,
    who see no name."""
    return outcome_lines(assessment, with_name=not shared)


@register.simple_tag
def outcome_due(assessment: Assessment, user: User) -> int:
    """After how many months this person is asked now what became of it; 0 where they are not. One query where it is
    signed."""
    if not assessment.is_signed or not may_record(user, assessment):
        return 0
    this = Assessment.objects.filter(pk=assessment.pk).select_related("workspace").defer("result")
    return next((due.months for due in find_due_outcomes(this, timezone.now())), 0)
