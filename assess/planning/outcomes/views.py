"""The page of a decision's outcome: what was recorded after 6 and 12 months, and the forms to record and correct it."""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.advice.facade import OUTCOME_MONTHS
from assess.assessments.facade import Assessment, add_months
from assess.language import _, day
from assess.people.facade import signed_in
from assess.planning.fields import add_issues
from assess.planning.models import Outcome
from assess.planning.outcomes.actions import find_baselines, may_record, record_outcome
from assess.planning.outcomes.due import signed_on
from assess.planning.outcomes.form import OutcomeForm
from assess.planning.outcomes.lines import describe_outcome
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.policies import why_not_record_outcome
from assess.planning.rows import moment_of, today_of
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import parse_number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outcome(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    page = open_planning(request, assessment_id, why_not=why_not_record_outcome)
    if request.method != "POST":
        return render_outcome(request, page)
    if not may_record(page.user, page.assessment):
        raise PermissionDenied
    months = parse_number(request.POST.get("months", "")) or 0
    form = OutcomeForm(months, row=None, baselines={}, data=request.POST)
    try:
        seen = request.POST.get("seen", "")
        record_outcome(page.assessment, months, form.read(), seen=seen, by=page.user)
    except ValidationFailed as failed:
        return render_outcome(request, page, sent=(months, form), issues=failed.issues)
    messages.success(request, _("The outcome after {months} months is saved.").format(months=months))
    return redirect("outcome", page.assessment.pk)


def render_outcome(
    request: HttpRequest,
    page: PlanningPage,
    *,
    sent: tuple[int, OutcomeForm] | None = None,
    issues: list[Issue] | None = None,
) -> HttpResponse:
    """The page; with the form that was just sent and what is wrong with it."""
    assessment = page.assessment
    why_not = why_not_record_outcome(assessment)
    day_signed = signed_on(assessment)
    rows = {row.months: row for row in assessment.outcomes.select_related("saved_by")}
    may_change = why_not is None and may_record(page.user, assessment)
    context = page.context(
        "outcome",
        may_record=may_change,
        why_not=why_not.message if why_not else "",
        signed_on=day(day_signed) if day_signed else "",
        sections=[build_section(assessment, months, day_signed, rows.get(months)) for months in OUTCOME_MONTHS]
        if day_signed
        else [],
        offers_case=bool(rows) and assessment.workspace.offers_cases,
    )
    if sent is not None:
        months, form = sent
        form.full_clean()
        add_issues(form, issues or [])
        for section in context["sections"]:
            if section["months"] == months:
                section |= {"form": form, "is_sent": True}
        # Without a section of its own the form has nowhere to say it.
        shown = any(section["months"] == months for section in context["sections"])
        context["problems"] = [(each.message, "") for each in issues or [] if not shown]
    return render(request, "planning/outcome.html", context, status=HTTPStatus.BAD_REQUEST if sent else None)


def build_section(assessment: Assessment, months: int, day_signed: date, row: Outcome | None) -> dict[str, Any]:
    """One of the two outcomes: what was recorded, and its form once it is due; folded once the later is too."""
    due = add_months(day_signed, months)
    today = today_of(assessment)
    section: dict[str, Any] = {
        "months": months,
        "due": day(due),
        "is_due": due <= today,
        "is_past": months < OUTCOME_MONTHS[-1] and add_months(day_signed, OUTCOME_MONTHS[-1]) <= today,
        "line": describe_outcome(row, currency=assessment.workspace.currency) if row else None,
        "seen": moment_of(row),
    }
    if section["is_due"]:
        baselines = {} if row else find_baselines(assessment, assessment.current_answers())
        section["form"] = OutcomeForm(months, row=row, baselines=baselines)
    return section
