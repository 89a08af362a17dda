"""The scaling sum's page: figures in an address, read strictly, and what a split would save by them.

Decides: which figures are asked, their limits and their wording. Does not decide: the arithmetic
(`decision.economics`). Keeps nothing; the figures live in the address alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Final, NoReturn
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assess.decision.facade import ACUTE, MAX_INSTANCES, MONTHS_A_YEAR, Fleet, Saving, compare_fleets, highest_level
from assess.language import N_, _, all_of, ngettext, number
from assess.people.facade import open_to_all
from assess.public.page_cache import cached_for_visitors
from assess.public.questionnaire import public_questionnaire
from assess.public.quick import printable
from assess.questionnaire.facade import (
    ANY_CURRENCY,
    Issue,
    ValidationFailed,
    ask_which,
    number_text,
    read_typed_number,
    refuse_text,
)
from assess.web.facade import choice_links

MAX_PRICE: Final = 1_000_000
MAX_COST: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One field of the form. `what` names it in "Enter … between 0 and …"; `places` is 0 for a whole number.

    Sentences to be said in the reader's language where they are shown, as in `Group`; `named` is the label inside one.
    """

    name: str
    label: str
    named: str
    what: str
    most: int
    places: int = 0
    hint: str = ""
    is_money: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Fields that stand together. `needed` ones have no sum without them; the others count as 0 when left empty."""

    slug: str
    title: str
    hint: str
    figures: tuple[Figure, ...]
    needed: bool = False


def fleet_group(slug: str, title: str, hint: str) -> Group:
    return Group(
        slug=slug,
        title=title,
        hint=hint,
        figures=(
            Figure(
                name=f"{slug}_instances",
                label=N_("Instances"),
                named=N_("instances"),
                what=N_("instances"),
                most=MAX_INSTANCES,
            ),
            Figure(
                name=f"{slug}_price",
                label=N_("Price of each a month"),
                named=N_("price of each a month"),
                what=N_("a price"),
                most=MAX_PRICE,
                places=2,
                is_money=True,
            ),
        ),
        needed=True,
    )


GROUPS: Final = (
    fleet_group(
        "now",
        N_("Today"),
        N_("What the whole system runs on. For a bill as one figure, enter 1 instance at that price."),
    ),
    fleet_group("part", N_("After the split: the part taken out"), N_("What the part would run on by itself.")),
    fleet_group("rest", N_("After the split: the rest"), N_("What the system would still need without that part.")),
    Group(
        slug="more",
        title=N_("Extra cost each month"),
        hint=N_("What only the split needs: a gateway, tracing, a broker, the time of the people who run them."),
        figures=(
            Figure(
                name="extra",
                label=N_("Amount a month"),
                named=N_("amount a month"),
                what=N_("an amount"),
                most=MAX_COST,
                places=2,
                is_money=True,
            ),
        ),
    ),
    Group(
        slug="people",
        title=N_("One-time cost: people's time"),
        hint=N_("Who works on the split and for how long. Fill in all three or none."),
        figures=(
            Figure(name="people", label=N_("People"), named=N_("people"), what=N_("people"), most=10_000, places=1),
            Figure(name="months", label=N_("Months"), named=N_("months"), what=N_("months"), most=120, places=1),
            Figure(
                name="person_cost",
                label=N_("Cost of a person a month"),
                named=N_("cost of a person a month"),
                what=N_("an amount"),
                most=MAX_PRICE,
                is_money=True,
            ),
        ),
    ),
    Group(
        slug="once",
        title=N_("One-time cost: anything else"),
        hint=N_("Licences, training, or one figure for everything. It is added to people's time."),
        figures=(
            Figure(
                name="once",
                label=N_("Amount"),
                named=N_("amount"),
                what=N_("an amount"),
                most=MAX_COST,
                places=2,
                is_money=True,
            ),
        ),
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
class SumLine:
    """One line of the sum as the page shows it: `working` is how `amount` comes about."""

    title: str
    working: str
    amount: Decimal
    is_total: bool = False


@dataclass(frozen=True, kw_only=True)
class ScalingSum:
    """What an address says. `entered` has the texts as typed, to show the form again.

    `saving` is None while nothing is entered or something is wrong.
    """

    entered: Mapping[str, str]
    figures: Mapping[str, Decimal]
    issues: tuple[Issue, ...]
    saving: Saving | None

    @property
    def lines(self) -> list[SumLine]:
        """The sum, line by line, with a total before and one after."""
        if self.saving is None:
            return []
        figures = self.figures
        fleets = [
            SumLine(
                title=title,
                working=f"{amount_words(figures[f'{slug}_instances'])} × {amount_words(figures[f'{slug}_price'])}",
                amount=figures[f"{slug}_instances"] * figures[f"{slug}_price"],
            )
            for slug, title in (("part", _("The part taken out")), ("rest", _("The rest")))
        ]
        now = f"{amount_words(figures['now_instances'])} × {amount_words(figures['now_price'])}"
        return [
            SumLine(title=_("Today"), working=now, amount=self.saving.now_a_month, is_total=True),
            *fleets,
            SumLine(title=_("Extra cost"), working="", amount=figures["extra"]),
            SumLine(title=_("After the split"), working="", amount=self.saving.then_a_month, is_total=True),
        ]


def parse_scaling_sum(parameters: Mapping[str, Sequence[str]]) -> ScalingSum:
    """The sum in an address's parameters, each name with all its texts. Never raises: mistakes are in `issues`.

    >>> parse_scaling_sum({"now_instances": ["ten"]}).issues[0].message
    'Enter instances between 0 and 100,000, in digits such as 12'
    """
    texts = {
        figure.name: [text.strip() for text in parameters.get(figure.name, ()) if text.strip()]
        for group in GROUPS
        for figure in group.figures
    }
    entered = {name: printable(typed[0]) for name, typed in texts.items() if typed}
    if not entered:
        return ScalingSum(entered={}, figures={}, issues=(), saving=None)
    figures: dict[str, Decimal] = {}
    issues: list[Issue] = []
    any_people = any(name in entered for name in PEOPLE)
    for group in GROUPS:
        for figure in group.figures:
            needed = group.needed or (group.slug == "people" and any_people)
            try:
                value = parse_figure(figure, texts[figure.name], needed=needed)
            except ValidationFailed as failed:
                issues += failed.issues
                continue
            figures[figure.name] = value
            if figure.name in entered and not re.fullmatch(r"[0-9]*\.?[0-9]*", entered[figure.name]):
                # Shown as understood: "1 000,50" as 1000.5.
                entered[figure.name] = number_text(value)
    saving = None if issues else compute_saving(figures)
    return ScalingSum(entered=entered, figures=figures, issues=tuple(issues), saving=saving)


def parse_figure(figure: Figure, texts: Sequence[str], *, needed: bool) -> Decimal:
    """The figure's value, 0 for an optional one without any. Raises ValidationFailed with one issue."""
    range_ = _("Enter {what} between 0 and {most}").format(what=_(figure.what), most=number(figure.most))
    if not texts:
        if needed and figure.name in PEOPLE:
            range_ = _("{advice}, or leave people, months and cost empty").format(advice=range_)
        return Decimal(0) if not needed else refuse(figure, range_)
    if len(texts) > 1:
        refuse(figure, _("Give one figure only"))
    typed = read_typed_number(texts[0], (ANY_CURRENCY if figure.is_money else _(figure.what),))
    if not typed.values:
        refuse(figure, refuse_text(range_, typed))
    if len(typed.values) > 1:
        possible = [value for value in typed.values if why_refused(figure, value) is None]
        if possible:
            refuse(figure, ask_which(range_, texts[0], typed), choices=tuple(number_text(each) for each in possible))
    advice = why_refused(figure, typed.values[0])
    if advice is not None:
        refuse(figure, advice.format(enter=range_))
    return typed.values[0].quantize(Decimal(1).scaleb(-figure.places))


