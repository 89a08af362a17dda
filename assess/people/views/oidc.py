"""Signing in at the organisation's own OpenID Connect service, where one is configured; loaded only then.

allauth does the protocol (PKCE, state, the token's issuer and audience). Here: who may start it, and the error page
when the service does not answer as it should.
"""

import logging
from http import HTTPStatus

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from assess.people.access import open_to_all

logger = logging.getLogger(__name__)

#: The service is down, or its answer makes no sense.
SERVICE_FAILURES = (RequestException, KeyError, TypeError, ValueError, ImproperlyConfigured)


@require_POST
@open_to_all(reason="signing in is for the signed-out; it only leads on to the service")
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect("/")
    try:
        response: HttpResponseBase = oidc.login(request, provider_id)
    except SERVICE_FAILURES:
        return render_failure(request)
    return response


@require_safe
@never_cache
@open_to_all(reason="the state and the code from the service are the permission")
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        response: HttpResponseBase = oidc.callback(request, provider_id)
    except ImmediateHttpResponse as early:
        response = early.response
    except SERVICE_FAILURES:
        return render_failure(request)
    return response


@require_safe
@open_to_all(reason="says that signing in was cancelled; names nobody")
def cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")


def render_failure(request: HttpRequest) -> HttpResponse:
    logger.exception("The sign-in service did not answer as expected")
    return render(request, "socialaccount/authentication_error.html", status=HTTPStatus.BAD_GATEWAY)
