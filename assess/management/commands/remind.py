"""`manage.py remind`: notifies people of what is due, once each."""

from typing import Any

from django.core.management.base import BaseCommand

from assess.people.facade import collecting_mails, count_mails, send_due_mails
from assess.portfolio.facade import remind_all


class Command(BaseCommand):
    help = (
        "Tell leads which verdicts and outcomes are due and which conditions and steps are overdue, and remind "
        "respondents who have not finished. Run it once a day. Nobody is told the same thing twice. The last line says "
        "how much of the mail has left; what waits is tried again for ten hours."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with collecting_mails() as ids:
            reminded = remind_all()
        if ids:
            send_due_mails()  # here and now, or nothing could be said of them
        mails = count_mails(ids)
        self.stdout.write(
            f"Notified: {count_with_noun(reminded.verdicts_due, 'verdict')} due, "
            f"{count_with_noun(reminded.conditions_overdue, 'overdue condition')}, "
            f"{count_with_noun(reminded.steps_overdue, 'plan')} with overdue steps, "
            f"{count_with_noun(reminded.outcomes_due, 'outcome')} due. "
            f"Reminded: {count_with_noun(reminded.respondents, 'respondent')}."
        )
        self.stdout.write(
            f"Mail: {mails.sent} sent, {mails.waiting} waiting for the mail server, {mails.failed} given up."
        )


def count_with_noun(count: int, noun: str) -> str:
    """ "1 verdict", "3 verdicts"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
