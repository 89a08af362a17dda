"""The folded counts of outcomes are those of visiting every cell."""

import random
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision.model_1.facts import Facts, read_facts
from assess.decision.model_1.rules import RULES, STRAINED, judge
from assess.decision.model_1.sweep import build_grid, count_outcomes, sample_outcomes, totals
from assess.decision.model_1.wording import FORM_WORDS
from assess.decision.result import VERDICTS
from tests.unit.decision.model_1.strategies import QUESTIONNAIRE, answer_sets

GRID = build_grid(QUESTIONNAIRE)
COUNTS = count_outcomes(GRID)


def visited(grid):
    """The outcomes by visiting every cell."""
    counts = Counter()
    for states in product(*(component.states for component in grid.components)):
        facts = grid.base
        for component, state in zip(grid.components, states, strict=True):
            facts = facts._replace(**dict(zip(component.fields, state, strict=True)))
        counts[judge(facts)] += 1
    return counts


@given(st.data())
def test_the_folded_counts_are_those_of_visiting_every_cell(data):
    """On parts of the grid that are small enough to visit: most facts pinned, some left with all their values."""
    free = set(data.draw(st.lists(st.sampled_from(range(len(GRID.components))), min_size=6, max_size=9, unique=True)))
    allowed = {}
    cells = 1
    for n, component in enumerate(GRID.components):
        size = len(component.states)
        if n in free and cells * size <= 1500:
            cells *= size
            continue
        state = data.draw(st.sampled_from(component.states))
        allowed |= {field: {value} for field, value in zip(component.fields, state, strict=True)}
    part = GRID.restricted(**allowed)
    counts = count_outcomes(part)
    assert counts == visited(part)
    assert sum(counts.values()) == part.cells


def test_every_cell_is_counted_once():
    assert sum(COUNTS.values()) == GRID.cells


def test_every_verdict_form_and_rule_occurs():
    assert set(totals(COUNTS, "verdict")) == set(VERDICTS)
    assert set(totals(COUNTS, "form")) == set(FORM_WORDS)
    assert set(totals(COUNTS, "rule")) == set(RULES)


@given(answer_sets(complete=True))
def test_the_facts_of_complete_answers_lie_in_the_grid_but_for_numbers_between_marks(answers):
    facts = read_facts(QUESTIONNAIRE, answers)
    for component in GRID.components:
        if {"services", "developers", "teams"} & set(component.fields):
            continue
        assert tuple(getattr(facts, field) for field in component.fields) in component.states


@given(answer_sets(complete=True))
def test_the_outcome_of_complete_answers_is_one_that_the_grid_counts(answers):
    assert judge(read_facts(QUESTIONNAIRE, answers)) in COUNTS


def test_components_share_no_fact_and_no_question():
    fields = [field for component in GRID.components for field in component.fields]
    keys = [key for component in GRID.components for key in component.keys]
    assert len(fields) == len(set(fields))
    assert set(fields) == set(Facts._fields)
    assert len(keys) == len(set(keys))


def test_where_no_services_run_nothing_is_said_about_them():
    monoliths = GRID.restricted(shape={"monolith"})
    assert monoliths.values("services") == {None}
    assert monoliths.values("signs") == {None}
    assert GRID.values("signs") == {None, 0, 1, STRAINED}


def test_a_sample_is_the_same_for_the_same_seed_and_counts_each_set_once():
    first = sample_outcomes(QUESTIONNAIRE, draw=random.Random(7).randrange, size=300)
    again = sample_outcomes(QUESTIONNAIRE, draw=random.Random(7).randrange, size=300)
    assert first == again
    assert sum(first.values()) == 300


@pytest.mark.parametrize("field", ["verdict", "form", "rule"])
def test_totals_add_up_over_each_field(field):
    assert sum(totals(COUNTS, field).values()) == GRID.cells
