"""Changes of memberships and teams, each in one transaction. Who may make them, `membership_policies` decides.

The workspace's row is locked meanwhile, or two people could each remove the other as the last.
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from assess.language import N_, _
from assess.people.mail import check_mail_name
from assess.people.membership_policies import check_can_assign, check_can_manage_workspace, lock_administration
from assess.people.models import Membership, Team, User, Workspace
from assess.people.notices import notify
from assess.people.roles import WORKSPACE_ROLES, Role
from assess.questionnaire.facade import Issue, ValidationFailed, name_key
from assess.record.facade import RENAMED, append_link

DEFAULT_TEAM = N_("My team")

#: What a person reads when somebody else changed their membership.
CHANGED = N_("You are now {membership}. {person} changed that.")
REMOVED = N_("You are no longer {membership}. {person} changed that.")


@transaction.atomic
def create_workspace_for(user: User, *, team_name: str = "") -> Team:
    """A workspace and a team of their own for someone who signed up, as its lead. Returns the team.

    Others join by invitation, so the name of the workspace only has to make sense to them.
    """
    name = team_name.strip() or _(DEFAULT_TEAM)
    is_named = name not in {DEFAULT_TEAM, _(DEFAULT_TEAM)}
    workspace = Workspace.objects.create(name=name if is_named else default_workspace_name(str(user)))
    team = Team.objects.create(workspace=workspace, name=name)
    Membership.objects.create(user=user, workspace=workspace, team=team, role=Role.LEAD)
    return team


def default_workspace_name(person: str) -> str:
    """The name of a workspace whose founder named no team: "Workspace of Ana"."""
    return _("Workspace of {person}").format(person=person)[:120]


def describe_membership(role: str, team: Team | None, workspace: Workspace) -> str:
    """The membership in words: "Team member of Payments"."""
    return _("{role} of {place}").format(role=Role(role).label, place=team or workspace)


def check_role(role: str, team: Team | None) -> Role:
    """The role, if it is one for this team or (None) for the whole workspace. Raises ValidationFailed."""
    if role not in Role.values:
        raise ValidationFailed([Issue(code="role", message=_("Choose one of the roles in the list"), key="role")])
    chosen = Role(role)
    if chosen in WORKSPACE_ROLES and team:
        message = _("Choose the whole workspace: {role} is not a role in a team").format(role=chosen.noun)
        raise ValidationFailed([Issue(code="role", message=message, key="place")])
    if chosen not in WORKSPACE_ROLES and team is None:
        message = _("Choose a team for a {role}").format(role=chosen.noun)
        raise ValidationFailed([Issue(code="role", message=message, key="place")])
    return chosen


def already_member_issue(user: User, place: Team | Workspace) -> Issue:
    message = _("{person} belongs to {place} already. Change their role in the list of people instead")
    return Issue(code="already_there", message=message.format(person=user, place=place))


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    """Another role in the same team, or in the whole workspace. Notifies the person."""
    administration = lock_administration(membership.workspace)
    check_can_assign(administration, by, membership.team)
    membership = reload_membership(membership)
    new_role = check_role(role, membership.team)
    if membership.role == new_role:
        return
    issue = administration.issue_if_last(membership)
    same = Membership.objects.filter(user=membership.user, workspace=membership.workspace, team=None, role=new_role)
    if issue is None and membership.team is None and same.exists():
        message = _("{person} is {role} already").format(person=membership.user, role=new_role.noun)
        issue = Issue(code="has_role", message=message, key="role")
    if issue:
        raise ValidationFailed([issue])
    membership.role = new_role
    membership.save(update_fields=["role"])
    notify_member(membership, CHANGED, by=by)


@transaction.atomic
def add_membership(user: User, *, workspace: Workspace, team: Team | None, role: str, by: User) -> Membership:
    """One more membership for somebody who belongs to the workspace already: they need no invitation."""
    check_can_assign(lock_administration(workspace), by, team)
    new_role = check_role(role, team)
    memberships = Membership.objects.filter(user=user, workspace=workspace)
    if not memberships.exists():
        raise ValidationFailed(
            [Issue(code="stranger", message=_("Invite them: they do not belong to this workspace yet"))]
        )
    if (memberships.filter(team=team) if team else memberships.filter(team=None, role=new_role)).exists():
        raise ValidationFailed([already_member_issue(user, team or workspace)])
    membership = Membership.objects.create(user=user, workspace=workspace, team=team, role=new_role)
    notify_member(membership, CHANGED, by=by)
    return membership


@transaction.atomic
def remove_membership(membership: Membership, *, by: User) -> None:
    """Take somebody out of a team, or a role in the workspace from them. Their answers stay. Notifies the person."""
    administration = lock_administration(membership.workspace)
    check_can_assign(administration, by, membership.team)
    membership = reload_membership(membership)
    issue = administration.issue_if_last(membership)
    if issue:
        raise ValidationFailed([issue])
    Membership.objects.filter(pk=membership.pk).delete()
    notify_member(membership, REMOVED, by=by)


@transaction.atomic
def create_team(workspace: Workspace, name: str, *, by: User) -> Team:
    """The new team, without members; an administrator invites its lead."""
    check_can_manage_workspace(workspace, by)
    return Team.objects.create(workspace=workspace, name=check_team_name(workspace, name))


@transaction.atomic
def rename_team(team: Team, name: str, *, by: User) -> None:
    check_can_manage_workspace(team.workspace, by)
    team.name = check_team_name(team.workspace, name, except_for=team)
    team.save(update_fields=["name", "name_key"])
    append_link(RENAMED, covers=[team])


def reload_membership(membership: Membership) -> Membership:
    """The row as it is now that the workspace is locked. Raises ValidationFailed if somebody removed it meanwhile."""
    reloaded = Membership.objects.select_related("user", "workspace", "team").filter(pk=membership.pk).first()
    if reloaded is None:
        message = _("Look at the list again: {person} was removed meanwhile").format(person=membership.user)
        raise ValidationFailed([Issue(code="gone", message=message)])
    return reloaded


def check_team_name(workspace: Workspace, name: str, *, except_for: Team | None = None) -> str:
    """The name on one line, if no other team of the workspace has it. Raises ValidationFailed."""
    try:
        name = check_mail_name(" ".join(name.split()), settings.LIMITS["name"])
    except ValidationFailed as refusal:
        raise refusal.keyed("name") from None
    if not name:
        raise ValidationFailed([Issue(code="name", message=_("Enter a name for the team"), key="name")])
    same_name = Team.objects.filter(workspace=workspace, name_key=name_key(name))
    if (same_name.exclude(pk=except_for.pk) if except_for else same_name).exists():
        message = _("Choose another name: {name} is a team already").format(name=name)
        raise ValidationFailed([Issue(code="taken", message=message, key="name")])
    return name


def notify_member(membership: Membership, sentence: str, *, by: User) -> None:
    """`CHANGED` or `REMOVED`, to the member. Nobody is notified of what they did themselves."""
    if membership.user_id != by.pk:
        described = describe_membership(membership.role, membership.team, membership.workspace)
        text = _(sentence).format(membership=described, person=by)
        notify([membership.user], text, reverse("people-mine"))
