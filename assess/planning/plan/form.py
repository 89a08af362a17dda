"""The forms of the plan: the day on which it begins, and one step."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from assess.advice.facade import STEP_STATE_WORDS
from assess.planning.fields import ENTER_A_DAY, DayField, LineField, NoteField
from assess.planning.models import PlanStep
from assess.planning.plan.actions import StepContent
from assess.planning.rows import FIRST_DAY, LAST_DAY

OF_THIS_CENTURY: Final = (MinValueValidator(FIRST_DAY, ENTER_A_DAY), MaxValueValidator(LAST_DAY, ENTER_A_DAY))


class BeginForm(forms.Form):
    starts_on = DayField(label=_("The plan begins on"), validators=OF_THIS_CENTURY)


class StepForm(forms.Form):
    """One step. `stages` are those of the plan that it may belong to, with their words."""

    title = LineField(label=_("Step"), limit=200, error_messages={"required": _("Say what to do")})
    done_when = LineField(
        label=_("Done when"),
        limit=500,
        error_messages={"required": _("Say how you tell that it is done")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stage = forms.ChoiceField(label=_("Stage"))
    owner = LineField(label=_("Owner"), limit=120, required=False)
    starts_on = DayField(label=_("Starts on"), required=False, validators=OF_THIS_CENTURY)
    due_on = DayField(label=_("Due on"), required=False, validators=OF_THIS_CENTURY)
    state = forms.ChoiceField(label=_("State"))
    note = NoteField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

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
        self.fields["state"].choices = list(STEP_STATE_WORDS.items())  # type: ignore[attr-defined]  # the same

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", _("Choose a day on or after the start"))
        return cleaned

    def content(self) -> StepContent:
        """Only of a valid form."""
        return StepContent(**self.cleaned_data)
