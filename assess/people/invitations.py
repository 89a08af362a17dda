"""Inviting somebody to a team or a workspace: by mail to one address, or by a link that one person can use.

Decides: whether an invitation can still be accepted, and by whom. A mailed link is shown to nobody else, the inviter
included, so that having it proves that the address received it. What a role allows, `roles` says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from assess.language import _
from assess.people.actions import already_member_issue, check_role, describe_membership
from assess.people.addresses import normalize_address
from assess.people.credentials import check_address_confirmed, has_confirmed_address
from assess.people.mail import build_mail, check_mail_limits, queue_mails
from assess.people.membership_policies import check_can_assign, get_administration, lock_administration
from assess.people.models import Invitation, MailKind, Membership, Team, User, Workspace
from assess.people.notices import notify
from assess.people.tokens import generate_token, hash_token
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import format_datetime_with_zone

DAY = timedelta(days=1)


class InvitationLimitReached(Exception):  # noqa: N818 -- a limit is no error of ours
    """The day's invitations are used up; `retry_at` is when the next one may go out."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(retry_at)
        self.retry_at = retry_at


class Blocker(Enum):
    """Why an invitation cannot be accepted; the page says for each what happened and who must do what."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    USED = "used"
    ACCEPTED_BY_YOU = "accepted_by_you"
    WITHDRAWN = "withdrawn"  #: the inviter may no longer assign anybody there
    OTHER_ADDRESS = "other_address"
    NOT_CONFIRMED = "not_confirmed"  #: a link for anybody, and whose address they gave is not known
    MEMBER_ALREADY = "member_already"


#: Blockers for everybody.
ENDED = frozenset({Blocker.EXPIRED, Blocker.REVOKED, Blocker.USED, Blocker.ACCEPTED_BY_YOU, Blocker.WITHDRAWN})


@dataclass(frozen=True, kw_only=True, slots=True)
class SentInvitation:
    """An invitation and the path of its link, "" when it went by mail."""

    invitation: Invitation
    path: str


@transaction.atomic
def invite(*, workspace: Workspace, team: Team | None, role: str, email: str = "", by: User) -> SentInvitation:
    """Offer a membership. With an address it goes there by mail; without, the link is shown once to pass on.

    Raises PermissionDenied, ValidationFailed, and InvitationLimitReached or MailLimitReached beyond the day's limits.
    """
    check_can_assign(lock_administration(workspace), by, team)
    offered_role = check_role(role, team)
    email = check_address(email)
    if email:
        check_address_confirmed(by)
        check_not_invited(workspace, team, offered_role, email)
    check_invitation_limit(by)
    token, hashed = generate_token()
    invitation = Invitation.objects.create(
        workspace=workspace,
        team=team,
        role=offered_role,
        email=email,
        token_hash=hashed,
        created_by=by,
        expires_at=new_expiry(),
    )
    return send_invitation(invitation, token)


@transaction.atomic
def renew(invitation: Invitation, *, by: User) -> SentInvitation:
    """A new link, valid for the whole time again; the earlier link ends. A mailed one is mailed, at most once a day.

    Raises PermissionDenied, ValidationFailed, InvitationLimitReached and MailLimitReached.
    """
    check_can_assign(lock_administration(invitation.workspace), by, invitation.team)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        message = _("Invite them again: this invitation was accepted or revoked meanwhile")
        raise ValidationFailed([Issue(code="not_open", message=message)])
    now = timezone.now()
    if invitation.email:
        check_address_confirmed(by)
        last = invitation.reminded_at or invitation.created_at
        if now - last < DAY:
            message = _("Wait until {moment}: one reminder a day is enough").format(
                moment=format_datetime_with_zone(last + DAY, with_year=False)
            )
            raise ValidationFailed([Issue(code="reminded", message=message)])
    check_invitation_limit(by)
    token, hashed = generate_token()
    invitation.token_hash = hashed
    invitation.expires_at = new_expiry()
    invitation.reminded_at = now
    # Whoever renews it vouches for it from now on, also where the first inviter has left.
    invitation.created_by = by
    invitation.save(update_fields=["token_hash", "expires_at", "reminded_at", "created_by"])
    return send_invitation(invitation, token)


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """From now on nobody can accept it. Revoking twice changes nothing; who accepted is removed instead."""
    check_can_assign(lock_administration(invitation.workspace), by, invitation.team)
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    still_open.update(revoked_at=timezone.now(), revoked_by=by)


def get_invitation(token: str) -> Invitation | None:
    """The invitation of this link, whatever became of it. One query."""
    queryset = Invitation.objects.select_related("workspace", "team", "created_by", "accepted_by", "revoked_by")
    return queryset.filter(token_hash=hash_token(token)).first()


def get_open_invitation_at(url: str | None) -> Invitation | None:
    """The invitation that this address of the site leads to, while anybody can still accept it. Two queries."""
    try:
        match = resolve(urlsplit(url or "").path)
    except (Resolver404, ValueError):
        return None
    if match.url_name != "invitation":
        return None
    invitation = get_invitation(match.kwargs["token"])
    return invitation if invitation is not None and find_blocker(invitation, None) is None else None


def get_invitation_of_request(request: HttpRequest | None) -> Invitation | None:
    """The open invitation from which somebody came to this sign-in page, by its `next`."""
    if request is None:
        return None
    return get_open_invitation_at(request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME))


def find_blocker(invitation: Invitation, user: User | None) -> Blocker | None:
    """Why this person, or (None) somebody who is not signed in, cannot accept it; None when they can. Three
    queries at most."""
    if invitation.accepted_at:
        mine = user is not None and invitation.accepted_by_id == user.pk
        return Blocker.ACCEPTED_BY_YOU if mine else Blocker.USED
    if invitation.revoked_at:
        return Blocker.REVOKED
    if invitation.is_expired:
        return Blocker.EXPIRED
    if not get_administration(invitation.workspace).can_assign(invitation.created_by_id, invitation.team_id):
        return Blocker.WITHDRAWN
    if user is None:
        return None
    if invitation.email and invitation.email.lower() != user.email.lower():
        return Blocker.OTHER_ADDRESS
    same = Membership.objects.filter(user=user, workspace=invitation.workspace, team=invitation.team)
    if (same if invitation.team else same.filter(role=invitation.role)).exists():
        return Blocker.MEMBER_ALREADY
    # One that was mailed to their address confirms it.
    return None if invitation.email or has_confirmed_address(user) else Blocker.NOT_CONFIRMED


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership | Blocker:
    """The new membership, or why there is none. Notifies the inviter.

    A link that came by mail also proves that the address is theirs.
    """
    lock_administration(invitation.workspace)
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("workspace", "team").get(pk=invitation.pk)
    )
    blocker = find_blocker(invitation, by)
    if blocker:
        return blocker
    membership = Membership.objects.create(
        user=by, workspace=invitation.workspace, team=invitation.team, role=invitation.role
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if invitation.email:
        mark_address_verified(by)
    described = describe_membership(invitation.role, invitation.team, invitation.workspace)
    text = _("{person} accepted your invitation: {membership}.").format(person=by, membership=described)
    notify([invitation.created_by], text, reverse("people", args=[membership.workspace_id]))
    return membership


def mark_address_verified(user: User) -> None:
    """Count the person's address as confirmed, as if they had opened the link that allauth mails."""
    addresses = EmailAddress.objects.filter(user=user)
    if not addresses.filter(email__iexact=user.email).update(verified=True):
        is_first = not addresses.filter(primary=True).exists()
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=is_first)


