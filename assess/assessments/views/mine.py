"""One's own sheet: what one is asked, its sections, the address that saves one answer, and saying that one is done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments import anchoring, joining, respondents, saving, sheets
from assess.assessments.cards import Card, build_cards, refresh, save_cards
from assess.assessments.changes import read_change, read_json
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment, Perspective, Respondent, Response
from assess.assessments.progress import progress_of
from assess.assessments.suggestions import suggestions_for
from assess.assessments.views.answering import after_section, form_fields, note_confirmed, section_page, told
from assess.assessments.views.fetch import given, response_rows
from assess.assessments.words import answer_in_words, moment
from assess.language import N_, Words, _
from assess.people.facade import User, guests_allowed, signed_in, user_of
from assess.questionnaire.facade import Answers, Question, Questionnaire, ValidationFailed, is_asked
from assess.web.facade import activate_for, add_error_messages, parse_number

#: As whom somebody is asked, inside a sentence.
ASKED_AS: Words[str] = Words(
    {
        Perspective.DEVELOPER: N_("asked as developer"),
        Perspective.OPERATIONS: N_("asked as operations"),
        Perspective.MANAGER: N_("asked as manager"),
        Perspective.PRODUCT: N_("asked as product"),
    }
)


def own_sheet(user: User, assessment_id: int) -> Respondent:
    """This person's sheet, the one they have before one they had; the 404 of a missing assessment without any."""
    found = Respondent.objects.filter(user=user, assessment=assessment_id, assessment__deleted_at=None)
    joined = found.select_related("assessment__system__team", "assessment__edition", "assessment__submitted_by")
    joined = joined.select_related("assessment__workspace", "user")
    respondent = (
        joined.select_related("asked_by", "removed_by")
        .defer("assessment__edition__content", "assessment__result")
        .order_by(F("removed_at").asc(nulls_first=True))
        .first()
    )
    if respondent is None:
        raise Http404
    activate_for(respondent.assessment.workspace)
    return respondent


def why_closed(respondent: Respondent) -> str:
    """Why this sheet takes no answers at present, and who must do what; "" when it takes some."""
    assessment = respondent.assessment
    if respondent.removed_at is not None:
        return _(
            "You are no longer asked to answer: {person} took you off the list. "
            "What you answered stays in the log and counts no more. Ask them if that is a mistake."
        ).format(person=respondent.removed_by)
    if sheets.has_left(respondent):
        return _(
            "You no longer belong to {workspace}. What you answered stays and counts. "
            "Ask {person} if that is a mistake."
        ).format(workspace=assessment.workspace, person=respondent.asked_by)
    if assessment.submitted_at is not None:
        return _("This version was submitted by {person} ({since}). Your answers went into it; thank you.").format(
            person=assessment.submitted_by, since=moment(assessment.submitted_at)
        )
    if not assessment.independent:
        return _(
            "The team answers this version together again, on one sheet. "
            "There is nothing for you to do here; {person} can tell you more."
        ).format(person=respondent.asked_by)
    return ""


@require_safe
@guests_allowed
@signed_in
def mine(request: HttpRequest, assessment_id: int) -> HttpResponse:
    respondent = own_sheet(user_of(request), assessment_id)
    return _overview(request, respondent)


def _overview(request: HttpRequest, respondent: Respondent, *, way_back: str = "") -> HttpResponse:
    user = user_of(request)
    assessment = respondent.assessment
    sheet = sheets.sheet_of(questionnaire_of(assessment.edition), respondent)
    answers = given(response_rows(respondent))
    progress = progress_of(sheet, {key: answer for key, answer in answers.items() if key in sheet.by_key})
    closed = why_closed(respondent)
    on_team = not user.is_guest and Assessment.objects.visible_to(user).filter(pk=assessment.pk).exists()
    context = {
        "assessment": assessment,
        "respondent": respondent,
        "sheet": respondent,
        "asked_as": ASKED_AS[respondent.perspective],
        "progress": progress,
        "next_url": _next_url(assessment, progress.next_open),
        "closed": closed,
        "lines": _lines(sheet, answers) if closed else [],
        "on_team": on_team,
        "way_back": request.build_absolute_uri(reverse("join", args=[way_back])) if way_back else "",
    }
    return render(request, "assessments/mine.html", context)


def _next_url(assessment: Assessment, question: Question | None) -> str:
    """The first question without an answer; "" when there is none."""
    if question is None:
        return ""
    return f"{reverse('assessment-my-section', args=[assessment.pk, question.section])}#q-{question.key}"


