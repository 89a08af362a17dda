"""The forms of this room. First those of memberships, settings and a person's own pages; what is allowed, the actions
decide. Then allauth's forms around an account, with our labels and words, and a team to start with at sign-up.
"""

from collections.abc import Iterable
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
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assess.money.facade import CURRENCIES
from assess.people.actions import DEFAULT_TEAM, create_workspace_for
from assess.people.addresses import normalize_address
from assess.people.branding import SETTINGS, time_zones
from assess.people.invitations import get_invitation_of_request
from assess.people.mail import check_mail_name
from assess.people.models import Paper, Team, User, Workspace
from assess.people.roles import TEAM_ROLES, WORKSPACE_ROLES, Role
from assess.questionnaire.facade import ValidationFailed, check_name
from assess.web.facade import TypedIntegerField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Fields = dict[str, forms.Field]
#: A sentence, or one that is translated when it is read.
Text: TypeAlias = "str | _StrPromise"

WHOLE_WORKSPACE = "workspace"
MAX_TOKEN_DAYS = settings.LIMITS["api_token_days"]


class OneLineField(forms.CharField):
    """A name on one line: line breaks and runs of spaces become one space; nothing in it is invisible."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}

    def to_python(self, value: Any) -> str:
        text = " ".join((super().to_python(value) or "").split())
        try:
            return check_name(text, settings.LIMITS["name"])
        except ValidationFailed as refused:
            raise ValidationError([f"{issue.message}." for issue in refused.issues]) from refused


class NameField(OneLineField):
    """A name that mails to others show: no link, no domain."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            return check_mail_name(text, settings.LIMITS["name"])
        except ValidationFailed as refused:
            raise ValidationError([f"{issue.message}." for issue in refused.issues]) from refused


def add_issues(form: forms.Form, refusal: ValidationFailed) -> None:
    """Add each issue at its field, where the form has that; else above all."""
    for issue in refusal.issues:
        form.add_error(issue.key if issue.key in form.fields else None, f"{issue.message}.")


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, _("{role}: {purpose}").format(role=role.label, purpose=role.purpose)) for role in roles]


class MembershipForm(forms.Form):
    """A role, and where: in one of these teams or, for people who manage it, in the whole workspace."""

    place = forms.ChoiceField(label=_("Where"), error_messages={"required": _("Choose a team, or the whole workspace")})
    role = forms.ChoiceField(label=_("As"), error_messages={"required": _("Choose a role")})

    def __init__(self, *args: Any, teams: list[Team], is_whole_workspace: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in teams}
        place, role = self.fields["place"], self.fields["role"]
        assert isinstance(place, forms.ChoiceField)
        assert isinstance(role, forms.ChoiceField)
        places = [(key, _("Team {team}").format(team=team)) for key, team in self.teams.items()]
        place.choices = [*places, (WHOLE_WORKSPACE, _("The whole workspace"))] if is_whole_workspace else places
        role.choices = (
            [
                (_("In a team"), role_choices(TEAM_ROLES)),
                (_("In the whole workspace"), role_choices(WORKSPACE_ROLES)),
            ]
            if is_whole_workspace
            else role_choices(TEAM_ROLES)
        )
        self.initial.setdefault("role", Role.MEMBER.value)

    @property
    def team(self) -> Team | None:
        """The chosen team; None for the whole workspace. Of a valid form."""
        return self.teams.get(self.cleaned_data["place"])


