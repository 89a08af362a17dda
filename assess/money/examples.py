"""The sums that the sources tell, by the same functions, and how far the stated facts go."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from assess.decision.facade import Fleet, Saving, compare_fleets
from assess.language import N_, _, number
from assess.money.amounts import Range, amount_words
from assess.money.ways import HOURS_A_MONTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A sum that a source tells: what it is about, its two bills, and what it leaves open. Sentences to translate."""

    source: str
    title: str
    saving: Saving
    leaves_open: str

    @property
    def bills(self) -> str:
        """Both bills; the source's currency is the dollar."""
        now, then = (amount_words(each, "USD") for each in (self.saving.now_a_month, self.saving.then_a_month))
        return (
            _("{now} → {then}").format(now=now, then=then)
            if self.saving.then_a_month
            else _("{now} less").format(now=now)
        )

    @property
    def saved(self) -> str:
        """What is saved a month and a year."""
        month, year = (amount_words(each, "USD") for each in (self.saving.saving_a_month, self.saving.saving_a_year))
        return _("{month} a month, {year} a year").format(month=month, year=year)


def bill(amount: int) -> tuple[Fleet, ...]:
    """A monthly bill as one figure."""
    return (Fleet(instances=1, price=Decimal(amount)),)


EXAMPLES: Final = (
    Example(
        source="S3", title=N_("PDF reports taken out of ten instances"),
        saving=compare_fleets(
            (Fleet(instances=10, price=Decimal(100)),),
            (Fleet(instances=2, price=Decimal(50)), Fleet(instances=8, price=Decimal(100))),
        ),
        leaves_open=N_("The work, and who runs two things instead of one."),
    ),
    Example(
        source="S3", title=N_("A shop's whole bill before and after five services"),
        saving=compare_fleets((Fleet(instances=10, price=Decimal(340)),), bill(2100)),
        leaves_open=N_("Six months of migration by some of its 35 people: it does not say how many."),
    ),
    Example(
        source="S3", title=N_("The shop's recommendations on machines for machine learning"),
        saving=compare_fleets(bill(600), ()),
        leaves_open=N_("Only the saving is known, not both bills."),
    ),
    Example(
        source="S3", title=N_("One hungry endpoint, and everything scaled with it"),
        saving=compare_fleets(bill(5000), bill(1000)),
        leaves_open=N_("An example of scale, not a company."),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """S3's start-up: twelve people, features in three weeks instead of one, back after nine months, $400k poorer.

    `person_months` of feature work are lost where the slowness lasted the last three of the nine months (it is told of
    month 6) up to all nine. `hourly` is what an hour would have cost if that work were the whole loss, rounded to
    cents outward."""

    amount: Decimal
    person_months: Range
    hourly: Range


def explain_start_up_loss() -> Loss:
    """How far the facts that S3 states explain the loss. It states no salary, no bill before it tripled, and not who
    did the migration: these stay unknown.

    >>> explain_start_up_loss().person_months
    Range(low=Decimal('24'), high=Decimal('72'))
    """
    amount, people, weeks_before, weeks_after = Decimal(400_000), 12, 1, 3
    lost = Fraction(weeks_after - weeks_before, weeks_after)
    fewest, most = (int(people * lost * months) for months in (3, 9))
    cents = [Fraction(amount) * 100 / (person_months * HOURS_A_MONTH) for person_months in (most, fewest)]
    low, high = cents[0].__floor__(), cents[1].__ceil__()
    return Loss(
        amount=amount,
        person_months=Range(Decimal(fewest), Decimal(most)),
        hourly=Range(Decimal(low).scaleb(-2), Decimal(high).scaleb(-2)),
    )


def describe_start_up_loss() -> str:
    """How far the stated facts go, and what is not stated."""
    loss = explain_start_up_loss()
    return _(
        "A start-up of twelve people lost {loss} in nine months, with a tripled bill and features in three weeks "
        "instead of one. If that slowness lasted three to nine months, {fewest} to {most} person-months of work were "
        "lost. They are the whole loss if an hour cost {low} to {high}. Salaries, the bill and who did the migration "
        "are not told, so nothing narrower can be said."
    ).format(
        loss=amount_words(loss.amount, "USD"),
        fewest=number(loss.person_months.low),
        most=number(loss.person_months.high),
        low=amount_words(loss.hourly.low, "USD"),
        high=amount_words(loss.hourly.high, "USD"),
    )
