"""The queue of PDFs: limits on requests, rendering outside the request, and recovering stale jobs.

Decides: when a report is rendered, by which process, how often it is tried, and how many at a time. Does not decide:
what a report says (its kind, `registry`) or how it is drawn (`pdf`).

A `Report` row is its own queue entry, because a task that was killed stays "running" for ever in the task queue.
Whoever renders claims the row first: the background worker, started by a task; or, when no worker took it within
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
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from assess.language import _, ngettext
from assess.people.facade import User
from assess.reports import pdf
from assess.reports.models import Report, ReportRequest, ReportState
from assess.reports.registry import RenderJob, get_kind_spec
from assess.reports.tasks import render_reports
from assess.web.facade import (
    BEAT_SECONDS,
    Lock,
    beat_while,
    beating,
    is_abandoned,
    lock_until_commit,
    store_file,
)

logger = logging.getLogger(__name__)

#: A row that waits longer than this while nothing is rendered has no worker.
PATIENCE: Final = timedelta(seconds=2)
#: A process that renders goes on to the next row, with WeasyPrint loaded and warm; a second
#: process would only take time from those who save. Past this, the queue is too long for one.
PATIENCE_BEHIND_OTHERS: Final = timedelta(seconds=15)
#: A row that waits longer than this and has no task has lost it: the worker was killed while it was at another.
LOST_AFTER: Final = timedelta(seconds=5)
MAX_ATTEMPTS: Final = 3
MINUTE: Final = timedelta(minutes=1)
#: Seconds after which to come back to a full queue: a render takes one or two.
QUEUE_RETRY: Final = 20

#: Where PDFs are in a store that all machines share.
PDF_FOLDER: Final = "reports"

ACTIVE: Final = (ReportState.QUEUED, ReportState.RENDERING)

#: How much a rendering process gives way to others: saving answers comes first.
NICENESS: Final = 10

#: Processes that render for this one, until they end.
_children: Final[list[subprocess.Popen[bytes]]] = []


class QueueLimitError(Exception):
    """More reports are requested than may be; `retry_after` is in seconds, the message is for the person."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


# --- requesting


def lock_queue() -> None:
    """Keeps others from counting, adding or claiming rows until the transaction ends: two at once would both pass a
    limit."""
    lock_until_commit(Lock.REPORT_QUEUE)


def count_request(by: User | None) -> None:
    """Counts one more PDF requested by this person. Raises QueueLimitError. Only while the queue is locked.

    `by` is None for somebody without an account, who only ever asks for a submitted version: that has one PDF, so
    there is nothing to count.
    """
    now = timezone.now()
    if by is not None:
        check_person_limit(by, now)
    if Report.objects.filter(state=ReportState.QUEUED).count() >= settings.LIMITS["render_queue"]:
        raise QueueLimitError(
            _("Many PDFs are waiting to be made. Try again in {seconds} seconds; your answers are saved.").format(
                seconds=QUEUE_RETRY
            ),
            retry_after=QUEUE_RETRY,
        )
    if by is not None:
        ReportRequest.objects.create(by=by, at=now)


def check_person_limit(by: User, now: datetime) -> None:
    """Raises QueueLimitError when the person requested as many within a minute as one may."""
    mine = ReportRequest.objects.filter(by=by)
    mine.filter(at__lte=now - MINUTE).delete()
    recent = list(mine.order_by("-at").values_list("at", flat=True))
    if len(recent) < settings.LIMITS["pdfs_per_minute"]:
        return
    wait = max(1, int((recent[settings.LIMITS["pdfs_per_minute"] - 1] + MINUTE - now).total_seconds()) + 1)
    raise QueueLimitError(
        ngettext(
            "You asked for {count} PDFs within a minute, the most for one person. Try again in {seconds} second.",
            "You asked for {count} PDFs within a minute, the most for one person. Try again in {seconds} seconds.",
            wait,
        ).format(count=len(recent), seconds=wait),
        retry_after=wait,
    )


