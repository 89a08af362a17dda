"""`verify_log [--assessment N]`: whether the log, the answers and the signatures are as they were written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.review.facade import Seen, verify


class Command(BaseCommand):
    """Exit status 0 when all is as written, 1 with a line for each finding otherwise. Changes nothing."""

    help = (
        "Check the event log: numbers, seals, answers, states and signatures. Lists whatever is not as it was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--assessment", type=int, metavar="N", help="only this assessment")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["assessment"]
        seen = Seen()
        findings = 0
        for finding in verify(number, seen=seen):
            self.stdout.write(str(finding))
            findings += 1
        if number is not None and not seen.assessments:
            raise CommandError(f"There is no assessment {number}.")
        of = f"{_count(seen.assessments, 'assessment')}, {_count(seen.events, 'event')}"
        if findings:
            raise CommandError(f"{of}: {_count(findings, 'finding')}, listed above.")
        self.stdout.write(f"{of}: all as written")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
