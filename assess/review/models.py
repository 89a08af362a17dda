"""Comments and challenges, signatures, and the conditions that came with them. Rows are added, and settled once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.assessments.facade import Assessment
from assess.people.facade import User, both_or_neither


class CommentKind(models.TextChoices):
    COMMENT = "comment", _("Comment")
    CHALLENGE = "challenge", _("Challenge")  #: says that an answer, or the decision, is wrong; wants an answer


class Comment(models.Model):
    """What somebody said about one question, or (no key) about the whole version; `parent` makes it a reply.

    A challenge is open until it is settled; a comment needs no settling.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, related_name="replies", null=True, blank=True)
    key = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=20, choices=CommentKind.choices, default=CommentKind.COMMENT)
    text = models.TextField(max_length=settings.LIMITS["note"])
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    settlement = models.TextField(blank=True, max_length=settings.LIMITS["note"])

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("settled_at", "settled_by"), name="comment_settled_at_and_by"
            ),
        )
        indexes = (
            models.Index(fields=("assessment", "key", "id"), name="comment_of_question"),
            models.Index(fields=("kind", "id"), condition=Q(settled_at=None), name="comment_unsettled"),
        )

    def __str__(self) -> str:
        return f"{self.kind} on {self.key or 'the whole'} of {self.assessment_id}"


class Decision(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WITH_CONDITIONS = "accepted_with_conditions", _("Accepted with conditions")
    SENT_BACK = "sent_back", _("Sent back")


class SignOff(models.Model):
    """A reviewer's decision on one version, with the hash of everything it covers. Never changed; a later one follows.

    `overruled_to` is the architect's own verdict where it differs from the model's; both are always shown, with
    `reason`. The newest row of an assessment is the one that stands.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="sign_offs")
    decision = models.CharField(max_length=30, choices=Decision.choices)
    model_verdict = models.CharField(max_length=20)
    overruled_to = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True, max_length=settings.LIMITS["note"])
    remark = models.TextField(blank=True, max_length=settings.LIMITS["note"])
    content = models.JSONField()  #: what was signed, in full
    content_hash = models.CharField(max_length=64)  #: SHA-256 of `content`, canonical JSON
    challenge_until = models.DateField(null=True, blank=True)  #: the last day on which the team may challenge
    signed_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(overruled_to="") | ~Q(reason=""), name="overruling_gives_a_reason"),
        )
        indexes = (models.Index(fields=("assessment", "-id"), name="sign_off_newest"),)

    def __str__(self) -> str:
        return f"{self.decision} of {self.assessment_id}"


class Condition(models.Model):
    """Something that must be done for an acceptance to hold: what, who sees to it, by when."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="conditions")
    sign_off = models.ForeignKey(SignOff, on_delete=models.CASCADE, related_name="conditions")
    text = models.TextField(max_length=settings.LIMITS["note"])
    owner = models.CharField(max_length=settings.LIMITS["name"])
    due_on = models.DateField()
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    met_how = models.TextField(blank=True, max_length=settings.LIMITS["note"])

    class Meta:
        constraints = (
            models.CheckConstraint(condition=both_or_neither("met_at", "met_by"), name="condition_met_at_and_by"),
        )
        indexes = (models.Index(fields=("due_on", "id"), condition=Q(met_at=None), name="condition_due"),)

    def __str__(self) -> str:
        return self.text[:60]
