"""Answering: the overview with the next step, a section with its questions, and saving one answer."""

import uuid
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments.access import open_assessment
from assess.assessments.answers import answer_rows, answers_from_rows, response_rows
from assess.assessments.asking import build_outlook, find_effect, order_section
from assess.assessments.assignments import assigned_questionnaire, get_respondent, progress_of_respondent
from assess.assessments.editions import questionnaire_of
from assess.assessments.evidence.claims import find_proposals, load_sources
from assess.assessments.formatting import format_datetime
from assess.assessments.models import Answer, Assessment, Respondent, Response
from assess.assessments.progress import Progress, compute_progress
from assess.assessments.revisit import due_reasons
from assess.assessments.save_outcomes import save_from_request
from assess.assessments.saving import Elsewhere, NotAllowed, NotFound, Submitted
from assess.assessments.section_form import (
    CONFIRM_ALL,
    QuestionForm,
    build_question_forms,
    refresh_question_forms,
    save_section,
    show_unsaved_answers,
    unsaved_in_words,
)
from assess.assessments.suggestions import new_questions, record_confirmed, suggestions_for
from assess.decision.facade import decider, name_of_part
from assess.language import _
from assess.people.facade import User, abilities, can_edit, signed_in, user_of
from assess.questionnaire.facade import Answers, Questionnaire, Section, is_asked
from assess.web.facade import error_response, is_partial


@require_safe
@signed_in
def overview(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user, assessment = open_assessment(request, assessment_id)
    allowed = {ability.name for ability in abilities(user, assessment.system.team)}
    questionnaire = questionnaire_of(assessment.edition)
    answers = assessment.current_answers()
    progress = compute_progress(questionnaire, answers)
    versions = list(assessment.system.assessments.filter(deleted_at=None).order_by("-version"))
    may_answer = "ANSWER" in allowed and assessment.is_open
    people = people_context(user, assessment, questionnaire)
    new_in_sections = count_new(questionnaire, answers, new_questions(assessment, questionnaire))
    context = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "progress": progress,
        "next_url": next_url(assessment, progress),
        "may_answer": may_answer,
        # Whoever has to answer by themselves first sees nothing of what all have answered.
        "outlook": build_outlook(
            assessment, questionnaire, answers, decider(assessment.model_version)(questionnaire, answers)
        )
        if may_answer and progress.is_started and not people.get("answers_first")
        else None,
        "new_in_sections": new_in_sections,
        "new_count": sum(count for _section, count in new_in_sections),
        "may_delete": "DELETE" in allowed,
        "may_go_on": "START" in allowed and assessment.is_submitted and assessment.version == versions[0].version,
        "versions": versions,
        **people,
        "may_ask": "ASK" in allowed and assessment.is_open,
        "suggested": list(suggestions_for(assessment, questionnaire, answers).values()),
        "due": due_reasons(assessment, timezone.now()),
        "changed_at": format_datetime(assessment.updated_at),
        "submitted_at": format_datetime(assessment.submitted_at) if assessment.submitted_at else "",
    }
    return render(request, "assessments/overview.html", context)


def count_new(questionnaire: Questionnaire, answers: Answers, keys: Collection[str]) -> list[tuple[Section, int]]:
    """How many of these questions each section asks; sections with none are left out."""
    counts = [
        (section, sum(question.key in keys and is_asked(question, answers) for question in section.questions))
        for section in questionnaire.sections
    ]
    return [(section, count) for section, count in counts if count]


