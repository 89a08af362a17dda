"""Users, workspaces, teams, and what joins them: memberships, invitations, API tokens, notices."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from assess.people.addresses import normalize_address
from assess.people.roles import WORKSPACE_ROLES, Role
from assess.questionnaire.facade import name_key
from assess.web.facade import read_file


def both_or_neither(first: str, second: str) -> models.Q:
    """A condition for check constraints: `x_at` and `x_by` are set together or not at all."""
    return models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True}) | models.Q(
        **{f"{first}__isnull": False, f"{second}__isnull": False}
    )


class NameKeyField(models.CharField[str, str]):
    """The `name` beside it as names are compared and searched (`name_key`), written whenever the row is saved.

    Databases differ in what they take for the same letter; so both compare this. A save with `update_fields` has to
    name it too.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Some letters become three when case is folded.
        super().__init__(*args, **{"max_length": 360, "blank": True, "editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = name_key(getattr(model_instance, "name", ""))
        setattr(model_instance, self.attname, key)
        return key


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address; addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normalize_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalize_address(username or ""))


class User(AbstractBaseUser):
    """A person, known by their e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    name_key = NameKeyField()
    #: Came by a link to answer one assessment: a name, no password and no real address. See `access.guests_allowed`.
    is_guest = models.BooleanField(default=False)
    #: Whether notices are mailed too; the page "Waiting for you" always shows them.
    wants_mail = models.BooleanField(default=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    #: How often the credentials changed; part of what a session is checked by. Only `end_earlier_access` counts.
    credentials_version = models.PositiveIntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),)

    def __str__(self) -> str:
        # Never the address: strangers see names too, on what is shared and printed.
        if self.erased_at is not None:
            return str(_("Someone who left"))
        return self.name or self.email.partition("@")[0]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and ends earlier access where this changes the password or switches the account off.

        Here rather than in each view, so that a shell, a command and allauth's flows all do the same. One query more
        where either may have changed; two more where it did.
        """
        fields = kwargs.get("update_fields")
        if self._state.adding or (fields is not None and not {"password", "is_active"} & set(fields)):
            super().save(*args, **kwargs)
            return
        stored = User.objects.only("password", "is_active", "credentials_version").get(pk=self.pk)
        # A stale row must not set the count back. Django hashes a password anew at sign-in when its rounds change.
        self.credentials_version = stored.credentials_version
        is_rehashed = fields is not None and getattr(self, "_password", None) is None and self.has_usable_password()
        has_changed = self.password != stored.password and not is_rehashed
        with transaction.atomic():
            super().save(*args, **kwargs)
            if has_changed or (stored.is_active and not self.is_active):
                self.end_earlier_access()

    def end_earlier_access(self) -> None:
        """The event "credentials changed": ends every session and API token made before it. Two statements.

        Whoever keeps a session alive through it (the browser that changed the password) signs it anew by
        `update_session_auth_hash`. What leads here is in `people.credentials`.
        """
        User.objects.filter(pk=self.pk).update(credentials_version=models.F("credentials_version") + 1)
        self.refresh_from_db(fields=["credentials_version"])
        ApiToken.objects.filter(user=self, revoked_at=None).update(revoked_at=timezone.now())

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares it at each request, for the present key and for earlier ones.
        content = f"{self.password}{self.credentials_version}"
        return salted_hmac("assess.User.session", content, secret=secret, algorithm="sha256").hexdigest()


class Paper(models.TextChoices):
    """What a workspace's reports are printed on."""

    A4 = "A4", _("A4")
    LETTER = "Letter", _("Letter")


def paper_of_site() -> str:
    return settings.REPORT_PAPER


def language_of_site() -> str:
    return settings.LANGUAGE_CODE


def time_zone_of_site() -> str:
    return settings.TIME_ZONE


class Workspace(models.Model):
    """An organisation's own space: nothing in it is seen from another.

    Its settings decide how pages, mails and reports are written: see `web.localization` and `branding`.
    """

    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    paper = models.CharField(max_length=10, choices=Paper.choices, default=paper_of_site)
    #: One of settings.LANGUAGES. No choices here: another language is no migration.
    language = models.CharField(max_length=16, default=language_of_site)
    #: By the name of the time zone database, such as "Pacific/Auckland".
    time_zone = models.CharField(max_length=64, default=time_zone_of_site)
    #: Printed on every page of a report, such as "Confidential: for the board only".
    confidentiality = models.CharField(max_length=120, blank=True)
    #: One of `money.CURRENCIES`. No choices here: another currency is no migration.
    currency = models.CharField(max_length=3, default="USD", db_default="USD")
    #: Whether outcomes may be exported as anonymised cases.
    offers_cases = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(paper__in=Paper.values), name="workspace_paper_is_known"),
        )

    def __str__(self) -> str:
        return self.name


