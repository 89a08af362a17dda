"""The queue of PDFs: who may ask, whose turn it is, making one outside the request, and getting over what dies.

Decides: when a report is rendered, by whom, how often it is tried, and how many at a time. Does not decide: what a
report says (its kind, `kinds`) or how it is drawn (`pdf`).

A `Report` row is its own queue entry, because a task that was killed stays "running" for ever in the task queue.
Whoever renders claims the row first: the background worker, told by a task; or, when no worker took it within
`PATIENCE`, a child process started by whoever waits for it. Both are niced, so that saving answers stays quick, and
both stop at the same limits.
"""

import logging
import shutil
import subprocess
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from assess.language import _, ngettext
from assess.people.facade import User
from assess.reports import pdf
from assess.reports.kinds import Manuscript, kind_of
from assess.reports.models import Report, ReportRequest, ReportState
from assess.reports.tasks import render_reports

logger = logging.getLogger(__name__)

#: A row that waits longer than this while nothing is rendered has no worker.
PATIENCE: Final = timedelta(seconds=2)
#: While something is rendered, whoever does it goes on to the next row, with WeasyPrint loaded and warm; a second
#: process would only take time from those who save. Past this, the queue is too long for one.
PATIENCE_BEHIND_OTHERS: Final = timedelta(seconds=15)
#: A render is stopped after LIMITS["render_seconds"]; one that is still under way so much later has died.
GRACE: Final = timedelta(seconds=15)
MAX_ATTEMPTS: Final = 3
MINUTE: Final = timedelta(minutes=1)
#: Seconds after which to come back to a full queue: a render takes one or two.
QUEUE_RETRY: Final = 20

ACTIVE: Final = (ReportState.QUEUED, ReportState.RENDERING)

#: How much a rendering process gives way to others: saving answers comes first.
NICENESS: Final = 10

#: Of the lock that whoever counts or takes rows of the queue holds on PostgreSQL; any number that nothing else uses.
LOCK: Final = 5_340_001

_children: list[subprocess.Popen[bytes]] = []
_children_lock = threading.Lock()


class TooManyError(Exception):
    """More reports are asked for than are made; `retry_after` is in seconds, the message is for the person."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


# --- asking


def hold() -> None:
    """Until the transaction ends, nobody else counts, adds or takes rows of the queue: two who do so at once would both
    pass a limit. On SQLite a transaction that writes is alone anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def admit(by: User | None) -> None:
    """Count one more PDF to be made for this person. Only while the queue is held. Raises TooManyError.

    `by` is None for somebody without an account, who only ever asks for a submitted version: that has one PDF, so
    there is nothing to count.
    """
    now = timezone.now()
    if by is not None:
        _check_person(by, now)
    if Report.objects.filter(state=ReportState.QUEUED).count() >= settings.LIMITS["render_queue"]:
        raise TooManyError(
            _("Many PDFs are waiting to be made. Try again in {seconds} seconds; your answers are saved.").format(
                seconds=QUEUE_RETRY
            ),
            retry_after=QUEUE_RETRY,
        )
    if by is not None:
        ReportRequest.objects.create(by=by, at=now)


def _check_person(by: User, now: datetime) -> None:
    mine = ReportRequest.objects.filter(by=by)
    mine.filter(at__lte=now - MINUTE).delete()
    asked = list(mine.order_by("-at").values_list("at", flat=True))
    if len(asked) < settings.LIMITS["pdfs_per_minute"]:
        return
    wait = max(1, int((asked[settings.LIMITS["pdfs_per_minute"] - 1] + MINUTE - now).total_seconds()) + 1)
    raise TooManyError(
        ngettext(
            "You asked for {count} PDFs within a minute, which is as many as are made for one person. "
            "Try again in {seconds} second.",
            "You asked for {count} PDFs within a minute, which is as many as are made for one person. "
            "Try again in {seconds} seconds.",
            wait,
        ).format(count=len(asked), seconds=wait),
        retry_after=wait,
    )


def put_again(report: Report, *, by: User | None) -> None:
    """Queue a row anew that is neither waiting nor under way, and forget what came of it before. Only while the queue
    is held."""
    now = timezone.now()
    again = {
        "state": ReportState.QUEUED,
        "attempts": 0,
        "problem": "",
        "pdf": None,
        "requested_by": by,
        "requested_at": now,
        "queued_at": now,
    }
    Report.objects.filter(pk=report.pk).exclude(state__in=ACTIVE).update(**again)
    report.refresh_from_db(fields=[name for name in again if name != "pdf"])


def tell_worker() -> None:
    render_reports.enqueue()


# --- making


def claim(report_id: int | None = None) -> Report | None:
    """Take the row (or the one that waits longest) for rendering; None when it is taken, or too many are under way."""
    with transaction.atomic():
        hold()
        rows = Report.objects.defer("pdf")
        if rows.filter(state=ReportState.RENDERING).count() >= settings.LIMITS["renders_at_a_time"]:
            return None
        waiting = rows.filter(state=ReportState.QUEUED).order_by("queued_at", "pk")
        report = (waiting if report_id is None else waiting.filter(pk=report_id)).first()
        if report is None:
            return None
        started_at = timezone.now()
        taken = Report.objects.filter(pk=report.pk, state=ReportState.QUEUED).update(
            state=ReportState.RENDERING, started_at=started_at, attempts=F("attempts") + 1
        )
        if not taken:
            return None
        report.state, report.started_at, report.attempts = ReportState.RENDERING, started_at, report.attempts + 1
        return report