def requeue(report: Report, *, by: User | None) -> None:
    """Queues a row again that is neither waiting nor under way, and clears its last result. Only while the queue is
    locked."""
    now = timezone.now()
    fields = {
        "state": ReportState.QUEUED,
        "attempts": 0,
        "problem": "",
        "pdf": None,
        "stored_as": "",
        "size": 0,
        "requested_by": by,
        "requested_at": now,
        "queued_at": now,
    }
    Report.objects.filter(pk=report.pk).exclude(state__in=ACTIVE).update(**fields)
    report.refresh_from_db(fields=[name for name in fields if name != "pdf"])


def notify_worker() -> None:
    """Gives the background worker a task to look at the queue."""
    render_reports.enqueue()


# --- rendering


def claim(report_id: int | None = None) -> Report | None:
    """The row, or the one that waits longest, marked as rendering by this process; None when there is none to take or
    too many are under way."""
    with transaction.atomic():
        lock_queue()
        rows = Report.objects.defer("pdf")
        if rows.filter(state=ReportState.RENDERING).count() >= settings.LIMITS["renders_at_a_time"]:
            return None
        waiting = rows.filter(state=ReportState.QUEUED).order_by("queued_at", "pk")
        report = (waiting if report_id is None else waiting.filter(pk=report_id)).first()
        if report is None:
            return None
        taken = Report.objects.filter(pk=report.pk, state=ReportState.QUEUED).update(
            state=ReportState.RENDERING, heartbeat_at=Now(), attempts=F("attempts") + 1
        )
        if not taken:
            return None
        report.state, report.attempts = ReportState.RENDERING, report.attempts + 1
        return report


def render_queued_reports() -> int:
    """Renders waiting reports until none waits or too many are under way; returns how many were rendered."""
    requeue_stale()
    done = 0
    while (report := claim()) is not None:
        render_claimed(report)
        done += 1
    return done


def render_claimed(report: Report) -> None:
    """Renders a claimed row and stores the bytes, or why it failed. Never raises for a report that cannot be made."""
    try:
        with beating(this_attempt(report)):
            with render_limits():
                job = get_kind_spec(report).build_job(report)
                content = render_job(job)
            fields = fields_to_store(job, content)
    except pdf.RenderError as error:
        mark_failed(report, str(error))
    except Exception:
        logger.exception("Report %s could not be rendered", report.pk)
        problem = _("The PDF could not be made. Try again. If that fails too, tell the people who run this site.")
        mark_failed(report, problem)
    else:
        store_pdf(report, fields)


def render_job(job: RenderJob) -> bytes:
    """The PDF. Raises RenderError."""
    return pdf.render_pdf(job.html, job.attachment, dated=job.dated, paper=job.paper)


def count_pages(content: bytes) -> int:
    """The number of pages of a PDF that was rendered here; 0 where it cannot be read, which is no reason not to give
    the PDF out. One from anybody else is opened in a process of its own (`pdf_sandbox`)."""
    import pikepdf  # late, like WeasyPrint: most processes render nothing

    try:
        with pikepdf.open(BytesIO(content)) as opened:
            return len(opened.pages)
    except pikepdf.PdfError:
        return 0


def render_limits() -> AbstractContextManager[None]:
    """Limits of time and memory, where a process can have them: an alarm only rings in the main thread."""
    if threading.current_thread() is threading.main_thread():
        return pdf.limit_resources(settings.LIMITS["render_seconds"])
    return nullcontext()


def this_attempt(report: Report) -> "QuerySet[Report]":
    """The row, while it is still this attempt's: one that was taken for dead may have been queued again meanwhile."""
    return Report.objects.filter(pk=report.pk, state=ReportState.RENDERING, attempts=report.attempts)


def mark_failed(report: Report, problem: str) -> None:
    """Stores why this attempt failed, in a sentence for the person who requested it."""
    this_attempt(report).update(state=ReportState.FAILED, problem=problem, finished_at=timezone.now())


