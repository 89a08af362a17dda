"""Request reference, trusted proxies, security headers, known host, language, body limit, charset, pages for 405.

What knows people (sign-in, session lifetime, workspace) is in `people.middleware`. The settings set the order and
explain it.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import tzinfo
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.middleware.security import SecurityMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.log import log_response
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from assess.web.errors import API, method_not_allowed, request_too_large, unknown_host, unsupported_charset
from assess.web.localization import requested_language
from assess.web.logs import current_reference, new_reference
from assess.web.proxies import client_address, is_trusted, request_address

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: What a proxy says about somebody else's request. Believed from TRUSTED_PROXIES, removed from all others.
FORWARDED_HEADERS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)

#: Everything a page could ask of the device it is shown on; ours ask for nothing.
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


def request_reference(get_response: GetResponse) -> GetResponse:
    """Gives each request a reference that its log lines and its error page both show."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        reference = new_reference()
        request.reference = reference  # type: ignore[attr-defined]  # for what is logged after the response
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
        token = request_address.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return get_response(request)
        finally:
            request_address.reset(token)

    return middleware


def response_headers(get_response: GetResponse) -> GetResponse:
    """The security headers on every response, whoever answers; pages of the signed-in are kept by no cache.

    Those that Django's own middleware sets are set here once more: a refusal on the way in, such as that of a bad Host,
    never comes back through it.
    """
    django_security = SecurityMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # Streams have headers too, whatever the stub says.
        django_security.process_response(request, cast(HttpResponse, response))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers and request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def known_host(get_response: GetResponse) -> GetResponse:
    """Refuses a request for a host that is not ours with a page, and one line in the log. Scanners send many."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            response = unknown_host(request)
            log_response(
                "Refused a request for the host %.100r, which is not in ALLOWED_HOSTS",
                request.META.get("HTTP_HOST", ""),
                response=response,
                request=request,
                logger=logger,
                level="info",
            )
            return response
        return get_response(request)

    return middleware


def request_language(get_response: GetResponse) -> GetResponse:
    """Answers pages in the language that the browser asks for, and the API in the site's own; resets it afterwards."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_page = not request.path_info.startswith(API)
        requested = get_requested_language(request) if is_page else None
        token = requested_language.set(requested)
        try:
            with translation.override(requested or settings.LANGUAGE_CODE), timezone.override(None):
                response = get_response(request)
                language = translation.get_language()
                if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                    # Its parts are made when this context has ended.
                    response.streaming_content = localize_parts(
                        iter(response), timezone.get_current_timezone(), language
                    )
        finally:
            requested_language.reset(token)
        if is_page:
            response.headers.setdefault("Content-Language", language or settings.LANGUAGE_CODE)
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def get_requested_language(request: HttpRequest) -> str:
    """The first language of the browser's that the site has, "" for none. No cookie chooses one: the browser does."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag == "*":
            break
        try:
            return get_supported_language_variant(tag)
        except LookupError:
            continue
    return ""


def localize_parts(parts: Iterator[bytes], zone: tzinfo, language: str | None) -> Iterator[bytes]:
    """A streaming response's parts, each made in this time zone and language."""
    while True:
        with timezone.override(zone), translation.override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuses a body over the limit before anything reads it, with a page that says so.

    A body without Content-Length is never read by Django, so it cannot pass this way.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        limit = settings.LIMITS["body"]
        if length > limit:
            larger = settings.BODY_LIMITS.items()
            limit = next((most for path, most in larger if re.fullmatch(path, request.path_info)), limit)
        if length > limit:
            left = min(length, DRAIN_AT_MOST)
            while left > 0 and (chunk := request.read(min(left, 64 * 1024))):
                left -= len(chunk)
            return request_too_large(request, limit=limit)
        return get_response(request)

    return middleware


def method_pages(get_response: GetResponse) -> GetResponse:
    """Gives a bare 405, as Django's decorators and allauth's views answer, a page in our look, or JSON."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_bare = isinstance(response, HttpResponse) and not response.content
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_bare:
            return method_not_allowed(request, response.headers.get("Allow", ""))
        return response

    return middleware


def require_utf_8(get_response: GetResponse) -> GetResponse:
    """Refuses a request that names another charset than UTF-8, before anything reads its fields.

    Django would decode address and form by whatever Python has a codec for: by utf-7 into halves of characters that
    no database stores, by hex not at all.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (request.content_params or {}).get("charset", "utf-8").lower() not in UTF_8:
            return unsupported_charset(request)
        return get_response(request)

    return middleware
