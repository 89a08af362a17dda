"""The PDF of an assessment: what it is made of, asking for it, and which one says how things stand.

Decides: which row of the queue belongs to what a version says now, for whichever reader, and when it is kept for ever.
Does not decide: what it says (`build`), how it is drawn (`pdf`), or when it is made (`queue`). What other rooms need of
the queue they find here.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import Case, QuerySet, When
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils import timezone

from assess.assessments.facade import Assessment, as_json, questionnaire_of, table_of
from assess.cases_file import published_cases
from assess.decision.facade import argue, decider, to_json
from assess.language import _
from assess.people.facade import User
from assess.questionnaire.facade import Issue, ValidationFailed, answers_hash
from assess.reports import kinds, pdf, queue
from assess.reports.apart import answers_of, disagreement_of
from assess.reports.attached import attach
from assess.reports.branded import brand_of
from assess.reports.build import build_report
from assess.reports.chapters import document_of
from assess.reports.compared import since_of
from assess.reports.data import GivenAnswer, ReportData, Subject
from assess.reports.document import Choice
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.naming import file_stem
from assess.reports.planned import plan_in_report
from assess.reports.queue import ACTIVE, TooManyError, keep_going, work_off_queue
from assess.reports.reviewed import review_of
from assess.review.facade import newest_step
from assess.web.facade import localized

#: The choice of everything, in a row's `spec`.
ALL: Final = ""
#: So many PDFs of chapters of somebody's own choice a version has at most: there are sixty thousand such choices.
MOST_CHOSEN: Final = 50


# --- what a report is made of


def report_data(assessment: Assessment) -> ReportData:
    """The report object of this version as it stands now. Four queries beside what `assessment` has not loaded yet,
    ten where people answered apart, up to three more once it is submitted, and as `since_of` beyond a first version.

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
    judge = decider(assessment.model_version)
    result = judge(questionnaire, bare)
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
        plan=plan_in_report(assessment, questionnaire, bare, result, judge),
        since=since_of(assessment),
        brand=brand_of(assessment.workspace),
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
    return replace(report, attached=attached)


