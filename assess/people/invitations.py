"""Inviting somebody to a team or a workspace: by mail to one address, or by a link for whoever gets it, once.

Decides: whether an invitation still holds, and for whom. A mailed link is shown to nobody else, the inviter included,
so that having it proves that the address received it. What a place allows, `permissions` says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import formats, timezone

from assess.language import _, with_zone
from assess.people.actions import already_there, check_may_place, check_role, lock, words_of
from assess.people.charge import charge_of
from assess.people.links import hash_of, new_token
from assess.people.models import Invitation, Membership, Team, User, Workspace
from assess.people.notices import send, tell
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import hour

DAY = timedelta(days=1)


class TooMany(Exception):  # noqa: N818 -- a limit is no error of ours
    """The day's invitations are used up; `again_at` is when the next one may go out."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


class Hindrance(Enum):
    """Why an invitation cannot be accepted; the page says for each what happened and who must do what."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    USED = "used"
    YOURS_ALREADY = "yours_already"  #: used, by the one who asks
    WITHDRAWN = "withdrawn"  #: whoever invited may no longer place anybody there
    OTHER_ADDRESS = "other_address"
    BELONGS_ALREADY = "belongs_already"


#: What is over for everybody, whoever asks.
OVER = frozenset({Hindrance.EXPIRED, Hindrance.REVOKED, Hindrance.USED, Hindrance.YOURS_ALREADY, Hindrance.WITHDRAWN})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """An invitation and the path of its link, "" when it went by mail."""

    invitation: Invitation
    path: str


@transaction.atomic
def invite(*, workspace: Workspace, team: Team | None, role: str, email: str = "", by: User) -> Sent:
    """Offer a place. With an address it goes there by mail; without, the link is shown once to pass on.

    Raises PermissionDenied, ValidationFailed, and TooMany beyond the day's limit.
    """
    check_may_place(lock(workspace), by, team)
    offered = check_role(role, team)
    email = _address(email)
    if email:
        _check_new(workspace, team, offered, email)
    _check_limit(by)
    token, hashed = new_token()
    invitation = Invitation.objects.create(
        workspace=workspace,
        team=team,
        role=offered,
        email=email,
        token_hash=hashed,
        created_by=by,
        expires_at=_until(),
    )
    return _hand_over(invitation, token)


@transaction.atomic
def remind(invitation: Invitation, *, by: User) -> Sent:
    """Make the link anew, valid again for the whole time; the earlier link ends. A mailed one is mailed, once a day."""
    check_may_place(lock(invitation.workspace), by, invitation.team)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        message = _("Invite them again: this invitation was accepted or revoked meanwhile")
        raise ValidationFailed([Issue(code="not_open", message=message)])
    now = timezone.now()
    if invitation.email:
        last = invitation.reminded_at or invitation.created_at
        if now - last < DAY:
            message = _("Wait until {moment}: one reminder a day is enough").format(moment=soon(last + DAY))
            raise ValidationFailed([Issue(code="reminded", message=message)])
    _check_limit(by)
    token, hashed = new_token()
    invitation.token_hash = hashed
    invitation.expires_at = _until()
    invitation.reminded_at = now
    # Whoever reminds stands for it from now on, also where the first inviter has left.
    invitation.created_by = by
    invitation.save(update_fields=["token_hash", "expires_at", "reminded_at", "created_by"])
    return _hand_over(invitation, token)


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """From now on nobody can accept it. Revoking twice changes nothing; who accepted is removed instead."""
    check_may_place(lock(invitation.workspace), by, invitation.team)
    open_one = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    open_one.update(revoked_at=timezone.now(), revoked_by=by)


def find(token: str) -> Invitation | None:
    """The invitation of this link, whatever became of it. One query."""
    found = Invitation.objects.select_related("workspace", "team", "created_by", "accepted_by", "revoked_by")
    return found.filter(token_hash=hash_of(token)).first()


def hindrance(invitation: Invitation, user: User | None) -> Hindrance | None:
    """Why this person, or (None) whoever has yet to sign in, cannot accept it; None when they can. Two queries."""
    if invitation.accepted_at:
        mine = user is not None and invitation.accepted_by_id == user.pk
        return Hindrance.YOURS_ALREADY if mine else Hindrance.USED
    if invitation.revoked_at:
        return Hindrance.REVOKED
    if invitation.is_expired:
        return Hindrance.EXPIRED
    if not charge_of(invitation.workspace).may_place(invitation.created_by_id, invitation.team_id):
        return Hindrance.WITHDRAWN
    if user is None:
        return None
    if invitation.email and invitation.email.lower() != user.email.lower():
        return Hindrance.OTHER_ADDRESS
    there = Membership.objects.filter(user=user, workspace=invitation.workspace, team=invitation.team)
    if (there if invitation.team else there.filter(role=invitation.role)).exists():
        return Hindrance.BELONGS_ALREADY
    return None


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership | Hindrance:
    """Take the place, once. The inviter is told. A link that came by mail also proves that the address is theirs."""
    lock(invitation.workspace)
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("workspace", "team").get(pk=invitation.pk)
    )
    hindered = hindrance(invitation, by)
    if hindered:
        return hindered
    made = Membership.objects.create(
        user=by, workspace=invitation.workspace, team=invitation.team, role=invitation.role
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if invitation.email:
        mark_verified(by)
    place = words_of(invitation.role, invitation.team, invitation.workspace)
    text = _("{person} accepted your invitation: {place}.").format(person=by, place=place)
    tell([invitation.created_by], text, reverse("people", args=[made.workspace_id]))
    return made


def mark_verified(user: User) -> None:
    """The person's address counts as theirs, as if they had opened the link that allauth mails."""
    addresses = EmailAddress.objects.filter(user=user)
    if not addresses.filter(email__iexact=user.email).update(verified=True):
        is_first = not addresses.filter(primary=True).exists()
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=is_first)


