"""Changes across people, workspaces and teams, each in one transaction."""

from django.db import transaction

from assess.people.models import Membership, Role, Team, User, Workspace

DEFAULT_TEAM = "My team"


@transaction.atomic
def give_a_place(user: User, *, team_name: str = "") -> Team:
    """A workspace and a team of their own for someone who signed up, as its lead. Returns the team.

    Others join by invitation, so the name of the workspace only has to make sense to them.
    """
    name = team_name.strip() or DEFAULT_TEAM
    workspace = Workspace.objects.create(name=name if name != DEFAULT_TEAM else f"Workspace of {user}"[:120])
    team = Team.objects.create(workspace=workspace, name=name)
    Membership.objects.create(user=user, workspace=workspace, team=team, role=Role.OWNER)
    return team
