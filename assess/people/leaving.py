"""Erasing a person: who they were goes, what the organisation decided with their help stays.

Answers, comments, signatures and events remain, under "Someone who left": they are the organisation's record, and the
log is sealed. Everything that names the person, lets them in or reaches them is removed.
"""

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from assess.language import N_
from assess.people.actions import lock, workspace_after
from assess.people.charge import charge_of
from assess.people.models import ApiToken, Invitation, Membership, Notice, User, Workspace
from assess.questionnaire.facade import Issue, ValidationFailed

NAME = N_("Someone who left")


def why_not(user: User) -> list[Issue]:
    """What has to be handed over first: where others depend on this person to let people in. Queries by workspace."""
    issues = []
    for workspace in _workspaces(user):
        others = Membership.objects.filter(workspace=workspace, user__is_active=True).exclude(user=user)
        if others.exists():
            charge = charge_of(workspace)
            mine = Membership.objects.filter(workspace=workspace, user=user).select_related("user", "workspace", "team")
            issues += [needed for membership in mine if (needed := charge.why_needed(membership))]
    return issues


@transaction.atomic
def erase(user: User) -> None:
    """Erase for good. Raises ValidationFailed when somebody else has to be put in charge first.

    Every session ends by itself: the password is another, and the account is inactive.
    """
    for workspace in _workspaces(user):
        lock(workspace)
    issues = why_not(user)
    if issues:
        raise ValidationFailed(issues)
    address = user.email
    now = timezone.now()
    # Called after them when they signed up without naming a team (`actions.give_a_place`).
    after_them = _named_after(user.name, address, address.partition("@")[0])
    mine = Workspace.objects.filter(pk__in=[each.pk for each in _workspaces(user)], name__in=after_them)
    mine.update(name=workspace_after(NAME.lower()))
    Membership.objects.filter(user=user).delete()
    ApiToken.objects.filter(user=user).delete()
    Notice.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    invited = Invitation.objects.filter(email__iexact=address)
    # Without an address it would be for anybody, so an open one ends as well.
    invited.filter(accepted_at=None, revoked_at=None).update(revoked_at=now, revoked_by=user)
    invited.update(email="")
    # Rooms above this one, by name, because this room imports none of them.
    respondents = apps.get_model("assess.Respondent")._default_manager
    respondents.filter(user=None, email__iexact=address).update(email="", token_hash=None, expires_at=now)
    respondents.filter(user=user).update(email="", token_hash=None)
    apps.get_model("assess.SavedView")._default_manager.filter(user=user).delete()
    apps.get_model("assess.Report")._default_manager.filter(requested_by=user, assessment=None).delete()
    user.name = NAME
    user.email = f"{secrets.token_hex(16)}@left.invalid"
    user.is_active = False
    user.wants_mail = False
    user.erased_at = now
    user.set_unusable_password()
    user.save()


def _named_after(*names: str) -> set[str]:
    """In every language, since they may have signed up in another one."""
    found: set[str] = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {workspace_after(name) for name in names}
    return found


def _workspaces(user: User) -> list[Workspace]:
    """In one order for everybody, so that two who leave at once do not wait for each other."""
    return list(Workspace.objects.filter(memberships__user=user).distinct().order_by("pk"))
