"""`verify_log [--assessment N]`: whether the log, the answers and the signatures are as they were written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.review.facade import ReadCounts, verify_log


class Command(BaseCommand):
    """Exit status 0 when all is as written, 1 with a line for each finding otherwise. Changes nothing."""

    help = (
        "Check the event log: numbers, seals, answers, states and signatures. Lists whatever is not as it was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--assessment", type=int, metavar="N", help="only this assessment")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["assessment"]
        counts = ReadCounts()
        findings = 0
        for finding in verify_log(number, counts=counts):
            self.stdout.write(str(finding))
            findings += 1
        if number is not None and not counts.assessments:
            raise CommandError(f"There is no assessment {number}.")
        of = f"{format_count(counts.assessments, 'assessment')}, {format_count(counts.events, 'event')}"
        if findings:
            raise CommandError(f"{of}: {format_count(findings, 'finding')}, listed above.")
        self.stdout.write(f"{of}: all as written")


def format_count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
