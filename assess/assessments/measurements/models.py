"""Measurements: deploys, load, cost and calls, as far as they were read from somebody's file. Never the file itself."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from assess.assessments.models import Assessment
from assess.measurements.facade import KIND_WORDS
from assess.people.facade import User, both_or_neither


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def current(self) -> "MeasurementQuerySet":
        """Without those that were deleted, the last attached first."""
        return self.filter(deleted_at=None, assessment__deleted_at=None).order_by("-pk")


class Measurement(models.Model):
    """What was read from one file. Nothing of a row changes but that it can be deleted and brought back.

    `content` is what `measurements.to_json` writes: counts and times, no names and no addresses. `sha256` is of the
    file, so that it is not attached twice.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="measurements")
    kind = models.CharField(max_length=20)
    shape = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    attached_at = models.DateTimeField(default=timezone.now)
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("deleted_at", "deleted_by"), name="measurement_deleted_at_and_by"
            ),
            models.UniqueConstraint(
                fields=("assessment", "sha256"),
                condition=models.Q(deleted_at=None),
                name="same_measurement_attached_once",
            ),
        )

    def __str__(self) -> str:
        return gettext("{kind} from {file}").format(kind=KIND_WORDS[self.kind], file=self.file_name)


class MeasurementPreview(models.Model):
    """What was read from a file that somebody still looks at: it counts once they attach it. One a person and version.

    `content` is as in `Measurement`, with the mapping and every dropped row.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="measurement_previews")
    content = models.JSONField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "read_by"), name="one_measurement_preview_a_person"),
        )

    def __str__(self) -> str:
        return f"preview of {self.file_name} for {self.assessment_id}"
