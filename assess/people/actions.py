"""Changes across people, workspaces and teams, each in one transaction.

Who may make them, and who has to stay, `charge` decides; the workspace's row is locked meanwhile, or two people could
each remove the other as the last.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from assess.language import N_, Words, _
from assess.people.charge import Charge, charge_of
from assess.people.models import WORKSPACE_ROLES, Membership, Role, Team, User, Workspace
from assess.people.notices import tell
from assess.questionnaire.facade import Issue, ValidationFailed, check_name

DEFAULT_TEAM = N_("My team")

#: Roles within a sentence.
ROLE_WORDS = Words(
    {
        Role.LEAD: N_("team lead"),
        Role.MEMBER: N_("team member"),
        Role.RESPONDENT: N_("respondent"),
        Role.VIEWER: N_("viewer"),
        Role.ARCHITECT: N_("architect"),
        Role.ADMINISTRATOR: N_("administrator"),
    }
)


@transaction.atomic
def give_a_place(user: User, *, team_name: str = "") -> Team:
    """A workspace and a team of their own for someone who signed up, as its lead. Returns the team.

    Others join by invitation, so the name of the workspace only has to make sense to them.
    """
    name = team_name.strip() or _(DEFAULT_TEAM)
    is_named = name not in {DEFAULT_TEAM, _(DEFAULT_TEAM)}
    workspace = Workspace.objects.create(name=name if is_named else workspace_after(str(user)))
    team = Team.objects.create(workspace=workspace, name=name)
    Membership.objects.create(user=user, workspace=workspace, team=team, role=Role.LEAD)
    return team


def workspace_after(person: str) -> str:
    """What a workspace is called after the one who signed up without naming a team."""
    return _("Workspace of {person}").format(person=person)[:120]


def lock(workspace: Workspace) -> Charge:
    """Who looks after its people, unchanged until the transaction ends."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    return charge_of(workspace)


def check_may_place(charge: Charge, by: User, team: Team | None) -> None:
    """Raises PermissionDenied (403)."""
    if not charge.may_place(by.pk, team.pk if team else None):
        raise PermissionDenied("may not decide who belongs here")


def check_role(role: str, team: Team | None) -> Role:
    """The role, if it is one for this team or (None) for the whole workspace. Raises ValidationFailed."""
    if role not in Role.values:
        raise ValidationFailed([Issue(code="role", message=_("Choose one of the roles in the list"), key="role")])
    if role in WORKSPACE_ROLES and team:
        message = _("Choose the whole workspace: {role} is no role in one team").format(role=ROLE_WORDS[Role(role)])
        raise ValidationFailed([Issue(code="role", message=message, key="place")])
    if role not in WORKSPACE_ROLES and team is None:
        message = _("Choose a team for a {role}").format(role=ROLE_WORDS[Role(role)])
        raise ValidationFailed([Issue(code="role", message=message, key="place")])
    return Role(role)


def words_of(role: str, team: Team | None, workspace: Workspace) -> str:
    """A place in words: "Team member of Payments"."""
    return _("{role} of {place}").format(role=Role(role).label, place=team or workspace)


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    """Another role in the same team, or in the whole workspace. The person is told."""
    charge = lock(membership.workspace)
    check_may_place(charge, by, membership.team)
    membership = _as_it_is(membership)
    new = check_role(role, membership.team)
    if membership.role == new:
        return
    issue = charge.why_needed(membership)
    others = Membership.objects.filter(user=membership.user, workspace=membership.workspace, team=None, role=new)
    if issue is None and membership.team is None and others.exists():
        message = _("{person} is {role} already").format(person=membership.user, role=ROLE_WORDS[new])
        issue = Issue(code="has_role", message=message, key="role")
    if issue:
        raise ValidationFailed([issue])
    membership.role = new
    membership.save(update_fields=["role"])
    _tell_of(membership, by, NOW, words_of(new, membership.team, membership.workspace))


@transaction.atomic
def add_place(user: User, *, workspace: Workspace, team: Team | None, role: str, by: User) -> Membership:
    """One more place for somebody who belongs to the workspace already: no invitation is needed to know them."""
    check_may_place(lock(workspace), by, team)
    new = check_role(role, team)
    places = Membership.objects.filter(user=user, workspace=workspace)
    if not places.exists():
        raise ValidationFailed(
            [Issue(code="stranger", message=_("Invite them: they do not belong to this workspace yet"))]
        )
    if (places.filter(team=team) if team else places.filter(team=None, role=new)).exists():
        raise ValidationFailed([already_there(user, team or workspace)])
    made = Membership.objects.create(user=user, workspace=workspace, team=team, role=new)
    _tell_of(made, by, NOW, words_of(new, team, workspace))
    return made


def already_there(user: User, place: Team | Workspace) -> Issue:
    message = _("{person} belongs to {place} already. Change their role in the list of people instead")
    return Issue(code="already_there", message=message.format(person=user, place=place))


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take somebody out of a team, or a role in the workspace from them. What they answered stays. They are told."""
    charge = lock(membership.workspace)
    check_may_place(charge, by, membership.team)
    membership = _as_it_is(membership)
    issue = charge.why_needed(membership)
    if issue:
        raise ValidationFailed([issue])
    place = words_of(membership.role, membership.team, membership.workspace)
    Membership.objects.filter(pk=membership.pk).delete()
    _tell_of(membership, by, NO_LONGER, place)


@transaction.atomic
def create_team(workspace: Workspace, name: str, *, by: User) -> Team:
    """A team without anybody yet; whoever looks after the workspace invites its lead."""
    if not lock(workspace).looks_after_all(by.pk):
        raise PermissionDenied("may not make teams")
    return Team.objects.create(workspace=workspace, name=_free_name(workspace, name))


@transaction.atomic
def rename_team(team: Team, name: str, *, by: User) -> None:
    if not lock(team.workspace).looks_after_all(by.pk):
        raise PermissionDenied("may not rename teams")
    team.name = _free_name(team.workspace, name, but=team)
    team.save(update_fields=["name"])


def _as_it_is(membership: Membership) -> Membership:
    """The row now that the workspace is locked; somebody else may have been quicker."""
    found = Membership.objects.select_related("user", "workspace", "team").filter(pk=membership.pk).first()
    if found is None:
        message = _("Look at the list again: {person} was removed meanwhile").format(person=membership.user)
        raise ValidationFailed([Issue(code="gone", message=message)])
    return found


def _free_name(workspace: Workspace, name: str, *, but: Team | None = None) -> str:
    try:
        name = check_name(" ".join(name.split()), settings.LIMITS["name"])
    except ValidationFailed as refused:
        raise refused.keyed("name") from None
    if not name:
        raise ValidationFailed([Issue(code="name", message=_("Enter a name for the team"), key="name")])
    taken = Team.objects.filter(workspace=workspace, name__iexact=name)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        message = _("Choose another name: {name} is a team already").format(name=name)
        raise ValidationFailed([Issue(code="taken", message=message, key="name")])
    return name


#: What somebody is told of their place.
NOW = N_("You are now {place}. {person} changed that.")
NO_LONGER = N_("You are no longer {place}. {person} changed that.")


def _tell_of(membership: Membership, by: User, sentence: str, place: str) -> None:
    """One of the sentences above. Nobody is told what they did themselves."""
    if membership.user_id != by.pk:
        tell([membership.user], _(sentence).format(place=place, person=by), reverse("people-mine"))
