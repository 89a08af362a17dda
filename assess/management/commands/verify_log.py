"""`verify_log [--assessment N] [--since HEAD]`: whether the record, the answers and the signatures are as written.

`verify_log --head` prints the head of the record instead: keep it where nobody who runs the site can change it.
`verify_log --accept-loss` says on purpose that the database was put back to an earlier state.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.record.facade import LOST_TAIL, accept_loss, head_of, missing_tail, read_head, renew_length
from assess.review.facade import ReadCounts, verify_log


class Command(BaseCommand):
    """Exit status 0 when all is as written, 1 with a line for each finding otherwise. Changes nothing but, with
    `--accept-loss`, the record, and the witness of the log's length beside the database."""

    help = (
        "Check the record: the chain, events, answers, states, signatures and all sealed columns. "
        "Lists whatever is not as it was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--assessment", type=int, metavar="N", help="only this assessment")
        parser.add_argument("--head", action="store_true", help="print the head of the record, and check nothing")
        parser.add_argument(
            "--since",
            metavar="HEAD",
            help="also check that the record goes on from this head: from --head, or out of a report",
        )

        parser.add_argument(
            "--accept-loss",
            action="store_true",
            help="first say in the record that an earlier state of the database was put back on purpose",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"]:
            self.stdout.write(str(head_of()))
            return
        if options["accept_loss"]:
            link = accept_loss()
            self.stdout.write(f"Link {link.number} of the record says that an earlier state was put back on purpose.")
        since = None
        if options["since"] is not None and (since := read_head(options["since"])) is None:
            raise CommandError("Give --since a head as --head prints it: a number, a dash, and 64 digits and letters.")
        number = options["assessment"]
        counts = ReadCounts()
        findings = 0
        for missing in missing_tail():
            self.stdout.write(f"the end of the log: {missing}")
            findings += 1
        if findings:
            self.stdout.write(LOST_TAIL)
        for finding in verify_log(number, since=since, counts=counts):
            self.stdout.write(str(finding))
            findings += 1
        if number is not None and not counts.assessments:
            raise CommandError(f"There is no assessment {number}.")
        of = f"{format_count(counts.assessments, 'assessment')}, {format_count(counts.events, 'event')}"
        if findings:
            raise CommandError(f"{of}: {format_count(findings, 'finding')}, listed above.")
        self.stdout.write(f"{of}: all as written")
        renew_length()
        if since is not None:
            links = format_count(head_of().number - since.number, "link")
            self.stdout.write(f"The record goes on from link {since.number}: {links} since.")


def format_count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
