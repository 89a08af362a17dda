"""The form of a signature, with a row for each condition."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assess.assessments.facade import Assessment
from assess.decision.facade import VERDICT_WORDS
from assess.planning.facade import money_saved_at
from assess.questionnaire.facade import Issue, ValidationFailed, check_name, check_note
from assess.review import policies
from assess.review.signed_content import ConditionTerms
from assess.review.states import OUTCOMES
from assess.web.facade import localdate_in

#: Nobody keeps more conditions in mind; send the version back instead.
MAX_CONDITIONS: Final = 12
#: Rows for conditions that an empty form shows, and how many more a press of "More conditions" adds.
ROWS: Final = 3
#: ISO as browsers send it, and day first as people type it where a browser has no date field.
DAY_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y")
ENTER_A_DAY: Final = _(policies.ENTER_A_DAY)


class TextField(forms.CharField):
    """Text of several lines, without control characters."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return check_note(text, settings.LIMITS["note"])
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed


class ConditionForm(forms.Form):
    """One row: what has to be done, by whom, until when. An empty row counts as none."""

    text = TextField(
        label=_("What has to be done"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say what has to be done")},
    )
    owner = forms.CharField(
        label=_("Owner"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Name the owner")},
    )
    due = forms.DateField(
        label=_("By when"),
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"required": ENTER_A_DAY, "invalid": ENTER_A_DAY},
    )

    def __init__(self, *, number: int, today: date, data: Mapping[str, Any] | None, initial: Mapping[str, Any]) -> None:
        """`number` counts from 1; `initial` has the values of the whole form."""
        prefix = f"condition-{number}"
        super().__init__(
            data,
            prefix=prefix,
            auto_id="f-%s",
            initial={name: initial.get(f"{prefix}-{name}", "") for name in self.base_fields} if data is None else None,
            empty_permitted=True,
            use_required_attribute=False,
        )
        self.number, self.today = number, today
        self.fields["due"].widget.attrs["min"] = today.isoformat()

    def clean_owner(self) -> str:
        try:
            return check_name(" ".join(self.cleaned_data["owner"].split()), settings.LIMITS["name"])
        except ValidationFailed as failed:
            raise ValidationError([issue.message for issue in failed.issues]) from failed

    def clean_due(self) -> date:
        due: date = self.cleaned_data["due"]
        if policies.why_not_due(due, self.today):
            raise ValidationError(ENTER_A_DAY)
        return due


class SignatureForm(forms.Form):
    """A reviewer's decision on a version. The password is never shown again."""

    decision = forms.ChoiceField(
        choices=[(state.value, state.label) for state in OUTCOMES],
        error_messages={"required": _("Choose what you decide"), "invalid_choice": _("Choose what you decide")},
    )
    overruled_to = forms.ChoiceField(
        label=_("The verdict that is right"),
        required=False,
        error_messages={"invalid_choice": _("Choose another verdict than the model's, or leave it as it is")},
    )
    reason = TextField(
        label=_("The reason"),
        required=False,
        help_text=_("Both verdicts are always shown, with this reason."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": settings.LIMITS["note"]}),
    )
    remark = TextField(
        label=_("Remark"),
        required=False,
        help_text=_("Needed when you send the version back."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": settings.LIMITS["note"]}),
    )
    password = forms.CharField(
        label=_("Your password, to sign"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, assessment: Assessment, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, auto_id="f-%s", initial=initial, use_required_attribute=False)
        self.money_seen = money_saved_at(assessment)
        self.model_verdict, self.decides = assessment.verdict, policies.question_without_verdict(assessment)
        others = [(slug, name) for slug, name in VERDICT_WORDS.items() if slug != assessment.verdict]
        self.fields["overruled_to"].choices = [("", _("As the model says")), *others]  # type: ignore[attr-defined]
        typed = initial or {} if data is None else data
        filled = [number for number in range(1, MAX_CONDITIONS + 1) if has_condition(typed, number)]
        row_count = max(ROWS, max(filled, default=0)) + (ROWS if "more" in typed else 0)
        today = localdate_in(assessment.workspace, timezone.now())
        numbers = range(1, min(row_count, MAX_CONDITIONS) + 1)
        self.rows = [ConditionForm(number=number, today=today, data=data, initial=typed) for number in numbers]
        self.has_conditions = bool(filled)

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        outcome = OUTCOMES.get(fields.get("decision", ""))
        terms = {name: fields.get(name, "") for name in ("overruled_to", "reason", "remark")}
        issues = policies.issues_of_signature(
            outcome,
            **terms,
            verdict=self.model_verdict,
            decides=self.decides,
            has_conditions=self.has_conditions,
        )
        for issue in issues:
            if issue.key == "conditions":
                self.rows[0].add_error("text", issue.message)
            elif issue.key and issue.key not in self.errors:
                self.add_error(issue.key, issue.message)
        return fields

    def is_valid(self) -> bool:
        return super().is_valid() and all(row.is_valid() for row in self.rows)

    @property
    def issues(self) -> list[Issue]:
        """Every mistake, keyed by the field's name in the page."""
        return [
            Issue(code=error.code or "invalid", key=form.add_prefix(name), message=str(message))
            for form in (self, *self.rows)
            for name, errors in form.errors.as_data().items()
            for error in errors
            for message in error.messages
        ]

    @property
    def signature(self) -> dict[str, Any]:
        """What `actions.sign` takes beside the version and the person. Only of a valid form."""
        fields = {name: self.cleaned_data[name] for name in ("decision", "overruled_to", "reason", "remark")}
        return {**fields, "conditions": list(self.conditions())}

    def conditions(self) -> Iterator[ConditionTerms]:
        """The conditions of the rows that are not empty. Only of a valid form."""
        for row in self.rows:
            if row.has_changed():
                fields = row.cleaned_data
                yield ConditionTerms(text=fields["text"], owner=fields["owner"], due_on=fields["due"])


def has_condition(typed: Mapping[str, Any], number: int) -> bool:
    """Whether anything is typed in the row of this number."""
    return any(str(typed.get(f"condition-{number}-{name}", "")).strip() for name in ConditionForm.base_fields)
