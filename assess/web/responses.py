"""Responses that pages share: the whole page or the part that htmx asks for, and refusals as messages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from assess.questionnaire.facade import ValidationFailed


def is_partial(request: HttpRequest) -> bool:
    """Whether a part will do: htmx asks, and it neither follows a boosted link nor rebuilds a page from its history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_page_or_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any] | None = None, status: int | None = None
) -> HttpResponse:
    """`template`, or for htmx its partial `part`, as in `render_page_or_part(request, "a/page.html", "answers", {…})`.

    Both bodies carry `Vary: HX-Request`, or a cache could give the part to someone who reloads the page.
    """
    response = render(request, f"{template}#{part}" if is_partial(request) else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def add_error_messages(request: HttpRequest, refusal: ValidationFailed) -> None:
    """Show each issue as a message above the next page, for forms without fields to show it beside."""
    for issue in refusal.issues:
        messages.error(request, f"{issue.message}.")
