"""The life of a version: review of its answers, result, submitting, the next version, deleting and restoring."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assess.assessments import actions
from assess.assessments.access import get_readable_or_deleted_assessment, open_assessment
from assess.assessments.answers import answer_rows, answers_from_rows
from assess.assessments.basis import BasisLine, build_basis_lines, save_bases
from assess.assessments.consensus import Consensus, ConsensusPoint, build_consensus
from assess.assessments.editions import newer_verdict, questionnaire_of
from assess.assessments.evidence.actions import latest_scan_of
from assess.assessments.formatting import format_answer, format_datetime
from assess.assessments.models import Answer, Assessment, State
from assess.assessments.planned_changes import describe_planned_changes
from assess.assessments.progress import compute_progress
from assess.assessments.response_visibility import check_answered_first
from assess.assessments.result_page import build_result_page
from assess.assessments.revisit import due_reasons
from assess.assessments.suggestions import suggestions_for
from assess.assessments.views.answering import next_url
from assess.decision.facade import decider, find_contradictions
from assess.evidence.facade import find_conflicts
from assess.findings.facade import Findings
from assess.language import _, ngettext
from assess.people.facade import Ability, abilities, can_edit, signed_in, user_of
from assess.questionnaire.facade import (
    BASIS_WORDS,
    Answers,
    Question,
    Section,
    ValidationFailed,
    is_asked,
    worded_for,
)
from assess.web.facade import activate_for, add_error_messages

#: So many open questions are named where there is no verdict yet.
MOST_ASKED: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """One question of the review with its answer in words.

    `state` is known, not_sure, not_applicable, unanswered, or differ: several people answered differently. `point` has
    their answers where they answer separately.
    """

    question: Question
    words: str
    state: str
    row: Answer | None
    basis: str
    point: ConsensusPoint | None
    url: str  #: where the answer is changed


@require_safe
@signed_in
def review(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user, assessment = open_assessment(request, assessment_id)
    check_answered_first(user, assessment)
    questionnaire = questionnaire_of(assessment.edition)
    rows = answer_rows(assessment)
    consensus = build_consensus(assessment) if assessment.answers_separately else None
    answers = consensus.answers if consensus else answers_from_rows(rows.values())
    questionnaire = worded_for(questionnaire, answers)
    progress = compute_progress(questionnaire, answers)
    may_edit = can_edit(user, assessment.system.team)
    known = sum(answer.is_known for answer in answers.values())
    scan = latest_scan_of(assessment)
    may_answer = may_edit and assessment.is_open
    basis_lines: tuple[BasisLine, ...] = ()
    if may_answer and not assessment.answers_separately and known:
        basis_lines = build_basis_lines(questionnaire, rows, decider(assessment.model_version)(questionnaire, answers))
    context = {
        "assessment": assessment,
        "sections": [
            (section, review_lines(assessment, section, rows, answers, consensus)) for section in questionnaire.sections
        ],
        "open_points": consensus.open_points if consensus else [],
        "questionnaire": questionnaire,
        "at_odds": find_contradictions(questionnaire, answers),
        "scan_conflicts": find_conflicts(scan, questionnaire, answers) if scan else (),
        "claims_url": reverse("evidence-claims", args=[assessment.pk]),
        "suggested": list(suggestions_for(assessment, questionnaire, answers).values()),
        "progress": progress,
        "unanswered": progress.asked - progress.answered,
        "may_answer": may_answer,
        "may_submit": may_answer and known > 0,
        "basis_lines": basis_lines,
        "basis_missing": sum(not line.stated for line in basis_lines),
        "nothing_known": known == 0,
        "next_url": next_url(assessment, progress),
        "submitted_at": format_datetime(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/review.html", context)


@require_POST
@signed_in
def state_bases(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Saves how people know the deciding answers, then shows the review again."""
    user, assessment = open_assessment(request, assessment_id)
    if not can_edit(user, assessment.system.team):
        raise PermissionDenied
    if not assessment.is_open or assessment.answers_separately:
        messages.error(request, _("Nothing was saved: the answers of this version can’t be changed here."))
        return redirect("assessment-review", assessment.pk)
    questionnaire = questionnaire_of(assessment.edition)
    saved, refused = save_bases(assessment, questionnaire, answer_rows(assessment), request.POST, by=user)
    for question in refused:
        text = _("Not saved, since somebody changed the answer meanwhile: {question}")
        messages.error(request, text.format(question=question.wording))
    if saved:
        text = ngettext("Saved how you know {count} answer.", "Saved how you know {count} answers.", saved)
        messages.success(request, text.format(count=saved))
    return redirect(f"{reverse('assessment-review', args=[assessment.pk])}#basis")


def review_lines(
    assessment: Assessment, section: Section, rows: dict[str, Answer], answers: Answers, consensus: Consensus | None
) -> list[AnswerLine]:
    lines = []
    url = reverse("assessment-section", args=[assessment.pk, section.slug])
    if consensus:
        url = reverse("assessment-consensus", args=[assessment.pk])
    points = consensus.by_key if consensus else {}
    for question in section.questions:
        if not is_asked(question, answers):
            continue
        row, answer = rows.get(question.key), answers.get(question.key)
        point = points.get(question.key)
        words = format_answer(question, answer)
        if answer is None:
            state = "unanswered"
        elif point and point.status in ("open", "apart"):
            state, words = "differ", point.finding
        elif answer.is_known:
            state = "known"
        else:
            state = "not_applicable" if answer.not_applicable else "not_sure"
        basis = BASIS_WORDS.get(answer.basis or "", "") if answer else ""
        lines.append(
            AnswerLine(
                question=question,
                words=words,
                state=state,
                row=row,
                basis=basis,
                point=point,
                url=f"{url}#q-{question.key}",
            )
        )
    return lines


