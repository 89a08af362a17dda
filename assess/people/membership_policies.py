"""Who may manage memberships, and who must stay: the last administrator or lead.

Administrators manage the whole workspace. A workspace without an active administrator (as after signing up alone) is
managed by its team leads, each as if they were its administrator; otherwise nobody could ever appoint one. Where there
is an administrator, a lead manages their own team only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from assess.language import _
from assess.people.models import Membership, Team, User, Workspace
from assess.people.permissions import workspaces_of
from assess.people.roles import Ability, roles_with
from assess.questionnaire.facade import Issue
from assess.web.facade import activate_for

ADMINISTERING_ROLES = roles_with(Ability.ADMINISTER)
LEADING_ROLES = roles_with(Ability.INVITE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Administration:
    """Ids of the active people who manage a workspace: its administrators, and the leads of each team."""

    administrators: frozenset[int]
    leads: Mapping[int, frozenset[int]]

    def can_manage_workspace(self, user_id: int) -> bool:
        """Whether the person manages everybody in every role, the teams and the settings."""
        if self.administrators:
            return user_id in self.administrators
        return any(user_id in leads for leads in self.leads.values())

    def can_manage_anyone(self, user_id: int) -> bool:
        """Whether the person manages the whole workspace or at least one team."""
        return user_id in self.administrators or any(user_id in leads for leads in self.leads.values())

    def can_assign(self, user_id: int, team_id: int | None) -> bool:
        """Whether the person decides who has which role in this team, or (None) in the whole workspace."""
        if self.can_manage_workspace(user_id):
            return True
        return team_id is not None and user_id in self.leads.get(team_id, frozenset())

    def managers_of(self, team_id: int | None) -> frozenset[int]:
        """Whom a member of this team, or (None) somebody without a team, turns to."""
        leads = self.leads.get(team_id, frozenset()) if team_id else frozenset()
        return leads or self.administrators or frozenset().union(*self.leads.values())

    def issue_if_last(self, membership: Membership) -> Issue | None:
        """What has to be done before this membership may end or become another; None when it may.

        A workspace keeps an administrator, and where it never had one each team keeps a lead: somebody must be able to
        let people in.
        """
        if membership.role in ADMINISTERING_ROLES and self.administrators == {membership.user_id}:
            message = _("Make somebody else administrator first: {person} is the last one of {workspace}")
            message = message.format(person=membership.user, workspace=membership.workspace)
            return Issue(code="last_administrator", message=message)
        leads = self.leads.get(membership.team_id or 0, frozenset())
        if membership.role in LEADING_ROLES and leads == {membership.user_id} and not self.administrators:
            message = _(
                "Make somebody else team lead first: {person} is the last one of {team}, "
                "and the workspace has no administrator"
            ).format(person=membership.user, team=membership.team)
            return Issue(code="last_lead", message=message)
        return None


def get_administration(workspace: Workspace) -> Administration:
    """Who manages the people of this workspace. One query."""
    administrators: set[int] = set()
    leads: dict[int, set[int]] = {}
    rows = Membership.objects.filter(
        workspace=workspace, role__in=(*ADMINISTERING_ROLES, *LEADING_ROLES), user__is_active=True
    )
    for user_id, team_id in rows.values_list("user_id", "team_id"):
        if team_id is None:
            administrators.add(user_id)
        else:
            leads.setdefault(team_id, set()).add(user_id)
    return Administration(
        administrators=frozenset(administrators), leads={team: frozenset(users) for team, users in leads.items()}
    )


def lock_administration(workspace: Workspace) -> Administration:
    """The same, unchanged until the transaction ends: otherwise two people could each remove the other as the last."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    return get_administration(workspace)


def check_can_assign(administration: Administration, by: User, team: Team | None) -> None:
    """Raises PermissionDenied (403)."""
    if not administration.can_assign(by.pk, team.pk if team else None):
        raise PermissionDenied("may not decide who belongs here")


def check_can_manage_workspace(workspace: Workspace, by: User) -> None:
    """Raises PermissionDenied (403). Locks the workspace, so only inside a transaction."""
    if not lock_administration(workspace).can_manage_workspace(by.pk):
        raise PermissionDenied("may not change the workspace")


@dataclass(frozen=True, kw_only=True, slots=True)
class AdminScope:
    """A workspace as one of its managers sees it: `teams` are those they manage, by name."""

    workspace: Workspace
    administration: Administration
    teams: list[Team]
    is_whole_workspace: bool

    def includes(self, team_id: int | None) -> bool:
        """Whether the person manages this team, or (None) what belongs to no team."""
        return self.is_whole_workspace or team_id in {team.pk for team in self.teams}


def open_admin_scope(user: User, workspace_id: int) -> AdminScope:
    """What of this workspace the person manages, and its localization for the rest of the request.

    404 for strangers, to whom the workspace does not exist; 403 (PermissionDenied) for members who manage nobody. Three
    queries.
    """
    workspace = get_object_or_404(workspaces_of(user), pk=workspace_id)
    activate_for(workspace)
    administration = get_administration(workspace)
    if not administration.can_manage_anyone(user.pk):
        raise PermissionDenied("manages nobody here")
    teams = Team.objects.filter(workspace=workspace).order_by("name", "id")
    return AdminScope(
        workspace=workspace,
        administration=administration,
        teams=[team for team in teams if administration.can_assign(user.pk, team.pk)],
        is_whole_workspace=administration.can_manage_workspace(user.pk),
    )


def open_workspace_admin_scope(user: User, workspace_id: int) -> AdminScope:
    """The same, for pages about the workspace itself: also 403 for a lead who manages only one team."""
    scope = open_admin_scope(user, workspace_id)
    if not scope.is_whole_workspace:
        raise PermissionDenied("may not change the workspace")
    return scope
