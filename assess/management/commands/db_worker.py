"""`manage.py db_worker`: django-tasks' command with a worker of ours, which outlives an outage of the database."""

from typing import Any

from django.core.management.base import CommandError
from django_tasks_db.management.commands import db_worker

from assess.backups.facade import RestoringError, announce_serving
from assess.operations.facade import DATABASE, MIGRATIONS, STATIC, WORKER, SteadyWorker, find_problems


class Command(db_worker.Command):
    help = "Makes PDFs, sends mail and checks questionnaires until it is stopped"

    def handle(self, *args: Any, **options: Any) -> None:
        problems = find_problems(exclude=(STATIC, WORKER))
        # A database that is away may come back; the worker waits for it.
        if MIGRATIONS in problems and DATABASE not in problems:
            raise CommandError(problems[MIGRATIONS])
        try:
            announce_serving()
        except RestoringError as refusal:
            raise CommandError(str(refusal)) from None
        # The command makes its worker by this name; it offers no other way to give it another.
        db_worker.Worker = SteadyWorker  # type: ignore[misc]
        super().handle(*args, **options)