def refuse(figure: Figure, message: str, choices: tuple[str, ...] = ()) -> NoReturn:
    raise ValidationFailed([Issue(code="figure", key=figure.name, message=message, choices=choices)])


def why_refused(figure: Figure, value: Decimal) -> str | None:
    """Why the figure does not take this number, as a pattern that begins with what to enter; None where it does."""
    if not 0 <= value <= figure.most:
        return "{enter}"
    # Compared in whole steps, so that 45.0 is a whole number.
    return precision_advice(figure.places) if value % Decimal(1).scaleb(-figure.places) else None


def precision_advice(places: int) -> str:
    return {
        0: _("{enter}, as a whole number"),
        1: _("{enter}, with at most one decimal"),
        2: _("{enter}, with at most two decimals"),
    }[places]


def compute_saving(figures: Mapping[str, Decimal]) -> Saving:
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
    return number(int(amount) if amount == amount.to_integral_value() else amount.quantize(Decimal("0.01")))


def saving_sentence(saving: Saving) -> str:
    """The saving a month and a year in a sentence; one below zero reads as a cost."""
    month, year = amount_words(abs(saving.saving_a_month)), amount_words(abs(saving.saving_a_year))
    if saving.saving_a_month > 0:
        return _("The split saves {month} a month, {year} a year").format(month=month, year=year)
    if saving.saving_a_month < 0:
        return _("The split costs {month} more a month, {year} more a year").format(month=month, year=year)
    return _("The split changes nothing about the bill")


