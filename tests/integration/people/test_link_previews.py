"""Links in mails are opened by scanners and previews before people open them: that uses none of them up."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from assess.assessments import respondents
from assess.assessments.models import Assessment, Respondent
from assess.people import invitations
from assess.people.models import Invitation, Membership, Role, Team, User
from tests.conftest import client_of
from tests.factories import AssessmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def look(address: str) -> None:
    """As a mail scanner and a chat do: with HEAD, then as a browser and as a program, cookies kept."""
    for agent in ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Slackbot-LinkExpanding 1.0"):
        client = Client(headers={"user-agent": agent})
        client.head(address, follow=True)
        client.get(address, follow=True)


def address_in_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_an_invitation_that_was_previewed_still_lets_its_person_in(team: Team, alice: User, olga: User) -> None:
    sent = invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice)
    look(sent.path)
    assert Invitation.objects.get().accepted_at is None
    client = Client()
    client.force_login(olga)
    assert client.post(sent.path).status_code == 302
    assert Membership.objects.filter(user=olga, team=team).exists()


def test_a_guest_link_that_was_previewed_has_let_nobody_in(team: Team, alice: User) -> None:
    assessment: Assessment = AssessmentFactory(team=team, by=alice)
    _, token = respondents.make_guest_link(assessment, by=alice)
    before = list(Respondent.objects.values_list("pk", flat=True))
    look(f"/join/{token}/")
    assert list(Respondent.objects.values_list("pk", flat=True)) == before
    assert not User.objects.filter(is_guest=True).exists()
    assert Client().post(f"/join/{token}/", {"name": "Gina"}).status_code == 200
    assert Respondent.objects.filter(user__name="Gina").exists()


def test_a_mailed_reset_that_was_previewed_still_sets_a_password(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/account/password/reset/", {"email": alice.email})
    address = address_in_mail()
    look(address)
    client = Client()
    form = client.get(address, follow=True)
    changed = client.post(
        form.request["PATH_INFO"], {"password1": "a wide blue harbour", "password2": "a wide blue harbour"}
    )
    assert changed.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("a wide blue harbour")


def test_a_mailed_confirmation_that_was_previewed_confirms_nothing_before_its_person_does(
    django_capture_on_commit_callbacks: Any,
) -> None:
    user = UserFactory(email="nina@example.org")
    address = EmailAddress.objects.get(user=user)
    address.verified = False
    address.save()
    with django_capture_on_commit_callbacks(execute=True):
        client_of(user).post("/account/confirm-address/")
    mailed = address_in_mail()
    look(mailed)
    address.refresh_from_db()
    assert not address.verified
    assert Client().post(mailed).status_code == 302
    address.refresh_from_db()
    assert address.verified
