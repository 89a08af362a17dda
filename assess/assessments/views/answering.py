"""Answering: the overview with what comes next, a section's cards, and the address that saves one answer."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments import saving
from assess.assessments.cards import CONFIRM_ALL, Card, build_cards, refresh, save_cards
from assess.assessments.changes import Texts, read_change, read_json
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, Edition, Response
from assess.assessments.progress import Progress, progress_of
from assess.assessments.suggestions import record_confirmed, suggestions_for
from assess.assessments.views.fetch import answer_rows, given, readable
from assess.assessments.words import answer_in_words, moment
from assess.people.permissions import abilities, can_edit
from assess.questionnaire.problems import Problem, Refused
from assess.questionnaire.schema import Questionnaire, Section
from assess.web.access import signed_in, user_of
from assess.web.card import NOT_APPLICABLE, NOT_SURE, value_texts


@require_safe
@signed_in
def overview(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user = user_of(request)
    assessment = readable(user, assessment_id)
    allowed = {ability.name for ability in abilities(user, assessment.system.team)}
    questionnaire = questionnaire_of(assessment.edition)
    answers = assessment.given_answers()
    progress = progress_of(questionnaire, answers)
    versions = list(assessment.system.assessments.filter(deleted_at=None).order_by("-version"))
    context = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "progress": progress,
        "next_url": next_url(assessment, progress),
        "may_answer": "ANSWER" in allowed and assessment.is_open,
        "may_delete": "DELETE" in allowed,
        "may_go_on": "START" in allowed and assessment.is_submitted and assessment.version == versions[0].version,
        "versions": versions,
        "suggested": list(suggestions_for(assessment, questionnaire, answers).values()),
        "changed_at": moment(assessment.updated_at),
        "submitted_at": moment(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def section(request: HttpRequest, assessment_id: int, slug: str) -> HttpResponseBase:
    user = user_of(request)
    assessment = readable(user, assessment_id)
    questionnaire = questionnaire_of(assessment.edition)
    try:
        shown = questionnaire.section(slug)
    except KeyError:
        raise Http404 from None
    may_edit = can_edit(user, assessment.system.team)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    if not may_edit or not assessment.is_open:
        return redirect(f"{reverse('assessment-review', args=[assessment.pk])}#{shown.slug}")
    rows = answer_rows(assessment)
    cards = build_cards(questionnaire, shown, rows)
    suggested = suggestions_for(assessment, questionnaire, given(rows))
    for card in cards:
        card.suggestion = suggested.get(card.question.key)
    if request.method != "POST":
        return _section_page(request, assessment, questionnaire, shown, cards, rows)
    outcome = save_cards(assessment, cards, request.POST, by=user)
    if isinstance(outcome, saving.Submitted):
        return redirect("assessment-review", assessment.pk)
    if isinstance(outcome, saving.NotAllowed | saving.NotThere):
        raise Http404
    rows = answer_rows(assessment)
    refresh(cards, rows)
    _note_confirmed(request, assessment, cards)
    wrong = any(card.errors for card in cards)
    if wrong or any(card.conflict for card in cards):
        status = 400 if wrong else 409
        return _section_page(request, assessment, questionnaire, shown, cards, rows, status=status)
    return redirect(_after_section(request, assessment, questionnaire, shown, cards))


def _note_confirmed(request: HttpRequest, assessment: Assessment, cards: list[Card]) -> None:
    """One event for "Confirm all", beside those of its answers; what is answered now is suggested no longer."""
    waited = [card.suggestion for card in cards if card.suggestion and card.answer is not None]
    keys = [suggestion.question.key for suggestion in waited]
    if waited and CONFIRM_ALL in request.POST.getlist("confirm"):
        record_confirmed(assessment, keys, from_version=waited[0].from_version, by=user_of(request))
    for card in cards:
        card.suggestion = None if card.answer is not None else card.suggestion


def _section_page(
    request: HttpRequest,
    assessment: Assessment,
    questionnaire: Questionnaire,
    shown: Section,
    cards: list[Card],
    rows: dict[str, Answer],
    status: int = 200,
) -> HttpResponse:
    progress = progress_of(questionnaire, given(rows))
    place = questionnaire.sections.index(shown)
    context = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "section": shown,
        "place": place + 1,
        "before": questionnaire.sections[place - 1] if place else None,
        "is_last": place + 1 == len(questionnaire.sections),
        "cards": cards,
        "confirm_all": CONFIRM_ALL,
        "suggested": [card.suggestion for card in cards if card.suggestion],
        "wrong_cards": [card for card in cards if card.errors],
        "conflict_cards": [card for card in cards if card.conflict],
        "progress": progress,
        "page": uuid.uuid4(),
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': reverse('assessment', args=[assessment.pk])})}",
    }
    return render(request, "assessments/section.html", context, status=status)


def _after_section(
    request: HttpRequest, assessment: Assessment, questionnaire: Questionnaire, shown: Section, cards: list[Card]
) -> str:
    """Where the button pressed leads; back to this section when an answer has just called for another question in
    it."""
    here = reverse("assessment-section", args=[assessment.pk, shown.slug])
    if "take_back" in request.POST:
        key = request.POST["take_back"]
        return f"{here}#q-{key}" if key in questionnaire.by_key else here
    if "confirm" in request.POST:
        key = request.POST["confirm"]
        return f"{here}#q-{key}" if key in questionnaire.by_key else here
    if request.POST.get("then") == "exit":
        return reverse("assessment", args=[assessment.pk])
    shown_to_person = {card.question.key for card in cards if card.was_asked}
    for card in cards:
        if card.asked and card.question.key not in shown_to_person and card.row is None:
            return f"{here}#q-{card.question.key}"
    place = questionnaire.sections.index(shown) + 1
    if place < len(questionnaire.sections):
        return reverse("assessment-section", args=[assessment.pk, questionnaire.sections[place].slug])
    return reverse("assessment-review", args=[assessment.pk])


def next_url(assessment: Assessment, progress: Progress) -> str:
    """Where "Continue" leads: the first question without an answer, or the review when there is none."""
    question = progress.next_open
    if question is None:
        return reverse("assessment-review", args=[assessment.pk])
    return f"{reverse('assessment-section', args=[assessment.pk, question.section])}#q-{question.key}"


# --- one answer, for scripts


@require_POST
@signed_in
def save(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    try:
        is_json = request.content_type == "application/json"
        change = read_change(read_json(request.body) if is_json else _form_fields(request))
    except Refused as refused:
        return _told(saving.outcome_of_bad_change(assessment_id, refused.problems, by=user))
    return _told(saving.save_answer(assessment_id, change, by=user))


def _form_fields(request: HttpRequest) -> Mapping[str, object]:
    """A posted form as the same fields: texts, with the version as a number and the two flags as such."""
    data: dict[str, Any] = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    if "value" in data:
        texts = tuple(text for text in request.POST.getlist("value") if text.strip())
        data["value"] = Texts(texts=texts) if texts else None
    version = str(data.get("base_version", ""))
    data["base_version"] = int(version) if version.isdecimal() and len(version) < 10 else None
    for flag in ("not_sure", "not_applicable"):
        if flag in data:
            data[flag] = data[flag] in ("true", "on", "1")
    return data


def _told(outcome: saving.Outcome) -> HttpResponse:
    """An outcome as the protocol tells it; see docs/saving.md."""
    match outcome:
        case saving.Saved(key=key, version=version, at=at):
            body = {"saved": True, "question": key, "version": version, "at": at.isoformat(), "at_words": moment(at)}
            return JsonResponse(body)
        case saving.Stale(key=key, present=present):
            message = "Somebody saved another answer to this question. Choose which one to keep"
            return JsonResponse(
                {"code": "stale", "problem": message, "question": key, "present": _present(present)}, status=409
            )
        case saving.Submitted(assessment=assessment):
            since = f" ({moment(assessment.submitted_at)})" if assessment.submitted_at else ""
            message = f"This version was submitted by {assessment.submitted_by}{since} and takes no more answers"
            return JsonResponse({"code": "submitted", "problem": message}, status=409)
        case saving.Elsewhere(message=message):
            return JsonResponse({"code": "elsewhere", "problem": message}, status=409)
        case saving.Wrong(problems=problems):
            return JsonResponse(
                {"code": "wrong", "problem": problems[0].message, "problems": [_problem(p) for p in problems]},
                status=400,
            )
        case saving.NotAllowed():
            raise PermissionDenied
        case saving.NotThere():
            raise Http404


def _problem(problem: Problem) -> dict[str, str]:
    return {"field": problem.key, "code": problem.code, "message": problem.message}


def _present(row: Answer | Response | None) -> dict[str, Any] | None:
    """The present answer: for a person in words, and for the page's script as the texts its card would post."""
    if row is None:
        return None
    edition = Edition.objects.only("sha256").get(assessments=row.assessment_id)
    question = questionnaire_of(edition).by_key[row.key]
    answer = row.as_answer()
    if not row.answered:
        texts = []
    elif answer.not_applicable:
        texts = [NOT_APPLICABLE]
    else:
        texts = [NOT_SURE] if answer.value is None else value_texts(answer.value)
    return {
        "version": row.version,
        "value": row.value,
        "words": answer_in_words(question, answer if row.answered else None),
        "by": str(row.answered_by if isinstance(row, Answer) else row.respondent),
        "at": row.answered_at.isoformat(),
        "at_words": moment(row.answered_at),
        "texts": texts,
        "who_knows": row.who_knows,
        "reason": row.not_applicable,
        "note": row.note,
        "basis": row.basis,
        "link": row.link,
    }
