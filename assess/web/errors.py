"""Error pages, or JSON for scripts; each says what happened and what to do next.

The page for our own faults (500) touches neither database, session nor context processors: those may be what broke.
"""

import logging
import sys
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils import formats, timezone
from django.views.decorators.csrf import requires_csrf_token

from assess.language import _, ngettext, with_zone
from assess.web.database import is_database_away
from assess.web.logs import current_reference
from assess.web.shared_cache import is_cache_away
from assess.web.stored_files import FileStoreError

logger = logging.getLogger(__name__)

#: Seconds that a throttled person is asked to wait: the longest window of the sign-in limits.
RETRY_AFTER = 300

#: Seconds after which to come back when the database, cache or store is away: a restart of it takes no longer.
PART_RETRY_AFTER = 10

MEGABYTE = 1024 * 1024

#: For when not even a template can be rendered.
BARE_PAGE = '<!doctype html><html lang="en-GB"><title>Splitcheck</title><h1>Splitcheck: an error</h1><p>{}</p></html>'

#: Paths below this are called by programs.
API = "/api/"

#: Fields of a posted form that are never shown back: secrets, and what pages put into every form.
NEVER_SHOWN = ("password", "passcode", "proof", "csrfmiddlewaretoken", "secret", "token", "form_page", "kept_form")


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: it asks the API, sends JSON or takes no HTML."""
    if request.path.startswith(API) or request.content_type == "application/json":
        return True
    try:
        return not request.accepts("text/html")
    except (ValueError, LookupError):
        return False  # a header that cannot be read (such as `q*=bogus''%41`) asks for nothing in particular


def json_error(status: HTTPStatus, sentence: str, **more: Any) -> JsonResponse:
    """The error for a script; its `code` is the status's own name in lower case unless another is given."""
    return JsonResponse({"code": status.name.lower(), "problem": sentence, **more}, status=status)


