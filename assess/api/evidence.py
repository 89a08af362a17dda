"""Scans attached to an assessment: list, attach, and the file of one."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Query, Router
from ninja.responses import Status

from assess.api.access import current_user
from assess.api.errors import failures_are_conflicts
from assess.api.openapi import openapi_links, operation_docs, response_models
from assess.api.paging import read_page_by_id
from assess.api.schemas import EvidenceOut, EvidencePage, Id, PageById
from assess.assessments.facade import (
    Evidence,
    attach_checked_evidence,
    check_may_attach,
    get_readable_assessment,
    get_writable_assessment,
)
from assess.evidence.facade import FORMAT, MAX_BYTES, read_evidence_file
from assess.people.facade import Ability

router = Router(tags=["evidence"])

#: The file's own schema is at an address of its own; here it is only said which one it is.
FILE = {
    "application/json": {
        "schema": {
            "type": "object",
            "description": "What the scanner wrote, as /evidence/1/schema.json has it; at most 5 MB",
            "properties": {"format": {"const": FORMAT}},
            "required": ["format"],
        }
    }
}


@router.get(
    "/assessments/{int:assessment_id}/evidence",
    url_name="api-evidence",
    operation_id="listEvidence",
    summary="The scans attached to the version, the oldest first",
    response=response_models(_200=EvidencePage),
    openapi_extra=operation_docs(),
)
def list_evidence(request: HttpRequest, assessment_id: Id, page: Query[PageById]) -> EvidencePage:
    assessment = get_readable_assessment(current_user(request), assessment_id)
    rows, following = read_page_by_id(assessment.evidence.current().without_content(), page)
    return EvidencePage(items=[build_evidence(row) for row in rows], next=following)


@router.post(
    "/assessments/{int:assessment_id}/evidence",
    url_name="api-evidence",
    operation_id="attachEvidence",
    summary="Attach a scan to an open version",
    description="Send the file as the scanner wrote it: its bytes are kept. 400 names every wrong field; 409 where the "
    "version is submitted, or has this scan already.",
    response=response_models(403, 409, 415, _201=EvidenceOut),
    openapi_extra=operation_docs(
        403,
        409,
        415,
        own=201,
        leads_to=openapi_links("assessment_id", "$request.path.assessment_id", "listEvidence"),
        requestBody={"required": True, "content": FILE},
    ),
)
def attach(request: HttpRequest, assessment_id: Id, response: HttpResponse) -> Status[Any]:
    user = current_user(request)
    assessment = get_writable_assessment(user, assessment_id, Ability.ANSWER)
    with failures_are_conflicts():
        check_may_attach(assessment)
    # Not `request.body`, which Django limits to what a form may hold.
    content = request.read(MAX_BYTES + 1)
    data = read_evidence_file(content)
    with failures_are_conflicts():
        evidence = attach_checked_evidence(assessment, content, data, by=user)
    response.headers["Location"] = reverse("api-evidence-file", args=[assessment.pk, evidence.pk])
    return Status(201, build_evidence(evidence))


@router.get(
    "/assessments/{int:assessment_id}/evidence/{int:evidence_id}",
    url_name="api-evidence-file",
    operation_id="readEvidence",
    summary="The file of one scan, byte by byte as it was attached",
    response=response_models(_200=None),
    openapi_extra=operation_docs(media=FILE),
)
def read_evidence(request: HttpRequest, assessment_id: Id, evidence_id: Id) -> HttpResponse:
    assessment = get_readable_assessment(current_user(request), assessment_id)
    row = get_object_or_404(assessment.evidence.current(), pk=evidence_id)
    return HttpResponse(bytes(cast(bytes, row.content)), content_type="application/json")


def build_evidence(row: Evidence) -> EvidenceOut:
    return EvidenceOut(
        id=row.pk,
        sha256=row.sha256,
        commit=row.commit_hash or None,
        tool_version=row.tool_version,
        scanned_at=row.scanned_at,
        attached_at=row.attached_at,
        attached_by=str(row.attached_by),
    )
