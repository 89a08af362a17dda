"""Accepting an invitation by link: what it asks for, joining with a name or an account, and the personal link."""

from http import HTTPStatus

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assess.assessments import invitation_links
from assess.assessments.assignments import get_respondent
from assess.assessments.invitation_links import LinkExpired, LinkTarget
from assess.assessments.models import Respondent
from assess.assessments.progress import Progress, compute_progress
from assess.language import N_, _, ngettext
from assess.people.facade import User, guests_allowed, open_to_all, stamp_session
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import absolute_url, activate_for, error_response, too_many_requests

UNKNOWN = N_("This link does not exist. Check that you copied all of it, or ask the person who sent it for a new one.")


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@never_cache
@open_to_all(reason="the secret link is the permission; it leads to one person's answers and to nothing else")
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    if request.method == "POST" and not ratelimit.consume(request, action="join"):
        return too_many_requests(request, retry_after=60)
    try:
        target = invitation_links.resolve_link(token)
        if target is None:
            return error_response(request, HTTPStatus.NOT_FOUND, "errors/404.html", _(UNKNOWN))
        return accept_link(request, token, target)
    except LinkExpired as expired:
        context = {"heading": expired.heading, "sentence": expired.sentence}
        return render(request, "assessments/join_refused.html", context, status=HTTPStatus.GONE)
    except Respondent.DoesNotExist:  # the link was removed a moment ago
        return error_response(request, HTTPStatus.NOT_FOUND, "errors/404.html", _(UNKNOWN))


def accept_link(request: HttpRequest, token: str, target: LinkTarget) -> HttpResponseBase:
    """The page that asks whether to join; on POST, joining. Raises LinkExpired and Respondent.DoesNotExist."""
    activate_for(target.assessment.workspace)
    user = request.user if isinstance(request.user, User) else None
    known = target.respondent.user if target.respondent else None
    wrong = invitation_links.why_not_usable_by(target, user) if user else ""
    if wrong:
        context = {"heading": _("This link is for somebody else"), "sentence": wrong, "may_leave": True}
        return render(request, "assessments/join_refused.html", context, status=HTTPStatus.FORBIDDEN)
    if user and (known == user or (target.link and get_respondent(user, target.assessment))):
        return redirect("assessment-mine", target.assessment.pk)
    if known and not known.is_guest:
        sign_in_url = f"{reverse('account_login')}?next={reverse('assessment-mine', args=[target.assessment.pk])}"
        sentence = _("{person} answers by this link. Sign in as {person} to go on.").format(person=known)
        context = {"heading": _("Sign in to go on"), "sentence": sentence, "sign_in": sign_in_url}
        return render(request, "assessments/join_refused.html", context, status=HTTPStatus.FORBIDDEN)
    if request.method != "POST":
        return render_join(request, target)
    if user:
        invitation_links.join_with_account(token, by=user)
        return redirect("assessment-mine", target.assessment.pk)
    name = request.POST.get("name", "")
    if known:
        respondent, personal_token = target.respondent, ""
    else:
        try:
            respondent, personal_token = invitation_links.join_as_guest(token, name=name, address=get_ip(request))
        except ValidationFailed as failed:
            error = f"{failed.issues[0].message}."
            return render_join(request, target, name=name, error=error, status=HTTPStatus.BAD_REQUEST)
    person = respondent.user if respondent else None
    if person is None or not person.is_active:
        sentence = _("Ask {person} to ask you again.").format(person=target.asked_by)
        raise LinkExpired("inactive", _("This link no longer works"), sentence)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    stamp_session(request)
    if not personal_token:
        return redirect("assessment-mine", target.assessment.pk)
    link = absolute_url(reverse("join", args=[personal_token]))
    context = {"assessment": target.assessment, "link": link, "person": person}
    return render(request, "assessments/join_welcome.html", context)


def render_join(
    request: HttpRequest, target: LinkTarget, *, name: str = "", error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "assessment": target.assessment,
        "asked_by": target.asked_by,
        "known": target.respondent.user if target.respondent else None,
        "work": describe_work(compute_progress(target.questionnaire(), {})),
        "name": name,
        "error": error,
        "sign_in": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "assessments/join.html", context, status=status)


def describe_work(progress: Progress) -> str:
    """How much there is to answer, in a sentence."""
    sections, minutes = len(progress.sections), progress.minutes_left
    return _("{questions} in {sections}, about {minutes}.").format(
        questions=ngettext("{count} question", "{count} questions", progress.asked).format(count=progress.asked),
        sections=ngettext("{count} section", "{count} sections", sections).format(count=sections),
        minutes=ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes),
    )
