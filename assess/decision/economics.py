"""The scaling sum: what a system costs a month as it runs now, and what it would cost taken apart.

Decides: the arithmetic, exactly, and in no currency. Does not decide: whether a saving is a reason to split. No rule
reads it; a painful bill is a mild pain, asked as a question of its own.

Amounts are decimals with at most six places. Nothing is rounded: where Python would have to, it raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext
from fractions import Fraction
from math import ceil
from typing import Final

MAX_INSTANCES: Final = 100_000
#: For a price, an extra cost and a one-time cost alike; more is a slip of the keyboard.
MAX_AMOUNT: Final = 10**13
MAX_PLACES: Final = 6
MONTHS_A_YEAR: Final = 12

# Wide enough for any number of fleets that fits in memory; the trap on Inexact is what makes "exact" a promise.
EXACT: Final = Context(prec=60, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Whatever precision the caller has set, sums inside are exact."""
    with localcontext(EXACT):
        yield


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """Instances of one kind at one price. `price` is for one instance, a month.

    `instances` is 0 to 100,000 and `price` 0 to 10 ** 13. Raises ValueError beyond that, TypeError for a float.

    >>> Fleet(instances=10, price=Decimal(100)).monthly
    Decimal('1000')
    """

    instances: int
    price: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.instances <= MAX_INSTANCES:
            raise ValueError(f"Give instances between 0 and {MAX_INSTANCES:,}, not {self.instances}")
        parse_amount("price", self.price)

    @property
    def monthly(self) -> Decimal:
        """What the whole fleet costs a month."""
        with exact_arithmetic():
            return self.instances * self.price


@dataclass(frozen=True, kw_only=True, slots=True)
class Saving:
    """Two monthly costs held against each other. A saving below zero is what the second costs more.

    `then_a_month` has the extra monthly cost in it; `one_time_cost` is in neither.
    """

    now_a_month: Decimal
    then_a_month: Decimal
    one_time_cost: Decimal

    @property
    def saving_a_month(self) -> Decimal:
        """What a month costs less than now; below zero what it costs more."""
        with exact_arithmetic():
            return self.now_a_month - self.then_a_month

    @property
    def saving_a_year(self) -> Decimal:
        """Twelve months of that."""
        with exact_arithmetic():
            return MONTHS_A_YEAR * self.saving_a_month

    @property
    def months_to_pay_back(self) -> int | None:
        """Whole months until the savings have covered the one-time cost: 0 where there is none, None where no month
        saves anything.

        >>> compare_fleets((Fleet(instances=1, price=Decimal(1300)),), (), one_time_cost=13_001).months_to_pay_back
        11
        """
        if self.saving_a_month <= 0:
            return None
        return ceil(Fraction(self.one_time_cost) / Fraction(self.saving_a_month))


def compare_fleets(
    now: tuple[Fleet, ...],
    then: tuple[Fleet, ...],
    *,
    extra_a_month: Decimal | int = 0,
    one_time_cost: Decimal | int = 0,
) -> Saving:
    """What `then` saves against `now`. `extra_a_month` is what only `then` costs beside its instances (a gateway,
    tracing, somebody's time); `one_time_cost` is what getting there costs. Both are 0 to 10 ** 13.

    Raises ValueError for an amount that is out of range, not finite or has more than six places, TypeError for a float.

    S3's monolith of ten instances, eight of them there for the PDF reports alone:

    >>> now = (Fleet(instances=10, price=Decimal(100)),)
    >>> then = (Fleet(instances=2, price=Decimal(50)), Fleet(instances=8, price=Decimal(100)))
    >>> saving = compare_fleets(now, then)
    >>> saving.saving_a_month, saving.saving_a_year, saving.months_to_pay_back
    (Decimal('100'), Decimal('1200'), 0)

    With 150 a month for a gateway, the same split costs 50 more a month, and is never paid back:

    >>> saving = compare_fleets(now, then, extra_a_month=150, one_time_cost=5000)
    >>> saving.saving_a_month, saving.months_to_pay_back
    (Decimal('-50'), None)
    """
    extra, once = parse_amount("extra_a_month", extra_a_month), parse_amount("one_time_cost", one_time_cost)
    with exact_arithmetic():
        return Saving(
            now_a_month=sum((fleet.monthly for fleet in now), Decimal(0)),
            then_a_month=sum((fleet.monthly for fleet in then), extra),
            one_time_cost=once,
        )


def parse_amount(name: str, given: Decimal | int) -> Decimal:
    """`given` as a decimal that is safe to count with."""
    if isinstance(given, float):
        raise TypeError(f"Give {name} as a Decimal: a float cannot hold most amounts exactly")
    amount = Decimal(given)
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        raise ValueError(f"Give {name} between 0 and {MAX_AMOUNT:,}, not {given}")
    places = amount.as_tuple().exponent
    if isinstance(places, int) and places < -MAX_PLACES:
        raise ValueError(f"Give {name} with at most {MAX_PLACES} decimal places")
    return amount
