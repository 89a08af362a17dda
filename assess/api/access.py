"""Who asks, how often they may, and what every request must be before anything looks at it.

Each address of the API stands behind `gate`: a token, and nothing else, says who asks. A cookie is never looked at, so
no other site can make a browser ask, and CSRF tokens have nothing to protect.
"""

import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja.operation import Operation
from ninja.security import HttpBearer

from assess.assessments.facade import read_json
from assess.people.facade import POLICY, User, get_user_of_api_token, hash_token
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import json_error

#: Seconds in which `LIMITS["api_per_minute"]` requests are answered.
WINDOW = 60

HOW_TO_ASK = (
    "Send a token as `Authorization: Bearer …`. You make one on the page of your account, and it is shown once; "
    "an expired or revoked one opens nothing."
)


class Token(HttpBearer):
    """Describes the tokens in the OpenAPI document; `gate` has found the person by the time this is called."""

    def __call__(self, request: HttpRequest) -> User | None:
        return getattr(request, "person", None)

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        raise NotImplementedError("`gate` does this, once, before anything else")


def gate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around every view of the API but its description: the token, the limit, HEAD as GET, and 405 as JSON."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = token_in(request)
        person = get_user_of_api_token(token) if token else None
        if person is None:
            return unauthenticated(told_one=bool(token))
        wait = seconds_to_wait(token)
        if wait:
            most = settings.LIMITS["api_per_minute"]
            return too_many(f"That is more than {most} requests a minute. Try again in {wait} seconds.", wait)
        request.person = person  # type: ignore[attr-defined]  # read by `person_asking`
        method = request.method
        if method == "HEAD":
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
        finally:
            request.method = method
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = not_allowed(response.headers["Allow"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    setattr(guarded, POLICY, "holder of a token; each view fetches only through the person")
    return csrf_exempt(login_not_required(guarded))


def person_asking(request: HttpRequest) -> User:
    """Whose token it is. Only for views behind `gate`."""
    person = request.person  # type: ignore[attr-defined]  # set by `gate`
    assert isinstance(person, User)
    return person


def token_in(request: HttpRequest) -> str:
    """The token that the request carries; "" without one. Never from the address, which logs and histories keep."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def seconds_to_wait(token: str) -> int:
    """Counts this request of the token; how long to wait where it is one too many, else 0.

    Two requests at the very same moment may count as one: the limit is against programs that run away.
    """
    now = time.time()
    key = f"api:{hash_token(token)}:{int(now // WINDOW)}"
    try:
        count = cache.incr(key)
    except ValueError:  # the first of this minute
        cache.add(key, 1, 2 * WINDOW)
        count = 1
    return 0 if count <= settings.LIMITS["api_per_minute"] else WINDOW - int(now % WINDOW)


def unauthenticated(*, told_one: bool) -> HttpResponse:
    response = json_error(HTTPStatus.UNAUTHORIZED, HOW_TO_ASK)
    response.headers["WWW-Authenticate"] = 'Bearer realm="Splitcheck"' + ', error="invalid_token"' * told_one
    return response


def too_many(sentence: str, wait: int) -> HttpResponse:
    """`wait` in seconds."""
    response = json_error(HTTPStatus.TOO_MANY_REQUESTS, sentence)
    response.headers["Retry-After"] = str(wait)
    return response


def not_allowed(allowed: str) -> HttpResponse:
    methods = {method for method in allowed.replace(" ", "").split(",") if method}
    shown = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    response = json_error(HTTPStatus.METHOD_NOT_ALLOWED, f"Use {shown} here.")
    response.headers["Allow"] = shown
    return response


def strictly(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around each operation: refuses what the operation has no place for, instead of passing over it in silence."""
    operation = getattr(run, "__self__", None)
    assert isinstance(operation, Operation)
    known = {
        name
        for model in operation.models
        if getattr(model, "__ninja_param_source__", None) == "query"
        for name in getattr(model, "__ninja_flatten_map__", {})
    }
    takes_body = "requestBody" in (operation.openapi_extra or {}) or any(
        getattr(model, "__ninja_param_source__", None) == "body" for model in operation.models
    )

    @wraps(run)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        try:
            check_query(request, known)
            if takes_body and request.content_type != "application/json":
                message = "Send the body as JSON, with `Content-Type: application/json`."
                return json_error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
            if not takes_body:
                check_no_body(request)
        except ValidationFailed as refused:
            return operation.api.on_exception(request, refused)
        return run(request, **arguments)

    return checked


def check_query(request: HttpRequest, known: set[str]) -> None:
    """Raises ValidationFailed for parameters that the operation does not take, and for those given twice."""
    issues = []
    for name in request.GET:
        if name not in known:
            message = "Leave this parameter out; it means nothing here"
            issues.append(Issue(code="unknown_parameter", key=name[:80], message=message))
        elif len(request.GET.getlist(name)) > 1:
            issues.append(Issue(code="given_twice", key=name, message="Give this parameter once"))
    if issues:
        raise ValidationFailed(issues)


def check_no_body(request: HttpRequest) -> None:
    """Raises ValidationFailed for a body where nothing of it would be read; an empty object does no harm."""
    if request.body.strip() and (request.content_type != "application/json" or read_json(request.body)):
        raise ValidationFailed(
            [Issue(code="unexpected_body", key="body", message="Send no body; nothing of it is read here")]
        )
