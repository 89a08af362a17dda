"""Systems, assessments (one row per version), answers (one row per question), planned changes, append-only events."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assess.assessments.perspectives import Perspective
from assess.people.facade import AccessScope, NameKeyField, Team, User, Workspace, both_or_neither
from assess.questionnaire.facade import Answer as AnswerValue


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: User) -> "EditionQuerySet":
        """The shipped editions and those of the person's workspaces. What may be done with them is a matter of role."""
        from assess.people.facade import workspaces_of

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


class EditionTranslation(models.Model):
    """A published edition's texts in another language, kept as imported; the edition stays as it is.

    `language` as Django writes it: nl, pt-br. The newest import of a language takes the place of the one before. Nobody
    imported what came with the site.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=12)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("edition", "language"), name="edition_once_per_language"),)

    def __str__(self) -> str:
        return f"{self.edition} ({self.language})"


class System(models.Model):
    """What is assessed: an application that a team runs."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="systems")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="systems")
    name = models.CharField(max_length=120)
    name_key = NameKeyField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("team", "name_key"), name="system_name_once_per_team"),)

    def __str__(self) -> str:
        return self.name


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> "AssessmentQuerySet":
        """What this person may read: their teams' assessments, for an architect all of the workspace. None deleted."""
        return self.in_reach_of(user).filter(deleted_at=None)

    def in_reach_of(self, user: User) -> "AssessmentQuerySet":
        """As `visible_to`, deleted ones included (to undo)."""
        from assess.people.facade import Ability, Membership, roles_with

        mine = Membership.objects.filter(user=user, role__in=roles_with(Ability.READ))
        return self.filter(
            Q(team__in=mine.exclude(team=None).values("team"))
            | Q(workspace__in=mine.filter(team=None).values("workspace"))
        )

    def within(self, reach: AccessScope) -> "AssessmentQuerySet":
        """As `in_reach_of`, by ids read before: of one workspace or one team, an index then has the rows in order."""
        return self.filter(Q(workspace__in=reach.workspaces) | Q(team__in=reach.teams))

    def locked(self, pk: int) -> "Assessment":
        """The assessment as it is now, locked with its system until the transaction ends. One query.

        Raises Assessment.DoesNotExist. PostgreSQL locks in the order named: the system first, as everywhere, so that
        two actions never wait for each other.
        """
        joined = self.select_related("system__team", "workspace", "edition", "submitted_by")
        return joined.defer("edition__content").select_for_update(of=("system", "self")).get(pk=pk)


class State(models.TextChoices):
    """Where a version is between its first answer and a signature; `review.states` has the table of moves."""

    DRAFT = "draft", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WITH_CONDITIONS = "accepted_with_conditions", _("Accepted with conditions")
    SENT_BACK = "sent_back", _("Sent back")
    CHALLENGED = "challenged", _("Challenged")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: States in which a reviewer's acceptance stands, if only until a challenge of it is answered.
SIGNED = (State.ACCEPTED, State.ACCEPTED_WITH_CONDITIONS, State.CHALLENGED)


#: The versions that lists show, and those that wait to be brought back.
NEWEST = Q(is_newest=True, deleted_at=None)
DELETED = Q(deleted_at__isnull=False)
#: What the portfolio filters, counts and sorts by, with the columns of `NEWEST`: SQLite would read each row for them.
LISTED_BY = (
    "team",
    "current_verdict",
    "current_verdict_form",
    "current_verdict_at",
    "state",
    "edition",
    "gates_not_passed",
    "need",
    "readiness",
    "system_name",
    "is_newest",
    "deleted_at",
)