def proves_address(invitation: Invitation, user: User) -> bool:
    """Whether coming by this invitation shows that the person's address is theirs."""
    return bool(invitation.email) and invitation.email.lower() == user.email.lower()


def open_invitations(workspace: Workspace, most: int, *, teams: Collection[Team] | None = None) -> list[Invitation]:
    """Those that nobody accepted or revoked, expired ones too (they can be made anew), the newest so many first; of
    these teams alone where they are given. One query."""
    found = Invitation.objects.filter(workspace=workspace, accepted_at=None, revoked_at=None)
    if teams is not None:
        found = found.filter(team__in=teams)
    return list(found.select_related("team", "created_by").order_by("-created_at", "-id")[:most])


# --- parts


def _address(text: str) -> str:
    text = text.strip().lower()
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


def _check_new(workspace: Workspace, team: Team | None, role: str, email: str) -> None:
    """Raises ValidationFailed when this address has that place already, or an invitation to it."""
    there = Membership.objects.filter(workspace=workspace, team=team, user__email__iexact=email).select_related("user")
    member = (there if team else there.filter(role=role)).first()
    if member:
        raise ValidationFailed([already_there(member.user, team or workspace)])
    waiting = Invitation.objects.filter(
        workspace=workspace, team=team, role=role, email=email, accepted_at=None, revoked_at=None
    )
    if waiting.exists():
        message = _("Remind them instead: this address has an invitation to the same place already")
        raise ValidationFailed([Issue(code="invited", message=message, key="email")])


def sent_lately(by: User, *, at: datetime) -> list[datetime]:
    """When this person invited or asked somebody within the last day, reminders and new links included, the earliest
    first. One count for all that goes out to people in their name, whichever room sends it. One query."""
    since = at - DAY
    invitations = Invitation.objects.filter(created_by=by).order_by()
    # Rooms above this one, by name, because this room imports none of them.
    asked = apps.get_model("assess.Respondent")._default_manager.filter(asked_by=by, asked_at__gt=since)
    reminded = apps.get_model("assess.Event")._default_manager.filter(by=by, kind="reminded", at__gt=since)
    found = invitations.filter(created_at__gt=since).values_list("created_at")
    times = found.union(
        invitations.filter(reminded_at__gt=since).values_list("reminded_at"),
        asked.exclude(email="").order_by().values_list("asked_at"),
        reminded.exclude(respondent__email="").order_by().values_list("at"),
        all=True,
    )
    return sorted(when for (when,) in times)


def hold_limit(by: User) -> None:
    """Hold the person's row, so that two windows cannot both send the last one. Only inside a transaction."""
    User.objects.select_for_update().get(pk=by.pk)


def _check_limit(by: User) -> None:
    """Raises TooMany."""
    hold_limit(by)
    times = sent_lately(by, at=timezone.now())
    most = settings.LIMITS["invitations_per_day"]
    if len(times) >= most:
        raise TooMany(times[len(times) - most] + DAY)


def soon(at: datetime) -> str:
    """The day without its year, and the hour: "20 November, 14:02 UTC"."""
    local = timezone.localtime(at)
    day, time = formats.date_format(local, "MONTH_DAY_FORMAT"), formats.time_format(local, "TIME_FORMAT")
    return with_zone(_("{day}, {time}").format(day=day, time=time), local)


def _until() -> datetime:
    return timezone.now() + timedelta(days=settings.LIMITS["invitation_days"])


def _hand_over(invitation: Invitation, token: str) -> Sent:
    path = reverse("invitation", args=[token])
    if not invitation.email:
        return Sent(invitation=invitation, path=path)
    place = words_of(invitation.role, invitation.team, invitation.workspace)
    text = _("{person} invites you to Splitcheck as {place}").format(person=invitation.created_by, place=place)
    holds = _("The invitation holds until {moment} and is for {address} only.")
    details = "\n".join(
        (
            _("Workspace: {workspace}").format(workspace=invitation.workspace),
            holds.format(moment=hour(invitation.expires_at), address=invitation.email),
            _("If you do not know who this is, do nothing."),
        )
    )
    # `robust`: a mail server that is down leaves the invitation in the list, to be reminded of.
    transaction.on_commit(partial(send, invitation.email, text, path, details), robust=True)
    return Sent(invitation=invitation, path="")