class Logo(models.Model):
    """A workspace's picture as PNG, encoded again by `branding.clean_logo`; never the bytes that somebody sent.

    A table of its own, so that nothing that reads a workspace reads these bytes.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    content = models.BinaryField(null=True)
    stored_as = models.CharField(max_length=200, blank=True, db_default="")  #: its name in a store, instead
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(content__isnull=False) | ~models.Q(stored_as=""), name="logo_has_its_picture"
            ),
        )

    def __str__(self) -> str:
        return f"logo of {self.workspace_id}"

    def read_picture(self) -> bytes:
        """The PNG. Raises FileStoreError."""
        return read_file(self.content, self.stored_as)


class Team(models.Model):
    """People who share systems and their assessments."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=120)
    name_key = NameKeyField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "name_key"), name="team_name_once_per_workspace"),)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role: in one team, or in the whole workspace (an architect's, an administrator's), without a team.

    One person may be both architect and administrator of a workspace, by two memberships.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships", null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "team"), name="one_membership_per_team"),
            models.UniqueConstraint(
                fields=("user", "workspace", "role"), condition=models.Q(team=None), name="workspace_role_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=WORKSPACE_ROLES, team=None)
                | (~models.Q(role__in=WORKSPACE_ROLES) & ~models.Q(team=None)),
                name="workspace_roles_without_team_others_with",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} as {self.role} in {self.team or self.workspace}"


class Invitation(models.Model):
    """A membership offered to somebody: a role in a team, or (team None) in the whole workspace.

    With an address it is one person's, sent by mail; without, anybody with the link may accept it, once. Only the hash
    of the link's token is stored.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations", null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("accepted_at", "accepted_by"), name="invitation_accepted_at_and_by"
            ),
            models.CheckConstraint(
                condition=both_or_neither("revoked_at", "revoked_by"), name="invitation_revoked_at_and_by"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=WORKSPACE_ROLES, team=None)
                | (~models.Q(role__in=WORKSPACE_ROLES) & ~models.Q(team=None)),
                name="invitation_to_workspace_or_team",
            ),
        )
        indexes = (models.Index(fields=("created_by", "created_at"), name="invitation_by_person"),)

    def __str__(self) -> str:
        return f"invitation as {self.role} to {self.team or self.workspace}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class ApiToken(models.Model):
    """A person's key to the API, with the person's own permissions. Stored as a hash; shown once, when created."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    #: When it last changed something. Reading is not noted: a GET writes nothing.
    last_change_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"


class MailKind(models.TextChoices):
    """Why a mail goes out. Notices are to colleagues who may switch them off; the others can go to strangers."""

    NOTICE = "notice", _("something that waits")
    INVITATION = "invitation", _("an invitation, or a request to answer")
    ACCOUNT = "account", _("about an account")


class MailState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


class OutgoingMail(models.Model):
    """A mail and its own entry in the queue; written by `mail.queue_mails` alone.

    `content` is encrypted, and removed once the mail has left. Addresses are hashed, to count mails by recipient and by
    the network address that caused them.
    """

    kind = models.CharField(max_length=20, choices=MailKind.choices)
    state = models.CharField(max_length=20, choices=MailState.choices, default=MailState.WAITING)
    content = models.TextField()
    recipient_hash = models.CharField(max_length=64)
    source_hash = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", null=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(null=True)  # of the process that is at it
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=80, blank=True)  #: the kind of the last error, for who runs the site

    class Meta:
        indexes = (
            models.Index(fields=("state", "next_try_at"), name="mail_queue"),
            models.Index(fields=("recipient_hash", "created_at"), name="mail_of_recipient"),
            models.Index(fields=("workspace", "created_at"), name="mail_of_workspace"),
            models.Index(fields=("source_hash", "created_at"), name="mail_of_source"),
        )

    def __str__(self) -> str:
        return f"{self.kind} mail {self.pk}, {self.state}"


class Notice(models.Model):
    """Something that happened and that this person should know of; `url` is a path of the site."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-id"), name="notice_newest"),
            # Counted on almost every page.
            models.Index(fields=("user",), condition=models.Q(read_at=None), name="notice_unread"),
        )

    def __str__(self) -> str:
        return self.text
