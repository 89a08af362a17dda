"""Deploys, load, cost and calls read from files: list, attach or try out, delete."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import failures_are_conflicts
from assess.api.openapi import openapi_links, operation_docs, response_models
from assess.api.paging import read_page_by_id
from assess.api.schemas import (
    DroppedRowOut,
    FigureOut,
    Id,
    MappedFieldOut,
    MeasurementFile,
    MeasurementOut,
    MeasurementPage,
    MeasurementPreviewOut,
    PageById,
)
from assess.assessments.facade import (
    Measurement,
    ReadFile,
    attach_file,
    check_may_attach_measurement,
    delete_measurement,
    get_readable_assessment,
    get_writable_assessment,
    list_figures,
    read_file,
    read_prices,
    reading_of,
    shows_figures,
    waiting_keys,
)
from assess.people.facade import Ability, User

router = Router(tags=["evidence"])

#: The format is recognised by content, whatever type is named.
FILE: dict[str, Any] = {
    kind: {"schema": {"type": "string", "description": "A file of deploys, load, cost or calls; at most 100 MB"}}
    for kind in ("application/octet-stream", "text/csv", "text/plain")
} | {"application/json": {"schema": {"description": "A file of deploys, load, cost or calls; at most 20 MB"}}}


@router.get(
    "/assessments/{int:assessment_id}/measurements",
    url_name="api-measurements",
    operation_id="listMeasurements",
    summary="The measurements attached to the version, the oldest first",
    response=response_models(_200=MeasurementPage),
    openapi_extra=operation_docs(),
)
def list_measurements(request: HttpRequest, assessment_id: Id, page: Query[PageById]) -> MeasurementPage:
    user = current_user(request)
    assessment = get_readable_assessment(user, assessment_id)
    waiting = waiting_keys(user, assessment)
    rows, following = read_page_by_id(assessment.measurements.current().select_related("attached_by"), page)
    return MeasurementPage(items=[build_measurement(row, user, waiting) for row in rows], next=following)


@router.post(
    "/assessments/{int:assessment_id}/measurements",
    url_name="api-measurements",
    operation_id="attachMeasurement",
    summary="Attach what a file of deploys, load, cost or calls says to an open version",
    description="Send the file as it was exported, also packed by gzip. Its format is recognised by content, and it is "
    "not kept. With `dry_run=true` nothing is attached, and the answer is what would be. 400 names what is wrong; 409 "
    "where the version is submitted, or has this file already.",
    response=response_models(403, 409, 415, _200=MeasurementPreviewOut, _201=MeasurementOut),
    openapi_extra=operation_docs(
        403,
        409,
        415,
        own=201,
        leads_to=openapi_links("assessment_id", "$request.path.assessment_id", "listMeasurements"),
        requestBody={"required": True, "content": FILE},
    ),
)
def attach(request: HttpRequest, assessment_id: Id, sent: Query[MeasurementFile]) -> Status[Any]:
    user = current_user(request)
    assessment = get_writable_assessment(user, assessment_id, Ability.ANSWER)
    with failures_are_conflicts():
        check_may_attach_measurement(assessment)
    texts = {"core": sent.core, "gib": sent.gib, "currency": sent.currency}
    prices = read_prices(texts, currency=assessment.workspace.currency)
    # Not `request.body`, which Django limits to what a form may hold: the request itself is a stream.
    file = read_file(cast(Any, request), name=sent.file_name, assessment=assessment, prices=prices)
    if sent.dry_run == "true":
        return Status(200, build_preview(file))
    with failures_are_conflicts():
        return Status(201, build_measurement(attach_file(assessment, file, by=user), user))


@router.delete(
    "/assessments/{int:assessment_id}/measurements/{int:measurement_id}",
    url_name="api-measurement",
    operation_id="deleteMeasurement",
    summary="Put a measurement of an open version out of sight; on its page it can be brought back",
    response=response_models(403, 409, _204=None),
    openapi_extra=operation_docs(403, 409, own=204),
)
def delete(request: HttpRequest, assessment_id: Id, measurement_id: Id) -> Status[Any]:
    user = current_user(request)
    assessment = get_writable_assessment(user, assessment_id, Ability.ANSWER)
    row = get_object_or_404(
        assessment.measurements.current().select_related("assessment__system__team"), pk=measurement_id
    )
    with failures_are_conflicts():
        delete_measurement(row, by=user)
    return Status(204, None)


def build_measurement(row: Measurement, user: User, waiting: Collection[str] = ()) -> MeasurementOut:
    reading = reading_of(row)
    return MeasurementOut(
        id=row.pk,
        kind=reading.kind,
        shape=row.shape,
        file_name=row.file_name,
        sha256=row.sha256,
        rows_read=reading.rows_read,
        dropped=dict(reading.dropped_by_reason),
        figures=build_figures(list_figures(reading.content) if shows_figures(row, user, waiting) else ()),
        warnings=list(reading.warnings),
        attached_at=row.attached_at,
        attached_by=str(row.attached_by),
    )


def build_preview(file: ReadFile) -> MeasurementPreviewOut:
    reading = file.reading
    return MeasurementPreviewOut(
        kind=reading.kind,
        shape=reading.shape,
        file_name=file.file_name,
        sha256=file.sha256,
        rows_read=reading.rows_read,
        dropped=dict(reading.dropped_by_reason),
        figures=build_figures(list_figures(reading.content)),
        warnings=list(reading.warnings),
        mapping=[MappedFieldOut(field=each.field, source=each.source, note=each.note) for each in reading.mapping],
        dropped_rows=[DroppedRowOut(row=each.row, reason=each.reason, message=each.words) for each in reading.dropped],
    )


def build_figures(figures: Iterable[tuple[str, str]]) -> list[FigureOut]:
    return [FigureOut(name=name, figure=figure) for name, figure in figures]
