"""A rendering asked for, under way, kept or failed."""

from django.db import models
from django.utils import timezone

from assess.assessments.models import Assessment
from assess.people.models import User


class ReportState(models.TextChoices):
    QUEUED = "queued", "waiting for its turn"
    RENDERING = "rendering", "being made"
    READY = "ready", "ready"
    FAILED = "failed", "failed"


class Report(models.Model):
    """One PDF, known by `key`: the hash of what goes into it (report data, templates, styles, WeasyPrint's version).

    The row is its own queue entry: a render that died is seen by its age and queued again. `is_final` marks the one of
    a submitted version, which is made once and then kept, whatever a later release would draw differently; each step of
    its review (`stands_on`, that event's number, 0 before the first) has one of its own.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reports")
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=ReportState.choices, default=ReportState.QUEUED)
    is_final = models.BooleanField(default=False)
    stands_on = models.PositiveIntegerField(default=0)
    pdf = models.BinaryField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "key"), name="report_once_per_content"),
            models.UniqueConstraint(
                fields=("assessment", "stands_on"),
                condition=models.Q(is_final=True),
                name="one_final_report_per_step",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(pdf__isnull=False), name="ready_report_has_its_pdf"
            ),
        )
        indexes = (
            models.Index(fields=("state", "queued_at"), name="report_queue"),
            models.Index(fields=("requested_by", "requested_at"), name="report_by_person"),
        )

    def __str__(self) -> str:
        return f"report of {self.assessment_id}, {self.state}"