def people_context(user: User, assessment: Assessment, questionnaire: Questionnaire) -> dict[str, Any]:
    """How many people are asked and have finished, and the person's own progress; {} for shared answers.

    At most two queries.
    """
    if not assessment.answers_separately:
        return {}
    respondents = list(assessment.respondents.filter(removed_at=None))
    own = next((respondent for respondent in respondents if respondent.user_id == user.pk), None)
    own_progress = None
    if own is not None and assessment.is_open:
        answers = answers_from_rows(response_rows(own).values())
        own_progress = progress_of_respondent(questionnaire, own, answers)
    return {
        "people_asked": len(respondents),
        "people_finished": sum(respondent.finished_at is not None for respondent in respondents),
        "own_progress": own_progress,
        "answers_first": own_progress is not None and not own_progress.is_complete,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def section(request: HttpRequest, assessment_id: int, slug: str) -> HttpResponseBase:
    user, assessment = open_assessment(request, assessment_id)
    questionnaire = questionnaire_of(assessment.edition)
    try:
        current = questionnaire.section(slug)
    except KeyError:
        raise Http404 from None
    may_edit = can_edit(user, assessment.system.team)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    if not may_edit or not assessment.is_open:
        url = f"{reverse('assessment-review', args=[assessment.pk])}#{current.slug}"
        sentence = _("Nothing was saved: this version was submitted meanwhile and takes no more answers.")
        return closed_response(request, assessment, current, sentence, url)
    if assessment.answers_separately:
        return go_to_own_section(request, assessment, current)
    rows = answer_rows(assessment)
    answers = answers_from_rows(rows.values())
    forms = build_question_forms(order_section(questionnaire, current, answers), rows)
    suggested = suggestions_for(assessment, questionnaire, answers)
    for form in forms:
        form.suggestion = suggested.get(form.question.key)
    if request.method != "POST":
        return render_section(request, assessment, questionnaire, current, forms, rows)
    outcome = save_section(assessment, forms, request.POST, by=user)
    if isinstance(outcome, Submitted):
        return section(request, assessment_id, slug)  # which finds it closed now
    if isinstance(outcome, Elsewhere):
        return go_to_own_section(request, assessment, current)
    if isinstance(outcome, NotAllowed | NotFound):
        raise Http404
    rows = answer_rows(assessment)
    refresh_question_forms(forms, rows)
    note_confirmed(request, assessment, forms)
    if status := error_status(forms):
        return render_section(request, assessment, questionnaire, current, forms, rows, status=status)
    answers = answers_from_rows(rows.values())
    return redirect(after_section(request, assessment, questionnaire, current, forms, answers))


def error_status(forms: list[QuestionForm]) -> int:
    """400 where an answer is invalid, 409 where somebody saved another meanwhile, else 0."""
    if any(form.errors for form in forms):
        return 400
    return 409 if any(form.conflict for form in forms) else 0


def closed_response(
    request: HttpRequest,
    assessment: Assessment,
    section: Section,
    sentence: str,
    url: str,
    *,
    respondent: Respondent | None = None,
) -> HttpResponseBase:
    """On to `url`; where something was typed that can no longer be saved, first a page with it, to be copied."""
    if request.method == "POST":
        forms = build_question_forms(section, response_rows(respondent) if respondent else answer_rows(assessment))
        respondent_id = respondent.pk if respondent else None
        show_unsaved_answers(assessment, forms, request.POST, message=sentence, respondent_id=respondent_id)
        if typed := unsaved_in_words(forms):
            more: dict[str, Any] = {"typed": typed, "url": url, "way_on": _("Go on")}
            heading = _("Nothing was saved")
            return error_response(request, HTTPStatus.CONFLICT, "errors/403.html", sentence, heading=heading, **more)
    return redirect(url)


def go_to_own_section(request: HttpRequest, assessment: Assessment, section: Section) -> HttpResponseBase:
    """People answer separately: on to the person's own section, with what was posted here still to be saved there."""
    respondent = get_respondent(user_of(request), assessment)
    if respondent is None:
        sentence = _("Nothing was saved: everybody answers this version separately now.")
        url = reverse("assessment-consensus", args=[assessment.pk])
        return closed_response(request, assessment, section, sentence, url)
    assigned = assigned_questionnaire(questionnaire_of(assessment.edition), respondent)
    if section not in assigned.sections:
        return redirect("assessment-mine", assessment.pk)
    if request.method != "POST":
        return redirect("assessment-my-section", assessment.pk, section.slug)
    rows = response_rows(respondent)
    forms = build_question_forms(section, rows)
    message = _("Save once more: since you opened the page, everybody answers this version separately")
    show_unsaved_answers(assessment, forms, request.POST, message=message)
    return render_section(request, assessment, assigned, section, forms, rows, respondent=respondent, status=409)


def note_confirmed(
    request: HttpRequest, assessment: Assessment, forms: list[QuestionForm], *, respondent: Respondent | None = None
) -> None:
    """Write one event for "Confirm all", beside those of its answers; drop the suggestions that are answered now."""
    confirmed = [form.suggestion for form in forms if form.suggestion and form.answer is not None]
    saved = {suggestion.question.key for suggestion in confirmed}
    keys = [key for key in questionnaire_of(assessment.edition).by_key if key in saved]
    if confirmed and CONFIRM_ALL in request.POST.getlist("confirm"):
        by, from_version = user_of(request), confirmed[0].from_version
        record_confirmed(assessment, keys, from_version=from_version, by=by, respondent=respondent)
    for form in forms:
        form.suggestion = None if form.answer is not None else form.suggestion


def render_section(
    request: HttpRequest,
    assessment: Assessment,
    questionnaire: Questionnaire,
    section: Section,
    forms: list[QuestionForm],
    rows: Mapping[str, Answer | Response],
    *,
    respondent: Respondent | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a section: of the shared answers, or of a respondent's own with what they are asked."""
    answers = answers_from_rows(rows.values())
    progress = compute_progress(questionnaire, answers)
    new_keys = new_questions(assessment, questionnaire)
    for form in forms:
        form.is_new = form.question.key in new_keys
    sign_in = f"{reverse('account_login')}?{urlencode({'next': reverse('assessment', args=[assessment.pk])})}"
    if respondent is not None:
        mine = reverse("assessment-mine", args=[assessment.pk])
        sign_in = f"{reverse('account_login')}?{urlencode({'next': mine})}"
    index = questionnaire.sections.index(section)
    asked_forms = [form for form in forms if form.asked]
    context = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "section": section,
        "number": index + 1,
        "forms": forms,
        "asked_forms": asked_forms,
        "answered_count": sum(form.answer is not None for form in asked_forms),
        "first_asked": next(iter(asked_forms), None),
        "first_open": next((form for form in asked_forms if form.answer is None), None),
        "of_part": any(form.question.of_part and form.put.wording == form.question.of_part for form in forms),
        "part": name_of_part(answers),
        "confirm_all": CONFIRM_ALL,
        "suggested": [form.suggestion for form in forms if form.suggestion],
        "invalid_forms": [form for form in forms if form.errors],
        "conflict_forms": [form for form in forms if form.conflict],
        "progress": progress,
        "page": uuid.uuid4(),
        "sign_in": sign_in,
        "respondent": respondent,
    }
    # Of one's own answers nothing is said: they settle nothing alone, and would draw people to one verdict.
    if respondent is None:
        measured: dict[str, str] = {}
        if not is_partial(request):  # what comes after a save has none of it
            proposals = find_proposals(load_sources(assessment), questionnaire, answers)
            measured = {proposal.key: proposal.found for proposal, _source in proposals}
        context["claims_url"] = reverse("evidence-claims", args=[assessment.pk])
        result = decider(assessment.model_version)(questionnaire, answers)
        context["outlook"] = outlook = build_outlook(assessment, questionnaire, answers, result)
        for form in forms:
            form.effect = f"effect-{form.question.key}"
            form.measured = measured.get(form.question.key, "") if form.answer is not None else ""
            form.decides = form.answer is None and form.question.key in outlook.decisive_keys
        if is_partial(request) and (key := request.GET.get("after", "")) in {form.question.key for form in forms}:
            context["effect"] = find_effect(assessment, questionnaire, answers, result, key)
            context["effect_key"] = key
    # After a save the page's script asks for what changed around the questions.
    template = "assessments/parts/after_save.html" if is_partial(request) else "assessments/section.html"
    return render_varied(request, template, context, status=status)


def render_varied(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page or the line of it that the script asks for by a header: no cache may give one for the other."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def after_section(
    request: HttpRequest,
    assessment: Assessment,
    questionnaire: Questionnaire,
    section: Section,
    forms: list[QuestionForm],
    answers: Answers,
    *,
    respondent: Respondent | None = None,
) -> str:
    """The address that the pressed button leads to: this section again if an answer made another question appear, else
    the next one that asks anything under these `answers`."""
    section_name, overview_name, last_name = "assessment-section", "assessment", "assessment-review"
    if respondent is not None:
        section_name, overview_name, last_name = "assessment-my-section", "assessment-mine", "assessment-mine"
    this_section = reverse(section_name, args=[assessment.pk, section.slug])
    for button in ("take_back", "confirm"):
        if button in request.POST:
            key = request.POST[button]
            return f"{this_section}#q-{key}" if key in questionnaire.by_key else this_section
    if request.POST.get("then") == "exit":
        return reverse(overview_name, args=[assessment.pk])
    for form in forms:
        if form.asked and not form.was_asked and form.row is None:
            return f"{this_section}#q-{form.question.key}"
    for following in questionnaire.sections[questionnaire.sections.index(section) + 1 :]:
        if any(is_asked(question, answers) for question in following.questions):
            return reverse(section_name, args=[assessment.pk, following.slug])
    return reverse(last_name, args=[assessment.pk])


def next_url(assessment: Assessment, progress: Progress) -> str:
    """The address of the first question without an answer, or of the review when there is none."""
    question = progress.next_open
    if question is None:
        return reverse("assessment-review", args=[assessment.pk])
    return f"{reverse('assessment-section', args=[assessment.pk, question.section])}#next"


@require_POST
@signed_in
def save(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Save one answer, for the page's script."""
    return save_from_request(request, assessment_id, by=user_of(request))
