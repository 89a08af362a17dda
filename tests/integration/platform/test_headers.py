"""Every response carries the same headers, whoever answers: a view, an error page, a redirect or the static files."""

import gzip
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client

pytestmark = pytest.mark.django_db

RESPONSES = {
    "a page": ("get", "/account/login/", 200),
    "a redirect to sign in": ("get", "/private/", 302),
    "a redirect by middleware": ("get", "/account/login", 301),
    "nothing there": ("get", "/no/such/place/", 404),
    "not allowed": ("get", "/denies/", 403),
    "not understood": ("get", "/suspects/", 400),
    "throttled": ("get", "/throttles/", 429),
    "our own fault": ("get", "/breaks/", 500),
    "wrong method": ("delete", "/account/login/", 405),
    "a static file": ("get", "/static/app.css", 200),
    "a missing static file": ("get", "/static/nothing.css", 404),
}


SECURITY = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
}


@pytest.mark.parametrize(("method", "path", "status"), RESPONSES.values(), ids=RESPONSES.keys())
def test_every_response_carries_all_headers(faulty: Client, method: str, path: str, status: int) -> None:
    response = getattr(faulty, method)(path)
    response.close()  # static files are streamed
    headers = response.headers
    assert response.status_code == status
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert re.fullmatch(r"[a-z0-9]{10}", headers["X-Request-Reference"])
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["X-Frame-Options"] == "DENY"


def test_refusals_on_the_way_in_have_the_headers_of_a_page(faulty: Client, settings: Any) -> None:
    """A body over the limit, another charset, a bad Host and a redirect to HTTPS never reach a view."""
    settings.SECURE_HSTS_SECONDS = 60

    def ask(**more: Any) -> HttpResponse:
        return faulty.generic("POST", "/form/", **{"data": b"x", "content_type": "text/plain", "secure": True, **more})

    page = {name: value for name, value in ask().headers.items() if name in SECURITY}
    assert set(page) == SECURITY
    refused = {
        413: ask(data=b"x" * (256 * 1024 + 1)),
        415: ask(content_type="text/plain; charset=utf-16"),
        400: ask(HTTP_HOST="evil.example"),
    }
    settings.SECURE_SSL_REDIRECT = True
    redirect = Client().get("/form/")
    assert redirect.status_code == 301
    for status, response in refused.items():
        assert response.status_code in (status, 400)
        assert {name: value for name, value in response.headers.items() if name in SECURITY} == page, status
    # Over plain HTTP a browser ignores Strict-Transport-Security.
    assert set(redirect.headers) >= SECURITY - {"Strict-Transport-Security"}


def test_static_files_are_for_this_site_alone(faulty: Client) -> None:
    assert finders.find("app.css")
    response = faulty.get("/static/app.css")
    response.close()
    assert "Access-Control-Allow-Origin" not in response.headers


def test_signed_in_pages_are_not_cached(faulty: Client, alice: object) -> None:
    faulty.force_login(alice)  # type: ignore[arg-type]
    assert set(faulty.get("/private/").headers["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/account/password/reset/", "/no/such/place/"])
def test_pages_hold_nothing_that_the_policy_would_refuse(client: Client, path: str) -> None:
    body = client.get(path).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", body)
    assert not [tag for tag in re.findall(r"<script[^>]*>", body) if "src=" not in tag]


def test_a_page_is_packed_for_who_takes_it_and_says_the_same() -> None:
    plain = Client().get("/sample/")
    packed = Client().get("/sample/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < 40 * 1024
    assert "Accept-Encoding" in packed["Vary"]


def test_how_well_a_page_packs_tells_nothing_of_its_secrets() -> None:
    """BREACH reads a secret off the length of packed pages: each answer has random bytes more."""
    client = Client()
    lengths = {len(client.get("/sample/", headers={"accept-encoding": "gzip"}).content) for _ in range(12)}
    assert len(lengths) > 1
