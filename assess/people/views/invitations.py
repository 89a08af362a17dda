"""Inviting, and accepting an invitation. Its page is open to all: the token in the address is the permission."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assess.language import _
from assess.people import invitations
from assess.people.access import open_to_all, signed_in, user_of
from assess.people.actions import describe_membership
from assess.people.forms import InviteForm, add_issues
from assess.people.invitations import ENDED, Blocker, InvitationLimitReached, SentInvitation
from assess.people.mail import MailLimitReached, mail_leaves_the_site
from assess.people.membership_policies import AdminScope, open_admin_scope
from assess.people.models import Invitation, User
from assess.people.roles import Role
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import (
    absolute_url,
    activate_for,
    add_error_messages,
    format_datetime_with_zone,
    too_many_requests,
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def invite(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    scope = open_admin_scope(user, workspace_id)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        teams=scope.teams,
        is_whole_workspace=scope.is_whole_workspace,
        initial={"place": request.GET.get("team", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite(
                workspace=scope.workspace,
                team=form.team,
                role=form.cleaned_data["role"],
                email=form.cleaned_data["email"],
                by=user,
            )
        except (InvitationLimitReached, MailLimitReached) as limit:
            return limit_response(request, limit)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            return sent_response(request, sent, _("Invited {address}.").format(address=sent.invitation.email))
    context = {"workspace": scope.workspace, "form": form, "mail_leaves_the_site": mail_leaves_the_site()}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "people/invite.html", context, status=status)


@require_POST
@signed_in
def revoke(request: HttpRequest, workspace_id: int, invitation_id: int) -> HttpResponseBase:
    user = user_of(request)
    scope = open_admin_scope(user, workspace_id)
    invitations.revoke(get_invitation_in(scope, invitation_id), by=user)
    messages.success(request, _("Revoked. The link no longer works."))
    return redirect("people", workspace_id)


@require_POST
@signed_in
def renew(request: HttpRequest, workspace_id: int, invitation_id: int) -> HttpResponseBase:
    """A new link: mailed again, or shown once where there is no address."""
    user = user_of(request)
    scope = open_admin_scope(user, workspace_id)
    try:
        sent = invitations.renew(get_invitation_in(scope, invitation_id), by=user)
    except (InvitationLimitReached, MailLimitReached) as limit:
        return limit_response(request, limit)
    except ValidationFailed as refusal:
        add_error_messages(request, refusal)
        return redirect("people", workspace_id)
    reminded = _("Reminded {address} with a new link. The earlier link has ended.")
    return sent_response(request, sent, reminded.format(address=sent.invitation.email))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all(reason="the link's token is the permission, and whoever is invited may not have an account yet")
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is offered, or why it can't be accepted and who can help. Only POST accepts.

    404 for an unknown token (and nothing else is said), 410 for an invitation that has ended for everybody, 403 for the
    wrong account, 409 for somebody who is a member already.
    """
    user = request.user if isinstance(request.user, User) else None
    offered = invitations.get_invitation(token)
    if offered is None:
        return render_invitation(request, {}, HTTPStatus.NOT_FOUND)
    activate_for(offered.workspace)
    if user is not None and user.is_guest:
        status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
        return render_invitation(request, {"invitation": offered, "is_guest": True}, status)
    described = describe_membership(offered.role, offered.team, offered.workspace)
    if request.method == "POST" and user is not None:
        outcome = invitations.accept(offered, by=user)
        if not isinstance(outcome, Blocker):
            messages.success(request, _("Welcome: you are now {membership}.").format(membership=described))
            return redirect("assessments")
    blocker = invitations.find_blocker(offered, user)
    if request.method == "POST" and user is None and blocker is None:
        return redirect("invitation", token)
    context = {
        "invitation": offered,
        "described_membership": described,
        "role_purpose": Role(offered.role).purpose,
        "blocker": blocker.value if blocker else "",
    }
    return render_invitation(request, context, status_of_blocker(blocker))


def get_invitation_in(scope: AdminScope, invitation_id: int) -> Invitation:
    """404 for one that this person does not manage. One query."""
    queryset = Invitation.objects.select_related("workspace", "team")
    invitation = get_object_or_404(queryset, workspace=scope.workspace, pk=invitation_id)
    if not scope.includes(invitation.team_id):
        raise Http404
    return invitation


def sent_response(request: HttpRequest, sent: SentInvitation, message: str) -> HttpResponseBase:
    """A mailed one leads back to the list. A link is shown on this page only, so there is nothing to redirect to."""
    invitation = sent.invitation
    if not sent.path:
        messages.success(request, message)
        return redirect("people", invitation.workspace_id)
    context = {
        "workspace": invitation.workspace,
        "invitation": invitation,
        "described_membership": describe_membership(invitation.role, invitation.team, invitation.workspace),
        "link": absolute_url(sent.path),
    }
    return render(request, "people/invited.html", context)


def status_of_blocker(blocker: Blocker | None) -> HTTPStatus:
    """The status of the invitation's page."""
    if blocker in ENDED:
        return HTTPStatus.GONE
    if blocker in {Blocker.OTHER_ADDRESS, Blocker.NOT_CONFIRMED}:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.CONFLICT if blocker is Blocker.MEMBER_ALREADY else HTTPStatus.OK


def render_invitation(request: HttpRequest, context: dict[str, object], status: HTTPStatus) -> HttpResponse:
    """The invitation's page, kept out of search engines."""
    response = render(request, "people/invitation.html", {"path": request.path, **context}, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def limit_response(request: HttpRequest, limit: InvitationLimitReached | MailLimitReached) -> HttpResponse:
    """The limit is a day's, so the page names the time instead of asking to wait some minutes."""
    seconds = max(1, int((limit.retry_at - timezone.now()).total_seconds()) + 1)
    moment = format_datetime_with_zone(limit.retry_at, with_year=False)
    sentence = _("Nothing was sent: you used up today's invitations. You can send the next one on {moment}.")
    if isinstance(limit, MailLimitReached):
        sentence = _("Nothing was sent. {why} The next one can go out on {moment}.")
    sentence = sentence.format(why=limit, moment=moment)
    return too_many_requests(request, retry_after=seconds, sentence=sentence)
