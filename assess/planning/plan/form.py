"""The forms of the plan: the day on which it begins, and one step."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assess.advice.facade import STEP_STATE_WORDS
from assess.planning.models import PlanStep
from assess.planning.plan.actions import StepContent
from assess.questionnaire.facade import ValidationFailed, check_name, check_text

#: ISO as browsers send it, and day first as people type it where a browser has no date field.
DAY_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y")
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
ENTER_A_DAY: Final = _("Enter a day, such as 2027-01-31")


class DayField(forms.DateField):
    """A day between the years 2000 and 2100."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
            error_messages={"required": ENTER_A_DAY, "invalid": ENTER_A_DAY},
            **options,
        )

    def clean(self, value: Any) -> date | None:
        typed: date | None = super().clean(value)
        if typed is not None and not FIRST_YEAR <= typed.year <= LAST_YEAR:
            raise ValidationError(ENTER_A_DAY)
        return typed


class CleanText(forms.CharField):
    """Text without control characters, on one line where `is_line`."""

    def __init__(self, *, is_line: bool = True, **options: Any) -> None:
        self.is_line = is_line
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            limit = self.max_length or 0
            return check_name(" ".join(text.split()), limit) if self.is_line else check_text(text, limit)
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed


class BeginForm(forms.Form):
    starts_on = DayField(label=_("The plan begins on"))


class StepForm(forms.Form):
    """One step. `stages` are those of the plan that it may belong to, with their words."""

    title = CleanText(label=_("Step"), max_length=200, error_messages={"required": _("Say what to do")})
    done_when = CleanText(
        label=_("Done when"),
        max_length=500,
        error_messages={"required": _("Say how you tell that it is done")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stage = forms.ChoiceField(label=_("Stage"))
    owner = CleanText(label=_("Owner"), max_length=120, required=False)
    starts_on = DayField(label=_("Starts on"), required=False)
    due_on = DayField(label=_("Due on"), required=False)
    state = forms.ChoiceField(label=_("State"))
    note = CleanText(
        label=_("Note"),
        is_line=False,
        max_length=settings.LIMITS["note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, stages: Sequence[tuple[str, str]], step: PlanStep | None
    ) -> None:
        fields = self.base_fields
        initial: dict[str, Any] = (
            {name: getattr(step, name) for name in fields} if step else {"state": PlanStep.State.TO_DO}
        )
        if step is None and stages:
            initial["stage"] = stages[-1][0]
        super().__init__(data, auto_id="f-%s", initial=initial, use_required_attribute=False)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]  # a field of choices
        self.fields["state"].choices = list(STEP_STATE_WORDS.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", _("Choose a day on or after the start"))
        return cleaned

    def content(self) -> StepContent:
        """Only of a valid form."""
        return StepContent(**self.cleaned_data)
