"""The forms of a goal and of a reading. Numbers stay texts here: `advice` reads them, with units and by field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assess.planning.fields import DayField, LineField, NoteField


class GoalForm(forms.Form):
    baseline = LineField(label=_("Today"), error_messages={"required": _("Enter what it is today")})
    target = LineField(label=_("Target"), error_messages={"required": _("Enter what it has to become")})
    target_on = DayField(label=_("By (optional)"), required=False)
    note = NoteField(label=_("Note (optional)"), required=False, help_text=_("How it is measured, and where."))


class ReadingForm(forms.Form):
    value = LineField(label=_("Now"), error_messages={"required": _("Enter what it is now")})
    measured_on = DayField(label=_("Measured on"))
    note = NoteField(label=_("Note (optional)"), required=False)
