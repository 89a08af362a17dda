"""What the settings put around every request for whoever runs the site."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from assess.operations.urls import urlpatterns

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def answer_probes(get_response: GetResponse) -> GetResponse:
    """Answers the addresses of this room itself, before host, HTTPS, session and language are looked at.

    A balancer asks by the machine's address, over plain HTTP, and has to get its answer while the database is away.
    """
    views = {f"/{pattern.pattern}": pattern.callback for pattern in urlpatterns}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        view = views.get(request.path_info)
        return view(request) if view else get_response(request)

    return middleware
