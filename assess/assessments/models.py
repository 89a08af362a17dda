"""Systems, assessments (one row per version), answers (one row per question), plans and the append-only event log."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assess.people.models import Team, User, Workspace
from assess.questionnaire.schema import Answer as AnswerValue


def both_or_neither(first: str, second: str) -> Q:
    """A condition for check constraints: `x_at` and `x_by` are set together or not at all."""
    return Q(**{f"{first}__isnull": True, f"{second}__isnull": True}) | Q(
        **{f"{first}__isnull": False, f"{second}__isnull": False}
    )


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: User) -> "EditionQuerySet":
        """The shipped editions and those of the person's workspaces. What may be done with them is a matter of role."""
        from assess.people.permissions import workspaces_of

        return self.filter(Q(workspace=None) | Q(workspace__in=workspaces_of(user)))

    def to_start_with(self) -> "EditionQuerySet":
        """Published and not retired."""
        return self.filter(published_at__isnull=False, retired_at=None)


class Edition(models.Model):
    """One version of a questionnaire, kept as the bytes that were imported. Without a workspace it came with the site.

    A draft may be replaced by another import; once published, nothing of it changes but that it can be retired:
    assessments started with it keep it, new ones do not start with it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="editions", null=True, blank=True)
    slug = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField(default=timezone.now, null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("slug", "version"), condition=Q(workspace=None), name="shipped_edition_once"
            ),
            models.UniqueConstraint(fields=("workspace", "slug", "version"), name="edition_once_per_workspace"),
            # Nobody imported or published what came with the site.
            models.CheckConstraint(
                condition=Q(
                    workspace=None, imported_by=None, published_at__isnull=False, published_by=None, retired_at=None
                )
                | (
                    Q(workspace__isnull=False, imported_by__isnull=False)
                    & both_or_neither("published_at", "published_by")
                ),
                name="edition_published_at_and_by",
            ),
            models.CheckConstraint(
                condition=both_or_neither("retired_at", "retired_by"), name="edition_retired_at_and_by"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None) | Q(published_at__isnull=False), name="edition_retired_after_published"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_published(self) -> bool:
        """Whether new assessments may start with it."""
        return self.published_at is not None and self.retired_at is None

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def state(self) -> str:
        """One of `draft`, `published`, `retired`."""
        return "draft" if self.is_draft else "retired" if self.is_retired else "published"


class System(models.Model):
    """What is assessed: an application that a team runs."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="systems")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="systems")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("team", "name"), name="system_name_once_per_team"),)

    def __str__(self) -> str:
        return self.name


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> "AssessmentQuerySet":
        """What this person may read: their teams' assessments, for an architect all of the workspace. None deleted."""
        return self.in_reach_of(user).filter(deleted_at=None)

    def in_reach_of(self, user: User) -> "AssessmentQuerySet":
        """As `visible_to`, deleted ones included (to undo)."""
        from assess.people.models import Membership, Role

        mine = Membership.objects.filter(user=user)
        return self.filter(
            Q(system__team__in=mine.exclude(team=None).values("team"))
            | Q(workspace__in=mine.filter(role=Role.ARCHITECT).values("workspace"))
        )


