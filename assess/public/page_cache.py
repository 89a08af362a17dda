"""Public pages, rendered once for all visitors: they show the same to everybody who is not signed in."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from assess.web.facade import is_partial

View = Callable[[HttpRequest], HttpResponse]

#: Seconds; what the pages show changes with the next release only.
KEPT_FOR: Final = 3600


def cached_for_visitors(view: View) -> View:
    """The view's page as it was rendered before in this language, for requests without a session and without a query.

    Choices and searches are rendered each time, or somebody's made-up ones would fill the memory of each process.
    """

    @wraps(view)
    def cached(request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if request.META.get("QUERY_STRING") or has_session or is_partial(request) or request.method != "GET":
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
