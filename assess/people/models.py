"""Users and the places they belong to."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address; addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person, known by their e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),)

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(models.Model):
    """An organisation's own space: nothing in it is seen from another."""

    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who share systems and their assessments."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="team_name_once_per_workspace"),)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a membership allows; see `permissions`."""

    OWNER = "owner", "Team lead"
    MEMBER = "member", "Team member"
    ARCHITECT = "architect", "Architect"
    ADMINISTRATOR = "administrator", "Administrator"


#: Roles in the whole workspace instead of one team.
WORKSPACE_ROLES = (Role.ARCHITECT, Role.ADMINISTRATOR)


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