def fields_to_store(job: RenderJob, content: bytes) -> dict[str, Any]:
    """What the row of a rendered job stores. Raises FileStoreError."""
    kept, stored_as = store_file(content, folder=PDF_FOLDER, suffix=".pdf")
    return {
        "key": job.key,
        "is_final": job.is_final,
        "review_step": job.review_step,
        "valid_until": job.valid_until,
        "pdf": kept,
        "stored_as": stored_as,
        "size": len(content),
        "pages": count_pages(content),
        "left_out": job.left_out,
        "file_name": job.file_name,
        "problem": "",
    }


def store_pdf(report: Report, fields: dict[str, Any]) -> None:
    """Stores what was made under the key of what it shows, which may have changed since it was requested."""
    try:
        with transaction.atomic():
            this_attempt(report).update(state=ReportState.READY, finished_at=timezone.now(), **fields)
    except IntegrityError:
        # The same content has a row of its own, which is ready or on its way.
        this_attempt(report).delete()


def requeue_stale() -> int:
    """Queues rows again whose process died while it rendered, up to `MAX_ATTEMPTS`; returns how many were stale."""
    now = timezone.now()
    count = 0
    for report in Report.objects.defer("pdf").filter(is_abandoned(), state=ReportState.RENDERING):
        count += 1
        if report.attempts >= MAX_ATTEMPTS:
            problem = _("The PDF could not be made in {count} tries. Shorten the longest notes, then try again.")
            mark_failed(report, problem.format(count=MAX_ATTEMPTS))
            logger.error("Report %s died %s times while it was rendered", report.pk, report.attempts)
            continue
        with transaction.atomic():
            if this_attempt(report).filter(is_abandoned()).update(state=ReportState.QUEUED, queued_at=now):
                notify_worker()
    return count


def has_lost_reports() -> bool:
    """Whether reports wait that nobody is at, after rows of dead processes were queued again. Three queries at most."""
    requeue_stale()
    waiting = Report.objects.filter(state=ReportState.QUEUED, queued_at__lt=timezone.now() - LOST_AFTER)
    return waiting.exists() and not Report.objects.filter(state=ReportState.RENDERING).exists()


# --- when no worker is there


def ensure_rendering(report: Report) -> None:
    """Keeps a report moving that somebody waits for: requeues stale rows, and starts a process where no worker takes
    this one. Two short queries while all is well."""
    requeue_stale()
    report.refresh_from_db(fields=("state", "queued_at", "problem"))
    waited = timezone.now() - report.queued_at
    if report.state != ReportState.QUEUED or waited < PATIENCE:
        return
    if waited >= PATIENCE_BEHIND_OTHERS or not Report.objects.filter(state=ReportState.RENDERING).exists():
        start_child(report)


def start_child(report: Report) -> bool:
    """Renders the row in a niced process of its own; False when that may not or cannot start now."""
    claimed = claim(report.pk)
    if claimed is None:
        return False
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "report", "--queued", str(claimed.pk)]
    # Gives way from its first instruction: starting Python and Django is half of its work.
    nice = shutil.which("nice")
    prefix = [nice, "-n", str(NICENESS)] if nice else []
    try:
        child = subprocess.Popen(  # noqa: S603  # our own program, and numbers
            [*prefix, *command, "--attempt", str(claimed.attempts)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=True,
        )
    except OSError:
        logger.exception("No process could be started to render report %s", claimed.pk)
        this_attempt(claimed).update(state=ReportState.QUEUED, queued_at=timezone.now())
        return False
    _children.append(child)
    threading.Thread(target=watch_child, args=(child, claimed), name="heartbeat", daemon=True).start()
    return True


def watch_child(child: "subprocess.Popen[bytes]", claimed: Report) -> None:
    """Says until the child ends that it is at the row, because it may need longer than a heartbeat to start. Takes note
    of its end, so that it stays no zombie."""

    def is_running_after_wait() -> bool:
        try:
            child.wait(BEAT_SECONDS)
        except subprocess.TimeoutExpired:
            return True
        return False

    beat_while(this_attempt(claimed), is_running_after_wait)
    _children.remove(child)


def get_claimed_report(report_id: int, attempt: int) -> Report | None:
    """The row that the parent process claimed for this child, if it still is."""
    return Report.objects.defer("pdf").filter(pk=report_id, state=ReportState.RENDERING, attempts=attempt).first()
