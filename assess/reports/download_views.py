"""The report as a page to read, and its files beside the PDF: each is made while it is requested, from what the version
says now. None is stored: the slowest takes a fraction of what a PDF takes.
"""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_safe

from assess.assessments.facade import Assessment, check_answered_first
from assess.language import _
from assess.people.facade import signed_in, user_of
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.reports.chapters import CHAPTERS, FULL, Choice, build_document
from assess.reports.content.data import ReportData
from assess.reports.file_names import assessment_file_stem, file_stem
from assess.reports.http_responses import bad_choice_response, file_response
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.renderings import ExportFormat
from assess.reports.renderings.plan_files import PLAN_FORMATS, write_plan_file
from assess.reports.views import reader_choices
from assess.web.facade import ICONS, absolute_url, activate_for, localized

#: Characters of notes by people who answered separately. With more, the page and the Word document leave every answer
#: to the PDF, which another process makes and stops: a document of ten times as many took three seconds.
MAX_NOTE_CHARACTERS: Final = 2_000_000


@signed_in
@require_safe
def read_report(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The report as a page, with the chapters chosen by `?for=` or `?chapter=`; it prints decently."""
    assessment = get_assessment_for_report(request, assessment_id)
    activate_for(assessment.workspace)
    try:
        choice = Choice.from_query(request.GET.urlencode())
        report = load_report(assessment)
        check_note_length(report, choice)
    except ValidationFailed as error:
        return bad_choice_response(request, error)
    context = {"assessment": assessment, "readers": reader_choices(), **page_context(report, choice)}
    return render(request, "reports/document.html", context)


@signed_in
@require_safe
def download_export(request: HttpRequest, assessment_id: int, export: ExportFormat) -> HttpResponse:
    """The report in this format, with the chapters chosen where it has any."""
    assessment = get_assessment_for_report(request, assessment_id)
    choice = FULL
    with localized(assessment.workspace):
        try:
            if export.takes_choice:
                choice = Choice.from_query(request.GET.urlencode())
            report = load_report(assessment)
            if export.takes_choice:
                check_note_length(report, choice)
        except ValidationFailed as error:
            return bad_choice_response(request, error)
        name = f"{assessment_file_stem(assessment, choice)}{export.file_ending}"
        return file_response(export.write(report, choice), name=name, content_type=export.content_type)


@signed_in
@require_safe
def download_plan(request: HttpRequest, assessment_id: int, name: str) -> HttpResponseBase:
    """The plan as the file of this name; without a plan, the way to its page."""
    assessment = get_assessment_for_report(request, assessment_id)
    if name not in PLAN_FORMATS:
        raise Http404
    address = resolve_url("plan", assessment.pk)
    with localized(assessment.workspace):
        report = load_report(assessment)
        if report.planning.plan is None:
            messages.error(request, _("Begin the plan first, then take it away."))
            return redirect(address)
        form = PLAN_FORMATS[name]
        stem = file_stem(assessment.system.name, f"plan_v{assessment.version}", dated=report.planning.plan.today)
        content = write_plan_file(report, name, absolute_url(address))
    return file_response(content, name=f"{stem}{form.file_ending}", content_type=form.content_type)


def page_context(report: ReportData, choice: Choice) -> dict[str, Any]:
    """What the page shows: the report by this choice, and every chapter that could be chosen."""
    document, page = build_document(report, choice), report.page_one
    assert page is not None  # as built
    chapter_slugs = {chapter.slug for chapter in document.chapters}
    available = {chapter.slug for chapter in build_document(report).chapters}
    return {
        "report": report,
        "document": document,
        "choice": choice,
        "chapters": [
            {
                "slug": spec.slug,
                "title": _(spec.title),
                "purpose": _(spec.purpose),
                "is_shown": spec.slug in chapter_slugs,
            }
            for spec in CHAPTERS
            if spec.slug in available and not spec.required
        ],
        "spec": choice.to_query(),
        "page": page,
        "verdict_drawing": ICONS[page.verdict],
    }


def check_note_length(report: ReportData, choice: Choice) -> None:
    """Raises ValidationFailed where the notes of separate answers are too many to be written within a request."""
    if not any(spec.slug == "answers" and choice.includes(spec) for spec in CHAPTERS):
        return
    characters = sum(len(one.note) for section in report.sections for line in section.lines for one in line.individual)
    if characters > MAX_NOTE_CHARACTERS:
        message = _("There are too many notes for this form. Leave out “every answer”, or make the PDF")
        raise ValidationFailed([Issue(code="too_long", message=message, key="chapter")])


def get_assessment_for_report(request: HttpRequest, assessment_id: int) -> Assessment:
    """The assessment with all that a report reads of it; 404 or 403 for people who may not have its report."""
    person = user_of(request)
    visible = with_report_relations(Assessment.objects.visible_to(person))
    assessment: Assessment = get_object_or_404(visible, pk=assessment_id)
    check_answered_first(person, assessment)
    return assessment