def error_response(
    request: HttpRequest, status: HTTPStatus, template: str, sentence: str, **context: Any
) -> HttpResponse:
    """The error as a page, or for a script as `{"code": …, "problem": sentence}`. The page shows what was typed."""
    if wants_json(request):
        return json_error(status, sentence)
    context = {"sentence": sentence, "typed": typed_to_copy(request), **context}
    return render(request, template, context, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):  # fields beside a file, whoever reads them first
        return request_too_large(request)
    return error_response(
        request,
        HTTPStatus.BAD_REQUEST,
        "errors/400.html",
        _("We couldn't read this request. Go back, reload the page and try again."),
    )


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A PermissionDenied of ours may bring its own `sentence`, `heading`, `url` and `way_on` (the link's words)."""
    sentence = _("You can read this but not change it. Ask a lead of the team that owns it.")
    # Django's own line names the address and the reference, not who asked.
    logger.info("Account %s may not do this: %s %s", getattr(request.user, "pk", None), request.method, request.path)
    return error_response(
        request,
        HTTPStatus.FORBIDDEN,
        "errors/403.html",
        getattr(exception, "sentence", sentence),
        heading=getattr(exception, "heading", ""),
        url=getattr(exception, "url", ""),
        way_on=getattr(exception, "way_on", ""),
    )


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same body whether it never was, is gone, or is not yours: the address itself must tell a stranger nothing."""
    return error_response(
        request,
        HTTPStatus.NOT_FOUND,
        "errors/404.html",
        _("This page does not exist, or you have no access. Check the address, or ask the team that sent it to you."),
    )


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """For an address opened that only takes a form, or sent a form that it does not take. `allowed` are methods, with
    commas between."""
    if "POST" in allowed:
        sentence = _("This address only takes what a form sends. Open the page with the form, and press its button.")
    else:
        sentence = _("This page takes no form, so nothing was changed. Open it anew.")
    status = HTTPStatus.METHOD_NOT_ALLOWED
    url = request.get_full_path() if "GET" in allowed else page_above(request.path)
    response = error_response(request, status, "errors/405.html", sentence, url=url)
    response.headers["Allow"] = allowed
    return response


def page_above(path: str) -> str:
    """The nearest address above this one that the site has: mostly the page whose form is sent there."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"


def unsupported_charset(request: HttpRequest) -> HttpResponse:
    """For a charset other than UTF-8. Called before there is a session, so rendered without the request."""
    sentence = _("We read UTF-8 only. Send the request again as UTF-8, or without naming a charset.")
    if wants_json(request):
        return json_error(HTTPStatus.BAD_REQUEST, sentence)
    return HttpResponse(
        render_without_request("errors/400.html", {"sentence": sentence}), status=HTTPStatus.BAD_REQUEST
    )


def unknown_host(request: HttpRequest) -> HttpResponse:
    """For a Host that is not ours. Rendered without the request, which would ask for the host again."""
    sentence = _("This site has another address. Check the address, or ask whoever gave it to you.")
    if wants_json(request):
        return json_error(HTTPStatus.BAD_REQUEST, sentence)
    return HttpResponse(
        render_without_request("errors/400.html", {"sentence": sentence}), status=HTTPStatus.BAD_REQUEST
    )


def request_too_large(request: HttpRequest, *, limit: int = 256 * 1024) -> HttpResponse:
    """Called before there is a session, so rendered without the request."""
    sentence = _("That is too much at once: the limit is 256 KB. Shorten the longest note and send it again.")
    if request.content_type == "multipart/form-data":
        sentence = _("That is too much at once: the limit is 256 KB. Choose a smaller file and send it again.")
    if limit >= MEGABYTE:
        sentence = _("The file is too large: the limit is {most} MB. Choose a smaller one.").format(
            most=limit // MEGABYTE
        )
    if wants_json(request):
        return json_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
    return HttpResponse(
        render_without_request("errors/413.html", {"sentence": sentence}), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )


def too_many_requests(
    request: HttpRequest,
    exception: Exception | None = None,
    *,
    retry_after: int = RETRY_AFTER,
    sentence: str = "",
    may_resend: bool = False,
) -> HttpResponse:
    """For throttles, ours and allauth's. `retry_after` in seconds; `sentence` where the usual one says too little.

    With `may_resend` the page has what was typed, to send it again. One that only has a sentence asks nothing of the
    database, because many may be refused at once.
    """
    minutes = max(1, -(-retry_after // 60))
    usual = ngettext(
        "Too many tries in a short time. Wait a minute, then try again. Saved answers are safe.",
        "Too many tries in a short time. Wait {minutes} minutes, then try again. Saved answers are safe.",
        minutes,
    ).format(minutes=minutes)
    sentence = sentence or usual
    address = request.get_full_path()
    if may_resend and request.method != "POST" and not wants_json(request):
        page = render_without_request("errors/429.html", {"sentence": sentence, "send_to": address})
        response = HttpResponse(page, status=HTTPStatus.TOO_MANY_REQUESTS)
    else:
        more: dict[str, Any] = {}
        if may_resend:
            more = {"typed": [], "values": typed_values(request), "send_to": address, "file": bool(request.FILES)}
        response = error_response(request, HTTPStatus.TOO_MANY_REQUESTS, "errors/429.html", sentence, **more)
    response.headers["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this for whatever a view or a middleware raised; it is 503 where a part of the site is away.

    What was acknowledged before now was committed before now, so the time is known without looking.
    """
    error = sys.exc_info()[1]
    if is_database_away(error):
        sentence = ngettext(
            "The database does not answer just now. Try again in {count} second. Saved answers are safe.",
            "The database does not answer just now. Try again in {count} seconds. Saved answers are safe.",
            PART_RETRY_AFTER,
        )
        return part_away(request, sentence.format(count=PART_RETRY_AFTER))
    if is_cache_away(error) or isinstance(error, FileStoreError):
        sentence = ngettext(
            "A part of the site does not answer just now. Try again in {count} second. Saved answers are safe.",
            "A part of the site does not answer just now. Try again in {count} seconds. Saved answers are safe.",
            PART_RETRY_AFTER,
        )
        return part_away(request, sentence.format(count=PART_RETRY_AFTER))
    reference = current_reference.get()
    now = timezone.localtime()
    saved_until = with_zone(formats.time_format(now, "TIME_FORMAT"), now)
    sentence = _("Something broke on our side. Answers saved until {time} are safe. Reference: {reference}")
    sentence = sentence.format(time=saved_until, reference=reference)
    if wants_json(request):
        return json_error(HTTPStatus.INTERNAL_SERVER_ERROR, sentence, reference=reference)
    return HttpResponse(
        render_without_request(
            "errors/500.html",
            {"reference": reference, "saved_until": saved_until, "typed": typed_to_copy(request)},
        ),
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def part_away(request: HttpRequest, sentence: str) -> HttpResponse:
    """503 with the seconds after which to come back. The page has what was typed, to send it again."""
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response: HttpResponse
    if wants_json(request):
        response = json_error(status, sentence, reference=current_reference.get())
    else:
        context: dict[str, Any] = {"sentence": sentence, "reference": current_reference.get()}
        if request.method != "POST":
            context["send_to"] = request.get_full_path()
        elif is_sent_from_this_site(request):
            context |= {"send_to": request.get_full_path(), "file": bool(request.FILES)}
            if not has_secrets(request):  # without the password that goes with them they are of no use
                context |= {"values": typed_values(request), "csrf_token": get_token(request)}
        response = HttpResponse(render_without_request("errors/503.html", context), status=status)
    response.headers["Retry-After"] = str(PART_RETRY_AFTER)
    return response


def render_without_request(template: str, context: dict[str, Any]) -> str:
    """The template rendered without context processors; if even that fails, a bare page with the same words."""
    try:
        return loader.render_to_string(template, {"without_request": True, **context})
    except Exception:
        logger.exception("The error page %s could not be rendered", template)
        broken = _("Something broke on our side. Reference: {reference}")
        sentence = context.get("sentence") or broken.format(reference=context.get("reference", "-"))
        return BARE_PAGE.format(escape(str(sentence)))


def is_sent_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that the form came from a page of this site."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        return bool(origin) and urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False  # no address at all, such as `http://[`


def typed_values(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and values of the posted form that may be shown back, in their order."""
    return [(name, value) for name, texts in request.POST.lists() if not is_secret(name) for value in texts]


def is_secret(field: str) -> bool:
    return any(part in field.lower() for part in NEVER_SHOWN)


def has_secrets(request: HttpRequest) -> bool:
    """Whether the posted form has a password or a code in it."""
    return any(is_secret(name) for name in request.POST if name != "csrfmiddlewaretoken")


def typed_to_copy(request: HttpRequest) -> list[tuple[str, str]]:
    """What a page that refuses a form shows of it, so that no text is lost; empty where nothing can be read.

    Only of a form of this site: no other may put words on our pages.
    """
    try:
        return typed_values(request) if request.method == "POST" and is_sent_from_this_site(request) else []
    except Exception:  # the form itself may be what is wrong
        return []


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a missing or wrong CSRF token: nothing was changed, and what was typed is offered again.

    The values are offered for sending again only if the form came from this site. From elsewhere it may be an attack,
    which a button here would complete.
    """
    logger.warning("CSRF check failed at %s: %s", request.path, reason)
    sentence = _("This form is too old, so nothing was changed. Reload the page and send it again.")
    if wants_json(request):
        # Told apart from "may not": a script gets a new token and sends the same again.
        return JsonResponse({"code": "expired_form", "problem": sentence}, status=HTTPStatus.FORBIDDEN)
    return error_response(
        request,
        HTTPStatus.FORBIDDEN,
        "errors/expired_form.html",
        sentence,
        typed=[],
        values=typed_values(request),
        may_send_again=is_sent_from_this_site(request),
        send_to=request.get_full_path(),
    )
