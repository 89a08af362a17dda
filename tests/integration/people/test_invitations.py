"""Inviting somebody, and every way in which an invitation does or does not let them in."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from assess.people import invitations
from assess.people.invitations import Blocker, InvitationLimitReached
from assess.people.models import Invitation, Membership, Notice, Role, Team, User, Workspace
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = {"name": "Nina New", "email": "nina@example.org", "password1": "a wide blue harbour"}


def invite_by_link(team: Team, by: User, role: str = Role.MEMBER) -> tuple[Invitation, str]:
    sent = invitations.invite(workspace=team.workspace, team=team, role=role, by=by)
    return sent.invitation, sent.path


def invite_by_mail(team: Team, by: User, email: str, capture: Any, role: str = Role.MEMBER) -> tuple[Invitation, str]:
    with capture(execute=True):
        sent = invitations.invite(workspace=team.workspace, team=team, role=role, email=email, by=by)
    return sent.invitation, path_in_mail()


def path_in_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/invitations/\S+/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def role_of(user: User, team: Team | None) -> str | None:
    return Membership.objects.filter(user=user, team=team).values_list("role", flat=True).first()


# --- sending


def test_lead_invites_by_mail_and_only_the_mail_has_the_link(
    alice_client: Client, team: Team, django_capture_on_commit_callbacks: Any
) -> None:
    body = {"email": " Nina@Example.org ", "place": str(team.pk), "role": "member"}
    with django_capture_on_commit_callbacks(execute=True):
        response = alice_client.post(f"/workspaces/{team.workspace_id}/people/invite/", body, follow=True)
    path = path_in_mail()
    assert mail.outbox[0].to == ["nina@example.org"]
    assert "Alice" in mail.outbox[0].subject
    assert "Invited nina@example.org" in response.content.decode()
    assert path.split("/")[2] not in response.content.decode()
    invitation = Invitation.objects.get()
    assert path.split("/")[2] not in str(Invitation.objects.values().get())
    assert timedelta(days=13) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_new_link_is_shown_once_to_its_creator(alice_client: Client, team: Team) -> None:
    address = f"/workspaces/{team.workspace_id}/people/invite/"
    response = alice_client.post(address, {"email": "", "place": str(team.pk), "role": "viewer"})
    assert response.status_code == 200
    found = re.search(r"/invitations/[^/]+/", response.content.decode())
    assert found
    assert not mail.outbox
    assert "no-store" in response.headers["Cache-Control"]
    people = alice_client.get(f"/workspaces/{team.workspace_id}/people/").content.decode()
    assert found[0] not in people
    assert "Somebody with the link" in people


@pytest.mark.parametrize(
    ("role", "place", "words"),
    [
        ("architect", "workspace", "Select a valid choice"),
        ("architect", "team", "Select a valid choice"),
        ("member", "other_team", "Select a valid choice"),
        ("emperor", "team", "Select a valid choice"),
    ],
)
def test_lead_invites_to_roles_of_their_own_team_only(
    role: str, place: str, words: str, alice_client: Client, ada: User, team: Team, other_team: Team
) -> None:
    where = {"workspace": "workspace", "team": str(team.pk), "other_team": str(other_team.pk)}[place]
    response = alice_client.post(f"/workspaces/{team.workspace_id}/people/invite/", {"role": role, "place": where})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Invitation.objects.exists()


def test_an_administrator_invites_architects_and_administrators(ada_client: Client, team: Team) -> None:
    address = f"/workspaces/{team.workspace_id}/people/invite/"
    for role in ("architect", "administrator"):
        assert ada_client.post(address, {"role": role, "place": "workspace"}).status_code == 200
    assert set(Invitation.objects.values_list("role", "team")) == {("architect", None), ("administrator", None)}


def test_role_that_does_not_fit_team_or_workspace_is_refused_with_advice(ada_client: Client, team: Team) -> None:
    address = f"/workspaces/{team.workspace_id}/people/invite/"
    wrong_place = ada_client.post(address, {"role": "architect", "place": str(team.pk)})
    no_team = ada_client.post(address, {"role": "member", "place": "workspace"})
    assert "Choose the whole workspace: architect is not a role in a team" in wrong_place.content.decode()
    assert "Choose a team for a team member" in no_team.content.decode()
    assert (wrong_place.status_code, no_team.status_code) == (400, 400)


def test_lead_without_administrator_invites_the_first_one(alice_client: Client, team: Team) -> None:
    address = f"/workspaces/{team.workspace_id}/people/invite/"
    assert alice_client.post(address, {"role": "administrator", "place": "workspace"}).status_code == 200
    assert Invitation.objects.get().role == Role.ADMINISTRATOR


@pytest.mark.parametrize("email", ["nina", "nina@", "a@b@c.org", "nina@example.org\nBcc: x@example.org", "x" * 300])
def test_invalid_email_address_is_refused(email: str, alice_client: Client, team: Team) -> None:
    body = {"email": email, "place": str(team.pk), "role": "member"}
    assert alice_client.post(f"/workspaces/{team.workspace_id}/people/invite/", body).status_code == 400
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_member_or_invited_address_is_not_invited_again(team: Team, alice: User, bob: User) -> None:
    with pytest.raises(ValidationFailed, match="belongs to Payments already"):
        invitations.invite(workspace=team.workspace, team=team, role=Role.VIEWER, email="BOB@example.org", by=alice)
    invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="nina@example.org", by=alice)
    with pytest.raises(ValidationFailed, match="Remind them instead"):
        invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="Nina@example.org", by=alice)


def test_twenty_first_invitation_of_a_day_is_429_with_retry_time(
    alice_client: Client, alice: User, team: Team, bob: User
) -> None:
    for _ in range(20):
        invite_by_link(team, alice)
    first = Invitation.objects.order_by("pk").first()
    assert first
    first.created_at = timezone.now() - timedelta(hours=23)
    first.save()
    response = alice_client.post(
        f"/workspaces/{team.workspace_id}/people/invite/", {"place": str(team.pk), "role": "member"}
    )
    assert response.status_code == 429
    assert 3500 < int(response.headers["Retry-After"]) <= 3601
    assert "You can send the next one on" in response.content.decode()
    assert Invitation.objects.count() == 20
    Membership.objects.filter(user=bob).update(role=Role.LEAD)
    invite_by_link(team, bob)  # each has a limit of their own
    first.created_at = timezone.now() - timedelta(hours=25)
    first.save()
    invite_by_link(team, alice)
    with pytest.raises(InvitationLimitReached):
        invite_by_link(team, alice)


# --- accepting


def test_get_of_invitation_changes_nothing_and_post_accepts(team: Team, alice: User, olga: User) -> None:
    _, path = invite_by_link(team, alice)
    client = client_of(olga)
    page = client.get(path)
    assert page.status_code == 200
    assert "Accept as Olga" in page.content.decode()
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert role_of(olga, team) is None
    assert client.post(path).status_code == 302
    assert role_of(olga, team) == Role.MEMBER
    assert Notice.objects.get(user=alice).text == "Olga accepted your invitation: Team member of Payments."


def test_signed_out_invitation_page_names_inviter_and_role_and_links_back(
    client: Client, team: Team, alice: User
) -> None:
    _, path = invite_by_link(team, alice)
    body = client.get(path).content.decode()
    assert "Alice invites you" in body
    assert "Team member of Payments" in body
    assert f"/account/login/?next={path}" in body
    assert f"/account/signup/?next={path}" in body
    response = client.post(path)
    assert (response.status_code, response.headers["Location"]) == (302, path)
    assert Invitation.objects.get().accepted_at is None


def test_signing_up_from_an_invitation_creates_no_workspace(client: Client, team: Team, alice: User) -> None:
    _, path = invite_by_link(team, alice)
    form = client.get("/account/signup/", {"next": path}).content.decode()
    assert 'name="team"' not in form
    response = client.post("/account/signup/", {**NEW, "next": path})
    assert response.headers["Location"] == path
    assert Workspace.objects.count() == 1
    EmailAddress.objects.filter(email="nina@example.org").update(verified=True)
    client.post(path)
    assert role_of(User.objects.get(email="nina@example.org"), team) == Role.MEMBER


def test_signing_up_with_an_ended_invitation_creates_a_team(client: Client, team: Team, alice: User) -> None:
    invitation, path = invite_by_link(team, alice)
    invitations.revoke(invitation, by=alice)
    client.post("/account/signup/", {**NEW, "next": path})
    assert role_of(User.objects.get(email="nina@example.org"), Team.objects.get(name="My team")) == Role.LEAD


@pytest.mark.parametrize("address", ["nina@example.org", "NINA@example.ORG"])
def test_mailed_invitation_confirms_the_address(
    address: str, client: Client, team: Team, alice: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    _, path = invite_by_mail(team, alice, address, django_capture_on_commit_callbacks)
    sent = len(mail.outbox)
    response = client.post("/account/signup/", {**NEW, "next": path})
    assert response.headers["Location"] == path
    assert len(mail.outbox) == sent
    user = User.objects.get(email="nina@example.org")
    assert EmailAddress.objects.get(user=user).verified
    client.post(path)
    assert role_of(user, team) == Role.MEMBER


def test_unconfirmed_address_signs_in_by_a_mailed_invitation(
    client: Client, team: Team, alice: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    user = UserFactory(email="nina@example.org", confirmed=False)
    _, path = invite_by_mail(team, alice, user.email, django_capture_on_commit_callbacks)
    body = {"login": user.email, "password": PASSWORD, "next": path}
    assert client.post("/account/login/", body).headers["Location"] == path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("kind", ["link", "other address"])
def test_link_invitation_does_not_confirm_the_address(
    kind: str, client: Client, team: Team, alice: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    _, path = (
        invite_by_link(team, alice)
        if kind == "link"
        else invite_by_mail(team, alice, "otto@example.org", django_capture_on_commit_callbacks)
    )
    client.post("/account/signup/", {**NEW, "next": path})
    assert not EmailAddress.objects.get(email="nina@example.org").verified
    assert "_auth_user_id" not in client.session


def test_confirming_the_address_by_mail_leads_back_to_an_invitation_by_link(
    client: Client, team: Team, alice: User, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    _, path = invite_by_link(team, alice)
    client.post("/account/signup/", {**NEW, "next": path})
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert link
    client.post(link[1])
    client.post("/account/login/", {"login": "nina@example.org", "password": NEW["password1"], "next": path})
    assert client.post(path).status_code == 302
    assert role_of(User.objects.get(email="nina@example.org"), team) == Role.MEMBER


def test_the_invited_address_counts_in_any_case(
    team: Team, alice: User, olga: User, django_capture_on_commit_callbacks: Any
) -> None:
    _, path = invite_by_mail(team, alice, "OLGA@Example.org", django_capture_on_commit_callbacks)
    assert client_of(olga).post(path).status_code == 302
    assert role_of(olga, team) == Role.MEMBER
    assert EmailAddress.objects.get(user=olga).verified


# --- what does not let in


def test_invitation_for_another_account_names_it_and_offers_to_sign_out(
    team: Team, alice: User, olga: User, django_capture_on_commit_callbacks: Any
) -> None:
    _, path = invite_by_mail(team, alice, "nina@example.org", django_capture_on_commit_callbacks)
    client = client_of(olga)
    for response in (client.get(path), client.post(path)):
        body = response.content.decode()
        assert response.status_code == 403
        assert "It went to nina@example.org" in body
        assert "ask Alice to invite olga@example.org" in body
    assert role_of(olga, team) is None
    assert client.post("/account/logout/", {"next": path}).headers["Location"] == path


def end_invitation(invitation: Invitation, how: str, alice: User, bob: User) -> None:
    if how == "expired":
        invitation.expires_at = timezone.now() - timedelta(seconds=1)
        invitation.save()
    elif how == "revoked":
        invitations.revoke(invitation, by=alice)
    elif how == "used":
        somebody = UserFactory()
        invitations.accept(invitation, by=somebody)
    elif how == "withdrawn":
        Membership.objects.filter(user=bob).update(role=Role.LEAD)
        Membership.objects.filter(user=alice).delete()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("expired", "Ask Alice to send it again"),
        ("revoked", "ask Alice"),
        ("used", "Otherwise ask Alice for your own"),
        ("withdrawn", "Ask another team lead or an administrator"),
    ],
)
def test_ended_invitation_is_410_and_says_whom_to_ask(
    how: str, words: str, client: Client, team: Team, alice: User, bob: User, olga: User
) -> None:
    invitation, path = invite_by_link(team, alice)
    end_invitation(invitation, how, alice, bob)
    for each in (client, client_of(olga)):
        response = each.get(path)
        assert response.status_code == 410
        assert words in response.content.decode()
    assert client_of(olga).post(path).status_code == 410
    assert role_of(olga, team) is None
    assert client.post("/account/signup/", {**NEW, "next": path}).status_code == 302


def test_accepted_invitation_says_so_and_links_on(team: Team, alice: User, olga: User) -> None:
    _, path = invite_by_link(team, alice)
    client = client_of(olga)
    client.post(path)
    again = client.post(path)
    assert again.status_code == 410
    assert "You accepted this invitation already" in again.content.decode()
    assert Membership.objects.filter(user=olga, team=team).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_two_who_accept_a_link_at_once_gets_in(team: Team, alice: User) -> None:
    invitation, _ = invite_by_link(team, alice)
    people = [UserFactory(), UserFactory()]
    barrier = threading.Barrier(2)
    outcomes: list[Any] = []

    def accept(user: User) -> None:
        try:
            barrier.wait(10)
            outcomes.append(invitations.accept(invitation, by=user))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(outcome, Membership) for outcome in outcomes) == [False, True]
    assert Blocker.USED in outcomes
    assert Membership.objects.filter(user__in=people).count() == 1


def test_stored_address_matches_in_any_case(
    team: Team, alice: User, olga: User, django_capture_on_commit_callbacks: Any
) -> None:
    EmailAddress.objects.filter(user=olga).update(email="Olga@Example.org", verified=False)
    _, path = invite_by_mail(team, alice, "olga@example.org", django_capture_on_commit_callbacks)
    assert client_of(olga).post(path).status_code == 302
    assert EmailAddress.objects.get(user=olga).verified


def test_accepting_an_invitation_does_not_change_an_existing_role(team: Team, alice: User, bob: User) -> None:
    invitation, path = invite_by_link(team, alice, Role.VIEWER)
    response = client_of(bob).post(path)
    assert response.status_code == 409
    assert "You belong to Payments already" in response.content.decode()
    assert role_of(bob, team) == Role.MEMBER
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_unknown_invitation_token_reveals_nothing(
    client: Client, team: Team, alice_client: Client, olga: User, alice: User
) -> None:
    invite_by_link(team, alice)
    for each in (client, alice_client, client_of(olga)):
        for response in (each.get("/invitations/nothing/"), each.post("/invitations/nothing/")):
            body = response.content.decode()
            assert response.status_code == 404
            assert "We don't know this link" in body
            assert "Payments" not in body
            assert "Harbour" not in body


def test_guest_is_asked_to_sign_out_before_accepting_an_invitation(team: Team, alice: User, gus: User) -> None:
    _, path = invite_by_link(team, alice)
    client = client_of(gus)
    assert "Sign out as a guest first" in client.get(path).content.decode()
    assert client.post(path).status_code == 403
    assert not Membership.objects.filter(user=gus).exists()
    assert client.post("/account/logout/", {"next": path}).headers["Location"] == path


def test_deactivated_account_cannot_sign_in_by_password(
    client: Client, team: Team, alice: User, dana: User, other_team: Team, ada: User
) -> None:
    _, path = invite_by_link(other_team, ada)
    body = {"login": dana.email, "password": PASSWORD, "next": path}
    client.post("/account/login/", body)
    assert "_auth_user_id" not in client.session


# --- revoking and reminding


def test_reminder_mails_a_new_link_and_ends_the_old_one(
    alice_client: Client, alice: User, team: Team, django_capture_on_commit_callbacks: Any
) -> None:
    invitation, old = invite_by_mail(team, alice, "nina@example.org", django_capture_on_commit_callbacks)
    address = f"/workspaces/{team.workspace_id}/invitations/{invitation.pk}/remind/"
    with django_capture_on_commit_callbacks(execute=True):
        too_early = alice_client.post(address, follow=True)
    assert "one reminder a day is enough" in too_early.content.decode()
    assert len(mail.outbox) == 1
    long_ago = timezone.now() - timedelta(days=20)
    Invitation.objects.filter(pk=invitation.pk).update(created_at=long_ago, expires_at=long_ago + timedelta(days=14))
    with django_capture_on_commit_callbacks(execute=True):
        done = alice_client.post(address, follow=True)
    assert "Reminded nina@example.org" in done.content.decode()
    new = path_in_mail()
    assert new != old
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert new.split("/")[2] not in done.content.decode()


def test_renewed_link_is_shown_once(alice_client: Client, alice: User, team: Team) -> None:
    invitation, old = invite_by_link(team, alice)
    response = alice_client.post(f"/workspaces/{team.workspace_id}/invitations/{invitation.pk}/remind/")
    new = re.search(r"/invitations/[^/]+/", response.content.decode())
    assert new
    assert (Client().get(old).status_code, Client().get(new[0]).status_code) == (404, 200)


def test_whoever_renews_an_invitation_becomes_its_inviter(team: Team, alice: User, ada: User, bob: User) -> None:
    invitation, _ = invite_by_link(team, alice)
    MembershipFactory(user=bob, team=None, workspace=team.workspace, role=Role.ADMINISTRATOR)
    Membership.objects.filter(user=alice).delete()
    sent = invitations.renew(invitation, by=ada)
    assert Client().get(sent.path).status_code == 200


def test_revoking_ends_an_open_invitation_but_not_an_accepted_one(
    alice_client: Client, alice: User, team: Team, olga: User
) -> None:
    invitation, path = invite_by_link(team, alice)
    assert alice_client.post(f"/workspaces/{team.workspace_id}/invitations/{invitation.pk}/revoke/").status_code == 302
    assert Client().get(path).status_code == 410
    accepted, path = invite_by_link(team, alice)
    invitations.accept(accepted, by=olga)
    invitations.revoke(accepted, by=alice)
    accepted.refresh_from_db()
    assert accepted.revoked_at is None


@pytest.mark.parametrize("action", ["revoke", "remind"])
def test_lead_cannot_change_invitations_to_other_teams(
    action: str, alice_client: Client, ada: User, other_team: Team, workspace: Workspace
) -> None:
    elsewhere, _ = invite_by_link(other_team, ada)
    whole = invitations.invite(workspace=workspace, team=None, role=Role.ARCHITECT, by=ada).invitation
    before = list(Invitation.objects.values())
    for each in (elsewhere, whole):
        address = f"/workspaces/{workspace.pk}/invitations/{each.pk}/{action}/"
        assert alice_client.post(address).status_code == 404
    assert list(Invitation.objects.values()) == before
