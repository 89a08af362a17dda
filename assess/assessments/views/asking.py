"""The page of an assessment's people: who is asked, how far they are, and asking, reminding and removing them."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assess.assessments import anchoring, common_sheet, respondents, sheets
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment, Perspective, Respondent, Response
from assess.assessments.progress import Progress
from assess.assessments.views.answering import together_url
from assess.assessments.views.fetch import readable, writable
from assess.assessments.words import moment
from assess.language import _, ngettext
from assess.people.facade import Ability, User, abilities, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import add_error_messages, parse_number


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One respondent as the page shows them."""

    respondent: Respondent
    progress: Progress
    sections: tuple[str, ...]
    last: str
    is_me: bool
    came_late: bool  #: asked, or asked anew, when others' answers were there for them to see

    @property
    def may_remind(self) -> bool:
        """Whether there is anything to remind them of, and an address to do it by."""
        return respondents.has_address(self.respondent) and not self.is_me and self.respondent.finished_at is None

    @property
    def way(self) -> str:
        """How they came, or that they have not come yet."""
        respondent = self.respondent
        if respondent.user is None:
            ends = respondent.expires_at
            if ends is not None and ends <= timezone.now():
                return _("asked by mail, the link has expired")
            return _("asked by mail, has not come yet")
        if respondent.user.is_guest:
            return _("guest")
        return ""


@require_safe
@signed_in
def people(request: HttpRequest, assessment_id: int) -> HttpResponse:
    user = user_of(request)
    return _page(request, readable(user, assessment_id))


def _page(
    request: HttpRequest,
    assessment: Assessment,
    *,
    link: str = "",
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    user = user_of(request)
    allowed = abilities(user, assessment.system.team)
    questionnaire = questionnaire_of(assessment.edition)
    may_ask = Ability.ASK in allowed and assessment.is_open
    lines = _lines(assessment, user)
    posted = request.POST if errors else QueryDict()
    context: dict[str, Any] = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "lines": lines,
        "finished": sum(line.respondent.finished_at is not None for line in lines),
        "asked_me": any(line.is_me for line in lines),
        "may_ask": may_ask,
        "may_join": Ability.ANSWER in allowed and assessment.is_open and assessment.independent,
        "perspectives": [(value, label, _titles(assessment, value)) for value, label in Perspective.choices],
        "together_url": together_url(assessment) if assessment.independent else "",
        "link": link,
        "errors": errors or {},
        "posted": {
            "people": posted.getlist("people"),
            "emails": posted.get("emails", ""),
            "perspective": posted.get("perspective", Perspective.DEVELOPER),
            "sections": posted.getlist("sections"),
        },
    }
    if may_ask:
        links = assessment.guest_links.filter(revoked_at=None, expires_at__gt=timezone.now())
        context["links"] = links.annotate(came=Count("respondents")).order_by("-created_at")
        context["team_mates"], context["colleagues"] = respondents.colleagues(assessment)
        context["link_days"] = settings.LIMITS["invitation_days"]
        context["link_places"] = settings.LIMITS["guests_per_link"]
        context["mails_left"] = respondents.mails_left(user, at=timezone.now())
    return render(request, "assessments/asking.html", context, status=status)


def _titles(assessment: Assessment, perspective: str) -> str:
    sheet = sheets.asked_sections(questionnaire_of(assessment.edition), Respondent(perspective=perspective))
    return _(", ").join(section.title for section in sheet)


def _lines(assessment: Assessment, user: User) -> list[Line]:
    """Everybody who is asked, in the order of asking. Four queries at most."""
    questionnaire = questionnaire_of(assessment.edition)
    rows: dict[int, list[Response]] = {}
    for row in assessment.responses.filter(respondent__removed_at=None):
        rows.setdefault(row.respondent_id, []).append(row)
    lines = []
    asked = list(assessment.respondents.filter(removed_at=None).select_related("user").order_by("asked_at", "id"))
    late = anchoring.came_late(assessment, asked)
    for respondent in asked:
        own = rows.get(respondent.pk, [])
        answers = sheets.own_answers(own)
        lines.append(
            Line(
                respondent=respondent,
                progress=sheets.own_progress(questionnaire, respondent, answers),
                sections=tuple(section.slug for section in sheets.asked_sections(questionnaire, respondent)),
                last=moment(max(row.answered_at for row in own)) if own else "",
                is_me=respondent.user_id == user.pk,
                came_late=respondent.pk in late,
            )
        )
    return lines


