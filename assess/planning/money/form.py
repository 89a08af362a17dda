"""The form of the cost figures: two fields for each, filled with what was typed, with its default beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from assess.language import N_, Words, _
from assess.money.facade import FIGURES, GROUPS, Figure, range_words, texts_of
from assess.planning.money.actions import VersionMoney
from assess.questionnaire.facade import Issue
from assess.web.facade import choice_words, chosen_reading

ENDS: Final = ("low", "high")
#: The unit behind a label.
UNIT_LABELS: Final[Words[str]] = Words(
    {
        "people": N_("people"),
        "hours_a_week": N_("hours a week"),
        "hours_a_month": N_("hours a month"),
        "months": N_("months"),
        "share": N_("%"),
        "money_an_hour": N_("{currency} an hour"),
        "money_a_month": N_("{currency} a month"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One end of a figure. `choices` are what its text may mean, each in words and as the field has it."""

    name: str
    label: str
    text: str
    message: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureFields:
    """A figure with its two ends. `default` is its range while both are empty, "" where there is none; `source` is S0
    to S4 or "ours", or in words where the default comes from."""

    figure: Figure
    unit: str
    fields: tuple[Field, ...]
    default: str
    source: str
    is_from_sources: bool
    why: str

    @property
    def has_errors(self) -> bool:
        return any(field.message for field in self.fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupFields:
    """Figures that stand together. `is_open` where one has a mistake, or has no default."""

    slug: str
    title: str
    figures: tuple[FigureFields, ...]

    @property
    def is_open(self) -> bool:
        return any(each.has_errors or not each.default for each in self.figures)

    @property
    def typed(self) -> int:
        """How many of its figures somebody typed."""
        return sum(any(field.text for field in each.fields) for each in self.figures)


def read_content(data: QueryDict) -> dict[str, Any]:
    """What was sent, as it is kept: the texts of figures that have any. A button that chose what a text means has it
    replaced by that."""
    figures = {}
    for figure in FIGURES:
        names = {end: f"{figure.name}-{end}" for end in ENDS}
        texts = {end: (chosen_reading(data, name) or [data.get(name, "")])[0].strip() for end, name in names.items()}
        if any(texts.values()):
            figures[figure.name] = texts
    return {"figures": figures}


def build_groups(money: VersionMoney) -> list[GroupFields]:
    """The fields by group."""
    issues = {issue.key: issue for issue in money.issues}
    return [
        GroupFields(
            slug=slug,
            title=title,
            figures=tuple(build_fields(figure, money, issues) for figure in FIGURES if figure.group == slug),
        )
        for slug, title in GROUPS.items()
    ]


def build_fields(figure: Figure, money: VersionMoney, issues: Mapping[str, Issue]) -> FigureFields:
    """Both fields of a figure."""
    default = money.defaults.get(figure.name)
    labels = (_("From, or one figure"), _("To"))
    fields = []
    for end, label, text in zip(ENDS, labels, texts_of(money.content, figure.name), strict=True):
        issue = issues.get(f"{figure.name}-{end}")
        choices = tuple((choice_words(choice), choice) for choice in issue.choices) if issue else ()
        message = f"{issue.message}." if issue else ""
        fields.append(Field(name=f"{figure.name}-{end}", label=label, text=text, message=message, choices=choices))
    return FigureFields(
        figure=figure,
        unit=UNIT_LABELS[figure.unit].format(currency=money.currency),
        fields=tuple(fields),
        default=range_words(figure, default.range, money.currency) if default else "",
        source=default.origin if default else "",
        is_from_sources=default is not None and default.origin == figure.source,
        why=default.why if default else "",
    )


def problems_of_figures(issues: Iterable[Issue]) -> list[tuple[str, str]]:
    """Each mistake as a sentence with its figure's label, and the id of its field; "" where it has none."""
    labels = {figure.name: _(figure.label) for figure in FIGURES}
    return [
        (f"{labels[issue.key.rpartition('-')[0]]}: {issue.message}.", f"f-{issue.key}")
        if "-" in issue.key
        else (f"{issue.message}.", "")
        for issue in issues
    ]
