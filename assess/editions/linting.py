"""Asking the linter about an uploaded file: once for its bytes, in the background, with a time limit.

A file may be made so that checking it takes long, so no request waits for that. A `LintRun` row is its own queue entry,
as a report's is: the background worker takes it, or, when none did within `PATIENCE`, a process that whoever waits for
it starts.
"""

import hashlib
import logging
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from types import FrameType
from typing import Final

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone, translation
from django_tasks import task

from assess.decision.facade import lint, locate_issues
from assess.editions.models import LintRun, LintState
from assess.language import _
from assess.people.facade import User, Workspace
from assess.questionnaire.facade import Issue, ValidationFailed, load_questionnaire
from assess.questionnaire_files import questionnaire_schema
from assess.web.facade import beating, is_abandoned

logger = logging.getLogger(__name__)

#: A row that waits longer than this has no worker.
PATIENCE: Final = timedelta(seconds=3)
#: A row that waits longer than this and has no task has lost it: the worker was killed while it was at another.
LOST_AFTER: Final = timedelta(seconds=5)
MAX_ATTEMPTS: Final = 2
#: How long the result of a file that became no draft is kept.
KEPT_FOR: Final = timedelta(days=30)
NICENESS: Final = "10"


class LintTooSlowError(Exception):
    """The time is up."""


def request_lint(workspace: Workspace, content: bytes, *, file: str, by: User) -> LintRun:
    """The check of these bytes, as far as it is; queued where nobody asked before. Two queries, or five.

    Raises ValidationFailed where the person has too many waiting.
    """
    check_may_wait(workspace, content, by=by)
    now = timezone.now()
    sha256, language = hash_and_language(content)
    run = find_run(workspace, content)
    if run is not None and run.state != LintState.FAILED:
        return run
    LintRun.objects.filter(queued_at__lt=now - KEPT_FOR).delete()
    fields = {"state": LintState.QUEUED, "attempts": 0, "found": [], "queued_at": now, "requested_by": by}
    run, _created = LintRun.objects.update_or_create(
        workspace=workspace,
        sha256=sha256,
        language=language,
        defaults={**fields, "content": content, "file_name": file[:300]},
    )
    lint_uploads.enqueue()
    run.refresh_from_db(fields=("state", "found"))
    return run


def hash_and_language(content: bytes) -> tuple[str, str]:
    """By what a check is kept."""
    return hashlib.sha256(content).hexdigest(), translation.get_language() or settings.LANGUAGE_CODE


def find_run(workspace: Workspace, content: bytes) -> LintRun | None:
    """The check of these bytes in the active language. One query."""
    sha256, language = hash_and_language(content)
    same = LintRun.objects.filter(workspace=workspace, sha256=sha256, language=language)
    return same.defer("content").first()


def check_may_wait(workspace: Workspace, content: bytes, *, by: User) -> None:
    """Raises ValidationFailed where the person has too many others waiting. Costs little, so it comes before reading
    the file."""
    waiting = LintRun.objects.filter(requested_by=by, state__in=(LintState.QUEUED, LintState.RUNNING)).count()
    if waiting >= settings.LIMITS["lints_waiting"] and find_run(workspace, content) is None:
        message = _("Wait until the files before this one are checked, then choose it again")
        raise ValidationFailed([Issue(code="checks_waiting", message=message)])


@task()
def lint_uploads() -> int:
    """Check what waits; one task too many does no harm. Returns how many were checked."""
    count = 0
    while (run := claim()) is not None:
        check_claimed(run)
        count += 1
    return count


def claim(run_id: int | None = None) -> LintRun | None:
    """This row, or the one that waits longest, marked as this process's; None where there is none to take."""
    died = Q(state=LintState.RUNNING) & is_abandoned()
    LintRun.objects.filter(died, attempts__gte=MAX_ATTEMPTS).update(state=LintState.FAILED)
    waiting = LintRun.objects.filter(Q(state=LintState.QUEUED) | died).order_by("queued_at", "pk")
    run = (waiting if run_id is None else waiting.filter(pk=run_id)).first()
    if run is None:
        return None
    mine = LintRun.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts)
    taken = mine.update(state=LintState.RUNNING, heartbeat_at=Now(), attempts=F("attempts") + 1)
    return run if taken else None


def has_lost_lints() -> bool:
    """Whether files wait that nobody is at. Two queries at most."""
    died = Q(state=LintState.RUNNING) & is_abandoned()
    waiting = Q(state=LintState.QUEUED, queued_at__lt=timezone.now() - LOST_AFTER)
    if LintRun.objects.filter(died).exists():
        return True
    return LintRun.objects.filter(waiting).exists() and not LintRun.objects.filter(state=LintState.RUNNING).exists()


def check_claimed(run: LintRun) -> None:
    """Store what the linter finds, by line of the file, in the language of whoever uploaded it. Never raises."""
    try:
        mine = LintRun.objects.filter(pk=run.pk, state=LintState.RUNNING)
        seconds = settings.LIMITS["lint_seconds"]
        with beating(mine), translation.override(run.language), time_limit(seconds):
            content = bytes(run.content)
            questionnaire = load_questionnaire(content, file=run.file_name, schema=questionnaire_schema())
            found = [asdict(issue) for issue in locate_issues(lint(questionnaire), content, file=run.file_name)]
    except Exception as problem:
        if not isinstance(problem, LintTooSlowError):
            logger.exception("The file %s could not be checked", run.pk)
        LintRun.objects.filter(pk=run.pk).update(state=LintState.FAILED)
    else:
        LintRun.objects.filter(pk=run.pk).update(state=LintState.DONE, found=found)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises LintTooSlowError inside after so long. Only in a process's main thread, where an alarm rings."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise LintTooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def ensure_running(run: LintRun) -> None:
    """Keep a check moving that somebody waits for: start a niced process where no worker took it."""
    if run.state != LintState.QUEUED or timezone.now() - run.queued_at < PATIENCE:
        return
    nice = shutil.which("nice")
    prefix = [nice, "-n", NICENESS] if nice else []
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "lint_questionnaire", "--queued", str(run.pk)]
    # The next look comes a second later, and starting takes longer: only the first of several is to start one.
    if not LintRun.objects.filter(pk=run.pk, queued_at=run.queued_at).update(queued_at=timezone.now()):
        return
    try:
        subprocess.Popen(  # noqa: S603  # our own program, and a number
            [*prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=True,
        )
    except OSError:
        logger.exception("No process could be started to check file %s", run.pk)
