"""Evidence: the files of scans as they were attached, one row each."""

from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from assess.assessments.measurements.models import Measurement
from assess.assessments.models import Assessment
from assess.evidence.facade import Scan, load_scan
from assess.language import day
from assess.people.facade import User, both_or_neither


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def current(self) -> "EvidenceQuerySet":
        """Without those that were deleted, the last attached first."""
        return self.filter(deleted_at=None, assessment__deleted_at=None).order_by("-pk")

    def without_content(self) -> "EvidenceQuerySet":
        """For lists: who and when, without the files' bytes."""
        return self.select_related("attached_by", "assessment").defer("content", "assessment__result")


class Evidence(models.Model):
    """The file of one scan, byte by byte as it was attached. Nothing of a row changes but that it can be deleted and
    brought back. `sha256` is of `content`; the columns after it repeat what the file says, for lists."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="evidence")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    commit_hash = models.CharField(max_length=64, blank=True)
    tool_version = models.CharField(max_length=300)
    scanned_at = models.DateTimeField()
    attached_at = models.DateTimeField(default=timezone.now)
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("deleted_at", "deleted_by"), name="evidence_deleted_at_and_by"
            ),
            models.UniqueConstraint(
                fields=("assessment", "sha256"), condition=Q(deleted_at=None), name="same_evidence_attached_once"
            ),
        )

    def __str__(self) -> str:
        commit = self.commit_hash[:10] or gettext("without git")
        return gettext("Scan of {day}, {commit}").format(day=day(self.scanned_at.date()), commit=commit)

    def scan(self) -> Scan:
        """What the file says. Reads all of it: take it once for each page."""
        return load_scan(bytes(cast(bytes, self.content)))


def with_evidence(assessments: models.QuerySet[Assessment]) -> models.QuerySet[Assessment]:
    """The assessments with their choices on candidates, `has_scan`, `has_measurements`, and `was_measured`, which
    counts what was deleted as well: one without any costs no query more."""
    scans, measurements = (model.objects.filter(assessment=models.OuterRef("pk")) for model in (Evidence, Measurement))
    return assessments.select_related("candidate_choices__saved_by").annotate(
        has_scan=models.Exists(scans.filter(deleted_at=None)),
        has_measurements=models.Exists(measurements.filter(deleted_at=None)),
        was_measured=models.Exists(scans) | models.Exists(measurements),
    )


class CandidateChoices(models.Model):
    """What a version's team adds to its scan for the candidates, or the inventory that it typed: one row.

    `content` is what `evidence.read_choices` reads: the texts of the form, by row and field.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="candidate_choices")
    content = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"choices of {self.assessment_id}"


class ProposalDecision(models.Model):
    """What people made of what a scan, or a measurement, says about one question: the proposal accepted, or overridden
    for a reason.

    `proposed` and `found` repeat what it said then, `found` in the site's language. Of an accepted proposal,
    `answer_before` is the answer that it replaced, as the log keeps answers; null where there was none.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="proposal_decisions")
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="decisions", null=True, blank=True)
    measurement = models.ForeignKey(
        Measurement, on_delete=models.CASCADE, related_name="decisions", null=True, blank=True
    )
    key = models.CharField(max_length=80)
    is_override = models.BooleanField()
    proposed = models.JSONField(null=True)
    found = models.TextField()
    figure = models.CharField(max_length=80)
    reason = models.TextField(blank=True, max_length=settings.LIMITS["note"])
    answer_before = models.JSONField(null=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "key"), name="one_proposal_decision_per_question"),
            models.CheckConstraint(
                condition=Q(is_override=False, reason="") | (Q(is_override=True) & ~Q(reason="")),
                name="override_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(evidence=None) ^ Q(measurement=None), name="proposal_from_scan_or_measurement"
            ),
        )

    def __str__(self) -> str:
        return f"{'override' if self.is_override else 'acceptance'} of {self.key} of {self.assessment_id}"
