"""`manage.py remind`: once a day, tells people what is due and was not told yet."""

from typing import Any

from django.core.management.base import BaseCommand

from assess.portfolio.facade import remind_all


class Command(BaseCommand):
    help = (
        "Tell leads of verdicts to be asked again and of overdue conditions, and remind respondents who have not "
        "finished. Run once a day; nobody is told of the same thing twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        told = remind_all()
        self.stdout.write(
            f"Told of verdicts to be asked again: {told.due}, of overdue conditions: {told.conditions}; "
            f"respondents reminded: {told.respondents}."
        )
