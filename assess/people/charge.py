"""Who looks after the people of a workspace: one query answers who may place whom, and who must not go.

Administrators look after everybody. A workspace without an active administrator (whoever signs up alone has such a
one) is looked after by its team leads, each as if they were its administrator; else nobody could ever name one. With
an administrator there, a lead looks after the own team only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assess.language import _
from assess.people.models import Membership, Role, Workspace
from assess.questionnaire.facade import Issue


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """Active people by id: administrators of the workspace, and leads by team."""

    administrators: frozenset[int]
    leads: Mapping[int, frozenset[int]]

    def looks_after_all(self, user_id: int) -> bool:
        """Everybody in every role, and the teams themselves."""
        if self.administrators:
            return user_id in self.administrators
        return any(user_id in leads for leads in self.leads.values())

    def looks_after_some(self, user_id: int) -> bool:
        return user_id in self.administrators or any(user_id in leads for leads in self.leads.values())

    def may_place(self, user_id: int, team_id: int | None) -> bool:
        """Whether the person decides who has which role in this team, or (None) in the whole workspace."""
        if self.looks_after_all(user_id):
            return True
        return team_id is not None and user_id in self.leads.get(team_id, frozenset())

    def why_needed(self, membership: Membership) -> Issue | None:
        """What has to be done before this membership may end or become another; None when nothing has.

        A workspace keeps an administrator, and where it never had one each team keeps a lead: somebody must be able to
        let people in.
        """
        if membership.role == Role.ADMINISTRATOR and self.administrators == {membership.user_id}:
            message = _("Make somebody else administrator first: {person} is the last one of {workspace}")
            message = message.format(person=membership.user, workspace=membership.workspace)
            return Issue(code="last_administrator", message=message)
        leads = self.leads.get(membership.team_id or 0, frozenset())
        if membership.role == Role.LEAD and leads == {membership.user_id} and not self.administrators:
            message = _(
                "Make somebody else team lead first: {person} is the last one of {team}, "
                "and the workspace has no administrator"
            ).format(person=membership.user, team=membership.team)
            return Issue(code="last_lead", message=message)
        return None


def charge_of(workspace: Workspace) -> Charge:
    """One query."""
    administrators: set[int] = set()
    leads: dict[int, set[int]] = {}
    rows = Membership.objects.filter(
        workspace=workspace, role__in=(Role.ADMINISTRATOR, Role.LEAD), user__is_active=True
    )
    for user_id, team_id in rows.values_list("user_id", "team_id"):
        if team_id is None:
            administrators.add(user_id)
        else:
            leads.setdefault(team_id, set()).add(user_id)
    return Charge(
        administrators=frozenset(administrators), leads={team: frozenset(users) for team, users in leads.items()}
    )
