"""The scaling sum's page: figures in an address, read strictly, and what a split would save by them.

Decides: which figures are asked, their limits and how they are told. Does not decide: the arithmetic
(`decision.economics`). Keeps nothing; the figures live in the address alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assess.decision.economics import MAX_INSTANCES, MONTHS_A_YEAR, Fleet, Saving, compare_fleets
from assess.decision.signals import ACUTE, highest_level
from assess.public.quick import shown
from assess.questionnaire.problems import Problem
from assess.questionnaire_files import builtin_questionnaire
from assess.web.access import open_to_all

MAX_PRICE: Final = 1_000_000
MAX_COST: Final = 1_000_000_000
_PLAIN: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One field of the form. `what` names it in "Enter … between 0 and …"; `places` is 0 for a whole number."""

    name: str
    label: str
    what: str
    most: int
    places: int = 0
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Fields that stand together. `needed` ones have no sum without them; the others count as 0 when left empty."""

    slug: str
    title: str
    hint: str
    figures: tuple[Figure, ...]
    needed: bool = False


def _fleet(slug: str, title: str, hint: str) -> Group:
    return Group(
        slug=slug,
        title=title,
        hint=hint,
        figures=(
            Figure(name=f"{slug}_instances", label="Instances", what="instances", most=MAX_INSTANCES),
            Figure(name=f"{slug}_price", label="Price of each a month", what="a price", most=MAX_PRICE, places=2),
        ),
        needed=True,
    )


GROUPS: Final = (
    _fleet("now", "Today", "What the whole system runs on. For a bill as one figure, enter 1 instance at that price."),
    _fleet("part", "After the split: the part taken out", "What the part would run on by itself."),
    _fleet("rest", "After the split: the rest", "What the system would still need without that part."),
    Group(
        slug="more",
        title="Extra cost each month",
        hint="What only the split needs: a gateway, tracing, a broker, the time of those who look after them.",
        figures=(Figure(name="extra", label="Amount a month", what="an amount", most=MAX_COST, places=2),),
    ),
    Group(
        slug="people",
        title="One-time cost: people's time",
        hint="Who works on the split and for how long. Fill in all three or none.",
        figures=(
            Figure(name="people", label="People", what="people", most=10_000, places=1),
            Figure(name="months", label="Months", what="months", most=120, places=1),
            Figure(name="person_cost", label="Cost of a person a month", what="an amount", most=MAX_PRICE),
        ),
    ),
    Group(
        slug="once",
        title="One-time cost: anything else",
        hint="Licences, training, or one figure for everything. It is added to people's time.",
        figures=(Figure(name="once", label="Amount", what="an amount", most=MAX_COST, places=2),),
    ),
)
PEOPLE: Final = ("people", "months", "person_cost")

#: S3's own figures. Of the shop it tells the bill after the split only as a whole, so that is one instance here.
EXAMPLES: Final = {
    "reports": {
        "now_instances": "10",
        "now_price": "100",
        "part_instances": "8",
        "part_price": "100",
        "rest_instances": "2",
        "rest_price": "50",
    },
    "shop": {
        "now_instances": "10",
        "now_price": "340",
        "part_instances": "0",
        "part_price": "0",
        "rest_instances": "1",
        "rest_price": "2100",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the sum as the page shows it: `working` is how `amount` comes about."""

    title: str
    working: str
    amount: Decimal
    is_total: bool = False


@dataclass(frozen=True, kw_only=True)
class ScalingSum:
    """What an address says. `given` has the texts as they came, so that the form shows them again.

    `saving` is None while nothing is entered or something is wrong.
    """

    given: Mapping[str, str]
    figures: Mapping[str, Decimal]
    problems: tuple[Problem, ...]
    saving: Saving | None

    @property
    def lines(self) -> list[Line]:
        """The sum, line by line, with a total before and one after."""
        if self.saving is None:
            return []
        figures = self.figures
        told = [
            Line(
                title=title,
                working=f"{amount_words(figures[f'{slug}_instances'])} × {amount_words(figures[f'{slug}_price'])}",
                amount=figures[f"{slug}_instances"] * figures[f"{slug}_price"],
            )
            for slug, title in (("part", "The part taken out"), ("rest", "The rest"))
        ]
        now = f"{amount_words(figures['now_instances'])} × {amount_words(figures['now_price'])}"
        return [
            Line(title="Today", working=now, amount=self.saving.now_a_month, is_total=True),
            *told,
            Line(title="Extra cost", working="", amount=figures["extra"]),
            Line(title="After the split", working="", amount=self.saving.then_a_month, is_total=True),
        ]


def read_scaling_sum(given: Mapping[str, Sequence[str]]) -> ScalingSum:
    """The sum in an address's parameters, each name with all its texts. Never raises: what is wrong is in `problems`.

    >>> read_scaling_sum({"now_instances": ["ten"]}).problems[0].message
    'Enter instances between 0 and 100,000'
    """
    texts = {
        figure.name: [text.strip() for text in given.get(figure.name, ()) if text.strip()]
        for group in GROUPS
        for figure in group.figures
    }
    kept = {name: shown(entered[0]) for name, entered in texts.items() if entered}
    if not kept:
        return ScalingSum(given={}, figures={}, problems=(), saving=None)
    figures: dict[str, Decimal] = {}
    problems: list[Problem] = []
    any_people = any(name in kept for name in PEOPLE)
    for group in GROUPS:
        for figure in group.figures:
            needed = group.needed or (group.slug == "people" and any_people)
            value, advice = _read(figure, texts[figure.name], needed=needed)
            if advice:
                if group.slug == "people" and not texts[figure.name]:
                    advice += ", or leave people, months and cost empty"
                problems.append(Problem(code="figure", key=figure.name, message=advice))
            else:
                figures[figure.name] = value
    saving = None if problems else _saving(figures)
    return ScalingSum(given=kept, figures=figures, problems=tuple(problems), saving=saving)


