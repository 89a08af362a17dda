"""A person's own pages: name and mail, tokens, their data as a file, and leaving for good."""

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.models import Answer, Event, Respondent, Response
from assess.people import api_tokens as tokens
from assess.people import invitations, personal_data
from assess.people.actions import create_workspace_for
from assess.people.models import ApiToken, Invitation, Membership, Notice, Role, Team, User, Workspace
from assess.people.personal_data import EXPORT_PARTS, LEFT_OUT, export_personal_data
from assess.review.models import Comment
from tests.conftest import client_of
from tests.factories import PASSWORD, AssessmentFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_person_changes_own_name_and_mail_setting(bob: User) -> None:
    client = client_of(bob)
    assert client.get("/account/you/").status_code == 200
    assert client.post("/account/you/", {"name": " Bob   Builder "}).status_code == 302
    bob.refresh_from_db()
    assert (bob.name, bob.wants_mail) == ("Bob Builder", False)
    refused = client.post("/account/you/", {"name": "B\u202eob", "wants_mail": "on"})
    assert refused.status_code == 400
    bob.refresh_from_db()
    assert (bob.name, bob.wants_mail) == ("Bob Builder", False)


# --- tokens


def test_a_token_is_shown_once_works_and_is_revoked(bob: User) -> None:
    client = client_of(bob)
    body = client.post("/account/tokens/", {"name": "export", "days": "30", "password": PASSWORD}).content.decode()
    text = body.split('id="token" value="')[1].split('"')[0]
    assert tokens.get_user_of_api_token(text) == bob
    assert text not in client.get("/account/tokens/").content.decode()
    token = ApiToken.objects.get()
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert tokens.get_user_of_api_token(text) is None


@pytest.mark.parametrize("days", ["0", "366", "-1", "ten", "", "9" * 40])
def test_token_days_outside_the_limit_are_refused_on_the_page(days: str, bob: User) -> None:
    response = client_of(bob).post("/account/tokens/", {"name": "export", "days": days, "password": PASSWORD})
    assert response.status_code == 400
    assert "Enter a number of days" in response.content.decode()


def test_token_of_another_person_is_404(bob: User, alice: User) -> None:
    token, text = tokens.create_api_token(alice, name="Alice's own", days=1)
    client = client_of(bob)
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert "Alice" not in client.get("/account/tokens/").content.decode()
    assert tokens.get_user_of_api_token(text) == alice


# --- the data


@pytest.fixture
def busy_bob(bob: User, alice: User, team: Team) -> User:
    """Bob with something of everything, beside what is not his."""
    common = AssessmentFactory(team=team, by=bob, answers={"teams": 5})
    with transaction.atomic():
        record_event(common, EventKind.REVIEWED, by=bob, payload={})
    AssessmentFactory(team=team, by=alice, answers={"teams": 7})
    respondent = Respondent.objects.create(assessment=common, user=bob, asked_by=alice, email=bob.email)
    Response.objects.create(
        respondent=respondent, assessment=common, key="deploy_minutes", value=31, note="bob's own note"
    )
    Comment.objects.create(assessment=common, written_by=bob, text="bob's comment")
    Comment.objects.create(assessment=common, written_by=alice, text="alice's comment")
    Notice.objects.create(user=bob, text="bob's notice", url="/")
    tokens.create_api_token(bob, name="bob's token", days=1)
    Authenticator.objects.create(user=bob, type="totp", data={"secret": "very secret"})
    SocialAccount.objects.create(user=bob, provider="site", uid="bob-elsewhere", extra_data={})
    return bob


