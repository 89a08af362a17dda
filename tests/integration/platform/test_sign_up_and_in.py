"""An account comes with a place to work in, and whoever was on the way somewhere gets there."""

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from assess.people.models import Membership, Role, Team, User, Workspace
from tests.factories import PASSWORD
from tests.html import compact
from tests.work import count_calls

pytestmark = pytest.mark.django_db

ANA = {"name": "Ana Lopez", "email": "ana@example.org", "password1": "a wide blue harbour", "team": "Billing"}


def test_signing_up_creates_a_workspace_and_a_team_with_the_person_as_lead(client: Client) -> None:
    response = client.post("/account/signup/", ANA)
    assert response.status_code == 302
    user = User.objects.get(email="ana@example.org")
    membership = Membership.objects.get(user=user)
    assert user.name == "Ana Lopez"
    assert membership.role == Role.LEAD
    assert membership.team is not None
    assert (membership.team.name, membership.team.workspace) == ("Billing", membership.workspace)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_team_without_a_name_gets_one(client: Client) -> None:
    client.post("/account/signup/", {**ANA, "team": " "})
    assert Team.objects.get().name == "My team"
    assert Workspace.objects.get().name == "Workspace of Ana Lopez"


def test_failed_sign_up_leaves_nothing_behind(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**kwargs: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(Workspace.objects, "create", refuse)
    client.raise_request_exception = False
    assert client.post("/account/signup/", ANA).status_code == 500
    assert not User.objects.exists()


def test_two_sign_ups_with_one_address_at_once_make_one_account(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/account/signup/", ANA)
    # As if the other had not been there yet when the form was checked.
    monkeypatch.setattr("allauth.account.forms.SignupForm.validate_unique_email", lambda self, value: value)
    response = Client().post("/account/signup/", {**ANA, "email": "Ana@Example.org"})
    assert response.status_code == 302
    assert User.objects.count() == 1
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "ana"}, "Enter a full e-mail address"),
        ({"email": ""}, "Enter your e-mail address"),
        ({"name": "  "}, "Enter your name"),
        ({"name": "x" * 121}, "120"),
        ({"password1": "short"}, "at least 10 characters"),
        ({"password1": "password123"}, "too common"),
        ({"password1": "1234567890123"}, "entirely numeric"),
        ({"password1": "ana@example.org"}, "too similar"),
    ],
)
def test_wrong_sign_up_field_is_named_with_advice(client: Client, change: dict[str, str], words: str) -> None:
    response = client.post("/account/signup/", {**ANA, **change})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not User.objects.exists()


def test_form_error_is_tied_to_its_field(client: Client) -> None:
    body = client.post("/account/signup/", {**ANA, "email": ""}).content.decode()
    assert 'aria-describedby="id_email_error"' in body
    assert 'id="id_email_error"' in body
    assert 'aria-invalid="true"' in body
    assert 'href="#id_email"' in body


def test_fields_tell_the_browser_what_they_are(client: Client) -> None:
    signup, login = (client.get(f"/account/{page}/").content.decode() for page in ("signup", "login"))
    assert 'autocomplete="new-password"' in signup
    assert 'autocomplete="name"' in signup
    assert 'autocomplete="username"' in login
    assert 'autocomplete="current-password"' in login
    assert "placeholder=" not in signup + login


def test_a_name_stays_on_one_line(client: Client) -> None:
    client.post("/account/signup/", {**ANA, "name": "Ana\r\nBcc: everybody"})
    assert User.objects.get().name == "Ana Bcc: everybody"


@pytest.mark.parametrize("page", ["login", "signup"])
def test_next_is_kept_from_page_to_page(client: Client, page: str) -> None:
    body = client.get(f"/account/{page}/", {"next": "/assessments/new/?quick=a.b"}).content.decode()
    assert 'name="next" value="/assessments/new/?quick=a.b"' in body
    other = "signup" if page == "login" else "login"
    assert f'href="/account/{other}/?next=%2Fassessments%2Fnew%2F%3Fquick%3Da.b"' in body


def test_next_is_where_signing_up_leads(client: Client) -> None:
    response = client.post("/account/signup/", {**ANA, "next": "/assessments/new/?quick=a.b"})
    assert response.headers["Location"] == "/assessments/new/?quick=a.b"


def test_next_is_where_signing_in_leads(client: Client, alice: User) -> None:
    body = {"login": alice.email.upper(), "password": PASSWORD, "next": "/assessments/new/?quick=a.b"}
    assert client.post("/account/login/", body).headers["Location"] == "/assessments/new/?quick=a.b"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "http:///evil",
    ],
)
def test_next_leads_nowhere_else(client: Client, alice: User, elsewhere: str) -> None:
    body = {"login": alice.email, "password": PASSWORD, "next": elsewhere}
    assert client.post("/account/login/", body).headers["Location"] == "/"
    Client().post("/account/signup/", {**ANA, "next": elsewhere})
    assert client.post("/account/logout/", {"next": elsewhere}).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client, alice: User) -> None:
    known, unknown = (
        client.post("/account/login/", {"login": address, "password": "wrong wrong wrong"}).content.decode()
        for address in (alice.email, "nobody@example.org")
    )
    assert "together they match no account" in known
    assert "together they match no account" in unknown


