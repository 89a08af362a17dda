"""Coming to answer by a link: what it asks for, joining with a name or an account, and the way back."""

from http import HTTPStatus

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assess.assessments import joining, sheets
from assess.assessments.joining import ClosedDoorError, Door
from assess.assessments.models import Respondent
from assess.assessments.progress import Progress, progress_of
from assess.language import N_, _, ngettext
from assess.people.facade import User, guests_allowed, open_to_all, stamp_session
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import activate_for, error_response, too_many_requests

UNKNOWN = N_("This link leads nowhere. Check that all of it was copied, or ask whoever sent it for a new one.")


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@never_cache
@open_to_all(reason="the secret link is the permission; it leads to one sheet and to nothing else")
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    if request.method == "POST" and not ratelimit.consume(request, action="join"):
        return too_many_requests(request, retry_after=60)
    try:
        door = joining.open_door(token)
        if door is None:
            return error_response(request, HTTPStatus.NOT_FOUND, "errors/404.html", _(UNKNOWN))
        return _at_the_door(request, token, door)
    except ClosedDoorError as closed:
        context = {"heading": closed.heading, "sentence": closed.sentence}
        return render(request, "assessments/joining_closed.html", context, status=HTTPStatus.GONE)
    except Respondent.DoesNotExist:  # between the look and the joining
        return error_response(request, HTTPStatus.NOT_FOUND, "errors/404.html", _(UNKNOWN))


def _at_the_door(request: HttpRequest, token: str, door: Door) -> HttpResponseBase:
    activate_for(door.assessment.workspace)
    user = request.user if isinstance(request.user, User) else None
    known = door.respondent.user if door.respondent else None
    wrong = joining.why_not_theirs(door, user) if user else ""
    if wrong:
        context = {"heading": _("This link is for somebody else"), "sentence": wrong, "may_leave": True}
        return render(request, "assessments/joining_closed.html", context, status=HTTPStatus.FORBIDDEN)
    if user and (known == user or (door.link and sheets.respondent_of(user, door.assessment))):
        return redirect("assessment-mine", door.assessment.pk)
    if known and not known.is_guest:
        sentence = _("{person} answers by this link. Sign in as {person} to go on.").format(person=known)
        context = {"heading": _("Sign in to go on"), "sentence": sentence, "sign_in": _sign_in_url(door)}
        return render(request, "assessments/joining_closed.html", context, status=HTTPStatus.FORBIDDEN)
    if request.method != "POST":
        return _page(request, door)
    if user:
        joining.join_as(token, by=user)
        return redirect("assessment-mine", door.assessment.pk)
    name = request.POST.get("name", "")
    if known:
        respondent, way_back = door.respondent, ""
    else:
        try:
            respondent, way_back = joining.join_as_guest(token, name=name)
        except ValidationFailed as refused:
            error = f"{refused.issues[0].message}."
            return _page(request, door, name=name, error=error, status=HTTPStatus.BAD_REQUEST)
    person = respondent.user if respondent else None
    if person is None or not person.is_active:
        sentence = _("Ask {person} to ask you again.").format(person=door.asked_by)
        raise ClosedDoorError("inactive", _("This link works no more"), sentence)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    stamp_session(request)
    if not way_back:
        return redirect("assessment-mine", door.assessment.pk)
    link = request.build_absolute_uri(reverse("join", args=[way_back]))
    context = {"assessment": door.assessment, "link": link, "person": person}
    return render(request, "assessments/joining_welcome.html", context)


def _page(
    request: HttpRequest, door: Door, *, name: str = "", error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    progress = progress_of(door.questionnaire(), {})
    context = {
        "assessment": door.assessment,
        "asked_by": door.asked_by,
        "known": door.respondent.user if door.respondent else None,
        "work": _work(progress),
        "name": name,
        "error": error,
        "sign_in": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "assessments/joining.html", context, status=status)


def _work(progress: Progress) -> str:
    """How much it is, in a sentence."""
    sections, minutes = len(progress.sections), progress.minutes_left
    return _("{questions} in {sections}, about {minutes}.").format(
        questions=ngettext("{count} questions", "{count} questions", progress.asked).format(count=progress.asked),
        sections=ngettext("{count} section", "{count} sections", sections).format(count=sections),
        minutes=ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes),
    )


def _sign_in_url(door: Door) -> str:
    return f"{reverse('account_login')}?next={reverse('assessment-mine', args=[door.assessment.pk])}"
