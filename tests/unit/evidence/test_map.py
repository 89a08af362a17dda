"""The app × app matrix: what lies where, how many rows it has, and that its title counts what it draws."""

import json
from typing import Any

import pytest

from assess.evidence.map import MAX_PARTS, HiddenPair, build_matrix, find_hidden_coupling
from assess.evidence.records import read_evidence
from tests.evidence_samples import APPS, evidence_of_apps, shop_evidence


def scan_of(**changes: Any):
    return read_evidence(shop_evidence(**changes))


def with_pair(first: str, second: str, *, together: int, units: int = 60) -> dict[str, Any]:
    """A history in which every app changes `units` times, and these two so often together."""
    history = shop_evidence()["history"]
    changes = [{"app": each["app"], "units": units} for each in history["changes"]]
    return {**history, "changes": changes, "pairs": [{"a": first, "b": second, "together": together}]}


def test_what_lies_above_the_diagonal_is_what_is_to_cut() -> None:
    matrix = build_matrix(scan_of())

    above = [cell for cell in matrix.cells if cell.column > cell.row and cell.imports]
    names = [part.name for part in matrix.parts]

    assert names == ["catalog", "auth_users", "recommendations", "orders", "payments", "admin"]
    assert [(names[cell.row], names[cell.column], cell.imports, cell.to_cut) for cell in above] == [
        ("orders", "payments", 2, 2)
    ]


@pytest.mark.parametrize("count", [6, 25, 40])
def test_in_a_matrix_of_any_size_only_cells_above_the_diagonal_have_something_to_cut(count: int) -> None:
    matrix = build_matrix(read_evidence(evidence_of_apps(count)))

    assert len(matrix.parts) == count
    assert {cell for cell in matrix.cells if cell.to_cut} == {
        cell for cell in matrix.cells if cell.imports and cell.column > cell.row
    }


def test_a_cell_counts_imports_and_foreign_keys_from_its_row_to_its_column() -> None:
    counts = {(source, target): cell for source, target, cell in build_matrix(scan_of()).linked_rows}

    assert (counts["payments", "orders"].imports, counts["payments", "orders"].foreign_keys) == (7, 1)
    assert (counts["payments", "auth_users"].imports, counts["payments", "auth_users"].foreign_keys) == (0, 1)
    assert ("catalog", "orders") not in counts


def test_a_title_counts_the_imports_that_close_a_cycle() -> None:
    cycles = shop_evidence()["cycles"]

    assert build_matrix(scan_of()).finding == "2 of 35 imports between apps point the wrong way"
    one = [{"from": "orders", "to": "payments", "imports": 1}]
    assert build_matrix(scan_of(cycles={**cycles, "cut": one})).finding == (
        "1 of 35 imports between apps points the wrong way"
    )
    assert build_matrix(scan_of(cycles={**cycles, "cut": []})).finding == (
        "None of the 35 imports between apps closes a cycle"
    )
    assert build_matrix(scan_of(imports=[], cycles={**cycles, "imports": 0, "cut": []})).finding == (
        "No app imports another"
    )


def test_a_title_counts_all_imports_also_those_within_groups() -> None:
    whole, grouped = (build_matrix(read_evidence(evidence_of_apps(80)), most) for most in (80, MAX_PARTS))

    assert whole.finding == grouped.finding
    assert sum(cell.to_cut for cell in whole.cells) == whole.to_cut


def test_above_forty_apps_packages_have_the_rows() -> None:
    matrix = build_matrix(read_evidence(evidence_of_apps(80, package_size=4)))

    assert matrix.grouped_by == "package"
    assert len(matrix.parts) == 20
    assert matrix.parts[-1].name == "big.pkg00 (4 apps)"
    assert sorted(app for part in matrix.parts for app in part.apps) == [f"app{place:02}" for place in range(80)]


def test_no_cell_of_packages_is_marked_for_two_apps_among_many() -> None:
    scan = read_evidence(evidence_of_apps(80, package_size=4))

    assert find_hidden_coupling(scan).pairs
    assert not [cell for cell in build_matrix(scan).cells if cell.together]


