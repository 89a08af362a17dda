"""What the log says of signing in, and which passwords are refused for being this site's own words."""

import logging
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client, RequestFactory

from assess.people.credentials import ContextWordsValidator
from assess.people.models import User
from assess.people.tokens import get_cipher
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


def test_giving_the_password_again_gives_the_session_another_key(alice: User) -> None:
    client = Client()
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    first = client.session.session_key
    assert client.post("/account/reauthenticate/", {"password": "wrong-password"}).status_code == 200
    assert client.session.session_key == first
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    second = client.session.session_key
    assert second != first
    client.post("/account/tokens/", {"name": "export", "days": 30, "password": PASSWORD})
    assert client.session.session_key not in (first, second)
    assert client.get("/account/").status_code in (200, 404)
    stale = Client()
    stale.cookies[client.cookies["sessionid"].key] = first
    assert stale.get("/assessments/").status_code == 302


def test_the_command_signs_one_person_out_everywhere(alice: User, bob: User) -> None:
    hers, his = client_of(alice), client_of(bob)
    call_command("end_sessions", "ALICE@example.org")
    assert hers.get("/assessments/").status_code == 302
    assert his.get("/assessments/").status_code == 200
    call_command("end_sessions", "--everybody")
    assert his.get("/assessments/").status_code == 302
    for wrong in ([], ["nobody@example.org"], ["a@example.org", "--everybody"]):
        with pytest.raises(CommandError):
            call_command("end_sessions", *wrong)


def test_a_cipher_notices_a_changed_content_and_knows_earlier_keys(settings: Any) -> None:
    encrypted = get_cipher("test").encrypt(b"hello")
    assert encrypted != get_cipher("test").encrypt(b"hello")
    changed = encrypted[:-3] + (b"AAA" if encrypted[-3:] != b"AAA" else b"BBB")
    for other, purpose in ((changed, "test"), (encrypted, "another")):
        with pytest.raises(InvalidTag):
            get_cipher(purpose).decrypt(other)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the site, long enough for it"
    assert get_cipher("test").decrypt(encrypted.decode()) == b"hello"