def with_all_it_says(assessments: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """The assessments with what `report_data` reads of them, in one query."""
    return assessments.select_related("system__team", "workspace__logo", "edition", "created_by", "submitted_by")


def file_name(assessment: Assessment, spec: str = ALL) -> str:
    """What the PDF is called, of letters, digits, "-" and "_" only, whatever the system is called.

    >>> file_name(assessment), file_name(assessment, "for=leadership")
    ('payments-platform_assessment_v3_2026-11-20.pdf', 'payments-platform_assessment_v3_2026-11-20_leadership.pdf')
    """
    choice = choice_of(spec)
    chosen = "chapters" if choice.chapters else choice.reader
    return f"{_stem(assessment)}{'' if spec == ALL else f'_{chosen}'}.pdf"


def _stem(assessment: Assessment) -> str:
    dated = timezone.localdate(assessment.submitted_at or assessment.updated_at)
    return file_stem(assessment.system.name, f"assessment_v{assessment.version}", dated=dated)


# --- asking


def choice_of(spec: str) -> Choice:
    """Which chapters a row's `spec` means. Raises ValidationFailed for what no row has."""
    given = QueryDict(spec)
    return Choice.parse(given.get("for", ""), given.getlist("chapter"))


def spec_of(choice: Choice) -> str:
    """The choice as an address and a row have it.

    >>> spec_of(Choice()), spec_of(Choice(reader="leadership"))
    ('', 'for=leadership')
    """
    if choice.chapters:
        return urlencode([("chapter", slug) for slug in choice.chapters])
    return ALL if choice.reader == "full" else urlencode({"for": choice.reader})


def present_report(assessment: Assessment, spec: str = ALL) -> Report | None:
    """The row for what the version says now, in whatever state, without its bytes; None when nobody asked yet."""
    return present(assessment, spec)[0]


def present(assessment: Assessment, spec: str) -> tuple[Report | None, str]:
    """As `present_report`, with the key of what the version says now."""
    rows = assessment.reports.defer("pdf").annotate(size=Length("pdf")).filter(spec=spec)
    if assessment.is_submitted:
        final = rows.filter(is_final=True, stands_on=newest_step(assessment)).first()
        if final is not None:
            return final, final.key
    key = _key_now(assessment)
    return rows.filter(key=key).first(), key


def _key_now(assessment: Assessment) -> str:
    """The key of what the version says now, as whoever renders it will find it: in the workspace's own language."""
    with localized(assessment.workspace):
        return pdf.content_key(report_data(assessment))


def ready_reports(assessment: Assessment, key: str) -> list[Report]:
    """The rows of what the version says now (`key`) that are made, one for each choice, without their bytes."""
    rows = assessment.reports.filter(state=ReportState.READY)
    if assessment.is_submitted:
        rows = rows.filter(is_final=True, stands_on=newest_step(assessment))
    else:
        rows = rows.filter(key=key)
    return list(rows.defer("pdf").annotate(size=Length("pdf")).order_by("pk"))


def newest_report(assessment: Assessment, spec: str = ALL) -> Report | None:
    """The row that was asked for last, perhaps for earlier answers; an active one before all others. Without its
    bytes.
    """
    is_active = Case(When(state__in=ACTIVE, then=1), default=0)
    rows = assessment.reports.defer("pdf").filter(spec=spec)
    return rows.order_by(is_active.desc(), "-requested_at", "-pk").first()


def request_report(assessment: Assessment, spec: str = ALL, *, by: User | None) -> Report:
    """Ask for the PDF of what the version says now. A row that is ready or under way is given back as it is.

    `by` is None for somebody without an account. Raises TooManyError when this person asks too often or too many wait
    already, and ValidationFailed where no more choices of chapters are kept.
    """
    report, key = present(assessment, spec)
    if report is not None and report.state != ReportState.FAILED:
        return report
    with transaction.atomic():
        queue.hold()
        # Somebody else may have asked since.
        report = assessment.reports.defer("pdf").filter(spec=spec, key=key).first()
        if report is not None and report.state != ReportState.FAILED:
            return report
        if report is None and choice_of(spec).chapters:
            _make_room(assessment)
        queue.admit(by)
        if report is not None:
            queue.put_again(report, by=by)
        else:
            now = timezone.now()
            report = Report.objects.create(
                assessment=assessment, spec=spec, key=key, requested_by=by, requested_at=now, queued_at=now
            )
            # What was made of earlier answers, for whichever reader; what waits for another is made of these.
            earlier = assessment.reports.filter(is_final=False).exclude(key=key)
            earlier.exclude(state__in=ACTIVE).delete()
            earlier.filter(state=ReportState.QUEUED, spec=spec).delete()
        queue.tell_worker()
    return report


def _make_room(assessment: Assessment) -> None:
    """For one more choice of chapters: of an open version the oldest go. Those of a submitted one are kept for ever, so
    there are no more of them than `MOST_CHOSEN`. Raises ValidationFailed."""
    chosen = assessment.reports.filter(spec__startswith="chapter=")
    if assessment.is_submitted:
        if chosen.count() >= MOST_CHOSEN:
            message = _(
                "Take the full report, or that for a reader: this version has {most} reports with chosen chapters "
                "already, which is the most that are kept"
            )
            raise ValidationFailed([Issue(code="too_many", message=message.format(most=MOST_CHOSEN), key="chapter")])
        return
    newest = chosen.order_by("-requested_at", "-pk").values_list("pk", flat=True)
    # A list, because the database may delete from what it reads.
    chosen.exclude(pk__in=list(newest[: MOST_CHOSEN - 1])).exclude(state__in=ACTIVE).delete()


# --- making


def manuscript_of(report: Report) -> kinds.Manuscript:
    """What the row of an assessment is rendered from, as the version stands now."""
    assert report.assessment_id is not None  # as the database keeps it
    return _manuscript(with_all_it_says(Assessment.objects.all()).get(pk=report.assessment_id), report.spec)


def _manuscript(assessment: Assessment, spec: str) -> kinds.Manuscript:
    stands_on = newest_step(assessment)  # before the rest: a step taken meanwhile only makes another report
    with localized(assessment.workspace):
        data = report_data(assessment)
        choice = choice_of(spec)
        return kinds.Manuscript(
            html=pdf.report_html(data, choice),
            left_out=document_of(data, choice).left_out,
            file_name=file_name(assessment, spec),
            attached=data.attached,
            dated=data.dated,
            paper=pdf.paper_of(data),
            key=pdf.content_key(data),
            is_final=data.is_submitted,
            stands_on=stands_on,
        )


kinds.register(ReportKind.ASSESSMENT, kinds.Kind(manuscript=manuscript_of))


def pdf_now(assessment: Assessment, spec: str = ALL) -> bytes:
    """The PDF at once, made in this process unless it is kept. Raises RenderError.

    A submitted version's is kept: later ones get the same bytes, until its review moves on.
    """
    stands_on = newest_step(assessment)
    finals = assessment.reports.filter(is_final=True, stands_on=stands_on, spec=spec, state=ReportState.READY)
    final = finals.first()
    if final is not None and final.pdf is not None:
        return bytes(final.pdf)
    with queue.bounds():
        manuscript = _manuscript(assessment, spec)
        made = queue.make_pdf(manuscript)
    if not manuscript.is_final:
        return made
    now = timezone.now()
    kept = {
        "state": ReportState.READY,
        "is_final": True,
        "stands_on": manuscript.stands_on,
        "pdf": made,
        "pages": queue.number_of_pages(made),
        "left_out": manuscript.left_out,
        "file_name": manuscript.file_name,
        "finished_at": now,
        "problem": "",
    }
    try:
        with transaction.atomic():
            report, _is_new = Report.objects.get_or_create(
                assessment=assessment, key=manuscript.key, spec=spec, defaults={**kept, "queued_at": now}
            )
            # A row that waits or failed gets these bytes; one that became ready meanwhile keeps its own.
            Report.objects.filter(pk=report.pk).exclude(state=ReportState.READY).update(**kept)
    except IntegrityError:
        pass  # another row of this version became the final one just now
    final = finals.first()
    return bytes(final.pdf) if final is not None and final.pdf is not None else made


# --- giving out


def kept_pdf(assessment: Assessment, spec: str = ALL) -> Report | None:
    """The row with its bytes, when what the version says now has been made."""
    report = present_report(assessment, spec)
    if report is None or report.state != ReportState.READY:
        return None
    return Report.objects.get(pk=report.pk)


__all__ = [
    "ACTIVE",
    "ALL",
    "TooManyError",
    "choice_of",
    "file_name",
    "keep_going",
    "kept_pdf",
    "newest_report",
    "pdf_now",
    "present",
    "present_report",
    "ready_reports",
    "report_data",
    "request_report",
    "spec_of",
    "with_all_it_says",
    "work_off_queue",
]
