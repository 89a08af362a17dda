"""The page of an assessment's people: who is asked and how far they are; ask, remind and remove them."""

from collections import Counter
from collections.abc import Callable, Iterable
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

from assess.assessments import respondents
from assess.assessments.access import open_assessment
from assess.assessments.answers import answers_from_rows
from assess.assessments.assignments import assigned_sections, progress_of_respondent
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_datetime
from assess.assessments.models import Assessment, Respondent, Response
from assess.assessments.perspectives import Perspective
from assess.assessments.progress import Progress
from assess.assessments.response_mode import return_to_shared_answers
from assess.assessments.response_visibility import find_asked_late, shows_answers_of
from assess.language import _, ngettext
from assess.people.facade import Ability, Membership, Role, User, abilities, signed_in, user_of
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import absolute_url, add_error_messages, parse_number

#: More people of the team, or of other teams, are not listed; they can be asked by their addresses.
MAX_COLLEAGUES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RespondentLine:
    """One respondent as the page shows them."""

    respondent: Respondent
    progress: Progress | None  #: None where names are hidden: it would tell whose answers came when
    sections: tuple[str, ...]
    last: str
    is_me: bool
    asked_late: bool  #: they could see others' answers before giving theirs
    same_source: int = 0  #: how many guests, this one included, joined from their network address; 0 for one alone

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
            return _("asked by mail, has not joined yet")
        if respondent.user.is_guest:
            return _("guest")
        return ""


@require_safe
@signed_in
def people(request: HttpRequest, assessment_id: int) -> HttpResponse:
    _user, assessment = open_assessment(request, assessment_id)
    return render_people(request, assessment)