def test_export_holds_the_persons_data_and_nothing_of_others(busy_bob: User, team: Team) -> None:
    response = client_of(busy_bob).get("/account/you/data/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    text = response.content.decode()
    data = json.loads(text)
    assert data["you"]["email"] == "bob@example.org"
    assert data["memberships"] == [{"workspace": "Harbour", "team": "Payments", "role": "member"}]
    assert [(row["key"], row["value"]) for row in data["answers"]] == [("teams", 5)]
    assert [(row["key"], row["value"], row["note"]) for row in data["own_answers"]] == [
        ("deploy_minutes", 31, "bob's own note")
    ]
    assert [row["text"] for row in data["comments"]] == ["bob's comment"]
    assert [row["text"] for row in data["notices"]] == ["bob's notice"]
    assert [(row["kind"], row["system_version"]) for row in data["events"]] == [("reviewed", 1)]
    assert [row["name"] for row in data["api_tokens"]] == ["bob's token"]
    token_hash = ApiToken.objects.get().token_hash
    for secret in ("alice", "Alice", "very secret", busy_bob.password, token_hash):
        assert secret not in text


def test_every_relation_to_a_person_is_exported_or_left_out_for_a_reason() -> None:
    exported = {(part.model, part.person) for part in EXPORT_PARTS}
    found = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is User
    }
    assert found - exported - set(LEFT_OUT) == set(), "Add it to EXPORT_PARTS or LEFT_OUT of assess/people/export.py"
    assert set(LEFT_OUT) <= found
    assert not exported & set(LEFT_OUT)


def test_no_part_of_the_export_holds_a_secret(busy_bob: User) -> None:
    names = {name for part in EXPORT_PARTS for name in part.fields}
    assert not [name for name in names if "hash" in name or name in {"password", "data", "seal", "passcode"}]
    assert set(export_personal_data(busy_bob)) == {"you", *(part.name for part in EXPORT_PARTS)}


# --- leaving


def test_erasing_removes_the_person_and_keeps_the_record(busy_bob: User, alice: User, team: Team) -> None:
    mailed = invitations.invite(
        workspace=team.workspace, team=team, role=Role.VIEWER, email="bob2@example.org", by=alice
    ).invitation
    Invitation.objects.filter(pk=mailed.pk).update(email="bob@example.org")
    answers, events = Answer.objects.count(), Event.objects.count()
    client, elsewhere = client_of(busy_bob), client_of(busy_bob)
    page = client.get("/account/you/leave/").content.decode()
    assert "What stays" in page
    assert "your organisation's record" in page.replace("&#x27;", "'")
    assert client.post("/account/you/leave/", {"proof": PASSWORD}).status_code == 302
    busy_bob.refresh_from_db()
    assert busy_bob.name == "Someone who left"
    assert busy_bob.email.endswith(".invalid")
    assert "bob" not in busy_bob.email
    assert not busy_bob.is_active
    assert busy_bob.erased_at is not None
    assert not busy_bob.has_usable_password()
    for model in (Membership, ApiToken, Notice, EmailAddress, Authenticator, SocialAccount):
        assert not model.objects.filter(user=busy_bob).exists(), model
    mailed.refresh_from_db()
    assert mailed.email == ""
    assert mailed.revoked_at is not None
    assert Respondent.objects.get().email == ""
    assert (Answer.objects.count(), Event.objects.count()) == (answers, events)
    assert Answer.objects.filter(answered_by=busy_bob).exists()
    assert "_auth_user_id" not in client.session
    assert elsewhere.get("/account/you/").status_code == 302
    body = {"login": "bob@example.org", "password": PASSWORD}
    assert "together they match no account" in Client().post("/account/login/", body).content.decode()


def test_erased_address_is_nowhere_in_the_database(busy_bob: User) -> None:
    """Whatever is added later and keeps an address has to be erased as well."""
    personal_data.erase(busy_bob)
    for model in apps.get_models():
        for row in model._default_manager.values():
            assert "bob@example.org" not in str(row), model


@pytest.mark.parametrize("proof", ["", "wrong wrong wrong", "bob@example.org"])
def test_erasing_needs_the_password(proof: str, bob: User) -> None:
    client = client_of(bob)
    assert client.get("/account/you/leave/").status_code == 200
    assert client.post("/account/you/leave/", {"proof": proof}).status_code == 400
    bob.refresh_from_db()
    assert bob.erased_at is None


