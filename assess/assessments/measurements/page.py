"""The page "Deploys, load and cost": a file is read into a preview, which is attached or discarded; what is attached,
with its figures, can be deleted and brought back."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assess.assessments.access import open_assessment
from assess.assessments.evidence.views import EvidencePage, open_evidence
from assess.assessments.measurements.actions import (
    attach_preview,
    check_may_attach_measurement,
    current_measurements,
    delete_measurement,
    discard_preview,
    preview_file,
    read_file,
    reading_of,
    restore_measurement,
)
from assess.assessments.measurements.figures import list_figures, shows_figures
from assess.assessments.measurements.how_to import HOW_TO
from assess.assessments.measurements.models import Measurement, MeasurementPreview
from assess.assessments.measurements.prices import FIELDS, read_prices
from assess.assessments.models import Assessment
from assess.assessments.response_visibility import waiting_keys
from assess.evidence.facade import MAX_BYTES, looks_like_scan
from assess.language import _, number
from assess.measurements.facade import KIND_WORDS
from assess.people.facade import Ability, User, signed_in
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import add_error_messages, parse_number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def measurements(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST reads a file, or does what the pressed button says."""
    if request.method != "POST":
        return render_measurements(request, open_evidence(request, assessment_id))
    user, assessment = open_assessment(request, assessment_id, Ability.ANSWER)
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        match request.POST.get("do", ""):
            case "read":
                read_posted_file(request, assessment, typed, by=user)
                return redirect(f"{reverse('evidence-measurements', args=[assessment.pk])}#preview")
            case "attach":
                attached = attach_preview(assessment, seen=request.POST.get("seen", ""), by=user)
                messages.success(request, _("{measurement} is attached.").format(measurement=attached))
            case "discard":
                discard_preview(assessment, by=user)
                messages.success(request, _("Discarded. Nothing of the file was kept."))
            case "delete":
                deleted = delete_measurement(posted_row(request, assessment), by=user)
                return redirect(f"{reverse('evidence-measurements', args=[assessment.pk])}?undo={deleted.pk}")
            case "restore":
                restored = restore_measurement(posted_row(request, assessment), by=user)
                messages.success(request, _("{measurement} is back.").format(measurement=restored))
            case _:
                raise Http404
    except ValidationFailed as failed:
        if request.POST.get("do") == "read":
            page = open_evidence(request, assessment_id)
            return render_measurements(request, page, typed=typed, problems=failed.issues)
        add_error_messages(request, failed)
    return redirect("evidence-measurements", assessment.pk)


def posted_row(request: HttpRequest, assessment: Assessment) -> Measurement:
    """The measurement that the pressed button names; 404 for one of another assessment."""
    row_id = parse_number(request.POST.get("measurement", "")) or 0
    return get_object_or_404(assessment.measurements.select_related("assessment__system__team"), pk=row_id)


def read_posted_file(request: HttpRequest, assessment: Assessment, typed: Mapping[str, str], *, by: User) -> None:
    """Reads the chosen file into a preview. Raises ValidationFailed, with what is wrong with the prices as well."""
    check_may_attach_measurement(assessment)
    file = request.FILES.get("file")
    issues = []
    if not isinstance(file, UploadedFile):
        issues.append(Issue(code="no_file", key="file", message=_("Choose a file of deploys, load, cost or calls")))
    try:
        prices = read_prices(typed, currency=assessment.workspace.currency)
    except ValidationFailed as failed:
        issues += failed.issues
    if issues:
        raise ValidationFailed(issues)
    assert isinstance(file, UploadedFile)
    try:
        read = read_file(file, name=file.name or "", assessment=assessment, prices=prices)
    except ValidationFailed:
        file.seek(0)
        if not looks_like_scan(file.read(MAX_BYTES)):
            raise
        message = _("This is a scan. Attach it on the page of scans, the first of the links above")
        raise ValidationFailed([Issue(code="scan", key="file", message=message)]) from None
    preview_file(assessment, read, by=by)


def render_measurements(
    request: HttpRequest,
    page: EvidencePage,
    *,
    typed: Mapping[str, str] | None = None,
    problems: list[Issue] | None = None,
) -> HttpResponse:
    """The page, with what is wrong with the file or the prices that were just sent."""
    assessment = page.assessment
    preview = assessment.measurement_previews.filter(read_by=page.user).first() if page.may_answer else None
    undo = None
    if page.may_answer and (row_id := parse_number(request.GET.get("undo", ""))):
        undo = assessment.measurements.filter(deleted_at__isnull=False, pk=row_id).first()
    waiting = waiting_keys(page.user, assessment)
    context = page.context(
        "evidence-measurements",
        attached=[describe_row(row, page.user, waiting) for row in current_measurements(assessment)],
        preview=describe_preview(preview) if preview and not problems else None,
        undo=undo,
        typed=typed or {"currency": assessment.workspace.currency},
        problems=problems or [],
        problem_of={issue.key: issue.message for issue in problems or []},
        how_to=[
            {"words": _(each.words), "command": each.command, "hint": each.hint and _(each.hint)} for each in HOW_TO
        ],
        most_mb=settings.LIMITS["measurement_upload"] // 1024**2,
    )
    status = HTTPStatus.BAD_REQUEST if problems else None
    return render(request, "evidence/measurements.html", context, status=status)


def describe_row(row: Measurement, user: User, waiting: Collection[str]) -> dict[str, Any]:
    """An attached measurement for the page, with what to know before trusting it; without figures that
    this person may not see yet."""
    reading = reading_of(row)
    return {
        "row": row,
        "shape_words": reading.shape_words,
        "figures": list_figures(reading.content) if shows_figures(row, user, waiting) else (),
        "warnings": reading.warnings,
        "rows_read": number(reading.rows_read),
        "dropped": number(sum(reading.dropped_by_reason.values())),
    }


def describe_preview(row: MeasurementPreview) -> dict[str, Any]:
    """What was recognised, for the person to look at before it counts."""
    reading = reading_of(row)
    dropped = sum(reading.dropped_by_reason.values())
    words_of = {each.reason: each.words for each in reversed(reading.dropped)}
    by_count = sorted(reading.dropped_by_reason.items(), key=lambda item: (-item[1], item[0]))
    return {
        "row": row,
        "reading": reading,
        "kind_words": KIND_WORDS[reading.kind],
        "figures": list_figures(reading.content),
        "rows_read": number(reading.rows_read),
        "dropped": dropped,
        "dropped_words": number(dropped),
        "not_listed": dropped - len(reading.dropped),
        "reasons": [(words_of.get(reason, reason), count) for reason, count in by_count],
    }
