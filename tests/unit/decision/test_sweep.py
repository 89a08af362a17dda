"""The counts of outcomes are those of visiting every cell; the published page says what the model does."""

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

from assess.decision.asking import MOST_FURTHER
from assess.decision.diagram import look_ahead
from assess.decision.facts import UNKNOWN, VARIABLES, read_facts
from assess.decision.model_page import fill_page
from assess.decision.representatives import representative_values
from assess.decision.result import VERDICTS
from assess.decision.rules import RULES, judge
from assess.decision.sweep import (
    cells,
    count_outcomes,
    sample_outcomes,
    sample_population,
    totals,
)
from assess.decision.wording import FORM_WORDS
from assess.management.commands.sweep import PAGE
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets

COUNTS = count_outcomes()


@st.composite
def small_parts(draw):
    """Facts of which a few are open and all others known, few enough to visit every combination."""
    masks, left = [], 1
    for values in VARIABLES.values():
        kept = draw(st.sets(st.sampled_from(range(len(values))), min_size=1, max_size=3))
        if left * len(kept) > 600:
            kept = {min(kept)}
        left *= len(kept)
        masks.append(sum(1 << index for index in kept))
    return tuple(masks)


def visited(facts):
    """The outcomes by visiting every combination that these facts leave."""
    single = [[1 << n for n in range(mask.bit_length()) if mask >> n & 1] for mask in facts]
    return Counter(judge(combination) for combination in product(*single))


@given(small_parts())
def test_the_counts_and_the_possible_judgements_are_those_of_visiting_every_combination(facts):
    by_visit = visited(facts)
    assert count_outcomes(facts) == by_visit
    assert set(look_ahead(facts).judgements) == set(by_visit)
    assert sum(by_visit.values()) == cells(facts)


@given(small_parts(), st.sampled_from(range(len(VARIABLES))))
def test_what_stays_possible_after_one_more_fact_is_what_visiting_it_finds(facts, position):
    outlook = look_ahead(facts)
    for index in range(facts[position].bit_length()):
        if facts[position] >> index & 1:
            known = (*facts[:position], 1 << index, *facts[position + 1 :])
            assert outlook.judgements_if(position, 1 << index) == look_ahead(known).any


def test_every_combination_is_counted_once():
    assert sum(COUNTS.values()) == cells(UNKNOWN)


def test_every_verdict_form_and_rule_occurs():
    assert set(totals(COUNTS, "verdict")) == set(VERDICTS)
    assert set(totals(COUNTS, "form")) == set(FORM_WORDS)
    assert set(totals(COUNTS, "rule")) == set(RULES)


@given(answer_sets(complete=True))
def test_complete_answers_leave_one_value_of_each_variable_that_their_questions_settle(answers):
    facts = read_facts(QUESTIONNAIRE, answers)
    assert judge(facts) in COUNTS
    assert len(look_ahead(facts).judgements) == 1


def test_numbers_stand_on_both_sides_of_every_threshold():
    assert {10, 11, 30, 31} <= set(representative_values(QUESTIONNAIRE.by_key["deploy_minutes"]))
    assert {9, 10} <= set(representative_values(QUESTIONNAIRE.by_key["developers"]))
    assert {1, 2, 3} <= set(representative_values(QUESTIONNAIRE.by_key["teams"]))
    assert {39, 40} <= set(representative_values(QUESTIONNAIRE.by_key["hot_share"]))


def test_a_sample_is_the_same_for_the_same_seed_and_counts_each_set_once():
    first = sample_outcomes(QUESTIONNAIRE, draw=random.Random(7).randrange, size=300)
    assert first == sample_outcomes(QUESTIONNAIRE, draw=random.Random(7).randrange, size=300)
    assert sum(first.values()) == 300


def test_most_of_the_population_is_settled_by_five_questions_after_the_seven():
    population = sample_population(QUESTIONNAIRE, random.Random(3), 150)
    settled = sum(one.more is not None and one.more <= 5 for one in population)
    assert settled >= 0.65 * len(population)  # 70 % of a large population; this one is small
    assert population[:20] == sample_population(QUESTIONNAIRE, random.Random(3), 20)


def test_the_check_of_the_population_ends_where_the_page_ends():
    """Each run is what the page of the quick check would ask, and no run is longer."""
    for one in sample_population(QUESTIONNAIRE, random.Random(5), 30):
        assert one.more is None or one.more <= MOST_FURTHER


# --- the published page


@pytest.mark.slow
def test_the_published_page_says_what_the_model_does():
    """Fails when rules, questionnaire or cases changed and `manage.py sweep` was not run."""
    out = StringIO()
    call_command("sweep", "--check", stdout=out)
    assert "model.md says what the model does" in out.getvalue()


def test_a_block_replaces_what_stands_between_its_markers_and_nothing_else():
    page = "one <!-- begin a -->old<!-- end a --> two"
    assert fill_page(page, {"a": " new "}) == "one <!-- begin a -->\n\nnew\n\n<!-- end a --> two"
    with pytest.raises(ValueError, match="no markers for b"):
        fill_page(page, {"a": "new", "b": "more"})


@pytest.mark.slow
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


@pytest.mark.slow
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
