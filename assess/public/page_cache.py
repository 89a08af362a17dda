"""Public pages, rendered once for all visitors: they show the same to everybody who is not signed in."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from assess.web.facade import is_partial

View = Callable[[HttpRequest], HttpResponse]

#: Seconds; what the pages show changes with the next release only.
KEPT_FOR: Final = 3600


def cached_for_visitors(view: View) -> View:
    """The view's page as it was rendered before in this language, for requests without a session, without a query and
    without a message for this one person, which lives in a cookie beside a session that has just ended.

    Choices and searches are rendered each time, or somebody's made-up ones would fill the memory of each process.
    """

    @wraps(view)
    def cached(request: HttpRequest) -> HttpResponse:
        is_personal = any(name in request.COOKIES for name in (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name))
        if request.META.get("QUERY_STRING") or is_personal or is_partial(request) or request.method != "GET":
            return view(request)
        # Another release of the same process never happens, but tests change the settings.
        named = f"{request.path}|{get_language()}|{settings.SITE_ADDRESS}|{settings.TWO_STEP}|{settings.OIDC}"
        key = f"page:{hashlib.sha256(named.encode()).hexdigest()}"
        kept = caches["process"].get(key)
        if kept is not None:
            return HttpResponse(kept)
        response = view(request)
        if response.status_code == 200 and not response.cookies and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            caches["process"].set(key, response.content, timeout=KEPT_FOR)
        return response

    # Read by `people.middleware`: such a page goes on while the database is away.
    cached.needs_no_database = True  # type: ignore[attr-defined]
    return cached
