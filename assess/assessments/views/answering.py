"""Answering: the overview with what comes next, a section's cards, and the address that saves one answer."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments import saving
from assess.assessments.cards import CONFIRM_ALL, Card, author_of, build_cards, refresh, save_cards, show_unsaved
from assess.assessments.changes import LARGEST_VERSION, Texts, read_change, read_json
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Answer, Assessment, Edition, Respondent, Response
from assess.assessments.progress import Progress, progress_of
from assess.assessments.revisit import due
from assess.assessments.sheets import own_progress, respondent_of, sheet_of
from assess.assessments.suggestions import record_confirmed, suggestions_for
from assess.assessments.views.fetch import answer_rows, given, readable, response_rows
from assess.assessments.words import answer_in_words, moment
from assess.language import _
from assess.people.facade import User, abilities, can_edit, signed_in, user_of
from assess.questionnaire.facade import Answers, Issue, Questionnaire, Section, ValidationFailed
from assess.web.facade import NOT_APPLICABLE, NOT_SURE, parse_number, to_form_texts


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
        **_people(user, assessment, questionnaire),
        "may_ask": "ASK" in allowed and assessment.is_open,
        "suggested": list(suggestions_for(assessment, questionnaire, answers).values()),
        "due": due(assessment),
        "changed_at": moment(assessment.updated_at),
        "submitted_at": moment(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/overview.html", context)


def _people(user: User, assessment: Assessment, questionnaire: Questionnaire) -> dict[str, Any]:
    """Of people who answer on their own: how many are asked and have finished, and one's own sheet. At most two
    queries."""
    if not assessment.independent:
        return {}
    respondents = list(assessment.respondents.filter(removed_at=None))
    own = next((respondent for respondent in respondents if respondent.user_id == user.pk), None)
    mine = own_progress(questionnaire, own, given(response_rows(own))) if own and assessment.is_open else None
    return {
        "people_asked": len(respondents),
        "people_finished": sum(respondent.finished_at is not None for respondent in respondents),
        "mine": mine,
        "answers_first": mine is not None and not mine.is_complete,
        "together_url": together_url(assessment),
    }


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
    if assessment.independent:
        return _apart(request, assessment, shown)
    rows = answer_rows(assessment)
    cards = build_cards(questionnaire, shown, rows)
    suggested = suggestions_for(assessment, questionnaire, given(rows))
    for card in cards:
        card.suggestion = suggested.get(card.question.key)
    if request.method != "POST":
        return section_page(request, assessment, questionnaire, shown, cards, given(rows))
    outcome = save_cards(assessment, cards, request.POST, by=user)
    if isinstance(outcome, saving.Submitted):
        return redirect("assessment-review", assessment.pk)
    if isinstance(outcome, saving.Elsewhere):
        return _apart(request, assessment, shown)
    if isinstance(outcome, saving.NotAllowed | saving.NotThere):
        raise Http404
    rows = answer_rows(assessment)
    refresh(cards, rows)
    note_confirmed(request, assessment, cards)
    wrong = any(card.errors for card in cards)
    if wrong or any(card.conflict for card in cards):
        status = 400 if wrong else 409
        return section_page(request, assessment, questionnaire, shown, cards, given(rows), status=status)
    return redirect(after_section(request, assessment, questionnaire, shown, cards))


def _apart(request: HttpRequest, assessment: Assessment, shown: Section) -> HttpResponseBase:
    """People answer on their own: on to one's own sheet, with what was posted here still to be saved there."""
    user = user_of(request)
    respondent = respondent_of(user, assessment)
    if respondent is None:
        if request.method == "POST":
            text = _("Nothing of that page was saved: everybody answers this version on their own now.")
            messages.error(request, text)
        return redirect(together_url(assessment))
    sheet = sheet_of(questionnaire_of(assessment.edition), respondent)
    if shown not in sheet.sections:
        return redirect("assessment-mine", assessment.pk)
    if request.method != "POST":
        return redirect("assessment-my-section", assessment.pk, shown.slug)
    rows = response_rows(respondent)
    cards = build_cards(sheet, shown, rows)
    message = _("Save once more: this version is answered on a sheet for each since you opened the page")
    show_unsaved(assessment, cards, request.POST, message=message)
    return section_page(request, assessment, sheet, shown, cards, given(rows), sheet=respondent, status=409)


def together_url(assessment: Assessment) -> str:
    """Where one sees what all have answered."""
    try:
        return reverse("assessment-together", args=[assessment.pk])
    except NoReverseMatch:
        return reverse("assessment-people", args=[assessment.pk])


def note_confirmed(
    request: HttpRequest, assessment: Assessment, cards: list[Card], *, sheet: Respondent | None = None
) -> None:
    """One event for "Confirm all", beside those of its answers; what is answered now is suggested no longer."""
    waited = [card.suggestion for card in cards if card.suggestion and card.answer is not None]
    keys = [suggestion.question.key for suggestion in waited]
    if waited and CONFIRM_ALL in request.POST.getlist("confirm"):
        by, from_version = user_of(request), waited[0].from_version
        record_confirmed(assessment, keys, from_version=from_version, by=by, respondent=sheet)
    for card in cards:
        card.suggestion = None if card.answer is not None else card.suggestion


