"""Roles as data: each role's words, where it applies, what it allows. Start here.

To add a role, add a member to `Role` and its line to `ROLES`; everything else reads these attributes (forms, menu,
permissions, lists). Decides about people only ("may this person?"); whether a thing is in a state for it ("may this
happen?") is the business of the rooms above.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy

from assess.language import N_, _


class Ability(Enum):
    """What a role can allow; the value completes "may …"."""

    READ = "read the team's assessments"
    START = "start an assessment"
    ANSWER = "answer questions"
    SUBMIT = "submit a version"
    DELETE = "delete a draft and bring it back"
    ASK = "ask people to answer"
    AGREE = "agree on an answer"
    DISCUSS = "comment and challenge"
    CHALLENGE = "challenge a decision"
    REVIEW = "review and sign"
    SHARE = "share a result by link"
    INVITE = "invite people to the team"
    ADMINISTER = "manage the workspace's people and questionnaires"


class Role(models.TextChoices):
    """What a membership is; its attributes are in `ROLES`."""

    LEAD = "lead", gettext_lazy("Team lead")
    MEMBER = "member", gettext_lazy("Team member")
    RESPONDENT = "respondent", gettext_lazy("Respondent")
    VIEWER = "viewer", gettext_lazy("Viewer")
    ARCHITECT = "architect", gettext_lazy("Architect")
    ADMINISTRATOR = "administrator", gettext_lazy("Administrator")

    @property
    def abilities(self) -> frozenset[Ability]:
        return ROLES[self].abilities

    @property
    def noun(self) -> str:
        """The role within a sentence: "team lead"."""
        return _(ROLES[self].noun)

    @property
    def purpose(self) -> str:
        """What the role is for, in a line, for the person who chooses one."""
        return _(ROLES[self].purpose)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleDefinition:
    """The attributes of a role. `noun` and `purpose` are marked for translation."""

    noun: str
    purpose: str
    abilities: frozenset[Ability]
    in_whole_workspace: bool = False  #: instead of in one team


MEMBER_ABILITIES: Final = frozenset(
    {
        Ability.READ,
        Ability.START,
        Ability.ANSWER,
        Ability.SUBMIT,
        Ability.DELETE,
        Ability.AGREE,
        Ability.DISCUSS,
        Ability.CHALLENGE,
    }
)

ROLES: Final[Mapping[Role, RoleDefinition]] = {
    Role.LEAD: RoleDefinition(
        noun=N_("team lead"),
        purpose=N_("runs the team's assessments, asks people to answer, invites"),
        abilities=MEMBER_ABILITIES | {Ability.ASK, Ability.SHARE, Ability.INVITE},
    ),
    Role.MEMBER: RoleDefinition(
        noun=N_("team member"),
        purpose=N_("answers, comments and submits"),
        abilities=MEMBER_ABILITIES,
    ),
    # May be asked to answer (`assessments.respondents`), which is an assessment's business.
    Role.RESPONDENT: RoleDefinition(
        noun=N_("respondent"),
        purpose=N_("answers when asked; reads nothing else"),
        abilities=frozenset(),
    ),
    Role.VIEWER: RoleDefinition(
        noun=N_("viewer"),
        purpose=N_("reads what the team does"),
        abilities=frozenset({Ability.READ}),
    ),
    # Judges, and so does not answer; somebody who should do both is a member of the team as well.
    Role.ARCHITECT: RoleDefinition(
        noun=N_("architect"),
        purpose=N_("reads all teams, reviews and signs"),
        abilities=frozenset({Ability.READ, Ability.DISCUSS, Ability.REVIEW, Ability.SHARE}),
        in_whole_workspace=True,
    ),
    Role.ADMINISTRATOR: RoleDefinition(
        noun=N_("administrator"),
        purpose=N_("manages people and questionnaires; does not read answers"),
        abilities=frozenset({Ability.ADMINISTER}),
        in_whole_workspace=True,
    ),
}

#: Roles in the whole workspace, and roles in one team, in the order of the forms.
WORKSPACE_ROLES: Final = tuple(role for role in Role if ROLES[role].in_whole_workspace)
TEAM_ROLES: Final = tuple(role for role in Role if role not in WORKSPACE_ROLES)


def roles_with(ability: Ability) -> tuple[Role, ...]:
    """The roles that allow this, for queries such as `role__in=roles_with(Ability.READ)`."""
    return tuple(role for role in Role if ability in role.abilities)