@require_safe
@signed_in
def result(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user, assessment = open_assessment(request, assessment_id)
    check_answered_first(user, assessment)
    allowed = abilities(user, assessment.system.team)
    now = timezone.now()
    due = due_reasons(assessment, now) if assessment.is_submitted else []
    page = build_result_page(assessment, now, is_stale=bool(due))
    may_answer = Ability.ANSWER in allowed and assessment.is_open
    newest = assessment.system.assessments.filter(deleted_at=None).order_by("-version").first()
    progress = compute_progress(page["questionnaire"], page["answers"])
    consensus = build_consensus(assessment) if assessment.answers_separately else None
    context = {
        **page,
        "newer": newer_verdict(assessment, page["answers"]),
        "due": due,
        "planned_changes": describe_planned_changes(assessment),
        "progress": progress,
        "next_url": next_url(assessment, progress),
        "answers_url": reverse("assessment-review", args=[assessment.pk]),
        "try_url": reverse("assessment-what-if", args=[assessment.pk]),
        "report_url": reverse("report", args=[assessment.pk]),
        "claims_url": reverse("evidence-claims", args=[assessment.pk])
        if page["scan"] or getattr(assessment, "has_measurements", False)
        else "",
        "open_points": consensus.open_points if consensus else [],
        "roles": consensus.roles if consensus else None,
        "roles_finding": consensus.roles.finding.rstrip(".") if consensus and consensus.roles else "",
        "may_answer": may_answer,
        "may_go_on": Ability.START in allowed and assessment.is_submitted and newest == assessment,
        "ask_first": ask_first(assessment, page["findings"], may_answer=may_answer),
        "newest": newest if newest and newest != assessment else None,
        "newest_url": version_url(newest) if newest else "",
        "may_share": Ability.SHARE in allowed and assessment.is_submitted,
        "version_line": describe_version(assessment),
        "decision_url": reverse("assessment-decision", args=[assessment.pk]) if assessment.is_submitted else "",
    }
    return render(request, "assessments/result.html", context)


def ask_first(assessment: Assessment, findings: Findings, *, may_answer: bool) -> list[dict[str, Any]]:
    """The open questions that tell most, each with where it is answered or, for a reader, shown."""
    lines = []
    for question in findings.open_answers.decisive[:MOST_ASKED]:
        if not may_answer:
            place = reverse("assessment-review", args=[assessment.pk])
        elif assessment.answers_separately:
            place = reverse("assessment-consensus", args=[assessment.pk])
        else:
            place = reverse("assessment-section", args=[assessment.pk, question.section])
        lines.append({"question": question, "url": f"{place}#q-{question.key}"})
    return lines


def describe_version(assessment: Assessment) -> str:
    """Which version it is, and who last had to do with it, where names are shown."""
    if assessment.submitted_at:
        text = _("Version {version}, submitted {moment} by {person}")
        moment, person = assessment.submitted_at, assessment.submitted_by
    elif assessment.names_shown or not assessment.answers_separately:
        text = _("Version {version}, not submitted yet, last change {moment} by {person}")
        moment, person = assessment.updated_at, assessment.updated_by
    else:
        text = _("Version {version}, not submitted yet, last change {moment}")
        moment, person = assessment.updated_at, None
    sentence = text.format(version=assessment.version, moment=format_datetime(moment), person=person)
    if assessment.is_open or assessment.is_signed or assessment.state == State.SUBMITTED:
        return sentence
    return _("{sentence}. {state}").format(sentence=sentence, state=assessment.get_state_display())


def version_url(version: Assessment) -> str:
    return reverse("assessment-result" if version.is_submitted else "assessment", args=[version.pk])


@require_POST
@signed_in
def submit(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.SUBMIT)
    try:
        actions.submit_assessment(assessment, by=user)
    except ValidationFailed as error:
        return redirect_with_errors(request, error, "assessment-review", assessment)
    return redirect("assessment-result", assessment.pk)


@require_POST
@signed_in
def next_version(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.START)
    try:
        following = actions.start_next_version(assessment, by=user)
    except ValidationFailed as error:
        return redirect_with_errors(request, error, "assessment", assessment)
    text = _("Version {version} is open. Confirm which answers of version {earlier} still hold.")
    messages.success(request, text.format(version=following.version, earlier=assessment.version))
    return redirect("assessment", following.pk)


@require_POST
@signed_in
def delete(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id, Ability.DELETE)
    try:
        actions.delete_assessment(assessment, by=user)
    except ValidationFailed as error:
        return redirect_with_errors(request, error, "assessment", assessment)
    return redirect(f"{reverse('assessments')}?undo={assessment.pk}")


@require_POST
@signed_in
def restore(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = get_readable_or_deleted_assessment(user, assessment_id)
    activate_for(assessment.workspace)
    try:
        actions.restore_assessment(assessment, by=user)
    except ValidationFailed as error:
        add_error_messages(request, error)
        return redirect("assessments")
    messages.success(request, _("{assessment} is back.").format(assessment=assessment))
    return redirect("assessment", assessment.pk)


def redirect_with_errors(
    request: HttpRequest, error: ValidationFailed, name: str, assessment: Assessment
) -> HttpResponseBase:
    add_error_messages(request, error)
    return redirect(name, assessment.pk)
