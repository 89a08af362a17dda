"""What to have in hand before the first service: ticked by answers, scans and people, waived for a time."""

from datetime import date, timedelta

import pytest

from assess.advice.preparation import (
    PREPARATIONS,
    PREPARATIONS_BY_SLUG,
    Mark,
    PreparationLine,
    build_preparations,
    preparations_to_json,
)
from assess.decision import decide
from assess.evidence.records import Scan
from assess.language import day
from tests.unit.decision.strategies import QUESTIONNAIRE, answers
from tests.unit.decision.systems import HOT, SERVING

TODAY = date(2026, 5, 4)


def lines(
    *, scan: Scan | None = None, marks: dict[str, Mark] | None = None, **values: object
) -> dict[str, PreparationLine]:
    found = build_preparations(QUESTIONNAIRE, answers(**values), scan=scan, marks=marks, today=TODAY)
    return {line.preparation.slug: line for line in found.lines}


def scan_with(kind: str, how: str, *, listed: bool = False) -> Scan:
    tool = {
        "kind": kind,
        "name": "tool",
        "listed": ["pyproject.toml"] if listed else [],
        "imported": [],
        "configured": [],
    }
    return Scan(data={"capabilities": [{**tool, how: ["shop/settings.py"]}]})


def waiver(ends_on: date) -> Mark:
    return Mark(is_waiver=True, text="One team", link="", by="Rita", marked_on=TODAY, ends_on=ends_on)


TICK = Mark(is_waiver=False, text="See the wiki", link="", by="Alice", marked_on=TODAY)


@pytest.mark.parametrize(
    ("slug", "key", "ticking", "missing"),
    [
        ("gateway", "gateway", "in_place", "planned"),
        ("tracing", "tracing", "partial", "planned"),
        ("central_logging", "central_logging", "in_place", "planned"),
        ("platform_team", "platform_team", "dedicated", "shared"),
        ("service_tests", "tests", "trusted", "patchy"),
        ("on_call", "on_call", "rota", "informal"),
        ("horizon", "migration_horizon", "half_year", "quarter"),
        ("budget", "budget", "approved", "discussed"),
    ],
)
def test_an_answer_ticks_an_item_or_says_that_it_is_missing(slug, key, ticking, missing):
    assert (lines(**{key: ticking})[slug].state, lines(**{key: ticking})[slug].ticked_by) == ("ticked", "answer")
    assert lines(**{key: missing})[slug].state == "missing"
    assert lines()[slug].state == "open"


def test_every_ticking_answer_is_an_option_of_its_question():
    for item in PREPARATIONS:
        if item.key:
            options = {option.value for option in QUESTIONNAIRE.by_key[item.key].options}
            assert set(item.ticking) < options, item.slug
        assert bool(item.key) == bool(item.ticking)


#: The headings and entries of S3's checklist, in its order, by our slugs.
CHECKLIST_OF_S3 = {
    "infrastructure": ["gateway", "service_mesh", "tracing", "central_logging", "metrics", "ci_cd", "registry"],
    "architecture": ["boundaries", "shared_code", "consistency", "contracts", "data_migration"],
    "team": ["why", "platform_team", "distributed_experience", "ownership"],
    "business": ["horizon", "budget", "slowdown"],
}


def test_the_lists_have_all_of_the_readiness_guide_and_what_the_other_sources_add():
    for group, slugs in CHECKLIST_OF_S3.items():
        for slug in slugs:
            item = PREPARATIONS_BY_SLUG[slug]
            assert (item.group, "S3" in item.source) == (group, True)
    assert {slug for slug, item in PREPARATIONS_BY_SLUG.items() if "S3" not in item.source} == {
        "discovery", "api_versions", "identity", "failure_tests", "service_tests", "service_monitoring", "on_call",
    }  # fmt: skip
    assert [item.slug for item in PREPARATIONS if item.is_optional] == ["service_mesh", "feature_flags"]


