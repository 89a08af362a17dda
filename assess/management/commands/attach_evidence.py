"""`attach_evidence ASSESSMENT FILE --as EMAIL [--json]`: attach the file of a scan to an open version."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from assess.assessments.facade import Assessment, attach_evidence
from assess.command_line import read_input
from assess.evidence.facade import MAX_BYTES
from assess.people.facade import User, normalize_address
from assess.questionnaire.facade import ValidationFailed, shown


class Command(BaseCommand):
    """Exit status 0 when it is attached; 2 with every problem on standard error when it is not."""

    help = "Attach a scan's file ('-' reads standard input) to an assessment, as somebody who answers it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", type=int, metavar="ASSESSMENT", help="its number, as in its address")
        parser.add_argument("file", metavar="FILE", help="evidence.json as the scanner wrote it, or '-'")
        parser.add_argument("--as", dest="person", metavar="EMAIL", required=True, help="who attaches it")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, assessment: int, file: str, person: str, **options: Any) -> None:
        user = User.objects.filter(email=normalize_address(person), is_active=True).first()
        if user is None:
            raise CommandError(f"No active account has the address {shown(person)}.", returncode=2)
        found = Assessment.objects.visible_to(user).select_related("system__team").filter(pk=assessment).first()
        if found is None:
            message = f"{user.email} sees no assessment {assessment}. Take the number from its address."
            raise CommandError(message, returncode=2)
        try:
            row = attach_evidence(found, read_input(file, most=MAX_BYTES), by=user)
        except PermissionDenied:
            message = f"{user.email} may not answer assessment {assessment}. Name somebody who does: --as EMAIL"
            raise CommandError(message, returncode=2) from None
        except ValidationFailed as refused:
            problems = [f"{file}: {issue}" if not issue.file else str(issue) for issue in refused.issues]
            raise CommandError("\n".join(["Nothing was attached.", *problems]), returncode=2) from None
        if options["json"]:
            outcome = {"assessment": found.pk, "commit": row.commit_hash, "sha256": row.sha256}
            self.stdout.write(json.dumps(outcome))
        else:
            self.stdout.write(f"Attached to {found}: {row}, SHA-256 {row.sha256}.")
