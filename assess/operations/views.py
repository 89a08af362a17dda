"""Pages for programs: supervisors, balancers, monitoring. They know no person and no session."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.log import log_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assess.operations.readiness import CHECKS, find_problems
from assess.people.facade import open_to_all
from assess.web.facade import is_trusted

logger = logging.getLogger(__name__)


@open_to_all(reason="says that this process answers, and nothing else")
@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 while this process answers, whatever else is broken: who gets no answer restarts it. No query."""
    return JsonResponse({"alive": True})


@open_to_all(reason="says which part of the site is missing, in words that hold no name, address or number of ours")
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the site can serve people, otherwise 503; as JSON, check by check.

    `?exclude=worker` leaves a check out, as often as wanted: a balancer goes on sending people here while the
    worker is away.
    """
    exclude = request.GET.getlist("exclude")
    unknown = sorted(set(exclude) - set(CHECKS))
    if unknown:
        problem = f"There is no such check. The checks are: {', '.join(CHECKS)}."
        return JsonResponse({"problem": problem}, status=HTTPStatus.BAD_REQUEST)
    problems = find_problems(exclude)
    checks = {name: problems.get(name, "ok") for name in CHECKS if name not in exclude}
    if not problems:
        return JsonResponse({"ready": True, "checks": checks})
    response = JsonResponse({"ready": False, "checks": checks}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "5"
    log_response(
        "Not ready: %s", ", ".join(problems), response=response, request=request, logger=logger, level="warning"
    )
    return response


@open_to_all(reason="off unless configured; then for whoever brings the token or asks from a configured address")
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; 404 while no setting switches them on, 403 for everybody else."""
    if not are_metrics_on():
        raise Http404
    if not may_read_metrics(request):
        sentence = "Metrics are for the configured addresses and the token of METRICS_TOKEN."
        return JsonResponse({"problem": sentence}, status=HTTPStatus.FORBIDDEN)
    from assess.operations.metrics import build_metrics  # the library is loaded where metrics are on

    return HttpResponse(build_metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


def are_metrics_on() -> bool:
    return bool(settings.METRICS_TOKEN or settings.METRICS_FROM)


def may_read_metrics(request: HttpRequest) -> bool:
    """Whether the request passes every condition that is configured: the token, the address, or both."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and not constant_time_compare(token, settings.METRICS_TOKEN):
        return False
    return not settings.METRICS_FROM or is_trusted(request.META.get("REMOTE_ADDR", ""), settings.METRICS_FROM)
