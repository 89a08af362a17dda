"""The people of a workspace: list, one membership, teams. For administrators, and for leads of their own team."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.language import N_, _
from assess.people import actions
from assess.people.access import signed_in, user_of
from assess.people.charge import Charge, charge_of
from assess.people.forms_of_people import TEAM_ROLES, PlaceForm, RoleForm, TeamForm, add_problems
from assess.people.invitations import open_invitations
from assess.people.models import WORKSPACE_ROLES, Invitation, Membership, Team, User, Workspace
from assess.people.views.access import Desk, desk, posted, whole_desk
from assess.questionnaire.facade import ValidationFailed

#: People shown at once; a workspace with more is searched. Also the open invitations shown, the newest first.
SHOWN = 200

#: Said after a role or a place was given.
NOW = N_("{person} is now {place}.")

#: Two forms of one page both have a role.
ADDING = "id_add_%s"


@dataclass(frozen=True, kw_only=True)
class Group:
    """People of one team, or (None) with a role in the whole workspace, and who is invited there."""

    team: Team | None
    members: list[Membership]
    invitations: list[Invitation]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One of a person's own places, and who to turn to there."""

    membership: Membership
    may_look_after: bool
    in_charge: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mine(request: HttpRequest) -> HttpResponseBase:
    """Where the person belongs; straight to the people of their only workspace, when they look after it.

    Posting makes a team of their own for somebody who belongs nowhere.
    """
    user = user_of(request)
    own = Membership.objects.filter(user=user).select_related("workspace", "team")
    memberships = sorted(own, key=lambda each: (str(each.workspace), str(each.team or "")))
    if request.method == "POST":
        if not memberships:
            actions.give_a_place(user)
            messages.success(
                request, _("You have a team of your own now. Start an assessment, or invite people to it.")
            )
        return redirect("people-mine")
    places = _places(user, memberships)
    workspaces = {place.membership.workspace_id for place in places}
    if len(workspaces) == 1 and all(place.may_look_after for place in places) and "all" not in request.GET:
        return redirect("people", workspaces.pop())
    return render(request, "people/mine.html", {"places": places})


