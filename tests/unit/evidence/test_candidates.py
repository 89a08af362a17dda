"""Candidates: the order of S3's system as told, by rules that know no names, and other systems to hold them to it."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from assess.evidence.candidates import GROUPS, quadrant_of, rank_in_quadrant
from assess.evidence.facade import (
    Candidate,
    Candidates,
    Inventory,
    build_candidates,
    build_inventory,
    read_choices,
    read_evidence,
)
from assess.evidence.inventory import Module
from tests.evidence_samples import shop_evidence


def typed(rows: str) -> Candidates:
    """The candidates of a typed inventory: a row a line, fields by "|", as the page has them."""
    fields = ("name", "load", "cacheable", "criticality", "uses", "transactions")
    data = [dict(zip(fields, (cell.strip() for cell in line.split("|")), strict=False)) for line in rows.splitlines()]
    choices, issues = read_choices({"is_typed": True, "rows": [row for row in data if row["name"]]})
    assert issues == []
    inventory = build_inventory(None, choices)
    assert inventory is not None
    return build_candidates(inventory)


def order(candidates: Candidates) -> list[str]:
    return [each.app for each in candidates.ranked]


#: S3's system. From the source: loads; recommendations isolated and not critical; auth critical with clear boundaries;
#: orders and payments in one transaction; orders looks products up and broke with changes in auth; 80 % of what catalog
#: serves are reads behind a cache. Ours: how critical the others are, and that the admin panel uses all of them.
SHOP = """
    {auth}            |  5 |    | high        |                  |
    {catalog}         | 15 | 80 | {catalog_is} |                 |
    {orders}          | 20 |    | high        | {auth}, {catalog} | {payments}
    {payments}        | 10 |    | high        | {orders}         | {orders}
    {recommendations} | 40 |    | low         |                  |
    {admin}           | 10 |    |             | {auth}, {catalog}, {orders}, {payments}, {recommendations} |
