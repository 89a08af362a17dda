"""The list of design decisions, and the page of one: its options, the form, and taking a decision back."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assess.advice.facade import PHASE_WORDS
from assess.assessments.facade import Assessment, Event, EventKind
from assess.language import _
from assess.people.facade import Ability, signed_in
from assess.planning.design.actions import decide_design, moment_of, take_back_design
from assess.planning.design.decisions import DesignLine, load_design_lines
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.policies import why_not_change_plan
from assess.questionnaire.facade import Issue, ValidationFailed


@require_safe
@signed_in
def design(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """All decisions by when they are due; those that the verdict does not ask come last, folded."""
    page = open_planning(request, assessment_id, why_not=why_not_change_plan)
    lines = load_design_lines(page.assessment)
    asked = [line for line in lines if line.is_asked or line.decision]
    context = page.context(
        "design",
        phases=[
            (words, [line for line in asked if line.question.phase == phase]) for phase, words in PHASE_WORDS.items()
        ],
        asked=asked,
        others=[line for line in lines if line not in asked],
        decided=sum(line.decision is not None for line in lines),
    )
    return render(request, "planning/design.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def design_decision(request: HttpRequest, assessment_id: int, key: str) -> HttpResponseBase:
    """One decision; POST saves it or, with the button for that, takes it back."""
    ability = Ability.ANSWER if request.method == "POST" else None
    page = open_planning(request, assessment_id, why_not=why_not_change_plan, ability=ability)
    lines = load_design_lines(page.assessment)
    line = next((each for each in lines if each.question.slug == key), None)
    if line is None:
        raise Http404
    if request.method != "POST":
        return render_decision(request, page, line)
    option, reason, seen = (request.POST.get(name, "") for name in ("option", "reason", "seen"))
    try:
        if request.POST.get("do") == "take_back":
            take_back_design(page.assessment, key, seen=seen, by=page.user)
            return redirect(f"{reverse('design-decision', args=[page.assessment.pk, key])}?undo")
        decide_design(page.assessment, key, option=option, reason=reason, seen=seen, by=page.user)
    except ValidationFailed as failed:
        current = next(each for each in load_design_lines(page.assessment) if each.question.slug == key)
        return render_decision(request, page, current, typed=(option, reason), issues=failed.issues)
    messages.success(request, _("Decided. The record of it can be downloaded."))
    return redirect("design", page.assessment.pk)


def render_decision(
    request: HttpRequest,
    page: PlanningPage,
    line: DesignLine,
    *,
    typed: tuple[str, str] | None = None,
    issues: list[Issue] | None = None,
) -> HttpResponse:
    """The page; with what was typed and is wrong, 400."""
    decision = line.decision
    if typed is None:
        proposed = line.proposal.option if line.proposal else ""
        typed = (decision.option, decision.reason) if decision else (proposed, "")
    wrong = {issue.key: issue.message for issue in issues or ()}
    context: dict[str, Any] = page.context(
        "design",
        line=line,
        option=typed[0],
        reason=typed[1],
        seen=moment_of(decision),
        problems=[(issue.message, f"f-{issue.key}" if issue.key else "") for issue in issues or ()],
        wrong=wrong,
        taken_back=find_taken_back(page.assessment, line) if "undo" in request.GET and page.may_change else None,
    )
    status = HTTPStatus.BAD_REQUEST if issues else None
    return render(request, "planning/design_decision.html", context, status=status)


def find_taken_back(assessment: Assessment, line: DesignLine) -> dict[str, Any] | None:
    """What the newest event on this question took back, to be decided again; None where it stands. One query."""
    if line.decision is not None:
        return None
    events = Event.objects.filter(assessment=assessment, kind=EventKind.DESIGN_DECIDED, payload__key=line.question.slug)
    newest = events.order_by("-number").first()
    return newest.payload if newest is not None and newest.payload.get("change") == "taken_back" else None
