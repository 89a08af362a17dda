"""The secret of an address that was sent to somebody never stands in the log."""

import io
import logging
from typing import Any

import pytest
from django.test import Client

from assess.people.tokens import generate_token
from assess.web.logs import OneLineFormatter, ReferenceFilter, redact_secrets

pytestmark = pytest.mark.django_db

TOKEN = generate_token()[0]


@pytest.fixture
def log() -> Any:
    """What the site's own formatter writes of every record, from everywhere."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLineFormatter("{levelname} {name} [{reference}] {message}", style="{"))
    handler.addFilter(ReferenceFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


@pytest.mark.parametrize("at", ["/s/{}/", "/invitations/{}/", "/join/{}/", "/s/{}", "/join/{}/x/?y={}"])
def test_log_of_a_missing_page_masks_the_secret(log: io.StringIO, at: str) -> None:
    Client(raise_request_exception=False).get(at.format(TOKEN, TOKEN))
    Client(enforce_csrf_checks=True).post(at.format(TOKEN, TOKEN))
    assert TOKEN not in log.getvalue()


def test_missing_link_is_logged(log: io.StringIO) -> None:
    Client().get(f"/s/{TOKEN}/")
    assert "Not Found: /s/***/" in log.getvalue()


def test_traceback_masks_the_secret(log: io.StringIO) -> None:
    try:
        raise ValueError(f"<WSGIRequest: GET '/s/{TOKEN}/'>")
    except ValueError:
        logging.getLogger("assess").exception("it failed")
    assert TOKEN not in log.getvalue()
    assert "/s/***/" in log.getvalue()


@pytest.mark.parametrize(
    "plain", ["/assessments/12/links/7/revoke/", "/invitations/12/revoke/", "/static/app.css", "/invitations/"]
)
def test_addresses_without_a_secret_are_logged_unchanged(plain: str) -> None:
    assert redact_secrets(plain) == plain


@pytest.mark.parametrize("kind", ["s", "invitations", "join"])
@pytest.mark.parametrize("slash", ["/", "%2F", "%2f"])
def test_secret_in_a_next_parameter_is_masked(kind: str, slash: str) -> None:
    line = f"GET /account/signup/?next={slash}{kind}{slash}{TOKEN}{slash}&x=1 HTTP/1.1"
    assert redact_secrets(line) == f"GET /account/signup/?next={slash}{kind}{slash}***{slash}&x=1 HTTP/1.1"


def test_keys_of_links_in_mails_are_masked() -> None:
    assert redact_secrets("GET /account/confirm-email/MQ:1abcde:abcdefghijkl/") == "GET /account/confirm-email/***/"
    assert (
        redact_secrets("/account/password/reset/key/1-cabc12-0123456789abcdef/") == "/account/password/reset/key/***/"
    )
