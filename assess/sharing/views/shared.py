"""The pages behind a share link: one version's result for somebody without an account, read-only.

The address that was sent holds a secret, so the visitor leaves it at once: the session remembers the link, and the
pages have clean addresses. Each request checks again that the link works. It signs nobody in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.hashers import check_password
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assess.assessments.facade import Assessment, build_result_page, format_answer, format_datetime, questionnaire_of
from assess.language import N_, _, any_of
from assess.people.facade import User, hash_token, open_to_all
from assess.questionnaire.facade import (
    BASIS_WORDS,
    Answer,
    Answers,
    Question,
    Section,
    is_asked,
    worded_for,
)
from assess.reports.facade import (
    ACTIVE,
    QueueLimitError,
    ReportState,
    ensure_rendering,
    get_newest_report,
    get_ready_report,
    pdf_response,
    request_report,
)
from assess.sharing import link_sessions
from assess.sharing.models import Scope, ShareLink
from assess.web.facade import activate_for, error_response, is_partial, render_page_or_part, too_many_requests

#: A PDF that failed is tried again when somebody looks after so long.
TRY_AGAIN: Final = timedelta(seconds=60)

NOT_OPENED = N_(
    "There is nothing here, or you have no access. If somebody sent you a link, open the complete link again."
)

View = Callable[..., HttpResponseBase]


def unlisted(view: View) -> View:
    """No cache keeps the response, no search engine lists it, no other site learns its address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    return guarded


# --- opening a link