@require_safe
@signed_in
def people(request: HttpRequest, workspace_id: int) -> HttpResponse:
    user = user_of(request)
    here = desk(user, workspace_id)
    search = " ".join(request.GET.get("q", "").replace("\0", "").split())[:120]
    members = _members(here, search)
    reached = None if here.all_of_it else here.teams
    invitations = [] if search else open_invitations(here.workspace, SHOWN + 1, teams=reached)
    context = {
        "workspace": here.workspace,
        "desk": here,
        "groups": _groups(here, members[:SHOWN], invitations[:SHOWN]),
        "search": search,
        "is_cut": len(members) > SHOWN,
        "leaves_out_invitations": len(invitations) > SHOWN,
        "shown": SHOWN,
        "team_form": TeamForm(),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def membership(request: HttpRequest, workspace_id: int, membership_id: int) -> HttpResponseBase:
    """One person in one place: their role, to change."""
    user = user_of(request)
    here = desk(user, workspace_id)
    found = _membership(here, membership_id)
    roles = WORKSPACE_ROLES if found.team is None else TEAM_ROLES
    form = RoleForm(posted(request), roles=roles, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_role(found, form.cleaned_data["role"], by=user)
        except ValidationFailed as refused:
            add_problems(form, refused)
        else:
            words = actions.words_of(form.cleaned_data["role"], found.team, here.workspace)
            messages.success(request, _(NOW).format(person=found.user, place=words))
            return _back(user, here.workspace)
    return _membership_page(request, here, found, form)


@require_POST
@signed_in
def remove(request: HttpRequest, workspace_id: int, membership_id: int) -> HttpResponseBase:
    user = user_of(request)
    here = desk(user, workspace_id)
    found = _membership(here, membership_id)
    try:
        actions.remove(found, by=user)
    except ValidationFailed as refused:
        form = RoleForm({"role": found.role}, roles=WORKSPACE_ROLES if found.team is None else TEAM_ROLES)
        add_problems(form, refused)
        return _membership_page(request, here, found, form)
    sentence = _("{person} no longer belongs to {place}.")
    messages.success(request, sentence.format(person=found.user, place=found.team or here.workspace))
    return _back(user, here.workspace)


@require_POST
@signed_in
def add_place(request: HttpRequest, workspace_id: int, membership_id: int) -> HttpResponseBase:
    """One more place for somebody who is here already."""
    user = user_of(request)
    here = desk(user, workspace_id)
    found = _membership(here, membership_id)
    form = PlaceForm(request.POST, teams=here.teams, whole=here.all_of_it, auto_id=ADDING)
    if form.is_valid():
        try:
            made = actions.add_place(
                found.user, workspace=here.workspace, team=form.team, role=form.cleaned_data["role"], by=user
            )
        except ValidationFailed as refused:
            add_problems(form, refused)
        else:
            messages.success(request, _(NOW).format(person=made.user, place=_words(made)))
            return _back(user, here.workspace)
    return _membership_page(request, here, found, None, form)


@require_POST
@signed_in
def make_team(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    here = whole_desk(user, workspace_id)
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            made = actions.create_team(here.workspace, form.cleaned_data["name"], by=user)
        except ValidationFailed as refused:
            add_problems(form, refused)
        else:
            messages.success(request, _("{team} is there. Now invite somebody to lead it.").format(team=made))
            return redirect("people", here.workspace.pk)
    return _team_page(request, here, None, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def team(request: HttpRequest, workspace_id: int, team_id: int) -> HttpResponseBase:
    """One team, to rename."""
    user = user_of(request)
    here = whole_desk(user, workspace_id)
    found = get_object_or_404(Team, workspace=here.workspace, pk=team_id)
    form = TeamForm(posted(request), initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_team(found, form.cleaned_data["name"], by=user)
        except ValidationFailed as refused:
            add_problems(form, refused)
        else:
            messages.success(request, _("The team is called {team} now.").format(team=found))
            return redirect("people", here.workspace.pk)
    return _team_page(request, here, found, form)


# --- fetching and parts of pages


def _membership(here: Desk, membership_id: int) -> Membership:
    found = get_object_or_404(
        Membership.objects.select_related("user", "team", "workspace"), workspace=here.workspace, pk=membership_id
    )
    if not here.reaches(found.team_id):
        raise Http404
    return found


def _members(here: Desk, search: str) -> list[Membership]:
    """Those whom this person looks after, by name; one more than are shown. One query."""
    found = Membership.objects.filter(workspace=here.workspace).select_related("user")
    if not here.all_of_it:
        found = found.filter(team__in=here.teams)
    if search:
        found = found.filter(user__name__icontains=search) | found.filter(user__email__icontains=search)
    return list(found.order_by("user__name", "user__email", "id")[: SHOWN + 1])


def _groups(here: Desk, members: list[Membership], invitations: list[Invitation]) -> list[Group]:
    teams: list[Team | None] = [None, *here.teams] if here.all_of_it else [*here.teams]
    return [
        Group(
            team=each,
            members=[member for member in members if member.team_id == (each.pk if each else None)],
            invitations=[one for one in invitations if one.team_id == (each.pk if each else None)],
        )
        for each in teams
    ]


def _places(user: User, memberships: list[Membership]) -> list[Place]:
    """One query for the charge of each workspace (a person has few), one for the names."""
    charges: dict[int, Charge] = {each.workspace_id: charge_of(each.workspace) for each in memberships}
    wanted = {each.pk: _in_charge(charges[each.workspace_id], each.team_id) for each in memberships}
    names = dict(User.objects.filter(pk__in=set().union(*wanted.values())).values_list("pk", "name"))
    return [
        Place(
            membership=each,
            may_look_after=charges[each.workspace_id].looks_after_some(user.pk),
            in_charge=sorted(names[pk] or _("somebody without a name") for pk in wanted[each.pk] if pk != user.pk),
        )
        for each in memberships
    ]


def _in_charge(charge: Charge, team_id: int | None) -> frozenset[int]:
    leads = charge.leads.get(team_id, frozenset()) if team_id else frozenset()
    return leads or charge.administrators or frozenset().union(*charge.leads.values())


def _words(membership: Membership) -> str:
    return actions.words_of(membership.role, membership.team, membership.workspace)


def _back(user: User, workspace: Workspace) -> HttpResponseBase:
    """To the list, unless the person has just given up looking after it."""
    still = charge_of(workspace).looks_after_some(user.pk)
    return redirect("people", workspace.pk) if still else redirect("people-mine")


def _membership_page(
    request: HttpRequest, here: Desk, found: Membership, form: RoleForm | None, place_form: PlaceForm | None = None
) -> HttpResponse:
    roles = WORKSPACE_ROLES if found.team is None else TEAM_ROLES
    context = {
        "workspace": here.workspace,
        "membership": found,
        "is_you": found.user_id == user_of(request).pk,
        "form": form or RoleForm(roles=roles, initial={"role": found.role}),
        # Where this team is all that somebody looks after, there is no other place to give.
        "may_add": here.all_of_it or len(here.teams) > 1,
        "place_form": place_form or PlaceForm(teams=here.teams, whole=here.all_of_it, auto_id=ADDING),
    }
    wrong = (form is not None and form.errors) or (place_form is not None and place_form.errors)
    return render(request, "people/membership.html", context, status=HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK)


def _team_page(request: HttpRequest, here: Desk, found: Team | None, form: TeamForm) -> HttpResponse:
    context = {"workspace": here.workspace, "team": found, "form": form}
    return render(request, "people/team.html", context, status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK)