def payback_sentence(saving: Saving) -> str:
    """When the one-time cost is back, in a sentence."""
    months, once = saving.months_to_pay_back, amount_words(saving.one_time_cost)
    if not saving.one_time_cost:
        return _("No one-time cost is entered, so there is nothing to pay back; every split takes people's time.")
    if months is not None:
        return _("The one-time cost of {once} is paid back after {span}.").format(once=once, span=format_months(months))
    if saving.saving_a_month < 0:
        return _("The one-time cost of {once} is never paid back: each month costs more than today.").format(once=once)
    return _("The one-time cost of {once} is never paid back: no month saves anything.").format(once=once)


def format_months(months: int) -> str:
    """Months in words, from a year on in years as well.

    >>> format_months(8), format_months(154)
    ('8 months', '154 months (12 years and 10 months)')
    """
    years, rest = divmod(months, MONTHS_A_YEAR)
    if not years:
        return month_words(months)
    whole = ngettext("{count} year", "{count} years", years).format(count=number(years))
    in_years = all_of([whole, month_words(rest)] if rest else [whole])
    return _("{months} ({in_years})").format(months=month_words(months), in_years=in_years)


def month_words(count: int) -> str:
    return ngettext("{count} month", "{count} months", count).format(count=number(count))


# --- the page


@open_to_all(reason="the scaling sum needs no account and keeps nothing")
@require_safe
@cached_for_visitors
def show_scaling_sum(request: HttpRequest) -> HttpResponse:
    parsed = parse_scaling_sum(dict(request.GET.lists()))
    issues = {issue.key: issue for issue in parsed.issues}
    labels = {
        figure.name: _("{group}, {figure}").format(group=_(group.title), figure=_(figure.named))
        for group in GROUPS
        for figure in group.figures
    }
    bill = public_questionnaire().by_key["infra_cost"].reads
    context = {
        "saving": parsed.saving,
        "headline": saving_sentence(parsed.saving) if parsed.saving else "",
        "payback": payback_sentence(parsed.saving) if parsed.saving else "",
        "lines": [(line, amount_words(line.amount)) for line in parsed.lines],
        "problems": [(issue, labels[issue.key], choice_links(request, issue)) for issue in parsed.issues],
        "groups": [
            (
                group,
                [
                    (each, parsed.entered.get(each.name, ""), issue.message if issue else "", choices)
                    for each in group.figures
                    for issue in (issues.get(each.name),)
                    for choices in (choice_links(request, issue) if issue else [],)
                ],
            )
            for group in GROUPS
        ],
        "examples": {name: urlencode(figures) for name, figures in EXAMPLES.items()},
        "bill_level": highest_level(bill) if bill else 0,
        "acute": ACUTE,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if parsed.issues else HTTPStatus.OK
    return render(request, "public/scaling_sum.html", context, status=status)
