"""Figures that decide stand in one place with their source; none hides in the code of the rules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from assess.decision import facts, rules
from assess.decision.facts import mask_of, read_facts, staffing_of
from assess.decision.rules import are_strained, judge
from assess.decision.thresholds import SOURCES_OF, THRESHOLDS, Thresholds, perturbed
from assess.questionnaire.schema import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE

ROOM = Path(rules.__file__).parent
#: Numbers that are no judgement, with what they are. Everything else belongs into `thresholds`.
NO_JUDGEMENT = {
    "rules.py": {},
    "facts.py": {100_000.0: "more than any number that a questionnaire takes", 512: "entries of a cache"},
    "signals.py": {100: "where the scale ends", 0.5: "rounds to a whole number", 2: "rounds to a whole number",
                   1_000_000: "totals are kept in millionths"},
    "deciding.py": {2: "the model's version, and how many questions a headline names"},
}  # fmt: skip


def literals(tree: ast.AST) -> Iterator[float]:
    """Every number in the code, but for places in tuples."""
    places = {node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in places and type(node.value) in (int, float):
            yield node.value


@pytest.mark.parametrize("name", NO_JUDGEMENT)
def test_no_figure_that_decides_hides_in_the_code(name: str) -> None:
    found = {number for number in literals(ast.parse((ROOM / name).read_text("utf-8"))) if number not in (0, 1)}
    assert found == set(NO_JUDGEMENT[name]), "move it into thresholds.py, with its source"


def test_the_search_for_figures_finds_one_that_is_compared_with() -> None:
    assert set(literals(ast.parse("if teams >= 3 and state[1] and share > 40.5: pass"))) == {3, 40.5}


def test_every_figure_names_a_source_or_says_that_it_is_ours() -> None:
    assert set(SOURCES_OF) == set(Thresholds.__dataclass_fields__)
    for name in SOURCES_OF:
        assert SOURCES_OF[name].startswith(("S0, ", "S1, ", "S2, ", "S3, ", "S4, ", "ours: ")), name


# What each figure of a count decides when it is moved: the value on both sides of the one that is published.
@pytest.mark.parametrize(
    ("name", "moved", "of"),
    [
        ("several_teams", 3, {"teams": 2, "deploy_waiting": "always"}),
        ("few_people", 12, {"developers": 11}),
        ("slow_deploy", 50, {"deploy_minutes": 45}),
        ("dominant", 60, {"hot_share": 50}),
        ("many_teams", 4, {"teams": 3}),
    ],
)
def test_facts_are_read_by_the_published_figures_and_change_with_them(name: str, moved: float, of: dict) -> None:
    given = {key: Answer(value=value) for key, value in of.items()}
    assert read_facts(QUESTIONNAIRE, given) != read_facts(QUESTIONNAIRE, given, Thresholds(**{name: moved}))


def test_services_are_strained_by_one_strong_sign_or_by_two_others() -> None:
    def known(*signs: object):
        holding = {id(sign) for sign in (rules.SERVICES, *signs)}
        return lambda predicate: id(predicate) in holding

    assert are_strained(known(rules.STRONG_SIGN))
    assert are_strained(known(rules.CHAINS, rules.UNOWNED_SERVICES))
    assert not are_strained(known(rules.CHAINS))
    assert not are_strained(known(rules.STRONG_SIGN), Thresholds(strained=3))
    assert are_strained(known(rules.CHAINS), Thresholds(strained=1))


def test_figures_that_rules_weigh_by_move_a_verdict_when_they_are_moved() -> None:
    given = {"current_shape": "services", "distributed_monolith_signs": ("release_together",), "teams": 5}
    found = read_facts(QUESTIONNAIRE, {key: Answer(value=value) for key, value in given.items()})
    assert judge(found).rule == "services-strained"
    _lower, higher = perturbed("strained")
    assert judge(found, higher).rule != "services-strained"


def test_one_several_and_many_teams_are_told_apart_where_the_sources_do() -> None:
    assert [staffing_of(0, 50, teams)[1] for teams in (0, 1, 2, 3, 40)] == ["one", "one", "several", "many", "many"]
    assert THRESHOLDS.many_teams == 3  # S3: "3+ teams"
    assert facts.UNKNOWN[facts.POSITIONS["staffing"]] == mask_of("staffing", facts.STAFFING)