"""
MODULES = ("recommendations", "auth", "orders", "payments", "catalog", "admin")


@pytest.mark.parametrize("catalog_is", ["", "low", "medium"])
@pytest.mark.parametrize("letters", ["", "zyxwvu", "uvwxyz"])
def test_the_order_of_s3s_system_comes_out_as_told_whatever_its_modules_are_called(
    catalog_is: str, letters: str
) -> None:
    names = dict(zip(MODULES, letters or MODULES, strict=True))
    shop = typed(SHOP.format(**names, catalog_is=catalog_is))
    assert order(shop) == [names[module] for module in MODULES[:-1]]
    assert [(each.app, each.apart) for each in shop.apart] == [(names["admin"], "front")]


def test_each_module_of_s3s_system_has_the_reason_that_the_source_gives() -> None:
    shop = typed(SHOP.format(**{module: module for module in MODULES}, catalog_is="medium"))
    recommendations, auth, orders, payments, catalog = (" ".join(each.reasons) for each in shop.ranked)
    assert "40 % of the load" in recommendations
    assert "Not critical" in recommendations
    assert "Clear boundary" in recommendations
    assert "Critical, but simple" in auth
    assert "Clear boundary" in auth
    assert "one transaction with payments" in orders
    assert "one transaction with orders" in payments
    assert "A cache could take 80 %" in catalog
    assert "uses 5 of the 5 other modules" in shop.apart[0].apart_reason
    assert [each.quadrant for each in shop.ranked] == [
        *("start_here", "start_here", "worth_the_pain", "worth_the_pain", "easy_but_pointless"),
    ]


def test_ease_never_overrules_a_load_argument() -> None:
    tangled = typed("""
        search | 45 | | | core, shop, mail | shop
        core   |  5 | | high | search       |
        shop   | 20 | | high | search, mail | search
        mail   |  1 | | high |              |
    """)
    first = tangled.ranked[0]
    assert (first.app, first.quadrant, first.has_load_argument) == ("search", "worth_the_pain", True)
    assert first.ease < min(each.ease for each in tangled.ranked[1:])
    assert first.first_share == 100


def test_a_kernel_with_a_load_argument_is_ranked_and_one_without_is_set_apart() -> None:
    rows = """
        core | {load} | | | |
        a    | 5 | | low | core |
        b    | 5 | | low | core |
        c    | 5 | | low |  |
    """
    assert [(each.app, each.apart) for each in typed(rows.format(load=10)).apart] == [("core", "kernel")]
    assert order(typed(rows.format(load=60)))[0] == "core"


def test_a_load_that_a_cache_could_take_is_no_load_argument() -> None:
    rows = "pages | 60 | {cacheable} | | |\nforms | 10 | | | |"
    assert typed(rows.format(cacheable="")).ranked[0].has_load_argument
    assert not any(each.has_load_argument for each in typed(rows.format(cacheable=90)).ranked)


def test_what_the_team_keeps_is_set_apart_with_its_reason_even_with_a_load_argument() -> None:
    choices, _issues = read_choices(
        {
            "is_typed": True,
            "rows": [{"name": "ledger", "load": "70", "stays": "audited as one"}, {"name": "mail"}],
        }
    )
    candidates = build_candidates(build_inventory(None, choices) or pytest.fail("no inventory"))
    assert [(each.app, each.apart) for each in candidates.apart] == [("ledger", "kept")]
    assert "audited as one" in candidates.apart[0].apart_reason


@pytest.mark.parametrize("with_history", [True, False])
def test_both_axes_are_the_sums_of_their_lines_and_between_0_and_100(with_history: bool) -> None:
    evidence = shop_evidence() if with_history else shop_evidence(history=None, people=None)
    for each in build_candidates(build_inventory(read_evidence(evidence), None) or pytest.fail("none")).everything:
        assert each.ease == 100 + sum(one.points for one in each.ease_lines)
        assert each.benefit == sum(one.points for one in each.benefit_lines)
        assert sum(one.most for one in each.ease_lines) == 100
        assert sum(one.most for one in each.benefit_lines) == 100
        assert all(-one.most <= one.points <= 0 for one in each.ease_lines)
        assert all(0 <= one.points <= one.most for one in each.benefit_lines)


def scanned(choices: dict[str, Any] | None = None, **changes: Any) -> Candidates:
    """The candidates of the sample scan with these choices."""
    read = read_choices(choices)[0] if choices else None
    return build_candidates(build_inventory(read_evidence(shop_evidence(**changes)), read) or pytest.fail("none"))


def test_of_a_scan_the_user_app_the_kernel_and_the_front_are_set_apart_and_the_rest_is_ranked() -> None:
    candidates = scanned()
    apart = [(each.app, each.apart) for each in candidates.apart]
    assert apart == [("admin", "front"), ("auth_users", "user"), ("catalog", "kernel")]
    assert set(order(candidates)) == {"orders", "payments", "recommendations"}


def test_what_extracting_takes_is_said_in_words_from_counts() -> None:
    payments = next(each for each in scanned().everything if each.app == "payments")
    assert payments.takes == (
        "2 foreign keys become ids: 0 to it, 2 from it.",
        "Others call it instead of importing it: admin (2) and orders (2).",
        "It calls others, or takes a copy, instead of importing: orders (7).",
        "Some of its 80 changes touch others too: orders (48).",
        "CODEOWNERS names 1 owner.",
    )


def test_apps_that_the_team_groups_count_as_one_module() -> None:
    rows = [{"name": "orders", "group": "sales", "load": "20"}, {"name": "payments", "group": "sales", "load": "10"}]
    sales = next(each for each in scanned({"rows": rows}).everything if each.app == "sales")
    assert sales.module.apps == ("orders", "payments")
    assert sales.module.load == 30
    assert sales.module.lines == 40_000
    assert sales.takes[0] == "4 foreign keys become ids: 1 to it, 3 from it."
    assert next(each for each in sales.ease_lines if each.code == "cycle").points == 0
    assert next(each for each in scanned().everything if each.app == "orders").ease_lines[4].points < 0


def test_apps_without_models_are_candidates_and_shared_tables_take_ease() -> None:
    evidence = shop_evidence()
    models = [each for each in evidence["models"] if each["app"] != "recommendations"]
    copy = {**models[-1], "app": "orders", "name": "PaymentRow", "managed": False}
    candidates = scanned(models=[*models, copy])
    by_name = {each.app: each for each in candidates.everything}
    assert "It has no tables to move." in by_name["recommendations"].takes
    assert "Tables that others have too get one owner: payments (1)." in by_name["orders"].takes
    assert next(one for one in by_name["orders"].ease_lines if one.code == "shared_tables").points < 0


def test_the_band_names_whoever_is_first_in_a_tenth_of_all_weightings() -> None:
    modules = (
        Module(name="large", lines=60_000, changes=10),
        Module(name="busy", lines=1_000, changes=100),
        Module(name="quiet", lines=1_000, changes=1),
    )
    candidates = build_candidates(Inventory(source="scan", modules=modules, has_history=True))
    assert candidates.weightings == 81  # three weights for each of data, code, change and activity
    assert sum(each.first_share for each in candidates.ranked) in range(99, 102)
    assert candidates.band[0] is candidates.ranked[0]
    rivals = typed(
        "a | 20 | | high | b |\nb | 10 | | high | |\nc | 20 | | medium | |\n"
        "d | 20 | 40 | low | a, b |\ne | 20 | | low | |\nf | 10 | | low | |"
    )
    assert len(rivals.band) > 1
    assert rivals.band_words == " or ".join(each.app for each in rivals.band)


def test_the_same_inventory_in_another_order_gives_the_same_candidates() -> None:
    evidence = shop_evidence()
    turned = {name: list(reversed(evidence[name])) for name in ("apps", "models", "relations", "imports")}
    assert scanned(**turned) == scanned()


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([{"load": "5"}], "rows-0-name"),
        ([{"name": "a"}, {}, {"name": "A"}], "rows-2-name"),
        ([{"name": "a,b"}], "rows-0-name"),
        ([{"name": "a", "load": "lots"}], "rows-0-load"),
        ([{"name": "a", "load": "nan"}], "rows-0-load"),
        ([{"name": "a", "load": "101"}], "rows-0-load"),
        ([{"name": "a", "cacheable": "-1"}], "rows-0-cacheable"),
        ([{"name": "a", "criticality": "very"}], "rows-0-criticality"),
        ([{"name": "a", "writers": "theirs"}], "rows-0-writers"),
        ([{"name": "a", "uses": "b"}], "rows-0-uses"),
        ([{"name": "a", "transactions": "A"}], "rows-0-transactions"),
        ([{"name": "a", "stays": "x" * 201}], "rows-0-stays"),
        ([{"name": "a\x00"}], "rows-0-name"),
        ([{"name": "a\u202e"}], "rows-0-name"),
        ([{"name": "a", "load": "60"}, {"name": "b", "load": "60"}], "rows"),
        ([{"name": f"m{number}"} for number in range(101)], "rows"),
    ],
)
def test_a_mistake_names_its_field(rows: list[dict[str, str]], key: str) -> None:
    _choices, issues = read_choices({"is_typed": True, "rows": rows})
    assert [issue.key for issue in issues] == [key]


@pytest.mark.parametrize("data", [{}, {"rows": "x"}, {"rows": [1, None, []]}, {"rows": {}}, {"is_typed": "yes"}])
def test_what_is_no_list_of_rows_has_none(data: dict[str, object]) -> None:
    assert read_choices(data)[0].rows == ()


def test_a_load_argument_alone_is_worth_a_service_and_has_its_line() -> None:
    rows = [{"name": "admin", "load": "60", "criticality": "low"}]
    admin = next(each for each in scanned({"rows": rows}).everything if each.app == "admin")
    assert (admin.benefit, admin.apart) == (50, "")
    assert sum(one.points for one in admin.benefit_lines) == 50
    assert admin.benefit_lines[-1].code == "load_argument"


def package(name: str, **facts: Any) -> dict[str, Any]:
    """A package of the sample scan that is no app."""
    return {**shop_evidence()["apps"][0], "id": name, "label": name, "module": name, "kind": "package", **facts}


def test_packages_beside_the_apps_are_set_apart_and_an_app_that_uses_most_and_nobody_uses_is_a_front() -> None:
    evidence = shop_evidence()
    apps = ("admin", "auth_users", "catalog", "orders", "payments", "recommendations")
    uses = [("settings", app) for app in apps] + [("shop", "settings"), ("shop", "orders")]
    imports = [
        {"from": source, "to": target, "imports": 1, "lazy": 0, "references": 0, "examples": []}
        for source, target in uses
    ]
    changed = scanned(
        apps=[*evidence["apps"], package("shop"), package("settings", kind="app")],
        imports=[*evidence["imports"], *imports],
    )
    apart = {each.app: each.apart for each in changed.apart}
    assert (apart["shop"], apart["settings"]) == ("frame", "front")
    loaded = scanned({"rows": [{"name": "shop", "load": "70"}]}, apps=[*evidence["apps"], package("shop")])
    assert loaded.ranked[0].app == "shop"


def test_a_handful_of_changes_says_nothing_of_churn() -> None:
    few = {**shop_evidence()["history"], "units": 19}
    lines = scanned(history=few).ranked[0]
    assert {one.code for one in lines.ease_lines} & {"co_change"} == set()
    assert {one.code for one in lines.benefit_lines} == {"size"}


def test_where_nothing_is_worth_a_service_the_candidates_say_so() -> None:
    rows = "mail | 2 | | low | |\nposts | 3 | | low | |\nfiles | 90 | 99 | low | |"
    nothing = typed(rows)
    assert nothing.finding == "No candidate stands out"
    assert nothing.caution == nothing.band_reason == "By these counts no module is worth a service of its own."
    assert nothing.band == ()
    assert (scanned().finding, scanned().caution) == ("First candidate: orders", "")


@pytest.mark.parametrize(
    ("rows", "tells"),
    [
        (
            "mail | 2 | | | |\nposts | 3 | | | |\nfiles | 5 | | | |",
            "Add what happens if each one fails: that can change it.",
        ),
        ("mail | | | low | |\nposts | | | low | |", "Add the load of each one: that can change it."),
        (
            "mail | | | | |\nposts | | | | |",
            "Add the load of each one, and what happens if it fails: that can change it.",
        ),
    ],
)
def test_where_nothing_stands_out_the_candidates_say_what_would_tell(rows: str, tells: str) -> None:
    assert typed(rows).caution.endswith(tells)


def test_a_module_that_is_easy_but_pointless_is_never_named_as_the_first_to_extract() -> None:
    modules = tuple(
        Module(name=f"{lines}", lines=lines, changes=0, load=load) for lines in (1, 50, 3_000) for load in (None, 5, 45)
    )
    for chosen in product(modules, repeat=3):
        named = tuple(replace(module, name=f"{at}") for at, module in enumerate(chosen))
        candidates = build_candidates(Inventory(source="scan", modules=named))
        assert not {each.quadrant for each in candidates.band} & {"easy_but_pointless", "leave"}
        assert candidates.stands_out == bool(candidates.band)


def test_shares_of_first_places_are_those_of_every_weighting_counted_one_by_one() -> None:
    modules = tuple(
        Module(name=f"m{number}", lines=number * 37 % 11 * 100 + 1, changes=number * 53 % 13 + 1, signals=number % 4)
        for number in range(12)
    )
    pairs = {(f"m{a}", f"m{b}"): (a * b) % 9 for a in range(12) for b in range(12) if a != b and (a + 2 * b) % 5 == 0}
    candidates = build_candidates(
        Inventory(source="scan", modules=modules, imports=pairs, foreign_keys=pairs, has_history=True)
    )
    groups = [codes for name, codes in GROUPS.items() if name not in ("load", "criticality")]

    def first(weights: tuple[int, ...]) -> str:
        weight_of = {code: weight for codes, weight in zip(groups, weights, strict=True) for code in codes}

        def place(each: Candidate) -> tuple[object, ...]:
            ease, benefit = (
                10_000
                * sum(weight_of[one.code] * abs(one.points) for one in lines)
                // sum(weight_of[one.code] * one.most for one in lines)
                for lines in (each.ease_lines, each.benefit_lines)
            )
            ease = 10_000 - ease
            return (*rank_in_quadrant(quadrant_of(ease >= 5_000, benefit >= 5_000), ease, benefit), each.app)

        return min(candidates.ranked, key=place).app

    firsts = [first(weights) for weights in product((1, 2, 4), repeat=len(groups))]
    assert len(candidates.ranked) > 5
    assert {each.app: each.first_share for each in candidates.ranked if each.first_share} == {
        name: round(100 * firsts.count(name) / len(firsts)) for name in set(firsts)
    }
