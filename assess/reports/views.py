"""The page that makes an assessment's PDF, and the PDF itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from assess.assessments.models import Assessment
from assess.assessments.respondents import check_not_anchored
from assess.people.places import go_to
from assess.reports import service
from assess.reports.models import Report, ReportState
from assess.web.access import signed_in, user_of
from assess.web.errors import too_many
from assess.web.partial import render_page_or_part


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Where the PDF stands; POST asks for it. The page asks again by itself while one is being made."""
    person = user_of(request)
    assessment = get_object_or_404(service.with_all_it_says(Assessment.objects.visible_to(person)), pk=assessment_id)
    go_to(assessment.workspace)
    check_not_anchored(person, assessment)
    if request.method == "POST":
        try:
            service.request_report(assessment, by=person)
        except service.TooManyError as busy:
            return too_many(request, retry_after=busy.retry_after, sentence=str(busy))
        return redirect("report", assessment_id)
    # While one is under way nothing else matters, so asking again every second costs little.
    newest = service.newest_report(assessment)
    if newest is not None and newest.state in service.ACTIVE:
        service.keep_going(newest)
        present = None
    else:
        present = service.present_report(assessment)
    context = {"assessment": assessment, "stage": _stage(present, newest), "report": present or newest}
    return render_page_or_part(request, "reports/page.html", "state", context)


def _stage(present: Report | None, newest: Report | None) -> str:
    """What the page shows: none, waiting, ready, failed, or stale (there is one, of earlier answers)."""
    if newest is not None and newest.state in service.ACTIVE:
        return "waiting"
    if present is not None:
        return "ready" if present.state == ReportState.READY else "failed"
    return "none" if newest is None else "stale"


@signed_in
@require_safe
def report_pdf(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The kept bytes of what the version says now; where none are kept, the page that makes them."""
    person = user_of(request)
    seen = Assessment.objects.visible_to(person)
    final = service.final_pdf(seen, assessment_id)
    if final is not None and final.assessment is not None:
        return pdf_response(request, final.assessment, final)
    assessment = get_object_or_404(service.with_all_it_says(seen), pk=assessment_id)
    go_to(assessment.workspace)
    check_not_anchored(person, assessment)
    kept = service.kept_pdf(assessment)
    if kept is None:
        return redirect("report", assessment_id)
    return pdf_response(request, assessment, kept)


def pdf_response(request: HttpRequest, assessment: Assessment, kept: Report) -> HttpResponse:
    """The bytes of a ready row as a file, or 304 for a browser that has them."""
    assert kept.pdf is not None  # the database keeps no ready row without
    etag = f'"{kept.key}"'
    response = HttpResponse(bytes(kept.pdf), content_type="application/pdf")
    shown_in_browser = "inline" in request.GET
    response.headers["Content-Disposition"] = (
        content_disposition_header(not shown_in_browser, service.file_name(assessment)) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Kept by the person's own browser at most, and asked for again each time: access may have been taken away.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(found, HttpResponse)
    return found
