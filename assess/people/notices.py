"""Telling people what happened: a notice on their page, and a mail once the transaction is through."""

import logging
from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse

from assess.language import _
from assess.people.models import Notice, User

logger = logging.getLogger(__name__)


def tell(people: Iterable[User], text: str, url: str, *, details: str = "") -> None:
    """Tell each of these people, once, in one sentence; `url` is a path of the site. Only inside a transaction.

    The mail says the same with an address and `details` below. Guests have no address; whoever wants no mail still
    finds the notice.
    """
    told = {person.pk: person for person in people if person.is_active}
    shortened = text if len(text) <= 300 else f"{text[:299]}…"
    Notice.objects.bulk_create(Notice(user=person, text=shortened, url=url) for person in told.values())
    mails = [
        mail_of(person.email, text, url, details, ending=how_to_stop())
        for person in told.values()
        if person.wants_mail and not person.is_guest
    ]
    if mails:
        transaction.on_commit(partial(_send_all, mails), robust=True)


def how_to_stop() -> str:
    """What stands in mails that somebody gets because of who they are here, not because they just asked for one."""
    sentence = _("You get this because it waits on you. To get no such mail: {address}")
    return sentence.format(address=f"{settings.SITE_ADDRESS}{reverse('you')}")


def mail_of(address: str, text: str, url: str, details: str = "", *, ending: str = "") -> EmailMessage:
    """One mail. Its subject is one line whatever the names in it hold, so that nobody adds a header."""
    subject = " ".join(text.split())[:120]
    body = "\n\n".join(part for part in (text, details, f"{settings.SITE_ADDRESS}{url}", ending) if part)
    return EmailMessage(subject, f"{body}\n", None, [address])


def send(address: str, text: str, url: str, details: str = "") -> None:
    """One mail now. For after the transaction: a mail server that is down fails nothing that was saved."""
    _send_all([mail_of(address, text, url, details)])


def _send_all(mails: list[EmailMessage]) -> None:
    """All over one connection, so that a server that does not answer is waited for once. Never raises.

    (`robust=True` alone is not enough: where a partial fails, Django fails at naming it for its log.)
    """
    try:
        with get_connection() as server:
            for mail in mails:
                try:
                    server.send_messages([mail])
                except Exception:
                    logger.exception("A mail could not be sent")
    except Exception:
        logger.exception("%s mails could not be sent", len(mails))
