"""Which published cases are like which answers: how alike two answers are, and what is never compared."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.cases_file import FIXTURES, published_cases
from assess.decision.case_reader import load_cases
from assess.decision.likeness import FAMILIES, FEWEST_SHARED, SHAPE, closeness, similar_cases
from assess.questionnaire.answers import read_answers
from assess.questionnaire.schema import Answer
from tests.unit.decision.published import case, document
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers, values_of

CASES = published_cases()
BY_ID = {case.id: case for case in CASES}
BY_KEY = QUESTIONNAIRE.by_key
PERSONAS = {
    persona["id"]: read_answers({"questionnaire": "split-checklist", "answers": persona["answers"]}, QUESTIONNAIRE)
    for persona in json.loads((FIXTURES / "personas.json").read_text("utf-8"))["personas"]
}
SYSTEMS = {**PERSONAS, **{case.id: case.answers for case in CASES}}


# --- closeness


@pytest.mark.parametrize(
    ("key", "one", "other", "expected"),
    [
        ("deploy_waiting", "often", "often", 100),
        ("deploy_waiting", "never", "always", 0),
        # 70 and 100 on a scale that ends at 100.
        ("deploy_waiting", "often", "always", 70),
        # 0 and 85 on a scale that ends at 85.
        ("load_fit", "comfortable", "failing", 0),
        # Past half an hour a deploy is slow, whatever it takes.
        ("deploy_minutes", 45, 240, 100),
        ("hot_share", 20, 40, 0),
        ("hot_share", 30, 40, 50),
        # Evenly spaced: searching, growing, established.
        ("product_stage", "searching", "growing", 50),
        ("product_stage", "searching", "established", 0),
        # Four times as many is half way to sixteen times as many.
        ("developers", 10, 40, 50),
        ("developers", 3, 1000, 0),
        ("teams", 2, 1, 75),
        ("services", 1, 1, 100),
        # What runs: the same, of one family, of two.
        ("current_shape", "services", "services", 100),
        ("current_shape", "monolith", "modular_monolith", 50),
        ("current_shape", "several_monoliths", "monolith", 50),
        ("current_shape", "services", "several_monoliths", 0),
        ("current_shape", "services", "monolith_with_services", 0),
        ("motives", ("imitation",), ("imitation",), 100),
        ("motives", ("imitation",), ("imitation", "vague_performance"), 50),
        ("motives", ("imitation",), ("independent_scaling",), 0),
        ("motives", (), (), 100),
    ],
)
def test_how_close_two_answers_are(key, one, other, expected):
    assert closeness(BY_KEY[key], one, other) == expected


@given(st.sampled_from(sorted(BY_KEY)), st.data())
def test_closeness_is_the_same_both_ways_and_full_with_itself(key, data):
    question = BY_KEY[key]
    one = data.draw(st.sampled_from(values_of(question)))
    other = data.draw(st.sampled_from(values_of(question)))
    assert closeness(question, one, one) == 100
    assert closeness(question, one, other) == closeness(question, other, one)
    assert 0 <= closeness(question, one, other) <= 100


# --- likeness


def harbour(id_="harbour-2020", **values):
    (read,) = load_cases(document(case(id=id_, answers=values)), QUESTIONNAIRE)
    return read


def test_a_likeness_says_on_what_it_agrees_and_on_what_not():
    other = harbour(teams=3, deploy_waiting="often", load_fit="comfortable", tracing="none", current_shape="monolith")
    mine = answers(teams=3, deploy_waiting="often", load_fit="failing", current_shape="monolith", hiring="easy")
    (likeness,) = similar_cases(QUESTIONNAIRE, mine, (other,))
    assert likeness.agreed == ("current_shape", "teams", "deploy_waiting")
    assert likeness.differing == ("load_fit",)
    assert likeness.sentence == "Agrees on 3 of 4 shared answers"


def test_two_shared_answers_say_nothing():
    other = harbour(teams=3, deploy_waiting="often", tracing="none")
    assert similar_cases(QUESTIONNAIRE, answers(teams=3, deploy_waiting="often"), (other,)) == ()
    assert len(similar_cases(QUESTIONNAIRE, answers(teams=3, deploy_waiting="often", tracing="none"), (other,))) == 1


def test_a_case_that_differs_more_than_it_agrees_is_not_like():
    other = harbour(teams=3, deploy_waiting="always", load_fit="failing", team_collisions="daily")
    mine = answers(teams=3, deploy_waiting="never", load_fit="comfortable", team_collisions="never")
    assert similar_cases(QUESTIONNAIRE, mine, (other,)) == ()


def test_three_answers_that_agree_come_after_eight_that_nearly_do():
    few = {"deploy_waiting": "often", "load_fit": "failing", "team_collisions": "weekly"}
    many = {
        **few,
        "deploy_waiting": "always",
        "change_breakage": "monthly",
        "tech_lock_in": "none",
        "current_shape": "monolith",
        "boundaries": "named",
        "teams": 5,
    }
    mine = answers(**{**many, "deploy_waiting": "often"})
    found = similar_cases(QUESTIONNAIRE, mine, (harbour("few", **few), harbour("many", **many)))
    assert [likeness.case.id for likeness in found] == ["many", "few"]


def test_an_acute_pain_weighs_more_than_context():
    mine = answers(deploy_waiting="often", teams=3, gateway="none", metrics="none")
    on_pain = harbour("on-pain", deploy_waiting="often", teams=3, gateway="none", metrics="in_place")
    on_context = harbour("on-context", deploy_waiting="never", teams=3, gateway="none", metrics="none")
    found = similar_cases(QUESTIONNAIRE, mine, (on_context, on_pain))
    assert found[0].case.id == "on-pain"


def test_an_answer_that_is_not_asked_is_not_compared():
    # The file says that a monolith is one service; whoever runs a monolith is not asked.
    mine = answers(current_shape="monolith", teams=3, deploy_waiting="often", services=1)
    (likeness,) = similar_cases(QUESTIONNAIRE, mine, (harbour(**{k: a.value for k, a in mine.items()}),))
    assert "services" not in likeness.agreed


def test_an_answer_that_another_edition_does_not_know_is_not_compared():
    def renamed(question):
        options = tuple(replace(option, value=f"{option.value}_now") for option in question.options)
        return replace(question, options=options, reads=None) if question.key == "deploy_waiting" else question

    other_edition = replace(
        QUESTIONNAIRE,
        sections=tuple(
            replace(section, questions=tuple(renamed(question) for question in section.questions))
            for section in QUESTIONNAIRE.sections
        ),
    )
    mine = answers(deploy_waiting="often_now", teams=3, load_fit="failing", tracing="none")
    published = harbour(deploy_waiting="often", teams=3, load_fit="failing", tracing="none")
    (likeness,) = similar_cases(other_edition, mine, (published,))
    assert likeness.agreed == ("teams", "load_fit", "tracing")


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.id)
def test_a_case_is_most_like_itself(one):
    found = similar_cases(QUESTIONNAIRE, one.answers, CASES, most=45)
    closest = [likeness.case.id for likeness in found if likeness.rank == found[0].rank]
    assert one.id in closest
    assert not found[0].differing


def test_at_most_so_many_are_given():
    shop = BY_ID["otto-2011"].answers
    assert len(similar_cases(QUESTIONNAIRE, shop, CASES)) == 3
    assert len(similar_cases(QUESTIONNAIRE, shop, CASES, most=1)) == 1
    assert similar_cases(QUESTIONNAIRE, shop, CASES, most=0) == ()
    assert similar_cases(QUESTIONNAIRE, {}, CASES) == ()


@given(answer_sets(), st.randoms(use_true_random=False))
def test_likeness_does_not_depend_on_any_order(current_answers, rng: random.Random):
    found = similar_cases(QUESTIONNAIRE, current_answers, CASES)
    shuffled, cases = list(current_answers.items()), list(CASES)
    rng.shuffle(shuffled)
    rng.shuffle(cases)
    assert similar_cases(QUESTIONNAIRE, dict(shuffled), tuple(cases)) == found
    for likeness in found:
        assert likeness.shared >= FEWEST_SHARED
        assert not set(likeness.agreed) & set(likeness.differing)
        assert set(likeness.agreed) | set(likeness.differing) <= set(current_answers) & set(likeness.case.answers)


# --- monoliths and estates of services


def test_every_shape_that_can_be_answered_has_a_family():
    assert set(FAMILIES) == {option.value for option in BY_KEY[SHAPE].options}


def check_families(mine, cases=CASES):
    for likeness in similar_cases(QUESTIONNAIRE, mine, cases, most=100):
        shapes = [known[SHAPE].value for known in (mine, likeness.case.answers) if SHAPE in known]
        assert len({FAMILIES[shape] for shape in shapes}) <= 1, likeness.case.id
        assert likeness.compares_shape == (len(shapes) == 2)
        assert ("how the system runs is not compared" in likeness.sentence) == (len(shapes) < 2)


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_system_is_told_that_it_is_like_one_of_another_family(name):
    check_families(SYSTEMS[name])


@given(answer_sets())
def test_no_answers_whatever_are_told_that_they_are_like_a_system_of_another_family(mine):
    check_families(mine)


@given(answer_sets(), answer_sets(), st.sampled_from(list(FAMILIES)), st.sampled_from(list(FAMILIES)))
def test_two_systems_alike_in_all_but_the_family_are_not_alike(one, more, mine, theirs):
    both = {**one, **more}
    published = replace(CASES[0], answers={**both, SHAPE: Answer(value=theirs)})
    found = similar_cases(QUESTIONNAIRE, {**both, SHAPE: Answer(value=mine)}, (published,))
    if FAMILIES[mine] != FAMILIES[theirs]:
        assert found == ()


def test_a_team_that_disagrees_on_the_shape_is_compared_with_the_families_that_it_may_be():
    mine = {
        **answers(teams=3, deploy_waiting="often", load_fit="failing"),
        SHAPE: Answer(between=("monolith", "modular_monolith")),
    }
    known = {"teams": 3, "deploy_waiting": "often", "load_fit": "failing"}
    cases = (
        harbour("one-monolith", **known, current_shape="monolith"),
        harbour("estate", **known, current_shape="services"),
    )
    (likeness,) = similar_cases(QUESTIONNAIRE, mine, cases)
    assert likeness.case.id == "one-monolith"
    assert likeness.sentence == "Agrees on 3 of 3 shared answers; how the system runs is not compared"


def test_a_shape_of_the_same_family_differs_and_says_so():
    known = {"teams": 3, "deploy_waiting": "often", "load_fit": "failing"}
    (likeness,) = similar_cases(
        QUESTIONNAIRE, answers(**known, current_shape="modular_monolith"), (harbour(**known, current_shape="monolith"),)
    )
    assert likeness.differing == (SHAPE,)
