"""The sums of the three ways: what the sources tell, and what must hold of every sum."""

import doctest
from decimal import Decimal, localcontext
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision.economics import EXACT, compare_fleets
from assess.money import amounts, charts, examples, ways
from assess.money.amounts import Range
from assess.money.charts import build_payback, build_tornado
from assess.money.examples import EXAMPLES, bill, explain_start_up_loss
from assess.money.inputs import FIGURE_BY_NAME, FIGURES, Input, Inputs, build_defaults, read_inputs
from assess.money.ways import MONTHS, WAYS, build_sums, costs_at
from assess.money.words import describe_break_even, describe_difference, to_json

PAINS = ("waiting_people", "waiting_hours", "collision_hours", "incident_hours")


def inputs_of(**figures: str) -> Inputs:
    """Inputs where every figure that is not named is 0. "6-12" is a range."""
    by_name = {}
    for figure in FIGURES:
        low, _dash, high = figures.get(figure.name, "0").partition("-")
        ends = Range(Decimal(low), Decimal(high or low))
        by_name[figure.name] = Input(figure=figure, range=ends, origin="ours", is_typed=True)
    return Inputs(by_name=by_name, currency="USD")


def difference_by_hand(way: str, v: dict[str, Decimal], until: int) -> Decimal:
    """What a way costs more than staying, written out without the table of lines."""
    team = (v["developers"], v["hourly_cost"] * 160)
    months = min(Decimal(until), v["migration_months" if way == "extract" else "modular_months"])
    after = until - months
    quarrels = (v["collision_hours"] * 4 + v["incident_hours"]) * v["hourly_cost"] * v["collisions_removed"] / 100
    if way == "modular":
        lost = v["modular_people"] + team[0] * v["modular_slower_share"] / 100
        return lost * team[1] * months - quarrels * after
    lost = v["migration_people"] + team[0] * v["slower_share"] / 100
    waiting = v["waiting_people"] * v["waiting_hours"] * 4 * v["hourly_cost"] * v["waiting_removed"] / 100
    more = v["running_today"] * v["extra_running"] / 100 + v["platform_people"] * team[1]
    saved = v["running_today"] * v["oversized_share"] / 100 + waiting + quarrels
    return lost * team[1] * months + more * until - saved * after


@st.composite
def some_inputs(draw: st.DrawFn, ranges: int = 6) -> Inputs:
    """Any inputs, with at most so many figures that are not one value."""
    names = draw(st.lists(st.sampled_from(sorted(FIGURE_BY_NAME)), max_size=ranges, unique=True))
    by_name = {}
    for figure in FIGURES:
        most = min(figure.most, 60 if figure.unit == "months" else 5000)
        value = st.integers(0, most * 100).map(lambda cents: Decimal(cents).scaleb(-2))  # quicker than decimals
        ends = sorted((draw(value), draw(value))) if figure.name in names else [draw(value)] * 2
        by_name[figure.name] = Input(figure=figure, range=Range(*ends), origin="ours", is_typed=True)
    return Inputs(by_name=by_name, currency="EUR")


def corners(inputs: Inputs) -> list[dict[str, Decimal]]:
    ends = [sorted({entry.range.low, entry.range.high}) for entry in inputs.by_name.values()]
    return [dict(zip(inputs.by_name, values, strict=True)) for values in product(*ends)]


def test_examples_in_docstrings() -> None:
    for module in (amounts, charts, examples, ways):
        assert doctest.testmod(module).failed == 0


# --- the sources' sums


def test_examples_are_the_sums_that_the_sources_tell() -> None:
    assert [(each.saving.saving_a_month, each.saving.saving_a_year) for each in EXAMPLES] == [
        (100, 1_200), (1_300, 15_600), (600, 7_200), (4_000, 48_000),
    ]  # fmt: skip


@pytest.mark.parametrize(("now", "then"), [(1000, 900), (3400, 2100), (5000, 1000), (1000, 3000)])
def test_running_cost_in_the_ways_is_that_of_the_scaling_sum(now: int, then: int) -> None:
    saving = compare_fleets(bill(now), bill(then))
    # In units of $100, so that a share such as 13 of 34 is a decimal: 100 × (now − then) % = now − then.
    share = "oversized_share" if then < now else "extra_running"
    values = dict.fromkeys(FIGURE_BY_NAME, Decimal(0)) | {
        "running_today": Decimal(100),
        share: Decimal(abs(now - then)),
    }
    assert costs_at("stay", values, [12])[0] - costs_at("extract", values, [12])[0] == saving.saving_a_year


