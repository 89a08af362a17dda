"""Answers that several people gave differently: open between these values, and nothing averaged away."""

from hypothesis import assume, given
from hypothesis import strategies as st

from assess.decision import decide
from assess.questionnaire.answers import answers_hash, may_be_asked
from assess.questionnaire.schema import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, values_of

QUESTIONS = QUESTIONNAIRE.questions


@st.composite
def disputes(draw):
    answers = dict(draw(answer_sets()))
    question = draw(st.sampled_from([q for q in QUESTIONS if q.kind != "text"]))
    values = draw(st.lists(st.sampled_from(values_of(question)), min_size=2, max_size=3, unique=True))
    return answers, question.key, tuple(values)


@given(disputes())
def test_what_each_would_say_stays_possible(dispute):
    answers, key, values = dispute
    together = decide(QUESTIONNAIRE, {**answers, key: Answer(between=values)})
    for value in values:
        alone = decide(QUESTIONNAIRE, {**answers, key: Answer(value=value)})
        assert set(alone.possible_verdicts) <= set(together.possible_verdicts)


@given(disputes())
def test_a_dispute_leaves_no_more_open_than_no_answer_at_all(dispute):
    answers, key, values = dispute
    # Where another answer spares the question, no answer leaves nothing open; that some have answered it does.
    assume(may_be_asked(QUESTIONNAIRE.by_key[key], {**answers, key: Answer()}))
    together = decide(QUESTIONNAIRE, {**answers, key: Answer(between=values)})
    unknown = decide(QUESTIONNAIRE, {**answers, key: Answer()})
    assert set(together.possible_verdicts) <= set(unknown.possible_verdicts)
    assert together.verdict in together.possible_verdicts
    for axis, score in together.scores.items():
        assert score.points <= score.high <= unknown.scores[axis].high
        assert score.points == sum(part.points for part in score.contributions)


def test_values_that_come_to_the_same_fact_settle_it():
    """Releases that wait often or always are acute either way."""
    known = {"current_shape": Answer(value="monolith"), "scope": Answer(value="whole_system")}
    disputed = decide(QUESTIONNAIRE, {**known, "deploy_waiting": Answer(between=("often", "always"))})
    assert disputed.verdict == decide(QUESTIONNAIRE, {**known, "deploy_waiting": Answer(value="often")}).verdict
    assert "deploy_waiting" in disputed.open_keys


def test_signs_that_strain_the_services_whoever_is_right_are_not_forgotten_in_a_dispute():
    signs = Answer(between=(("release_together",), ("synchronous_chains", "shared_database")))
    disputed = decide(
        QUESTIONNAIRE, {"current_shape": Answer(value="several_monoliths"), "distributed_monolith_signs": signs}
    )
    assert disputed.possible_verdicts == ("modular",)
    assert disputed.verdict == "modular"


def test_a_dispute_about_the_one_pain_leaves_the_verdict_open():
    known = {question.key: Answer(not_applicable="calm here") for question in QUESTIONS}
    known |= {"current_shape": Answer(value="monolith"), "scope": Answer(value="whole_system")}
    disputed = decide(QUESTIONNAIRE, {**known, "team_collisions": Answer(between=("never", "daily"))})
    assert disputed.possible_verdicts == ("stay", "modular")
    assert disputed.verdict == "stay"
    assert disputed.ask_next == "team_collisions"


def test_a_dispute_has_a_hash_of_its_own():
    one, other = Answer(between=("often", "always")), Answer()
    assert answers_hash(QUESTIONNAIRE, {"deploy_waiting": one}) != answers_hash(
        QUESTIONNAIRE, {"deploy_waiting": other}
    )