def test_guessing_the_password_is_stopped(bob: User) -> None:
    client = client_of(bob)
    got = [client.post("/account/you/leave/", {"proof": "wrong"}).status_code for _ in range(6)]
    assert got == [400] * 5 + [429]


def test_person_without_password_confirms_erasing_by_address(bob: User) -> None:
    bob.set_unusable_password()
    bob.save()
    client = client_of(bob)
    assert "Your e-mail address" in client.get("/account/you/leave/").content.decode()
    assert client.post("/account/you/leave/", {"proof": "else@example.org"}).status_code == 400
    assert client.post("/account/you/leave/", {"proof": "Bob@example.org"}).status_code == 302


@pytest.mark.parametrize(("who", "words"), [("ada", "Make somebody else administrator"), ("alice", "team lead first")])
def test_person_others_depend_on_must_hand_over_before_erasing(
    who: str, words: str, request: pytest.FixtureRequest, workspace: Workspace, team: Team
) -> None:
    user = request.getfixturevalue(who)
    other = MembershipFactory(team=team)
    client = client_of(user)
    assert words in client.get("/account/you/leave/").content.decode()
    response = client.post("/account/you/leave/", {"proof": PASSWORD})
    assert response.status_code == 400
    user.refresh_from_db()
    assert user.is_active
    if who == "ada":
        MembershipFactory(user=other.user, team=None, workspace=workspace, role=Role.ADMINISTRATOR)
    else:
        Membership.objects.filter(pk=other.pk).update(role=Role.LEAD)
    assert client.post("/account/you/leave/", {"proof": PASSWORD}).status_code == 302


def test_workspace_named_after_an_erased_person_is_renamed(bob: User) -> None:
    for name in ("", "Bob"):
        bob.name = name
        bob.save()
        create_workspace_for(bob)
    address = bob.email
    personal_data.erase(bob)
    names = sorted(Workspace.objects.values_list("name", flat=True))
    assert not any(address in name or "Bob" in name for name in names)
    assert names.count("Workspace of someone who left") == 2


def test_only_member_of_a_workspace_can_erase_their_account(alice: User, team: Team) -> None:
    MembershipFactory(team=team, user=UserFactory(is_active=False))
    personal_data.erase(alice)
    alice.refresh_from_db()
    assert alice.erased_at


def test_erased_person_can_be_invited_and_sign_up_again(bob: User, alice: User, team: Team) -> None:
    personal_data.erase(bob)
    sent = invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice)
    client = Client()
    body = {"name": "Bob", "email": "bob@example.org", "password1": "a wide blue harbour", "next": sent.path}
    client.post("/account/signup/", body)
    EmailAddress.objects.update(verified=True)
    assert client.post(sent.path).status_code == 302
    assert Membership.objects.filter(user__email="bob@example.org", team=team).exists()


def test_invitation_is_withdrawn_when_its_inviter_is_removed(bob: User, alice: User, team: Team, ada: User) -> None:
    sent = invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice)
    Membership.objects.filter(user=bob).update(role=Role.LEAD)
    personal_data.erase(alice)
    response = Client().get(sent.path)
    assert response.status_code == 410
    assert "Someone who left" in response.content.decode()


def test_expired_token_is_marked_on_the_page(bob: User) -> None:
    token, _ = tokens.create_api_token(bob, name="export", days=1)
    token.expires_at = timezone.now() - timedelta(days=1)
    token.save()
    assert "ended" in client_of(bob).get("/account/tokens/").content.decode()


def test_guest_has_no_account_pages(gus: User, workspace: Workspace, settings: Any) -> None:
    client = client_of(gus)
    for address in ("/people/", "/account/you/", "/account/you/data/", "/account/tokens/", "/account/you/leave/"):
        assert client.get(address).status_code == 403
