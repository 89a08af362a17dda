"""The addresses of the API and the OpenAPI document. Every address gets its gate and its policy here."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.parser import Parser

from assess.api import answers, assessments, evidence, measurements, questionnaires, reports, review, systems
from assess.api.access import Token, gate, refuse_unknown_input
from assess.api.errors import add_handlers
from assess.assessments.facade import read_json
from assess.people.facade import open_to_all

PREFIX = "/api/v1"

DESCRIPTION = """\
Systems, assessments, answers, results, reports and questionnaires: the same actions as on the pages, with the same
permissions. Send a token of yours as `Authorization: Bearer …`; you make one on the page of your account.
Signing a decision is not among them: whoever signs proves anew who they are, in the browser.
"""


class StrictParser(Parser):
    """Reads bodies as the pages do: no field twice, no NaN or infinity, UTF-8 only."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


# Ninja's pages of documentation load their script from elsewhere; ours is docs/api.md.
api = NinjaAPI(
    title="Splitcheck",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    auth=Token(),
    parser=StrictParser(),
)
add_handlers(api)
for room in (systems, assessments, answers, evidence, measurements, questionnaires, reports, review):
    room.router.add_decorator(refuse_unknown_input, mode="view")
    api.add_router("", room.router)


@cache
def openapi_document() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix=PREFIX))


@require_safe
@open_to_all(reason="describes the API and nobody's data; programs are written against it")
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(openapi_document())


def gated_patterns() -> list[URLPattern]:
    """Each address once: ninja has one for each method, and Django reaches only the first."""
    by_route: dict[str, URLPattern] = {}
    for pattern in api.urls[0]:
        # Ninja's root has nothing to show.
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            by_route.setdefault(str(pattern.pattern), pattern)
    return [path(route, gate(pattern.callback), name=pattern.name) for route, pattern in by_route.items()]


urlpatterns = [path("openapi.json", openapi, name="api-openapi"), *gated_patterns()]
