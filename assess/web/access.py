"""Every view names its policy by one of these decorators; a system check finds views that do not.

`LoginRequiredMiddleware` closes every view to the signed-out; these open one, or say who may use it. What a person may see
is decided where it is fetched (`Assessment.objects.visible_to(user)`): a stranger gets the 404 of a missing object.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase

from assess.people.models import User

View = Callable[..., HttpResponseBase]


def open_to_all(*, reason: str) -> Callable[[View], View]:
    """Open to the signed-out too. `reason` says why that is right."""

    def decorate(view: View) -> View:
        opened = login_not_required(view)
        opened.access_policy = f"open to all: {reason}"  # type: ignore[attr-defined]  # read by assess.checks
        return opened

    return decorate


def signed_in(view: View) -> View:
    """For anyone signed in; the view itself fetches only through the person."""
    view.access_policy = "signed in"  # type: ignore[attr-defined]  # read by assess.checks
    return view


def user_of(request: Any) -> User:
    """The signed-in person. Only for views behind a sign-in; raises TypeError elsewhere."""
    if not isinstance(request.user, User):
        raise TypeError("This view is open to the signed-out: there is no person to ask for.")
    return request.user


__all__ = ["View", "open_to_all", "signed_in", "user_of"]
