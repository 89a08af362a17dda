"""Signing in at the organisation's own OpenID Connect service, where one is configured; loaded only then.

allauth does the protocol (PKCE, state, the token's issuer and audience). Here: the token's signature and nonce, who may
start it, and the error page when the service does not answer as it should.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from assess.people.access import open_to_all

logger = logging.getLogger(__name__)

#: The service is down, or its answer makes no sense.
SERVICE_FAILURES = (RequestException, jwt.PyJWTError, KeyError, TypeError, ValueError, ImproperlyConfigured)

#: Signatures that only the service can make; never those by a secret that the site has too, nor none.
ALGORITHMS: Final = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}
#: Session key: what the service writes into tokens for this browser, and for no other.
NONCE: Final = "oidc_nonce"


class VerifyingAdapter(oidc.OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """Takes an ID token only with the service's signature and this browser's nonce, and userinfo only of its person.

    allauth by itself leaves the signature out where the token comes straight from the service, as the standard allows.
    """

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("The service gave no ID token")
        if self.openid_config["issuer"].rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error("The service calls itself by another name than OIDC_ISSUER")
        if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
            raise OAuth2Error("The ID token is not signed by a key of the service")
        claims = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not secrets.compare_digest(str(claims.get("nonce")), request.session.get(NONCE, "")):
            raise OAuth2Error("The ID token is for another browser")
        userinfo = self._fetch_user_info(token.token)
        if userinfo["sub"] != claims["sub"]:
            raise OAuth2Error("The service told of two people")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo, "id_token": claims})


#: Requests of this process that may wait for the service at once, some seconds each. With more, a service that hangs
#: would keep all threads from everybody else.
AT_A_TIME: Final = 4
waiting_for_service: Final = threading.BoundedSemaphore(AT_A_TIME)


@contextmanager
def asking_service() -> Iterator[None]:
    """While inside, one more request waits for the service. Raises RequestException where too many do."""
    if not waiting_for_service.acquire(blocking=False):
        raise RequestException("Too many are waiting for the sign-in service")
    try:
        yield
    finally:
        waiting_for_service.release()


@require_POST
@open_to_all(reason="signing in is for the signed-out; it only leads on to the service")
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect("/")
    nonce = request.session.setdefault(NONCE, secrets.token_urlsafe(32))
    parameters = request.GET.copy()
    parameters["auth_params"] = urlencode({"nonce": nonce})  # from where allauth takes what else to send to the service
    request.GET = parameters  # type: ignore[assignment]  # a request's own cannot be changed
    try:
        view = OAuth2LoginView.adapter_view(VerifyingAdapter(request, provider_id))
        with asking_service():
            response: HttpResponseBase = view(request)
    except SERVICE_FAILURES:
        return render_failure(request)
    return response


@require_safe
@never_cache
@open_to_all(reason="the state and the code from the service are the permission")
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        view = OAuth2CallbackView.adapter_view(VerifyingAdapter(request, provider_id))
        with asking_service():
            response: HttpResponseBase = view(request)
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
