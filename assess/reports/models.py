"""The rows of PDFs, which are the queue too, and of requests for them."""

from datetime import UTC, datetime
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.assessments.facade import Assessment
from assess.people.facade import User, Workspace
from assess.web.facade import read_file

#: Of reports that no passing day makes untrue.
FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class ReportState(models.TextChoices):
    QUEUED = "queued", _("waiting for its turn")
    RENDERING = "rendering", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class ReportKind(models.TextChoices):
    """What a report is about. Those of an assessment belong to it, all others to the person who asked."""

    ASSESSMENT = "assessment", _("one version of an assessment")
    PORTFOLIO = "portfolio", _("the systems of a workspace")
    COMPARISON = "comparison", _("two versions or systems compared")


IS_OF_ASSESSMENT = Q(kind=ReportKind.ASSESSMENT, assessment__isnull=False, workspace=None)
IS_OF_WORKSPACE = Q(kind=ReportKind.PORTFOLIO, assessment=None, workspace__isnull=False, requested_by__isnull=False)
IS_COMPARISON = Q(kind=ReportKind.COMPARISON, assessment=None, workspace=None, requested_by__isnull=False)


class Report(models.Model):
    """One PDF: requested, being made, ready or failed. `key` is the hash of all that goes into it.

    `spec` is what was chosen, as an address would say it: "" is all of an assessment, "for=leadership" one reader's
    part of it, "workspace=3&verdict=extract" a portfolio with its filters, "a=1&a=2" what is compared.

    The row is its own queue entry: a render whose process died is recognised by its age and queued again. `is_final`
    marks the PDF of a submitted version: it is made once for each choice and each step of the review (`review_step`,
    that event's number, 0 before the first), then stored, even if a later release would draw it differently. It counts
    until `valid_until`: then a day has passed that it tells of as still to come, as until when a signature may be
    challenged.

    A report that is not of one assessment is personal: one row for each choice, made again when the person asks. It
    shows what they saw, so nobody else sees it, and they only as long as they may still see its facts (`registry`).
    """

    kind = models.CharField(max_length=20, choices=ReportKind.choices, default=ReportKind.ASSESSMENT)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reports", null=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="reports", null=True)
    spec = models.CharField(max_length=2_000, blank=True)
    key = models.CharField(max_length=64, blank=True)  #: "" until it is made, where only making it shows
    state = models.CharField(max_length=20, choices=ReportState.choices, default=ReportState.QUEUED)
    is_final = models.BooleanField(default=False)
    review_step = models.PositiveIntegerField(default=0)
    valid_until = models.DateTimeField(default=FOR_EVER, db_default=FOR_EVER)
    pdf = models.BinaryField(null=True)
    stored_as = models.CharField(max_length=200, blank=True, db_default="")  #: the PDF's name in a store, instead
    size = models.PositiveIntegerField(db_default=0)  #: bytes of the PDF, wherever they are
    file_name = models.CharField(max_length=200, blank=True)
    pages = models.PositiveIntegerField(default=0)
    left_out = models.TextField(blank=True)  #: the sentence that names the chapters left out
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    queued_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(null=True)  # of the process that is at it
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "key", "spec"), name="report_once_per_content"),
            models.UniqueConstraint(
                fields=("assessment", "review_step", "valid_until", "spec"),
                condition=Q(is_final=True),
                name="one_final_report_per_step",
            ),
            models.UniqueConstraint(
                fields=("requested_by", "kind", "spec"),
                condition=Q(assessment=None),
                name="one_personal_report_per_choice",
            ),
            models.CheckConstraint(
                condition=IS_OF_ASSESSMENT | IS_OF_WORKSPACE | IS_COMPARISON, name="report_is_of_what_its_kind_says"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(pdf__isnull=False) | ~Q(stored_as=""), name="ready_report_has_its_pdf"
            ),
        )
        indexes = (models.Index(fields=("state", "queued_at"), name="report_queue"),)

    def __str__(self) -> str:
        return f"report of {self.assessment_id or self.kind}, {self.state}"

    def read_pdf(self) -> bytes:
        """The bytes of a ready row. Raises FileStoreError."""
        return read_file(self.pdf, self.stored_as)


class ReportRequest(models.Model):
    """One request of a person for a PDF that had to be made: what their limit counts."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("by", "at"), name="report_requests_of_person"),)

    def __str__(self) -> str:
        return f"{self.by_id} at {self.at}"
