"""`manage.py report ASSESSMENT --out FILE.pdf [--for leadership] [--json]`: an assessment's PDF, from the command line.

`--queued` is for the site itself: it starts this as a process of its own where no background worker takes a report.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assess.assessments.facade import Assessment
from assess.reports.facade import (
    NICENESS,
    Choice,
    Reader,
    RenderError,
    get_claimed_report,
    render_claimed,
    render_pdf_now,
    render_queued_reports,
    with_report_relations,
)


class Command(BaseCommand):
    help = "Write the PDF of one assessment to a file. A submitted version's is made once and then kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("assessment", type=int, nargs="?", help="the assessment's number, as in its address")
        parser.add_argument("--out", type=Path, metavar="FILE.pdf", help="where to write it, - is standard output")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
        parser.add_argument(
            "--for", dest="reader", choices=get_args(Reader), default="full", help="whose report; all of it unless said"
        )
        parser.add_argument(
            "--queued", type=int, metavar="REPORT", help="for the site itself: render this queued report"
        )
        parser.add_argument("--attempt", type=int, default=0, help="for the site itself: which try it is")

    def handle(self, *args: Any, assessment: int | None, out: Path | None, queued: int | None, **options: Any) -> None:
        if queued is not None:
            self.render_queued(queued, options["attempt"])
        elif assessment is None or out is None:
            raise CommandError("Name the assessment and the file: report 12 --out FILE.pdf", returncode=2)
        else:
            self.write_pdf(assessment, out, Choice.parse(options["reader"]).to_query(), as_json=options["json"])

    def render_queued(self, report_id: int, attempt: int) -> None:
        os.nice(max(0, NICENESS - os.nice(0)))
        report = get_claimed_report(report_id, attempt)
        if report is not None:
            render_claimed(report)
        render_queued_reports()

    def write_pdf(self, assessment_id: int, out: Path, spec: str, *, as_json: bool) -> None:
        assessment = with_report_relations(Assessment.objects.filter(pk=assessment_id, deleted_at=None)).first()
        if assessment is None:
            raise CommandError(
                f"There is no assessment {assessment_id}. Take the number from its address.", returncode=2
            )
        if str(out) == "-":
            content = self.render(assessment, spec)
            # What is said goes where it does not end up in the PDF.
            said = self.stderr
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            said = self.stdout
            content = self.write_file(assessment, out, spec)
        if as_json:
            outcome = {
                "out": str(out),
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "assessment": assessment.pk,
                "version": assessment.version,
            }
            said.write(json.dumps(outcome))
        elif said is self.stdout:
            said.write(f"{out}: {assessment.system.name}, version {assessment.version}")

    def render(self, assessment: Assessment, spec: str) -> bytes:
        try:
            return render_pdf_now(assessment, spec)
        except RenderError as error:
            raise CommandError(str(error)) from error

    def write_file(self, assessment: Assessment, out: Path, spec: str) -> bytes:
        """Renders, writes and returns the PDF; an earlier file stays as it was when that fails."""
        draft = self.create_draft(out)
        try:
            content = self.render(assessment, spec)
            draft.write_bytes(content)
            # In one step, so that nobody ever sees half a file.
            draft.replace(os.path.realpath(out))
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.", returncode=2) from error
        finally:
            draft.unlink(missing_ok=True)
        return content

    def create_draft(self, out: Path) -> Path:
        """A new file beside `out` to write to, before any time is spent on rendering."""
        if out.is_dir():
            raise CommandError(f"{out} is a folder. Name a file in it: --out {out / 'report.pdf'}", returncode=2)
        if out.exists() and not out.is_file():
            # It would be replaced by a file, and a device or a pipe is not ours to take away.
            raise CommandError(f"{out} is a device or a pipe. Name a file: --out report.pdf", returncode=2)
        try:
            # A link stays one: the file that it leads to is replaced.
            handle, name = tempfile.mkstemp(
                dir=Path(os.path.realpath(out)).parent, prefix=f".{out.name[:60]}.", suffix=".part"
            )
        except OSError as error:
            message = f"{out} cannot be written: {error.strerror}. Name a file in a folder that you may write to."
            raise CommandError(message, returncode=2) from error
        os.close(handle)
        path = Path(name)
        # Private until now; a file of this process's usual kind from here on.
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        return path
