"""Signing in at the organisation's own service, where one is configured; loaded only then.

allauth does the talking (PKCE, state, the token's issuer and audience). Here: who may start it, and what is said when
the service does not answer as it should.
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

#: The service is away, or answers something that is no such answer.
NO_ANSWER = (RequestException, KeyError, TypeError, ValueError, ImproperlyConfigured)


@require_POST
@open_to_all(reason="signing in is for the signed-out; it only leads on to the service")
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect("/")
    try:
        answer: HttpResponseBase = oidc.login(request, provider_id)
    except NO_ANSWER:
        return _failed(request)
    return answer


@require_safe
@never_cache
@open_to_all(reason="the state and the code from the service are the permission")
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        answer: HttpResponseBase = oidc.callback(request, provider_id)
    except ImmediateHttpResponse as early:
        said: HttpResponseBase = early.response
        return said
    except NO_ANSWER:
        return _failed(request)
    return answer


@require_safe
@open_to_all(reason="says that signing in was cancelled; names nobody")
def cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")


def _failed(request: HttpRequest) -> HttpResponse:
    logger.exception("The sign-in service did not answer as expected")
    return render(request, "socialaccount/authentication_error.html", status=HTTPStatus.BAD_GATEWAY)
