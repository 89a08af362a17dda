"""Two scans of one system compared, and what a scan did not see in words."""

from collections.abc import Callable
from typing import Any

import pytest

from assess.evidence.comparison import MAX_PAIRS, build_figures, compare_scans
from assess.evidence.limits import LIMITS, REASONS, describe_limits, describe_unread
from assess.evidence.records import Scan, read_evidence
from assess.evidence.scanner.summary import LIMIT_WORDS, REASON_WORDS
from tests.evidence_samples import shop_evidence


def shop(change: Callable[[dict[str, Any]], object] = lambda evidence: None) -> Scan:
    evidence = shop_evidence()
    change(evidence)
    return read_evidence(evidence)


def decoupled(evidence: dict[str, Any]) -> None:
    """Payments no longer point at orders in the database and import three times less; orders import nothing of it;
    an app is new, one is gone from the list of apps."""
    evidence["relations"] = [each for each in evidence["relations"] if each["from_app"] != "payments"]
    for each in evidence["imports"]:
        each["imports"] -= 3 if (each["from"], each["to"]) == ("payments", "orders") else 0
    evidence["imports"] = [each for each in evidence["imports"] if each["to"] != "payments" or each["from"] == "admin"]
    evidence["cycles"] |= {"imports": 30, "cut": [], "cut_imports": []}
    evidence["history"]["across_apps"] = 160
    evidence["apps"][5]["id"] = "search"


def test_figures_say_which_way_they_went() -> None:
    compared = compare_scans(shop(), shop(decoupled))
    figures = {each.code: (each.before_in_words, each.now_in_words, each.change) for each in compared.figures}
    assert figures["foreign_keys"] == ("7", "5", "down")
    assert figures["imports"] == ("35", "30", "down")
    assert figures["cut_share"] == ("5.7 %", "0.0 %", "down")  # 2 of 35, then none
    assert figures["across_share"] == ("30.0 %", "40.0 %", "up")  # 120, then 160 of 400
    assert figures["models"] == ("9", "9", "same")


def test_pairs_that_moved_most_come_first_and_apps_are_named() -> None:
    compared = compare_scans(shop(), shop(decoupled))
    assert [(each.kind, each.from_app, each.to_app, each.before, each.now) for each in compared.pairs] == [
        ("imports", "payments", "orders", 7, 4),
        ("imports", "orders", "payments", 2, 0),
        ("foreign_keys", "payments", "auth_users", 1, 0),
        ("foreign_keys", "payments", "orders", 1, 0),
    ]
    assert (compared.new_apps, compared.gone_apps) == (("search",), ("recommendations",))
    assert compare_scans(shop(), shop()).pairs == ()


def test_what_is_not_known_has_no_direction() -> None:
    compared = compare_scans(shop(), shop(lambda evidence: evidence.update(history=None, people=None)))
    unknown = {each.code: (each.now_in_words, each.change) for each in compared.figures if each.now is None}
    assert unknown == dict.fromkeys(("units", "across_share", "active_authors"), ("not known", ""))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda evidence: evidence.update(anonymised=True), "Names are replaced"),
        (lambda evidence: evidence["repository"].update(name="other"), "another repository (shop)"),
    ],
)
def test_single_apps_are_not_compared_where_names_mean_other_things(change: Any, reason: str) -> None:
    compared = compare_scans(shop(), shop(lambda evidence: (decoupled(evidence), change(evidence))))
    assert reason in compared.why_not_by_name
    assert (compared.pairs, compared.new_apps, compared.gone_apps) == ((), (), ())
    assert any(each.change == "down" for each in compared.figures)


def test_pairs_beyond_those_listed_are_counted() -> None:
    apps = [f"app_{n}" for n in range(30)]
    many = shop(lambda evidence: evidence.update(imports=[
        {"from": "admin", "to": app, "imports": 1, "lazy": 0, "references": 0, "examples": []} for app in apps
    ]))  # fmt: skip
    compared = compare_scans(shop(lambda evidence: evidence.update(imports=[])), many)
    assert (len(compared.pairs), compared.pairs_left_out) == (MAX_PAIRS, 30 - MAX_PAIRS)


def test_every_limit_and_reason_of_the_scanner_has_words_on_the_page() -> None:
    assert set(LIMITS) == set(LIMIT_WORDS)
    assert set(REASONS) == set(REASON_WORDS)


def test_a_limit_that_this_release_does_not_know_is_named_by_its_code() -> None:
    scan = shop(lambda evidence: evidence.update(limits=[{"code": "moon_phase", "count": 1_200}]))
    assert describe_limits(scan) == ["The scanner reports a limit: moon phase (1,200)"]
    assert describe_unread(scan) == ["Not read (1): not Python that the scanner can parse"]


def test_the_share_to_cut_is_a_share_of_the_imports_that_stand_above_it() -> None:
    scan = shop(lambda evidence: evidence["imports"][0].update(references=9))  # a string is no part of a cycle
    figures = {each.code: each.now for each in build_figures(scan)}
    cut = sum(each["imports"] for each in scan.data["cycles"]["cut"])
    assert figures["cut_share"] == cut / figures["imports"]
