"""Fetching a workspace and what is in it for whoever looks after its people.

To a stranger a workspace does not exist (404); of its members only those in charge come in (403 for the others), and
what a team's lead does not look after does not exist for them.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from assess.people.charge import Charge, charge_of
from assess.people.models import Team, User, Workspace
from assess.people.permissions import workspaces_of
from assess.web.facade import activate_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A workspace as one person in charge sees it: `teams` are those they look after, by name."""

    workspace: Workspace
    charge: Charge
    teams: list[Team]
    all_of_it: bool

    def reaches(self, team_id: int | None) -> bool:
        return self.all_of_it or team_id in {team.pk for team in self.teams}


def desk(user: User, workspace_id: int) -> Desk:
    """Three queries."""
    workspace = get_object_or_404(workspaces_of(user), pk=workspace_id)
    activate_for(workspace)
    charge = charge_of(workspace)
    if not charge.looks_after_some(user.pk):
        raise PermissionDenied("looks after nobody here")
    teams = [
        team
        for team in Team.objects.filter(workspace=workspace).order_by("name", "id")
        if charge.may_place(user.pk, team.pk)
    ]
    return Desk(workspace=workspace, charge=charge, teams=teams, all_of_it=charge.looks_after_all(user.pk))


def whole_desk(user: User, workspace_id: int) -> Desk:
    """For what concerns the workspace and its teams themselves; whoever leads only one of them may not (403)."""
    here = desk(user, workspace_id)
    if not here.all_of_it:
        raise PermissionDenied("may not change the workspace")
    return here


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to; an empty one that was sent is bound as well, and refused by its fields."""
    return request.POST if request.method == "POST" else None
