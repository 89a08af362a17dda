"""Proof of who signs: the password again, or a sign-in within the last minutes.

Wrong passwords count together with failed sign-ins, so that signing is no second way to guess (allauth's limit
`login_failed`: five in five minutes for an account). Whoever has no password here, because they sign in elsewhere, must
have signed in within `ACCOUNT_REAUTHENTICATION_TIMEOUT` (allauth's default: five minutes).
"""

import time

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from assess.language import N_, _
from assess.people.facade import User
from assess.questionnaire.facade import Issue

NOT_RECENT = N_("Sign in again first, then sign within five minutes; you have no password here to sign with")


class TooManyTriesError(Exception):
    """Too many wrong passwords; the limit says when to come back."""


def signed_in_recently(request: HttpRequest, user: User) -> bool:
    """Whether the person proved who they are within the last minutes."""
    records = get_authentication_records(request, user)
    newest = max((record.get("at", 0) for record in records), default=0)
    return bool(time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT)


def why_not_identified(request: HttpRequest, user: User, password: str) -> Issue | None:
    """None for the right password, or a recent sign-in of somebody without one. Raises TooManyTriesError."""
    if not user.has_usable_password():
        return (
            None
            if signed_in_recently(request, user)
            else Issue(code="not_recent", key="password", message=_(NOT_RECENT))
        )
    if not password:
        return Issue(code="no_password", key="password", message=_("Enter your password to sign"))
    try:
        authenticated = get_adapter(request).authenticate(request, email=user.email, password=password)
    except ValidationError as error:
        raise TooManyTriesError from error
    if authenticated is None or authenticated.pk != user.pk:
        message = _("Enter the password you sign in with; this was a different one")
        return Issue(code="wrong_password", key="password", message=message)
    return None
