"""`verify_report FILE`: what a report is, whether its own data agrees with it, and what differs from this database.

Takes the PDF, or the JSON out of one.
"""

import stat
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assess.questionnaire.facade import ValidationFailed
from assess.reports.facade import (
    MAX_ATTACHMENT_BYTES,
    MAX_PDF_BYTES,
    AttachedReport,
    UnreadablePdfError,
    Verification,
    extract_attachment,
    read_attachment,
    verify_report,
    without_lead,
)


class Command(BaseCommand):
    """Exit status 0 when nothing differs, 1 when something does, 2 when the file cannot be read as a report."""

    help = "Check a report's PDF (or its JSON) against its own data, the rules and the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.pdf", help="a report as you downloaded it, or the JSON out of one")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        content = without_lead(read_file(file))
        is_pdf = content.startswith(b"%PDF-")
        differences: list[str] = []
        try:
            if is_pdf:
                data = extract_attachment(content)
                attached = read_attachment(data.content, file=file)
                if data.said_sha256 != data.sha256:
                    metadata_hash = data.said_sha256 or "none"
                    differences.append(f"Data: its hash is {data.sha256}, the PDF's metadata gives {metadata_hash}.")
            else:
                attached = read_attachment(content, file=file)
        except UnreadablePdfError as unreadable:
            raise CommandError(f"{file}: {unreadable}.", returncode=2) from None
        except ValidationFailed as refused:
            raise CommandError("\n".join(str(issue) for issue in refused.issues), returncode=2) from None
        verification = verify_report(attached, file=file, pdf=content if is_pdf else None)
        differences += verification.differences
        self.print_report(verification)
        if differences:
            raise CommandError("\n".join(["Differs:", *(f"- {each}" for each in differences)]), returncode=1)
        self.stdout.write("Nothing differs.")

    def print_report(self, verification: Verification) -> None:
        attached = verification.attached
        lines = [
            ("System", f"{attached.system}, version {attached.version}, {attached.state.replace('_', ' ')}"),
            ("Team", f"{attached.team}, {attached.workspace}"),
            ("Edition", f"{attached.edition.slug}, version {attached.edition.version}, {attached.edition.sha256}"),
            ("Model", f"version {attached.model_version}"),
            ("Verdict in it", f"{attached.result.get('verdict')}, {attached.result.get('form')}"),
            (
                "Decided again",
                f"{verification.verdict}, {verification.form}" if verification.verdict else "not possible",
            ),
            ("Answers", attached.answers_hash),
            ("Signature", describe_signature(attached)),
            ("Record", attached.record_head or "none"),
            ("Here", verification.here),
        ]
        for name, value in lines:
            # What a file says may hold anything; a terminal must not act on it.
            self.stdout.write(f"{name + ':':<16}{''.join(c if c.isprintable() else '?' for c in value)}")
        for note in verification.notes:
            self.stdout.write(note)


def describe_signature(attached: AttachedReport) -> str:
    signed = attached.signature
    if signed is None:
        return "none"
    overruled = f", verdict overruled to {signed.overruled_to}" if signed.overruled_to else ""
    what = signed.decision.replace("_", " ")
    return f"{what} by {signed.signed_by} at {signed.signed_at}{overruled}, hash {signed.content_hash}"


def read_file(name: str) -> bytes:
    """The file, up to one byte more than may be; a file that cannot be read ends the command with status 2."""
    try:
        if not stat.S_ISREG(Path(name).stat().st_mode):
            raise CommandError(f"{name}: this is no regular file. Give the path of a report's PDF.", returncode=2)
        with Path(name).open("rb") as stream:
            content = stream.read(MAX_PDF_BYTES + 1)
    except OSError as error:
        message = f"{name}: cannot be read ({error.strerror}). Give the path of a report's PDF."
        raise CommandError(message, returncode=2) from None
    if not content.startswith(b"%PDF-") and len(content) > MAX_ATTACHMENT_BYTES:
        raise CommandError(f"{name}: this is neither the PDF of a report nor its data.", returncode=2)
    return content
