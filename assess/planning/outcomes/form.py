"""The form of one outcome: what was done, whether the decision was right, a lesson, and figures before and after."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from assess.advice.facade import FOLLOWED_WORDS, MOMENTS, OUTCOME_FIGURES, read_outcome_figures
from assess.language import _ as translated
from assess.language import capitalised
from assess.planning.models import MAX_NOTE, Outcome
from assess.planning.outcomes.actions import OutcomeFields
from assess.questionnaire.facade import number_text

RIGHT: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unknown": None}


class OutcomeForm(forms.Form):
    """`row` fills it in, else `baselines` do the figures before. What is wrong with it `record_outcome` says."""

    followed = forms.ChoiceField(label=_("What was done"), required=False)
    was_right = forms.ChoiceField(
        label=_("Was the decision right, as you see it now?"),
        required=False,
        choices=(("unknown", _("Not known")), ("yes", _("Yes")), ("no", _("No"))),
    )
    text = forms.CharField(
        label=_("What was done, in your words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "maxlength": MAX_NOTE}),
    )
    lesson = forms.CharField(
        label=_("What would you tell another team?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "maxlength": MAX_NOTE}),
    )

    def __init__(
        self,
        months: int,
        *,
        row: Outcome | None,
        baselines: Mapping[str, float],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        initial: dict[str, str] = {"was_right": "unknown"}
        figures = row.figures if row else {slug: {"before": value} for slug, value in baselines.items()}
        for slug, values in figures.items():
            initial |= {f"{slug}-{moment}": number_text(value) for moment, value in values.items()}
        if row is not None:
            right = next(key for key, value in RIGHT.items() if value is row.was_right)
            initial |= {"followed": row.followed, "was_right": right, "text": row.text, "lesson": row.lesson}
        super().__init__(data, prefix=f"after-{months}", initial=initial, use_required_attribute=False)
        followed = self.fields["followed"]
        assert isinstance(followed, forms.ChoiceField)
        followed.choices = [("", _("Choose")), *((slug, capitalised(words)) for slug, words in FOLLOWED_WORDS.items())]
        for figure in OUTCOME_FIGURES.values():
            for moment, label in zip(MOMENTS, (_("Before"), _("Now")), strict=True):
                self.fields[f"{figure.slug}-{moment}"] = forms.CharField(
                    label=label, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
                )

    @property
    def words(self) -> Iterator[BoundField]:
        """The fields that are no figures."""
        return (self[name] for name in self.base_fields)

    @property
    def figure_pairs(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Each figure's label with its two fields."""
        for figure in OUTCOME_FIGURES.values():
            yield translated(figure.label), [self[f"{figure.slug}-{moment}"] for moment in MOMENTS]

    def read(self) -> OutcomeFields:
        """What was sent. Raises ValidationFailed for a figure that is none."""
        texts = {name: str(self[name].value() or "") for name in self.fields}
        return OutcomeFields(
            followed=texts["followed"],
            was_right=RIGHT.get(texts["was_right"]),
            text=texts["text"],
            lesson=texts["lesson"],
            figures=read_outcome_figures(texts),
        )
