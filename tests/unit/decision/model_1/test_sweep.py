"""The folded counts of outcomes are those of visiting every cell; the published page says what the rules say."""

import random
import re
from collections import Counter
from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from assess.decision.facts import Facts, read_facts
from assess.decision.result import VERDICTS
from assess.decision.rules import RULES, STRAINED, judge
from assess.decision.sweep import build_grid, count_outcomes, sample_outcomes, telling_values, totals
from assess.decision.wording import FORM_WORDS
from assess.management.commands.sweep import PAGE
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets

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


def test_numbers_stand_on_both_sides_of_every_threshold():
    assert telling_values(QUESTIONNAIRE.by_key["deploy_minutes"])[2:5] == (11, 30, 31)
    assert {9, 10} <= set(telling_values(QUESTIONNAIRE.by_key["developers"]))
    assert {1, 2, 3} <= set(telling_values(QUESTIONNAIRE.by_key["teams"]))
    assert {39, 40} <= set(telling_values(QUESTIONNAIRE.by_key["hot_share"]))


def test_a_sample_is_the_same_for_the_same_seed_and_counts_each_set_once():
    first = sample_outcomes(QUESTIONNAIRE, draw=random.Random(7).randrange, size=300)
    again = sample_outcomes(QUESTIONNAIRE, draw=random.Random(7).randrange, size=300)
    assert first == again
    assert sum(first.values()) == 300


@pytest.mark.parametrize("field", ["verdict", "form", "rule"])
def test_totals_add_up_over_each_field(field):
    assert sum(totals(COUNTS, field).values()) == GRID.cells


# --- the published page


@pytest.mark.slow
def test_the_published_page_says_what_the_model_does():
    """Fails when rules, questionnaire or cases changed and `manage.py sweep` was not run."""
    out = StringIO()
    call_command("sweep", "--check", stdout=out)
    assert "model.md says what the model does" in out.getvalue()


def test_a_page_that_is_out_of_date_fails_the_check_and_is_left_alone_until_written(tmp_path):
    page = tmp_path / "model.md"
    stale = PAGE.read_text("utf-8").replace("1. **`services-strained`**", "1. **`services-fine`**")
    page.write_text(stale, "utf-8")
    with pytest.raises(CommandError, match=r"out of date: run `python manage\.py sweep`") as caught:
        call_command("sweep", "--check", "--page", str(page))
    assert caught.value.returncode == 1
    assert "services-fine" in str(caught.value)
    assert page.read_text("utf-8") == stale
    call_command("sweep", "--page", str(page), stdout=StringIO())
    assert page.read_text("utf-8") == PAGE.read_text("utf-8")


def test_a_page_that_lost_its_markers_is_named(tmp_path):
    page = tmp_path / "model.md"
    page.write_text(PAGE.read_text("utf-8").replace("<!-- end rules -->", ""), "utf-8")
    with pytest.raises(CommandError, match="no markers for rules"):
        call_command("sweep", "--check", "--page", str(page))


def test_every_test_that_the_page_names_for_a_property_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text("utf-8"))
    assert len(named) >= 14
    for file, name in named:
        assert f"def {name}(" in (PAGE.parent.parent / file).read_text("utf-8"), name


def test_every_rule_and_every_question_stands_on_the_page():
    page = PAGE.read_text("utf-8")
    assert all(f"`{rule}`" in page for rule in RULES)
    assert all(f"`{question.key}`" in page for question in QUESTIONNAIRE.questions)
