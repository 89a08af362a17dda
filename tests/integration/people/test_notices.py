"""Telling people: a notice for each, a mail for those who want one, and nothing that fails because of a mail."""

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from assess.assessments.models import Assessment
from assess.people.models import Notice, Team, User
from assess.people.notices import notify, send_mail
from assess.review import actions as review
from assess.review.models import Comment
from tests.factories import AssessmentFactory

BROKEN = f"{__name__}.Down"
REFUSES_ONE = f"{__name__}.RefusesAlice"


class Down(BaseEmailBackend):
    def open(self) -> bool:
        raise ConnectionRefusedError("no mail server here")

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("no mail server here")


class RefusesAlice(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            if message.to == ["alice@example.org"]:
                raise smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"no such box")})
            mail.outbox.append(message)
        return len(email_messages)


def told(*people: User, text: str = "Shop was submitted.", **given: str) -> None:
    with transaction.atomic():
        notify(people, text, "/assessments/1/decision/", **given)


@pytest.mark.django_db(transaction=True)
def test_each_is_told_once_in_site_and_by_mail(alice: User, bob: User, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://split.example.org"
    told(alice, bob, alice, details="Rita wrote it.")
    assert sorted(Notice.objects.values_list("user__name", "text")) == [
        ("Alice", "Shop was submitted."),
        ("Bob", "Shop was submitted."),
    ]
    assert sorted(message.to[0] for message in mail.outbox) == ["alice@example.org", "bob@example.org"]
    assert mail.outbox[0].subject == "Shop was submitted."
    assert mail.outbox[0].body.split("\n\n") == [
        "Shop was submitted.",
        "Rita wrote it.",
        "https://split.example.org/assessments/1/decision/",
        "You get this because it waits on you. To stop such mails: https://split.example.org/account/you/\n",
    ]


@pytest.mark.django_db(transaction=True)
def test_no_mail_goes_to_guests_to_those_who_want_none_or_to_who_was_switched_off(
    alice: User, gus: User, dana: User
) -> None:
    User.objects.filter(pk=alice.pk).update(wants_mail=False)
    alice.refresh_from_db()
    told(alice, gus, dana)
    assert mail.outbox == []
    assert set(Notice.objects.values_list("user__name", flat=True)) == {"Alice", "Gus"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_of_what_was_not_saved(alice: User) -> None:
    with transaction.atomic():
        notify([alice], "Shop was submitted.", "/")
        transaction.set_rollback(True)
    assert mail.outbox == []
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_name_adds_no_header_to_a_mail(alice: User, end: str) -> None:
    told(alice, text=f"Shop{end}Bcc: everybody@example.org{end}{end}Click here was submitted.")
    (message,) = mail.outbox
    assert len(message.subject.splitlines()) == 1
    assert message.recipients() == ["alice@example.org"]
    head = message.message().as_string().split("\n\n", 1)[0]
    assert not [line for line in head.splitlines() if line.lower().startswith("bcc:")]


@pytest.mark.django_db(transaction=True)
def test_a_system_called_so_adds_no_header_either(team: Team, alice: User, rita: User) -> None:
    version = AssessmentFactory(team=team, by=alice, system__name="Shop\r\nBcc: everybody@example.org")
    review.comment(Assessment.objects.get(pk=version.pk), by=rita, text="Seen.")
    (message,) = mail.outbox
    assert message.subject == "Rita commented on Shop Bcc: everybody@example.org, version 1."
    assert message.recipients() == ["alice@example.org"]


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_fails_no_action(team: Team, alice: User, rita: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = BROKEN
    version = AssessmentFactory(team=team, by=alice)
    review.comment(Assessment.objects.get(pk=version.pk), by=rita, text="Seen.")
    assert Comment.objects.count() == 1
    assert Notice.objects.filter(user=alice).count() == 1
    send_mail("somebody@example.org", "Come and answer", "/join/x/")


@pytest.mark.django_db(transaction=True)
def test_one_address_that_is_refused_keeps_no_mail_from_the_others(alice: User, bob: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = REFUSES_ONE
    told(alice, bob)
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_a_long_text_is_cut_for_the_notice_and_the_subject(alice: User) -> None:
    told(alice, text="S" * 1000)
    assert len(Notice.objects.get().text) == 300
    assert len(mail.outbox[0].subject) == 120
    assert "S" * 1000 in mail.outbox[0].body