class Assessment(models.Model):
    """One version of a system's assessment. Open until submitted; after that neither it nor its answers change.

    `workspace` repeats the system's, so that lists of a workspace read one index.
    On submitting, the hash of the answers and the result as the contract's JSON are kept, so that a later model or
    edition never alters what was said.
    """

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="assessments")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="assessments")
    version = models.PositiveIntegerField(default=1)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="assessments")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answers_hash = models.CharField(max_length=64, blank=True)
    model_version = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    form = models.CharField(max_length=20, blank=True)
    result = models.JSONField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("system", "version"), name="assessment_version_once"),
            models.UniqueConstraint(
                fields=("system",),
                condition=Q(submitted_at=None, deleted_at=None),
                name="one_open_version_per_system",
            ),
            models.CheckConstraint(
                condition=both_or_neither("submitted_at", "submitted_by"), name="submitted_at_and_by"
            ),
            models.CheckConstraint(condition=both_or_neither("deleted_at", "deleted_by"), name="deleted_at_and_by"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, answers_hash="", verdict="")
                | (Q(submitted_at__isnull=False) & ~Q(answers_hash="") & ~Q(verdict="")),
                name="submitted_keeps_hash_and_verdict",
            ),
        )
        indexes = (models.Index(fields=("workspace", "-updated_at", "-id"), name="assessment_newest"),)

    def __str__(self) -> str:
        return f"{self.system}, version {self.version}"

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def is_open(self) -> bool:
        """Whether its answers may still change."""
        return self.submitted_at is None and self.deleted_at is None

    def given_answers(self) -> dict[str, AnswerValue]:
        """The present answers by question key, as the pure rooms know them. One query."""
        return {answer.key: answer.as_answer() for answer in self.answers.given()}


class AnswerQuerySet(models.QuerySet["Answer"]):
    def given(self) -> "AnswerQuerySet":
        """Without the questions whose answer was taken back."""
        return self.filter(answered=True)


class Answer(models.Model):
    """The present answer to one question of one assessment; `version` counts its changes from 1.

    `value` null with an empty `not_applicable` is "not sure yet". A row is never removed: when an answer is taken back,
    `answered` becomes false and `version` goes on, or a later answer would start again at 1 and a page opened long
    before could replace it unseen. The fold of the event log gives the same rows.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=80)
    answered = models.BooleanField(default=True)
    value = models.JSONField(null=True)
    basis = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True, max_length=settings.LIMITS["note"])
    link = models.CharField(max_length=settings.LIMITS["link"], blank=True)
    not_applicable = models.TextField(blank=True, max_length=settings.LIMITS["note"])
    who_knows = models.CharField(max_length=settings.LIMITS["name"], blank=True)
    version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "key"), name="one_answer_per_question"),
            models.CheckConstraint(
                condition=Q(answered=True) | Q(value__isnull=True, not_applicable=""),
                name="taken_back_answer_has_no_value",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(not_applicable=""), name="value_or_does_not_apply"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} of {self.assessment_id}"

    def as_answer(self) -> AnswerValue:
        """The answer as the pure rooms know it."""
        value = tuple(self.value) if isinstance(self.value, list) else self.value
        return AnswerValue(
            value=value,
            basis=self.basis or None,  # type: ignore[arg-type]  # the save protocol admits only the three
            note=self.note,
            link=self.link,
            not_applicable=self.not_applicable,
            who_knows=self.who_knows,
        )


class PlannedChange(models.Model):
    """One answer that the team plans to change: all of an assessment's rows are its plan.

    A plan is no answer, so a submitted version may have one. `before` is what was saved when the plan was kept, null
    where it was not known.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="planned_changes")
    key = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assessment", "key"), name="one_planned_change_per_question"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.assessment_id}, planned"


class EventKind(models.TextChoices):
    STARTED = "started", "started"
    ANSWERED = "answered", "answered"
    CLEARED = "cleared", "cleared the answer"
    SUBMITTED = "submitted", "submitted"
    DELETED = "deleted", "deleted"
    RESTORED = "restored", "restored"
    PLANNED = "planned", "changed the plan"


class Event(models.Model):
    """One thing that happened to an assessment; rows are only ever added.

    For an answer, `payload` holds the whole answer as saved and `version` the answer's version after it. `mutation_id`
    is made by the browser: a retry carries the same one and gets the first outcome. For a plan, `payload` holds all its
    changes, none where it was dropped; it is no answer.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    key = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    mutation_id = models.UUIDField(unique=True, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("assessment", "-id"), name="event_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key} at {self.at:%Y-%m-%d %H:%M:%S}"