def proves_address(invitation: Invitation, user: User) -> bool:
    """Whether coming by this invitation shows that the person's address is theirs."""
    return bool(invitation.email) and invitation.email.lower() == user.email.lower()


def open_invitations(workspace: Workspace, limit: int, *, teams: Collection[Team] | None = None) -> list[Invitation]:
    """Those that nobody accepted or revoked, the newest first; of these teams alone where they are given.

    Expired ones too, which can be renewed. One query.
    """
    queryset = Invitation.objects.filter(workspace=workspace, accepted_at=None, revoked_at=None)
    if teams is not None:
        queryset = queryset.filter(team__in=teams)
    return list(queryset.select_related("team", "created_by").order_by("-created_at", "-id")[:limit])


def check_address(text: str) -> str:
    """The e-mail address in the form in which it is stored, "" for none. Raises ValidationFailed."""
    text = normalize_address(text)
    if text:
        try:
            validate_email(text)
        except ValidationError:
            message = _("Enter a full e-mail address, such as ana@example.org")
            raise ValidationFailed([Issue(code="email", message=message, key="email")]) from None
        if len(text) > 254:
            message = _("Enter an address of at most 254 characters")
            raise ValidationFailed([Issue(code="email", message=message, key="email")])
    return text


def check_not_invited(workspace: Workspace, team: Team | None, role: str, email: str) -> None:
    """Raises ValidationFailed when this address has that membership already, or an invitation to it."""
    same = Membership.objects.filter(workspace=workspace, team=team, user__email=email).select_related("user")
    member = (same if team else same.filter(role=role)).first()
    if member:
        raise ValidationFailed([already_member_issue(member.user, team or workspace)])
    waiting = Invitation.objects.filter(
        workspace=workspace, team=team, role=role, email=email, accepted_at=None, revoked_at=None
    )
    if waiting.exists():
        message = _("Remind them instead: this address has an invitation to the same place already")
        raise ValidationFailed([Issue(code="invited", message=message, key="email")])


