"""Inviting, and being invited. The address of an invitation is open to all: its token is the permission to read it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assess.language import _, with_zone
from assess.people import invitations
from assess.people.access import open_to_all, signed_in, user_of
from assess.people.actions import words_of
from assess.people.forms_of_people import WHAT_FOR, InviteForm, add_problems
from assess.people.invitations import OVER, Hindrance, Sent, TooMany
from assess.people.models import Invitation, Role, User
from assess.people.signing_in import mail_is_sent
from assess.people.views.access import Desk, desk, posted
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import activate_for, add_error_messages, too_many


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def invite(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    here = desk(user, workspace_id)
    initial = {"place": request.GET.get("team", "")}
    form = InviteForm(posted(request), teams=here.teams, whole=here.all_of_it, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite(
                workspace=here.workspace,
                team=form.team,
                role=form.cleaned_data["role"],
                email=form.cleaned_data["email"],
                by=user,
            )
        except TooMany as limit:
            return _too_many(request, limit)
        except ValidationFailed as refused:
            add_problems(form, refused)
        else:
            return _sent(request, here, sent, _("Invited {address}.").format(address=sent.invitation.email))
    context = {"workspace": here.workspace, "form": form, "mail_is_sent": mail_is_sent()}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "people/invite.html", context, status=status)


@require_POST
@signed_in
def revoke(request: HttpRequest, workspace_id: int, invitation_id: int) -> HttpResponseBase:
    user = user_of(request)
    here = desk(user, workspace_id)
    found = _invitation(here, invitation_id)
    invitations.revoke(found, by=user)
    messages.success(request, _("Revoked. The link no longer lets anybody in."))
    return redirect("people", here.workspace.pk)


@require_POST
@signed_in
def remind(request: HttpRequest, workspace_id: int, invitation_id: int) -> HttpResponseBase:
    """The link anew: mailed again, or shown once where there is no address."""
    user = user_of(request)
    here = desk(user, workspace_id)
    found = _invitation(here, invitation_id)
    try:
        sent = invitations.remind(found, by=user)
    except TooMany as limit:
        return _too_many(request, limit)
    except ValidationFailed as refused:
        add_error_messages(request, refused)
        return redirect("people", here.workspace.pk)
    reminded = _("Reminded {address}, with a new link; the earlier one has ended.")
    return _sent(request, here, sent, reminded.format(address=sent.invitation.email))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all(reason="the link's token is the permission, and whoever is invited may not have an account yet")
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is offered, or why it no longer holds and who can help. Only POST accepts.

    404 for a token that was never one (and nothing else is said), 410 for what is over for everybody, 403 for the
    wrong account, 409 for somebody who belongs there already.
    """
    user = request.user if isinstance(request.user, User) else None
    found = invitations.find(token)
    if found is None:
        return _answer(request, {}, HTTPStatus.NOT_FOUND)
    activate_for(found.workspace)
    if user is not None and user.is_guest:
        return _answer(request, {"invitation": found, "is_guest": True}, _of_guest(request))
    if request.method == "POST" and user is not None:
        outcome = invitations.accept(found, by=user)
        if not isinstance(outcome, Hindrance):
            messages.success(request, _("Welcome: you are now {place}.").format(place=_place(found)))
            return redirect("assessments")
    hindered = invitations.hindrance(found, user)
    if request.method == "POST" and user is None and hindered is None:
        return redirect("invitation", token)
    context = {
        "invitation": found,
        "place": _place(found),
        "what_for": WHAT_FOR[Role(found.role)],
        "hindrance": hindered.value if hindered else "",
        "here": request.path,
    }
    return _answer(request, context, _status(hindered))


# --- parts


def _invitation(here: Desk, invitation_id: int) -> Invitation:
    found = get_object_or_404(
        Invitation.objects.select_related("workspace", "team"), workspace=here.workspace, pk=invitation_id
    )
    if not here.reaches(found.team_id):
        raise Http404
    return found


def _sent(request: HttpRequest, here: Desk, sent: Sent, said: str) -> HttpResponseBase:
    """A mailed one leads back to the list. A link is shown on this page only, so there is nothing to redirect to."""
    if not sent.path:
        messages.success(request, said)
        return redirect("people", here.workspace.pk)
    context = {
        "workspace": here.workspace,
        "invitation": sent.invitation,
        "place": _place(sent.invitation),
        "link": request.build_absolute_uri(sent.path),
    }
    return render(request, "people/invited.html", context)


def _place(found: Invitation) -> str:
    return words_of(found.role, found.team, found.workspace)


def _status(hindered: Hindrance | None) -> HTTPStatus:
    if hindered in OVER:
        return HTTPStatus.GONE
    if hindered is Hindrance.OTHER_ADDRESS:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.CONFLICT if hindered is Hindrance.BELONGS_ALREADY else HTTPStatus.OK


def _of_guest(request: HttpRequest) -> HTTPStatus:
    return HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK


def _answer(request: HttpRequest, context: dict[str, object], status: HTTPStatus) -> HttpResponse:
    response = render(request, "people/invitation.html", {"here": request.path, **context}, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _too_many(request: HttpRequest, limit: TooMany) -> HttpResponse:
    """The limit is a day's, so the page names the time instead of asking to wait some minutes."""
    seconds = max(1, int((limit.again_at - timezone.now()).total_seconds()) + 1)
    again_at = timezone.localtime(limit.again_at)
    sentence = _(
        "Nothing was sent: you have used up the invitations of a day. The next one can go out on {day} at {time}."
    ).format(
        day=formats.date_format(again_at, "MONTH_DAY_FORMAT"),
        time=with_zone(formats.time_format(again_at, "TIME_FORMAT"), again_at),
    )
    return too_many(request, retry_after=seconds, sentence=sentence)
