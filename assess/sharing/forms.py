"""The form of a new share link."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assess.questionnaire.facade import ValidationFailed, check_name
from assess.sharing.models import Scope
from assess.web.facade import TypedIntegerField

SHORTEST_PASSCODE = 6
DAYS = format_lazy(_("Enter a number of days from 1 to {most}"), most=settings.LIMITS["share_days"])


class ShareLinkForm(forms.Form):
    """For whom a link is, what it shows, until when, and its passcode. The passcode is never shown again."""

    name = forms.CharField(
        label=_("For whom"),
        max_length=settings.LIMITS["name"],
        help_text=_("A name that tells you later whose link it is, such as “Board, December”."),
        error_messages={"required": _("Enter who the link is for")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("What it shows"),
        choices=Scope.choices,
        initial=Scope.REPORT,
        error_messages={"required": _("Choose what the link shows"), "invalid_choice": _("Choose what the link shows")},
    )
    days = TypedIntegerField(
        unit="days",
        label=_("For how many days"),
        initial=30,
        min_value=1,
        max_value=settings.LIMITS["share_days"],
        error_messages={"required": DAYS, "invalid": DAYS, "min_value": DAYS, "max_value": DAYS},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    passcode = forms.CharField(
        label=_("Passcode (optional)"),
        required=False,
        min_length=SHORTEST_PASSCODE,
        max_length=settings.LIMITS["name"],
        help_text=_("Six characters or more. Without one, anybody who has the address sees the result."),
        error_messages={
            "min_length": format_lazy(
                _("Enter {least} characters or more, or leave the passcode empty"), least=SHORTEST_PASSCODE
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        try:
            return check_name(" ".join(self.cleaned_data["name"].split()), settings.LIMITS["name"])
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed
