"""Reports: asked for, waited for, fetched. Rendering is never done within the request; see `reports.service`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import Conflict
from assess.api.responses import answers, described
from assess.api.schemas import Id, ReportOut
from assess.assessments.facade import Assessment, check_answered_first
from assess.people.facade import User
from assess.questionnaire.facade import Issue
from assess.reports.facade import (
    ACTIVE,
    Report,
    ReportState,
    ensure_rendering,
    get_current_report,
    get_newest_report,
    get_ready_report,
    pdf_response,
    request_report,
    with_report_relations,
)

router = Router(tags=["reports"])

PDF = "application/pdf"


@router.post(
    "/assessments/{int:assessment}/report",
    url_name="api-report",
    operation_id="requestReport",
    summary="Ask for the PDF of what the version says now",
    response=answers(403, _202=ReportOut),
    openapi_extra=described(403, own=202),
)
def post_report(request: HttpRequest, assessment: Id, response: HttpResponse) -> Status[Any]:
    person = current_user(request)
    found = readable(person, assessment)
    asked = request_report(found, by=person)
    response.headers["Location"] = reverse("api-report", args=[found.pk])
    return Status(202, told(found, present=None if asked.state in ACTIVE else asked, newest=asked))


@router.get(
    "/assessments/{int:assessment}/report",
    url_name="api-report",
    operation_id="readReport",
    summary="How far the PDF is",
    response=answers(403, _200=ReportOut),
    openapi_extra=described(403),
)
def report(request: HttpRequest, assessment: Id) -> ReportOut:
    found = readable(current_user(request), assessment)
    newest = get_newest_report(found)
    if newest is not None and newest.state in ACTIVE:
        ensure_rendering(newest)
        return told(found, present=None, newest=newest)
    return told(found, present=get_current_report(found), newest=newest)


@router.get(
    "/assessments/{int:assessment}/report.pdf",
    url_name="api-report-pdf",
    operation_id="readReportPdf",
    summary="The PDF, once it is ready",
    response=answers(403, 409, _200=None),
    openapi_extra=described(403, 409, media={PDF: {"schema": {"type": "string", "format": "binary"}}}),
)
def report_pdf(request: HttpRequest, assessment: Id) -> HttpResponse:
    found = readable(current_user(request), assessment)
    kept = get_ready_report(found)
    if kept is None:
        message = "Ask for the report first and wait until it is ready; there is no PDF of what the version says now"
        raise Conflict([Issue(code="not_made", message=message)])
    return pdf_response(request, kept)


def readable(person: User, assessment_id: int) -> Assessment:
    """The assessment with all that a report says of it, for whoever may see what its answers come to."""
    seen = with_report_relations(Assessment.objects.visible_to(person))
    found = get_object_or_404(seen, pk=assessment_id)
    check_answered_first(person, found)
    return found


def told(found: Assessment, *, present: Report | None, newest: Report | None) -> ReportOut:
    """`present` is the row of what the version says now, unless one is under way."""
    if newest is not None and newest.state in ACTIVE:
        return ReportOut(state="waiting", problem="", pdf=None)
    if present is None:
        return ReportOut(state="none" if newest is None else "stale", problem="", pdf=None)
    if present.state == ReportState.READY:
        return ReportOut(state="ready", problem="", pdf=reverse("api-report-pdf", args=[found.pk]))
    return ReportOut(state="failed", problem=present.problem, pdf=None)
