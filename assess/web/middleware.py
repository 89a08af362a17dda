"""What happens around every view: a reference, who is really asking, headers, the size of a body, a session's life.

Knows nothing of assessments. The order is settings' business and explained there.
"""

import time
from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from assess.language import _
from assess.web import localization
from assess.web.errors import API, too_large, unreadable, wants_json
from assess.web.logs import current_reference, new_reference
from assess.web.proxies import client_address, is_trusted

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: What a proxy may say about somebody else's request. Believed from TRUSTED_PROXIES, removed from all others.
FORWARDED_HEADERS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)

#: Everything a page could ask of the machine it is shown on; we ask for nothing.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

#: How a request may name the one encoding that the site reads.
UTF_8 = ("utf-8", "utf8")

#: Bytes of a refused body that are still read, so that a browser in the middle of sending gets to see why.
DRAIN_AT_MOST = 4 * 1024 * 1024

#: Session keys: when this sign-in began and when it was last used, in seconds since 1970.
STARTED = "started"
USED = "used"


def request_reference(get_response: GetResponse) -> GetResponse:
    """Gives each request a reference that its log lines and its error page both show."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        reference = new_reference()
        token = current_reference.set(reference)
        try:
            response = get_response(request)
        finally:
            current_reference.reset(token)
        response.headers["X-Request-Reference"] = reference
        return response

    return middleware


def trusted_proxies(get_response: GetResponse) -> GetResponse:
    """Puts the person's own address into REMOTE_ADDR, for throttling; nobody but our proxies may name another."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR", "")
        if is_trusted(peer, settings.TRUSTED_PROXIES):
            forwarded_for = request.META.get("HTTP_X_FORWARDED_FOR", "")
            request.META["REMOTE_ADDR"] = client_address(peer, forwarded_for, settings.TRUSTED_PROXIES)
        else:
            for header in FORWARDED_HEADERS:
                request.META.pop(header, None)
        return get_response(request)

    return middleware


def response_headers(get_response: GetResponse) -> GetResponse:
    """Headers that Django has no setting for, on every response; pages of the signed-in are kept by no cache."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers and request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def request_language(get_response: GetResponse) -> GetResponse:
    """Speaks what the browser asks for, and puts back what a view has set on its way; the API speaks the site's own."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_program = request.path_info.startswith(API)
        asked = "" if is_program else language_asked_by(request)
        token = localization.requested_language.set(asked)
        try:
            with translation.override(asked or settings.LANGUAGE_CODE), timezone.override(None):
                response = get_response(request)
                spoken = translation.get_language()
                if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                    # Its parts are made when all this is over.
                    response.streaming_content = said_as_now(response)
        finally:
            localization.requested_language.reset(token)
        if not is_program:
            response.headers.setdefault("Content-Language", spoken or settings.LANGUAGE_CODE)
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def language_asked_by(request: HttpRequest) -> str:
    """The first language of the browser's that the site has, "" for none. No cookie chooses one: the browser does."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag == "*":
            break
        try:
            return get_supported_language_variant(tag)
        except LookupError:
            continue
    return ""


def said_as_now(response: StreamingHttpResponse) -> Iterator[bytes]:
    """The response's parts, each made in the time zone and language that are in force when this is called."""
    return _said(iter(response), timezone.get_current_timezone(), translation.get_language())


def _said(parts: Iterator[bytes], zone: tzinfo, spoken: str | None) -> Iterator[bytes]:
    while True:
        with timezone.override(zone), translation.override(spoken):
            part = next(parts, None)
        if part is None:
            return
        yield part


def workspace_localization(get_response: GetResponse) -> GetResponse:
    """Begins in the workspace of whoever is signed in: its days and hours, its way to write them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and SESSION_KEY in request.session:
            time_zone, _space, spoken = (getattr(request.user, "home", None) or "").partition(" ")
            if time_zone and not request.path_info.startswith(API):
                localization.activate(time_zone=time_zone, language=spoken)
        return get_response(request)

    return middleware


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuses a body over the limit before anything reads it, by a page that says so.

    A body without Content-Length is never read by Django, so it cannot pass this way.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        limit = settings.BODY_LIMITS.get(request.path_info, settings.LIMITS["body"])
        if length > limit:
            left = min(length, DRAIN_AT_MOST)
            while left > 0 and (chunk := request.read(min(left, 64 * 1024))):
                left -= len(chunk)
            return too_large(request, limit=limit)
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return too_large(request) if isinstance(exception, RequestDataTooBig) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django looks for it on the function
    return middleware


def one_charset(get_response: GetResponse) -> GetResponse:
    """Refuses a request that names another charset than UTF-8, before anything reads its fields.

    Django would decode address and form by whatever Python has a codec for: by utf-7 into halves of characters that
    no database stores, by hex not at all.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (request.content_params or {}).get("charset", "utf-8").lower() not in UTF_8:
            return unreadable(request)
        return get_response(request)

    return middleware


def stamp_session(request: HttpRequest, *, started: int | None = None) -> None:
    """Notes that the session is used now, and since when; `started` (seconds since 1970) defaults to now."""
    now = int(time.time())
    request.session[STARTED] = now if started is None else started
    request.session[USED] = now


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
                ended = _("You were signed out to keep your answers safe. Sign in to go on where you were.")
                messages.info(request, ended)
            elif STARTED not in request.session or now - used >= limits["session_touch"]:
                stamp_session(request, started=started)
        return get_response(request)

    return middleware


#: What of others' views a guest may use: to be gone.
GUESTS_MAY = {"account_logout"}


def may_enter_as_guest(request: HttpRequest, view: Any) -> bool:
    """Guests get what is open to all and what is marked for them; nothing else, whether it exists or not."""
    name = request.resolver_match.url_name if request.resolver_match else None
    return getattr(view, "for_guests", False) or not getattr(view, "login_required", True) or name in GUESTS_MAY


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs a sign-in unless it says otherwise.

    Scripts are told by status 401: a redirect would look to them like a success with a strange body.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        refused = super().process_view(request, view, args, kwargs)
        if refused is None and getattr(request.user, "is_guest", False) and not may_enter_as_guest(request, view):
            raise PermissionDenied("a guest")
        return refused

    # The stub promises a redirect; `process_view`, which calls this, takes any response.
    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        redirect = super().handle_no_permission(request, view_func)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401, headers={"HX-Redirect": redirect.headers["Location"]})
        if wants_json(request):
            return JsonResponse(
                {"problem": _("You are signed out. Sign in again to go on."), "sign_in": redirect.headers["Location"]},
                status=401,
            )
        return redirect
