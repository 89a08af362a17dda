"""Changed credentials end every session and token made before; the password is asked again; unconfirmed addresses."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.socialaccount.signals import social_account_added
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from assess.assessments import respondents
from assess.assessments.models import Assessment
from assess.people import invitations
from assess.people.api_tokens import create_api_token, get_user_of_api_token
from assess.people.invitations import Blocker
from assess.people.models import ApiToken, Invitation, Membership, Role, Team, User
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.factories import PASSWORD, AssessmentFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a wide blue harbour"


# --- triggers


def change_on_the_page(user: User) -> Client:
    client = client_of(user)
    body = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/account/password/change/", body).status_code == 302
    return client


def reset_by_mail(user: User) -> Client:
    client = Client()
    client.post("/account/password/reset/", {"email": user.email})
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert link
    form = client.get(link[1]).headers["Location"]
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    return client


def set_in_a_shell(user: User) -> None:
    user.set_password(NEW_PASSWORD)
    user.save()


def set_the_same_in_a_shell(user: User) -> None:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])


def take_the_password_away(user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])


def switch_off_and_on(user: User) -> None:
    for is_active in (False, True):
        user.is_active = is_active
        user.save()


def link_a_service(user: User) -> None:
    class LinkedService:
        pass

    linked = LinkedService()
    linked.user = user  # type: ignore[attr-defined]
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    social_account_added.send(sender=LinkedService, request=request, sociallogin=linked)


def confirm_elsewhere(user: User) -> Client:
    """By the link in the mail, in a browser that is not signed in."""
    address = EmailAddress.objects.get(user=user)
    address.verified = False
    address.save()
    client_of(user).post("/account/confirm-address/")
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert link
    client = Client()
    client.post(link[1])
    address.refresh_from_db()
    assert address.verified
    return client


TRIGGERS = (
    change_on_the_page, reset_by_mail, set_in_a_shell, set_the_same_in_a_shell, take_the_password_away,
    switch_off_and_on, link_a_service, confirm_elsewhere,
)  # fmt: skip


def is_let_in(client: Client) -> bool:
    return client.get("/account/you/").status_code == 200


@pytest.mark.parametrize("change_credentials", TRIGGERS)
def test_changed_credentials_end_earlier_sessions(change_credentials: Callable[[User], Any], bob: User) -> None:
    earlier = client_of(bob)
    assert is_let_in(earlier)
    change_credentials(User.objects.get(pk=bob.pk))
    assert not is_let_in(earlier)


@pytest.mark.parametrize("change_credentials", TRIGGERS)
def test_changed_credentials_end_earlier_tokens(change_credentials: Callable[[User], Any], bob: User) -> None:
    _token, text = create_api_token(bob, name="export", days=1)
    assert get_user_of_api_token(text) == bob
    change_credentials(User.objects.get(pk=bob.pk))
    assert get_user_of_api_token(text) is None


@pytest.mark.parametrize("change_credentials", [change_on_the_page, reset_by_mail])
def test_the_browser_that_changes_the_password_stays_signed_in(
    change_credentials: Callable[[User], Client], bob: User
) -> None:
    assert is_let_in(change_credentials(bob))


def test_others_keep_their_sessions_and_tokens(bob: User, alice: User) -> None:
    client, (_token, text) = client_of(alice), create_api_token(alice, name="export", days=1)
    set_in_a_shell(bob)
    assert is_let_in(client)
    assert get_user_of_api_token(text) == alice


def test_confirming_in_the_browser_that_is_signed_in_ends_nothing(bob: User) -> None:
    client, (_token, text) = client_of(bob), create_api_token(bob, name="export", days=1)
    request = RequestFactory().get("/")
    request.user = bob
    email_confirmed.send(sender=None, request=request, email_address=EmailAddress.objects.get(user=bob))
    assert is_let_in(client)
    assert get_user_of_api_token(text) == bob


def test_saving_a_name_from_a_stale_row_brings_no_ended_session_back(bob: User) -> None:
    earlier, stale = client_of(bob), User.objects.get(pk=bob.pk)
    User.objects.get(pk=bob.pk).end_earlier_access()
    stale.name = "Robert"
    stale.save()
    assert not is_let_in(earlier)


def test_a_password_hashed_anew_at_sign_in_ends_no_token(bob: User, settings: Any) -> None:
    _token, text = create_api_token(bob, name="export", days=1)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = bob.password
    assert Client().post("/account/login/", {"login": bob.email, "password": PASSWORD}).status_code == 302
    bob.refresh_from_db()
    assert bob.password != before
    assert get_user_of_api_token(text) == bob


def test_no_token_is_made_by_a_session_that_has_ended_meanwhile(bob: User) -> None:
    stale = User.objects.get(pk=bob.pk)
    set_in_a_shell(bob)
    with pytest.raises(PermissionDenied):
        create_api_token(stale, name="export", days=1)
    assert not ApiToken.objects.exists()


# --- the password again


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_token_takes_the_password_again(password: str, bob: User) -> None:
    body = {"name": "export", "days": "30", "password": password}
    assert client_of(bob).post("/account/tokens/", body).status_code == 400
    assert not ApiToken.objects.exists()


def test_who_has_no_password_makes_a_token_only_soon_after_signing_in(bob: User) -> None:
    take_the_password_away(bob)
    response = client_of(bob).post("/account/tokens/", {"name": "export", "days": "30"})
    assert "Sign in again first" in response.content.decode()
    assert not ApiToken.objects.exists()


# --- unconfirmed addresses


@pytest.fixture
def nina(team: Team) -> User:
    """Leads Alice's team, too, and has not confirmed her address."""
    user = UserFactory(name="Nina", email="nina@example.org", confirmed=False)
    MembershipFactory(user=user, team=team, role=Role.LEAD)
    return user


