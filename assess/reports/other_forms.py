"""The report as a page to read, and its files beside the PDF: each is made while it is asked for, from what the version
says now.

Decides: who may have them, and under which names. Does not decide: what they say (`build`, `chapters`) or how it is
written (`renderings`). Nothing of it is kept: the slowest takes a fraction of what a PDF takes.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from assess.assessments.facade import Assessment, check_not_anchored
from assess.language import _
from assess.people.facade import signed_in, user_of
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.reports import service
from assess.reports.chapters import document_of
from assess.reports.data import ReportData
from assess.reports.document import REQUIRED, Choice
from assess.reports.renderings.csv_of_answers import csv_of_answers
from assess.reports.renderings.docx import MIME, docx_of
from assess.reports.renderings.madr import madr
from assess.reports.renderings.opening import opening
from assess.reports.views import READERS
from assess.web.facade import ICONS, activate_for, error_response, localized

#: Characters of notes by people who answered apart, beyond which the page and the Word document leave every answer to
#: the PDF, which another process makes and stops: a document of ten times as many took this one three seconds.
MOST_NOTES: Final = 2_000_000


@signed_in
@require_safe
def read(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The report as a page, with the chapters that its reader chose by `?for=` or `?chapter=`; prints decently."""
    assessment = _found(request, assessment_id)
    activate_for(assessment.workspace)
    try:
        choice = service.choice_of(request.GET.urlencode())
        report = service.report_data(assessment)
        _check_length(report, choice)
    except ValidationFailed as refused:
        return _not_understood(request, refused)
    shown = {"assessment": assessment, "readers": READERS, **page_of(report, choice)}
    return render(request, "reports/document.html", shown)


@signed_in
@require_safe
def as_docx(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The report as a Word document, with the chapters that were chosen as for the page."""
    assessment = _found(request, assessment_id)
    try:
        choice = service.choice_of(request.GET.urlencode())
    except ValidationFailed as refused:
        return _not_understood(request, refused)

    def write(report: ReportData) -> bytes:
        assert report.page_one is not None  # as built
        _check_length(report, choice)
        return docx_of(
            document_of(report, choice),
            opening=opening(report.page_one),
            paper=report.brand.paper or settings.REPORT_PAPER,
            author=report.submitted_by or report.started_by,
            confidentiality=report.brand.confidentiality,
        )

    try:
        return _file(assessment, write, kind=MIME, ending=".docx", spec=service.spec_of(choice))
    except ValidationFailed as refused:
        return _not_understood(request, refused)


@signed_in
@require_safe
def as_record(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The decision as a Markdown record, to keep beside the code."""
    assessment = _found(request, assessment_id)
    return _file(
        assessment, lambda report: madr(report).encode("utf-8"), kind="text/markdown; charset=utf-8", ending=".md"
    )


@signed_in
@require_safe
def as_csv(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Every answer, one row a question."""
    assessment = _found(request, assessment_id)
    return _file(assessment, csv_of_answers, kind="text/csv; charset=utf-8", ending="_answers.csv")


@signed_in
@require_safe
def as_json(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The data that the PDF carries inside itself, byte for byte."""
    assessment = _found(request, assessment_id)
    return _file(assessment, _data, kind="application/json", ending=".json")


def page_of(report: ReportData, choice: Choice) -> dict[str, Any]:
    """What the page shows: the report by this choice, and every chapter that could be chosen."""
    document, page = document_of(report, choice), report.page_one
    assert page is not None  # as built
    shown = {chapter.slug for chapter in document.chapters}
    return {
        "report": report,
        "document": document,
        "choice": choice,
        "to_choose": [
            {"slug": chapter.slug, "title": chapter.title, "is_shown": chapter.slug in shown}
            for chapter in document_of(report).chapters
            if chapter.slug not in REQUIRED
        ],
        "spec": service.spec_of(choice),
        "page": page,
        "verdict_drawing": ICONS[page.verdict],
    }


def _check_length(report: ReportData, choice: Choice) -> None:
    """Raises ValidationFailed."""
    if not choice.has("answers"):
        return
    notes = sum(len(own.note) for section in report.sections for line in section.lines for own in line.own)
    if notes > MOST_NOTES:
        message = _("Choose chapters without every answer, or make the PDF: so many notes are too much for this form")
        raise ValidationFailed([Issue(code="too_long", message=message, key="chapter")])


def _data(report: ReportData) -> bytes:
    assert report.attached is not None  # `service.report_data` always attaches
    return report.attached.text.encode("utf-8")


def _found(request: HttpRequest, assessment_id: int) -> Assessment:
    """The assessment, for those who may have its report."""
    person = user_of(request)
    visible = service.with_all_it_says(Assessment.objects.visible_to(person))
    assessment: Assessment = get_object_or_404(visible, pk=assessment_id)
    check_not_anchored(person, assessment)
    return assessment


def _not_understood(request: HttpRequest, refused: ValidationFailed) -> HttpResponse:
    sentence = " ".join(f"{each.message}." for each in refused.issues)
    return error_response(request, HTTPStatus.BAD_REQUEST, "errors/400.html", sentence)


def _file(
    assessment: Assessment, write: Callable[[ReportData], bytes], *, kind: str, ending: str, spec: str = service.ALL
) -> HttpResponse:
    with localized(assessment.workspace):
        response = HttpResponse(write(service.report_data(assessment)), content_type=kind)
        name = service.file_name(assessment, spec).removesuffix(".pdf") + ending
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # As the PDF: access may have been taken away since.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
