"""The life of a version: review of its answers, result, submitting, the next version, deleting and restoring."""

from dataclasses import dataclass

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
from assess.assessments.formatting import format_answer, format_datetime
from assess.assessments.judging import judge
from assess.assessments.models import Answer, Assessment
from assess.assessments.plan import describe_plan
from assess.assessments.progress import compute_progress
from assess.assessments.response_visibility import check_answered_first
from assess.assessments.revisit import due_reasons
from assess.assessments.suggestions import suggestions_for
from assess.assessments.views.answering import next_url
from assess.decision.facade import Result, decider, find_contradictions, find_standing_steps
from assess.language import _, ngettext
from assess.people.facade import Ability, abilities, can_edit, signed_in, user_of
from assess.questionnaire.facade import (
    BASIS_WORDS,
    PAIN_AXES,
    READINESS_AXES,
    Answers,
    Question,
    Questionnaire,
    Section,
    ValidationFailed,
    count_known,
    is_asked,
    worded_for,
)
from assess.web.facade import activate_for, add_error_messages


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
    answers = assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    known = count_known(questionnaire, answers)
    newest = assessment.system.assessments.filter(deleted_at=None).order_by("-version").first()
    progress = compute_progress(questionnaire, answers)
    judgement = judge(assessment, questionnaire, answers)
    judged = judgement.result
    consensus = build_consensus(assessment) if assessment.answers_separately else None
    context = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "result": judged,
        "answers": answers,
        "newer": newer_verdict(assessment, answers),
        "due": due_reasons(assessment, timezone.now()) if assessment.is_submitted else [],
        "plan": describe_plan(assessment),
        "argument": judgement.argument,
        # The quick check judges from as many; below it a verdict would say more than the answers do.
        "is_enough": bool(judged.shown_verdict)
        and (assessment.is_submitted or judged.firm or known >= len(questionnaire.quick_questions)),
        "known": known,
        "needed": len(questionnaire.quick_questions),
        "progress": progress,
        "next_url": next_url(assessment, progress),
        "answers_url": reverse("assessment-review", args=[assessment.pk]),
        "pains": [judged.scores[axis] for axis in PAIN_AXES],
        "separability": judged.scores["separability"],
        "readiness": [judged.scores[axis] for axis in READINESS_AXES],
        "steps": find_standing_steps(questionnaire, answers, judged, assessment.overruled_to),
        "for_it": judged.strongest(for_verdict=True),
        "against_it": judged.strongest(for_verdict=False),
        "ask_first": ask_first_questions(judged, questionnaire),
        "open_points": consensus.open_points if consensus else [],
        "roles": consensus.roles if consensus else None,
        "open_questions": [questionnaire.by_key[key] for key in judged.open_keys],
        "may_answer": Ability.ANSWER in allowed and assessment.is_open,
        "may_go_on": Ability.START in allowed and assessment.is_submitted and newest == assessment,
        "newest": newest if newest and newest != assessment else None,
        "newest_url": version_url(newest) if newest else "",
        "report_url": reverse("report", args=[assessment.pk]),
        "may_share": Ability.SHARE in allowed and assessment.is_submitted,
        "submitted_at": format_datetime(assessment.submitted_at) if assessment.submitted_at else "",
        "changed_at": format_datetime(assessment.updated_at),
    }
    return render(request, "assessments/result.html", context)


def version_url(version: Assessment) -> str:
    return reverse("assessment-result" if version.is_submitted else "assessment", args=[version.pk])


def ask_first_questions(judged: Result, questionnaire: Questionnaire) -> list[Question]:
    """The open questions that could still change the verdict, the most telling first; at most five."""
    keys = [judged.ask_next, *judged.decisive_open_keys] if judged.ask_next else list(judged.decisive_open_keys)
    return [questionnaire.by_key[key] for key in dict.fromkeys(keys)][:5]


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
