"""Asking for a PDF, making it outside the request, and keeping it.

Decides: when a report is rendered, by whom, how often it is tried, and how many at a time. Does not decide: what it
says (`build`) or how it is drawn (`pdf`).

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
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment
from assess.assessments.together import as_json, table_of
from assess.cases_file import published_cases
from assess.decision import decider
from assess.decision.argue import argue
from assess.decision.contract import to_json
from assess.people.models import User
from assess.questionnaire.answers import answers_hash
from assess.reports import pdf
from assess.reports.apart import answers_of, disagreement_of
from assess.reports.attached import attach
from assess.reports.build import GivenAnswer, ReportData, Subject, build_report
from assess.reports.models import Report, ReportState
from assess.reports.page_one import fit_page_one
from assess.reports.reviewed import review_of
from assess.reports.tasks import render_reports
from assess.review.history import newest_step

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

NOT_MADE = "The PDF could not be made. Try again; if it fails again, tell whoever runs this site."

_children: list[subprocess.Popen[bytes]] = []
_children_lock = threading.Lock()


class TooManyError(Exception):
    """More reports are asked for than are made; `retry_after` is in seconds, the message is for the person."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


# --- what a report is made of


def report_data(assessment: Assessment) -> ReportData:
    """The report object of this version as it stands now. Two queries beside what `assessment` has not loaded yet,
    six where people answered apart, up to three more once it is submitted.

    A submitted version is judged by the model that judged it when it was submitted.
    """
    questionnaire = questionnaire_of(assessment.edition)
    table = table_of(assessment) if assessment.independent else None
    if table is not None:
        answers = answers_of(table)
    else:
        rows = assessment.answers.given().select_related("answered_by")
        answers = {
            row.key: GivenAnswer(answer=row.as_answer(), by=str(row.answered_by), at=row.answered_at) for row in rows
        }
    bare = {key: given.answer for key, given in answers.items()}
    subject = Subject(
        system=assessment.system.name,
        team=assessment.system.team.name,
        workspace=assessment.workspace.name,
        version=assessment.version,
        edition=questionnaire.title,
        answers_hash=assessment.answers_hash or answers_hash(questionnaire, bare),
        started_by=str(assessment.created_by),
        dated=timezone.localdate(assessment.submitted_at or assessment.updated_at),
        submitted_at=assessment.submitted_at,
        submitted_by=str(assessment.submitted_by) if assessment.submitted_by else "",
    )
    result = decider(assessment.model_version)(questionnaire, bare)
    argument = argue(questionnaire, bare, result, published_cases())
    review = review_of(assessment, questionnaire)
    report = build_report(
        subject=subject,
        questionnaire=questionnaire,
        answers=answers,
        result=result,
        argument=argument,
        disagreement=disagreement_of(table) if table else None,
        review=review,
    )
    attached = attach(
        name=f"{_stem(assessment)}.json",
        questionnaire=questionnaire,
        edition_sha256=assessment.edition.sha256,
        edition_file=bytes(assessment.edition.content).decode("utf-8") if assessment.edition.workspace_id else "",
        system=subject.system,
        workspace=subject.workspace,
        team=subject.team,
        version=subject.version,
        state=assessment.state,
        dated=subject.dated,
        submitted_at=subject.submitted_at,
        submitted_by=subject.submitted_by,
        model_version=result.model_version,
        hash_of_answers=subject.answers_hash,
        answers=bare,
        result=to_json(result, argument, as_json(table) if table else None),
        signed=review.signed if review else None,
    )
    return replace(fit_page_one(report), attached=attached)