def recent_invitation_times(by: User, *, at: datetime) -> list[datetime]:
    """When this person invited or asked somebody within the last day, reminders and new links included, the earliest
    first. It counts all that goes out in their name, whichever room sends it. One query."""
    since = at - DAY
    invitations = Invitation.objects.filter(created_by=by).order_by()
    # Models of the rooms above, by label, because this room imports none of them.
    respondents = apps.get_model("assess.Respondent")._default_manager.filter(asked_by=by, asked_at__gt=since)
    reminded = apps.get_model("assess.Event")._default_manager.filter(by=by, kind="reminded", at__gt=since)
    created = invitations.filter(created_at__gt=since).values_list("created_at")
    times = created.union(
        invitations.filter(reminded_at__gt=since).values_list("reminded_at"),
        respondents.exclude(email="").order_by().values_list("asked_at"),
        reminded.exclude(respondent__email="").order_by().values_list("at"),
        all=True,
    )
    return sorted(when for (when,) in times)


def lock_invitation_limit(by: User) -> None:
    """Lock the person's row, so that two windows cannot both send the last one. Only inside a transaction."""
    User.objects.select_for_update().get(pk=by.pk)


def check_invitation_limit(by: User) -> None:
    """Raises InvitationLimitReached. Only inside a transaction."""
    lock_invitation_limit(by)
    times = recent_invitation_times(by, at=timezone.now())
    most = settings.LIMITS["invitations_per_day"]
    if len(times) >= most:
        raise InvitationLimitReached(times[len(times) - most] + DAY)


def new_expiry() -> datetime:
    return timezone.now() + timedelta(days=settings.LIMITS["invitation_days"])


def send_invitation(invitation: Invitation, token: str) -> SentInvitation:
    """Mail the link; without an address, hand it back to be shown once. Raises MailLimitReached."""
    path = reverse("invitation", args=[token])
    if not invitation.email:
        return SentInvitation(invitation=invitation, path=path)
    described = describe_membership(invitation.role, invitation.team, invitation.workspace)
    text = _("{person} invites you to Splitcheck as {membership}").format(
        person=invitation.created_by, membership=described
    )
    until = _("The invitation is for {address} only and ends on {moment}.")
    details = "\n".join(
        (
            _("Workspace: {workspace}").format(workspace=invitation.workspace),
            until.format(moment=format_datetime_with_zone(invitation.expires_at), address=invitation.email),
            _("If you do not know who this is, do nothing."),
        )
    )
    check_mail_limits([invitation.email], workspace=invitation.workspace)
    mail = build_mail(
        invitation.email,
        text,
        path,
        details,
        kind=MailKind.INVITATION,
        about=reverse("people", args=[invitation.workspace_id]),
        by=invitation.created_by,
        workspace=invitation.workspace,
    )
    queue_mails([mail])
    return SentInvitation(invitation=invitation, path="")
