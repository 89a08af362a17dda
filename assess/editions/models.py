"""The rows of files that the linter checks, which are the queue too."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.people.facade import User, Workspace
from assess.questionnaire.facade import Issue


class LintState(models.TextChoices):
    QUEUED = "queued", _("waiting for its turn")
    RUNNING = "running", _("being checked")
    DONE = "done", _("checked")
    FAILED = "failed", _("could not be checked")


class LintRun(models.Model):
    """What the linter finds in one file of a workspace, by its bytes and the language of its findings: run once."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=16)
    content = models.BinaryField()
    file_name = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=LintState.choices, default=LintState.QUEUED)
    found = models.JSONField(default=list)  #: the fields of each `Issue`
    attempts = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    queued_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(null=True)  # of the process that is at it

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "sha256", "language"), name="lint_once_per_file"),)
        indexes = (models.Index(fields=("state", "queued_at"), name="lint_queue"),)

    def __str__(self) -> str:
        return f"check of {self.file_name}, {self.state}"

    @property
    def is_waiting(self) -> bool:
        return self.state in {LintState.QUEUED, LintState.RUNNING}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was found, in the file's order; or that it could not be checked. Empty while it waits."""
        if self.state == LintState.FAILED:
            message = _("Make it smaller, then import it again: checking this file took too long")
            return (Issue(code="not_checked", message=str(message), file=self.file_name),)
        return tuple(Issue(**fields) for fields in self.found)