class Assessment(models.Model):
    """One version of a system's assessment. Open until submitted; after that neither it nor its answers change.

    `workspace` and `team` repeat the system's, so that lists of either read one index.
    On submitting, the hash of the answers and the result as the contract's JSON are kept, so that a later model or
    edition never alters what was said.
    With `answers_separately`, each person has answers of their own (`Respondent`, `Response`), and `answers` holds only
    what was agreed on; `answers.current_answers` combines the two.
    `current_verdict` and the fields after it are the summary that lists show and sort by: the verdict of the system's
    newest submitted version, on the newest version. Only `verdict_summary.refresh_summary` writes them.
    """

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="assessments")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="assessments")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="assessments")
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=30, choices=State.choices, default=State.DRAFT)
    answers_separately = models.BooleanField(default=False)
    names_shown = models.BooleanField(default=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="assessments")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answers_hash = models.CharField(max_length=64, blank=True)
    model_version = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=20, blank=True)  #: "" also where the answers decide nothing yet
    form = models.CharField(max_length=20, blank=True)
    result = models.JSONField(null=True, blank=True)
    overruled_to = models.CharField(max_length=20, blank=True)  #: the architect's verdict where a signature overrules
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: How many events its log holds; the next one gets the number after.
    log_length = models.PositiveIntegerField(default=0)
    #: The newest version of its system that is not deleted: the one that lists show.
    is_newest = models.BooleanField(default=True)
    system_name = models.CharField(max_length=360, blank=True)  #: its `name_key`, for sorting and searching
    current_verdict = models.CharField(max_length=20, blank=True)
    current_verdict_form = models.CharField(max_length=20, blank=True)
    current_verdict_at = models.DateTimeField(null=True, blank=True)  #: when that verdict was submitted
    need = models.PositiveSmallIntegerField(default=0)  #: the greater of the two pains, 0 to 100
    readiness = models.PositiveSmallIntegerField(default=0)  #: the least of the four capabilities, 0 to 100
    gates_not_passed = models.JSONField(default=dict, blank=True)  #: gate -> "failed" or "open"
    ask_again_on = models.DateField(null=True, blank=True)  #: when the current verdict is due to be asked again

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
                | (Q(submitted_at__isnull=False) & ~Q(answers_hash="")),
                name="submitted_keeps_hash",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at=None) | (~Q(state="draft") & Q(submitted_at__isnull=False)),
                name="draft_until_submitted",
            ),
            models.UniqueConstraint(
                fields=("system",), condition=Q(is_newest=True, deleted_at=None), name="one_newest_version_per_system"
            ),
        )
        indexes = (
            # Lists of a workspace. It holds what the portfolio filters, counts and sorts by, so that the index alone is
            # read: on SQLite, those columns of a row lie behind the pages that its `result` fills.
            models.Index(
                fields=("workspace", "-updated_at", "-id", *LISTED_BY), condition=NEWEST, name="newest_by_change"
            ),
            models.Index(fields=("team", "-updated_at", "-id"), condition=NEWEST, name="newest_of_team_by_change"),
            # What waits for an architect: states of which there are few among many.
            models.Index(
                fields=("workspace", "state", "submitted_at", "id"),
                condition=Q(deleted_at=None),
                name="state_of_workspace",
            ),
            models.Index(fields=("workspace", "-updated_at", "-id"), condition=DELETED, name="deleted_by_change"),
        )

    def __str__(self) -> str:
        return gettext("{system}, version {version}").format(system=self.system, version=self.version)

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def is_signed(self) -> bool:
        return self.state in SIGNED

    @property
    def counts(self) -> bool:
        """Whether its verdict can be the system's: it is there, and the team did not withdraw it."""
        return self.deleted_at is None and self.state != State.WITHDRAWN

    @property
    def is_open(self) -> bool:
        """Whether its answers may still change."""
        return self.submitted_at is None and self.deleted_at is None

    def current_answers(self) -> dict[str, AnswerValue]:
        """The present answers by key, as the pure rooms know them. One query, two where people answer separately."""
        from assess.assessments.answers import current_answers

        return current_answers([self])[self.pk]


class AnswerFields(models.Model):
    """What somebody gave to one question; `version` counts its changes from 1.

    `value` null with an empty `not_applicable` is "not sure yet". A row is never removed: when an answer is taken back,
    `answered` becomes false and `version` goes on, or a later answer would start again at 1 and a page opened long
    before could replace it unseen. The fold of the event log gives the same rows.
    """

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

    class Meta:
        abstract = True

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


class AnswerQuerySet(models.QuerySet["Answer"]):
    def given(self) -> "AnswerQuerySet":
        """Without the questions whose answer was taken back."""
        return self.filter(answered=True)