def test_start_up_loss_is_explained_as_far_as_its_facts_go_and_no_further() -> None:
    loss = explain_start_up_loss()
    assert loss.person_months == Range(Decimal(24), Decimal(72))  # 12 people × two thirds × 3 to 9 months
    least, most = loss.hourly.low, loss.hourly.high
    assert (least - Decimal("0.01")) * 160 * 72 < loss.amount
    assert least * 160 * 72 <= loss.amount <= most * 160 * 24
    assert (most - Decimal("0.01")) * 160 * 24 < loss.amount


# --- ranges


@given(some_inputs(), st.sampled_from([1, 7, 12, MONTHS]))
def test_range_of_a_difference_is_exactly_that_of_all_corners(inputs: Inputs, until: int) -> None:
    sums = build_sums(inputs)
    with localcontext(EXACT):
        for way in ("modular", "extract"):
            all_of_them = [difference_by_hand(way, values, until) for values in corners(inputs)]
            assert sums.differences[way].months[until] == Range(min(all_of_them), max(all_of_them))


def is_within(ends: Range, value: Decimal) -> bool:
    return ends.low <= value <= ends.high


@pytest.mark.slow  # the corners above say it of every line; this one asks points as well
@given(some_inputs(ranges=5), st.data())
def test_every_point_inside_the_ranges_is_inside_every_sum(inputs: Inputs, data: st.DataObject) -> None:
    sums = build_sums(inputs)
    values = {
        name: data.draw(st.decimals(min_value=entry.range.low, max_value=entry.range.high, places=2))
        for name, entry in inputs.by_name.items()
    }
    until = data.draw(st.integers(0, MONTHS))
    with localcontext(EXACT):
        for way in WAYS:
            assert is_within(sums.ways[way].total, costs_at(way, values, [MONTHS])[0])
        for way, difference in sums.differences.items():
            assert is_within(difference.months[until], difference_by_hand(way, values, until))


@given(some_inputs())
def test_lines_add_up_to_their_totals_exactly(inputs: Inputs) -> None:
    sums = build_sums(inputs)
    with localcontext(EXACT):
        for each in (sums.pain, *sums.ways.values()):
            assert each.total.low == sum(line.range.low for line in each.lines)
            assert each.total.high == sum(line.range.high for line in each.lines)


@given(some_inputs(), st.sampled_from(PAINS), st.decimals(min_value=0, max_value=100, places=2))
def test_more_pain_never_makes_staying_cheaper_nor_a_way_worse(inputs: Inputs, name: str, more: Decimal) -> None:
    present = inputs.by_name[name]
    ends = Range(present.range.low + more, present.range.high + more)
    worse = Input(figure=present.figure, range=ends, origin="ours", is_typed=True)
    before, after = build_sums(inputs), build_sums(Inputs(by_name={**inputs.by_name, name: worse}, currency="EUR"))
    assert after.ways["stay"].total.low >= before.ways["stay"].total.low
    assert after.ways["stay"].total.high >= before.ways["stay"].total.high
    for way in after.differences:
        assert after.differences[way].total.low <= before.differences[way].total.low
        assert after.differences[way].total.high <= before.differences[way].total.high


@given(some_inputs(ranges=12), st.sampled_from(["stay", "modular", "extract", ""]))
def test_swings_begin_with_the_largest_and_are_within_the_range(inputs: Inputs, verdict: str) -> None:
    sums = build_sums(inputs, verdict)
    assert sums.compared == ("modular" if verdict == "modular" else "extract")
    sizes = [swing.size for swing in sums.swings]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size > 0 for size in sizes)
    for swing in sums.swings:
        assert is_within(sums.difference.total, swing.at_low)
        assert is_within(sums.difference.total, swing.at_high)
    assert is_within(sums.difference.total, sums.middle)
    chart = build_tornado(sums)
    assert [bar.width for bar in chart.all_bars] == sorted((bar.width for bar in chart.all_bars), reverse=True)


@given(some_inputs())
def test_break_even_is_the_month_at_which_the_corners_reach_zero(inputs: Inputs) -> None:
    sums = build_sums(inputs)
    for way, difference in sums.differences.items():
        with localcontext(EXACT):
            reached = [
                next((t for t in range(1, MONTHS + 1) if difference_by_hand(way, values, t) <= 0), None)
                for values in corners(inputs)
            ]
        months = [month for month in reached if month is not None]
        assert difference.earliest == (min(months) if months else difference.earliest)
        assert isinstance(difference.earliest, int) == bool(months)
        assert difference.latest == (max(months) if None not in reached else difference.latest)
        assert isinstance(difference.latest, int) == (None not in reached)
        assert describe_break_even(difference).startswith("Breaks even") == bool(months)


