"""Notifying people: a notice for each, a mail for those who want one, and no request that waits for a mail server."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from assess.assessments.models import Assessment
from assess.people import mail as mails
from assess.people.mail import BACKOFF, build_mail, queue_mails, send_due_mails, unsent_mails
from assess.people.models import Invitation, MailKind, MailState, Notice, OutgoingMail, Team, User
from assess.people.notices import notify
from assess.people.tokens import hash_token
from assess.review import actions as review
from assess.review.models import Comment
from tests.conftest import client_of
from tests.factories import AssessmentFactory

pytestmark = pytest.mark.django_db(transaction=True)

BROKEN = f"{__name__}.BrokenBackend"
REFUSES_ONE = f"{__name__}.RefusesAliceBackend"
RECORDING = f"{__name__}.RecordingBackend"


class BrokenBackend(BaseEmailBackend):
    def open(self) -> bool:
        raise ConnectionRefusedError("no mail server here")

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("no mail server here")


class RefusesAliceBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            if message.to == ["alice@example.org"]:
                raise smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"no such box")})
            mail.outbox.append(message)
        return len(email_messages)


class RecordingBackend(BaseEmailBackend):
    """Counts connections, as a mail server would see them."""

    connections: ClassVar[int] = 0

    def open(self) -> bool:
        type(self).connections += 1
        return True

    def send_messages(self, email_messages: Any) -> int:
        mail.outbox.extend(email_messages)
        return len(email_messages)


def notify_now(*people: User, text: str = "Shop was submitted.", **options: str) -> None:
    with transaction.atomic():
        notify(people, text, "/assessments/1/decision/", **options)


def test_everyone_gets_one_notice_and_one_mail(alice: User, bob: User, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://split.example.org"
    notify_now(alice, bob, alice, details="Rita wrote it.")
    assert sorted(Notice.objects.values_list("user__name", "text")) == [
        ("Alice", "Shop was submitted."),
        ("Bob", "Shop was submitted."),
    ]
    assert sorted(message.to[0] for message in mail.outbox) == ["alice@example.org", "bob@example.org"]
    assert mail.outbox[0].subject == "Splitcheck: Shop was submitted."
    assert mail.outbox[0].body.split("\n\n") == [
        "Shop was submitted.",
        "Rita wrote it.",
        "https://split.example.org/assessments/1/decision/",
        "You get this because it waits for you. To stop such mails: https://split.example.org/account/you/\n",
    ]


def test_no_mail_goes_to_guests_to_inactive_users_or_to_those_who_opted_out(alice: User, gus: User, dana: User) -> None:
    User.objects.filter(pk=alice.pk).update(wants_mail=False)
    alice.refresh_from_db()
    notify_now(alice, gus, dana)
    assert mail.outbox == []
    assert set(Notice.objects.values_list("user__name", flat=True)) == {"Alice", "Gus"}


def test_nothing_is_sent_when_the_transaction_rolls_back(alice: User) -> None:
    with transaction.atomic():
        notify([alice], "Shop was submitted.", "/")
        transaction.set_rollback(True)
    assert mail.outbox == []
    assert not Notice.objects.exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_newline_in_notice_cannot_inject_mail_header(alice: User, end: str) -> None:
    notify_now(alice, text=f"Shop{end}Bcc: everybody@example.org{end}{end}Click here was submitted.")
    (message,) = mail.outbox
    assert len(message.subject.splitlines()) == 1
    assert message.recipients() == ["alice@example.org"]
    head = message.message().as_string().split("\n\n", 1)[0]
    assert not [line for line in head.splitlines() if line.lower().startswith("bcc:")]


def test_newline_in_system_name_cannot_inject_mail_header(team: Team, alice: User, rita: User) -> None:
    version = AssessmentFactory(team=team, by=alice, system__name="Shop\r\nBcc: everybody@example.org")
    review.comment(Assessment.objects.get(pk=version.pk), by=rita, text="Seen.")
    (message,) = mail.outbox
    assert message.subject == "Splitcheck: Rita commented on Shop Bcc: everybody@example.org, version 1."
    assert message.recipients() == ["alice@example.org"]


def test_action_succeeds_while_the_mail_server_is_down(team: Team, alice: User, rita: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = BROKEN
    version = AssessmentFactory(team=team, by=alice)
    review.comment(Assessment.objects.get(pk=version.pk), by=rita, text="Seen.")
    assert Comment.objects.count() == 1
    assert Notice.objects.filter(user=alice).count() == 1
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.WAITING}


def test_one_refused_address_keeps_no_mail_from_the_others(alice: User, bob: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = REFUSES_ONE
    notify_now(alice, bob)
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


def test_long_text_is_cut_in_notice_and_subject_but_not_in_mail_body(alice: User) -> None:
    notify_now(alice, text="S" * 1000)
    assert len(Notice.objects.get().text) == 300
    assert len(mail.outbox[0].subject) == 120
    assert "S" * 1000 in mail.outbox[0].body


# --- by the background worker


class HeldTimer:
    """Instead of `threading.Timer`: the fallback runs when the test says so."""

    started: ClassVar[list["HeldTimer"]] = []

    def __init__(self, interval: float, function: Any) -> None:
        self.interval, self.function = interval, function

    def start(self) -> None:
        self.started.append(self)

    def elapse(self) -> None:
        self.function()


@pytest.fixture
def in_background(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.EMAIL_BACKEND = RECORDING
    settings.MAIL_IN_BACKGROUND = True
    monkeypatch.setattr(mails.threading, "Timer", HeldTimer)
    RecordingBackend.connections = 0
    yield
    HeldTimer.started.clear()
    mails.timer_is_set.clear()


def work_off_tasks() -> None:
    """Do what `manage.py db_worker` does, until nothing waits."""
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    ).run()


def invite_nina(alice: User, team: Team) -> None:
    data = {"place": str(team.pk), "role": "member", "email": "nina@example.org"}
    response = client_of(alice).post(f"/workspaces/{team.workspace_id}/people/invite/", data)
    assert response.status_code == 302


def test_request_opens_no_mail_connection_and_the_worker_sends(in_background: None, alice: User, team: Team) -> None:
    invite_nina(alice, team)
    assert RecordingBackend.connections == 0
    assert mail.outbox == []
    work_off_tasks()
    assert RecordingBackend.connections == 1
    (message,) = mail.outbox
    assert message.to == ["nina@example.org"]
    assert message.subject == "Splitcheck: Alice invites you to Splitcheck as Team member of Payments"
    (fallback,) = HeldTimer.started
    fallback.elapse()
    assert len(mail.outbox) == 1


def test_password_reset_mail_is_sent_by_the_worker_too(in_background: None, alice: User, client: Client) -> None:
    client.post("/account/password/reset/", {"email": alice.email})
    assert RecordingBackend.connections == 0
    work_off_tasks()
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]
    assert "/account/password/reset/key/" in mail.outbox[0].body


def test_mail_that_no_worker_takes_is_sent_by_the_process_that_queued_it(
    in_background: None, alice: User, team: Team
) -> None:
    invite_nina(alice, team)
    (fallback,) = HeldTimer.started
    assert fallback.interval == mails.WORKER_PATIENCE.total_seconds()
    fallback.elapse()
    assert [message.to for message in mail.outbox] == [["nina@example.org"]]
    work_off_tasks()
    assert len(mail.outbox) == 1


def test_one_timer_serves_all_mails_of_the_process(in_background: None, alice: User, bob: User) -> None:
    notify_now(alice)
    notify_now(bob)
    (fallback,) = HeldTimer.started
    fallback.elapse()
    assert [message.to for message in mail.outbox] == [["alice@example.org"], ["bob@example.org"]]
    assert RecordingBackend.connections == 1
    notify_now(alice)
    assert len(HeldTimer.started) == 2


def test_mail_that_a_worker_is_sending_is_not_sent_twice(in_background: None, alice: User, team: Team) -> None:
    invite_nina(alice, team)
    OutgoingMail.objects.update(state=MailState.SENDING, heartbeat_at=timezone.now())
    HeldTimer.started[0].elapse()
    assert mail.outbox == []
    OutgoingMail.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=10))  # that worker died
    send_due_mails()
    assert len(mail.outbox) == 1


def test_queued_mail_shows_neither_address_nor_link_to_readers_of_the_database(
    in_background: None, alice: User, team: Team
) -> None:
    invite_nina(alice, team)
    stored = str(list(OutgoingMail.objects.values()))
    work_off_tasks()
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    assert Invitation.objects.get().token_hash == hash_token(token)
    stored += str(list(OutgoingMail.objects.values()))
    assert token not in stored
    assert "nina" not in stored


def test_mail_leaves_also_when_the_task_queue_fails(
    in_background: None, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("no queue")

    monkeypatch.setattr(mails.send_outgoing_mails.__class__, "enqueue", fail)
    notify_now(alice)
    assert mail.outbox == []  # never inside the request
    HeldTimer.started[0].elapse()
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]


# --- what could not be sent


def make_due() -> None:
    OutgoingMail.objects.filter(state=MailState.WAITING).update(next_try_at=timezone.now())


def ask_nina(by: User, team: Team) -> None:
    with transaction.atomic():
        queue_mails(
            [
                build_mail(
                    "nina@example.org",
                    "Come and answer",
                    "/join/secret/",
                    kind=MailKind.INVITATION,
                    about="/people/",
                    by=by,
                    workspace=team.workspace,
                )
            ]
        )


def test_a_mail_that_fails_is_tried_ever_later_and_then_its_sender_is_told(
    alice: User, ada: User, team: Team, settings: Any
) -> None:
    settings.EMAIL_BACKEND = BROKEN
    ask_nina(alice, team)
    waits = []
    for _attempt in BACKOFF:
        row = OutgoingMail.objects.get()
        assert (row.state, Notice.objects.count()) == (MailState.WAITING, 0)
        waits.append(row.next_try_at - timezone.now())
        assert "nina@example.org" in client_of(ada).get(f"/workspaces/{team.workspace_id}/people/").content.decode()
        make_due()
        send_due_mails()
    assert waits == sorted(waits)
    assert OutgoingMail.objects.get().state == MailState.FAILED
    notice = Notice.objects.get()
    assert notice.user == alice
    assert "nina@example.org could not be sent" in notice.text
    assert notice.url == "/people/"
    (unsent,) = unsent_mails(team.workspace, limit=10)
    assert (unsent.to, unsent.next_try_at) == ("nina@example.org", None)


def test_a_mail_that_failed_once_leaves_when_the_server_is_back(alice: User, team: Team, settings: Any) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, BROKEN
    ask_nina(alice, team)
    settings.EMAIL_BACKEND = backend
    send_due_mails()
    assert mail.outbox == []  # not before its time
    make_due()
    send_due_mails()
    assert [message.to for message in mail.outbox] == [["nina@example.org"]]
    assert unsent_mails(team.workspace, limit=10) == []
    assert OutgoingMail.objects.get().content == ""


def test_a_refused_address_is_given_up_at_once(alice: User, bob: User, team: Team, settings: Any) -> None:
    settings.EMAIL_BACKEND = REFUSES_ONE
    with transaction.atomic():
        queue_mails([build_mail(alice.email, "Come", "/join/x/", kind=MailKind.INVITATION, about="/", by=bob)])
    assert OutgoingMail.objects.get().state == MailState.FAILED
    assert Notice.objects.get().user == bob


def test_members_do_not_see_what_mail_waits(alice: User, ada: User, bob: User, team: Team, settings: Any) -> None:
    settings.EMAIL_BACKEND = BROKEN
    ask_nina(alice, team)
    address = f"/workspaces/{team.workspace_id}/people/"
    assert client_of(bob).get(address).status_code == 403
    assert "nina@example.org" not in client_of(alice).get(address).content.decode()  # a lead of one team


def test_a_server_that_does_not_answer_is_waited_for_once_however_many_mails_are_due(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "BATCH", 2)
    settings.EMAIL_BACKEND = BROKEN
    settings.MAIL_IN_BACKGROUND = True
    tries: list[int] = []
    opened = BrokenBackend.open
    monkeypatch.setattr(BrokenBackend, "open", lambda self: [tries.append(1), opened(self)])
    mails.write_mails(
        [build_mail(f"p{n}@example.org", "Text", "/", kind=MailKind.ACCOUNT, user=alice) for n in range(7)]
    )
    assert send_due_mails() == 0
    assert len(tries) == 1
    rows = OutgoingMail.objects.all()
    assert {(row.state, row.attempts) for row in rows} == {(MailState.WAITING, 1)}
    assert all(row.next_try_at > timezone.now() for row in rows)


def test_pages_about_a_mail_say_that_mail_is_late_while_the_server_takes_none(
    alice: User, client: Client, settings: Any
) -> None:
    late = "Our mail is late just now"
    page = "/account/password/reset/done/"
    assert late not in client.get(page).content.decode()
    settings.EMAIL_BACKEND = BROKEN
    client.post("/account/password/reset/", {"email": alice.email})
    assert late in client.get(page).content.decode()
    assert late in client.get("/account/confirm-email/").content.decode()
    settings.EMAIL_BACKEND = RECORDING
    make_due()
    send_due_mails()
    assert late not in client.get(page).content.decode()


def test_a_box_that_does_not_exist_makes_no_other_mail_late(alice: User, client: Client, settings: Any) -> None:
    OutgoingMail.objects.create(
        kind=MailKind.ACCOUNT, content="", recipient_hash="x", attempts=1, problem="SMTPRecipientsRefused"
    )
    assert "Our mail is late" not in client.get("/account/password/reset/done/").content.decode()


def test_an_administrator_sees_mail_that_nobody_has_tried_to_send(alice: User, ada: User, ada_client: Client) -> None:
    mails.write_mails([build_mail(alice.email, "Text", "/", kind=MailKind.ACCOUNT, user=alice)])
    page = reverse("people", args=[ada.memberships.get().workspace_id])
    assert "Mail that has not left" not in ada_client.get(page).content.decode(), "it was written just now"
    OutgoingMail.objects.update(created_at=timezone.now() - 2 * mails.USUAL_WAIT)
    assert "Mail that has not left" in ada_client.get(page).content.decode()


def test_an_administrator_sees_a_new_password_that_could_not_be_mailed(
    alice: User, ada: User, ada_client: Client, client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = BROKEN
    client.post("/account/password/reset/", {"email": alice.email})
    page = reverse("people", args=[ada.memberships.get().workspace_id])
    assert "tried again" in ada_client.get(page).content.decode()
