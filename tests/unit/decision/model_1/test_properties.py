"""What must hold of every answer set, not of examples alone."""

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision import decide
from assess.decision.model_1.facts import is_read, read_facts
from assess.decision.model_1.rules import judge, possible_verdicts
from assess.decision.signals import highest_level, level_of
from assess.questionnaire.answers import is_asked
from assess.questionnaire.schema import PAIN_AXES, READINESS_AXES, Answer
from tests.unit.decision.model_1.strategies import QUESTIONNAIRE, answer_sets, values_of

BY_KEY = QUESTIONNAIRE.by_key
READINESS_KEYS = [q.key for q in QUESTIONNAIRE.questions if q.reads and q.reads.axis in READINESS_AXES]
DEPLOYABLE_KEYS = [q.key for q in QUESTIONNAIRE.questions if q.reads and q.reads.axis == "deployable"]
READ_KEYS = [q.key for q in QUESTIONNAIRE.questions if is_read(q)]
MONOLITHS = ("monolith", "modular_monolith", "monolith_with_services")


def verdict(answers):
    return judge(read_facts(QUESTIONNAIRE, answers)).verdict


def possible(answers):
    return set(possible_verdicts(read_facts(QUESTIONNAIRE, answers)))


@given(answer_sets())
def test_the_verdict_is_always_among_the_possible_ones(answers):
    assert verdict(answers) in possible(answers)


@given(answer_sets(), st.data())
def test_answering_a_question_never_adds_a_possible_verdict(answers, data):
    open_keys = [key for key in BY_KEY if key not in answers]
    if not open_keys:
        return
    key = data.draw(st.sampled_from(open_keys))
    value = data.draw(st.sampled_from(values_of(BY_KEY[key])))
    assert possible({**answers, key: Answer(value=value)}) <= possible(answers)


@given(answer_sets(complete=True), st.lists(st.sampled_from(READ_KEYS), min_size=1, max_size=4, unique=True))
def test_the_possible_verdicts_are_exactly_those_that_completing_the_answers_gives(answers, dropped):
    partial = {key: answer for key, answer in answers.items() if key not in dropped}
    reached = {
        verdict({**partial, **{key: Answer(value=value) for key, value in zip(dropped, values, strict=True)}})
        for values in product(*(values_of(BY_KEY[key]) for key in dropped))
    }
    assert reached == possible(partial)


@given(answer_sets(), st.randoms(use_true_random=False))
def test_no_completion_of_many_open_answers_gives_a_verdict_that_was_not_possible(answers, rng: random.Random):
    allowed = possible(answers)
    for _ in range(40):
        completed = {key: Answer(value=rng.choice(values_of(question))) for key, question in BY_KEY.items()}
        assert verdict({**completed, **answers}) in allowed


def raised(answers, key):
    """The same answers with this one raised to the next level, and None where it is at its highest."""
    question = BY_KEY[key]
    now = level_of(question, answers[key].value)
    higher = [value for value in values_of(question) if level_of(question, value) > now]
    if not higher:
        return None
    return {**answers, key: Answer(value=min(higher, key=lambda value: level_of(question, value)))}


@given(
    st.sampled_from(MONOLITHS).flatmap(lambda shape: answer_sets(complete=True, current_shape=shape)),
    st.sampled_from(DEPLOYABLE_KEYS),
)
def test_more_pain_that_needs_a_separate_deployable_never_moves_away_from_extract(answers, key):
    more = raised(answers, key)
    if more is not None and verdict(answers) == "extract":
        assert verdict(more) == "extract"


@given(answer_sets(complete=True), st.sampled_from(READINESS_KEYS))
def test_more_readiness_never_moves_away_from_extract(answers, key):
    more = raised(answers, key)
    if more is not None and verdict(answers) == "extract":
        assert verdict(more) == "extract"


@given(answer_sets(complete=True), st.sampled_from(READINESS_KEYS))
def test_more_readiness_never_creates_pain(answers, key):
    more = raised(answers, key)
    if more is None:
        return
    before, after = decide(QUESTIONNAIRE, answers).scores, decide(QUESTIONNAIRE, more).scores
    assert [after[axis].points for axis in PAIN_AXES] == [before[axis].points for axis in PAIN_AXES]


@given(answer_sets(), st.sampled_from(["imitation", "new_technology", "avoid_cleanup", "vague_performance"]))
def test_a_bad_motive_never_raises_a_score_nor_changes_the_verdict(answers, motive):
    without = decide(QUESTIONNAIRE, {**answers, "motives": Answer(value=())})
    with_it = decide(QUESTIONNAIRE, {**answers, "motives": Answer(value=(motive,))})
    assert with_it.scores == without.scores
    assert with_it.verdict == without.verdict


@given(answer_sets())
def test_every_score_is_the_sum_of_its_contributions_and_lies_within_its_range(answers):
    for score in decide(QUESTIONNAIRE, answers).scores.values():
        assert score.points == sum(part.points for part in score.contributions)
        assert all(part.points >= 0 for part in score.contributions)
        assert 0 <= score.low <= score.high <= 100
        if not score.open_keys:
            assert score.low == score.high


@given(answer_sets(), st.sampled_from([q.key for q in QUESTIONNAIRE.questions if q.reads]))
def test_a_blank_never_beats_the_weakest_honest_answer(answers, key):
    question = BY_KEY[key]
    if question.reads.axis in PAIN_AXES:
        return
    weakest = min(values_of(question), key=lambda value: level_of(question, value))
    blank = {other: answer for other, answer in answers.items() if other != key}
    honest = {**blank, key: Answer(value=weakest)}
    axis = question.reads.axis
    blank_score, honest_score = decide(QUESTIONNAIRE, blank).scores[axis], decide(QUESTIONNAIRE, honest).scores[axis]
    assert blank_score.points <= honest_score.points


@given(answer_sets(complete=True), st.sampled_from([q.key for q in QUESTIONNAIRE.questions if q.reads]))
def test_a_score_with_an_open_answer_spans_what_the_answer_could_make_of_it(answers, key):
    axis = BY_KEY[key].reads.axis
    if not is_asked(BY_KEY[key], answers):
        return
    blank = {other: answer for other, answer in answers.items() if other != key}
    score = decide(QUESTIONNAIRE, blank).scores[axis]
    for value in values_of(BY_KEY[key]):
        points = decide(QUESTIONNAIRE, {**blank, key: Answer(value=value)}).scores[axis].points
        assert score.low <= points <= score.high


@given(answer_sets(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(answers, rng: random.Random):
    shuffled = list(answers.items())
    rng.shuffle(shuffled)
    assert decide(QUESTIONNAIRE, dict(shuffled)) == decide(QUESTIONNAIRE, answers)


@given(answer_sets())
def test_the_question_to_ask_next_is_open_and_could_change_what_is_possible(answers):
    result = decide(QUESTIONNAIRE, answers)
    if result.firm:
        assert result.ask_next is None
        assert result.decisive_open_keys == ()
    else:
        assert result.ask_next in result.decisive_open_keys
        assert set(result.decisive_open_keys) <= set(result.open_keys)


@pytest.mark.parametrize("key", [q.key for q in QUESTIONNAIRE.questions if q.reads])
def test_no_reading_is_without_effect(key):
    question = BY_KEY[key]
    assert highest_level(question.reads) > 0
    levels = [level_of(question, value) for value in values_of(question)]
    assert min(levels) == 0
    assert len(set(levels)) > 1
