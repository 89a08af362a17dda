"""The people of a workspace: list, one membership, teams. For administrators, and for leads of their own team."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.language import N_, _
from assess.people import actions
from assess.people.access import signed_in, user_of
from assess.people.forms import MembershipForm, RoleForm, TeamForm, add_issues
from assess.people.invitations import open_invitations
from assess.people.mail import unsent_mails
from assess.people.membership_policies import (
    AdminScope,
    get_administration,
    open_admin_scope,
    open_workspace_admin_scope,
)
from assess.people.models import Invitation, Membership, Team, User, Workspace
from assess.people.roles import TEAM_ROLES, WORKSPACE_ROLES
from assess.questionnaire.facade import ValidationFailed, name_key

#: People shown at once; a workspace with more is searched. Also the open invitations shown, the newest first.
PAGE_SIZE = 200

#: After a role was changed or a membership added.
ROLE_CHANGED = N_("{person} is now {membership}.")

#: Two forms of one page both have a role, so the second one's fields have ids of their own.
ADD_FORM_ID = "id_add_%s"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Members of one team, or (None) with a role in the whole workspace, and who is invited there."""

    team: Team | None
    members: list[Membership]
    invitations: list[Invitation]


@dataclass(frozen=True, kw_only=True)
class OwnMembership:
    """One of a person's own memberships, and the names of the people to turn to there."""

    membership: Membership
    can_manage: bool
    managers: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def my_memberships(request: HttpRequest) -> HttpResponseBase:
    """Where the person belongs; straight to the people of their only workspace, when they manage it.

    Posting creates a team of their own for somebody who belongs nowhere.
    """
    user = user_of(request)
    queryset = Membership.objects.filter(user=user).select_related("workspace", "team")
    memberships = sorted(queryset, key=lambda membership: (str(membership.workspace), str(membership.team or "")))
    if request.method == "POST":
        if not memberships:
            actions.create_workspace_for(user)
            messages.success(request, _("You have your own team now. Start an assessment, or invite people."))
        return redirect("people-mine")
    own_memberships = list_own_memberships(user, memberships)
    workspace_ids = {membership.workspace_id for membership in memberships}
    manages_all = all(own.can_manage for own in own_memberships)
    if len(workspace_ids) == 1 and manages_all and "all" not in request.GET:
        return redirect("people", workspace_ids.pop())
    return render(request, "people/mine.html", {"own_memberships": own_memberships})


