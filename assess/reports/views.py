"""The pages that make PDFs, and the PDFs themselves: of an assessment for each choice of reader, and personal ones."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from assess.assessments.facade import Assessment, check_answered_first
from assess.language import _
from assess.people.facade import User, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed
from assess.reports import service
from assess.reports.chapters import CHAPTERS, READERS, Choice
from assess.reports.http_responses import (
    address_with_query,
    bad_choice_response,
    pdf_response,
    request_and_redirect,
    stored_pdf_response,
)
from assess.reports.loaders.report import with_report_relations
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.pdf_cache import find_final_pdf
from assess.reports.personal_reports import personal_reports_of
from assess.reports.queue import ACTIVE, QueueLimitError, ensure_rendering
from assess.reports.registry import PersonalPage, get_kind_spec
from assess.reports.renderings import EXPORT_FORMATS
from assess.web.facade import activate_for, render_page_or_part, too_many_requests

# --- of an assessment


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The page of the PDF of a choice (`?for=` or `?chapter=`); POST requests it. The page reloads by itself while the
    PDF is being made."""
    person = user_of(request)
    assessment = get_object_or_404(with_report_relations(Assessment.objects.visible_to(person)), pk=assessment_id)
    activate_for(assessment.workspace)
    check_answered_first(person, assessment)
    try:
        choice = Choice.from_query((request.POST if request.method == "POST" else request.GET).urlencode())
        spec = choice.to_query()
        page_url = address_with_query("report", assessment_id, query=spec)
        if request.method == "POST":
            service.request_report(assessment, spec, by=person)
            return redirect(page_url)
    except QueueLimitError as limit:
        return too_many_requests(request, retry_after=limit.retry_after, sentence=str(limit))
    except ValidationFailed as error:
        return bad_choice_response(request, error)
    # While one is under way nothing else matters, so asking again every second costs little.
    newest = service.get_newest_report(assessment, spec)
    ready: list[Report] = []
    current = None
    if newest is not None and newest.state in ACTIVE:
        ensure_rendering(newest)
    else:
        current, key = service.get_current_report_and_key(assessment, spec)
        ready = service.list_ready_reports(assessment, key)
    context = {
        "assessment": assessment,
        "stage": page_stage(current, newest),
        "report": current or newest,
        "here": page_url,
        "pdf": address_with_query("report-pdf", assessment_id, query=spec),
        "choice": choice,
        "others": [
            (
                one,
                choice_title(Choice.from_query(one.spec)),
                address_with_query("report-pdf", assessment_id, query=one.spec),
            )
            for one in ready
            if one.spec != spec
        ],
        "chosen": choice_title(choice),
        "readers": reader_choices(),
        "chapters": [(spec.slug, _(spec.title), _(spec.purpose)) for spec in CHAPTERS if not spec.required],
        "exports": [
            (resolve_url(f"report-{export.slug}", assessment_id), _(export.title), _(export.purpose))
            for export in EXPORT_FORMATS
        ],
    }
    return render_page_or_part(request, "reports/page.html", "state", context)


def reader_choices() -> list[tuple[str, str, str]]:
    """For whom a report may be: slug, title, and what that report has."""
    return [(reader, _(title), _(purpose)) for reader, (title, purpose) in READERS.items()]


def choice_title(choice: Choice) -> str:
    """What a choice is called in a list."""
    return _("With chosen chapters") if choice.chapters else _(READERS[choice.reader][0])


def page_stage(current: Report | None, newest: Report | None) -> str:
    """What the page shows: none, waiting, ready, failed, or stale (there is one, of earlier answers)."""
    if newest is not None and newest.state in ACTIVE:
        return "waiting"
    if current is not None:
        return "ready" if current.state == ReportState.READY else "failed"
    return "none" if newest is None else "stale"


@signed_in
@require_safe
def report_pdf(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The stored bytes of what the version says now; where there are none, the page that makes them."""
    person = user_of(request)
    try:
        spec = Choice.from_query(request.GET.urlencode()).to_query()
    except ValidationFailed as error:
        return bad_choice_response(request, error)
    final = find_final_pdf(person, assessment_id, spec)
    if final is not None:
        return stored_pdf_response(request, final)
    assessment = get_object_or_404(with_report_relations(Assessment.objects.visible_to(person)), pk=assessment_id)
    activate_for(assessment.workspace)
    check_answered_first(person, assessment)
    ready = service.get_ready_report(assessment, spec)
    if ready is None:
        return redirect(address_with_query("report", assessment_id, query=spec))
    return pdf_response(request, ready)


# --- personal reports


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def personal_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """The page of a personal report; POST makes it again, as things stand now."""
    person = user_of(request)
    report, page = get_personal_report(person, report_id)
    if request.method == "POST":
        return request_and_redirect(
            request, ReportKind(report.kind), spec=report.spec, workspace_id=report.workspace_id
        )
    if report.state in ACTIVE:
        ensure_rendering(report)
    context = {
        "stage": page_stage(report, report),
        "report": report,
        "page": page,
        "here": resolve_url("personal-report", report_id),
        "pdf": resolve_url("personal-report-pdf", report_id),
    }
    return render_page_or_part(request, "reports/personal.html", "state", context)


@signed_in
@require_safe
def personal_report_pdf(request: HttpRequest, report_id: int) -> HttpResponse:
    """The bytes; where there are none, the page that makes them."""
    report, _page = get_personal_report(user_of(request), report_id, with_pdf=True)
    if report.state != ReportState.READY:
        return redirect("personal-report", report_id)
    return pdf_response(request, report)


def get_personal_report(person: User, report_id: int, *, with_pdf: bool = False) -> tuple[Report, PersonalPage]:
    """The report with the words of its page. 404 for another person's, and for what they may not, or no longer, see."""
    report = get_object_or_404(personal_reports_of(person, with_pdf=with_pdf), pk=report_id)
    build_page = get_kind_spec(report).build_page
    if build_page is None:
        raise Http404
    return report, build_page(report, person)