@open_to_all(reason="the secret in the address is the permission")
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Redirects to the clean address, after the passcode where there is one."""
    link = links_with_assessment().filter(token_hash=hash_token(token)).first()
    if link is None:
        return render_nothing(request)
    activate_for(link.assessment.workspace)
    opened_before = link_sessions.has_opened(request, link)
    if link.closed_reason(timezone.now()):
        return render_closed(request, link, show_name=opened_before or not link.passcode)
    if not opened_before and link.passcode:
        if request.method != "POST":
            return render_passcode(request)
        attempt = link_sessions.take_attempt(link, request.META.get("REMOTE_ADDR", ""))
        if not isinstance(attempt, link_sessions.PasscodeAttempt):
            return too_many_requests(request, retry_after=attempt)
        if not check_password(request.POST.get("passcode", "").strip(), link.passcode):
            return render_passcode(request, wrong=True)
        attempt.refund()
    if not opened_before and request.method != "HEAD":
        link_sessions.remember_link(request, link)
    return redirect("shared", link.pk)


def render_passcode(request: HttpRequest, *, wrong: bool = False) -> HttpResponse:
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    response = render(request, "sharing/passcode.html", {"wrong": wrong}, status=status)
    # Without any referrer a browser sends `Origin: null` with the form, which the check against forged forms refuses;
    # so the site alone is named, never the address with its secret.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


# --- the pages


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """One question with its answer in words. `state` is known, not_applicable, apart, not_sure or unanswered."""

    question: Question
    answer: Answer | None
    words: str
    state: str
    basis: str


@open_to_all(reason="for whoever opened a share link; each request checks it again")
@unlisted
@require_safe
def show_result(request: HttpRequest, link_id: int) -> HttpResponseBase:
    link = opened_link(request, link_id)
    if not isinstance(link, ShareLink):
        return link
    shared = link_context(link)
    context = {
        **build_result_page(link.assessment, timezone.now()),
        **shared,
        "version_line": describe_version(shared["assessment"], shared["submitted_at"], shared["submitted_by"]),
        "is_shared": True,
        "hides_answers": link.scope != Scope.ANSWERS,
        "answers_url": reverse("shared-answers", args=[link.pk]) if link.scope == Scope.ANSWERS else "",
    }
    return render(request, "sharing/result.html", context)


@open_to_all(reason="for whoever opened a share link that shows answers; each request checks it again")
@unlisted
@require_safe
def show_answers(request: HttpRequest, link_id: int) -> HttpResponseBase:
    link = opened_link(request, link_id, scopes=(Scope.ANSWERS,))
    if not isinstance(link, ShareLink):
        return link
    answers = link.assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(link.assessment.edition), answers)
    sections = [(section, answer_lines(section, answers)) for section in questionnaire.sections]
    return render(request, "sharing/answers.html", {**link_context(link), "sections": sections})


@open_to_all(reason="for whoever opened a share link with the PDF; each request checks it again")
@unlisted
@require_safe
def show_pdf(request: HttpRequest, link_id: int) -> HttpResponseBase:
    """The PDF. Where there is none yet, it is queued, and a page that reloads itself says so."""
    link = opened_link(request, link_id, scopes=(Scope.REPORT, Scope.ANSWERS))
    if not isinstance(link, ShareLink):
        return link
    assessment = link.assessment
    newest = get_newest_report(assessment)
    if newest is None or newest.state not in ACTIVE:
        ready = get_ready_report(assessment)
        if ready is not None and is_partial(request):
            return render_page_or_part(request, "sharing/pdf.html", "state", {**link_context(link), "stage": "ready"})
        if ready is not None:
            return pdf_response(request, ready)
        failed_at = newest.finished_at if newest is not None and newest.state == ReportState.FAILED else None
        may_ask = failed_at is None or timezone.now() - failed_at >= TRY_AGAIN
        if may_ask and request.method == "GET":
            try:
                newest = request_report(assessment, by=None)
            except QueueLimitError as busy:
                return too_many_requests(request, retry_after=busy.retry_after)
    if newest is not None and newest.state in ACTIVE:
        ensure_rendering(newest)
    failed = newest is not None and newest.state == ReportState.FAILED
    context = {**link_context(link), "stage": "failed" if failed else "waiting"}
    status = HTTPStatus.OK if failed else HTTPStatus.ACCEPTED
    return render_page_or_part(request, "sharing/pdf.html", "state", context, status=status)


# --- who may see it


def links_with_assessment() -> "QuerySet[ShareLink]":
    """The links with all that their pages show."""
    joined = ShareLink.objects.select_related(
        "created_by",
        "assessment__system__team",
        "assessment__workspace",
        "assessment__edition",
        "assessment__created_by",
        "assessment__submitted_by",
    )
    return joined.defer("assessment__edition__content", "assessment__result")


def opened_link(
    request: HttpRequest, link_id: int, *, scopes: tuple[Scope, ...] = tuple(Scope)
) -> ShareLink | HttpResponse:
    """The link, if this session opened it, it works and has one of the scopes; else the page that says what to do.

    To a session that never opened it, it does not exist.
    """
    link = (
        links_with_assessment().filter(pk=link_id).first() if link_sessions.may_have_opened(request, link_id) else None
    )
    if link is None or not link_sessions.has_opened(request, link):
        return render_nothing(request)
    activate_for(link.assessment.workspace)
    if link.closed_reason(timezone.now()):
        return render_closed(request, link, show_name=True)
    if link.scope not in scopes:
        return render_nothing(request)
    if request.method == "GET":
        link_sessions.count_opening(request, link)
    return link


def render_nothing(request: HttpRequest) -> HttpResponse:
    return error_response(
        request, HTTPStatus.NOT_FOUND, "sharing/closed.html", _(NOT_OPENED), heading=_("Page not found")
    )


def render_closed(request: HttpRequest, link: ShareLink, *, show_name: bool) -> HttpResponse:
    name = visible_name(link.created_by) if show_name and link.assessment.names_shown else ""
    sentence = (
        _("This link no longer works. Ask {person} for a new one.").format(person=name)
        if name
        else _("This link no longer works. Ask the person who sent it for a new one.")
    )
    return error_response(
        request, HTTPStatus.GONE, "sharing/closed.html", sentence, heading=_("This link no longer works")
    )


# --- what it shows


def link_context(link: ShareLink) -> dict[str, Any]:
    """The context that every page of a link shares."""
    assessment = link.assessment
    assert assessment.submitted_at is not None  # else the link opens nothing
    submitted_by = visible_name(assessment.submitted_by) if assessment.submitted_by and assessment.names_shown else ""
    return {
        "link": link,
        "assessment": assessment,
        "submitted_at": format_datetime(assessment.submitted_at),
        "submitted_by": submitted_by,
        "until": format_datetime(link.expires_at),
        "shows_report": link.scope in (Scope.REPORT, Scope.ANSWERS),
        "shows_answers": link.scope == Scope.ANSWERS,
    }


def describe_version(assessment: Assessment, moment: str, person: str) -> str:
    """Which version it is, by whom where names are shown, and its state."""
    pattern = _("Version {version}, submitted {moment} by {person}. {state}")
    if not person:
        pattern = _("Version {version}, submitted {moment}. {state}")
    return pattern.format(
        version=assessment.version, moment=moment, person=person, state=assessment.get_state_display()
    )


def visible_name(person: User) -> str:
    """The name, never the mail address: a visitor by a link is a stranger. "" where there is none to show."""
    return "" if person.erased_at else person.name


def answer_lines(section: Section, answers: Answers) -> list[AnswerLine]:
    lines = []
    for question in section.questions:
        if not is_asked(question, answers):
            continue
        answer = answers.get(question.key)
        words = format_answer(question, answer)
        if answer is None:
            state = "unanswered"
        elif answer.is_known:
            state = "known"
        elif answer.between:
            state = "apart"
            words = any_of([format_answer(question, Answer(value=value)) for value in answer.between])
        else:
            state = "not_applicable" if answer.not_applicable else "not_sure"
        basis = BASIS_WORDS.get(answer.basis or "", "") if answer else ""
        lines.append(AnswerLine(question=question, answer=answer, words=words, state=state, basis=basis))
    return lines
