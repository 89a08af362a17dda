"""Reports: request, wait for and fetch a PDF. Rendering is never done within the request; see `reports.service`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import Conflict
from assess.api.openapi import operation_docs, response_models
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
    "/assessments/{int:assessment_id}/report",
    url_name="api-report",
    operation_id="requestReport",
    summary="Ask for the PDF of what the version says now",
    response=response_models(403, _202=ReportOut),
    openapi_extra=operation_docs(403, own=202),
)
def post_report(request: HttpRequest, assessment_id: Id, response: HttpResponse) -> Status[Any]:
    user = current_user(request)
    assessment = get_reportable_assessment(user, assessment_id)
    report = request_report(assessment, by=user)
    response.headers["Location"] = reverse("api-report", args=[assessment.pk])
    return Status(202, build_report(assessment, current=None if report.state in ACTIVE else report, newest=report))


@router.get(
    "/assessments/{int:assessment_id}/report",
    url_name="api-report",
    operation_id="readReport",
    summary="How far the PDF is",
    response=response_models(403, _200=ReportOut),
    openapi_extra=operation_docs(403),
)
def report(request: HttpRequest, assessment_id: Id) -> ReportOut:
    assessment = get_reportable_assessment(current_user(request), assessment_id)
    newest = get_newest_report(assessment)
    if newest is not None and newest.state in ACTIVE:
        ensure_rendering(newest)
        return build_report(assessment, current=None, newest=newest)
    return build_report(assessment, current=get_current_report(assessment), newest=newest)


@router.get(
    "/assessments/{int:assessment_id}/report.pdf",
    url_name="api-report-pdf",
    operation_id="readReportPdf",
    summary="The PDF, once it is ready",
    response=response_models(403, 409, _200=None),
    openapi_extra=operation_docs(403, 409, media={PDF: {"schema": {"type": "string", "format": "binary"}}}),
)
def report_pdf(request: HttpRequest, assessment_id: Id) -> HttpResponse:
    assessment = get_reportable_assessment(current_user(request), assessment_id)
    report = get_ready_report(assessment)
    if report is None:
        message = "Ask for the report first and wait until it is ready; there is no PDF of what the version says now"
        raise Conflict([Issue(code="not_made", message=message)])
    return pdf_response(request, report)


def get_reportable_assessment(user: User, assessment_id: int) -> Assessment:
    """The assessment with all that its report shows. 404 or 403 for somebody who may not see the result."""
    queryset = with_report_relations(Assessment.objects.visible_to(user))
    assessment = get_object_or_404(queryset, pk=assessment_id)
    check_answered_first(user, assessment)
    return assessment


def build_report(assessment: Assessment, *, current: Report | None, newest: Report | None) -> ReportOut:
    """How far the PDF is. `current` is the report of what the version says now, unless one is under way."""
    if newest is not None and newest.state in ACTIVE:
        return ReportOut(state="waiting", problem="", pdf=None)
    if current is None:
        return ReportOut(state="none" if newest is None else "stale", problem="", pdf=None)
    if current.state == ReportState.READY:
        return ReportOut(state="ready", problem="", pdf=reverse("api-report-pdf", args=[assessment.pk]))
    return ReportOut(state="failed", problem=current.problem, pdf=None)
