"""What each role may do, as a table, and the questions asked of it.

Decides about people only ("may this person?"); whether a thing is in a state for it ("may this happen?") is the
business of the rooms above.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from assess.people.models import Membership, Role, Team, User, Workspace


class Ability(Enum):
    """What can be allowed; the value completes "may …"."""

    READ = "read the team's assessments"
    START = "start an assessment"
    ANSWER = "answer questions"
    SUBMIT = "submit a version"
    DELETE = "delete an assessment and bring it back"
    ASK = "ask people to answer"
    AGREE = "agree on an answer"
    DISCUSS = "comment and challenge"
    CHALLENGE = "challenge a decision"
    REVIEW = "review and sign"
    SHARE = "share a result by link"
    INVITE = "invite people to the team"


MEMBER = frozenset(
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

#: A role's abilities: in its team, or (an architect's) in every team of the workspace. An architect judges and so does
#: not answer; whoever should do both is a member of the team as well.
ROLES: dict[Role, frozenset[Ability]] = {
    Role.LEAD: MEMBER | {Ability.ASK, Ability.SHARE, Ability.INVITE},
    Role.MEMBER: MEMBER,
    # May be asked to answer (`assessments.respondents`), which is an assessment's business; reads nothing else.
    Role.RESPONDENT: frozenset(),
    Role.VIEWER: frozenset({Ability.READ}),
    Role.ARCHITECT: frozenset({Ability.READ, Ability.DISCUSS, Ability.REVIEW, Ability.SHARE}),
    # Looks after the workspace's people and questionnaires (`check_administers`); what teams answer is not theirs to
    # read.
    Role.ADMINISTRATOR: frozenset(),
}

READING_ROLES = tuple(role for role, allowed in ROLES.items() if Ability.READ in allowed)


def abilities(user: User, team: Team) -> frozenset[Ability]:
    """All that this person may do with what the team owns; empty for a stranger. One query."""
    roles = Membership.objects.filter(user=user).filter(Q(team=team) | Q(team=None, workspace=team.workspace_id))
    allowed: frozenset[Ability] = frozenset()
    for role in roles.values_list("role", flat=True):
        allowed |= ROLES[Role(role)]
    return allowed


def can(user: User, ability: Ability, team: Team) -> bool:
    """One query."""
    return ability in abilities(user, team)


def can_read(user: User, team: Team) -> bool:
    """One query."""
    return can(user, Ability.READ, team)


def can_edit(user: User, team: Team) -> bool:
    """Whether the person may answer for the team. One query."""
    return can(user, Ability.ANSWER, team)


def check_can(user: User, ability: Ability, team: Team) -> None:
    """Raises PermissionDenied (403) unless allowed. For what the person may see: a stranger gets 404 at the fetch."""
    if not can(user, ability, team):
        raise PermissionDenied(f"may not {ability.value}")


def readers_among(people: Iterable[User], team: Team) -> list[User]:
    """Of these people those who may read what the team owns: whoever has left is told nothing more of it. One query."""
    known = {person.pk: person for person in people}
    here = Q(team=team) | Q(team=None, workspace=team.workspace_id)
    reading = Membership.objects.filter(here, user__in=list(known), role__in=READING_ROLES)
    still = set(reading.values_list("user", flat=True))
    return [person for pk, person in known.items() if pk in still]


def teams_to_work_in(user: User) -> QuerySet[Team]:
    """Teams for which the person may start an assessment, by name."""
    roles = [role for role, allowed in ROLES.items() if Ability.START in allowed]
    return Team.objects.filter(memberships__user=user, memberships__role__in=roles).distinct().order_by("name", "id")


def workspaces_as_architect(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(memberships__user=user, memberships__role=Role.ARCHITECT).order_by("name", "id")


def architects_of(workspace_id: int) -> QuerySet[User]:
    """Who reviews what the workspace's teams submit."""
    return User.objects.filter(memberships__workspace=workspace_id, memberships__role=Role.ARCHITECT, is_active=True)


def workspaces_as_administrator(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(memberships__user=user, memberships__role=Role.ADMINISTRATOR).order_by("name", "id")


def workspaces_of(user: User) -> QuerySet[Workspace]:
    """Workspaces that the person belongs to in whatever role."""
    return Workspace.objects.filter(memberships__user=user).distinct()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Where a person is at home, by ids: what a list may be made of without asking again."""

    workspaces: tuple[int, ...]  #: all of whose teams they read
    teams: tuple[int, ...]  #: that they read beside these
    works_in: frozenset[int]  #: teams for which they may start and answer
    administers: bool


def reach_of(user: User) -> Reach:
    """One query."""
    workspaces, teams, works_in, administers = [], [], set(), False
    for membership in Membership.objects.filter(user=user).order_by("pk"):
        allowed = ROLES[Role(membership.role)]
        administers = administers or membership.role == Role.ADMINISTRATOR
        if membership.team_id is None:
            workspaces += [membership.workspace_id] if Ability.READ in allowed else []
            continue
        teams += [membership] if Ability.READ in allowed else []
        if Ability.START in allowed:
            works_in.add(membership.team_id)
    return Reach(
        workspaces=tuple(workspaces),
        teams=tuple(one.team_id for one in teams if one.team_id and one.workspace_id not in workspaces),
        works_in=frozenset(works_in),
        administers=administers,
    )


def check_administers(user: User, workspace: Workspace | None = None) -> None:
    """Raises PermissionDenied (403) unless an administrator of this workspace, or of any where none is given."""
    administered = workspaces_as_administrator(user)
    if not (administered if workspace is None else administered.filter(pk=workspace.pk)).exists():
        raise PermissionDenied("may not manage the workspace")
