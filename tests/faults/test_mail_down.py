"""A mail server that refuses or never answers: signing up and new passwords go on, and the mails leave later."""

import re
import statistics
import uuid
from collections.abc import Callable

import pytest

from tests.faults.conftest import (
    TIMES_IDLE,
    MailServer,
    Site,
    assert_others_go_on,
    pace_of_login_page,
    wait_until,
)

LATE = "Our mail is late just now"


def sign_up(site: Site) -> float:
    """Somebody signs up and asks for a new password; the seconds of both answers."""
    visitor = site.visitor()
    visitor.get("/account/signup/")
    email = f"{uuid.uuid4().hex}@example.org"
    answer = visitor.post(
        "/account/signup/", {"name": "Ana", "email": email, "password1": "a wide blue harbour", "team": "Billing"}
    )
    assert answer.status == 302, answer.text
    assert visitor.get(answer.headers["Location"]).status in {200, 302}
    other = site.visitor()
    other.get("/account/password/reset/")
    reset = other.post("/account/password/reset/", {"email": email})
    assert reset.status == 302
    assert "a link is on its way" in other.get(reset.headers["Location"]).text
    return answer.seconds + reset.seconds


def recipients(mail_server: MailServer) -> list[str]:
    return [re.findall(r"^To: (\S+)", text, re.MULTILINE)[0] for text in mail_server.mails]


@pytest.mark.parametrize("behaviour", ["refuse", "hang"])
def test_signing_up_and_new_passwords_wait_for_no_mail_server(
    start_site: Callable[..., Site], mail_server: MailServer, behaviour: str
):
    site = start_site(**mail_server.environment)
    site.start_worker()
    usual = [sign_up(site) for _ in range(4)]
    wait_until(lambda: len(mail_server.mails) == 8, "the worker sends what was written")
    idle = pace_of_login_page(site)
    mail_server.behaviour = behaviour
    before = mail_server.connections
    meanwhile = [sign_up(site) for _ in range(4)]
    assert statistics.median(meanwhile) < TIMES_IDLE * max(usual)
    wait_until(lambda: mail_server.connections > before, "the worker tries the mail server")
    assert_others_go_on(site, idle)
    done = "/account/password/reset/done/"
    wait_until(lambda: LATE in site.visitor().get(done).text, "pages say that mail is late")
    assert len(mail_server.mails) == 8
    mail_server.behaviour = "take"

    def minute_passes() -> bool:
        """What was tried is due again. True once every mail has left."""
        site.shell(
            "from django.utils import timezone\n"
            "from assess.people import mail\n"
            "mail.OutgoingMail.objects.update(next_try_at=timezone.now())\n"
            "mail.send_due_mails()"
        )
        return len(mail_server.mails) >= 16

    wait_until(minute_passes, "the mails leave")
    sent = recipients(mail_server)
    assert sorted(sent.count(email) for email in set(sent)) == [2] * 8, "each got both mails, once"
    assert LATE not in site.visitor().get(done).text