class InviteForm(MembershipForm):
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("The invitation goes there, for this person only. Leave it empty for a link to pass on."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("email", "place", "role")


class RoleForm(forms.Form):
    """Another role in the same place."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = role_choices(roles)


class TeamForm(forms.Form):
    name = NameField(
        label=_("Name of the team"),
        max_length=settings.LIMITS["name"],
        error_messages={"required": _("Enter a name for the team")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WorkspaceForm(forms.Form):
    """The workspace's settings; `branding` decides which values are allowed."""

    name = NameField(
        label=_("Name of the workspace"),
        max_length=settings.LIMITS["name"],
        error_messages={"required": _("Enter a name for the workspace")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    confidentiality = OneLineField(
        label=_("Line on every page of its reports"),
        max_length=settings.LIMITS["name"],
        required=False,
        help_text=_("Such as “Confidential: for the board only”. Optional."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paper = forms.ChoiceField(
        label=_("Paper of its reports"),
        choices=Paper.choices,
        error_messages={"required": _("Choose a paper"), "invalid_choice": _("Choose one of the papers in the list")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Used in reports and mails, and for dates and numbers."),
        widget=forms.Select(attrs={"translate": "no"}),  # each is called as it calls itself
        error_messages={
            "required": _("Choose a language"),
            "invalid_choice": _("Choose one of the languages in the list"),
        },
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Used for days and times on pages, in mails and in reports."),
        widget=forms.Select(attrs={"translate": "no"}),
        error_messages={
            "required": _("Choose a time zone"),
            "invalid_choice": _("Choose one of the time zones in the list"),
        },
    )
    currency = forms.ChoiceField(
        label=_("Currency of cost figures"),
        help_text=_("Figures that are saved already stay in the currency they were saved in; nothing is converted."),
        choices=[(code, code if sign == code else f"{code} ({sign})") for code, sign in sorted(CURRENCIES.items())],
        widget=forms.Select(attrs={"translate": "no"}),
        error_messages={
            "required": _("Choose a currency"),
            "invalid_choice": _("Choose one of the currencies in the list"),
        },
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(workspace, name) for name in SETTINGS}
        language, time_zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField)
        assert isinstance(time_zone, forms.ChoiceField)
        language.choices = settings.LANGUAGES
        time_zone.choices = time_zone_choices(workspace.time_zone)


class LogoForm(forms.Form):
    """A file to upload; `branding.clean_logo` decides whether it is a picture."""

    logo = forms.FileField(
        label=_("Picture"),
        help_text=_("A PNG, JPEG or WebP file of at most 100 KB. From an SVG drawing, export a PNG 800 pixels wide."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,image/png,image/jpeg,image/webp"}),
        error_messages={
            "required": _("Choose a file: none was sent."),
            "empty": _("Choose a file that holds a picture: this one is empty."),
        },
    )


def time_zone_choices(current: str) -> list[tuple[str, Any]]:
    """The time zones by region, with the one that is set even if its name is an older one."""
    known = time_zones()
    ungrouped = [*known[""], *([current] if not any(current in names for names in known.values()) else [])]
    grouped = [
        (region, [(name, name.partition("/")[2].replace("_", " ")) for name in names])
        for region, names in known.items()
        if region
    ]
    return [*((name, name) for name in ungrouped), *grouped]


class ProfileForm(forms.Form):
    name = NameField(
        label=_("Your name"),
        max_length=settings.LIMITS["name"],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name as your colleagues know it")},
    )
    wants_mail = forms.BooleanField(
        label=_("Mail me what waits for me"), required=False, help_text=_("You find it on the site in any case.")
    )


class ApiTokenForm(forms.Form):
    name = OneLineField(
        label=_("What it is for"),
        max_length=settings.LIMITS["name"],
        help_text=_("Such as “nightly export”."),
        error_messages={"required": _("Enter what this token is for, such as nightly export")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = TypedIntegerField(
        unit="days",
        label=_("Days until it ends"),
        initial=90,
        help_text=format_lazy(_("At most {most}."), most=MAX_TOKEN_DAYS),
        error_messages={
            "required": _("Enter a number of days"),
            "invalid": format_lazy(_("Enter a number of days from 1 to {most}"), most=MAX_TOKEN_DAYS),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        required=False,  # `credentials.why_not_identified` asks for it
        strip=False,
        help_text=_("Asked again: whoever finds your screen unlocked must not take a key with them."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]


class EraseAccountForm(forms.Form):
    """The password as proof, or the address typed out by somebody who signs in elsewhere and has none."""

    proof = forms.CharField(
        label=_("Your password"),
        strip=False,
        error_messages={"required": _("Enter your password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, by_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_address:
            field = self.fields["proof"]
            field.label = _("Your e-mail address")
            field.error_messages["required"] = _("Type your e-mail address")
            field.widget = forms.TextInput(attrs={"autocomplete": "off"})


# --- allauth's forms


def describe(field: forms.Field, *, label: Text, needed: Text = "", help_text: Text = "", **attributes: str) -> None:
    """Our label above the field instead of a placeholder in it, and what to enter when it was left empty."""
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)
    if needed:
        field.error_messages["required"] = needed


def describe_email(field: forms.Field) -> None:
    read_as_address(field)
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


def read_as_address(field: forms.Field) -> None:
    """Have allauth's field read what is typed as our own does: in the form in which addresses are stored."""
    to_python = field.to_python
    field.to_python = lambda value: normalize_address(to_python(value) or "")  # type: ignore[method-assign]


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

    name = NameField(
        label=_("Your name"),
        max_length=settings.LIMITS["name"],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name as your colleagues know it")},
    )
    team = NameField(
        label=_("Your team"),
        max_length=settings.LIMITS["name"],
        required=False,
        initial=_(DEFAULT_TEAM),
        help_text=_("Assessments belong to a team. Keep the name if you are only trying this out."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ("name", "email", "password1", "team")
    service = LoginForm.service

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Fields = self.fields
        describe_email(fields["email"])
        describe_new_password(fields["password1"], _("Password"))
        self.invitation = get_invitation_of_request(allauth_context.request)
        if self.invitation:
            del fields["team"]
            fields["email"].initial = self.invitation.email

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        """All of it or nothing: the person, their address, workspace, team and membership."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])  # as long as for a new account
        try:
            with transaction.atomic():
                user, response = super().try_save(request)
                if user is not None and self.invitation is None:
                    create_workspace_for(user, team_name=self.cleaned_data["team"])
        except IntegrityError:
            # The same address signed up between the check and the save, as by a double click.
            messages.info(request, _("This address just signed up. Sign in with its password."))
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


class NewSessionKey(forms.Form):
    """For forms by which somebody signed in proves once more who they are: the session gets another key then."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            allauth_context.request.session.cycle_key()
        return cleaned


class ReauthenticateForm(NewSessionKey, allauth_forms.ReauthenticateForm):
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


class CodeAgainForm(NewSessionKey, mfa_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_code(self.fields["code"], _("Six digits from your app, or one of your recovery codes."))


class FirstCodeForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_code(self.fields["code"], _("Six digits that the app shows once it knows the key."))
