"""The forms by which people are invited, placed and named, and a person's own. What is allowed, the actions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assess.language import N_, Words
from assess.people.branding import SETTINGS, time_zones
from assess.people.forms import OneLine
from assess.people.models import WORKSPACE_ROLES, Paper, Role, Team, Workspace
from assess.questionnaire.facade import ValidationFailed

#: What each role is for, in a line; the abilities themselves stand in `permissions`.
WHAT_FOR = Words(
    {
        Role.LEAD: N_("runs the team's assessments, asks people to answer, invites"),
        Role.MEMBER: N_("answers, comments and submits"),
        Role.RESPONDENT: N_("answers where asked; reads nothing else"),
        Role.VIEWER: N_("reads what the team does"),
        Role.ARCHITECT: N_("reads all teams, reviews and signs"),
        Role.ADMINISTRATOR: N_("looks after people and questionnaires; does not read answers"),
    }
)
TEAM_ROLES = tuple(role for role in Role if role not in WORKSPACE_ROLES)
WHOLE = "workspace"
MOST_DAYS = settings.LIMITS["api_token_days"]


def add_problems(form: forms.Form, refused: ValidationFailed) -> None:
    """Each at its field, where the form has that; else above all."""
    for issue in refused.issues:
        form.add_error(issue.key if issue.key in form.fields else None, f"{issue.message}.")


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, _("{role}: {what_for}").format(role=role.label, what_for=WHAT_FOR[role])) for role in roles]


class PlaceForm(forms.Form):
    """A role, and where: in one of these teams or, for whoever looks after it, in the whole workspace."""

    place = forms.ChoiceField(label=_("Where"), error_messages={"required": _("Choose a team, or the whole workspace")})
    role = forms.ChoiceField(label=_("As"), error_messages={"required": _("Choose a role")})

    def __init__(self, *args: Any, teams: list[Team], whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in teams}
        place, role = self.fields["place"], self.fields["role"]
        assert isinstance(place, forms.ChoiceField)
        assert isinstance(role, forms.ChoiceField)
        places = [(key, _("Team {team}").format(team=team)) for key, team in self.teams.items()]
        place.choices = [*places, (WHOLE, _("The whole workspace"))] if whole else places
        role.choices = (
            [
                (_("In a team"), role_choices(TEAM_ROLES)),
                (_("In the whole workspace"), role_choices(WORKSPACE_ROLES)),
            ]
            if whole
            else role_choices(TEAM_ROLES)
        )
        self.initial.setdefault("role", Role.MEMBER.value)

    @property
    def team(self) -> Team | None:
        """The chosen team; None for the whole workspace. Of a valid form."""
        return self.teams.get(self.cleaned_data["place"])


class InviteForm(PlaceForm):
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("The invitation goes there and is for this person only. Leave it empty for a link to pass on."),
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
    name = OneLine(
        label=_("Name of the team"),
        max_length=settings.LIMITS["name"],
        error_messages={"required": _("Enter a name for the team")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WorkspaceForm(forms.Form):
    """What a workspace sets for itself; `branding` decides what will do."""

    name = OneLine(
        label=_("Name of the workspace"),
        max_length=settings.LIMITS["name"],
        error_messages={"required": _("Enter a name for the workspace")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    confidentiality = OneLine(
        label=_("Line on every page of its reports"),
        max_length=settings.LIMITS["name"],
        required=False,
        help_text=_("Such as “Confidential: for the board only”. May stay empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paper = forms.ChoiceField(
        label=_("Paper of its reports"),
        choices=Paper.choices,
        error_messages={"required": _("Choose a paper"), "invalid_choice": _("Choose one of the papers in the list")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of reports and mails, and how dates and numbers are written."),
        widget=forms.Select(attrs={"translate": "no"}),  # each is called as it calls itself
        error_messages={
            "required": _("Choose a language"),
            "invalid_choice": _("Choose one of the languages in the list"),
        },
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days and hours on pages, in mails and in reports are those of this place."),
        widget=forms.Select(attrs={"translate": "no"}),
        error_messages={
            "required": _("Choose a time zone"),
            "invalid_choice": _("Choose one of the time zones in the list"),
        },
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(workspace, name) for name in SETTINGS}
        language, time_zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField)
        assert isinstance(time_zone, forms.ChoiceField)
        language.choices = settings.LANGUAGES
        time_zone.choices = _zones(workspace.time_zone)


def _zones(present: str) -> list[tuple[str, Any]]:
    """The time zones by region; the one that is set is there, too, if it goes by an older name."""
    known = time_zones()
    loose = [*known[""], *([present] if not any(present in names for names in known.values()) else [])]
    grouped = [
        (region, [(name, name.partition("/")[2].replace("_", " ")) for name in names])
        for region, names in known.items()
        if region
    ]
    return [*((name, name) for name in loose), *grouped]


class YouForm(forms.Form):
    name = OneLine(
        label=_("Your name"),
        max_length=settings.LIMITS["name"],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name as your colleagues know it")},
    )
    wants_mail = forms.BooleanField(
        label=_("Mail me what waits on me"), required=False, help_text=_("It stands on the site in any case.")
    )


class TokenForm(forms.Form):
    name = OneLine(
        label=_("What it is for"),
        max_length=settings.LIMITS["name"],
        help_text=_("Such as “nightly export”."),
        error_messages={"required": _("Enter what this token is for, such as nightly export")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=_("Days until it ends"),
        initial=90,
        help_text=format_lazy(_("At most {most}."), most=MOST_DAYS),
        error_messages={
            "required": _("Enter a number of days"),
            "invalid": format_lazy(
                _("Enter a number of days from 1 to {most}"), most=settings.LIMITS["api_token_days"]
            ),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class LeaveForm(forms.Form):
    """What shows that it is the person: the password, or (who signs in elsewhere has none) the address typed out."""

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
