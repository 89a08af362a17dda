"""The page of goals: before, now and target of each figure, its readings, and the forms."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assess.advice.facade import GOAL_FIGURES, Baseline, GoalLine, build_goal_chart, describe_goals, say_figure
from assess.assessments.facade import Assessment
from assess.language import _
from assess.money.facade import sign_before
from assess.people.facade import Ability, signed_in
from assess.planning.fields import add_issues, list_problems
from assess.planning.goals.actions import (
    add_reading,
    list_baselines,
    load_goals,
    moments_of_goals,
    remove_goal,
    remove_reading,
    restore_goal,
    restore_reading,
    save_goal,
)
from assess.planning.goals.forms import GoalForm, ReadingForm
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.policies import why_not_change_plan
from assess.planning.rows import today_of
from assess.questionnaire.facade import ValidationFailed, number_text
from assess.web.facade import add_error_messages, parse_number

FORMS: Final[dict[str, type[forms.Form]]] = {"set": GoalForm, "measure": ReadingForm}
#: What brings back a row that was removed, by what the address says was removed.
RESTORE: Final[dict[str, Callable[..., Any]]] = {"goal": restore_goal, "reading": restore_reading}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def goals(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST sets a goal (`do=set`), records a reading (`measure`), removes either (`remove`, `take_back`) or
    brings it back (`restore_goal`, `restore_reading`)."""
    ability = Ability.ANSWER if request.method == "POST" else None
    page = open_planning(request, assessment_id, why_not=why_not_change_plan, ability=ability)
    if request.method != "POST":
        return render_goals(request, page)
    do, slug = request.POST.get("do", ""), request.POST.get("figure", "")
    if do in FORMS:
        return save_form(request, page, do, slug)
    address, pk = reverse("goals", args=[page.assessment.pk]), parse_number(request.POST.get("row", "")) or 0
    try:
        match do:
            case "remove":
                removed = remove_goal(page.assessment, slug, seen=request.POST.get("seen", ""), by=page.user)
                return redirect(f"{address}?undo=goal&row={removed}" if removed else address)
            case "take_back":
                removed = remove_reading(page.assessment, pk, by=page.user)
                return redirect(f"{address}?undo=reading&row={removed}" if removed else address)
            case "restore_goal" | "restore_reading":
                if RESTORE[do.removeprefix("restore_")](page.assessment, pk, by=page.user):
                    messages.success(request, _("It is back."))
            case _:
                raise Http404
    except ValidationFailed as failed:
        add_error_messages(request, failed)
    return redirect(address)


def save_form(request: HttpRequest, page: PlanningPage, do: str, slug: str) -> HttpResponseBase:
    """Save what was typed. What is wrong is shown beside it, with 400."""
    form = FORMS[do](request.POST, auto_id=f"{do}-{slug}-%s", use_required_attribute=False)
    if not form.is_valid():
        return render_goals(request, page, slug, do, form)
    act: Callable[..., Any] = save_goal if do == "set" else add_reading
    more = {"seen": request.POST.get("seen", "")} if do == "set" else {}
    try:
        act(page.assessment, slug, by=page.user, **form.cleaned_data, **more)
    except ValidationFailed as failed:
        add_issues(form, failed.issues)
        return render_goals(request, page, slug, do, form)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('goals', args=[page.assessment.pk])}#{slug}")


def render_goals(
    request: HttpRequest, page: PlanningPage, slug: str = "", do: str = "", form: forms.Form | None = None
) -> HttpResponse:
    """The page, with one form as it was sent and is wrong."""
    assessment = page.assessment
    lines = load_goals(assessment)
    seen = moments_of_goals(assessment) if page.may_change else {}
    baselines = list_baselines(assessment, assessment.current_answers()) if page.may_change else {}
    by_figure = {line.figure.slug: line for line in lines}
    entries = [
        {
            "figure": figure,
            "line": by_figure.get(each),
            "seen": seen.get(each, ""),
            "case": figure.case_words,
            "known": describe_known(each, baselines.get(each), assessment),
            "forms": build_forms(
                each, by_figure.get(each), baselines.get(each), page, form if slug == each else None, do
            ),
        }
        for each, figure in GOAL_FIGURES.items()
    ]
    undo, row = request.GET.get("undo", ""), parse_number(request.GET.get("row", ""))
    context = page.context(
        "goals",
        finding=describe_goals(lines),
        chart=build_goal_chart(lines) if lines else None,
        set_entries=[entry for entry in entries if entry["line"]],
        open_entries=[entry for entry in entries if not entry["line"]],
        from_version=lines[0].version if lines and lines[0].version != assessment.version else 0,
        undo={"do": f"restore_{undo}", "row": row} if undo in RESTORE and row and page.may_change else None,
        problems=list_problems(form, is_shown=slug in GOAL_FIGURES) if form else [],
    )
    return render(request, "planning/goals.html", context, status=HTTPStatus.BAD_REQUEST if form else None)


def build_forms(
    slug: str,
    line: GoalLine | None,
    baseline: Baseline | None,
    page: PlanningPage,
    sent: forms.Form | None,
    do: str,
) -> dict[str, forms.Form]:
    """The forms of one figure: setting the goal, and measuring it once it is set; `sent` in place of its own."""
    if not page.may_change:
        return {do: sent} if sent else {}
    known = number_text(baseline.value) if baseline else ""
    initial: dict[str, Any] = {"baseline": known}
    if line:
        initial = {"baseline": number_text(line.baseline), "target": number_text(line.target)}
        initial |= {"target_on": line.target_on, "note": line.note}
    offered: dict[str, forms.Form] = {
        "set": GoalForm(initial=initial, auto_id=f"set-{slug}-%s", use_required_attribute=False)
    }
    if line:
        offered["measure"] = build_reading_form(slug, page.assessment)
    return {name: sent if sent and name == do else each for name, each in offered.items()}


def build_reading_form(slug: str, assessment: Assessment) -> ReadingForm:
    """The form for a reading of today."""
    today = today_of(assessment)
    return ReadingForm(initial={"measured_on": today}, auto_id=f"measure-{slug}-%s", use_required_attribute=False)


def describe_known(slug: str, baseline: Baseline | None, assessment: Assessment) -> str:
    """What is known of the figure today, with its source; "" for nothing."""
    if baseline is None:
        return ""
    value = say_figure(GOAL_FIGURES[slug], baseline.value, sign_before(assessment.workspace.currency))
    return _("Today: {value}. {source}").format(value=value, source=baseline.source)