def _read(figure: Figure, texts: Sequence[str], *, needed: bool) -> tuple[Decimal, str]:
    """The figure's value, and what to do where it has none ("" where it does)."""
    range_ = f"Enter {figure.what} between 0 and {figure.most:,}"
    if not texts:
        return Decimal(0), range_ if needed else ""
    if len(texts) > 1:
        return Decimal(0), "Give one figure only"
    text = texts[0]
    if not _PLAIN.fullmatch(text):
        separated = re.fullmatch(r"[0-9.,' ]+", text, re.ASCII)
        return Decimal(0), f"{range_}, written like {_like(figure)}, without other separators" if separated else range_
    value = Decimal(text)
    if value > figure.most:
        return Decimal(0), range_
    # Compared in whole steps, so that 45.0 is a whole number.
    step = Decimal(1).scaleb(-figure.places)
    if value % step:
        return Decimal(0), f"{range_}, {_precision(figure.places)}"
    return value.quantize(step), ""


def _like(figure: Figure) -> str:
    return {0: "1200", 1: "1.5", 2: "1200.50"}[figure.places]


def _precision(places: int) -> str:
    return {0: "as a whole number", 1: "with at most one decimal", 2: "with at most two decimals"}[places]


def _saving(figures: Mapping[str, Decimal]) -> Saving:
    def fleet(slug: str) -> Fleet:
        return Fleet(instances=int(figures[f"{slug}_instances"]), price=figures[f"{slug}_price"])

    work = figures["people"] * figures["months"] * figures["person_cost"]
    return compare_fleets(
        (fleet("now"),),
        (fleet("part"), fleet("rest")),
        extra_a_month=figures["extra"],
        one_time_cost=work + figures["once"],
    )


# --- in words


def amount_words(amount: Decimal) -> str:
    """An amount in no currency, with cents only where there are some.

    >>> amount_words(Decimal("15600.00")), amount_words(Decimal("0.5"))
    ('15,600', '0.50')
    """
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def headline(saving: Saving) -> str:
    """What it comes to, a month and a year; a saving below zero is told as a cost."""
    month, year = amount_words(abs(saving.saving_a_month)), amount_words(abs(saving.saving_a_year))
    if saving.saving_a_month > 0:
        return f"The split saves {month} a month, {year} a year"
    if saving.saving_a_month < 0:
        return f"The split costs {month} more a month, {year} more a year"
    return "The split changes nothing about the bill"


def payback(saving: Saving) -> str:
    """When the one-time cost is back, in a sentence."""
    months, once = saving.months_to_pay_back, amount_words(saving.one_time_cost)
    if not saving.one_time_cost:
        return "No one-time cost is entered, so there is nothing to pay back; every split takes people's time."
    if months is None:
        why = "each month costs more than today" if saving.saving_a_month < 0 else "no month saves anything"
        return f"The one-time cost of {once} is never paid back: {why}."
    return f"The one-time cost of {once} is paid back after {span(months)}."


def span(months: int) -> str:
    """Months in words, from a year on in years as well.

    >>> span(8), span(154)
    ('8 months', '154 months (12 years and 10 months)')
    """
    years, rest = divmod(months, MONTHS_A_YEAR)
    if not years:
        return _counted(months, "month")
    in_years = " and ".join(_counted(number, word) for number, word in ((years, "year"), (rest, "month")) if number)
    return f"{_counted(months, 'month')} ({in_years})"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


# --- the page


@open_to_all(reason="the scaling sum needs no account and keeps nothing")
@require_safe
def scaling_sum(request: HttpRequest) -> HttpResponse:
    read = read_scaling_sum(dict(request.GET.lists()))
    messages = {problem.key: problem.message for problem in read.problems}
    labels = {figure.name: f"{group.title}, {figure.label.lower()}" for group in GROUPS for figure in group.figures}
    bill = builtin_questionnaire().by_key["infra_cost"].reads
    context = {
        "saving": read.saving,
        "headline": headline(read.saving) if read.saving else "",
        "payback": payback(read.saving) if read.saving else "",
        "lines": [(line, amount_words(line.amount)) for line in read.lines],
        "problems": [(problem, labels[problem.key]) for problem in read.problems],
        "groups": [
            (
                group,
                [(figure, read.given.get(figure.name, ""), messages.get(figure.name, "")) for figure in group.figures],
            )
            for group in GROUPS
        ],
        "examples": {name: urlencode(figures) for name, figures in EXAMPLES.items()},
        "bill_level": highest_level(bill) if bill else 0,
        "acute": ACUTE,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if read.problems else HTTPStatus.OK
    return render(request, "public/scaling_sum.html", context, status=status)