def _lines(sheet: Questionnaire, answers: Answers) -> list[tuple[str, str]]:
    """What one answered, in words, for a sheet that takes no more."""
    return [
        (question.wording, answer_in_words(question, answers[question.key]))
        for question in sheet.questions
        if question.key in answers and is_asked(question, answers)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@signed_in
def section(request: HttpRequest, assessment_id: int, slug: str) -> HttpResponseBase:
    user = user_of(request)
    respondent = own_sheet(user, assessment_id)
    assessment = respondent.assessment
    if why_closed(respondent):
        return redirect("assessment-mine", assessment.pk)
    whole = questionnaire_of(assessment.edition)
    sheet = sheets.sheet_of(whole, respondent)
    try:
        shown = sheet.section(slug)
    except KeyError:
        if any(section.slug == slug for section in whole.sections):
            messages.info(request, _("That section is not asked of you."))
            return redirect("assessment-mine", assessment.pk)
        raise Http404 from None
    rows = response_rows(respondent)
    cards = build_cards(sheet, shown, rows)
    suggested = suggestions_for(assessment, whole, given(rows), respondent=respondent)
    for card in cards:
        card.suggestion = suggested.get(card.question.key)
    if request.method != "POST":
        _show_others(whole, respondent, cards, given(rows))
        return section_page(request, assessment, sheet, shown, cards, given(rows), sheet=respondent)
    outcome = save_cards(assessment, cards, request.POST, by=user, respondent_id=respondent.pk)
    if isinstance(outcome, saving.Submitted | saving.Elsewhere):
        return redirect("assessment-mine", assessment.pk)
    if isinstance(outcome, saving.NotAllowed | saving.NotThere):
        raise Http404
    rows = response_rows(respondent)
    refresh(cards, rows)
    note_confirmed(request, assessment, cards, sheet=respondent)
    wrong = any(card.errors for card in cards)
    if wrong or any(card.conflict for card in cards):
        _show_others(whole, respondent, cards, given(rows))
        status = 400 if wrong else 409
        return section_page(request, assessment, sheet, shown, cards, given(rows), sheet=respondent, status=status)
    return redirect(after_section(request, assessment, sheet, shown, cards, sheet=respondent))


def _show_others(whole: Questionnaire, respondent: Respondent, cards: list[Card], answers: Answers) -> None:
    """Others' answers on the cards that this person has answered; on no other."""
    seen = anchoring.keys_open_on(whole, respondent, answers)
    keys = [card.question.key for card in cards if card.question.key in seen and card.answer is not None]
    said = anchoring.others_in_words(whole, respondent, keys) if keys else {}
    for card in cards:
        card.others = said.get(card.question.key, ())


@require_POST
@guests_allowed
@signed_in
def save(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The protocol of docs/saving.md. The page names its sheet, so that a save needs no look at it beforehand."""
    user = user_of(request)
    try:
        is_json = request.content_type == "application/json"
        change = read_change(read_json(request.body) if is_json else form_fields(request))
    except ValidationFailed as refused:
        own_sheet(user, assessment_id)
        return told(saving.Wrong(issues=tuple(refused.issues)))
    respondent_id = parse_number(request.GET.get("sheet", ""))
    if respondent_id is None:
        respondent_id = own_sheet(user, assessment_id).pk
    return told(saving.save_answer(assessment_id, change, by=user, respondent_id=respondent_id))


@require_POST
@guests_allowed
@signed_in
def finish(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    user = user_of(request)
    respondent = own_sheet(user, assessment_id)
    finished = request.POST.get("finished") != "no"
    try:
        respondents.finish(respondent, finished, by=user)
    except ValidationFailed as refused:
        add_error_messages(request, refused)
    else:
        text = _("Thank you. You can still change your answers until the version is submitted.")
        messages.success(request, text if finished else _("You are not done yet, and the team sees so."))
    return redirect("assessment-mine", assessment_id)


@require_POST
@guests_allowed
@signed_in
def way_back(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """A new personal link, shown on the page that answers and nowhere else."""
    user = user_of(request)
    respondent = own_sheet(user, assessment_id)
    if why_closed(respondent):
        if not user.is_guest:
            raise PermissionDenied
        return redirect("assessment-mine", assessment_id)
    return _overview(request, respondent, way_back=joining.new_way_back(respondent, by=user))


@require_safe
@guests_allowed
@signed_in
def asked(request: HttpRequest) -> HttpResponse:
    """All that asks this person for answers."""
    asks = list(sheets.open_asks(user_of(request)).defer("assessment__edition__content", "assessment__result"))
    rows: dict[int, list[Response]] = {}
    for row in Response.objects.filter(respondent__in=asks, answered=True):
        rows.setdefault(row.respondent_id, []).append(row)
    lines = []
    for ask in asks:
        answers = sheets.own_answers(rows.get(ask.pk, ()))
        lines.append((ask, sheets.own_progress(questionnaire_of(ask.assessment.edition), ask, answers)))
    return render(request, "assessments/mine_asked.html", {"lines": lines})
