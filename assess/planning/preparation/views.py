"""The page of the four preparation lists, with a form for each item."""

from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assess.advice.facade import PREPARATIONS_BY_SLUG, is_preparing
from assess.assessments.facade import judge, latest_scan_of, questionnaire_of
from assess.language import _
from assess.people.facade import Ability, can, signed_in
from assess.planning.fields import add_issues, list_problems
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.policies import why_not_change_plan
from assess.planning.preparation.actions import (
    load_preparations,
    remove_mark,
    restore_mark,
    tick_item,
    waive_item,
)
from assess.planning.preparation.forms import TickForm, WaiverForm
from assess.planning.rows import moment_of, today_of
from assess.questionnaire.facade import ValidationFailed, worded_for
from assess.web.facade import add_error_messages, parse_number

FORMS: Final[dict[str, type[TickForm] | type[WaiverForm]]] = {"tick": TickForm, "waive": WaiverForm}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preparation(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST ticks an item, takes a tick back (`do=remove`), or brings it back (`do=restore`)."""
    ability = Ability.ANSWER if request.method == "POST" else None
    page = open_planning(request, assessment_id, why_not=why_not_change_plan, ability=ability)
    if request.method != "POST":
        return render_preparation(request, page)
    return post_mark(request, page, "tick")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def waive_preparation(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """POST waives an item, ends a waiver, or brings it back, as `preparation` does with ticks. Whoever reloads what is
    refused gets the page."""
    ability = Ability.REVIEW if request.method == "POST" else None
    page = open_planning(request, assessment_id, why_not=why_not_change_plan, ability=ability)
    if request.method != "POST":
        return redirect("preparation", page.assessment.pk)
    return post_mark(request, page, "waive")


def post_mark(request: HttpRequest, page: PlanningPage, do: str) -> HttpResponseBase:
    """Do what was posted. What is wrong is shown beside what was typed, with 400."""
    address = reverse("preparation", args=[page.assessment.pk])
    pk = parse_number(request.POST.get("mark", "")) or 0
    if request.POST.get("do") in ("remove", "restore"):
        try:
            if request.POST["do"] == "remove":
                removed = remove_mark(page.assessment, pk, by=page.user)
                return redirect(f"{address}?undo={removed.pk}" if removed else address)
            restored = restore_mark(page.assessment, pk, by=page.user)
        except ValidationFailed as failed:
            add_error_messages(request, failed)
            return redirect(address)
        if restored is not None:
            messages.success(request, _("It is back."))
        return redirect(address)
    item = request.POST.get("item", "")
    form = FORMS[do](request.POST, today=today_of(page.assessment), auto_id=f"{do}-{item}-%s")
    if not form.is_valid():
        return render_preparation(request, page, item, do, form)
    act = tick_item if do == "tick" else waive_item
    try:
        act(page.assessment, item, seen=request.POST.get("seen", ""), by=page.user, **form.cleaned_data)
    except ValidationFailed as failed:
        add_issues(form, failed.issues)
        return render_preparation(request, page, item, do, form)
    messages.success(request, _("Saved."))
    return redirect(f"{address}#{item}")


def render_preparation(
    request: HttpRequest, page: PlanningPage, item: str = "", do: str = "", form: forms.Form | None = None
) -> HttpResponse:
    """The page, with a form of one item as it was sent and is wrong."""
    assessment, today = page.assessment, today_of(page.assessment)
    answers = assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    prepared = load_preparations(assessment, questionnaire, answers, latest_scan_of(assessment))
    rows = {row.item: row for row in assessment.preparation_marks.all()}
    is_open = why_not_change_plan(assessment) is None
    may_waive = is_open and can(page.user, Ability.REVIEW, assessment.system.team)

    addresses = {
        "tick": reverse("preparation", args=[assessment.pk]),
        "waive": reverse("preparation-waive", args=[assessment.pk]),
    }

    def entry(line: Any) -> dict[str, Any]:
        slug = line.preparation.slug
        row = rows.get(slug)
        may: dict[str, bool] = {
            "tick": page.may_change and line.state != "ticked",
            "waive": may_waive and line.state in ("missing", "open"),
        }
        offered = {
            name: form if (item, do) == (slug, name) else kind(today=today, auto_id=f"{name}-{slug}-%s")
            for name, kind in FORMS.items()
            if may[name] or (item, do) == (slug, name)
        }
        return {
            "line": line,
            "seen": moment_of(row),
            "mark": row,
            "may_remove": row is not None and (may_waive if row.kind == "waived" else page.may_change),
            "forms": [(name, each, addresses[name]) for name, each in offered.items()],
            "remove_at": addresses["waive" if row is not None and row.kind == "waived" else "tick"],
            "is_open": slug == item,
        }

    undo = parse_number(request.GET.get("undo", ""))
    context = page.context(
        "preparation",
        prepared=prepared,
        groups=[(words, [entry(line) for line in lines]) for words, lines in prepared.by_group],
        is_preparing=is_preparing(judge(assessment, questionnaire, answers).result.form),
        answers_url=reverse("assessment-review", args=[assessment.pk]),
        undo=undo if is_open else None,
        problems=list_problems(form, is_shown=item in PREPARATIONS_BY_SLUG) if form else [],
    )
    return render(request, "planning/preparation.html", context, status=HTTPStatus.BAD_REQUEST if form else None)
