"""The pages that make PDFs, and the PDFs themselves: of an assessment for each choice of reader, and a person's own."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assess.assessments.facade import Assessment, check_not_anchored
from assess.people.facade import User, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed
from assess.reports import service
from assess.reports.document import CHAPTER_WORDS, REQUIRED, Choice
from assess.reports.kept import Kept, final_pdf
from assess.reports.kinds import Page, kind_of
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.own import own_reports, request_own
from assess.web.facade import activate_for, error_response, render_page_or_part, too_many_requests

#: For whom a report may be: its name and what it has.
READERS: Final[Mapping[str, tuple[Any, Any]]] = {
    "leadership": (
        gettext_lazy("For leadership"),
        gettext_lazy("Page 1, what hurts, what to do next, where people disagree, and what is not known."),
    ),
    "architect": (
        gettext_lazy("For architects"),
        gettext_lazy("As well: reasons, gates, what would change the verdict, and what was said in the review."),
    ),
    "full": (gettext_lazy("Everything"), gettext_lazy("As well: every answer with its note, and the method.")),
}


# --- of an assessment


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Where the PDF of a choice stands (`?for=` or `?chapter=`); POST asks for it. The page asks again by itself while
    one is being made."""
    person = user_of(request)
    assessment = get_object_or_404(service.with_all_it_says(Assessment.objects.visible_to(person)), pk=assessment_id)
    activate_for(assessment.workspace)
    check_not_anchored(person, assessment)
    try:
        choice = _choice(request.POST if request.method == "POST" else request.GET)
    except ValidationFailed as refused:
        return _not_understood(request, refused)
    spec = service.spec_of(choice)
    here = _with_query("report", assessment_id, query=spec)
    if request.method == "POST":
        try:
            service.request_report(assessment, spec, by=person)
        except service.TooManyError as busy:
            return too_many_requests(request, retry_after=busy.retry_after, sentence=str(busy))
        except ValidationFailed as refused:
            return _not_understood(request, refused)
        return redirect(here)
    # While one is under way nothing else matters, so asking again every second costs little.
    newest = service.newest_report(assessment, spec)
    ready: list[Report] = []
    present = None
    if newest is not None and newest.state in service.ACTIVE:
        service.keep_going(newest)
    else:
        present, key = service.present(assessment, spec)
        ready = service.ready_reports(assessment, key)
    context = {
        "assessment": assessment,
        "stage": _stage(present, newest),
        "report": present or newest,
        "here": here,
        "pdf": _with_query("report-pdf", assessment_id, query=spec),
        "choice": choice,
        "others": [
            (
                each,
                _choice_words(service.choice_of(each.spec)),
                _with_query("report-pdf", assessment_id, query=each.spec),
            )
            for each in ready
            if each.spec != spec
        ],
        "chosen": _choice_words(choice),
        "readers": [(reader, *words) for reader, words in READERS.items()],
        "chapters": [(slug, title) for slug, title in CHAPTER_WORDS.items() if slug not in REQUIRED],
    }
    return render_page_or_part(request, "reports/page.html", "state", context)


def _choice(given: QueryDict) -> Choice:
    """Raises ValidationFailed."""
    return Choice.parse(given.get("for", ""), given.getlist("chapter"))


def _choice_words(choice: Choice) -> Any:
    return gettext_lazy("With chosen chapters") if choice.chapters else READERS[choice.reader][0]


def _not_understood(request: HttpRequest, refused: ValidationFailed) -> HttpResponse:
    return error_response(request, HTTPStatus.BAD_REQUEST, "errors/400.html", refused.issues[0].message)


def _with_query(name: str, *arguments: Any, query: str) -> str:
    address = resolve_url(name, *arguments)
    return f"{address}?{query}" if query else address


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
    try:
        spec = service.spec_of(_choice(request.GET))
    except ValidationFailed as refused:
        return _not_understood(request, refused)
    final = final_pdf(person, assessment_id, spec)
    if final is not None:
        return _file(request, final)
    assessment = get_object_or_404(service.with_all_it_says(Assessment.objects.visible_to(person)), pk=assessment_id)
    activate_for(assessment.workspace)
    check_not_anchored(person, assessment)
    kept = service.kept_pdf(assessment, spec)
    if kept is None:
        return redirect(_with_query("report", assessment_id, query=spec))
    return pdf_response(request, assessment, kept)


def pdf_response(request: HttpRequest, assessment: Assessment, kept: Report) -> HttpResponse:
    """The bytes of an assessment's ready row as a file, or 304 for a browser that has them."""
    assert kept.pdf is not None  # the database keeps no ready row without
    # Those made before names were kept have none.
    name = kept.file_name or service.file_name(assessment, kept.spec)
    return _file(request, Kept(key=kept.key, pdf=bytes(kept.pdf), file_name=name))


# --- a person's own


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Where a report of one's own stands; POST makes it anew, as things stand now."""
    person = user_of(request)
    found, page = _own(person, report_id)
    if request.method == "POST":
        return ask_for_own(request, ReportKind(found.kind), spec=found.spec, workspace_id=found.workspace_id)
    if found.state in service.ACTIVE:
        service.keep_going(found)
    waits = found.state in service.ACTIVE
    context = {
        "stage": "waiting" if waits else "ready" if found.state == ReportState.READY else "failed",
        "report": found,
        "page": page,
        "here": resolve_url("own-report", report_id),
        "pdf": resolve_url("own-report-pdf", report_id),
    }
    return render_page_or_part(request, "reports/own.html", "state", context)


@signed_in
@require_safe
def own_report_pdf(request: HttpRequest, report_id: int) -> HttpResponse:
    """The bytes; where there are none, the page that makes them."""
    found, _page = _own(user_of(request), report_id, with_pdf=True)
    if found.state != ReportState.READY or found.pdf is None:
        return redirect("own-report", report_id)
    return _file(request, Kept(key=found.key, pdf=bytes(found.pdf), file_name=found.file_name))


def ask_for_own(request: HttpRequest, kind: ReportKind, *, spec: str, workspace_id: int | None = None) -> HttpResponse:
    """To the page of a report that is asked for, or 429. Whoever calls this has made sure that the person may see what
    it will show."""
    try:
        asked = request_own(kind, spec=spec, workspace_id=workspace_id, by=user_of(request))
    except service.TooManyError as busy:
        return too_many_requests(request, retry_after=busy.retry_after, sentence=str(busy))
    return redirect("own-report", asked.pk)


def _own(person: User, report_id: int, *, with_pdf: bool = False) -> tuple[Report, Page]:
    """404 for another's, and for what the person may not, or no longer, see."""
    found = get_object_or_404(own_reports(person, with_pdf=with_pdf), pk=report_id)
    page = kind_of(found).page
    if page is None:
        raise Http404
    return found, page(found, person)


def _file(request: HttpRequest, kept: Kept) -> HttpResponse:
    etag = f'"{kept.key}"'
    response = HttpResponse(kept.pdf, content_type="application/pdf")
    shown_in_browser = "inline" in request.GET
    response.headers["Content-Disposition"] = (
        content_disposition_header(not shown_in_browser, kept.file_name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Kept by the person's own browser at most, and asked for again each time: access may have been taken away.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(found, HttpResponse)
    return found
