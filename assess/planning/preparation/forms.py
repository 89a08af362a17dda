"""The two forms of an item: ticking it with a proof, waiving it with a reason and an end. Which days are allowed, the
actions say."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assess.planning.fields import DayField, LineField, NoteField
from assess.planning.preparation.actions import MAX_WAIVER
from assess.questionnaire.facade import ValidationFailed, check_link


class TickForm(forms.Form):
    """What proves that the item is ready."""

    text = NoteField(
        label=_("What proves it"),
        help_text=_("Where somebody can see it: a page, a dashboard, the date of the decision."),
        error_messages={"required": _("Say what proves it")},
    )
    link = LineField(label=_("Link (optional)"), required=False)
    marked_on = DayField(label=_("Ready since"))

    def __init__(self, data: Any = None, *, today: date, **options: Any) -> None:
        super().__init__(data, use_required_attribute=False, **options)
        if data is None:
            self.initial.setdefault("marked_on", today)
        self.fields["marked_on"].widget.attrs["max"] = today.isoformat()

    def clean_link(self) -> str:
        try:
            return check_link(self.cleaned_data["link"].strip())
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed


class WaiverForm(forms.Form):
    """Why the item can wait, and how long."""

    text = NoteField(
        label=_("Why it can wait"),
        help_text=_("The report prints it, with your name."),
        error_messages={"required": _("Say why it can wait")},
    )
    ends_on = DayField(label=_("Until"), help_text=_("The last day, within a year. Then it is missing again."))

    def __init__(self, data: Any = None, *, today: date, **options: Any) -> None:
        super().__init__(data, use_required_attribute=False, **options)
        self.fields["ends_on"].widget.attrs |= {"min": today.isoformat(), "max": (today + MAX_WAIVER).isoformat()}
