"""Notifying people: a notice on their page, and a mail for those who want one."""

from collections.abc import Iterable

from django.urls import reverse

from assess.language import _
from assess.people.mail import build_mail, queue_mails
from assess.people.models import MailKind, Notice, User
from assess.web.facade import absolute_url


def notify(people: Iterable[User], text: str, url: str, *, details: str = "") -> None:
    """Notify each of these people, once, in one sentence; `url` is a path of the site. Only inside a transaction.

    The mail says the same with an address and `details` below. Guests have no address; people who want no mail still
    get the notice.
    """
    recipients = {person.pk: person for person in people if person.is_active}
    shortened = text if len(text) <= 300 else f"{text[:299]}…"
    Notice.objects.bulk_create(Notice(user=person, text=shortened, url=url) for person in recipients.values())
    queue_mails(
        [
            build_mail(person.email, text, url, details, ending=opt_out_sentence(), kind=MailKind.NOTICE, user=person)
            for person in recipients.values()
            if person.wants_mail and not person.is_guest
        ]
    )


def opt_out_sentence() -> str:
    """The end of mails that somebody gets because of who they are here, not because they just asked for one."""
    sentence = _("You get this because it waits for you. To stop such mails: {address}")
    return sentence.format(address=absolute_url(reverse("you")))
