"""Looking back and closing: all answers, the result, submitting, the next version, deleting and bringing back."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from assess.assessments import actions
from assess.assessments.anchoring import check_not_anchored
from assess.assessments.editions import newer_verdict, questionnaire_of
from assess.assessments.models import Answer, Assessment
from assess.assessments.plan import plan_of
from assess.assessments.progress import progress_of
from assess.assessments.revisit import due
from assess.assessments.suggestions import suggestions_for
from assess.assessments.together import Point, Table, table_of
from assess.assessments.views.answering import next_url
from assess.assessments.views.fetch import answer_rows, given, readable, readable_or_deleted, writable
from assess.assessments.words import answer_in_words, moment
from assess.cases_file import published_cases
from assess.decision.facade import Result, argue, decider, find_contradictions
from assess.language import _
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
    is_asked,
)
from assess.web.facade import add_error_messages


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One question of the review with its answer in words. `state` is known, not_sure, not_applicable, unanswered, or
    differ: open between what several people said. `point` is how it stands between them where they answer apart."""

    question: Question
    words: str
    state: str
    row: Answer | None
    basis: str
    point: Point | None
    url: str  #: where the answer is changed


@require_safe
@signed_in
def review(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user = user_of(request)
    assessment = readable(user, assessment_id)
    check_not_anchored(user, assessment)
    questionnaire = questionnaire_of(assessment.edition)
    rows = answer_rows(assessment)
    table = table_of(assessment) if assessment.independent else None
    answers = table.answers if table else given(rows)
    progress = progress_of(questionnaire, answers)
    may_edit = can_edit(user, assessment.system.team)
    known = sum(answer.is_known for answer in answers.values())
    context = {
        "assessment": assessment,
        "sections": [
            (section, _lines(assessment, section, rows, answers, table)) for section in questionnaire.sections
        ],
        "open_points": table.open_points if table else [],
        "questionnaire": questionnaire,
        "at_odds": find_contradictions(questionnaire, answers),
        "suggested": list(suggestions_for(assessment, questionnaire, answers).values()),
        "progress": progress,
        "unanswered": progress.asked - progress.answered,
        "may_answer": may_edit and assessment.is_open,
        "may_submit": may_edit and assessment.is_open and known > 0,
        "nothing_known": known == 0,
        "next_url": next_url(assessment, progress),
        "submitted_at": moment(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/review.html", context)


def _lines(
    assessment: Assessment, section: Section, rows: dict[str, Answer], answers: Answers, table: Table | None
) -> list[Line]:
    lines = []
    apart = reverse("assessment-together", args=[assessment.pk])
    together = reverse("assessment-section", args=[assessment.pk, section.slug])
    points = table.by_key if table else {}
    for question in section.questions:
        if not is_asked(question, answers):
            continue
        row, answer = rows.get(question.key), answers.get(question.key)
        point = points.get(question.key)
        words = answer_in_words(question, answer)
        if answer is None:
            state = "unanswered"
        elif point and point.standing in ("open", "apart"):
            state, words = "differ", point.finding
        elif answer.is_known:
            state = "known"
        else:
            state = "not_applicable" if answer.not_applicable else "not_sure"
        basis = BASIS_WORDS.get(answer.basis or "", "") if answer else ""
        url = f"{apart if table else together}#q-{question.key}"
        lines.append(Line(question=question, words=words, state=state, row=row, basis=basis, point=point, url=url))
    return lines


@require_safe
@signed_in
def result(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user = user_of(request)
    assessment = readable(user, assessment_id)
    check_not_anchored(user, assessment)
    allowed = abilities(user, assessment.system.team)
    questionnaire = questionnaire_of(assessment.edition)
    answers = assessment.given_answers()
    known = sum(answer.is_known for answer in answers.values())
    newest = assessment.system.assessments.filter(deleted_at=None).order_by("-version").first()
    progress = progress_of(questionnaire, answers)
    judged = decider(assessment.model_version)(questionnaire, answers)
    table = table_of(assessment) if assessment.independent else None
    context = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "result": judged,
        "newer": newer_verdict(assessment, answers),
        "due": due(assessment) if assessment.is_submitted else [],
        "plan": plan_of(assessment),
        "argument": argue(questionnaire, answers, judged, published_cases()),
        # The quick check judges from as many; below it a verdict would say more than the answers do.
        "is_enough": assessment.is_submitted or judged.firm or known >= len(questionnaire.quick_questions),
        "known": known,
        "needed": len(questionnaire.quick_questions),
        "progress": progress,
        "next_url": next_url(assessment, progress),
        "answers_url": reverse("assessment-review", args=[assessment.pk]),
        "pains": [judged.scores[axis] for axis in PAIN_AXES],
        "separability": judged.scores["separability"],
        "readiness": [judged.scores[axis] for axis in READINESS_AXES],
        "for_it": judged.strongest(for_verdict=True),
        "against_it": judged.strongest(for_verdict=False),
        "ask_first": _ask_first(judged, questionnaire),
        "open_points": table.open_points if table else [],
        "roles": table.roles if table else None,
        "open_questions": [questionnaire.by_key[key] for key in judged.open_keys],
        "may_answer": Ability.ANSWER in allowed and assessment.is_open,
        "may_go_on": Ability.START in allowed and assessment.is_submitted and newest == assessment,
        "newest": newest if newest and newest != assessment else None,
        "newest_url": _url_of(newest) if newest else "",
        "report_url": _report_url(assessment),
        "may_share": Ability.SHARE in allowed and assessment.is_submitted,
        "submitted_at": moment(assessment.submitted_at) if assessment.submitted_at else "",
        "changed_at": moment(assessment.updated_at),
    }
    return render(request, "assessments/result.html", context)


def _url_of(version: Assessment) -> str:
    return reverse("assessment-result" if version.is_submitted else "assessment", args=[version.pk])


def _ask_first(judged: Result, questionnaire: Questionnaire) -> list[Question]:
    """The open questions that could still change the verdict, the most telling first; at most five."""
    keys = [judged.ask_next, *judged.decisive_open_keys] if judged.ask_next else list(judged.decisive_open_keys)
    return [questionnaire.by_key[key] for key in dict.fromkeys(keys)][:5]


def _report_url(assessment: Assessment) -> str:
    """The address of the PDF; "" while the site has no reports."""
    try:
        return reverse("report", args=[assessment.pk])
    except NoReverseMatch:
        return ""


@require_POST
@signed_in
def submit(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.SUBMIT)
    try:
        actions.submit_assessment(assessment, by=user)
    except ValidationFailed as refused:
        return _back_with(request, refused, "assessment-review", assessment)
    return redirect("assessment-result", assessment.pk)


@require_POST
@signed_in
def next_version(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.START)
    try:
        following = actions.start_next_version(assessment, by=user)
    except ValidationFailed as refused:
        return _back_with(request, refused, "assessment", assessment)
    text = _("Version {version} is open. What version {earlier} answered waits to be confirmed.")
    messages.success(request, text.format(version=following.version, earlier=assessment.version))
    return redirect("assessment", following.pk)


@require_POST
@signed_in
def delete(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.DELETE)
    try:
        actions.delete_assessment(assessment, by=user)
    except ValidationFailed as refused:
        return _back_with(request, refused, "assessment", assessment)
    return redirect(f"{reverse('assessments')}?undo={assessment.pk}")


@require_POST
@signed_in
def restore(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    assessment = readable_or_deleted(user, assessment_id)
    try:
        actions.restore_assessment(assessment, by=user)
    except ValidationFailed as refused:
        add_error_messages(request, refused)
        return redirect("assessments")
    messages.success(request, _("{assessment} is back.").format(assessment=assessment))
    return redirect("assessment", assessment.pk)


def _back_with(request: HttpRequest, refused: ValidationFailed, name: str, assessment: Assessment) -> HttpResponseBase:
    add_error_messages(request, refused)
    return redirect(name, assessment.pk)
