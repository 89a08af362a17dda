"""Every error in one shape: `code`, `problem`, and `problems` by field where there are several.

Errors outside any view (a body too large, our own faults) have the same shape; see `web.errors`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from assess.api.access import too_many_requests, unauthenticated
from assess.assessments.facade import MustAnswerFirst
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.reports.facade import QueueLimitError
from assess.web.facade import forbidden, json_error, not_found

#: The message for a field that pydantic rejects, by its type of error. Names are filled from the error's context.
MESSAGES = {
    "missing": "Send this field",
    "extra_forbidden": "Leave this field out; it is not part of this request",
    "string_type": "Send text",
    "string_too_short": "Send at least {min_length} characters",
    "string_too_long": "Send at most {max_length} characters",
    "string_pattern_mismatch": "Send text in the form that the description of this field gives",
    "int_type": "Send a whole number, without quotes",
    "int_parsing": "Send a whole number",
    "int_from_float": "Send a whole number",
    "int_parsing_size": "Send a smaller number",
    "greater_than_equal": "Send {ge} or more",
    "less_than_equal": "Send {le} or less",
    "literal_error": "Send one of {expected}",
    "enum": "Send one of {expected}",
    "model_type": "Send a JSON object",
    "model_attributes_type": "Send a JSON object",
}


class Conflict(Exception):  # noqa: N818  # a word of HTTP's; nobody is at fault
    """The request is sound, but what it is about is in no state for it."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__(issues)
        self.issues = issues


@contextmanager
def failures_are_conflicts() -> Iterator[None]:
    """Answers 409 to what an action on something existing refuses: its state does not allow it."""
    try:
        yield
    except ValidationFailed as failed:
        raise Conflict(failed.issues) from failed


def issues_to_json(issues: Iterable[Issue]) -> list[dict[str, str]]:
    return [{"field": each.key or "body", "code": each.code, "message": each.message} for each in issues]


def bad_request(issues: list[Issue]) -> HttpResponse:
    """400, with all mistakes at once."""
    return json_error(HTTPStatus.BAD_REQUEST, issues[0].message, code="wrong", problems=issues_to_json(issues))


def conflict(issues: list[Issue]) -> HttpResponse:
    """409, with the first issue, which is nearly always the only one."""
    first = issues[0]
    return json_error(HTTPStatus.CONFLICT, first.message, code=first.code)


def add_handlers(api: NinjaAPI) -> None:
    """Every exception that a view may raise, as the answer to give."""

    @api.exception_handler(Http404)
    def handle_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
        return not_found(request, exception)

    @api.exception_handler(PermissionDenied)
    def handle_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
        return forbidden(request, exception)

    @api.exception_handler(MustAnswerFirst)
    def handle_answers_first(request: HttpRequest, exception: Any) -> HttpResponse:
        return json_error(HTTPStatus.FORBIDDEN, exception.sentence, code="answers_first")

    @api.exception_handler(ValidationFailed)
    def handle_validation(request: HttpRequest, exception: Any) -> HttpResponse:
        return bad_request(exception.issues)

    @api.exception_handler(Conflict)
    def handle_conflict(request: HttpRequest, exception: Any) -> HttpResponse:
        return conflict(exception.issues)

    @api.exception_handler(QueueLimitError)
    def handle_too_many(request: HttpRequest, exception: Any) -> HttpResponse:
        return too_many_requests(str(exception), exception.retry_after)

    @api.exception_handler(AuthenticationError)
    def handle_unauthenticated(request: HttpRequest, exception: Exception) -> HttpResponse:
        return unauthenticated(token_sent=False)

    @api.exception_handler(HttpError)
    def handle_unreadable_body(request: HttpRequest, exception: Any) -> HttpResponse:
        """Ninja raises this for a body that our parser rejects; the parser's issues are in its cause."""
        if isinstance(exception.__cause__, ValidationFailed):
            return bad_request(exception.__cause__.issues)
        raise exception.__cause__ or exception

    @api.exception_handler(ValidationError)
    def handle_schema_errors(request: HttpRequest, exception: Any) -> HttpResponse:
        """400, or 404 for a number in the path that no row can have."""
        if any(error["loc"][0] == "path" for error in exception.errors):
            return not_found(request, exception)
        issues = [issue_of_schema_error(error) for error in exception.errors]
        # For a field of several types pydantic reports each; the first is the one that was meant.
        return bad_request(list({issue.key: issue for issue in reversed(issues)}.values())[::-1])

    @api.exception_handler(Exception)
    def handle_own_fault(request: HttpRequest, exception: Exception) -> NoReturn:
        """Left to Django, which logs it and answers with a reference."""
        raise exception


def issue_of_schema_error(error: dict[str, Any]) -> Issue:
    """The issue for an error that pydantic found in a field."""
    template = MESSAGES.get(error["type"], "Send what the description of this field allows")
    # Two: the name of our own parameter, then the field's. One: a parameter of the address, or the body as a whole.
    named = [str(part)[:80] for part in error["loc"][1:]]
    [field] = named[1:2] or (named if error["loc"][0] == "query" else ["body"])
    return Issue(code=error["type"], key=field, message=template.format(**error.get("ctx", {})))
