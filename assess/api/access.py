"""What every request passes first: its token, the limit, and a check for unknown parameters and bodies.

Each address of the API is behind `gate`. Only a token says who asks. Cookies are ignored, so no other site can make a
browser ask, and CSRF tokens have nothing to protect.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja.operation import Operation
from ninja.security import HttpBearer

from assess.assessments.facade import read_json
from assess.people.facade import POLICY, ApiLimitExceeded, User, get_user_of_api_token
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import BudgetSpentError, json_error, spending

HOW_TO_ASK = (
    "Send a token as `Authorization: Bearer …`. You make one on the page of your account, and it is shown once; "
    "an expired or revoked one opens nothing."
)


class Token(HttpBearer):
    """Describes the tokens in the OpenAPI document; `gate` has found the user by then."""

    def __call__(self, request: HttpRequest) -> User | None:
        return getattr(request, "api_user", None)

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        raise NotImplementedError("`gate` does this, once, before anything else")


def gate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around every view of the API but its description: the token, the limit, HEAD as GET, and 405 as JSON."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            # No redirect: the program would go on sending its token in the clear, and nobody would notice.
            return json_error(HTTPStatus.FORBIDDEN, "Use https. Revoke this token: it was sent in the clear.")
        token = bearer_token(request)
        try:
            writes = request.method not in {"GET", "HEAD"}
            user = get_user_of_api_token(token, writes=writes) if token else None
        except ApiLimitExceeded as exceeded:
            most, wait = settings.LIMITS["api_per_minute"], exceeded.retry_after
            return too_many_requests(
                f"You made more than {most} requests within a minute. Try again in {wait} seconds.", wait
            )
        if user is None:
            return unauthenticated(token_sent=bool(token))
        request.api_user = user  # type: ignore[attr-defined]  # read by `current_user`
        method = request.method
        if method == "HEAD":
            request.method = "GET"
        try:
            name = request.resolver_match.url_name if request.resolver_match else None
            with spending(request, name, user.pk):
                response = view(request, *args, **kwargs)
        except BudgetSpentError as spent:
            sentence = f"You asked for much in a short time. Try again in {spent.retry_after} seconds."
            return too_many_requests(sentence, spent.retry_after)
        finally:
            request.method = method
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = not_allowed(response.headers["Allow"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    setattr(guarded, POLICY, "holder of a token; each view fetches only through the user")
    return csrf_exempt(login_not_required(guarded))


def current_user(request: HttpRequest) -> User:
    """The user of the request's token. Only for views behind `gate`."""
    user = request.api_user  # type: ignore[attr-defined]  # set by `gate`
    assert isinstance(user, User)
    return user


def bearer_token(request: HttpRequest) -> str:
    """The token that the request carries; "" without one. Never from the address, which logs and histories keep."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def unauthenticated(*, token_sent: bool) -> HttpResponse:
    """401; says whether a token was sent that opens nothing."""
    response = json_error(HTTPStatus.UNAUTHORIZED, HOW_TO_ASK)
    response.headers["WWW-Authenticate"] = 'Bearer realm="Splitcheck"' + ', error="invalid_token"' * token_sent
    return response


def too_many_requests(sentence: str, wait: int) -> HttpResponse:
    """429. `wait` is in seconds."""
    response = json_error(HTTPStatus.TOO_MANY_REQUESTS, sentence)
    response.headers["Retry-After"] = str(wait)
    return response


def not_allowed(allowed: str) -> HttpResponse:
    """405. `allowed` are the methods, with commas between."""
    methods = {method for method in allowed.replace(" ", "").split(",") if method}
    listed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    response = json_error(HTTPStatus.METHOD_NOT_ALLOWED, f"Use {listed} here.")
    response.headers["Allow"] = listed
    return response


def refuse_unknown_input(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around each operation: refuses parameters and bodies that the operation does not take."""
    operation = getattr(run, "__self__", None)
    assert isinstance(operation, Operation)
    known = {
        name
        for model in operation.models
        if getattr(model, "__ninja_param_source__", None) == "query"
        for name in getattr(model, "__ninja_flatten_map__", {})
    }
    described = (operation.openapi_extra or {}).get("requestBody")
    takes_body = described is not None or any(
        getattr(model, "__ninja_param_source__", None) == "body" for model in operation.models
    )
    types = list(described["content"]) if described else ["application/json"]

    @wraps(run)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        try:
            check_query(request, known)
            if takes_body and request.content_type not in types:
                message = "Send the body as JSON, with `Content-Type: application/json`."
                if len(types) > 1:
                    message = f"Send the file as it is, with one of these as `Content-Type`: {', '.join(types)}."
                return json_error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
            if not takes_body:
                check_no_body(request)
        except ValidationFailed as failed:
            return operation.api.on_exception(request, failed)
        return run(request, **arguments)

    return checked


def check_query(request: HttpRequest, known: set[str]) -> None:
    """Raises ValidationFailed for parameters that the operation does not take, and for repeated ones."""
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
    """Raises ValidationFailed for a body that nothing reads. An empty object is allowed."""
    if request.body.strip() and (request.content_type != "application/json" or read_json(request.body)):
        raise ValidationFailed(
            [Issue(code="unexpected_body", key="body", message="Send no body; nothing of it is read here")]
        )
