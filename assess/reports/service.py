"""The PDFs of an assessment: requesting one, and which stored one shows what the version says now.

Decides: which row of the queue belongs to what a version says now, for each choice of chapters, and when it is final.
Does not decide: what a report says (`loaders`, `content`), how it is drawn (`renderings`, `pdf`), or when (`queue`).
A row's `spec` is `Choice.to_query()`: "" is everything.
"""

from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Case, QuerySet, When
from django.utils import timezone

from assess.assessments.facade import Assessment
from assess.language import _
from assess.people.facade import User
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.reports import queue
from assess.reports.chapters import Choice, build_document
from assess.reports.content.data import ReportData
from assess.reports.file_names import assessment_file_stem
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.models import FOR_EVER, Report, ReportKind, ReportState
from assess.reports.pdf_cache import content_key
from assess.reports.queue import ACTIVE
from assess.reports.registry import KindSpec, RenderJob, register_kind
from assess.reports.renderings.html import render_report_html
from assess.review.facade import newest_step
from assess.web.facade import localized

#: Stored PDFs of chapters of somebody's own choice, a version: there are sixty thousand such choices.
MAX_CHAPTER_CHOICES: Final = 50


# --- finding rows


def get_current_report(assessment: Assessment, spec: str = "") -> Report | None:
    """The row for what the version says now, in whatever state, without its bytes; None when nobody requested it."""
    return get_current_report_and_key(assessment, spec)[0]


def get_current_report_and_key(assessment: Assessment, spec: str) -> tuple[Report | None, str]:
    """As `get_current_report`, with the key of what the version says now."""
    rows = assessment.reports.defer("pdf").filter(spec=spec)
    if assessment.is_submitted:
        final = rows.filter(**final_now(assessment)).first()
        if final is not None:
            return final, final.key
    # In the workspace's own language, as the renderer will have it.
    with localized(assessment.workspace):
        key = content_key(load_report(assessment))
    return rows.filter(key=key).first(), key


def get_ready_report(assessment: Assessment, spec: str = "") -> Report | None:
    """The row with its bytes, when the PDF of what the version says now is ready."""
    report = get_current_report(assessment, spec)
    if report is None or report.state != ReportState.READY:
        return None
    return Report.objects.get(pk=report.pk)


def final_now(assessment: Assessment) -> dict[str, Any]:
    """The fields of a final row that shows a submitted version as it stands now, in a filter. One query."""
    return {"is_final": True, "review_step": newest_step(assessment), "valid_until__gt": timezone.now()}


def find_valid_until(report: ReportData) -> datetime:
    """When the first day has passed that the report tells of as still to come: the last for a challenge or of a waiver,
    or that a condition, a step of the plan or a goal is due."""
    review, plan, prepared = report.review, report.planning.plan, report.planning.preparation
    coming = [step for step in plan.kept if step.is_open and not step.is_late] if plan else []
    days = [step.due_on for step in coming if step.due_on is not None]
    if review is not None and review.signature is not None:
        days += [each.due_on for each in review.conditions if not each.met_words and not each.is_overdue]
        signature = review.signature
        if signature.challenge_until is not None and not signature.challenge_is_over:
            days.append(signature.challenge_until)
    waived = [line.mark for line in prepared.lines if line.state == "waived"] if prepared else []
    days += [mark.ends_on for mark in waived if mark and mark.ends_on]
    days += [goal.target_on for goal in report.planning.goals if goal.target_on and goal.is_waited_for]
    if not days:
        return FOR_EVER
    return datetime.combine(min(days) + timedelta(days=1), time(), tzinfo=report.brand.zone)


def list_ready_reports(assessment: Assessment, key: str) -> list[Report]:
    """The ready rows of what the version says now (`key`), one for each choice, without their bytes."""
    rows = assessment.reports.filter(state=ReportState.READY)
    rows = rows.filter(**final_now(assessment)) if assessment.is_submitted else rows.filter(key=key)
    return list(rows.defer("pdf").order_by("pk"))


def get_newest_report(assessment: Assessment, spec: str = "") -> Report | None:
    """The row that was requested last, perhaps for earlier answers; an active one before all others. Without its
    bytes."""
    is_active = Case(When(state__in=ACTIVE, then=1), default=0)
    rows = assessment.reports.defer("pdf").filter(spec=spec)
    return rows.order_by(is_active.desc(), "-requested_at", "-pk").first()


# --- requesting


