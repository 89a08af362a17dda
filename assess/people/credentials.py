"""What proves who somebody is: their password, their sign-in service, their confirmed address.

Decides: what counts as "credentials changed" (`User.end_earlier_access` ends all sessions and API tokens made before),
who has to give their password again, and what an unconfirmed address may not do.
"""

import re
import time
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.socialaccount.signals import social_account_added
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest

from assess.language import N_, _
from assess.people.mail import mail_leaves_the_site
from assess.people.models import User
from assess.questionnaire.facade import Issue, ValidationFailed

NOT_RECENT = N_("Sign in again first, then do this within five minutes; you have no password here to enter")
NOT_CONFIRMED = N_("Confirm your address first: open the link in the mail that we sent to {address}")


# --- credentials changed: a changed password and a switched-off account are noticed by `User.save`


@receiver(social_account_added)
def end_access_when_service_is_linked(request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    """Whoever had this account before may be somebody else than the person whom the service knows."""
    sociallogin.user.end_earlier_access()
    if request.user.pk == sociallogin.user.pk:
        update_session_auth_hash(request, sociallogin.user)


@receiver(email_confirmed)
def end_access_when_another_confirms(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Whoever reads the mail owns the address; whoever signed up with it may be somebody else. Confirming it in the
    browser that is signed in shows that both are one."""
    if request.user.pk != email_address.user_id:
        email_address.user.end_earlier_access()


# --- which password may be set

#: Words that anybody would try here first (ASVS 6.1.2): the site's own, and those of its subject.
CONTEXT_WORDS: Final = (
    *("splitcheck", "splitchecklist", "split", "checklist", "check", "assessment", "questionnaire", "verdict"),
    *("monolith", "monolithic", "microservices", "microservice", "services", "service", "modular", "architecture"),
    *("architect", "administrator", "admin", "team", "welcome", "password", "secret", "changeme"),
)
#: Letters besides these words that a password has to have.
OTHER_LETTERS: Final = 4


class ContextWordsValidator:
    """Refuses a password that is nothing but words of this site, whatever digits and marks stand around them."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = "".join(character for character in password.casefold() if character.isalpha())
        rest = letters
        for word in (*re.findall(r"[a-z]+", settings.SITE_ADDRESS), *CONTEXT_WORDS):
            if len(word) >= OTHER_LETTERS:
                rest = rest.replace(word, "")
        if len(rest) < OTHER_LETTERS and rest != letters:
            raise ValidationError(_("Don't use only words of this site: others try them first"), code="context_words")

    def get_help_text(self) -> str:
        return ""


# --- the password again


class TooManyTriesError(Exception):
    """Too many wrong passwords; the limit says when to come back."""


def signed_in_recently(request: HttpRequest, user: User) -> bool:
    """Whether the person proved who they are within the last minutes (`ACCOUNT_REAUTHENTICATION_TIMEOUT`, five)."""
    records = get_authentication_records(request, user)
    newest = max((record.get("at", 0) for record in records), default=0)
    return bool(time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT)


def why_not_identified(request: HttpRequest, user: User, password: str) -> Issue | None:
    """None for the signed-in person's right password, or a recent sign-in of somebody without one.

    Wrong ones count in the person's own allowance, which nobody else can use up (`AccountAdapter.pre_authenticate`).
    Raises TooManyTriesError.
    """
    if not user.has_usable_password():
        return (
            None
            if signed_in_recently(request, user)
            else Issue(code="not_recent", key="password", message=_(NOT_RECENT))
        )
    if not password:
        return Issue(code="no_password", key="password", message=_("Enter your password"))
    try:
        authenticated = get_adapter(request).authenticate(request, email=user.email, password=password)
    except ValidationError as error:
        raise TooManyTriesError from error
    if authenticated is None or authenticated.pk != user.pk:
        message = _("Enter the password you sign in with; this was a different one")
        return Issue(code="wrong_password", key="password", message=message)
    request.session.cycle_key()
    return None


# --- the address


def addresses_are_confirmed() -> bool:
    """Whether people of this site confirm their addresses. Not where the site says so, nor where no mail leaves it."""
    return bool(settings.ACCOUNT_EMAIL_VERIFICATION != "none" and mail_leaves_the_site())


def has_confirmed_address(user: User) -> bool:
    """Whether the person showed that their address is theirs; True for all where nobody is asked to. One query."""
    if not addresses_are_confirmed():
        return True
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def check_address_confirmed(user: User) -> None:
    """Raises ValidationFailed. Before a token, and before anything that mails to somebody outside. One query."""
    if not has_confirmed_address(user):
        message = _(NOT_CONFIRMED).format(address=user.email)
        raise ValidationFailed([Issue(code="not_confirmed", message=message)])
