"""The two drawings of the sums: the difference to staying month by month, and how far each figure alone moves it."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from assess.language import _, in_a_row
from assess.money.amounts import Range, amount_words, round_outward
from assess.money.inputs import FIGURE_BY_NAME
from assess.money.ways import MONTHS, Sums
from assess.money.words import (
    describe_break_even,
    describe_difference,
    describe_swings,
    figure_words,
    signed_words,
)

WIDTH: Final = 640
LEFT: Final = 84  #: where the months begin
RIGHT: Final = 620
TOP: Final = 14
BOTTOM: Final = 206
TICKS: Final = 4  #: about so many amounts beside the drawing

BARS_START: Final = 8  #: of the tornado
BARS_END: Final = 632
ROW: Final = 46  #: a name with its bar below
MAX_ROWS: Final = 6  #: the table below has every figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Payback:
    """What the way compared has cost more than staying, month by month: `band` from the highest to the lowest.

    Up is money spent, down is money saved. `marks` are months at which a sum reaches zero: x, y, and the number."""

    finding: str
    text: str
    band: str
    low: str
    high: str
    zero: float
    amounts: tuple[tuple[float, str], ...]
    months: tuple[tuple[float, int], ...]
    marks: tuple[tuple[float, str], ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT
    bottom: int = BOTTOM


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One figure: its bar from `x` on, and what the sum is at its low and its high end."""

    label: str
    figure: str
    y: int
    x: float
    width: float
    at_low: str
    at_high: str
    size: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tornado:
    """The figures that move the sum most; `middle` is where all of them are in the middle of their ranges."""

    finding: str
    text: str
    bars: tuple[Bar, ...]
    all_bars: tuple[Bar, ...]
    middle: float
    height: int
    width: int = WIDTH


def build_payback(sums: Sums) -> Payback:
    """The drawing of the difference."""
    difference, currency = sums.difference, sums.currency
    most = max(max(each.high for each in difference.months), Decimal(0))
    least = min(min(each.low for each in difference.months), Decimal(0))
    step = tick_step(most - least)
    # Whole steps that contain both; `//` of decimals would round towards zero.
    top = (most / step).to_integral_value(ROUND_CEILING) * step
    floor = (least / step).to_integral_value(ROUND_FLOOR) * step
    scale = (BOTTOM - TOP) / float(top - floor or step)

    def y_of(amount: Decimal) -> float:
        return round(TOP + float(top - amount) * scale, 1)

    def x_of(month: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * month / MONTHS, 1)

    highs = [f"{x_of(month)} {y_of(each.high)}" for month, each in enumerate(difference.months)]
    lows = [f"{x_of(month)} {y_of(each.low)}" for month, each in enumerate(difference.months)]
    ends = dict.fromkeys(each for each in (difference.earliest, difference.latest) if isinstance(each, int))
    return Payback(
        finding=describe_difference(sums).rstrip("."),
        text=describe_break_even(difference),
        band=f"M{' L'.join([*highs, *reversed(lows)])}Z",
        low=f"M{' L'.join(lows)}",
        high=f"M{' L'.join(highs)}",
        zero=y_of(Decimal(0)),
        amounts=tuple(
            (y_of(floor + step * place), amount_words(floor + step * place, currency))
            for place in range(int((top - floor) / step) + 1)
        ),
        months=tuple((x_of(month), month) for month in range(0, MONTHS + 1, 6)),
        marks=tuple((x_of(month), str(month)) for month in ends),
    )


def tick_step(span: Decimal) -> Decimal:
    """The round amount between two ticks: 1, 2 or 5 with zeros.

    >>> int(tick_step(Decimal(900_000)))
    500000
    """
    rough = span / TICKS or Decimal(1)
    unit = Decimal(1).scaleb(rough.adjusted())
    return next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)


def build_tornado(sums: Sums) -> Tornado:
    """The drawing of the swings."""
    currency = sums.currency
    ends = [amount for swing in sums.swings for amount in (swing.at_low, swing.at_high)] or [sums.middle]
    least, most = min(*ends, sums.middle), max(*ends, sums.middle)
    scale = (BARS_END - BARS_START) / float(most - least or 1)

    def x_of(amount: Decimal) -> float:
        return round(BARS_START + float(amount - least) * scale, 1)

    bars = tuple(
        Bar(
            label=_(FIGURE_BY_NAME[swing.name].label),
            figure=figure_words(sums, swing.name),
            y=4 + ROW * place,
            x=x_of(min(swing.at_low, swing.at_high)),
            width=round(float(swing.size) * scale, 1),
            at_low=signed_words(swing.at_low, currency),
            at_high=signed_words(swing.at_high, currency),
            size=amount_words(round_outward(Range(swing.size, swing.size)).high, currency),
        )
        for place, swing in enumerate(sums.swings)
    )
    return Tornado(
        finding=describe_swings(sums),
        text=in_a_row(_("{label}: {size}").format(label=bar.label, size=bar.size) for bar in bars),
        bars=bars[:MAX_ROWS],
        all_bars=bars,
        middle=x_of(sums.middle),
        height=26 + ROW * len(bars[:MAX_ROWS]),
    )
