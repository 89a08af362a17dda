"""The forms around an account: allauth's, with our labels and words, and a team to start with at sign-up."""

from typing import TYPE_CHECKING, Any, TypeAlias

from allauth.account import forms as allauth_forms
from allauth.core import context as allauth_context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from assess.people.actions import DEFAULT_TEAM, give_a_place
from assess.people.models import User
from assess.people.signing_in import invitation_in
from assess.questionnaire.facade import ValidationFailed, check_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Fields = dict[str, forms.Field]
#: A sentence, or one that is translated when it is read.
Text: TypeAlias = "str | _StrPromise"


def describe(field: forms.Field, *, label: Text, needed: Text = "", help_text: Text = "", **attributes: str) -> None:
    """Our label above the field instead of a placeholder in it, and what to enter when it was left empty."""
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)
    if needed:
        field.error_messages["required"] = needed


def describe_email(field: forms.Field) -> None:
    describe(
        field,
        label=_("E-mail address"),
        needed=_("Enter your e-mail address, such as ana@example.org"),
        autocomplete="username",
    )
    field.error_messages["invalid"] = _("Enter a full e-mail address, such as ana@example.org")
    for validator in field.validators:
        if getattr(validator, "code", None) == "invalid":
            validator.message = field.error_messages["invalid"]  # type: ignore[attr-defined]  # EmailValidator has one


def describe_new_password(field: forms.Field, label: Text) -> None:
    rules = " ".join(password_validators_help_texts())
    describe(field, label=label, needed=_("Enter a password of ten characters or more"), help_text=rules)


class OneLine(forms.CharField):
    """A name on one line: line breaks and runs of spaces become one space; nothing in it is invisible."""

    def to_python(self, value: Any) -> str:
        text = " ".join((super().to_python(value) or "").split())
        try:
            return check_name(text, settings.LIMITS["name"])
        except ValidationFailed as refused:
            raise ValidationError([f"{issue.message}." for issue in refused.issues]) from refused


class LoginForm(allauth_forms.LoginForm):
    #: What the organisation's own sign-in is called, where there is one.
    service: Text = (settings.OIDC_NAME or _("your organisation")) if settings.OIDC else ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Fields = self.fields
        describe_email(fields["login"])
        describe(fields["password"], label=_("Password"), needed=_("Enter your password"))


class SignupForm(allauth_forms.SignupForm):
    """Name, address, password, and a name for the team that the person starts with.

    Whoever comes by an invitation has a team waiting, and gets none of their own.
    """

    name = OneLine(
        label=_("Your name"),
        max_length=settings.LIMITS["name"],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name as your colleagues know it")},
    )
    team = OneLine(
        label=_("Your team"),
        max_length=settings.LIMITS["name"],
        required=False,
        initial=_(DEFAULT_TEAM),
        help_text=_("Assessments belong to a team. Leave it as it is if you are trying this out."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ("name", "email", "password1", "team")
    service = LoginForm.service

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Fields = self.fields
        describe_email(fields["email"])
        describe_new_password(fields["password1"], _("Password"))
        self.invitation = invitation_in(allauth_context.request)
        if self.invitation:
            del fields["team"]
            fields["email"].initial = self.invitation.email

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        """All of it or nothing: the person, their address, workspace, team and membership."""
        try:
            with transaction.atomic():
                user, response = super().try_save(request)
                if user is not None and self.invitation is None:
                    give_a_place(user, team_name=self.cleaned_data["team"])
        except IntegrityError:
            # The same address signed up between the check and the save, as by a double click.
            messages.info(request, _("This address has just been signed up. Sign in with its password."))
            user, response = None, redirect("account_login")
        return user, response


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Fields = self.fields
        describe(
            fields["oldpassword"], label=_("Present password"), needed=_("Enter the password you sign in with now")
        )
        describe_new_password(fields["password1"], _("New password"))
        describe(fields["password2"], label=_("New password again"), needed=_("Enter the new password a second time"))


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_email(self.fields["email"])


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Fields = self.fields
        describe_new_password(fields["password1"], _("New password"))
        describe(fields["password2"], label=_("New password again"), needed=_("Enter the new password a second time"))


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe(self.fields["password"], label=_("Password"), needed=_("Enter your password"))


def describe_code(field: forms.Field, help_text: Text) -> None:
    describe(
        field,
        label=_("Code"),
        needed=_("Enter the six digits that your app shows"),
        help_text=help_text,
        inputmode="numeric",
    )


class CodeForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_code(self.fields["code"], _("Six digits from your app, or one of your recovery codes."))


class CodeAgainForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_code(self.fields["code"], _("Six digits from your app, or one of your recovery codes."))


class FirstCodeForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_code(self.fields["code"], _("Six digits that the app shows once it knows the key."))
