"""The scaling sum: what the sources tell, and what must hold of every sum."""

import doctest
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision import economics
from assess.decision.economics import MAX_AMOUNT, MAX_INSTANCES, Fleet, Saving, compare_fleets


def fleets(*pairs: tuple[int, str]) -> tuple[Fleet, ...]:
    return tuple(Fleet(instances=instances, price=Decimal(price)) for instances, price in pairs)


AMOUNTS = st.decimals(min_value=0, max_value=MAX_AMOUNT, places=2)
FLEETS = st.lists(st.builds(Fleet, instances=st.integers(0, MAX_INSTANCES), price=AMOUNTS), max_size=5).map(tuple)

TOLD = {
    "S3: the reports taken out": (fleets((10, "100")), fleets((2, "50"), (8, "100")), 1000, 900, 100, 1200),
    "S3: the shop's whole bill": (fleets((10, "340")), fleets((1, "2100")), 3400, 2100, 1300, 15_600),
    "nothing changes": (fleets((10, "100")), fleets((4, "100"), (6, "100")), 1000, 1000, 0, 0),
    "dearer apart": (fleets((2, "100")), fleets((2, "100"), (1, "0.01")), 200, "200.01", "-0.01", "-0.12"),
    "a fleet of none": (fleets((0, "100")), fleets(), 0, 0, 0, 0),
}


@pytest.mark.parametrize(("now", "then", "before", "after", "month", "year"), TOLD.values(), ids=TOLD.keys())
def test_the_sum_is_the_one_that_is_told(now, then, before, after, month, year) -> None:
    saving = compare_fleets(now, then)
    assert saving.now_a_month == Decimal(before)
    assert saving.then_a_month == Decimal(after)
    assert saving.saving_a_month == Decimal(month)
    assert saving.saving_a_year == Decimal(year)


PAID_BACK = {
    "to the month": ("1300", 0, "13000", 10),
    "a cent more takes a month more": ("1300", 0, "13000.01", 11),
    "less than a month's saving": ("1300", 0, "0.01", 1),
    "nothing to pay back": ("1300", 0, "0", 0),
    "the extra cost delays it": ("1300", 300, "13000", 13),
    "the extra cost eats the saving": ("1300", 1300, "13000", None),
    "no saving and nothing to pay back": ("0", 0, "0", None),
    "each month costs more": ("1300", 1301, "0", None),
}


@pytest.mark.parametrize(("saved", "extra", "once", "months"), PAID_BACK.values(), ids=PAID_BACK.keys())
def test_a_one_time_cost_is_paid_back_in_whole_months_or_never(saved, extra, once, months) -> None:
    saving = compare_fleets(fleets((1, saved)), (), extra_a_month=extra, one_time_cost=Decimal(once))
    assert saving.months_to_pay_back == months


def test_the_extra_cost_counts_with_the_split_and_the_one_time_cost_with_no_month() -> None:
    saving = compare_fleets(fleets((10, "100")), fleets((5, "100")), extra_a_month=50, one_time_cost=7000)
    assert saving == Saving(now_a_month=Decimal(1000), then_a_month=Decimal(550), one_time_cost=Decimal(7000))


@given(FLEETS, FLEETS)
def test_what_one_way_saves_the_other_way_costs(now, then) -> None:
    there, back = compare_fleets(now, then), compare_fleets(then, now)
    assert there.saving_a_month == -back.saving_a_month
    assert there.saving_a_year == -back.saving_a_year


@given(FLEETS, st.data(), AMOUNTS, AMOUNTS)
def test_the_order_of_fleets_does_not_matter(now, data, extra, once) -> None:
    shuffled = tuple(data.draw(st.permutations(now)))
    sums = {"extra_a_month": extra, "one_time_cost": once}
    assert compare_fleets(now, shuffled).saving_a_month == 0
    assert compare_fleets(now, (), **sums) == compare_fleets(shuffled, (), **sums)
    assert compare_fleets((), now, **sums) == compare_fleets((), shuffled, **sums)


@given(FLEETS, FLEETS, AMOUNTS)
def test_every_sum_is_the_one_in_fractions(now, then, extra) -> None:
    def cost(of: tuple[Fleet, ...]) -> Fraction:
        return sum((fleet.instances * Fraction(fleet.price) for fleet in of), Fraction(0))

    saving = compare_fleets(now, then, extra_a_month=extra)
    assert Fraction(saving.saving_a_month) == cost(now) - cost(then) - Fraction(extra)
    assert Fraction(saving.saving_a_year) == 12 * Fraction(saving.saving_a_month)


@given(FLEETS, FLEETS, AMOUNTS)
def test_the_month_of_payback_is_the_first_that_covers_the_cost(now, then, once) -> None:
    saving = compare_fleets(now, then, one_time_cost=once)
    months = saving.months_to_pay_back
    if months is None:
        assert saving.saving_a_month <= 0
        return
    each = Fraction(saving.saving_a_month)
    assert months * each >= Fraction(once)
    assert months == 0 or (months - 1) * each < Fraction(once)


@given(FLEETS, FLEETS, AMOUNTS)
def test_a_callers_precision_changes_nothing(now, then, once) -> None:
    expected = compare_fleets(now, then, one_time_cost=once)
    with localcontext(prec=2):
        saving = compare_fleets(now, then, one_time_cost=once)
        month, year, months = saving.saving_a_month, saving.saving_a_year, saving.months_to_pay_back
    assert saving == expected
    assert (month, year, months) == (expected.saving_a_month, expected.saving_a_year, expected.months_to_pay_back)


@given(st.integers().filter(lambda number: not 0 <= number <= MAX_INSTANCES))
def test_instances_beyond_the_limits_are_refused(instances) -> None:
    with pytest.raises(ValueError, match="Give instances between 0 and 100,000"):
        Fleet(instances=instances, price=Decimal(1))


WRONG = ("-0.01", str(MAX_AMOUNT + 1), "NaN", "sNaN", "Infinity", "-Infinity", "0.0000001")


@pytest.mark.parametrize("text", WRONG)
def test_amounts_beyond_the_limits_are_refused_by_name(text) -> None:
    with pytest.raises(ValueError, match="Give price"):
        Fleet(instances=1, price=Decimal(text))
    with pytest.raises(ValueError, match="Give extra_a_month"):
        compare_fleets((), (), extra_a_month=Decimal(text))
    with pytest.raises(ValueError, match="Give one_time_cost"):
        compare_fleets((), (), one_time_cost=Decimal(text))


def test_the_limits_themselves_are_allowed() -> None:
    most = Fleet(instances=MAX_INSTANCES, price=Decimal(MAX_AMOUNT))
    saving = compare_fleets((most,) * 3, (), one_time_cost=MAX_AMOUNT)
    assert saving.saving_a_month == 3 * 10**18
    assert saving.months_to_pay_back == 1
    assert Fleet(instances=1, price=Decimal("0.000001")).monthly == Decimal("0.000001")


def test_a_float_is_refused_even_where_it_would_fit() -> None:
    with pytest.raises(TypeError, match="as a Decimal"):
        Fleet(instances=1, price=0.5)  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(TypeError, match="as a Decimal"):
        compare_fleets((), (), extra_a_month=0.5)  # type: ignore[arg-type]  # that is what is tested


def test_the_worked_examples_of_the_docstrings_are_right() -> None:
    assert doctest.testmod(economics).failed == 0
