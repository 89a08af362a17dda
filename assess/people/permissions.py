"""What a person may do with what a team or a workspace owns, by their memberships and the table in `roles`."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from assess.people.models import Membership, Team, User, Workspace
from assess.people.roles import Ability, Role, roles_with


def abilities(user: User, team: Team) -> frozenset[Ability]:
    """All that this person may do with what the team owns; empty for a stranger. One query."""
    memberships = Membership.objects.filter(user=user).filter(Q(team=team) | Q(team=None, workspace=team.workspace_id))
    return frozenset().union(*(Role(role).abilities for role in memberships.values_list("role", flat=True)))


def can(user: User, ability: Ability, team: Team) -> bool:
    """Whether the person may do this with what the team owns. One query."""
    return ability in abilities(user, team)


def can_read(user: User, team: Team) -> bool:
    """Whether the person may read what the team owns. One query."""
    return can(user, Ability.READ, team)


def can_edit(user: User, team: Team) -> bool:
    """Whether the person may answer for the team. One query."""
    return can(user, Ability.ANSWER, team)


def check_can(user: User, ability: Ability, team: Team) -> None:
    """Raises PermissionDenied (403) unless allowed. For what the person may see: a stranger gets 404 at the fetch."""
    if not can(user, ability, team):
        raise PermissionDenied(f"may not {ability.value}")


def filter_readers(people: Iterable[User], team: Team) -> list[User]:
    """Those of these people who may read what the team owns: people who have left get no notices. One query."""
    by_id = {person.pk: person for person in people}
    in_team = Q(team=team) | Q(team=None, workspace=team.workspace_id)
    memberships = Membership.objects.filter(in_team, user__in=list(by_id), role__in=roles_with(Ability.READ))
    reader_ids = set(memberships.values_list("user", flat=True))
    return [person for pk, person in by_id.items() if pk in reader_ids]


def teams_to_start_in(user: User) -> QuerySet[Team]:
    """The teams for which the person may start an assessment, by name."""
    mine = Team.objects.filter(memberships__user=user, memberships__role__in=roles_with(Ability.START))
    return mine.distinct().order_by("name", "id")


def leads_of(teams: Iterable[Team | int]) -> QuerySet[Membership]:
    """The memberships of the people who may invite to these teams, with their users."""
    return Membership.objects.filter(
        team__in=teams, role__in=roles_with(Ability.INVITE), user__is_active=True
    ).select_related("user")


def workspaces_of(user: User) -> QuerySet[Workspace]:
    """The workspaces that the person belongs to in whatever role."""
    return Workspace.objects.filter(memberships__user=user).distinct()


def workspaces_as_architect(user: User) -> QuerySet[Workspace]:
    """The workspaces in all of which the person reviews and signs, by name."""
    return workspaces_with(user, Ability.REVIEW)


def workspaces_as_administrator(user: User) -> QuerySet[Workspace]:
    """The workspaces that the person manages, by name."""
    return workspaces_with(user, Ability.ADMINISTER)


def workspaces_with(user: User, ability: Ability) -> QuerySet[Workspace]:
    """The workspaces in all of which the person has this ability, by name."""
    mine = Workspace.objects.filter(
        memberships__user=user, memberships__team=None, memberships__role__in=roles_with(ability)
    )
    return mine.distinct().order_by("name", "id")


def architects_of(workspace_id: int) -> QuerySet[User]:
    """The active people who review what the workspace's teams submit."""
    return User.objects.filter(
        memberships__workspace=workspace_id, memberships__role__in=roles_with(Ability.REVIEW), is_active=True
    ).distinct()


def check_administers(user: User, workspace: Workspace | None = None) -> None:
    """Raises PermissionDenied (403) unless an administrator of this workspace, or of any where none is given."""
    administered = workspaces_as_administrator(user)
    if not (administered if workspace is None else administered.filter(pk=workspace.pk)).exists():
        raise PermissionDenied("may not manage the workspace")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessScope:
    """What a person reads and edits, by ids: enough to build a list without asking again."""

    workspaces: tuple[int, ...]  #: all of whose teams they read
    teams: tuple[int, ...]  #: that they read besides these
    editable_teams: frozenset[int]  #: for which they may start and answer
    is_administrator: bool


def get_access_scope(user: User) -> AccessScope:
    """The person's scope over all their workspaces. One query."""
    workspaces: list[int] = []
    teams: list[tuple[int, int]] = []
    editable_teams: set[int] = set()
    is_administrator = False
    for membership in Membership.objects.filter(user=user).order_by("pk"):
        allowed = Role(membership.role).abilities
        is_administrator = is_administrator or Ability.ADMINISTER in allowed
        if membership.team_id is None:
            workspaces += [membership.workspace_id] if Ability.READ in allowed else []
            continue
        teams += [(membership.team_id, membership.workspace_id)] if Ability.READ in allowed else []
        editable_teams |= {membership.team_id} if Ability.START in allowed else set()
    return AccessScope(
        workspaces=tuple(workspaces),
        teams=tuple(team_id for team_id, workspace_id in teams if workspace_id not in workspaces),
        editable_teams=frozenset(editable_teams),
        is_administrator=is_administrator,
    )