@require_safe
@signed_in
def people(request: HttpRequest, workspace_id: int) -> HttpResponse:
    """The members and open invitations that this person manages, by team; or those that match a search."""
    scope = open_admin_scope(user_of(request), workspace_id)
    search = " ".join(request.GET.get("q", "").replace("\0", "").split())[:120]
    members = search_members(scope, search)
    teams = None if scope.is_whole_workspace else scope.teams
    invitations = [] if search else open_invitations(scope.workspace, PAGE_SIZE + 1, teams=teams)
    context = {
        "workspace": scope.workspace,
        "scope": scope,
        "groups": group_by_team(scope, members[:PAGE_SIZE], invitations[:PAGE_SIZE]),
        "search": search,
        "has_more_members": len(members) > PAGE_SIZE,
        "has_more_invitations": len(invitations) > PAGE_SIZE,
        "page_size": PAGE_SIZE,
        "team_form": TeamForm(),
        "unsent_mails": unsent_mails(scope.workspace, limit=PAGE_SIZE) if scope.is_whole_workspace else [],
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def membership(request: HttpRequest, workspace_id: int, membership_id: int) -> HttpResponseBase:
    """One membership, to change its role."""
    user = user_of(request)
    scope = open_admin_scope(user, workspace_id)
    member = get_membership_in(scope, membership_id)
    form = role_form(member, request)
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            actions.change_role(member, role, by=user)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            described = actions.describe_membership(role, member.team, scope.workspace)
            messages.success(request, _(ROLE_CHANGED).format(person=member.user, membership=described))
            return redirect_to_people(user, scope.workspace)
    return render_membership(request, scope, member, form=form)


@require_POST
@signed_in
def remove_membership(request: HttpRequest, workspace_id: int, membership_id: int) -> HttpResponseBase:
    user = user_of(request)
    scope = open_admin_scope(user, workspace_id)
    member = get_membership_in(scope, membership_id)
    try:
        actions.remove_membership(member, by=user)
    except ValidationFailed as refusal:
        form = RoleForm({"role": member.role}, roles=WORKSPACE_ROLES if member.team is None else TEAM_ROLES)
        add_issues(form, refusal)
        return render_membership(request, scope, member, form=form)
    sentence = _("{person} no longer belongs to {place}.")
    messages.success(request, sentence.format(person=member.user, place=member.team or scope.workspace))
    return redirect_to_people(user, scope.workspace)


@require_POST
@signed_in
def add_membership(request: HttpRequest, workspace_id: int, membership_id: int) -> HttpResponseBase:
    """One more membership for somebody who belongs to the workspace already."""
    user = user_of(request)
    scope = open_admin_scope(user, workspace_id)
    member = get_membership_in(scope, membership_id)
    form = add_form(scope, request)
    if form.is_valid():
        role, team = form.cleaned_data["role"], form.team
        try:
            actions.add_membership(member.user, workspace=scope.workspace, team=team, role=role, by=user)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            described = actions.describe_membership(role, team, scope.workspace)
            messages.success(request, _(ROLE_CHANGED).format(person=member.user, membership=described))
            return redirect_to_people(user, scope.workspace)
    return render_membership(request, scope, member, adding=form)


@require_POST
@signed_in
def create_team(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    scope = open_workspace_admin_scope(user, workspace_id)
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            created = actions.create_team(scope.workspace, form.cleaned_data["name"], by=user)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            messages.success(request, _("Team {team} created. Now invite its lead.").format(team=created))
            return redirect("people", scope.workspace.pk)
    return render_team(request, scope, None, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def team(request: HttpRequest, workspace_id: int, team_id: int) -> HttpResponseBase:
    """One team, to rename."""
    user = user_of(request)
    scope = open_workspace_admin_scope(user, workspace_id)
    renamed = get_object_or_404(Team, workspace=scope.workspace, pk=team_id)
    form = TeamForm(request.POST if request.method == "POST" else None, initial={"name": renamed.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_team(renamed, form.cleaned_data["name"], by=user)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            messages.success(request, _("Team renamed to {team}.").format(team=renamed))
            return redirect("people", scope.workspace.pk)
    return render_team(request, scope, renamed, form)


# --- what the pages show


def get_membership_in(scope: AdminScope, membership_id: int) -> Membership:
    """404 for one that this person does not manage. One query."""
    queryset = Membership.objects.select_related("user", "team", "workspace")
    member = get_object_or_404(queryset, workspace=scope.workspace, pk=membership_id)
    if not scope.includes(member.team_id):
        raise Http404
    return member


def search_members(scope: AdminScope, search: str) -> list[Membership]:
    """The members whom this person manages, by name; one more than a page, to know whether there are more. One
    query."""
    queryset = Membership.objects.filter(workspace=scope.workspace).select_related("user")
    if not scope.is_whole_workspace:
        queryset = queryset.filter(team__in=scope.teams)
    if search:
        queryset = queryset.filter(Q(user__name_key__contains=name_key(search)) | Q(user__email__icontains=search))
    return list(queryset.order_by("user__name", "user__email", "id")[: PAGE_SIZE + 1])


def group_by_team(scope: AdminScope, members: list[Membership], invitations: list[Invitation]) -> list[Group]:
    """A group for each team of the scope, after one (None) for the whole workspace where the person manages that."""
    teams: list[Team | None] = [None, *scope.teams] if scope.is_whole_workspace else [*scope.teams]
    groups = []
    for each in teams:
        team_id = each.pk if each else None
        groups.append(
            Group(
                team=each,
                members=[member for member in members if member.team_id == team_id],
                invitations=[invitation for invitation in invitations if invitation.team_id == team_id],
            )
        )
    return groups


def list_own_memberships(user: User, memberships: list[Membership]) -> list[OwnMembership]:
    """One query for each workspace (a person has few), and one for the names."""
    administrations = {each.workspace_id: get_administration(each.workspace) for each in memberships}
    manager_ids = {each.pk: administrations[each.workspace_id].managers_of(each.team_id) for each in memberships}
    names = dict(User.objects.filter(pk__in=set().union(*manager_ids.values())).values_list("pk", "name"))
    return [
        OwnMembership(
            membership=each,
            can_manage=administrations[each.workspace_id].can_manage_anyone(user.pk),
            managers=sorted(names[pk] or _("somebody without a name") for pk in manager_ids[each.pk] if pk != user.pk),
        )
        for each in memberships
    ]


def role_form(member: Membership, request: HttpRequest | None = None) -> RoleForm:
    """The form for another role, bound to what a request posted."""
    roles = WORKSPACE_ROLES if member.team is None else TEAM_ROLES
    data = request.POST if request is not None and request.method == "POST" else None
    return RoleForm(data, roles=roles, initial={"role": member.role})


def add_form(scope: AdminScope, request: HttpRequest | None = None) -> MembershipForm:
    """The form for one more membership, bound to what a request posted."""
    return MembershipForm(
        None if request is None else request.POST,
        teams=scope.teams,
        is_whole_workspace=scope.is_whole_workspace,
        auto_id=ADD_FORM_ID,
    )


def redirect_to_people(user: User, workspace: Workspace) -> HttpResponseBase:
    """To the list, unless the person has just given up managing it. One query."""
    can_manage = get_administration(workspace).can_manage_anyone(user.pk)
    return redirect("people", workspace.pk) if can_manage else redirect("people-mine")


def render_membership(
    request: HttpRequest,
    scope: AdminScope,
    member: Membership,
    *,
    form: RoleForm | None = None,
    adding: MembershipForm | None = None,
) -> HttpResponse:
    """The page of one membership, with the form that was refused, if any."""
    context = {
        "workspace": scope.workspace,
        "membership": member,
        "is_you": member.user_id == user_of(request).pk,
        "form": form or role_form(member),
        # Where this team is all that the person manages, there is no other membership to give.
        "can_add": scope.is_whole_workspace or len(scope.teams) > 1,
        "add_form": adding or add_form(scope),
    }
    has_errors = (form is not None and form.errors) or (adding is not None and adding.errors)
    status = HTTPStatus.BAD_REQUEST if has_errors else HTTPStatus.OK
    return render(request, "people/membership.html", context, status=status)


def render_team(request: HttpRequest, scope: AdminScope, renamed: Team | None, form: TeamForm) -> HttpResponse:
    """The page of one team to rename, or (None) of a new one that was refused."""
    context = {"workspace": scope.workspace, "team": renamed, "form": form}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "people/team.html", context, status=status)