@pytest.mark.parametrize(
    ("kind", "how", "listed", "slug", "ticks"),
    [
        ("gateway", "configured", False, "gateway", True),
        ("tracing", "imported", True, "tracing", True),
        ("tracing", "imported", False, "tracing", False),  # may be a module of their own by that name
        ("tracing", "listed", True, "tracing", False),  # nobody uses it
        ("metrics", "imported", True, "metrics", False),  # counts, but are there alerts?
        ("metrics", "configured", False, "metrics", True),
        ("ci", "configured", False, "ci_cd", True),
        ("containers", "configured", False, "containers", True),
        ("flags", "imported", True, "feature_flags", True),
    ],
)
def test_a_scan_ticks_what_it_finds_in_use_and_names_the_file(kind, how, listed, slug, ticks):
    line = lines(scan=scan_with(kind, how, listed=listed))[slug]
    assert (line.state, line.ticked_by) == (("ticked", "scan") if ticks else ("open", ""))
    assert ("shop/settings.py" in line.why) == ticks


def test_a_scan_never_overrules_an_answer_but_is_named_beside_it():
    line = lines(scan=scan_with("gateway", "configured"), gateway="none")["gateway"]
    assert line.state == "missing"
    assert "shop/settings.py" in line.why


def test_a_person_ticks_what_the_answer_says_is_missing():
    line = lines(marks={"gateway": TICK}, gateway="none")["gateway"]
    assert (line.state, line.ticked_by, line.mark) == ("ticked", "person", TICK)


def test_a_waiver_counts_up_to_its_last_day_then_the_item_is_missing_again_and_says_so():
    for slug in ("gateway", "contracts"):  # with an answer, and where nobody asks
        assert lines(marks={slug: waiver(TODAY)}, gateway="none")[slug].state == "waived"
        ended = lines(marks={slug: waiver(TODAY - timedelta(days=1))}, gateway="none")[slug]
        assert (ended.state, ended.has_ended) == ("missing", True)
        assert day(TODAY - timedelta(days=1)) in ended.why


def test_what_is_ready_needs_no_waiver():
    line = lines(marks={"gateway": waiver(TODAY)}, gateway="in_place")["gateway"]
    assert (line.state, line.ticked_by) == ("ticked", "answer")


def test_where_one_part_leaves_nothing_is_asked_for_that_many_services_need():
    assert {"service_mesh", "discovery"} <= set(lines())
    assert not {"service_mesh", "discovery"} & set(lines(scope="one_part"))
    assert "service_mesh" in lines(scope="one_part", marks={"service_mesh": TICK}), "somebody wrote about it"


def test_the_finding_counts_what_is_no_option():
    marks = {"contracts": TICK, "service_mesh": TICK, "why": waiver(TODAY)}
    found = build_preparations(QUESTIONNAIRE, answers(gateway="none"), marks=marks, today=TODAY)
    required = sum(not item.is_optional for item in PREPARATIONS)
    assert found.finding == f"1 of {required} preparations is ready, 1 is waived and 1 is missing"


def test_a_waived_gate_is_named_with_its_end():
    assert build_preparations(QUESTIONNAIRE, {}, marks={"why": waiver(TODAY)}, today=TODAY).waived_gates == ""
    found = build_preparations(QUESTIONNAIRE, {}, marks={"tracing": waiver(TODAY)}, today=TODAY)
    assert found.waived_gates == f"An architect waived “Requests are traced” until {day(TODAY)}."


@pytest.mark.parametrize(
    ("values", "listed"), [(HOT, True), ({**HOT, "tracing": "none"}, True), (SERVING, False), ({}, False)]
)
def test_the_contract_lists_them_where_an_extraction_is_ahead(values, listed):
    given = answers(**values)
    found = preparations_to_json(QUESTIONNAIRE, given, decide(QUESTIONNAIRE, given))
    assert bool(found) is listed
    assert all(set(item) == {"group", "sentence", "state", "keys"} for item in found)
