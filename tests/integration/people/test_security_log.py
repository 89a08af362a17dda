"""What the log says of signing in, and which passwords are refused for being this site's own words."""

import logging

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from assess.people.credentials import ContextWordsValidator
from assess.people.models import User
from assess.web.errors import forbidden
from tests.conftest import client_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGGER = "assess.people.security_log"


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == LOGGER]


def test_signing_in_failing_and_signing_out_are_logged_without_the_address(
    client: Client, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.post("/account/login/", {"login": "alice@example.org", "password": "wrong-password"})
    client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    client.post("/account/logout/")
    assert messages(caplog) == [
        "A sign-in from 127.0.0.1 failed",
        f"Account {alice.pk} signed in from 127.0.0.1 by password",
        f"Account {alice.pk} signed out",
    ]
    assert "alice@example.org" not in caplog.text
    assert PASSWORD not in caplog.text


def test_a_changed_password_is_logged(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    fields = {"oldpassword": PASSWORD, "password1": "a new one of mine 77", "password2": "a new one of mine 77"}
    client_of(alice).post("/account/password/change/", fields)
    assert f"Account {alice.pk} changed its password, from 127.0.0.1" in messages(caplog)


def test_a_refused_action_is_logged_with_the_account(rita: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    request = RequestFactory().post("/assessments/7/submit/")
    request.user = rita
    forbidden(request, PermissionError())
    assert f"Account {rita.pk} may not do this: POST /assessments/7/submit/" in caplog.text


@pytest.mark.parametrize("password", ["Splitcheck2026!", "monolith-microservices", "ADMIN-password-1", "testserver123"])
def test_a_password_of_the_sites_own_words_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        ContextWordsValidator().validate(password)


@pytest.mark.parametrize("password", ["look-around", "correct horse battery", "1234567890123", "splitcheck otter 9"])
def test_a_password_with_other_words_is_taken(password: str) -> None:
    ContextWordsValidator().validate(password)


def test_signing_up_with_such_a_password_says_why(client: Client) -> None:
    fields = {"email": "new@example.org", "name": "New", "team": "Team", "password1": "splitcheck2026"}
    page = client.post("/account/signup/", fields).content.decode()
    assert "only words of this site" in page
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_token_sent_in_the_clear_is_refused_and_not_redirected(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]  # pytest-django's settings
    settings.SECURE_REDIRECT_EXEMPT = ["^api/"]  # type: ignore[attr-defined]
    clear = client.get("/api/v1/assessments", headers={"authorization": "Bearer x"})
    assert clear.status_code == 403
    assert "sent in the clear" in clear.json()["problem"]
    assert client.get("/api/v1/assessments", headers={"authorization": "Bearer x"}, secure=True).status_code == 401
    assert client.get("/account/login/").status_code == 301