class Answer(AnswerFields):
    """The shared answer to one question of one assessment: what the team answered, or agreed on."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
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


class Respondent(models.Model):
    """Somebody asked to answer one assessment on their own. Without `user` they have not come yet.

    Invited by mail, or by a link alone, they come by a token (kept as a hash); somebody of the workspace is asked by
    name and has `user` from the start. `sections` are those asked of them; empty means those of their perspective.
    `guest_link` is the guest link by which they joined.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="respondents")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="asked", null=True, blank=True)
    perspective = models.CharField(max_length=20, choices=Perspective.choices, default=Perspective.DEVELOPER)
    sections = models.JSONField(default=list, blank=True)
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    guest_link = models.ForeignKey(
        "GuestLink", on_delete=models.PROTECT, related_name="respondents", null=True, blank=True
    )
    #: Of a guest: a keyed hash of the network address from which they joined, to tell many sheets from one.
    source = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)  #: when they said that they are done
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "user"), condition=Q(removed_at=None), name="asked_once_per_assessment"
            ),
            models.CheckConstraint(
                condition=both_or_neither("removed_at", "removed_by"), name="respondent_removed_at_and_by"
            ),
        )

    def __str__(self) -> str:
        return str(self.user) if self.user else self.email or gettext("Somebody with the link")

    def own_answers(self) -> dict[str, AnswerValue]:
        """Their present answers by key. One query."""
        return {row.key: row.as_answer() for row in self.responses.all() if row.answered}


class GuestLink(models.Model):
    """A link by which people without an account answer one assessment; each becomes a `Respondent`."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="guest_links")
    perspective = models.CharField(max_length=20, choices=Perspective.choices, default=Perspective.DEVELOPER)
    sections = models.JSONField(default=list, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("revoked_at", "revoked_by"), name="guest_link_revoked_at_and_by"
            ),
        )

    def __str__(self) -> str:
        return f"guest link to {self.assessment_id}"


class Response(AnswerFields):
    """One respondent's own answer to one question."""

    respondent = models.ForeignKey(Respondent, on_delete=models.CASCADE, related_name="responses")
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="responses")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("respondent", "key"), name="one_response_per_question"),
            models.CheckConstraint(
                condition=Q(answered=True) | Q(value__isnull=True, not_applicable=""),
                name="taken_back_response_has_no_value",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(not_applicable=""), name="response_value_or_does_not_apply"
            ),
        )
        indexes = (models.Index(fields=("assessment", "key"), name="response_of_assessment"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.assessment_id} by {self.respondent_id}"


class Agreement(models.Model):
    """That people who answered separately agreed on the shared answer to one question: by whom, with a note.

    The answer itself is the `Answer` row of the same key. `answers_before` has what each had answered, in words.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="agreements")
    key = models.CharField(max_length=80)
    note = models.TextField(blank=True, max_length=settings.LIMITS["note"])
    answers_before = models.JSONField(default=list)
    agreed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assessment", "key"), name="one_agreement_per_question"),)

    def __str__(self) -> str:
        return f"agreement on {self.key} of {self.assessment_id}"


class PlannedChange(models.Model):
    """One answer that the team plans to change.

    It is no answer, so a submitted version may have some. `before` is what was saved when the change was kept, null
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


class Event(models.Model):
    """One thing that happened to an assessment; rows are only ever added, by `log.write_events`.

    For an answer, `payload` holds the whole answer as saved and `version` the answer's version after it; with
    `respondent`, it is that person's own. `mutation_id` is made by the browser: a retry carries the same one and gets
    the first outcome. For planned changes, `payload` holds all of them, none where they were dropped.
    `number` counts an assessment's events from 1 without gaps, and `seal` is keyed over all the rest, so that
    `verify_log` finds a row that was changed, added or taken out behind our back.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="events")
    respondent = models.ForeignKey(Respondent, on_delete=models.CASCADE, related_name="events", null=True, blank=True)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)  #: an `EventKind`
    key = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    mutation_id = models.UUIDField(unique=True, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assessment", "number"), name="event_number_once"),)
        indexes = (models.Index(fields=("assessment", "-id"), name="event_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key} at {self.at:%Y-%m-%d %H:%M:%S}"
