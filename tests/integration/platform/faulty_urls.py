"""The site's addresses and a few views that fail, to see the error pages of a real request."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from assess.people.access import open_to_all, signed_in
from assess.urls import *  # noqa: F403  # handlers too
from assess.urls import urlpatterns as site
from assess.web.errors import too_many_requests


@open_to_all(reason="test")
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


@open_to_all(reason="test")
def needs_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("fine")


@open_to_all(reason="test")
def denies(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("a secret detail")


@open_to_all(reason="test")
def suspects(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("a secret detail")


@open_to_all(reason="test")
def throttles(request: HttpRequest) -> HttpResponse:
    return too_many_requests(request, retry_after=90)


@require_POST
@open_to_all(reason="test")
def only_takes_forms(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sent")


@require_safe
@open_to_all(reason="test")
def only_takes_pages(request: HttpRequest) -> HttpResponse:
    return HttpResponse("shown")


@open_to_all(reason="test")
def takes_a_form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields")


@signed_in
def for_the_signed_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Hello {request.user}")


urlpatterns = [
    path("breaks/", breaks, name="breaks"),
    path("needs-database/", needs_database, name="needs-database"),
    path("denies/", denies, name="denies"),
    path("suspects/", suspects, name="suspects"),
    path("throttles/", throttles, name="throttles"),
    path("only-forms/", only_takes_forms, name="only-forms"),
    path("only-pages/", only_takes_pages, name="only-pages"),
    path("form/", takes_a_form, name="form"),
    path("private/", for_the_signed_in, name="private"),
    *site,
]