def section_page(
    request: HttpRequest,
    assessment: Assessment,
    questionnaire: Questionnaire,
    shown: Section,
    cards: list[Card],
    answers: Answers,
    *,
    sheet: Respondent | None = None,
    status: int = 200,
) -> HttpResponse:
    """A section's cards: of the common sheet, or of a respondent's own, with what they are asked."""
    progress = progress_of(questionnaire, answers)
    sign_in = f"{reverse('account_login')}?{urlencode({'next': reverse('assessment', args=[assessment.pk])})}"
    if sheet is not None:
        mine = reverse("assessment-mine", args=[assessment.pk])
        sign_in = f"{reverse('account_login')}?{urlencode({'next': mine})}"
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
        "sign_in": sign_in,
        "sheet": sheet,
    }
    return render(request, "assessments/section.html", context, status=status)


def after_section(
    request: HttpRequest,
    assessment: Assessment,
    questionnaire: Questionnaire,
    shown: Section,
    cards: list[Card],
    *,
    sheet: Respondent | None = None,
) -> str:
    """Where the button pressed leads; back to this section when an answer has just called for another question in
    it."""
    section_name, overview_name, last_name = "assessment-section", "assessment", "assessment-review"
    if sheet is not None:
        section_name, overview_name, last_name = "assessment-my-section", "assessment-mine", "assessment-mine"
    here = reverse(section_name, args=[assessment.pk, shown.slug])
    if "take_back" in request.POST:
        key = request.POST["take_back"]
        return f"{here}#q-{key}" if key in questionnaire.by_key else here
    if "confirm" in request.POST:
        key = request.POST["confirm"]
        return f"{here}#q-{key}" if key in questionnaire.by_key else here
    if request.POST.get("then") == "exit":
        return reverse(overview_name, args=[assessment.pk])
    shown_to_person = {card.question.key for card in cards if card.was_asked}
    for card in cards:
        if card.asked and card.question.key not in shown_to_person and card.row is None:
            return f"{here}#q-{card.question.key}"
    place = questionnaire.sections.index(shown) + 1
    if place < len(questionnaire.sections):
        return reverse(section_name, args=[assessment.pk, questionnaire.sections[place].slug])
    return reverse(last_name, args=[assessment.pk])


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
        change = read_change(read_json(request.body) if is_json else form_fields(request))
    except ValidationFailed as refused:
        return told(saving.outcome_of_bad_change(assessment_id, refused.issues, by=user))
    return told(saving.save_answer(assessment_id, change, by=user))


def form_fields(request: HttpRequest) -> Mapping[str, object]:
    """A posted form as the same fields: texts, with the version as a number and the two flags as such."""
    data: dict[str, Any] = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    if "value" in data:
        texts = tuple(text for text in request.POST.getlist("value") if text.strip())
        data["value"] = Texts(texts=texts) if texts else None
    data["base_version"] = parse_number(str(data.get("base_version", "")), LARGEST_VERSION)
    for flag in ("not_sure", "not_applicable"):
        if flag in data:
            data[flag] = data[flag] in ("true", "on", "1")
    return data


def told(outcome: saving.Outcome) -> HttpResponse:
    """An outcome as the protocol tells it; see docs/saving.md."""
    match outcome:
        case saving.Saved(key=key, version=version, at=at):
            body = {"saved": True, "question": key, "version": version, "at": at.isoformat(), "at_words": moment(at)}
            return JsonResponse(body)
        case saving.Stale(key=key, present=present):
            message = _("Somebody saved another answer to this question. Choose which one to keep")
            return JsonResponse(
                {"code": "stale", "problem": message, "question": key, "present": _present(present)}, status=409
            )
        case saving.Submitted(assessment=assessment):
            message = _("This version was submitted by {person} and takes no more answers.")
            if assessment.submitted_at:
                message = _("This version was submitted by {person} ({since}) and takes no more answers.")
            since = moment(assessment.submitted_at) if assessment.submitted_at else ""
            message = message.format(person=assessment.submitted_by, since=since)
            return JsonResponse({"code": "submitted", "problem": message}, status=409)
        case saving.Elsewhere(message=message):
            return JsonResponse({"code": "elsewhere", "problem": f"{message}."}, status=409)
        case saving.Wrong(issues=issues):
            return JsonResponse(
                {"code": "wrong", "problem": issues[0].message, "problems": [_problem(p) for p in issues]},
                status=400,
            )
        case saving.NotAllowed():
            raise PermissionDenied
        case saving.NotThere():
            raise Http404


def _problem(issue: Issue) -> dict[str, str]:
    return {"field": issue.key, "code": issue.code, "message": issue.message}


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
        texts = [NOT_SURE] if answer.value is None else to_form_texts(answer.value)
    return {
        "version": row.version,
        "value": row.value,
        "words": answer_in_words(question, answer if row.answered else None),
        "by": author_of(row),
        "at": row.answered_at.isoformat(),
        "at_words": moment(row.answered_at),
        "texts": texts,
        "who_knows": row.who_knows,
        "reason": row.not_applicable,
        "note": row.note,
        "basis": row.basis,
        "link": row.link,
    }
