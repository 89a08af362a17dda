"""Where a scan's figures stand among measured monoliths."""

import re
import statistics
from dataclasses import replace

import pytest

from assess.evidence.proposals import MEDIAN_CUT_SHARE, UPPER_QUARTILE_CUT_SHARE
from assess.evidence.records import read_evidence
from assess.evidence.standing import MEASURES, Counts, Monolith, build_standing, count_scan
from assess.monoliths_file import measured_monoliths
from tests.evidence_samples import evidence_of_apps, shop_evidence

SHOP = read_evidence(shop_evidence())
COUNTS = Counts(
    apps=10,
    models=100,
    foreign_keys_across=50,
    imports_across=200,
    imports_to_cut=20,
    units=100,
    units_across=25,
    commits=1000,
    top_author_commits=300,
)


def monolith(name: str, **counts: int | None) -> Monolith:
    return Monolith(
        name=name,
        url=f"https://example.org/{name}",
        commit="b" * 40,
        committed_on="2026-01-01",
        counts=replace(COUNTS, **counts),
    )


def rows_of(scan, monoliths) -> dict:
    return {row.measure.slug: row for row in build_standing(scan, monoliths).rows}


def test_a_scan_has_the_counts_that_its_figures_are_computed_from() -> None:
    assert count_scan(SHOP) == Counts(
        apps=6,
        models=9,
        foreign_keys_across=7,
        imports_across=35,
        imports_to_cut=2,
        units=400,
        units_across=120,
        commits=2100,
        top_author_commits=240,
    )


def test_figures_are_shares_ratios_and_counts_in_words() -> None:
    assert {slug: row.text for slug, row in rows_of(SHOP, []).items()} == {
        "cut_share": "5.7 %",
        "across_share": "30 %",
        "foreign_keys": "0.8",
        "models": "9",
        "apps": "6",
        "top_author_share": "11 %",
    }


def test_a_row_counts_the_monoliths_with_less() -> None:
    monoliths = [monolith(f"m{cut}", imports_to_cut=cut) for cut in (0, 4, 12, 40)]

    standing = build_standing(SHOP, monoliths)

    assert standing.rows[0].words == "more than 2 of 4"
    assert standing.finding == "2 of 4 measured monoliths have a smaller share of imports to cut"
    assert standing.rows[0].quartiles is None  # four are too few


def test_quartiles_part_the_monoliths_into_quarters() -> None:
    row = rows_of(SHOP, [monolith(f"m{apps}", apps=apps) for apps in range(1, 10)])["apps"]

    assert row.quartiles == (3, 5, 7)
    assert row.band == (row.x_position(3), pytest.approx(row.x_position(7) - row.x_position(3)), row.x_position(5))


def test_dots_lie_on_one_scale_from_nothing_to_the_greatest_value() -> None:
    row = rows_of(SHOP, [monolith("small", apps=0), monolith("large", apps=12)])["apps"]

    assert row.dots == (8, 292)
    assert row.own_x == 150


def test_a_project_without_history_is_left_out_where_history_counts() -> None:
    rows = rows_of(SHOP, [monolith("new", units=None, units_across=None), monolith("old")])

    assert (len(rows["across_share"].others), len(rows["models"].others)) == (1, 2)


def test_a_share_of_a_few_changes_is_not_compared() -> None:
    rows = rows_of(SHOP, [monolith("cut", units=3, units_across=3, commits=49, top_author_commits=49), monolith("old")])

    assert rows["across_share"].others == (0.25,)
    assert rows["top_author_share"].others == (0.3,)


def test_a_scan_without_history_says_not_known() -> None:
    scan = read_evidence(evidence_of_apps(6) | {"history": None, "people": None})

    rows = rows_of(scan, [monolith("old")])

    assert (rows["across_share"].text, rows["across_share"].words) == ("not known", "nothing to compare")
    assert rows["across_share"].own_x is None


def test_without_monoliths_nothing_is_compared() -> None:
    standing = build_standing(SHOP, [])

    assert standing.finding == "No monolith was measured to compare with"
    assert {row.words for row in standing.rows} == {"nothing to compare"}


def test_every_measured_monolith_names_its_project_and_commit() -> None:
    monoliths = measured_monoliths()

    assert len({one.url for one in monoliths}) == len(monoliths)
    for one in monoliths:
        assert re.fullmatch("[0-9a-f]{40}", one.commit), one.name
        assert re.fullmatch(r"https://[^\s]+", one.url), one.name
        shares = [measure.value_of(one.counts) for measure in MEASURES if measure.form == "share"]
        assert all(share is None or 0 <= share <= 1 for share in shares), one.name


def test_thresholds_of_proposals_are_the_quartiles_of_the_measured_monoliths() -> None:
    shares = [each.counts.imports_to_cut / each.counts.imports_across for each in measured_monoliths()]
    assert len(shares) == 25
    _, median, upper = statistics.quantiles(shares, n=4, method="inclusive")
    assert (round(median, 2), round(upper, 2)) == (MEDIAN_CUT_SHARE, UPPER_QUARTILE_CUT_SHARE)
