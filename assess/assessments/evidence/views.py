"""The page of an assessment's scans: what the last one did not see, what it counted, attaching, deleting, undoing.

`open_evidence` and `EvidencePage.context` are what every page about a scan begins with.
"""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assess.assessments.access import open_assessment
from assess.assessments.evidence.actions import (
    attach_evidence,
    delete_evidence,
    evidence_before,
    latest_evidence_of,
    restore_evidence,
)
from assess.assessments.evidence.models import Evidence
from assess.assessments.models import Assessment
from assess.evidence.facade import (
    MAX_BYTES,
    Scan,
    build_figures,
    compare_scans,
    describe_limits,
    describe_unread,
)
from assess.language import N_, _, day
from assess.people.facade import Ability, User, can, signed_in
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import add_error_messages, parse_number

#: Pages about a scan and measurements, in the order of their links: name of the address, words of the link. Without a
#: scan there are only those where something can be attached, and the candidates, which can also be typed.
PAGES: Final = (
    ("evidence", N_("Scan")),
    ("evidence-measurements", N_("Deploys, load and cost")),
    ("evidence-claims", N_("Answers")),
    ("evidence-map", N_("Map")),
    ("evidence-candidates", N_("Candidates")),
    ("evidence-boundaries", N_("Boundaries")),
)
WITHOUT_SCAN: Final = ("evidence", "evidence-measurements", "evidence-candidates")
#: Codes of problems that say themselves what to do; with any other the file is damaged, and a new scan helps.
SAY_WHAT_TO_DO: Final = frozenset(
    {"no_file", "empty", "not_evidence", "other_version", "too_large", "attached", "too_many", "submitted", "deleted"}
)


@dataclass(frozen=True, kw_only=True)
class EvidencePage:
    """What a page about a scan or measurements begins with. `evidence` and `scan` are None where none is attached;
    `may_answer` says whether this person may attach something now and decide on what it proposes."""

    user: User
    assessment: Assessment
    evidence: Evidence | None
    scan: Scan | None
    may_answer: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The addresses of the pages that there are."""
        claims = ("evidence-claims",) if getattr(self.assessment, "has_measurements", False) else ()
        return tuple(name for name, _words in PAGES) if self.scan else (*WITHOUT_SCAN, *claims)

    def context(self, current: str, **more: Any) -> dict[str, Any]:
        """For a template that extends `evidence/base.html`; `current` is the name of the page's address."""
        return {
            "assessment": self.assessment,
            "evidence": self.evidence,
            "scan": self.scan,
            "may_answer": self.may_answer,
            "evidence_pages": [
                {"url": reverse(name, args=[self.assessment.pk]), "words": _(words), "is_current": name == current}
                for name, words in PAGES
                if name in self.names
            ],
            **more,
        }


def open_evidence(request: HttpRequest, assessment_id: int, ability: Ability | None = None) -> EvidencePage:
    """The assessment with the scan that counts, for a page; as `open_assessment`. One query more, and reading the
    file."""
    user, assessment = open_assessment(request, assessment_id, ability)
    evidence = latest_evidence_of(assessment)
    return EvidencePage(
        user=user,
        assessment=assessment,
        evidence=evidence,
        scan=evidence.scan() if evidence else None,
        may_answer=assessment.is_open and can(user, Ability.ANSWER, assessment.system.team),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def evidence(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST attaches a file."""
    if request.method != "POST":
        return render_evidence(request, open_evidence(request, assessment_id))
    user, assessment = open_assessment(request, assessment_id, Ability.ANSWER)
    try:
        attached = attach_evidence(assessment, posted_file(request), by=user)
    except ValidationFailed as failed:
        return render_evidence(request, open_evidence(request, assessment_id), problems=failed.issues)
    messages.success(request, _("{scan} is attached.").format(scan=attached))
    return redirect("evidence", assessment.pk)


def posted_file(request: HttpRequest) -> bytes:
    """The bytes of the chosen file, or so many of them that they are refused. Raises ValidationFailed without one."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        message = _("Choose the file that the scanner wrote, evidence.json")
        raise ValidationFailed([Issue(code="no_file", key="file", message=message)])
    content: bytes = file.read(MAX_BYTES + 1)
    return content


def render_evidence(request: HttpRequest, page: EvidencePage, *, problems: list[Issue] | None = None) -> HttpResponse:
    """The page, with what is wrong with the file that was just sent."""
    scans = list(page.assessment.evidence.current().without_content())
    deleted = page.assessment.evidence.filter(deleted_at__isnull=False).defer("content")
    undo = deleted.filter(pk=parse_number(request.GET.get("undo", "")) or 0).first() if page.may_answer else None
    earlier = evidence_before(page.evidence) if page.evidence else None
    comparison = compare_scans(earlier.scan(), page.scan) if earlier and page.scan else None
    committed_on = page.scan.data["repository"]["committed_on"] if page.scan else None
    context = page.context(
        "evidence",
        scans=scans,
        committed_on=day(date.fromisoformat(committed_on)) if committed_on else "",
        earlier=earlier,
        comparison=comparison,
        figures=comparison.figures if comparison else build_figures(page.scan) if page.scan else (),
        limits=describe_limits(page.scan) if page.scan else [],
        unread=describe_unread(page.scan) if page.scan else [],
        undo=undo,
        problems=problems or [],
        is_damaged=any(each.code not in SAY_WHAT_TO_DO for each in problems or []),
    )
    return render(request, "evidence/evidence.html", context, status=HTTPStatus.BAD_REQUEST if problems else None)


@require_POST
@signed_in
def delete(request: HttpRequest, assessment_id: int, evidence_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.ANSWER)
    row = get_object_or_404(assessment.evidence.without_content(), pk=evidence_id)
    try:
        delete_evidence(row, by=user)
    except ValidationFailed as failed:
        add_error_messages(request, failed)
        return redirect("evidence", assessment.pk)
    return redirect(f"{reverse('evidence', args=[assessment.pk])}?undo={row.pk}")


@require_POST
@signed_in
def restore(request: HttpRequest, assessment_id: int, evidence_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.ANSWER)
    row = get_object_or_404(assessment.evidence.without_content(), pk=evidence_id)
    try:
        restored = restore_evidence(row, by=user)
    except ValidationFailed as failed:
        add_error_messages(request, failed)
    else:
        messages.success(request, _("{scan} is back.").format(scan=restored))
    return redirect("evidence", assessment.pk)
