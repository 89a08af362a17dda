"""The three ways over three years, as ranges: what each costs, when it pays back, and which figure matters most.

Every line of a sum is a product of figures and of the months in which it counts. So a cost, and a difference of two
costs, is linear in each figure but the months of the work, and monotone in those: its smallest and largest values lie
where every figure is at one of its ends. In which direction a figure moves a sum is known for all but two
(`FALLS`, `EITHER`); of these, every combination is computed. A figure that is in both ways has the same value in
both: the range of a difference is not the difference of two ranges. All of it is exact.

What is simplified, in favour of staying: nothing is saved before the work is done, while what services cost counts
from the first month.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import Final, Literal

from assess.decision.facade import exact_arithmetic
from assess.language import N_, Words, _, number
from assess.money.amounts import Range
from assess.money.inputs import FIGURE_BY_NAME, Inputs, range_words

Way = Literal["stay", "modular", "extract"]
WAYS: Final[tuple[Way, ...]] = ("stay", "modular", "extract")
WAY_WORDS: Final[Words[Way]] = Words(
    {"stay": N_("Stay"), "modular": N_("Go modular"), "extract": N_("Extract services")}
)
MONTHS: Final = 36
#: Holidays are off: 48 working weeks a year.
WEEKS_A_MONTH: Final = 4
HOURS_A_MONTH: Final = 160  #: 4 weeks of 40 hours
CONSTANTS: Final[Mapping[str, int]] = {"weeks": WEEKS_A_MONTH, "hours": HOURS_A_MONTH}
CONSTANT_WORDS: Final[Words[str]] = Words({"weeks": N_("{n} weeks a month"), "hours": N_("{n} hours a month")})

#: In which months a line counts: in all, while the work goes on, or once it is done.
Phase = Literal["all", "during", "after"]
#: Which figure says how long the work of a way takes; staying is no work.
MONTHS_OF: Final[Mapping[Way, str]] = {"modular": "modular_months", "extract": "migration_months"}


@dataclass(frozen=True, kw_only=True, slots=True)
class LineSpec:
    """One line of a way's sum: a product of `factors`, which are names of figures or of `CONSTANTS`. Of one with "rest
    of " before it, what is left of 100 % counts. One that is `saved` is taken off."""

    words: str
    factors: tuple[str, ...]
    phase: Phase = "all"
    saved: bool = False


WAITING: Final = ("waiting_people", "waiting_hours", "weeks", "hourly_cost")
COLLIDING: Final = ("collision_hours", "weeks", "hourly_cost")
INCIDENTS: Final = ("incident_hours", "hourly_cost")
LEFT: Final = "rest of collisions_removed"

LINES: Final[Mapping[Way, tuple[LineSpec, ...]]] = {
    "stay": (
        LineSpec(words=N_("Running cost"), factors=("running_today",)),
        LineSpec(words=N_("Waiting for releases"), factors=WAITING),
        LineSpec(words=N_("Collisions"), factors=COLLIDING),
        LineSpec(words=N_("Incidents of other parts"), factors=INCIDENTS),
    ),
    "modular": (
        LineSpec(words=N_("Running cost"), factors=("running_today",)),
        LineSpec(
            words=N_("Drawing the boundaries"), factors=("modular_people", "hours", "hourly_cost"), phase="during"
        ),
        LineSpec(
            words=N_("Slower features meanwhile"),
            factors=("developers", "modular_slower_share", "hours", "hourly_cost"),
            phase="during",
        ),
        LineSpec(words=N_("Waiting for releases: stays"), factors=WAITING),
        LineSpec(words=N_("Collisions, until it is done"), factors=COLLIDING, phase="during"),
        LineSpec(words=N_("Collisions that are left"), factors=(*COLLIDING, LEFT), phase="after"),
        LineSpec(words=N_("Incidents, until it is done"), factors=INCIDENTS, phase="during"),
        LineSpec(words=N_("Incidents that are left"), factors=(*INCIDENTS, LEFT), phase="after"),
    ),
    "extract": (
        LineSpec(words=N_("Running cost as today"), factors=("running_today",)),
        LineSpec(words=N_("Running cost that services add"), factors=("running_today", "extra_running")),
        LineSpec(
            words=N_("Capacity no longer needed"),
            factors=("running_today", "oversized_share"),
            phase="after",
            saved=True,
        ),
        LineSpec(words=N_("Running the platform"), factors=("platform_people", "hours", "hourly_cost")),
        LineSpec(words=N_("The migration"), factors=("migration_people", "hours", "hourly_cost"), phase="during"),
        LineSpec(
            words=N_("Slower features meanwhile"),
            factors=("developers", "slower_share", "hours", "hourly_cost"),
            phase="during",
        ),
        LineSpec(words=N_("Waiting, until it is done"), factors=WAITING, phase="during"),
        LineSpec(words=N_("Waiting that is left"), factors=(*WAITING, "rest of waiting_removed"), phase="after"),
        LineSpec(words=N_("Collisions, until it is done"), factors=COLLIDING, phase="during"),
        LineSpec(words=N_("Collisions that are left"), factors=(*COLLIDING, LEFT), phase="after"),
        LineSpec(words=N_("Incidents, until it is done"), factors=INCIDENTS, phase="during"),
        LineSpec(words=N_("Incidents that are left"), factors=(*INCIDENTS, LEFT), phase="after"),
    ),
}  # fmt: skip
#: What hurts, in one month.
PAIN_LINES: Final = (
    LineSpec(words=N_("Waiting for releases"), factors=WAITING),
    LineSpec(words=N_("Collisions"), factors=COLLIDING),
    LineSpec(words=N_("Incidents of other parts"), factors=INCIDENTS),
    LineSpec(words=N_("Capacity that could be smaller"), factors=("running_today", "oversized_share")),
)

