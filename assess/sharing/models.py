"""A share link: what it opens, until when, and when it was last opened."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.assessments.facade import Assessment
from assess.people.facade import User, both_or_neither


class Scope(models.TextChoices):
    RESULT = "result", _("The result")
    REPORT = "report", _("The result and the PDF")
    ANSWERS = "answers", _("The result, the PDF and every answer")


class ShareLink(models.Model):
    """An address that shows one version. The token is kept as a hash, the passcode (if any) like a password."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="share_links")
    name = models.CharField(max_length=120)  #: for whom it is
    scope = models.CharField(max_length=20, choices=Scope.choices, default=Scope.REPORT)
    token_hash = models.CharField(max_length=64, unique=True)
    passcode = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    times_opened = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("revoked_at", "revoked_by"), name="share_link_revoked_at_and_by"
            ),
        )

    def __str__(self) -> str:
        return f"share link to {self.assessment_id} for {self.name}"

    def closed_reason(self, now: datetime) -> str:
        """Why this link opens nothing: `revoked`, `expired`, `deleted` or (still open) `draft`; "" while it works."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        if self.assessment.deleted_at is not None:
            return "deleted"
        return "" if self.assessment.is_submitted else "draft"
