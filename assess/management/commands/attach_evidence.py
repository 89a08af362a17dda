"""`attach_evidence ASSESSMENT FILE --as EMAIL [--json]`: attach a scan, or what a file of deploys, load, cost or calls
says, to an open version."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from assess.assessments.facade import (
    Assessment,
    ReadFile,
    attach_evidence,
    attach_file,
    check_may_attach_measurement,
    list_figures,
    read_file,
    read_prices,
)
from assess.command_line import open_input
from assess.evidence.facade import MAX_BYTES, looks_like_scan
from assess.measurements.facade import KIND_WORDS
from assess.people.facade import Ability, User, check_can, normalize_address
from assess.questionnaire.facade import ValidationFailed, shown


class Command(BaseCommand):
    """Exit status 0 when it is attached, or when `--dry-run` read it; 2 with every problem on standard error if not."""

    help = (
        "Attach a scan, or what a file of deploys, load, cost or calls says, to an assessment, as somebody who answers "
        "it. The format is recognised by content; '-' reads standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", type=int, metavar="ASSESSMENT", help="its number, as in its address")
        parser.add_argument(
            "file", metavar="FILE", help="evidence.json, or a file of deploys, load, cost or calls; or '-'"
        )
        parser.add_argument("--as", dest="person", metavar="EMAIL", required=True, help="who attaches it")
        parser.add_argument(
            "--prices",
            nargs="+",
            default=[],
            metavar="PRICE",
            help="what a core and a GiB cost a month, and the currency if it is not the workspace's: 22 3 EUR",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what a file of measurements has; attach nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(
        self, *args: Any, assessment: int, file: str, person: str, prices: list[str], dry_run: bool, **options: Any
    ) -> None:
        user = User.objects.filter(email=normalize_address(person), is_active=True).first()
        if user is None:
            raise CommandError(f"No active account has the address {shown(person)}.", returncode=2)
        found = (
            Assessment.objects.visible_to(user)
            .select_related("system__team", "workspace")
            .filter(pk=assessment)
            .first()
        )
        if found is None:
            message = f"{user.email} sees no assessment {assessment}. Take the number from its address."
            raise CommandError(message, returncode=2)
        try:
            check_can(user, Ability.ANSWER, found.system.team)
            if len(prices) > 3 or len(prices) == 1:
                raise CommandError("--prices takes a core, a GiB and perhaps a currency: 22 3 EUR", returncode=2)
            with open_input(file, most=settings.LIMITS["measurement_upload"]) as stream:
                start = stream.read(MAX_BYTES + 1)
                stream.seek(0)
                if looks_like_scan(start):
                    self.attach_scan(found, start, options["json"], by=user)
                else:
                    check_may_attach_measurement(found)
                    texts = dict(zip(("core", "gib", "currency"), prices, strict=False))
                    typed = read_prices(texts, currency=found.workspace.currency)
                    read = read_file(
                        stream, name="" if file == "-" else Path(file).name, assessment=found, prices=typed
                    )
                    self.attach_measurement(found, read, dry_run=dry_run, as_json=options["json"], by=user)
        except PermissionDenied:
            message = f"{user.email} may not answer assessment {assessment}. Name somebody who does: --as EMAIL"
            raise CommandError(message, returncode=2) from None
        except ValidationFailed as refused:
            problems = [f"{file}: {issue}" if not issue.file else str(issue) for issue in refused.issues]
            raise CommandError("\n".join(["Nothing was attached.", *problems]), returncode=2) from None

    def attach_scan(self, assessment: Assessment, content: bytes, as_json: bool, *, by: User) -> None:
        row = attach_evidence(assessment, content, by=by)
        if as_json:
            self.stdout.write(
                json.dumps(
                    {"assessment": assessment.pk, "kind": "scan", "commit": row.commit_hash, "sha256": row.sha256}
                )
            )
        else:
            self.stdout.write(f"Attached to {assessment}: {row}, SHA-256 {row.sha256}.")

    def attach_measurement(
        self, assessment: Assessment, file: ReadFile, *, dry_run: bool, as_json: bool, by: User
    ) -> None:
        row = None if dry_run else attach_file(assessment, file, by=by)
        reading = file.reading
        if as_json:
            outcome = {
                "assessment": assessment.pk,
                "kind": reading.kind,
                "shape": reading.shape,
                "is_attached": row is not None,
                "sha256": file.sha256,
                "rows_read": reading.rows_read,
                "dropped": dict(reading.dropped_by_reason),
                "figures": dict(list_figures(reading.content)),
                "warnings": list(reading.warnings),
            }
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
            return
        for line in list_preview(file):
            self.stdout.write(line)
        if row:
            self.stdout.write(f"Attached to {assessment}: {row}, SHA-256 {row.sha256}.")
        else:
            self.stdout.write("Nothing was attached: --dry-run only reads.")


def list_preview(file: ReadFile) -> Iterator[str]:
    """The lines that say what was read."""
    reading = file.reading
    yield f"{KIND_WORDS[reading.kind]}: {reading.shape_words}"
    yield from (f"  {name}: {figure}" for name, figure in list_figures(reading.content))
    yield from (f"  {field.field} from {field.source}" for field in reading.mapping)
    yield f"Rows read: {reading.rows_read}. Left out: {sum(reading.dropped_by_reason.values())}."
    yield from (f"  row {each.row}: {each.words}" for each in reading.dropped[:20])
    yield from reading.warnings
