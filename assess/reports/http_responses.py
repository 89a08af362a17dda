"""Responses with a report's file, and those to a request for one that cannot be answered with it."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from assess.people.facade import user_of
from assess.questionnaire.facade import ValidationFailed
from assess.reports.models import Report, ReportKind
from assess.reports.pdf_cache import StoredPdf
from assess.reports.personal_reports import request_personal_report
from assess.reports.queue import QueueLimitError
from assess.web.facade import error_response, too_many_requests

#: The person's own browser may keep a file, but must ask again each time: access may have been taken away.
CACHE_CONTROL: Final = "private, no-cache"


def file_response(content: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """The file as a download, or to open in the browser."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def stored_pdf_response(request: HttpRequest, stored: StoredPdf) -> HttpResponse:
    """The PDF as a file, in the browser with `?inline`; 304 for a browser that has it."""
    response = file_response(
        stored.pdf, name=stored.file_name, content_type="application/pdf", inline="inline" in request.GET
    )
    response.headers["ETag"] = f'"{stored.key}"'
    conditional = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    assert isinstance(conditional, HttpResponse)
    return conditional


def pdf_response(request: HttpRequest, report: Report) -> HttpResponse:
    """The PDF of a ready row, as `stored_pdf_response`."""
    return stored_pdf_response(request, StoredPdf(key=report.key, pdf=report.read_pdf(), file_name=report.file_name))


def request_and_redirect(
    request: HttpRequest, kind: ReportKind, *, spec: str, workspace_id: int | None = None
) -> HttpResponse:
    """Requests a personal report and leads to its page; 429 past a limit. The caller has checked that the person may
    see what it will show."""
    try:
        report = request_personal_report(kind, spec=spec, workspace_id=workspace_id, by=user_of(request))
    except QueueLimitError as limit:
        return too_many_requests(request, retry_after=limit.retry_after, sentence=str(limit))
    return redirect("personal-report", report.pk)


def bad_choice_response(request: HttpRequest, error: ValidationFailed) -> HttpResponse:
    """400 with everything that is wrong with the choice of chapters."""
    sentence = " ".join(f"{issue.message}." for issue in error.issues)
    return error_response(request, HTTPStatus.BAD_REQUEST, "errors/400.html", sentence)


def address_with_query(name: str, *arguments: object, query: str) -> str:
    """The URL of this name, with the query where there is one."""
    address = resolve_url(name, *arguments)
    return f"{address}?{query}" if query else address
