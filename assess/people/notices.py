"""Telling people what happened: a notice on their page, and a mail once the transaction is through."""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from assess.people.models import Notice, User


def tell(people: Iterable[User], text: str, url: str, *, details: str = "") -> None:
    """Tell each of these people, once, in one sentence; `url` is a path of the site. Only inside a transaction.

    The mail says the same with an address and `details` below. Guests have no address; whoever wants no mail still
    finds the notice.
    """
    told = {person.pk: person for person in people if person.is_active}
    shortened = text if len(text) <= 300 else f"{text[:299]}…"
    Notice.objects.bulk_create(Notice(user=person, text=shortened, url=url) for person in told.values())
    for person in told.values():
        if person.wants_mail and not person.is_guest:
            transaction.on_commit(partial(send, person.email, text, url, details), robust=True)


def send(address: str, text: str, url: str, details: str = "") -> None:
    """One mail. `robust` above keeps a mail server that is down from failing what has been saved."""
    subject = " ".join(text.split())[:120]
    body = "\n\n".join(part for part in (text, details, f"{settings.SITE_ADDRESS}{url}") if part)
    send_mail(subject, f"{body}\n", None, [address])
