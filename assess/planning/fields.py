"""Fields of the forms of planning: text that people read later, one line, and a day; and what is wrong with a form."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assess.planning.models import MAX_NOTE
from assess.questionnaire.facade import Issue, ValidationFailed, check_name, check_note

#: ISO as browsers send it, and day first as people type it where a browser has no date field.
DAY_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y")
ENTER_A_DAY: Final = _("Enter a day, such as 2027-01-31")


class NoteField(forms.CharField):
    """Text of several lines, without control characters, with at most `limit` characters."""

    def __init__(self, *, limit: int = MAX_NOTE, **options: Any) -> None:
        self.limit = limit
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": 2}), **options})
        self.widget.attrs |= {"maxlength": limit, "dir": "auto"}

    def to_python(self, value: Any) -> str:
        try:
            return self.check(super().to_python(value) or "")
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed

    def check(self, text: str) -> str:
        """The text as it is kept. Raises ValidationFailed."""
        return check_note(text, self.limit)


class LineField(NoteField):
    """The same on one line: what is between words becomes one space."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"autocomplete": "off"}), **options})

    def check(self, text: str) -> str:
        return check_name(" ".join(text.split()), self.limit)


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})
        words = {"required": ENTER_A_DAY, "invalid": ENTER_A_DAY}
        super().__init__(**{"input_formats": DAY_FORMATS, "widget": widget, "error_messages": words, **options})


def add_issues(form: forms.Form, issues: Iterable[Issue]) -> None:
    """Shows each beside its field; those of no field above the form."""
    for issue in issues:
        form.add_error(issue.key if issue.key in form.fields else None, issue.message)


def list_problems(form: forms.Form, *, is_shown: bool = True, with_labels: bool = False) -> list[tuple[str, str]]:
    """Each mistake with the id of its field; "" for one of the whole form, or of a form that the page does not show.
    `with_labels` begins each with its field's label, where two fields may have the same mistake."""
    problems = []
    for name, messages in form.errors.items():
        field = form[name] if name != "__all__" else None
        for message in messages:
            words = f"{field.label}: {message}" if field and with_labels else str(message)
            problems.append((words, field.id_for_label if field and is_shown else ""))
    return problems
