"""Fields of the forms of planning: text that people read later, one line, and a day."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assess.planning.models import MAX_NOTE
from assess.questionnaire.facade import ValidationFailed, check_note

#: ISO as browsers send it, and day first as people type it where a browser has no date field.
DAY_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y")
ENTER_A_DAY: Final = _("Enter a day, such as 2027-01-31")


class NoteField(forms.CharField):
    """Text of several lines, without control characters, as long as a note may be."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "maxlength": MAX_NOTE, "dir": "auto"})
        super().__init__(**{"widget": widget, **options})

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        try:
            return check_note(text, MAX_NOTE)
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed


class LineField(NoteField):
    """The same on one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"autocomplete": "off"}), **options})


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})
        words = {"required": ENTER_A_DAY, "invalid": ENTER_A_DAY}
        super().__init__(**{"input_formats": DAY_FORMATS, "widget": widget, "error_messages": words, **options})


def list_problems(form: forms.Form, *, is_shown: bool) -> list[tuple[str, str]]:
    """Each mistake with the id of its field; "" for one of the whole form, or of a form that the page does not show."""
    return [
        (str(message), form[name].id_for_label if name != "__all__" and is_shown else "")
        for name, found in form.errors.items()
        for message in found
    ]