def test_forgotten_password_is_reset_by_mail(client: Client, alice: User) -> None:
    client.post("/account/password/reset/", {"email": alice.email})
    link = next(line for line in str(mail.outbox[0].body).splitlines() if "/password/reset/key/" in line)
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    address = form.redirect_chain[-1][0]
    new = {"password1": "a new wide harbour", "password2": "a new wide harbour"}
    assert client.post(address, new).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("a new wide harbour")
    assert "no longer works" in Client().get(link.removeprefix("http://testserver"), follow=True).content.decode()


def test_password_reset_does_not_reveal_whether_an_account_exists(client: Client, alice: User) -> None:
    pages = [
        client.post("/account/password/reset/", {"email": address}, follow=True)
        for address in (alice.email, "nobody@example.org")
    ]
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert ["Choose a new password" in message.subject for message in mail.outbox] == [True, False]


def test_changing_the_password_keeps_this_session_and_ends_others(client: Client, alice: User) -> None:
    other = Client()
    for each in (client, other):
        each.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": "a new wide harbour", "password2": "a new wide harbour"}
    assert client.post("/account/password/change/", new).status_code == 302
    assert client.get("/account/password/change/").status_code == 200
    assert other.get("/account/password/change/").status_code == 302


def test_deactivated_account_cannot_sign_in(client: Client, dana: User) -> None:
    response = client.post("/account/login/", {"login": dana.email, "password": PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


def test_mandatory_confirmation_keeps_unconfirmed_accounts_out(client: Client, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    response = client.post("/account/signup/", ANA)
    assert response.headers["Location"] == "/account/confirm-email/"
    assert client.get("/account/password/change/").status_code == 302
    link = next(line for line in str(mail.outbox[0].body).splitlines() if "/confirm-email/" in line)
    address = link.removeprefix("http://testserver")
    assert "ana@example.org is yours?" in client.get(address).content.decode()
    client.post(address)
    client.post("/account/login/", {"login": ANA["email"], "password": ANA["password1"]})
    assert client.get("/account/password/change/").status_code == 200


def test_only_the_account_pages_we_show_are_there(client: Client, alice: User) -> None:
    client.force_login(alice)
    for path in ("email/", "password/set/", "login/code/", "login/code/confirm/", "phone/verify/", "social/"):
        assert client.get(f"/account/{path}").status_code == 404


def test_one_address_has_one_account_in_any_case(alice: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(email=alice.email.upper())


def test_the_password_hint_is_one_sentence(client: Client) -> None:
    html = compact(client.get(reverse("account_signup")).content.decode())
    assert "Ten characters or more, and not a common password.</div>" in html
    assert ">Password</label>" in html


def test_the_hint_and_the_rule_agree_on_ten_characters(settings: Any) -> None:
    options = [validator.get("OPTIONS", {}) for validator in settings.AUTH_PASSWORD_VALIDATORS]
    assert {"min_length": 10} in options


def test_sign_up_from_the_quick_check_says_that_answers_come_along(client: Client) -> None:
    start = reverse("assessment-new") + "?teams=5"
    html = client.get(reverse("account_signup"), {"next": start}).content.decode()
    assert "Your answers come along." in html
    assert "Your answers come along." not in client.get(reverse("account_signup")).content.decode()


def test_signing_up_with_a_taken_address_answers_like_a_new_one_and_takes_the_same_steps(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    waits: list[float] = []
    monkeypatch.setattr("assess.people.views.account.time.sleep", waits.append)
    pages: list[Any] = []

    def sign_up(email: str) -> None:
        visitor = Client()
        pages.append(read(visitor, visitor.post("/account/signup/", {**ANA, "email": email})))

    hashed = [
        count_calls(MD5PasswordHasher.encode, partial(sign_up, email)) for email in ("new@example.org", alice.email)
    ]
    assert pages[0] == pages[1]
    assert hashed == [1, 1]
    # Each waited for what was left of its last step: an answer came at the end of a step, whatever it had done.
    assert all(0 < wait <= 0.3 for wait in waits)
    assert len(waits) == 2
    assert len(mail.outbox) == 2


def read(visitor: Client, answer: Any) -> tuple[int, str, str]:
    """What somebody sees of an answer to a form: its status, where it leads, and the page there."""
    url = answer.headers["Location"]
    return answer.status_code, url, visitor.get(url).content.decode()


def test_a_reset_for_an_unknown_address_is_answered_like_one_for_a_known_one(client: Client, alice: User) -> None:
    pages = []
    for email in (alice.email, "nobody@example.org"):
        pages.append(read(client, client.post("/account/password/reset/", {"email": email})))
    assert pages[0] == pages[1]
    assert len(mail.outbox) == 2
