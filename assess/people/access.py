"""Decorators by which each view names its policy; a system check finds views without one.

`SignInRequiredMiddleware` closes every view to the signed-out; these open one, or say who may use it. What a person
may see is decided where it is fetched (`Assessment.objects.visible_to(user)`): a stranger gets the 404 of a missing
object, and a role too low the 403 of `django.core.exceptions.PermissionDenied` (`assess.people.permissions`).
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from assess.language import N_, _
from assess.people import permissions
from assess.people.models import User, Workspace
from assess.web.facade import error_response

View = Callable[..., HttpResponseBase]

#: The attribute by which `assess.checks` finds a view's policy.
POLICY = "access_policy"

#: The attribute by which `SignInRequiredMiddleware` lets guests in.
FOR_GUESTS = "is_open_to_guests"

#: How the policy of a view that is open to all begins.
OPEN = "open to all: "

#: The attribute of a request in which `architect` leaves what it queried.
ARCHITECT_WORKSPACES = "architect_workspaces"

WITHOUT_TEAM = N_(
    "You are on no team. Members of the team that runs a system start its assessment. "
    "Architects read assessments, and administrators manage questionnaires."
)


def open_to_all(*, reason: str) -> Callable[[View], View]:
    """Open to the signed-out too. `reason` says why that is right."""

    def decorate(view: View) -> View:
        opened: View = login_not_required(view)
        setattr(opened, POLICY, f"{OPEN}{reason}")
        return opened

    return decorate


def guests_allowed(view: View) -> View:
    """Above another decorator: also for guests, who came by a link to answer one assessment. `SignInRequiredMiddleware`
    refuses them every view that is not marked so."""
    setattr(view, FOR_GUESTS, True)
    return view


def signed_in(view: View) -> View:
    """For anyone signed in; the view itself fetches only through the person."""
    setattr(view, POLICY, "signed in")
    return view


def team_member(view: View) -> View:
    """For anyone who is on a team: starting something needs one to own it. Others get 403 and read who can."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.teams_to_start_in(user_of(request)).exists():
            return error_response(
                request, HTTPStatus.FORBIDDEN, "errors/403.html", _(WITHOUT_TEAM), heading=_("Teams start assessments")
            )
        return view(request, *args, **kwargs)

    setattr(guarded, POLICY, "on a team")
    return guarded


def architect(view: View) -> View:
    """For architects of a workspace; others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        workspaces = list(permissions.workspaces_as_architect(user_of(request)))
        if not workspaces:
            raise PermissionDenied("not an architect")
        setattr(request, ARCHITECT_WORKSPACES, workspaces)
        return view(request, *args, **kwargs)

    setattr(guarded, POLICY, "architect of a workspace")
    return guarded


def architect_workspaces(request: HttpRequest) -> list[Workspace]:
    """The workspaces whose architect the person is. Only for views marked `architect`, which has queried them."""
    workspaces: list[Workspace] = getattr(request, ARCHITECT_WORKSPACES)
    return workspaces


def user_of(request: Any) -> User:
    """The signed-in person. Only for views behind a sign-in; raises TypeError elsewhere."""
    if not isinstance(request.user, User):
        raise TypeError("This view is open to the signed-out, so there may be no signed-in person.")
    return request.user
