"""What is asked about a signed decision after 6 and 12 months: which figures, in which words, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from assess.language import N_, Words, _, number
from assess.questionnaire.facade import (
    ANY_CURRENCY,
    Answers,
    Issue,
    ValidationFailed,
    choose_value,
    read_typed_number,
)

Months = Literal[6, 12]
OUTCOME_MONTHS: Final[tuple[Months, ...]] = (6, 12)
Moment = Literal["before", "after"]
MOMENTS: Final[tuple[Moment, ...]] = ("before", "after")
#: By figure: what it was when the decision was signed, and what it is now. Either may be missing.
OutcomeFigures = Mapping[str, Mapping[Moment, float]]

FOLLOWED_WORDS: Words[str] = Words(
    {
        "as_decided": N_("done as decided"),
        "partly": N_("partly done"),
        "otherwise": N_("done otherwise"),
        "not_begun": N_("not begun"),
    }
)
RIGHT_WORDS: Words[bool | None] = Words(
    {
        True: N_("the decision was right"),
        False: N_("the decision was wrong"),
        None: N_("not known yet whether the decision was right"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeFigure:
    """A figure that a decision should change. `label` and `named` are marked; `units` are what may stand behind it.

    `question` is the question whose answer is its baseline, "" where none is.
    """

    slug: str
    label: str
    named: str
    most: int
    units: tuple[str, ...]
    question: str = ""
    places: int = 2  #: decimals that are kept


#: Goals use the same slugs.
OUTCOME_FIGURES: Final[Mapping[str, OutcomeFigure]] = {
    each.slug: each
    for each in (
        OutcomeFigure(
            slug="deploy_minutes",
            label=N_("Minutes from merge to production"),
            named=N_("minutes"),
            most=100_000,
            units=("minute", "minutes"),
            question="deploy_minutes",
        ),
        OutcomeFigure(
            slug="deploys_per_week",
            label=N_("Deploys a week"),
            named=N_("deploys a week"),
            most=100_000,
            units=("deploy a week", "deploys a week"),
            question="deploys_per_week",
        ),
        OutcomeFigure(
            slug="monthly_cost",
            label=N_("Cost of running it a month"),
            named=N_("an amount"),
            most=1_000_000_000,
            units=(ANY_CURRENCY,),
        ),
        OutcomeFigure(
            slug="incidents_per_month",
            label=N_("Incidents a month"),
            named=N_("incidents"),
            most=100_000,
            units=("incident", "incidents", "incident a month", "incidents a month"),
        ),
    )
}


def read_outcome_figures(texts: Mapping[str, str]) -> OutcomeFigures:
    """The figures in a form's texts, by "deploy_minutes-before" and so on; an empty one is left out.

    Raises ValidationFailed with an issue for each text that is no figure, its field as the key.

    >>> read_outcome_figures({"deploy_minutes-before": "45 min", "deploy_minutes-after": "8"})
    {'deploy_minutes': {'before': 45, 'after': 8}}
    """
    figures: dict[str, dict[Moment, float]] = {}
    issues: list[Issue] = []
    for figure in OUTCOME_FIGURES.values():
        for moment in MOMENTS:
            key = f"{figure.slug}-{moment}"
            text = texts.get(key, "").strip()
            if not text:
                continue
            try:
                figures.setdefault(figure.slug, {})[moment] = read_figure(figure, key, text)
            except ValidationFailed as failed:
                issues += failed.issues
    if issues:
        raise ValidationFailed(issues)
    return {slug: values for slug, values in figures.items() if values}


def number_of_answer(figure: OutcomeFigure, answers: Answers) -> float | None:
    """What the answers say that the figure was; None where no question asks for it or no number is known."""
    answer = answers.get(figure.question)
    return answer.value if answer is not None and isinstance(answer.value, int | float) else None


def read_figure(figure: OutcomeFigure, key: str, text: str) -> float:
    """The number that was typed. Raises ValidationFailed with one issue under `key`."""
    enter = _("Enter {what} between 0 and {most}").format(what=_(figure.named), most=number(figure.most))
    typed = read_typed_number(text, figure.units)
    value = round(choose_value(text, typed, enter=enter, most=figure.most, key=key), figure.places)
    return float(value) if value % 1 else int(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureLine:
    """One figure before and after, in words: "not known" where a side is missing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeLine:
    """One outcome in words, for pages and reports. `by` is "" where a name must not show."""

    months: int
    followed: str  #: "After 6 months: partly done"
    right: str
    text: str
    lesson: str
    figures: tuple[FigureLine, ...]
    by: str
    at: datetime


def describe_figures(figures: OutcomeFigures, currency: str) -> list[FigureLine]:
    """A line for each figure with something in it, in the order of the table. A figure of another release is left
    out. `currency` is what stands before an amount, "$" or "SEK "."""
    lines = []
    for figure in OUTCOME_FIGURES.values():
        values = figures.get(figure.slug, {})
        texts = {moment: describe_value(figure, values.get(moment), currency) for moment in MOMENTS}
        if values:
            lines.append(FigureLine(label=_(figure.label), before=texts["before"], after=texts["after"]))
    return lines


def describe_value(figure: OutcomeFigure, value: float | None, currency: str) -> str:
    if value is None:
        return _("not known")
    if figure.units == (ANY_CURRENCY,):
        return _("{currency}{value}").format(value=number(value), currency=currency)
    return number(value)


def describe_followed(months: int, followed: str) -> str:
    """What was done so many months later, as one line: "After 6 months: partly done"."""
    words = FOLLOWED_WORDS.get(followed, followed)
    return _("After {months} months: {followed}").format(months=number(months), followed=words)