# --- by hand


def test_break_even_of_one_person_for_ten_months_who_saves_an_hour_of_ten_people() -> None:
    inputs = inputs_of(
        hourly_cost="100", developers="10", waiting_people="10", waiting_hours="1-4", waiting_removed="100",
        migration_people="1", migration_months="6",
    )  # fmt: skip
    sums = build_sums(inputs)
    # 1 × 160 × $100 × 6 = $96,000; then $4,000 to $16,000 a month are saved.
    assert sums.difference.months[6] == Range(Decimal(96_000), Decimal(96_000))
    assert sums.difference.total == Range(Decimal(96_000 - 30 * 16_000), Decimal(96_000 - 30 * 4_000))
    assert (sums.difference.earliest, sums.difference.latest) == (12, 30)
    assert describe_break_even(sums.difference) == "Breaks even between month 12 and month 30."
    assert build_payback(sums).marks[0][1] == "12"


@pytest.mark.parametrize(
    ("figures", "sentence", "moment"),
    [
        ({}, "Over three years, extracting services costs as much as staying.", "Breaks even in month 1."),
        (
            {"platform_people": "1-2", "hourly_cost": "50"},
            "Over three years, extracting services costs $280,000 to $580,000 more than staying.",
            "Never breaks even.",
        ),
        (
            {"running_today": "3400", "oversized_share": "10-38"},
            "Over three years, extracting services saves $12,000 to $47,000 against staying.",
            "Breaks even in month 1.",
        ),
        (
            {"running_today": "3400", "oversized_share": "0-38", "extra_running": "0-200"},
            "Over three years, extracting services costs up to $250,000 more than staying, or saves up to $47,000.",
            "Breaks even in month 1 at best, never at worst.",
        ),
        (
            {
                "running_today": "1000", "oversized_share": "10", "migration_people": "1", "migration_months": "1",
                "hourly_cost": "50",
            },
            "Over three years, extracting services costs $4,500 more than staying.",
            "Does not break even within three years.",
        ),
    ],
    ids=["nothing differs", "dearer", "cheaper", "either", "later"],
)  # fmt: skip
def test_sentence_on_the_difference_is_a_range_rounded_outward(figures, sentence, moment) -> None:
    sums = build_sums(inputs_of(**figures))
    assert describe_difference(sums) == sentence
    assert describe_break_even(sums.difference) == moment


def test_boundaries_end_collisions_but_not_the_waiting() -> None:
    waits = inputs_of(
        hourly_cost="50", waiting_people="10", waiting_hours="2", waiting_removed="100", collisions_removed="100"
    )
    collides = inputs_of(hourly_cost="50", collision_hours="10", waiting_removed="100", collisions_removed="100")
    assert build_sums(waits, "modular").difference.total == Range(Decimal(0), Decimal(0))
    assert build_sums(waits).difference.total.high < 0
    assert build_sums(collides, "modular").difference.total.high == -10 * 4 * 50 * 36


def test_json_has_exact_amounts_and_the_same_totals() -> None:
    inputs, issues = read_inputs(
        {"figures": {name: {"low": "10"} for name in ("hourly_cost", "developers", "running_today")}},
        currency="CHF", defaults=build_defaults({}),
    )  # fmt: skip
    assert (issues, inputs is None) == ([], False)
    assert inputs is not None
    sums = build_sums(inputs, "extract")
    data = to_json(sums)
    assert Decimal(data["against_staying"]["extract"]["high"]) == sums.difference.total.high
    assert data["currency"] == "CHF"
    assert data["figures"]["migration_months"] == {"low": "6", "high": "12", "typed": False}


@given(some_inputs())
def test_both_drawings_contain_all_that_they_show(inputs: Inputs) -> None:
    sums = build_sums(inputs)
    chart = build_payback(sums)
    points = [tuple(map(float, point.split())) for point in chart.band.strip("MZ").split(" L")]
    assert len(points) == 2 * (MONTHS + 1)
    assert all(chart.left <= x <= chart.right for x, _y in points)
    assert all(charts.TOP <= y <= chart.bottom for _x, y in points)
    assert charts.TOP <= chart.zero <= chart.bottom
    for bar in build_tornado(sums).all_bars:
        assert bar.x >= charts.BARS_START
        assert bar.x + bar.width <= charts.BARS_END + 0.2