@require_POST
@signed_in
def ask(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Colleagues by name, others by mail, or both."""
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.ASK)
    chosen = [number for text in request.POST.getlist("people") if (number := parse_number(text)) is not None]
    picked = list(User.objects.filter(pk__in=chosen, memberships__workspace=assessment.workspace_id).distinct())
    emails = request.POST.get("emails", "").replace(",", "\n").replace(";", "\n").splitlines()
    try:
        asked = respondents.ask(
            assessment,
            people=picked,
            emails=[email for email in emails if email.strip()],
            perspective=request.POST.get("perspective", ""),
            sections=request.POST.getlist("sections"),
            by=user,
        )
    except ValidationFailed as refused:
        return _refused(request, assessment, refused)
    text = ngettext("{person} is asked to answer.", "{count} people are asked to answer.", len(asked))
    messages.success(request, text.format(person=asked[0], count=len(asked)))
    return redirect("assessment-people", assessment.pk)


@require_POST
@signed_in
def guest_link(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The link stands on the page that answers, and nowhere afterwards."""
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.ASK)
    try:
        _link, token = respondents.make_guest_link(
            assessment,
            perspective=request.POST.get("perspective", Perspective.DEVELOPER),
            sections=request.POST.getlist("sections"),
            by=user,
        )
    except ValidationFailed as refused:
        return _refused(request, assessment, refused)
    assessment = readable(user, assessment_id)
    return _page(request, assessment, link=request.build_absolute_uri(reverse("join", args=[token])))


def _refused(request: HttpRequest, assessment: Assessment, refused: ValidationFailed) -> HttpResponse:
    errors: dict[str, str] = {}
    for issue in refused.issues:
        before = errors.get(issue.key)
        errors[issue.key] = f"{before} {issue.message}." if before else f"{issue.message}."
    return _page(request, assessment, errors=errors, status=HTTPStatus.BAD_REQUEST)


@require_POST
@signed_in
def revoke_link(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, link_id: int) -> str:
        respondents.revoke_guest_link(assessment, link_id, by=user)
        return _("The link works no more. Whoever came by it stays.")

    return _do(request, assessment_id, "link", act)


@require_POST
@signed_in
def remind(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, respondent_id: int) -> str:
        reminded = respondents.remind(assessment, respondent_id, by=user)
        return _("{person} is reminded.").format(person=reminded)

    return _do(request, assessment_id, "respondent", act)


@require_POST
@signed_in
def remove(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, respondent_id: int) -> str:
        gone = respondents.remove(assessment, respondent_id, by=user)
        return _(
            "{person} is no longer asked, and their answers count no more. Ask them again to bring these back."
        ).format(person=gone)

    return _do(request, assessment_id, "respondent", act)


@require_POST
@signed_in
def change_sections(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, respondent_id: int) -> str:
        changed = respondents.change_sections(
            assessment,
            respondent_id,
            perspective=request.POST.get("perspective", ""),
            sections=request.POST.getlist("sections"),
            by=user,
        )
        return _("What {person} is asked is changed.").format(person=changed)

    return _do(request, assessment_id, "respondent", act)


@require_POST
@signed_in
def names(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    shown = request.POST.get("shown") == "yes"

    def act(assessment: Assessment, user: User, _none: int) -> str:
        respondents.show_names(assessment, shown, by=user)
        return _("Names show beside answers.") if shown else _("Answers show without names.")

    return _do(request, assessment_id, "", act)


@require_POST
@signed_in
def together_again(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, _none: int) -> str:
        common_sheet.answer_together_again(assessment, by=user)
        return _("The team answers together again. Where answers differed, the question waits for one.")

    return _do(request, assessment_id, "", act)


@require_POST
@signed_in
def join(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """A sheet of one's own for somebody on the team."""
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.ANSWER)
    try:
        respondents.answer_for_oneself(assessment, by=user)
    except ValidationFailed as refused:
        add_error_messages(request, refused)
        return redirect("assessment-people", assessment.pk)
    return redirect("assessment-mine", assessment.pk)


def _do(
    request: HttpRequest, assessment_id: int, field: str, act: Callable[[Assessment, User, int], str]
) -> HttpResponseBase:
    """Do it to the thing that the form's `field` names, say so, and go back to the page."""
    user = user_of(request)
    assessment = writable(user, assessment_id, Ability.ASK)
    named = parse_number(request.POST.get(field, "")) if field else None
    try:
        messages.success(request, act(assessment, user, named or 0))
    except ValidationFailed as refused:
        add_error_messages(request, refused)
    return redirect("assessment-people", assessment.pk)