#: A larger one of these makes a way cheaper; of all others, dearer or no different.
FALLS: Final = frozenset({"oversized_share", "waiting_removed", "collisions_removed"})
#: And these make a way cheaper against staying: they are what staying costs.
FALLS_AGAINST_STAYING: Final = FALLS | {"waiting_people", "waiting_hours", "collision_hours", "incident_hours"}
#: These price what a way costs and what it saves alike: against staying, either end may be the dearer one.
EITHER: Final = ("hourly_cost", "running_today")

Values = Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a sum: `working` is the product with its figures, `range` what it comes to where the whole sum is
    lowest and where it is highest. A line that is taken off is below zero."""

    words: str
    working: str
    range: Range

    @property
    def is_nothing(self) -> bool:
        return self.range.low == self.range.high == 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """Lines and their total: the sum of their lows and of their highs."""

    lines: tuple[Line, ...]
    total: Range


#: A month from 1 to 36, "later" than that, or "never".
BreakEven = int | Literal["later", "never"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What a way costs more than staying, in total by the end of each month from 0 to 36; below zero it saves.

    `earliest` and `latest` say when it has cost no more than staying, at best and at worst."""

    way: Way
    months: tuple[Range, ...]
    earliest: BreakEven
    latest: BreakEven

    @property
    def total(self) -> Range:
        return self.months[-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Swing:
    """How far one figure alone moves the difference after 36 months, from its low end to its high end, all others in
    the middle of their ranges."""

    name: str
    at_low: Decimal
    at_high: Decimal

    @property
    def size(self) -> Decimal:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Everything that follows from the inputs. `compared` is the way whose difference to staying is drawn."""

    inputs: Inputs
    compared: Way
    pain: Sum
    ways: Mapping[Way, Sum]
    differences: Mapping[Way, Difference]
    middle: Decimal  #: the difference where every figure is in the middle of its range
    swings: tuple[Swing, ...]  #: the largest first; without figures that are one value

    @property
    def difference(self) -> Difference:
        return self.differences[self.compared]

    @cached_property
    def currency(self) -> str:
        return self.inputs.currency


def build_sums(inputs: Inputs, verdict: str = "") -> Sums:
    """The sums of these inputs. Compared with staying is going modular where that is the verdict, else extracting."""
    compared: Way = "modular" if verdict == "modular" else "extract"
    with exact_arithmetic():
        low, high = corner(inputs, FALLS, low=True), corner(inputs, FALLS, low=False)
        middle = {name: entry.range.middle for name, entry in inputs.by_name.items()}
        swings = [
            Swing(
                name=name,
                at_low=difference_at(compared, {**middle, name: entry.range.low}),
                at_high=difference_at(compared, {**middle, name: entry.range.high}),
            )
            for name, entry in inputs.by_name.items()
            if not entry.range.is_point
        ]
        pain_corners = (corner(inputs, frozenset(), low=True), corner(inputs, frozenset(), low=False))
        return Sums(
            inputs=inputs,
            compared=compared,
            pain=build_sum(PAIN_LINES, inputs, *pain_corners, months_of="", until=1),
            ways={way: build_sum(LINES[way], inputs, low, high, months_of=MONTHS_OF.get(way, "")) for way in WAYS},
            differences={way: build_difference(way, inputs) for way in WAYS if way != "stay"},
            middle=difference_at(compared, middle),
            swings=tuple(sorted((each for each in swings if each.size), key=lambda swing: -swing.size)),
        )


# --- sums at given values


def product_of(spec: LineSpec, values: Values) -> Decimal:
    """What the line comes to in one month in which it counts, as a cost: below zero where it is saved."""
    amount = Decimal(-1 if spec.saved else 1)
    for factor in spec.factors:
        name = factor.removeprefix("rest of ")
        if name in CONSTANTS:
            amount *= CONSTANTS[name]
        elif FIGURE_BY_NAME[name].unit == "share":
            amount *= (100 - values[name] if name != factor else values[name]) / 100
        else:
            amount *= values[name]
    return amount


def months_of_phase(phase: Phase, work: Decimal, until: int) -> Decimal:
    """Of the first `until` months, how many are in this phase, where the work takes `work` months."""
    during = min(Decimal(until), work)
    return {"all": Decimal(until), "during": during, "after": until - during}[phase]


def cost_by_phase(way: Way, values: Values) -> dict[Phase, Decimal]:
    """What a month of each phase costs."""
    costs: dict[Phase, Decimal] = {"all": Decimal(0), "during": Decimal(0), "after": Decimal(0)}
    for spec in LINES[way]:
        costs[spec.phase] += product_of(spec, values)
    return costs


def costs_at(way: Way, values: Values, months: Iterable[int]) -> list[Decimal]:
    """What the way costs, at these values, until the end of each of the months."""
    costs = cost_by_phase(way, values)
    work = values[MONTHS_OF[way]] if way in MONTHS_OF else Decimal(0)
    return [
        sum((cost * months_of_phase(phase, work, until) for phase, cost in costs.items()), Decimal(0))
        for until in months
    ]


def difference_at(way: Way, values: Values, until: int = MONTHS) -> Decimal:
    """What the way costs more than staying, at these values, until the end of that month."""
    return costs_at(way, values, [until])[0] - costs_at("stay", values, [until])[0]


# --- ranges


def corner(inputs: Inputs, falls: frozenset[str], *, low: bool) -> dict[str, Decimal]:
    """Every figure at the end at which a sum is lowest, or highest, that falls with `falls` and rises with others."""
    return {
        name: entry.range.low if (name in falls) != low else entry.range.high for name, entry in inputs.by_name.items()
    }


def corners_against_staying(inputs: Inputs, *, low: bool) -> Iterator[dict[str, Decimal]]:
    """All values at one of which the difference to staying is lowest, or highest."""
    values = corner(inputs, FALLS_AGAINST_STAYING, low=low)
    ends = [{inputs[name].low, inputs[name].high} for name in EITHER]
    for chosen in product(*ends):
        yield {**values, **dict(zip(EITHER, chosen, strict=True))}


def build_sum(
    specs: Sequence[LineSpec], inputs: Inputs, low: Values, high: Values, *, months_of: str, until: int = MONTHS
) -> Sum:
    """The lines at the values where their sum is lowest and highest, with their working."""
    lines = []
    for spec in specs:
        ends = []
        for values in (low, high):
            work = values[months_of] if months_of else Decimal(0)
            ends.append(product_of(spec, values) * months_of_phase(spec.phase, work, until))
        working = describe_working(spec, inputs, low, high, months_of=months_of, until=until)
        lines.append(Line(words=_(spec.words), working=working, range=Range(*ends)))
    total = Range(
        sum((line.range.low for line in lines), Decimal(0)), sum((line.range.high for line in lines), Decimal(0))
    )
    return Sum(lines=tuple(lines), total=total)


def build_difference(way: Way, inputs: Inputs) -> Difference:
    """Month by month the range over all corners, and when it pays back.

    A way that costs nothing while the work goes on never costs more afterwards, so a sum that has reached zero stays
    there: the month in which the lowest sum reaches it is the earliest one possible, that of the highest the latest.
    """
    months = range(MONTHS + 1)
    ends: dict[bool, list[Decimal]] = {}
    pays: dict[bool, bool] = {}
    for low in (True, False):
        series, after = [], []
        for values in corners_against_staying(inputs, low=low):
            stay = costs_at("stay", values, months)
            series.append([mine - other for mine, other in zip(costs_at(way, values, months), stay, strict=True)])
            costs, staying = cost_by_phase(way, values), cost_by_phase("stay", values)
            after.append(costs["all"] + costs["after"] - staying["all"])
        choose = min if low else max
        ends[low] = [choose(column) for column in zip(*series, strict=True)]
        pays[low] = choose(after) < 0
    return Difference(
        way=way,
        months=tuple(Range(*each) for each in zip(ends[True], ends[False], strict=True)),
        earliest=break_even(ends[True], pays=pays[True]),
        latest=break_even(ends[False], pays=pays[False]),
    )


def break_even(sums: Sequence[Decimal], *, pays: bool) -> BreakEven:
    """The first month, from 1, by whose end the sum is not above zero. `pays` where a month saves once the work is
    done: then it does later."""
    reached = next((month for month, amount in enumerate(sums) if month and amount <= 0), None)
    if reached is not None:
        return reached
    return "later" if pays else "never"


def describe_working(spec: LineSpec, inputs: Inputs, low: Values, high: Values, *, months_of: str, until: int) -> str:
    """The product with its figures: "12 people × 1–3 hours a week × 4 weeks a month × $60 an hour × 36 months"."""
    parts = []
    for factor in spec.factors:
        name = factor.removeprefix("rest of ")
        if name in CONSTANTS:
            parts.append(CONSTANT_WORDS[name].format(n=number(CONSTANTS[name])))
            continue
        words = range_words(FIGURE_BY_NAME[name], inputs[name], inputs.currency)
        parts.append(words if name == factor else _("(100 % − {share})").format(share=words))
    if until > 1:
        work = [values[months_of] if months_of else Decimal(0) for values in (low, high)]
        spans = sorted(months_of_phase(spec.phase, each, until) for each in work)
        parts.append(range_words(FIGURE_BY_NAME["migration_months"], Range(*spans), inputs.currency))
    joined = _(" × ").join(parts)
    return _("− {product}").format(product=joined) if spec.saved else joined