@pytest.mark.parametrize("package_size", [0, 40])
def test_where_packages_say_too_little_the_strongest_apps_have_the_rows(package_size: int) -> None:
    matrix = build_matrix(read_evidence(evidence_of_apps(80, package_size=package_size)))

    assert matrix.grouped_by == "strength"
    assert len(matrix.parts) == MAX_PARTS
    assert matrix.parts[-1].name == "other 41 apps"
    assert len(matrix.parts[-1].apps) == 41
    kept = {part.name for part in matrix.parts[:-1]}
    assert "app79" in kept  # a third of all others import it


def test_an_app_that_the_order_leaves_out_has_a_row_all_the_same() -> None:
    cycles = {**shop_evidence()["cycles"], "order": ["orders", "not_an_app"]}

    names = [part.name for part in build_matrix(scan_of(cycles=cycles)).parts]

    assert names[0] == "orders"
    assert sorted(names) == ["admin", "auth_users", "catalog", "orders", "payments", "recommendations"]


def test_apps_without_any_link_have_no_row_and_are_named() -> None:
    lone = [{**shop_evidence()["apps"][0], "id": name, "label": name} for name in ("reports", "scripts")]

    matrix = build_matrix(scan_of(apps=[*shop_evidence()["apps"], *lone]))

    assert len(matrix.parts) == 6
    assert matrix.alone_words == "No link to another app, and no row: reports and scripts."
    assert build_matrix(scan_of()).alone_words == ""


def test_a_pair_that_only_changes_together_has_its_rows() -> None:
    cycles = {**shop_evidence()["cycles"], "cut": []}
    scan = scan_of(relations=[], imports=[], cycles=cycles, history=with_pair("catalog", "payments", together=30))

    assert {part.name for part in build_matrix(scan).parts} == {"catalog", "payments"}


def test_long_names_keep_their_end() -> None:
    text = json.dumps(shop_evidence())
    for app in APPS:
        text = text.replace(f'"{app}"', f'"company.platform.services.{app}"')

    short = [part.short_name for part in build_matrix(read_evidence(json.loads(text))).parts]

    assert "…orm.services.auth_users" in short
    assert max(map(len, short)) <= 24


def test_apps_that_change_together_without_a_link_are_hidden_coupling() -> None:
    scan = scan_of(history=with_pair("catalog", "payments", together=30))

    found = find_hidden_coupling(scan)

    assert found.pairs == (
        HiddenPair(first="catalog", second="payments", together=30, changes_first=60, changes_second=60),
    )
    assert found.finding == "One pair of apps often changes together without a link in the code"
    matrix = build_matrix(scan)
    names = [part.name for part in matrix.parts]
    assert [(names[cell.row], names[cell.column]) for cell in matrix.cells if cell.together] == [
        ("payments", "catalog")
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("payments", "orders"), ("auth_users", "payments")],
    ids=["linked by an import", "linked by a foreign key alone"],
)
def test_apps_with_a_link_in_the_code_are_no_hidden_coupling(first: str, second: str) -> None:
    assert find_hidden_coupling(scan_of(history=with_pair(first, second, together=30))).pairs == ()


@pytest.mark.parametrize(
    ("together", "units"), [(4, 8), (17, 60)], ids=["fewer than five changes", "less than 30 % of the changes"]
)
def test_apps_that_seldom_change_together_are_no_hidden_coupling(together: int, units: int) -> None:
    scan = scan_of(history=with_pair("catalog", "payments", together=together, units=units))

    assert find_hidden_coupling(scan).pairs == ()


def test_without_history_nothing_is_said_about_changing_together() -> None:
    assert find_hidden_coupling(scan_of()).finding == "No two apps change together often without a link in the code"
    assert find_hidden_coupling(scan_of(history=None)).finding == (
        "Without history, the scan cannot say which apps change together"
    )
