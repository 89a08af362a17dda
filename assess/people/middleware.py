"""What every request of a person goes through: session lifetime, the workspace's localization, the need to sign in.

The order is set and explained in the settings; what knows no people is in `web.middleware`.
"""

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

from assess.language import _
from assess.people.access import FOR_GUESTS
from assess.people.kept_forms import keep_form
from assess.people.models import Membership, User
from assess.web.facade import activate, is_database_away, wants_json

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: Session keys: when this sign-in began and when it was last used, in seconds since 1970; and the time zone and the
#: language of the person's first workspace.
STARTED: Final = "started"
USED: Final = "used"
LOCALIZATION: Final = "localization"

#: Views of others that a guest may use.
GUEST_URL_NAMES: Final = {"account_logout"}


class GuestNotAllowedError(PermissionDenied):
    """A guest asked for a page that is not for guests; `web.errors.forbidden` shows the sentence."""

    def __init__(self) -> None:
        self.sentence = _(
            "As a guest you can open your own answers and nothing else. The person who asked you can show you more."
        )
        super().__init__(self.sentence)


def stamp_session(request: HttpRequest, *, started: int | None = None) -> None:
    """Store that the session is used now, and since when; `started` (seconds since 1970) defaults to now. One query."""
    now = int(time.time())
    request.session[STARTED] = now if started is None else started
    request.session[USED] = now
    store_localization(request)


def store_localization(request: HttpRequest) -> None:
    """Store time zone and language of the person's first workspace in their session, where pages start.

    At sign-in, whenever the session is stamped (so others follow a change within minutes) and when the person changes
    them. Guests have none. One query.
    """
    if not isinstance(request.user, User) or request.user.is_guest:
        return
    memberships = Membership.objects.filter(user=request.user).order_by("pk")
    request.session[LOCALIZATION] = memberships.values_list("workspace__time_zone", "workspace__language").first()


def public_pages_without_database(get_response: GetResponse) -> GetResponse:
    """Shows public pages as to a visitor where the database is away and cannot say who is signed in. No query more."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if cookie and is_public_page(request.path_info):
            try:
                bool(request.user.is_authenticated)  # reads session and person, which the page's header shows anyway
            except DatabaseError as error:
                if not is_database_away(error):
                    raise
                # Empty, and known by its cookie: what is empty and unknown, Django's middleware would delete.
                request.session = session = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
                session._session_cache = {}
                request.user = AnonymousUser()
                messages.info(request, _("We can't see just now that you are signed in. Saved answers are safe."))
        return get_response(request)

    return middleware


def is_public_page(path: str) -> bool:
    """Whether the address is one of a page that is made without the database (`public.page_cache`)."""
    try:
        return getattr(resolve(path).func, "needs_no_database", False)
    except Resolver404:
        return False


def session_lifetime(get_response: GetResponse) -> GetResponse:
    """Ends a sign-in after hours without use, and after a day whatever happens.

    Written at most once in `session_touch` seconds: a normal request costs the one read of the session.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and SESSION_KEY in request.session:
            now = int(time.time())
            started = request.session.get(STARTED, now)
            used = request.session.get(USED, now)
            limits = settings.LIMITS
            if now - used > limits["session_idle"] or now - started > limits["session_absolute"]:
                logout(request)
                messages.info(request, _("You were signed out to keep your answers safe. Sign in to continue."))
            elif STARTED not in request.session or now - used >= limits["session_touch"]:
                stamp_session(request, started=started)
        return get_response(request)

    return middleware


def workspace_localization(get_response: GetResponse) -> GetResponse:
    """Starts a page in the time zone and date formats of the person's first workspace, as the session has them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and SESSION_KEY in request.session:
            stored = request.session.get(LOCALIZATION)
            if stored:
                time_zone, language = stored
                activate(time_zone=time_zone, language=language)
        return get_response(request)

    return middleware


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs a sign-in unless it says otherwise; guests get only what is open to all or marked for them.

    Scripts get status 401: a redirect would look to them like a success with a strange body.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        refusal = super().process_view(request, view, args, kwargs)
        if refusal is None and getattr(request.user, "is_guest", False) and not is_open_to_guests(request, view):
            raise GuestNotAllowedError
        return refusal

    # The stub promises a redirect; `process_view`, which calls this, takes any response.
    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        is_form = request.method == "POST" and not wants_json(request)
        next_url = keep_form(request) if is_form else request.get_full_path()
        url = resolve_url(self.get_login_url(view_func))
        redirect = redirect_to_login(next_url, url, self.get_redirect_field_name(view_func))
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401, headers={"HX-Redirect": redirect.headers["Location"]})
        if wants_json(request):
            return JsonResponse(
                {"problem": _("You are signed out. Sign in again to go on."), "sign_in": redirect.headers["Location"]},
                status=401,
            )
        return redirect


def is_open_to_guests(request: HttpRequest, view: Any) -> bool:
    """Whether a guest may use this view: it is open to all, or marked by `access.guests_allowed`."""
    name = request.resolver_match.url_name if request.resolver_match else None
    is_marked = getattr(view, FOR_GUESTS, False)
    return is_marked or not getattr(view, "login_required", True) or name in GUEST_URL_NAMES
