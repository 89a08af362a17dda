"""How much hangs on our own judgement: what is counted is what happens when a figure moves or an answer is left out."""

import pytest
from hypothesis import given

from assess.cases_file import judged_systems, personas
from assess.decision.facts import read_facts
from assess.decision.rules import RULES, judge
from assess.decision.sensitivity import (
    CONDITION_WORDS,
    CONDITIONS,
    Count,
    Systems,
    conditions_met,
    count_conditions,
    leave_answers_out,
    measure_sensitivity,
    move_levels,
    move_thresholds,
)
from assess.decision.sensitivity_page import build_sensitivity_blocks, fire_once
from assess.decision.thresholds import SOURCES_OF, THRESHOLDS, ours
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers
from tests.unit.decision.systems import HOT, SERVING, WAITING

BESIDE = {"current_shape": "monolith_with_services", "services": 12}
CALM = {**HOT, "load_fit": "comfortable"}


def systems(**values):
    """One case and no made-up system."""
    return Systems(cases=(answers(**values),), personas=())


def test_every_figure_of_the_model_says_where_it_is_from():
    assert set(SOURCES_OF) == set(THRESHOLDS.__dataclass_fields__)
    assert {"dominant", "slow_deploy", "few_people"}.isdisjoint(ours())


def test_the_counts_are_on_the_cases_that_can_be_scored_and_on_the_made_up_systems():
    judged = judged_systems()
    assert (len(judged.cases), len(judged.personas)) == (43, 16)


def test_every_figure_of_ours_is_moved_and_those_of_the_sources_are_not():
    moved = move_thresholds(QUESTIONNAIRE, systems())
    assert [one.name for one in moved] == list(ours())


@pytest.mark.parametrize(
    ("name", "values", "lower", "higher"),
    [
        # "Peaks hurt" is 55 of 100: acute from 62.5 on, they no longer do.
        ("acute", {**HOT, "load_fit": "peaks_hurt"}, 0, 1),
        # Waiting sometimes is 30, and with funded growth acute: not with mild from 37.5 on.
        ("mild", {**WAITING, "deploy_waiting": "sometimes", "growth": "manifold"}, 0, 1),
        # A painful bill is 35: it is none with 43.75.
        ("painful_cost", {**CALM, "infra_cost": "painful", "cheaper_cures": "exhausted"}, 0, 1),
        ("far_apart", {**CALM, "change_rhythm": "far_apart", "scope": "one_part"}, 0, 1),
        # 12 services of 7 people are fewer than two a person, and more than one and a half.
        ("services_per_developer", {**SERVING, "developers": 7}, 1, 0),
        ("services_per_developer", {**SERVING, "developers": 5}, 0, 1),
        # 15 services of two teams are fewer than eight a team, and more than six.
        ("services_per_team", {**SERVING, "services": 15, "teams": 2}, 1, 0),
        # One strong sign weighs 2: too little where 2.5 are too much.
        ("strained", {**SERVING, "distributed_monolith_signs": ("shared_database",)}, 0, 1),
        ("strained", {**WAITING, **BESIDE, "distributed_monolith_signs": ("release_together",)}, 0, 1),
    ],
)
def test_a_figure_that_is_moved_changes_what_hangs_on_it(name, values, lower, higher):
    moved = {one.name: one for one in move_thresholds(QUESTIONNAIRE, systems(**values))}
    assert (moved[name].lower.cases, moved[name].higher.cases) == (lower, higher)


def test_levels_of_an_answer_that_are_moved_change_what_hangs_on_them():
    moved = {one.name: one for one in move_levels(QUESTIONNAIRE, systems(change_breakage="monthly"))}
    assert (moved["change_breakage"].lower.cases, moved["change_breakage"].higher.cases) == (1, 0)
    assert moved["load_fit"].lower == Count(cases=0, personas=0)
    # Read by its option, whatever the level.
    assert "scaling_profile" not in moved


def test_an_answer_that_is_left_out_changes_what_hangs_on_it():
    left_out = leave_answers_out(QUESTIONNAIRE, Systems(cases=(), personas=(answers(**WAITING),)))
    assert left_out["deploy_waiting"] == Count(cases=0, personas=1)
    assert left_out["teams"] == Count(cases=0, personas=0)
    assert "tests" not in left_out


# --- conditions


def test_every_rule_has_conditions_and_each_has_words():
    assert {condition.rule for condition in CONDITIONS} == set(RULES)
    assert [condition.slug for condition in CONDITIONS] == list(CONDITION_WORDS)


@given(answer_sets())
def test_no_rule_fires_for_something_that_the_list_of_conditions_lacks(given_answers):
    facts = read_facts(QUESTIONNAIRE, given_answers)
    met = list(conditions_met(facts))
    assert met, judge(facts)
    assert {slug.partition("/")[0] for slug in met} == {judge(facts).rule}


def test_a_condition_that_fires_for_a_single_case_is_named_with_its_source():
    hot = measure_sensitivity(QUESTIONNAIRE, systems(**HOT))
    told = build_sensitivity_blocks(QUESTIONNAIRE, hot)["conditions"]
    single = told.partition("For a single case")[2].partition("For none")[0]
    assert "`one-part`: a load that hurts, and one part dominates it (S0, S3)" in single
    assert "gate-closed" not in single


def test_what_fits_just_one_is_told_apart_from_what_fits_more():
    assert fire_once(Count(cases=1, personas=3))
    assert fire_once(Count(cases=0, personas=1))
    assert not fire_once(Count(cases=2, personas=1))
    assert not fire_once(Count(cases=0, personas=0))


def test_every_condition_that_fits_just_one_case_has_a_source():
    counts = count_conditions(QUESTIONNAIRE, judged_systems())
    single = [condition for condition in CONDITIONS if fire_once(counts[condition.slug])]
    assert single
    assert [condition.slug for condition in single if not condition.source] == []


def test_no_rule_fits_just_one_case():
    fired = [judge(read_facts(QUESTIONNAIRE, known)).rule for known in judged_systems().cases]
    assert {rule for rule in RULES if fired.count(rule) == 1} == set()


def test_at_least_15_of_the_16_made_up_systems_are_judged_as_an_expert_would():
    hits = [one.accepts(judge(read_facts(QUESTIONNAIRE, one.answers)).verdict) for one in personas()]
    assert len(hits) == 16
    assert sum(hits) >= 15
