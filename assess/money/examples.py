"""The sums that the sources tell, by the same functions, and how far the stated facts go."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from assess.decision.facade import Fleet, Saving, compare_fleets
from assess.language import N_
from assess.money.amounts import Range
from assess.money.ways import HOURS_A_MONTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A sum that a source tells: what it is about, its two bills, and what it leaves open. Sentences to translate."""

    source: str
    title: str
    saving: Saving
    leaves_open: str


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
        leaves_open=N_("Six months of migration, by how many of its 35 developers it does not say."),
    ),
    Example(
        source="S3", title=N_("The shop's recommendations on machines for machine learning"),
        saving=compare_fleets(bill(600), ()),
        leaves_open=N_("Only the saving is told, not both bills."),
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