def test_unconfirmed_address_gets_no_token(nina: User) -> None:
    client = client_of(nina)
    assert "Confirm your address first" in client.get("/account/tokens/").content.decode()
    body = {"name": "export", "days": "30", "password": PASSWORD}
    assert client.post("/account/tokens/", body).status_code == 400
    assert not ApiToken.objects.exists()


def test_unconfirmed_address_gets_no_membership_by_a_link_for_anybody(alice: User, team: Team) -> None:
    mallory = UserFactory(name="The boss", email="boss@example.org", confirmed=False)
    sent = invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice)
    client = client_of(mallory)
    response = client.post(sent.path)
    assert response.status_code == 403
    assert "Send it again" in response.content.decode()
    assert not Membership.objects.filter(user=mallory).exists()
    EmailAddress.objects.filter(user=mallory).update(verified=True)
    assert client.post(sent.path).status_code == 302


def test_unconfirmed_address_gets_no_membership_by_a_mail_to_another(alice: User, team: Team) -> None:
    mallory = UserFactory(name="Mallory", email="boss@example.org", confirmed=False)
    invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="nina@example.org", by=alice)
    assert invitations.accept(Invitation.objects.get(), by=mallory) is Blocker.OTHER_ADDRESS


def ask_by_mail(assessment: Assessment, user: User) -> None:
    respondents.ask_to_answer(assessment, people=[], emails=["stranger@example.com"], by=user)


def remind_by_mail(assessment: Assessment, user: User) -> None:
    alice = User.objects.get(name="Alice")
    (asked,) = respondents.ask_to_answer(assessment, people=[], emails=["stranger@example.com"], by=alice)
    assessment.respondents.update(asked_at=assessment.created_at - timedelta(days=2))
    respondents.remind_respondent(assessment, asked.pk, by=user)


def invite_by_mail(assessment: Assessment, user: User) -> None:
    team = assessment.system.team
    invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="stranger@example.com", by=user)


def renew_by_mail(assessment: Assessment, user: User) -> None:
    invite_by_mail(assessment, User.objects.get(name="Alice"))
    invitation = Invitation.objects.get()
    invitation.created_at -= timedelta(days=2)
    invitation.save()
    invitations.renew(invitation, by=user)


@pytest.mark.parametrize("send", [ask_by_mail, remind_by_mail, invite_by_mail, renew_by_mail])
def test_unconfirmed_address_sends_no_mail_to_strangers(
    send: Callable[[Assessment, User], None], nina: User, alice: User, team: Team
) -> None:
    assessment = AssessmentFactory(team=team, by=alice)
    with pytest.raises(ValidationFailed) as refused:
        send(assessment, nina)
    assert [issue.code for issue in refused.value.issues] == ["not_confirmed"]


@pytest.mark.parametrize("send", [ask_by_mail, remind_by_mail, invite_by_mail, renew_by_mail])
def test_confirmed_address_sends_them(
    send: Callable[[Assessment, User], None], nina: User, alice: User, team: Team
) -> None:
    EmailAddress.objects.filter(user=nina).update(verified=True)
    send(AssessmentFactory(team=team, by=alice), nina)


@pytest.mark.parametrize(
    ("setting", "value"), [("ACCOUNT_EMAIL_VERIFICATION", "none"), ("EMAIL_BACKEND", "a.filebased.EmailBackend")]
)
def test_where_nobody_can_confirm_nobody_has_to(setting: str, value: str, nina: User, settings: Any) -> None:
    setattr(settings, setting, value)
    assert create_api_token(nina, name="export", days=1)


def test_mail_that_confirms_is_sent_again_but_not_every_minute(nina: User, bob: User) -> None:
    client = client_of(nina)
    ways_on = {"/account/tokens/": "/account/tokens/", "//elsewhere.example": "/account/you/", "": "/account/you/"}
    for asked, way_on in ways_on.items():
        assert client.post("/account/confirm-address/", {"next": asked}).headers["Location"] == way_on
    assert [message.to for message in mail.outbox] == [["nina@example.org"]]
    client_of(bob).post("/account/confirm-address/")
    assert len(mail.outbox) == 1
