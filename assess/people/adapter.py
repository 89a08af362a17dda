"""django-allauth's adapters: what is stored at sign-up and sign-in, the words of refusals, how mail is sent.

And what two-step sign-in and the organisation's own sign-in service may do, where they are configured.
"""

from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.people.actions import create_workspace_for
from assess.people.addresses import normalize_address
from assess.people.invitations import get_open_invitation_at, mark_address_verified, proves_address
from assess.people.mail import Mail, MailLimitReached, check_mail_limits, check_mail_name, start_sending, write_mails
from assess.people.middleware import stamp_session
from assess.people.models import MailKind, User
from assess.people.tokens import get_cipher
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import absolute_url, too_many_requests

CIPHER_PURPOSE: Final = "two-step sign-in"


class AccountAdapter(DefaultAccountAdapter):
    """allauth's defaults, with a name at sign-up and words that say what to do."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off. Ask the people who run Splitcheck at your organisation."),
        "email_password_mismatch": _("Check the e-mail address and the password: together they match no account."),
        "email_taken": _("Sign in instead, or use another address: this one has an account."),
        "enter_current_password": _("Enter the password you sign in with now."),
        "incorrect_password": _("Enter the password you sign in with: this was a different one."),
        "too_many_login_attempts": _("Wait five minutes, then try again: too many wrong passwords."),
        "rate_limited": _("Wait a few minutes, then try again: too many attempts."),
    }

    def save_user(self, request: HttpRequest, user: User, form: forms.BaseForm, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def pre_login(self, request: HttpRequest, user: User, **hints: Any) -> HttpResponse | None:
        """Whoever comes by an invitation mailed to their address need not confirm it by another mail."""
        refusal: HttpResponse | None = super().pre_login(request, user, **hints)
        invitation = None if refusal else get_open_invitation_at(hints.get("redirect_url"))
        if invitation and proves_address(invitation, user):
            mark_address_verified(user)
        return refusal

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a try. Somebody signed in who gives their password again has an allowance of their own, so that no
        stranger's failures keep them from signing."""
        user = getattr(request, "user", None)
        if not isinstance(user, User) or user.email.lower() != credentials.get("email", "").lower():
            super().pre_authenticate(request, **credentials)
            return
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="own_password", user=user, limit_get=True
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Account and source, or a stranger could lock anybody out by failing in their name."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{ratelimit.get_ip(request)}"

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        stamp_session(request)  # written with the sign-in itself, so that the first page needs no write

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False  # no address at all, such as `http://[`

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's mails (confirm the address, set a new password), by the background worker as all others.

        Above the limit the request gets 429, the same whether the address has an account or not.
        """
        # allauth writes whole addresses by the Host of the request, which whoever sends it chooses.
        addresses = {
            name: absolute_url(urlsplit(str(value))._replace(scheme="", netloc="").geturl())
            for name, value in context.items()
            if name.endswith("_url")
        }
        request = allauth_context.request
        values = {"request": request, "email": email, "site": urlsplit(settings.SITE_ADDRESS).netloc}
        mail = self.render_mail(template_prefix, email, {**values, **context, **addresses})
        try:
            check_mail_limits([email])
        except MailLimitReached as limit:
            wait = int((limit.retry_at - timezone.now()).total_seconds())
            raise ImmediateHttpResponse(too_many_requests(request, retry_after=wait, sentence=str(limit))) from limit
        user = context.get("user")  # the account's own, so that who administers its workspace sees what waits
        whose = user if isinstance(user, User) else None
        write_mails([Mail(subject=mail.subject, body=str(mail.body), to=email, kind=MailKind.ACCOUNT, user=whose)])
        start_sending()

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Drops allauth's messages ("Successfully signed in as …"): the page itself shows as much."""


class TwoStepAdapter(DefaultMFAAdapter):
    """Time-based codes and recovery codes; their secrets are stored encrypted by the site's key."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Enter the code that the app shows now: this one is wrong."),
    }

    def is_mfa_enabled(self, user: User, types: Any = None) -> bool:
        """False for everybody where the site has it off: no page would ask for the code."""
        return bool(settings.TWO_STEP and super().is_mfa_enabled(user, types))

    def build_totp_svg(self, url: str) -> str:
        """On white, whatever the page's colours: an app cannot read black on dark."""
        svg: str = super().build_totp_svg(url)
        return svg.replace("<path", '<rect width="100%" height="100%" fill="#fff"/><path', 1)

    def encrypt(self, text: str) -> str:
        return get_cipher(CIPHER_PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return get_cipher(CIPHER_PURPOSE).decrypt(encrypted_text.encode()).decode()


class ServiceAdapter(DefaultSocialAccountAdapter):
    """Lets in only whom the service knows by a verified address; new people get a workspace as by signing up."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True  # some services send words, and "false" is a true one
            address.email = normalize_address(address.email)
        user: User = sociallogin.user
        user.email = normalize_address(data.get("email") or "")
        user.name = clean_name(str(data.get("name") or ""))
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        if not verified:
            raise ImmediateHttpResponse(
                render(request, "socialaccount/no_verified_email.html", status=HTTPStatus.FORBIDDEN)
            )
        if User.objects.filter(email=verified[0]).exists():
            # allauth would have found an active account by this address.
            raise ImmediateHttpResponse(redirect("account_inactive"))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            if get_open_invitation_at(sociallogin.state.get("next")) is None:
                create_workspace_for(user)
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("you")


def clean_name(text: str) -> str:
    """The name as the service has it, or "" for one that our own form would refuse."""
    limit = settings.LIMITS["name"]
    try:
        return check_mail_name(" ".join(text.split())[:limit], limit)
    except ValidationFailed:
        return ""
