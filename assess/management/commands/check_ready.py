"""`manage.py check_ready`: what `/readyz` says, for scripts, for units, and for the site's own start."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from assess.operations.facade import CHECKS, DATABASE, NOT_ASKED, WORKER, find_problems


class Command(BaseCommand):
    help = "Says what keeps the site from serving people, and exits with 1 if anything does."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--exclude", action="append", choices=list(CHECKS), default=[], help="leaves a check out; may be repeated"
        )
        parser.add_argument(
            "--at-start",
            action="store_true",
            help="as gunicorn asks: without the worker, and a database server that is away only warns, because it "
            "may come back",
        )

    def handle(self, *args: Any, exclude: list[str], at_start: bool, **options: Any) -> None:
        problems = find_problems([*exclude, WORKER] if at_start else exclude)
        if at_start and DATABASE in problems and connection.vendor != "sqlite":
            self.stderr.write(f"{problems.pop(DATABASE)} The site starts and serves people as soon as it can.")
        problems = {name: sentence for name, sentence in problems.items() if sentence != NOT_ASKED}
        if problems:
            lines = "\n".join(f"  - {name}: {sentence}" for name, sentence in problems.items())
            raise CommandError(f"Splitcheck is not ready:\n{lines}")
        if not at_start:
            self.stdout.write("Splitcheck is ready.")