def with_all_it_says(assessments: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """The assessments with what `report_data` reads of them, in one query."""
    return assessments.select_related("system__team", "workspace", "edition", "created_by", "submitted_by")


def file_name(assessment: Assessment) -> str:
    """What the PDF is called, of letters, digits, "-" and "_" only, whatever the system is called.

    >>> file_name(assessment)
    'payments-platform_assessment_v3_2026-11-20.pdf'
    """
    return f"{_stem(assessment)}.pdf"


def _stem(assessment: Assessment) -> str:
    system = slugify(assessment.system.name)[:60].strip("-_") or "system"
    dated = timezone.localdate(assessment.submitted_at or assessment.updated_at)
    return f"{system}_assessment_v{assessment.version}_{dated:%Y-%m-%d}"


# --- asking


def present_report(assessment: Assessment) -> Report | None:
    """The row for what the version says now, in whatever state, without its bytes; None when nobody asked yet."""
    return _present(assessment)[0]


def _present(assessment: Assessment) -> tuple[Report | None, str]:
    """As `present_report`, with the key of what the version says now."""
    rows = assessment.reports.defer("pdf")
    if assessment.is_submitted:
        final = rows.filter(is_final=True, stands_on=newest_step(assessment)).first()
        if final is not None:
            return final, final.key
    key = pdf.content_key(report_data(assessment))
    return rows.filter(key=key).first(), key


def newest_report(assessment: Assessment) -> Report | None:
    """The row that was asked for last, perhaps for earlier answers; an active one before all others. Without its
    bytes.
    """
    rows = assessment.reports.defer("pdf").order_by("-requested_at", "-pk")
    return rows.filter(state__in=ACTIVE).first() or rows.first()


def request_report(assessment: Assessment, *, by: User | None) -> Report:
    """Ask for the PDF of what the version says now. A row that is ready or under way is given back as it is.

    `by` is None for somebody without an account, who only ever asks for a submitted version: that has one PDF, so
    there is nothing to count. Raises TooManyError when this person asks too often or too many wait already.
    """
    report, key = _present(assessment)
    if report is not None and report.state != ReportState.FAILED:
        return report
    now = timezone.now()
    _check_limits(by)
    with transaction.atomic():
        if report is None:
            report, is_new = Report.objects.defer("pdf").get_or_create(
                assessment=assessment, key=key, defaults={"requested_by": by, "requested_at": now, "queued_at": now}
            )
            if is_new:
                _forget_earlier(assessment, report)
        else:
            is_new = bool(
                Report.objects.filter(pk=report.pk, state=ReportState.FAILED).update(
                    state=ReportState.QUEUED, attempts=0, problem="", requested_by=by, requested_at=now, queued_at=now
                )
            )
            report.refresh_from_db(fields=("state", "attempts", "problem", "queued_at"))
        if is_new:
            render_reports.enqueue()
    return report


def _asked_lately(by: User, now: datetime) -> list[datetime]:
    """When the person asked within the last minute, newest first; as many as may be."""
    recent = Report.objects.filter(requested_by=by, requested_at__gt=now - MINUTE).order_by("-requested_at")
    return list(recent.values_list("requested_at", flat=True)[: settings.LIMITS["pdfs_per_minute"]])


def _check_limits(by: User | None) -> None:
    now = timezone.now()
    asked = [] if by is None else _asked_lately(by, now)
    if len(asked) >= settings.LIMITS["pdfs_per_minute"]:
        wait = max(1, int((asked[-1] + MINUTE - now).total_seconds()) + 1)
        raise TooManyError(
            f"You asked for {len(asked)} PDFs within a minute, which is as many as are made for one person. "
            f"Try again in {wait} seconds.",
            retry_after=wait,
        )
    if Report.objects.filter(state=ReportState.QUEUED).count() >= settings.LIMITS["render_queue"]:
        raise TooManyError(
            f"Many PDFs are waiting to be made. Try again in {QUEUE_RETRY} seconds; your answers are saved.",
            retry_after=QUEUE_RETRY,
        )


def _forget_earlier(assessment: Assessment, report: Report) -> None:
    """Drop what was made of earlier answers. Rows of the last minute stay a while: limits are counted by them."""
    earlier = assessment.reports.exclude(pk=report.pk).exclude(state=ReportState.RENDERING).filter(is_final=False)
    earlier.filter(requested_at__lt=timezone.now() - MINUTE).delete()
    earlier.update(pdf=None, state=ReportState.FAILED, problem="The answers changed before it was made.")


# --- making


def claim(report_id: int | None = None) -> Report | None:
    """Take the row (or the one that waits longest) for rendering; None when it is taken, or too many are under way."""
    with transaction.atomic():
        # All active rows are held, so that two who claim at once cannot both count the other as not yet started.
        active = list(
            Report.objects.select_for_update().defer("pdf").filter(state__in=ACTIVE).order_by("queued_at", "pk")
        )
        if sum(row.state == ReportState.RENDERING for row in active) >= settings.LIMITS["renders_at_a_time"]:
            return None
        waiting = (row for row in active if row.state == ReportState.QUEUED and report_id in (None, row.pk))
        report = next(waiting, None)
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
    assessment = with_all_it_says(Assessment.objects.all()).get(pk=report.assessment_id)
    try:
        stands_on = newest_step(assessment)  # before the rest: a step taken meanwhile only makes another report
        data = report_data(assessment)
        made = make_pdf(data)
    except pdf.RenderError as problem:
        _give_up(report, str(problem))
    except Exception:
        logger.exception("Report %s could not be rendered", report.pk)
        _give_up(report, NOT_MADE)
    else:
        _keep(report, data, made, stands_on)


def make_pdf(data: ReportData) -> bytes:
    """The PDF, made in this process within the limits. Raises RenderError."""
    html = pdf.report_html(data)
    with _bounds():
        return pdf.render_pdf(html, data.attached, dated=data.dated)


def _bounds() -> AbstractContextManager[None]:
    """Limits of time and memory, where a process can have them: an alarm only rings in the main thread."""
    if threading.current_thread() is threading.main_thread():
        return pdf.bounded(settings.LIMITS["render_seconds"])
    return nullcontext()


def _mine(report: Report) -> "QuerySet[Report]":
    """The row, if it is still this attempt's: one that was taken for dead may have been queued again meanwhile."""
    return Report.objects.filter(pk=report.pk, state=ReportState.RENDERING, attempts=report.attempts)


def _give_up(report: Report, problem: str) -> None:
    _mine(report).update(state=ReportState.FAILED, problem=problem, finished_at=timezone.now())


def _keep(report: Report, data: ReportData, made: bytes, stands_on: int) -> None:
    """Keep the bytes under the key of what they say, which answers given meanwhile may have changed."""
    try:
        with transaction.atomic():
            _mine(report).update(
                key=pdf.content_key(data),
                is_final=data.is_submitted,
                stands_on=stands_on,
                state=ReportState.READY,
                pdf=made,
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
            problem = f"The PDF could not be made in {MAX_ATTEMPTS} tries. Shorten the longest notes, then try again."
            _give_up(report, problem)
            logger.error("Report %s died %s times while it was rendered", report.pk, report.attempts)
            continue
        with transaction.atomic():
            if _mine(report).update(state=ReportState.QUEUED, queued_at=now):
                render_reports.enqueue()
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


# --- from the command line


def pdf_now(assessment: Assessment) -> bytes:
    """The PDF at once, made in this process unless it is kept. Raises RenderError.

    A submitted version's is kept: later ones get the same bytes, until its review moves on.
    """
    stands_on = newest_step(assessment)
    finals = assessment.reports.filter(is_final=True, stands_on=stands_on, state=ReportState.READY)
    final = finals.first()
    if final is not None and final.pdf is not None:
        return bytes(final.pdf)
    data = report_data(assessment)
    made = make_pdf(data)
    if not data.is_submitted:
        return made
    key, now = pdf.content_key(data), timezone.now()
    kept = {
        "state": ReportState.READY,
        "is_final": True,
        "stands_on": stands_on,
        "pdf": made,
        "finished_at": now,
        "problem": "",
    }
    try:
        with transaction.atomic():
            report, _ = Report.objects.get_or_create(
                assessment=assessment, key=key, defaults={**kept, "queued_at": now}
            )
            # A row that waits or failed gets these bytes; one that became ready meanwhile keeps its own.
            Report.objects.filter(pk=report.pk).exclude(state=ReportState.READY).update(**kept)
    except IntegrityError:
        pass  # another row of this version became the final one just now
    final = finals.first()
    return bytes(final.pdf) if final is not None and final.pdf is not None else made


def kept_pdf(assessment: Assessment) -> Report | None:
    """The row with its bytes, when what the version says now has been made."""
    report = present_report(assessment)
    if report is None or report.state != ReportState.READY:
        return None
    return Report.objects.get(pk=report.pk)
