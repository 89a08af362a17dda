"""`verify_report FILE`: what a report says that it is, whether its own data bears it out, and what differs here.

Takes the PDF, or the JSON that was taken out of one.
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
)


class Command(BaseCommand):
    """Exit status 0 when all is as the report says, 1 when something differs, 2 when it cannot be read as a report."""

    help = "Check a report's PDF (or its JSON) against its own data, the rules and the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.pdf", help="a report as it was downloaded, or the data out of one")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        content = _read(file)
        is_pdf = content.startswith(b"%PDF-")
        differences: list[str] = []
        try:
            if is_pdf:
                data = extract_attachment(content)
                carried = read_attachment(data.content, file=file)
                if data.said_sha256 != data.sha256:
                    said = data.said_sha256 or "none"
                    differences.append(f"Data: its hash is {data.sha256}, the PDF's metadata gives {said}.")
            else:
                carried = read_attachment(content, file=file)
        except UnreadablePdfError as unreadable:
            raise CommandError(f"{file}: {unreadable}.", returncode=2) from None
        except ValidationFailed as refused:
            raise CommandError("\n".join(str(issue) for issue in refused.issues), returncode=2) from None
        found = verify_report(carried, file=file, pdf=content if is_pdf else None)
        differences += found.differences
        self._tell(found)
        if differences:
            raise CommandError("\n".join(["Differs:", *(f"- {each}" for each in differences)]), returncode=1)
        self.stdout.write("All is as the report says.")

    def _tell(self, found: Verification) -> None:
        carried = found.carried
        lines = [
            ("System", f"{carried.system}, version {carried.version}, {carried.state.replace('_', ' ')}"),
            ("Team", f"{carried.team}, {carried.workspace}"),
            ("Edition", f"{carried.edition.slug}, version {carried.edition.version}, {carried.edition.sha256}"),
            ("Model", f"version {carried.model_version}"),
            ("Verdict in it", f"{carried.result.get('verdict')}, {carried.result.get('form')}"),
            ("Decided again", f"{found.verdict}, {found.form}" if found.verdict else "not possible"),
            ("Answers", carried.answers_hash),
            ("Signature", _signature(carried)),
            ("Here", found.here),
        ]
        for name, value in lines:
            # What a file says may hold anything; a terminal must not act on it.
            self.stdout.write(f"{name + ':':<16}{''.join(c if c.isprintable() else '?' for c in value)}")
        for note in found.notes:
            self.stdout.write(note)


def _signature(carried: AttachedReport) -> str:
    signed = carried.signature
    if signed is None:
        return "none"
    overruled = f", verdict overruled to {signed.overruled_to}" if signed.overruled_to else ""
    what = signed.decision.replace("_", " ")
    return f"{what} by {signed.signed_by} at {signed.signed_at}{overruled}, hash {signed.content_hash}"


def _read(name: str) -> bytes:
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
