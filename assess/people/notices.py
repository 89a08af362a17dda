"""Notifying people: a notice on their page, and a mail once the transaction is committed."""

import json
import logging
import threading
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.urls import reverse
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assess.language import _
from assess.people.models import Notice, User
from assess.people.tokens import get_cipher
from assess.web.facade import absolute_url

logger = logging.getLogger(__name__)

#: A mail that no worker has taken by then is sent by the process that queued it.
WORKER_PATIENCE: Final = timedelta(seconds=5)

#: What this process queued since `deliver_untaken` ran last: the task's id and its mails.
queued: Final[list[tuple[str, Sequence[EmailMessage]]]] = []
queued_lock: Final = threading.Lock()

#: Mails hold links with secrets, so a queued one is stored encrypted.
CIPHER_PURPOSE: Final = "queued mail"


def notify(people: Iterable[User], text: str, url: str, *, details: str = "") -> None:
    """Notify each of these people, once, in one sentence; `url` is a path of the site. Only inside a transaction.

    The mail says the same with an address and `details` below. Guests have no address; people who want no mail still
    gets the notice.
    """
    recipients = {person.pk: person for person in people if person.is_active}
    shortened = text if len(text) <= 300 else f"{text[:299]}…"
    Notice.objects.bulk_create(Notice(user=person, text=shortened, url=url) for person in recipients.values())
    mails = [
        build_mail(person.email, text, url, details, ending=opt_out_sentence())
        for person in recipients.values()
        if person.wants_mail and not person.is_guest
    ]
    if mails:
        transaction.on_commit(partial(send_mails, mails), robust=True)


def opt_out_sentence() -> str:
    """The end of mails that somebody gets because of who they are here, not because they just asked for one."""
    sentence = _("You get this because it waits for you. To stop such mails: {address}")
    return sentence.format(address=absolute_url(reverse("you")))


def build_mail(address: str, text: str, url: str, details: str = "", *, ending: str = "") -> EmailMessage:
    """One mail. Its subject is one line whatever the names in it hold, so that nobody adds a header."""
    subject = " ".join(text.split())[:120]
    body = "\n\n".join(part for part in (text, details, absolute_url(url), ending) if part)
    return EmailMessage(subject, f"{body}\n", None, [address])


def mail_leaves_the_site() -> bool:
    """False while mail is only written to files, so that no page asks anybody to wait for it."""
    return not settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend")


def send_mail(address: str, text: str, url: str, details: str = "") -> None:
    """One mail. For after the transaction: a mail server that is down fails nothing that was saved."""
    send_mails([build_mail(address, text, url, details)])


def send_mails(mails: Sequence[EmailMessage]) -> None:
    """Hand the mails to the background worker, so that no request waits for a mail server. Never raises.

    Where they only go to files or to a list in memory (`MAIL_IN_BACKGROUND` is off) they are sent at once.
    """
    if not settings.MAIL_IN_BACKGROUND:
        deliver(mails)
        return
    try:
        fields = [{"subject": str(mail.subject), "body": str(mail.body), "to": mail.to} for mail in mails]
        encrypted = get_cipher(CIPHER_PURPOSE).encrypt(json.dumps(fields).encode()).decode()
        task_id = deliver_queued_mails.enqueue(encrypted).id
    except Exception:
        logger.exception("%s mails could not be queued", len(mails))
        deliver(mails)
        return
    with queued_lock:
        queued.append((task_id, mails))
        needs_timer = len(queued) == 1
    if needs_timer:
        # No daemon: a command that ends waits for it, so its mails leave also where no worker runs.
        threading.Timer(WORKER_PATIENCE.total_seconds(), deliver_untaken).start()


@task()
def deliver_queued_mails(encrypted: str) -> int:
    """Send the mails that `send_mails` queued. Returns how many. Run by the background worker."""
    fields = json.loads(get_cipher(CIPHER_PURPOSE).decrypt(encrypted))
    return deliver([EmailMessage(mail["subject"], mail["body"], None, mail["to"]) for mail in fields])


def deliver_untaken() -> None:
    """Send what this process queued and no worker took. Removing the waiting task first keeps both from sending."""
    with queued_lock:
        tasks = list(queued)
        queued.clear()
    untaken: list[EmailMessage] = []
    try:
        for task_id, mails in tasks:
            if DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.READY).delete()[0]:
                untaken += mails
    except Exception:
        logger.exception("The task queue could not be read; some mails wait for the worker")
    finally:
        connection.close()  # this thread's own
    if untaken:
        deliver(untaken)


def deliver(mails: Sequence[EmailMessage]) -> int:
    """Send the mails now, over one connection, so that a server that does not answer is waited for once. Never raises.

    Returns how many were sent. (`robust=True` alone is not enough: where a partial fails, Django fails at naming it for
    its log.)
    """
    count = 0
    try:
        with get_connection() as server:
            for mail in mails:
                try:
                    count += server.send_messages([mail]) or 0
                except Exception:
                    logger.exception("A mail could not be sent")
    except Exception:
        logger.exception("%s mails could not be sent", len(mails))
    return count