def render_people(
    request: HttpRequest,
    assessment: Assessment,
    *,
    link: str = "",
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page; with a guest link to show this once, or with what was posted and why it was not done."""
    user = user_of(request)
    allowed = abilities(user, assessment.system.team)
    questionnaire = questionnaire_of(assessment.edition)
    may_ask = Ability.ASK in allowed and assessment.is_open
    lines = respondent_lines(assessment, user)
    posted = request.POST if errors else QueryDict()
    context: dict[str, Any] = {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "lines": lines,
        "finished": sum(line.respondent.finished_at is not None for line in lines),
        "asked_me": any(line.is_me for line in lines),
        "may_ask": may_ask,
        "may_join": Ability.ANSWER in allowed and assessment.is_open and assessment.answers_separately,
        "perspectives": [(value, label, section_titles(assessment, value)) for value, label in Perspective.choices],
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
        context["team_mates"], context["colleagues"] = colleagues(assessment)
        context["link_days"] = settings.LIMITS["invitation_days"]
        context["link_places"] = settings.LIMITS["guests_per_link"]
        context["mails_left"] = respondents.mails_left(user, at=timezone.now())
    return render(request, "assessments/people.html", context, status=status)


def section_titles(assessment: Assessment, perspective: str) -> str:
    """The titles of the sections that people of this perspective are asked."""
    sections = assigned_sections(questionnaire_of(assessment.edition), Respondent(perspective=perspective))
    return _(", ").join(section.title for section in sections)


def respondent_lines(assessment: Assessment, user: User) -> list[RespondentLine]:
    """Everybody who is asked, in the order of asking. Four queries at most."""
    questionnaire = questionnaire_of(assessment.edition)
    rows: dict[int, list[Response]] = {}
    for row in assessment.responses.filter(respondent__removed_at=None):
        rows.setdefault(row.respondent_id, []).append(row)
    lines = []
    asked_respondents = list(
        assessment.respondents.filter(removed_at=None).select_related("user").order_by("asked_at", "id")
    )
    asked_late = find_asked_late(assessment, asked_respondents)
    sources = Counter(respondent.source for respondent in asked_respondents if respondent.source)
    for respondent in asked_respondents:
        responses = rows.get(respondent.pk, [])
        answers = answers_from_rows(responses)
        is_me = respondent.user_id == user.pk
        is_shown = is_me or shows_answers_of(assessment, 1)
        lines.append(
            RespondentLine(
                respondent=respondent,
                progress=progress_of_respondent(questionnaire, respondent, answers) if is_shown else None,
                sections=tuple(section.slug for section in assigned_sections(questionnaire, respondent)),
                last=format_datetime(max(row.answered_at for row in responses)) if responses and is_shown else "",
                is_me=is_me,
                asked_late=respondent.pk in asked_late,
                same_source=sources[respondent.source] if sources[respondent.source] > 1 else 0,
            )
        )
    return lines


@require_POST
@signed_in
def ask(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Ask colleagues by name, others by mail, or both."""
    user, assessment = open_assessment(request, assessment_id, Ability.ASK)
    chosen = [number for text in request.POST.getlist("people") if (number := parse_number(text)) is not None]
    picked = list(User.objects.filter(pk__in=chosen, memberships__workspace=assessment.workspace_id).distinct())
    emails = request.POST.get("emails", "").replace(",", "\n").replace(";", "\n").splitlines()
    try:
        new_respondents = respondents.ask_to_answer(
            assessment,
            people=picked,
            emails=[email for email in emails if email.strip()],
            perspective=request.POST.get("perspective", ""),
            sections=request.POST.getlist("sections"),
            by=user,
        )
    except ValidationFailed as error:
        return render_errors(request, assessment, error)
    text = ngettext("{person} is asked to answer.", "{count} people are asked to answer.", len(new_respondents))
    messages.success(request, text.format(person=new_respondents[0], count=len(new_respondents)))
    return redirect("assessment-people", assessment.pk)


@require_POST
@signed_in
def guest_link(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Make a guest link. The page that this responds with shows it, and no other."""
    user, assessment = open_assessment(request, assessment_id, Ability.ASK)
    try:
        _link, token = respondents.make_guest_link(
            assessment,
            perspective=request.POST.get("perspective", Perspective.DEVELOPER),
            sections=request.POST.getlist("sections"),
            by=user,
        )
    except ValidationFailed as error:
        return render_errors(request, assessment, error)
    return render_people(request, assessment, link=absolute_url(reverse("join", args=[token])))


def render_errors(request: HttpRequest, assessment: Assessment, error: ValidationFailed) -> HttpResponse:
    """The page with a sentence beside each field that is wrong (400)."""
    errors: dict[str, str] = {}
    for issue in error.issues:
        before = errors.get(issue.key)
        errors[issue.key] = f"{before} {issue.message}." if before else f"{issue.message}."
    return render_people(request, assessment, errors=errors, status=HTTPStatus.BAD_REQUEST)


@require_POST
@signed_in
def revoke_link(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, link_id: int) -> str:
        respondents.revoke_guest_link(assessment, link_id, by=user)
        return _("The link no longer works. People who joined by it stay.")

    return run_action(request, assessment_id, "link", act)


@require_POST
@signed_in
def remind(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, respondent_id: int) -> str:
        reminded = respondents.remind_respondent(assessment, respondent_id, by=user)
        return _("{person} is reminded.").format(person=reminded)

    return run_action(request, assessment_id, "respondent", act)


@require_POST
@signed_in
def remove(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, respondent_id: int) -> str:
        removed = respondents.remove_respondent(assessment, respondent_id, by=user)
        return _(
            "{person} is no longer asked, and their answers no longer count. Ask them again to bring the answers back."
        ).format(person=removed)

    return run_action(request, assessment_id, "respondent", act)


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
        return _("{person} is asked other sections now.").format(person=changed)

    return run_action(request, assessment_id, "respondent", act)


@require_POST
@signed_in
def names(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    shown = request.POST.get("shown") == "yes"

    def act(assessment: Assessment, user: User, _none: int) -> str:
        respondents.show_names(assessment, shown, by=user)
        return _("Names show beside answers.") if shown else _("Answers show without names.")

    return run_action(request, assessment_id, "", act)


@require_POST
@signed_in
def share_answers_again(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    def act(assessment: Assessment, user: User, _none: int) -> str:
        return_to_shared_answers(assessment, by=user)
        return _("The team shares its answers again. Questions on which people differed are open.")

    return run_action(request, assessment_id, "", act)


@require_POST
@signed_in
def answer_separately(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """Answer separately, for somebody on the team who was not asked."""
    user, assessment = open_assessment(request, assessment_id, Ability.ANSWER)
    try:
        respondents.answer_for_oneself(assessment, by=user)
    except ValidationFailed as error:
        add_error_messages(request, error)
        return redirect("assessment-people", assessment.pk)
    return redirect("assessment-mine", assessment.pk)


def run_action(
    request: HttpRequest, assessment_id: int, field: str, act: Callable[[Assessment, User, int], str]
) -> HttpResponseBase:
    """Call `act` with the id in the form's `field`, show the sentence that it returns, and go back to the page."""
    user, assessment = open_assessment(request, assessment_id, Ability.ASK)
    named = parse_number(request.POST.get(field, "")) if field else None
    try:
        messages.success(request, act(assessment, user, named or 0))
    except ValidationFailed as error:
        add_error_messages(request, error)
    return redirect("assessment-people", assessment.pk)


def colleagues(assessment: Assessment) -> tuple[list[tuple[User, str]], list[tuple[User, str]]]:
    """People of the team, and of the rest of the workspace, whom one may ask by name, each with their role.
    Two queries, however many people there are."""
    asked_users = assessment.respondents.filter(removed_at=None).exclude(user=None).values("user")
    memberships = assessment.workspace.memberships.filter(user__is_active=True).exclude(user__in=asked_users)
    in_order = memberships.select_related("user", "team").order_by("user__name", "user__email", "id")
    of_team = {each.user_id: each for each in in_order.filter(team=assessment.team_id)[:MAX_COLLEAGUES]}
    others: dict[int, Membership] = {}
    # Whoever has several roles is there several times: read more than are listed.
    for each in in_order.exclude(user__memberships__team=assessment.team_id)[: 2 * MAX_COLLEAGUES]:
        others.setdefault(each.user_id, each)
    return with_roles(of_team.values()), with_roles(others.values())[:MAX_COLLEAGUES]


def with_roles(memberships: Iterable[Membership]) -> list[tuple[User, str]]:
    """Each person with their role: "Team member, Payments"."""
    return [
        (
            each.user,
            _("{role}, {team}").format(role=Role(each.role).label, team=each.team)
            if each.team
            else str(Role(each.role).label),
        )
        for each in memberships
    ]
