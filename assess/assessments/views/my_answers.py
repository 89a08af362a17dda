"""A respondent's own answers: what they are asked, its sections, saving one answer, and saying that they are done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments.access import get_own_respondent, open_own_answers
from assess.assessments.answers import answers_from_rows, response_rows
from assess.assessments.assignments import (
    assigned_questionnaire,
    has_left_workspace,
    open_assignments,
    progress_of_respondent,
)
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_answer, format_datetime
from assess.assessments.invitation_links import replace_personal_link
from assess.assessments.models import Assessment, Respondent, Response
from assess.assessments.perspectives import PERSPECTIVES
from assess.assessments.progress import compute_progress
from assess.assessments.respondents import finish_answering
from assess.assessments.response_visibility import format_others_answers, visible_keys_of_respondent
from assess.assessments.save_outcomes import save_from_request
from assess.assessments.saving import Elsewhere, NotAllowed, NotFound, Submitted
from assess.assessments.section_form import (
    QuestionForm,
    build_question_forms,
    refresh_question_forms,
    save_section,
)
from assess.assessments.suggestions import suggestions_for
from assess.assessments.views.answering import (
    after_section,
    closed_response,
    error_status,
    note_confirmed,
    render_section,
)
from assess.language import _
from assess.people.facade import guests_allowed, signed_in, user_of
from assess.questionnaire.facade import Answers, Questionnaire, ValidationFailed, is_asked, worded_for
from assess.web.facade import absolute_url, add_error_messages, parse_number


def why_closed(respondent: Respondent) -> str:
    """Why this person cannot answer at present, and who must do what; "" when they can."""
    assessment = respondent.assessment
    if respondent.removed_at is not None:
        return _(
            "You are no longer asked to answer: {person} took you off the list. "
            "Your answers stay in the log and no longer count. Ask them if that is a mistake."
        ).format(person=respondent.removed_by)
    if has_left_workspace(respondent):
        return _(
            "You no longer belong to {workspace}. Your answers stay and count. Ask {person} if that is a mistake."
        ).format(workspace=assessment.workspace, person=respondent.asked_by)
    if assessment.submitted_at is not None:
        return _("This version was submitted by {person} ({since}). Your answers went into it; thank you.").format(
            person=assessment.submitted_by, since=format_datetime(assessment.submitted_at)
        )
    if not assessment.answers_separately:
        return _(
            "The team shares its answers to this version again. "
            "There is nothing for you to do here; {person} can tell you more."
        ).format(person=respondent.asked_by)
    return ""


@require_safe
@guests_allowed
@signed_in
def my_answers(request: HttpRequest, assessment_id: int) -> HttpResponse:
    _user, respondent = open_own_answers(request, assessment_id)
    return render_my_answers(request, respondent)


def render_my_answers(request: HttpRequest, respondent: Respondent, *, link: str = "") -> HttpResponse:
    """The page of the person's own answers; with `link`, a personal link to show this once."""
    user = user_of(request)
    assessment = respondent.assessment
    assigned = assigned_questionnaire(questionnaire_of(assessment.edition), respondent)
    answers = answers_from_rows(response_rows(respondent).values())
    progress = compute_progress(assigned, {key: answer for key, answer in answers.items() if key in assigned.by_key})
    next_question = progress.next_open
    next_url = ""
    if next_question is not None:
        url = reverse("assessment-my-section", args=[assessment.pk, next_question.section])
        next_url = f"{url}#q-{next_question.key}"
    closed = why_closed(respondent)
    assigned = worded_for(assigned, answers)
    answered = [question for question in assigned.questions if question.key in answers and is_asked(question, answers)]
    context = {
        "assessment": assessment,
        "respondent": respondent,
        "asked_as": _(PERSPECTIVES[respondent.perspective].asked_as),
        "progress": progress,
        "next_url": next_url,
        "closed": closed,
        "answers": [(each.wording, format_answer(each, answers[each.key])) for each in answered] if closed else [],
        "on_team": not user.is_guest and Assessment.objects.visible_to(user).filter(pk=assessment.pk).exists(),
        "personal_link": link,
    }
    return render(request, "assessments/my_answers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@signed_in
def section(request: HttpRequest, assessment_id: int, slug: str) -> HttpResponseBase:
    user, respondent = open_own_answers(request, assessment_id)
    assessment = respondent.assessment
    questionnaire = questionnaire_of(assessment.edition)
    assigned = assigned_questionnaire(questionnaire, respondent)
    if closed := why_closed(respondent):
        asked = [section for section in questionnaire.sections if section.slug == slug]
        url = reverse("assessment-mine", args=[assessment.pk])
        if not asked:
            return redirect(url)
        return closed_response(request, assessment, asked[0], closed, url, respondent=respondent)
    try:
        current = assigned.section(slug)
    except KeyError:
        if any(section.slug == slug for section in questionnaire.sections):
            messages.info(request, _("You are not asked that section."))
            return redirect("assessment-mine", assessment.pk)
        raise Http404 from None
    rows = response_rows(respondent)
    forms = build_question_forms(current, rows)
    suggested = suggestions_for(assessment, questionnaire, answers_from_rows(rows.values()), respondent=respondent)
    for form in forms:
        form.suggestion = suggested.get(form.question.key)
    if request.method != "POST":
        show_others_answers(questionnaire, respondent, forms, answers_from_rows(rows.values()))
        return render_section(request, assessment, assigned, current, forms, rows, respondent=respondent)
    outcome = save_section(assessment, forms, request.POST, by=user, respondent_id=respondent.pk)
    if isinstance(outcome, Submitted | Elsewhere):
        return section(request, assessment_id, slug)  # which finds it closed now
    if isinstance(outcome, NotAllowed | NotFound):
        raise Http404
    rows = response_rows(respondent)
    refresh_question_forms(forms, rows)
    note_confirmed(request, assessment, forms, respondent=respondent)
    if status := error_status(forms):
        show_others_answers(questionnaire, respondent, forms, answers_from_rows(rows.values()))
        return render_section(request, assessment, assigned, current, forms, rows, respondent=respondent, status=status)
    answers = answers_from_rows(rows.values())
    return redirect(after_section(request, assessment, assigned, current, forms, answers, respondent=respondent))


def show_others_answers(
    questionnaire: Questionnaire, respondent: Respondent, forms: list[QuestionForm], answers: Answers
) -> None:
    """Put others' answers beside the questions that this person has answered, and beside no other."""
    visible = visible_keys_of_respondent(questionnaire, respondent, answers)
    keys = [form.question.key for form in forms if form.question.key in visible and form.answer is not None]
    lines = format_others_answers(questionnaire, respondent, keys) if keys else {}
    for form in forms:
        form.others = lines.get(form.question.key, ())


@require_POST
@guests_allowed
@signed_in
def save(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Save one answer, for the page's script. It sends the respondent's id, which spares looking it up."""
    user = user_of(request)
    respondent_id = parse_number(request.GET.get("respondent", ""))
    if respondent_id is None:
        respondent_id = get_own_respondent(user, assessment_id).pk
    return save_from_request(request, assessment_id, by=user, respondent_id=respondent_id)


@require_POST
@guests_allowed
@signed_in
def finish(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user, respondent = open_own_answers(request, assessment_id)
    finished = request.POST.get("finished") != "no"
    try:
        finish_answering(respondent, finished, by=user)
    except ValidationFailed as error:
        add_error_messages(request, error)
    else:
        text = _("Thank you. You can still change your answers until the version is submitted.")
        messages.success(request, text if finished else _("The team sees that you are not done yet."))
    return redirect("assessment-mine", assessment_id)


@require_POST
@guests_allowed
@signed_in
def personal_link(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """A new personal link, shown on the page that this responds with and nowhere else."""
    user, respondent = open_own_answers(request, assessment_id)
    if why_closed(respondent):
        if not user.is_guest:
            raise PermissionDenied
        return redirect("assessment-mine", assessment_id)
    token = replace_personal_link(respondent, by=user)
    return render_my_answers(request, respondent, link=absolute_url(reverse("join", args=[token])))


@require_safe
@guests_allowed
@signed_in
def asked_of_me(request: HttpRequest) -> HttpResponse:
    """Everything that this person is asked to answer."""
    respondents = open_assignments(user_of(request)).defer("assessment__edition__content", "assessment__result")
    rows: dict[int, list[Response]] = {}
    for row in Response.objects.filter(respondent__in=respondents, answered=True):
        rows.setdefault(row.respondent_id, []).append(row)
    lines = []
    for respondent in respondents:
        answers = answers_from_rows(rows.get(respondent.pk, ()))
        questionnaire = questionnaire_of(respondent.assessment.edition)
        lines.append((respondent, progress_of_respondent(questionnaire, respondent, answers)))
    return render(request, "assessments/asked_of_me.html", {"lines": lines})
