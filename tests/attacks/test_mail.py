"""The site is no relay: nobody sends strangers their own words, links or many mails by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from assess.assessments import respondents
from assess.assessments.actions import start_assessment
from assess.assessments.invitation_links import check_guest_name
from assess.people.mail import build_subject, check_mail_name
from assess.people.models import OutgoingMail, Team, User
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.factories import AssessmentFactory

pytestmark = pytest.mark.django_db

BAIT = [
    "Win at https://evil.example/now",
    "evil.example",
    "Go to evil.example/x",
    "EVIL.EXAMPLE",
    "www.evil",
    "ana@evil.example",
    "evil。example",
    "evil．example",
    "ftp://evil",
    "(evil.example)",
    "Ana\nBcc: all@example.org",
    "Ana\u2028evil",
]
NAMES = [
    "Ana de la Cruz",
    "J. R. Smith",
    "Dr. Who",
    "Team 3.11",
    "Payments & more",
    "Zoë",
    "Ops (24/7)",
    "No. 5",
    "A. B.",
]


@pytest.mark.parametrize("name", BAIT)
def test_a_name_that_a_mail_would_make_a_link_of_is_refused(name: str) -> None:
    with pytest.raises(ValidationFailed):
        check_mail_name(name, 120)
    with pytest.raises(ValidationFailed):
        check_guest_name(name.replace("\n", "\x00").replace("\u2028", "\x00"))


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_name_is_taken(name: str) -> None:
    assert check_mail_name(name, 120) == name


@pytest.mark.parametrize("name", BAIT[:5])
def test_no_form_takes_such_a_name(name: str, alice: User, ada: User, team: Team) -> None:
    """Where people, teams and workspaces get their names; each goes into mails to others."""
    workspace = team.workspace
    before = (alice.name, team.name, workspace.name)
    new = {"email": "eve@example.org", "password1": "ein weiter Hafen"}
    Client().post("/account/signup/", {**new, "name": name})
    Client().post("/account/signup/", {**new, "name": "Eve", "team": name})
    client_of(alice).post("/account/you/", {"name": name, "wants_mail": "on"})
    client_of(ada).post(f"/workspaces/{workspace.pk}/people/teams/", {"name": name})
    client_of(ada).post(f"/workspaces/{workspace.pk}/people/teams/{team.pk}/", {"name": name})
    settings = {"confidentiality": "", "paper": "A4", "language": "en-gb", "time_zone": "UTC", "currency": "EUR"}
    client_of(ada).post(f"/workspaces/{workspace.pk}/settings/", {**settings, "name": name})
    for row in (alice, team, workspace):
        row.refresh_from_db()
    assert (alice.name, team.name, workspace.name) == before
    assert not User.objects.filter(email="eve@example.org").exists()
    assert not Team.objects.filter(name=name).exists()


def test_a_system_named_like_a_site_is_not_mailed_to_strangers(team: Team, alice: User) -> None:
    assessment = AssessmentFactory(team=team, by=alice, system__name="Win now evil.example/x")
    with pytest.raises(ValidationFailed, match="guest link"):
        respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("typed", ["URGENT: pay now", "Bcc: all@example.org", "\r\nX: y", "", "=?utf-8?q?hi?="])
def test_a_subject_begins_with_our_words(typed: str) -> None:
    subject = build_subject(typed)
    assert subject.startswith("Splitcheck: ")
    assert len(subject.splitlines()) == 1


def test_every_mail_of_the_site_begins_with_our_words(
    alice: User, bob: User, team: Team, edition: Any, django_capture_on_commit_callbacks: Any
) -> None:
    User.objects.filter(pk=alice.pk).update(name="URGENT pay now")
    alice.refresh_from_db()
    carried = {"teams": Answer(value=5, basis="measured")}
    with django_capture_on_commit_callbacks(execute=True):
        draft = start_assessment(team=team, system_name="URGENT", edition=edition, by=alice, carried=carried)
        respondents.ask_to_answer(draft, people=[bob], emails=["kim@partner.example"], perspective="manager", by=alice)
        data = {"place": str(team.pk), "role": "member", "email": "nina@example.org"}
        client_of(alice).post(f"/workspaces/{team.workspace_id}/people/invite/", data)
        Client().post("/account/password/reset/", {"email": alice.email})
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert not message.subject.startswith("URGENT")
        assert message.subject.startswith(("Splitcheck: ", "Choose a new password for Splitcheck"))


# --- limits


def invite(user: User, team: Team, email: str) -> int:
    data = {"place": str(team.pk), "role": "member", "email": email}
    return client_of(user).post(f"/workspaces/{team.workspace_id}/people/invite/", data).status_code


def test_one_address_gets_few_mails_a_day_from_all_workspaces(
    alice: User, zoe: User, team: Team, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "mails_per_recipient": 2}
    assert Client().post("/account/password/reset/", {"email": "nina@example.org"}).status_code == 302
    assert invite(alice, team, "nina@example.org") == 302
    response = Client().post("/account/password/reset/", {"email": "Nina@Example.org"})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 3600
    assert "got 2 mails from here today" in response.content.decode()
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert Client().post("/account/password/reset/", {"email": "nina@example.org"}).status_code == 302


def test_a_known_and_an_unknown_address_reach_the_limit_alike(alice: User, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "mails_per_recipient": 1}
    seen = []
    for address in (alice.email, "nobody@example.org"):
        seen.append([Client().post("/account/password/reset/", {"email": address}).status_code for _ in range(2)])
    assert seen == [[302, 429], [302, 429]]


def test_a_workspace_sends_so_many_mails_a_day_whoever_asks(alice: User, ada: User, team: Team, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "mails_per_workspace": 2}
    assert invite(alice, team, "a@example.org") == 302
    assert invite(ada, team, "b@example.org") == 302
    assert invite(alice, team, "c@example.org") == 429
    assessment = AssessmentFactory(team=team, by=alice)
    with pytest.raises(ValidationFailed, match="most in a day"):
        respondents.ask_by_mail(assessment, emails=["kim@partner.example"], by=alice)
    assert OutgoingMail.objects.count() == 2


def test_one_network_address_causes_so_many_mails_a_day(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "mails_per_source": 2}

    def ask(address: str, source: str) -> int:
        return Client(REMOTE_ADDR=source).post("/account/password/reset/", {"email": address}).status_code

    assert [ask(f"p{number}@example.org", "203.0.113.9") for number in range(3)] == [302, 302, 429]
    assert ask("p9@example.org", "203.0.113.10") == 302


def test_nobody_reads_back_who_got_mail(alice: User) -> None:
    Client().post("/account/password/reset/", {"email": alice.email})
    stored = str(list(OutgoingMail.objects.values()))
    assert "alice" not in stored
    assert "127.0.0.1" not in stored