def request_report(assessment: Assessment, spec: str = "", *, by: User | None) -> Report:
    """The row for the PDF of what the version says now, queued unless it is ready or under way.

    `by` is None for somebody without an account. Raises QueueLimitError when this person asks too often or too many
    wait, and ValidationFailed where no more choices of chapters may be stored.
    """
    report, key = get_current_report_and_key(assessment, spec)
    if report is not None and report.state != ReportState.FAILED:
        return report
    with transaction.atomic():
        queue.lock_queue()
        # Somebody else may have requested it since.
        report = assessment.reports.defer("pdf").filter(spec=spec, key=key).first()
        if report is not None and report.state != ReportState.FAILED:
            return report
        if report is None and Choice.from_query(spec).chapters:
            make_room_for_choice(assessment)
        queue.count_request(by)
        if report is not None:
            queue.requeue(report, by=by)
        else:
            now = timezone.now()
            report = Report.objects.create(
                assessment=assessment, spec=spec, key=key, requested_by=by, requested_at=now, queued_at=now
            )
            # Those of earlier answers, for whichever reader; what waits for another choice shows these answers.
            outdated = assessment.reports.filter(is_final=False).exclude(key=key)
            outdated.exclude(state__in=ACTIVE).delete()
            outdated.filter(state=ReportState.QUEUED, spec=spec).delete()
        queue.notify_worker()
    return report


def make_room_for_choice(assessment: Assessment) -> None:
    """Deletes the oldest choices of chapters of an open version, so that one more may be stored. Those of a submitted
    version are final: raises ValidationFailed when there are `MAX_CHAPTER_CHOICES`."""
    chosen = assessment.reports.filter(spec__startswith="chapter=")
    if assessment.is_submitted:
        if chosen.count() >= MAX_CHAPTER_CHOICES:
            message = _(
                "Take the full report or one for a reader. This version already has {most} reports with chosen "
                "chapters, the most we keep"
            ).format(most=MAX_CHAPTER_CHOICES)
            raise ValidationFailed([Issue(code="too_many", message=message, key="chapter")])
        return
    newest = chosen.order_by("-requested_at", "-pk").values_list("pk", flat=True)
    # A list, because the database may delete from what it reads.
    chosen.exclude(pk__in=list(newest[: MAX_CHAPTER_CHOICES - 1])).exclude(state__in=ACTIVE).delete()


# --- rendering


def build_job(report: Report) -> RenderJob:
    """What the row of an assessment is rendered from, as the version stands now."""
    assert report.assessment_id is not None  # a constraint of the table
    assessment = with_report_relations(Assessment.objects.all()).get(pk=report.assessment_id)
    return build_assessment_job(assessment, report.spec)


def build_assessment_job(assessment: Assessment, spec: str) -> RenderJob:
    """What the PDF of this version and choice is rendered from, in the workspace's language."""
    review_step = newest_step(assessment)  # before the rest: a step taken meanwhile only makes another report
    with localized(assessment.workspace):
        data = load_report(assessment)
        choice = Choice.from_query(spec)
        return RenderJob(
            html=render_report_html(data, choice),
            left_out=build_document(data, choice).left_out,
            file_name=f"{assessment_file_stem(assessment, choice)}.pdf",
            attachment=data.attachment,
            dated=data.dated,
            paper=data.brand.paper,
            key=content_key(data),
            is_final=data.is_submitted,
            review_step=review_step,
            valid_until=find_valid_until(data),
        )


register_kind(ReportKind.ASSESSMENT, KindSpec(build_job=build_job))


def render_pdf_now(assessment: Assessment, spec: str = "") -> bytes:
    """The PDF at once, rendered in this process unless it is stored. Raises RenderError.

    A submitted version's is stored: later requests get the same bytes, until its review moves on.
    """
    finals: QuerySet[Report] = assessment.reports.filter(**final_now(assessment), spec=spec, state=ReportState.READY)
    final = finals.first()
    if final is not None:
        return final.read_pdf()
    with queue.render_limits():
        job = build_assessment_job(assessment, spec)
        pdf = queue.render_job(job)
    if not job.is_final:
        return pdf
    now = timezone.now()
    fields: dict[str, Any] = {"state": ReportState.READY, **queue.fields_to_store(job, pdf), "finished_at": now}
    del fields["key"]
    try:
        with transaction.atomic():
            report, _is_new = Report.objects.get_or_create(
                assessment=assessment, key=job.key, spec=spec, defaults={**fields, "queued_at": now}
            )
            # A row that waits or failed gets these bytes; one that became ready meanwhile keeps its own.
            Report.objects.filter(pk=report.pk).exclude(state=ReportState.READY).update(**fields)
    except IntegrityError:
        pass  # another row of this version became the final one just now
    final = finals.first()
    return final.read_pdf() if final is not None else pdf
