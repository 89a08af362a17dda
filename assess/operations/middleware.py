"""What the settings put around every request for whoever runs the site."""

import time
from collections.abc import Callable

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from assess.operations.urls import urlpatterns
from assess.operations.views import are_metrics_on, metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def answer_probes(get_response: GetResponse) -> GetResponse:
    """Answers the addresses of this room itself, before host, HTTPS, session and language are looked at.

    A balancer asks by the machine's address, over plain HTTP, and has to get its answer while the database is away.
    """
    views: dict[str, GetResponse] = {f"/{pattern.pattern}": pattern.callback for pattern in urlpatterns}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        view = views.get(request.path_info)
        if view is None or (view is metrics and not are_metrics_on()):
            return get_response(request)
        return view(request)

    return middleware


def measure_requests(get_response: GetResponse) -> GetResponse:
    """Counts each response and how long it took, where metrics are switched on."""
    if not are_metrics_on():
        raise MiddlewareNotUsed
    from assess.operations.metrics import count_response

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        view = (match.url_name if match else None) or "none"
        count_response(view=view, method=request.method or "", status=response.status_code, seconds=seconds)
        return response

    return middleware