def work_off_queue() -> int:
    """Render what waits until nothing does or too many are under way; how many were rendered."""
    recover_dead()
    done = 0
    while (report := claim()) is not None:
        render(report)
        done += 1
    return done


def render(report: Report) -> None:
    """Render a claimed row and keep the bytes, or what went wrong. Never raises for a report that cannot be made."""
    try:
        with bounds():
            manuscript = kind_of(report).manuscript(report)
            made = make_pdf(manuscript)
    except pdf.RenderError as issue:
        _give_up(report, str(issue))
    except Exception:
        logger.exception("Report %s could not be rendered", report.pk)
        _give_up(report, _("The PDF could not be made. Try again; if it fails again, tell whoever runs this site."))
    else:
        _keep(report, manuscript, made)


def make_pdf(manuscript: Manuscript) -> bytes:
    """Raises RenderError."""
    return pdf.render_pdf(manuscript.html, manuscript.attached, dated=manuscript.dated, paper=manuscript.paper)


def number_of_pages(made: bytes) -> int:
    """Of a PDF that was made here: one of anybody's would be opened in a process of its own (`unpacking`). 0 where it
    cannot be told, which is no reason not to give the PDF out."""
    import pikepdf  # late, like WeasyPrint: most processes render nothing

    try:
        with pikepdf.open(BytesIO(made)) as opened:
            return len(opened.pages)
    except pikepdf.PdfError:
        return 0


def bounds() -> AbstractContextManager[None]:
    """Limits of time and memory, where a process can have them: an alarm only rings in the main thread."""
    if threading.current_thread() is threading.main_thread():
        return pdf.bounded(settings.LIMITS["render_seconds"])
    return nullcontext()


def _mine(report: Report) -> "QuerySet[Report]":
    """The row, if it is still this attempt's: one that was taken for dead may have been queued again meanwhile."""
    return Report.objects.filter(pk=report.pk, state=ReportState.RENDERING, attempts=report.attempts)


def _give_up(report: Report, issue: str) -> None:
    _mine(report).update(state=ReportState.FAILED, problem=issue, finished_at=timezone.now())


def _keep(report: Report, manuscript: Manuscript, made: bytes) -> None:
    """Keep the bytes under the key of what they say, which may have changed since they were asked for."""
    try:
        with transaction.atomic():
            _mine(report).update(
                key=manuscript.key,
                is_final=manuscript.is_final,
                stands_on=manuscript.stands_on,
                state=ReportState.READY,
                pdf=made,
                pages=number_of_pages(made),
                left_out=manuscript.left_out,
                file_name=manuscript.file_name,
                problem="",
                finished_at=timezone.now(),
            )
    except IntegrityError:
        # The same content has a row of its own, which is ready or on its way.
        _mine(report).delete()


def recover_dead() -> int:
    """Queue again what died while it was rendered, up to `MAX_ATTEMPTS`; how many rows were dead."""
    now = timezone.now()
    limit = now - timedelta(seconds=settings.LIMITS["render_seconds"]) - GRACE
    found = 0
    dead = Report.objects.defer("pdf").filter(state=ReportState.RENDERING, started_at__lt=limit)
    for report in dead:
        found += 1
        if report.attempts >= MAX_ATTEMPTS:
            issue = _("The PDF could not be made in {count} tries. Shorten the longest notes, then try again.")
            _give_up(report, issue.format(count=MAX_ATTEMPTS))
            logger.error("Report %s died %s times while it was rendered", report.pk, report.attempts)
            continue
        with transaction.atomic():
            if _mine(report).update(state=ReportState.QUEUED, queued_at=now):
                tell_worker()
    return found


# --- when no worker is there


def keep_going(report: Report) -> None:
    """For whoever waits: bring back what died, and start a process where no worker takes the row.

    Costs two short queries while all is well.
    """
    recover_dead()
    report.refresh_from_db(fields=("state", "queued_at", "problem"))
    waited = timezone.now() - report.queued_at
    if report.state != ReportState.QUEUED or waited < PATIENCE:
        return
    if waited >= PATIENCE_BEHIND_OTHERS or not Report.objects.filter(state=ReportState.RENDERING).exists():
        start_child(report)


def start_child(report: Report) -> bool:
    """Render the row in a niced process of its own, if it may start now."""
    _reap()
    claimed = claim(report.pk)
    if claimed is None:
        return False
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "report", "--queued", str(claimed.pk)]
    # Gives way from its first instruction: starting Python and Django is half of its work.
    nice = shutil.which("nice")
    kind = [nice, "-n", str(NICENESS)] if nice else []
    try:
        child = subprocess.Popen(  # noqa: S603  # our own program, and numbers
            [*kind, *command, "--attempt", str(claimed.attempts)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=True,
        )
    except OSError:
        logger.exception("No process could be started to render report %s", claimed.pk)
        _mine(claimed).update(state=ReportState.QUEUED, queued_at=timezone.now())
        return False
    with _children_lock:
        _children.append(child)
    return True


def _reap() -> None:
    """Ask after the children that ended, so that none stays behind as a zombie."""
    with _children_lock:
        _children[:] = [child for child in _children if child.poll() is None]


def claimed_by_parent(report_id: int, attempt: int) -> Report | None:
    """In the child: the row that the parent claimed for it, if it still is."""
    return Report.objects.defer("pdf").filter(pk=report_id, state=ReportState.RENDERING, attempts=attempt).first()
