"""Every view names its policy by one of these decorators; a system check finds views that do not.

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

#: The attribute by which `SignInRequiredMiddleware` lets a guest in.
FOR_GUESTS = "for_guests"
OPEN = "open to all: "

#: The attribute in which `architect` leaves what it found.
ARCHITECT_OF = "architect_of"

WITHOUT_TEAM = N_(
    "Whoever is on the team that runs a system starts its assessment; you are on no team. "
    "Architects read assessments, and administrators look after questionnaires."
)


def open_to_all(*, reason: str) -> Callable[[View], View]:
    """Open to the signed-out too. `reason` says why that is right."""

    def decorate(view: View) -> View:
        opened: View = login_not_required(view)
        setattr(opened, POLICY, f"{OPEN}{reason}")
        return opened

    return decorate


def guests_too(view: View) -> View:
    """Above another decorator: also for guests, who came by a link to answer one assessment and are kept from all
    that is not marked so."""
    setattr(view, FOR_GUESTS, True)
    return view


def signed_in(view: View) -> View:
    """For anyone signed in; the view itself fetches only through the person."""
    setattr(view, POLICY, "signed in")
    return view


def team_member(view: View) -> View:
    """For anyone who is on a team: starting something needs one to own it. Others get 403 and are told whose it is."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.teams_to_work_in(user_of(request)).exists():
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
        found = list(permissions.workspaces_as_architect(user_of(request)))
        if not found:
            raise PermissionDenied("not an architect")
        setattr(request, ARCHITECT_OF, found)
        return view(request, *args, **kwargs)

    setattr(guarded, POLICY, "architect of a workspace")
    return guarded


def architects_workspaces(request: HttpRequest) -> list[Workspace]:
    """The workspaces whose architect the person is. Only for views marked `architect`, which has asked already."""
    found: list[Workspace] = getattr(request, ARCHITECT_OF)
    return found


def user_of(request: Any) -> User:
    """The signed-in person. Only for views behind a sign-in; raises TypeError elsewhere."""
    if not isinstance(request.user, User):
        raise TypeError("This view is open to the signed-out: there is no person to ask for.")
    return request.user


__all__ = [
    "FOR_GUESTS",
    "OPEN",
    "POLICY",
    "View",
    "architect",
    "architects_workspaces",
    "guests_too",
    "open_to_all",
    "signed_in",
    "team_member",
    "user_of",
]
