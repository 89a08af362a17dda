"""What is true once TWO_STEP and OIDC_… are set. Run by `test_configured`, in a process with that environment.

The service is a small one of our own on the loopback address; it checks what it is sent as a strict one would.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as site
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver

from assess.checks import every_url, every_view_names_its_policy
from assess.people import invitations, personal_data
from assess.people.api_tokens import create_api_token, get_user_of_api_token
from assess.people.models import Membership, Role, Team, User, Workspace
from tests.conftest import client_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_every_address_names_its_policy_and_no_other_page_of_theirs_exists() -> None:
    assert every_view_names_its_policy(None) == []
    names = {str(pattern.name) for _, pattern in every_url(get_resolver("assess.urls").url_patterns)}
    assert {name for name in names if name.startswith(("mfa_", "openid", "socialaccount_"))} == {
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
    }


# --- two-step sign-in


def code_for(secret: str, *, steps: int = 0) -> str:
    """RFC 6238, written out here: HMAC-SHA1 over the number of half minutes, truncated to six digits."""
    import hmac

    key = base64.b32decode(secret)
    digest = hmac.new(key, (int(time.time()) // 30 + steps).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(client: Client, user: User, **more: str) -> Any:
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def switch_on(client: Client, user: User) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    sign_in(client, user)
    asked = client.get("/account/two-step/on/")
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/two-step/on/"})
    body = client.get("/account/two-step/on/").content.decode()
    drawing = base64.b64decode(body.split("data:image/svg+xml;base64,")[1].split('"')[0]).decode()
    assert drawing.index('fill="#fff"') < drawing.index("<path"), "a dark page would make it unreadable"
    secret = body.split('id="secret" value="')[1].split('"')[0]
    refused = client.post("/account/two-step/on/", {"code": "000000"})
    assert "this one is wrong" in refused.content.decode()
    # The step before, so that the present one is fresh for the first sign-in.
    done = client.post("/account/two-step/on/", {"code": code_for(secret, steps=-1)})
    assert done.headers["Location"] == "/account/two-step/codes/"
    page = client.get("/account/two-step/codes/").content.decode()
    codes = [part.split("</code>")[0] for part in page.split("<code>")[1:]]
    assert len(codes) == 10
    return secret, codes


def test_sign_in_asks_for_the_apps_code_and_accepts_it_once(alice: User, client: Client) -> None:
    secret, _ = switch_on(client, alice)
    client.post("/account/logout/")
    asked = sign_in(client, alice, next="/account/tokens/")
    assert asked.headers["Location"].startswith("/account/two-step/code/")
    assert not is_signed_in(client)
    assert client.get("/account/you/").status_code == 302
    page = client.get("/account/two-step/code/").content.decode()
    assert 'autocomplete="one-time-code"' in page
    wrong = client.post("/account/two-step/code/", {"code": "000000"})
    assert "this one is wrong" in wrong.content.decode()
    assert not is_signed_in(client)
    code = code_for(secret)
    assert client.post("/account/two-step/code/", {"code": code}).headers["Location"] == "/account/tokens/"
    assert is_signed_in(client)
    other = Client()
    sign_in(other, alice)
    other.post("/account/two-step/code/", {"code": code})
    assert not is_signed_in(other)


def test_recovery_code_works_once(alice: User, client: Client) -> None:
    _, codes = switch_on(client, alice)
    for expected in (True, False):
        other = Client()
        sign_in(other, alice)
        other.post("/account/two-step/code/", {"code": codes[0]})
        assert is_signed_in(other) is expected


def test_secrets_are_stored_encrypted_and_survive_a_new_key_of_the_site(
    alice: User, client: Client, settings: Any
) -> None:
    secret, codes = switch_on(client, alice)
    stored = str(list(Authenticator.objects.values()))
    assert secret not in stored
    assert codes[0] not in stored
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 6
    other = Client()
    sign_in(other, alice)
    other.post("/account/two-step/code/", {"code": code_for(secret)})
    assert is_signed_in(other)


def test_codes_cannot_be_guessed_for_long(alice: User, client: Client) -> None:
    secret, _ = switch_on(client, alice)
    other = Client()
    sign_in(other, alice)
    for number in range(12):
        other.post("/account/two-step/code/", {"code": f"{number:06d}"})
    other.post("/account/two-step/code/", {"code": code_for(secret)})
    assert not is_signed_in(other)


def test_two_step_code_page_needs_the_password_first(client: Client, alice: User) -> None:
    for response in (client.get("/account/two-step/code/"), client.post("/account/two-step/code/", {"code": "1"})):
        assert response.headers["Location"].startswith("/account/login/")


def test_two_step_is_switched_off_after_the_password_and_new_codes_replace_old_ones(
    alice: User, client: Client
) -> None:
    _, codes = switch_on(client, alice)
    assert client.post("/account/two-step/codes/new/").status_code == 302
    page = client.get("/account/two-step/codes/").content.decode()
    assert codes[0] not in page
    assert "10 recovery codes left" in client.get("/account/two-step/").content.decode()
    fresh = client_of(alice)
    assert fresh.post("/account/two-step/off/").headers["Location"].startswith("/account/reauthenticate/")
    assert Authenticator.objects.filter(user=alice).exists()
    assert client.get("/account/two-step/off/").status_code == 200
    assert client.post("/account/two-step/off/").status_code == 302
    assert not Authenticator.objects.filter(user=alice).exists()
    other = Client()
    sign_in(other, alice)
    assert is_signed_in(other)


def test_switching_two_step_off_for_the_site_locks_nobody_out(alice: User, client: Client, settings: Any) -> None:
    switch_on(client, alice)
    settings.TWO_STEP = False
    other = Client()
    sign_in(other, alice)
    assert is_signed_in(other)


def test_two_step_pages_are_closed_to_guests_and_signed_out(gus: User, alice: User, client: Client) -> None:
    for page in ("", "on/", "off/", "codes/", "codes/new/", "again/"):
        assert client.get(f"/account/two-step/{page}").status_code == 302
        assert client_of(gus).get(f"/account/two-step/{page}").status_code == 403
    assert "Off. With it, signing in" in client_of(alice).get("/account/two-step/").content.decode()
    assert "/account/two-step/" in client_of(alice).get("/account/you/").content.decode()
    assert client_of(alice).get("/account/two-step/codes/").status_code == 404


def test_command_switches_two_step_off_for_a_person(alice: User, client: Client, capsys: Any) -> None:
    switch_on(client, alice)
    call_command("reset_two_step", "ALICE@example.org")
    assert "with the password alone" in capsys.readouterr().out
    other = Client()
    sign_in(other, alice)
    assert is_signed_in(other)
    for address in ("alice@example.org", "nobody@example.org"):
        with pytest.raises(CommandError):
            call_command("reset_two_step", address)


def test_erasing_removes_the_second_step(alice: User, client: Client) -> None:
    switch_on(client, alice)
    personal_data.erase(alice)
    assert not Authenticator.objects.exists()


# --- the organisation's own sign-in


SERVICE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Service:
    """An OpenID provider that remembers what it gave to whom."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.called = ""
        self.userinfo: dict[str, Any] = {}
        self.signs_with: Any = SERVICE_KEY
        self.algorithm = "RS256"
        self.is_broken = False
        self.tokens_given = 0

    def give_code(self, location: str) -> str:
        """What the person's browser brings back after signing in there."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return f"/account/service/back/?code=the-code&state={self.asked['state']}"

    def answer(self, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        issuer = site.OIDC_ISSUER
        if self.is_broken:
            return 500, {"error": "server_error"}
        if path == "/realm/.well-known/openid-configuration":
            return 200, {
                "issuer": self.called or issuer,
                "authorization_endpoint": f"{issuer}/auth",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/realm/token":
            challenge = base64.urlsafe_b64encode(hashlib.sha256(body.get("code_verifier", "").encode()).digest())
            fits = (
                self.asked.get("code_challenge_method") == "S256"
                and self.asked.get("code_challenge") == challenge.decode().rstrip("=")
                and body.get("client_secret") == "issuer's secret"
                and body.get("redirect_uri") == self.asked.get("redirect_uri")
                and body.get("code") == "the-code"
            )
            if not fits:
                return 400, {"error": "invalid_grant"}
            self.tokens_given += 1
            claims = {"iss": issuer, "aud": "splitcheck", "exp": int(time.time()) + 60, "iat": int(time.time())}
            claims |= {"nonce": self.asked.get("nonce"), **self.claims}
            token = jwt.encode(claims, self.signs_with, self.algorithm, headers={"kid": "1"})
            return 200, {"access_token": "access", "token_type": "Bearer", "id_token": token}
        if path == "/realm/keys":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(SERVICE_KEY.public_key(), as_dict=True)
            return 200, {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}
        if path == "/realm/userinfo":
            of_the_token = {"iss", "aud", "exp", "nonce"}
            return 200, self.userinfo or {name: self.claims[name] for name in self.claims.keys() - of_the_token}
        return 404, {}


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            status, answer = made.answer(self.path, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = reply  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(site.OIDC_ISSUER).port or 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


NINA = {"sub": "nina-17", "email": "Nina@example.org", "email_verified": True, "name": "Nina  New"}


def come_back(client: Client, service: Service, claims: dict[str, Any], **body: str) -> Any:
    service.claims = claims
    start = client.post("/account/service/", body)
    assert start.status_code == 302, start.content
    return client.get(service.give_code(start.headers["Location"]))


def test_sign_in_page_offers_the_service_and_csp_allows_its_form(client: Client) -> None:
    page = client.get("/account/login/", {"next": "/account/tokens/"})
    body = page.content.decode()
    assert "Sign in with Harbour" in body
    assert body.count('name="next" value="/account/tokens/"') == 2
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(site.OIDC_ISSUER))
    assert f"form-action 'self' {origin};" in page.headers["Content-Security-Policy"] + ";"
    assert "Sign in with Harbour" in client.get("/account/signup/").content.decode()
    assert client.get("/account/service/").status_code == 405


def test_new_person_from_the_service_gets_account_team_and_confirmed_address(client: Client, service: Service) -> None:
    response = come_back(client, service, NINA, next="/account/you/")
    assert response.headers["Location"] == "/account/you/"
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == ("nina@example.org", "Nina New", False)
    assert EmailAddress.objects.get(user=user).verified
    assert Membership.objects.get(user=user).role == Role.LEAD
    assert service.asked["code_challenge_method"] == "S256"
    assert not SocialToken.objects.exists()
    assert not mail.outbox
    again = Client()
    come_back(again, service, {**NINA, "name": "Changed there"})
    assert is_signed_in(again)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "kept"), [("A\u202ena", ""), ("x" * 500, "x" * 120), ("山田 太郎", "山田 太郎"), (None, "")]
)
def test_name_from_the_sign_in_service_follows_the_same_rules(
    name: str | None, kept: str, client: Client, service: Service
) -> None:
    come_back(client, service, {**NINA, "name": name})
    assert User.objects.get().name == kept


def test_verified_address_signs_in_to_the_existing_account(client: Client, service: Service, alice: User) -> None:
    come_back(client, service, {**NINA, "email": "ALICE@example.org"})
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert SocialAccount.objects.get().user == alice
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert alice.name == "Alice"


def test_linking_the_service_ends_sessions_and_tokens_from_before_and_signing_in_again_none(
    client: Client, service: Service, alice: User
) -> None:
    earlier, (_token, text) = client_of(alice), create_api_token(alice, name="export", days=1)
    come_back(client, service, {**NINA, "email": alice.email})
    assert is_signed_in(client)
    assert earlier.get("/account/you/").status_code == 302
    assert get_user_of_api_token(text) is None
    come_back(Client(), service, {**NINA, "email": alice.email})
    assert client.get("/account/you/").status_code == 200


def test_password_of_an_unconfirmed_account_ends_when_the_service_verifies_the_address(
    client: Client, service: Service, alice: User
) -> None:
    EmailAddress.objects.update(verified=False)
    come_back(client, service, {**NINA, "email": "alice@example.org"})
    assert client.session["_auth_user_id"] == str(alice.pk)
    alice.refresh_from_db()
    assert not alice.check_password(PASSWORD)


@pytest.mark.parametrize("verified", [False, "false", "true", None, 1])
@pytest.mark.parametrize("email", ["alice@example.org", "new@example.org"])
def test_address_not_verified_by_the_service_is_ignored(
    verified: Any, email: str, client: Client, service: Service, alice: User
) -> None:
    response = come_back(client, service, {**NINA, "email": email, "email_verified": verified})
    assert response.status_code == 403
    assert "Your address is not confirmed there" in response.content.decode()
    assert not is_signed_in(client)
    assert list(User.objects.all()) == [alice]
    assert not SocialAccount.objects.exists()


def test_service_without_an_address_signs_nobody_in(client: Client, service: Service) -> None:
    assert come_back(client, service, {"sub": "nina-17", "name": "Nina"}).status_code == 403
    assert not User.objects.exists()


def test_deactivated_account_cannot_sign_in_by_the_service(client: Client, service: Service, dana: User) -> None:
    response = come_back(client, service, {**NINA, "email": dana.email})
    assert response.headers["Location"] == "/account/inactive/"
    assert not is_signed_in(client)
    assert User.objects.count() == 1


def test_service_sign_up_from_an_invitation_returns_to_it_and_creates_no_workspace(
    client: Client, service: Service, alice: User, team: Team
) -> None:
    path = invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice).path
    response = come_back(client, service, NINA, next=path)
    assert response.headers["Location"] == path
    assert Workspace.objects.count() == 1
    assert client.post(path).status_code == 302
    assert Membership.objects.get(user__email="nina@example.org").team == team


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_service_sign_in_does_not_redirect_to_other_sites(elsewhere: str, client: Client, service: Service) -> None:
    assert come_back(client, service, NINA, next=elsewhere).headers["Location"] == "/"


def test_callback_without_a_started_sign_in_signs_nobody_in(client: Client, service: Service) -> None:
    service.claims = NINA
    start = client.post("/account/service/")
    address = service.give_code(start.headers["Location"])
    for stranger, at in (
        (Client(), address),
        (client, "/account/service/back/?code=the-code&state=made-up"),
        (client, "/account/service/back/"),
    ):
        response = stranger.get(at)
        assert response.status_code in {401, 200}
        assert "Signing in did not work" in response.content.decode()
        assert not is_signed_in(stranger)
    assert service.tokens_given == 0


def test_two_step_code_does_not_work_twice(client: Client, service: Service) -> None:
    service.claims = NINA
    address = service.give_code(client.post("/account/service/").headers["Location"])
    client.get(address)
    client.post("/account/logout/")
    assert "Signing in did not work" in client.get(address).content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "wrong", [{"aud": "somebody else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"nonce": "of another browser"}]
)
def test_id_token_for_another_client_or_issuer_is_refused(
    wrong: dict[str, str], client: Client, service: Service
) -> None:
    response = come_back(client, service, {**NINA, **wrong})
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"),
        ("a key of the service's own, long enough", "HS256"),
        (None, "none"),
    ],
    ids=["another key", "a shared secret", "no signature"],
)
def test_id_token_without_the_services_signature_is_refused(
    key: Any, algorithm: str, client: Client, service: Service
) -> None:
    service.signs_with, service.algorithm = key, algorithm
    response = come_back(client, service, NINA)
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(client)


def test_userinfo_of_another_person_than_the_id_token_is_refused(client: Client, service: Service) -> None:
    service.userinfo = {**NINA, "sub": "somebody-else"}
    response = come_back(client, service, NINA)
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(client)


def test_a_service_that_calls_itself_otherwise_than_configured_is_refused(client: Client, service: Service) -> None:
    service.called = "https://other.example"
    response = come_back(client, service, {**NINA, "iss": service.called})
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(client)


def test_each_browser_has_a_nonce_of_its_own(service: Service) -> None:
    nonces = set()
    for browser in (Client(), Client()):
        service.give_code(browser.post("/account/service/?auth_params=nonce%3Dmine").headers["Location"])
        nonces.add(service.asked["nonce"])
    assert len(nonces) == 2
    assert "mine" not in nonces


def test_cancelling_at_the_service_is_no_error(client: Client, service: Service) -> None:
    service.give_code(client.post("/account/service/").headers["Location"])
    response = client.get(f"/account/service/back/?error=access_denied&state={service.asked['state']}", follow=True)
    assert "You cancelled signing in" in response.content.decode()


def test_sign_in_service_that_is_down_or_broken_gives_an_error_page(client: Client) -> None:
    response = client.post("/account/service/")
    assert response.status_code == 502
    assert "Signing in did not work" in response.content.decode()


def test_sign_in_service_failing_at_the_callback_gives_an_error_page(client: Client, service: Service) -> None:
    service.claims = NINA
    address = service.give_code(client.post("/account/service/").headers["Location"])
    service.is_broken = True
    response = client.get(address)
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(client)


def test_service_sign_in_asks_for_the_second_step_too(client: Client, service: Service, alice: User) -> None:
    secret, _ = switch_on(Client(), alice)
    response = come_back(client, service, {**NINA, "email": alice.email})
    assert response.headers["Location"].startswith("/account/two-step/code/")
    assert not is_signed_in(client)
    client.post("/account/two-step/code/", {"code": code_for(secret)})
    assert is_signed_in(client)


def test_person_without_password_is_not_asked_for_one(client: Client, service: Service) -> None:
    come_back(client, service, NINA)
    assert "have no password here" in client.get("/account/you/").content.decode()
    assert client.post("/account/you/leave/", {"proof": "nina@example.org"}).status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_sign_in_service_that_hangs_keeps_few_requests_waiting(client: Client, service: Service) -> None:
    from assess.people.views import oidc

    for _ in range(oidc.AT_A_TIME):
        oidc.waiting_for_service.acquire()
    try:
        assert client.post("/account/service/").status_code == 502
        assert service.asked == {}, "one more waited"
    finally:
        for _ in range(oidc.AT_A_TIME):
            oidc.waiting_for_service.release()
    assert client.post("/account/service/").status_code == 302
