"""The page of candidates: what to extract first with what it takes, and the form to group and complete."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.assessments.evidence.candidate_form import ChoicesForm
from assess.assessments.evidence.candidates import (
    VersionCandidates,
    build_version_candidates,
    choices_to_begin_with,
    moment_of,
    save_choices,
)
from assess.assessments.evidence.views import EvidencePage, open_evidence
from assess.assessments.measurements.actions import current_measurements
from assess.assessments.measurements.figures import shows_figures
from assess.assessments.measurements.models import Measurement
from assess.assessments.response_visibility import waiting_keys
from assess.evidence.facade import build_quadrants
from assess.language import _
from assess.people.facade import Ability, signed_in
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import parse_number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def candidates(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST saves what was typed. `?by=hand` is the form without a scan, `?by=scan` the other; `?loads=7`
    fills in the loads of that measurement, to be looked at and saved."""
    page = open_evidence(request, assessment_id, Ability.ANSWER if request.method == "POST" else None)
    found = build_version_candidates(page.assessment, page.scan)
    if request.method != "POST":
        return render_candidates(request, page, found, choices_form(request, page, found))
    form = ChoicesForm(is_typed=request.POST.get("by") == "hand", scan=page.scan, row=found.row, data=request.POST)
    try:
        save_choices(page.assessment, form.content(), seen=request.POST.get("seen", ""), by=page.user)
    except ValidationFailed as failed:
        form.add_issues(failed.issues)
        return render_candidates(request, page, found, form)
    messages.success(request, _("Saved. The candidates are worked out anew."))
    return redirect("evidence-candidates", page.assessment.pk)


def choices_form(request: HttpRequest, page: EvidencePage, found: VersionCandidates) -> ChoicesForm:
    """The form to fill in: by hand or by scan, as asked, else as saved, else by scan where there is one. What was saved
    last is in it, if not in this version, then in an earlier one."""
    row = found.row or choices_to_begin_with(page.assessment)
    asked = request.GET.get("by", "")
    was_typed = row is not None and row.content.get("is_typed") is True
    is_typed = asked == "hand" if asked in ("hand", "scan") else was_typed
    number = parse_number(request.GET.get("loads", "")) if page.may_answer else None
    measurement = next((each for each in loads_attached(page) if each.pk == number), None) if number else None
    return ChoicesForm(is_typed=is_typed or page.scan is None, scan=page.scan, row=row, measurement=measurement)


def loads_attached(page: EvidencePage) -> list[Measurement]:
    """The attached measurements of load, the newest first, but those that the person may not see yet."""
    waiting = waiting_keys(page.user, page.assessment)
    loads = (each for each in current_measurements(page.assessment) if each.kind == "load")
    return [each for each in loads if shows_figures(each, page.user, waiting)]


def render_candidates(
    request: HttpRequest, page: EvidencePage, found: VersionCandidates, form: ChoicesForm
) -> HttpResponse:
    context = page.context(
        "evidence-candidates",
        candidates=found.candidates,
        typed_by=found.typed_by,
        quadrants=build_quadrants(found.candidates) if found.candidates else None,
        form=form,
        loads=loads_attached(page) if page.may_answer else [],
        is_of_earlier_version=found.row is None and form.has_saved_rows,
        seen=moment_of(found.row),
    )
    status = HTTPStatus.BAD_REQUEST if form.issues else HTTPStatus.OK
    return render(request, "evidence/candidates.html", context, status=status)
