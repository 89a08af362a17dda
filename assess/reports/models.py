"""A rendering asked for, under way, kept or failed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.assessments.facade import Assessment
from assess.people.facade import User, Workspace


class ReportState(models.TextChoices):
    QUEUED = "queued", _("waiting for its turn")
    RENDERING = "rendering", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class ReportKind(models.TextChoices):
    """What a report is of. Those of an assessment belong to it; all others to the person who asked."""

    ASSESSMENT = "assessment", _("one version of an assessment")
    PORTFOLIO = "portfolio", _("the systems of a workspace")
    COMPARISON = "comparison", _("two versions or systems compared")


OF_AN_ASSESSMENT = Q(kind=ReportKind.ASSESSMENT, assessment__isnull=False, workspace=None)
OF_A_WORKSPACE = Q(kind=ReportKind.PORTFOLIO, assessment=None, workspace__isnull=False, requested_by__isnull=False)
OF_SEVERAL = Q(kind=ReportKind.COMPARISON, assessment=None, workspace=None, requested_by__isnull=False)


class Report(models.Model):
    """One PDF, known by `key`: the hash of what goes into it (its data, templates, styles, WeasyPrint's version).

    `spec` says what was chosen, as an address would: "" is all of an assessment, "for=leadership" one reader's part of
    it, "workspace=3&verdict=extract" a portfolio with its filters, "a=1&a=2" what is compared.

    The row is its own queue entry: a render that died is seen by its age and queued again. `is_final` marks the one of
    a submitted version, which is made once for each choice and then kept, whatever a later release would draw
    differently; each step of its review (`stands_on`, that event's number, 0 before the first) has one of its own.

    What is not of one assessment is the person's own: one row for each choice, made anew when they ask again. It shows
    what they saw, so nobody else is shown it, and they only as long as they may still see it (`kinds`).
    """

    kind = models.CharField(max_length=20, choices=ReportKind.choices, default=ReportKind.ASSESSMENT)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reports", null=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="reports", null=True)
    spec = models.CharField(max_length=2_000, blank=True)
    key = models.CharField(max_length=64, blank=True)  #: "" until it is made, where only making it tells
    state = models.CharField(max_length=20, choices=ReportState.choices, default=ReportState.QUEUED)
    is_final = models.BooleanField(default=False)
    stands_on = models.PositiveIntegerField(default=0)
    pdf = models.BinaryField(null=True)
    file_name = models.CharField(max_length=200, blank=True)
    pages = models.PositiveIntegerField(default=0)
    left_out = models.TextField(blank=True)  #: in a sentence, as the PDF says it
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "key", "spec"), name="report_once_per_content"),
            models.UniqueConstraint(
                fields=("assessment", "stands_on", "spec"),
                condition=Q(is_final=True),
                name="one_final_report_per_step",
            ),
            models.UniqueConstraint(
                fields=("requested_by", "kind", "spec"),
                condition=Q(assessment=None),
                name="one_own_report_per_choice",
            ),
            models.CheckConstraint(
                condition=OF_AN_ASSESSMENT | OF_A_WORKSPACE | OF_SEVERAL, name="report_is_of_what_its_kind_says"
            ),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="ready_report_has_its_pdf"),
        )
        indexes = (models.Index(fields=("state", "queued_at"), name="report_queue"),)

    def __str__(self) -> str:
        return f"report of {self.assessment_id or self.kind}, {self.state}"


class ReportRequest(models.Model):
    """One time that a person asked for a PDF that had to be made: what their limit counts."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("by", "at"), name="report_requests_of_person"),)

    def __str__(self) -> str:
        return f"{self.by_id} at {self.at}"
