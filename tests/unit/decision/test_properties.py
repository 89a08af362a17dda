"""What holds of model 2 for any answers: the properties that docs/model.md promises."""

import random
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assess.decision import decide
from assess.decision.argue import argue
from assess.decision.asking import has_pain_answer, next_question
from assess.decision.contract import to_json
from assess.decision.deciding import find_form, find_standing_steps
from assess.decision.diagram import look_ahead, possible_verdicts
from assess.decision.facts import read_facts
from assess.decision.meanings import MEANINGS
from assess.decision.plain import to_text
from assess.decision.result import VERDICTS
from assess.decision.rules import judge
from assess.decision.signals import highest_level, level_of
from assess.decision.steps import FORM_STEPS
from assess.questionnaire.answers import is_asked, open_questions
from assess.questionnaire.schema import PAIN_AXES, READINESS_AXES, Answer
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers, values_of

BY_KEY = QUESTIONNAIRE.by_key
DEPLOYABLE_KEYS = [q.key for q in QUESTIONNAIRE.questions if q.reads and q.reads.axis == "deployable"]
READINESS_KEYS = [q.key for q in QUESTIONNAIRE.questions if q.reads and q.reads.axis in READINESS_AXES]
#: The verdict that each form is one of.
FORM_VERDICTS = {
    **dict.fromkeys(("healthy", "offload", "motives"), "stay"),
    **dict.fromkeys(("cure", "first_step", "consolidate"), "modular"),
    **dict.fromkeys(("hot_part", "organisation", "keep"), "extract"),
}
MONOLITHS = ["monolith", "modular_monolith", "monolith_with_services", "several_monoliths"]


def verdict(answers):
    return judge(read_facts(QUESTIONNAIRE, answers)).verdict


@given(answer_sets())
def test_the_verdict_is_always_among_the_possible_ones(answers):
    result = decide(QUESTIONNAIRE, answers)
    assert result.verdict in result.possible_verdicts
    assert result.firm == (len(result.possible_verdicts) == 1)


@given(answer_sets(), st.sampled_from(QUESTIONNAIRE.questions), st.data())
def test_answering_a_question_never_adds_a_possible_verdict(answers, question, data):
    """A question that is open, answered as it may be."""
    if question not in open_questions(QUESTIONNAIRE, answers) or not values_of(question):
        return
    value = data.draw(st.sampled_from(values_of(question)))
    before = possible_verdicts(read_facts(QUESTIONNAIRE, answers))
    after = possible_verdicts(read_facts(QUESTIONNAIRE, {**answers, question.key: Answer(value=value)}))
    assert set(after) <= set(before)


@given(answer_sets(), st.randoms(use_true_random=False))
def test_completing_the_answers_leads_to_a_possible_verdict(answers, rng: random.Random):
    allowed = possible_verdicts(read_facts(QUESTIONNAIRE, answers))
    completed = dict(answers)
    while opened := [q for q in open_questions(QUESTIONNAIRE, completed) if values_of(q)]:
        question = rng.choice(opened)
        completed[question.key] = Answer(value=rng.choice(values_of(question)))
    assert verdict(completed) in allowed


@settings(deadline=None)
@given(answer_sets(complete=True), st.data())
def test_every_possible_verdict_is_reached_by_some_completion_of_two_open_questions(answers, data):
    """By exhaustion over the two, so that nothing is called possible that is not."""
    asked = [q.key for q in QUESTIONNAIRE.questions if is_asked(q, answers) and q.kind != "text"]
    two = data.draw(st.sets(st.sampled_from(asked), min_size=2, max_size=2))
    given_ = {key: answer for key, answer in answers.items() if key not in two}

    def completions(left):
        opened = [q for q in open_questions(QUESTIONNAIRE, left) if q.key in two]
        if not opened:
            yield left
            return
        for value in values_of(opened[0]):
            yield from completions({**left, opened[0].key: Answer(value=value)})

    reached = {verdict(completed) for completed in completions(given_)}
    assert reached == set(possible_verdicts(read_facts(QUESTIONNAIRE, given_)))


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
def test_a_bad_motive_never_raises_a_score_nor_changes_the_verdict_and_is_always_named(answers, motive):
    without = decide(QUESTIONNAIRE, {**answers, "motives": Answer(value=())})
    with_it = decide(QUESTIONNAIRE, {**answers, "motives": Answer(value=(motive,))})
    assert with_it.scores == without.scores
    assert with_it.verdict == without.verdict
    assert [reason.code for reason in with_it.motives] == [f"motive.{motive}"]


@given(answer_sets())
def test_every_score_is_the_sum_of_its_contributions_and_lies_within_its_range(answers):
    for score in decide(QUESTIONNAIRE, answers).scores.values():
        assert score.points == sum(part.points for part in score.contributions)
        assert all(part.points >= 0 for part in score.contributions)
        assert 0 <= score.low <= score.high <= 100


@given(answer_sets(), st.sampled_from([q.key for q in QUESTIONNAIRE.questions if q.reads]))
def test_a_blank_never_beats_the_weakest_honest_answer(answers, key):
    question = BY_KEY[key]
    if question.reads.axis in PAIN_AXES:
        return
    weakest = min(values_of(question), key=lambda value: level_of(question, value))
    blank = {other: answer for other, answer in answers.items() if other != key}
    axis = question.reads.axis
    honest = decide(QUESTIONNAIRE, {**blank, key: Answer(value=weakest)}).scores[axis]
    assert decide(QUESTIONNAIRE, blank).scores[axis].points <= honest.points


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
        assert result.fewest_to_settle == 0
    else:
        assert result.ask_next in result.decisive_open_keys
        assert set(result.decisive_open_keys) <= set(result.open_keys)
        assert result.fewest_to_settle >= 1


#: Some values of the seven starred questions; not known is tried as well.
STARRED = {
    "teams": (1, 5),
    "deploy_minutes": (45,),
    "hot_share": (10, 60),
    "platform_team": ("none", "dedicated"),
    "tracing": ("none", "every_request"),
    "hiring": ("hard",),
    "migration_horizon": ("half_year",),
}


def test_while_nothing_is_decided_a_pain_is_asked_first_whatever_the_starred_answers_are():
    """By exhaustion: nothing but a pain can decide, so boundaries or logs come after one."""
    assert set(STARRED) == {question.key for question in QUESTIONNAIRE.quick_questions}
    asked = set()
    for values in product(*((None, *values) for values in STARRED.values())):
        known = {key: Answer(value=value) for key, value in zip(STARRED, values, strict=True) if value is not None}
        if not has_pain_answer(QUESTIONNAIRE, known):
            key = next_question(QUESTIONNAIRE, known, skipped=frozenset(STARRED)).key
            assert MEANINGS[key].asks_pain, f"{key} after {known}"
            asked.add(key)
    assert len(asked) > 1


@given(answer_sets(), st.data())
def test_where_one_answer_would_settle_the_verdict_no_more_are_counted(answers, data):
    counted = next_question(QUESTIONNAIRE, answers)
    # Of people and teams one answer is not told from two; what spares several questions answers them all.
    keys = [key for key in counted.open_keys if key not in ("teams", "developers", "services", "special_needs")]
    if counted.fewest_to_settle < 2 or not keys:
        return
    key = data.draw(st.sampled_from(keys))
    value = data.draw(st.sampled_from(values_of(BY_KEY[key])))
    facts = read_facts(QUESTIONNAIRE, {**answers, key: Answer(value=value)})
    assert len(possible_verdicts(facts)) > 1


@settings(deadline=None)
@given(answer_sets())
def test_a_question_left_out_of_those_that_decide_changes_nothing(answers):
    result = decide(QUESTIONNAIRE, answers)
    if result.firm:
        return
    before = set(result.possible_verdicts)
    for question in open_questions(QUESTIONNAIRE, answers):
        if question.key in result.decisive_open_keys:
            continue
        for value in values_of(question):
            after = look_ahead(read_facts(QUESTIONNAIRE, {**answers, question.key: Answer(value=value)}))
            assert set(after.verdicts) == before, f"{question.key} {value} {answers!r}"


@example(
    answers(current_shape="services", distributed_monolith_signs=("unowned_services",), teams=2, ownership="people")
)
@given(answer_sets())
def test_no_reason_that_the_verdict_rests_on_is_ever_listed_against_it(answers):
    result = decide(QUESTIONNAIRE, answers)
    for reason in result.reasons:
        if set(reason.keys) & set(result.deciding_keys) and reason.kind not in ("motive", "condition"):
            assert reason.weighs == result.verdict, reason


@given(answer_sets())
def test_a_condition_that_holds_a_split_back_never_stands_beside_an_extraction_of_the_whole(answers):
    result = decide(QUESTIONNAIRE, answers)
    if result.form == "organisation":
        assert not [reason for reason in result.reasons if reason.code.startswith("condition.organisation")]
    if result.form == "hot_part":
        assert not [reason for reason in result.reasons if reason.code.startswith("condition.part")]


@given(answer_sets())
def test_every_reason_and_step_has_a_sentence_a_source_and_a_code_of_its_own(answers):
    result = decide(QUESTIONNAIRE, answers)
    codes = [reason.code for reason in result.reasons]
    assert len(codes) == len(set(codes))
    assert all(reason.sentence.strip() and reason.source for reason in result.reasons)
    assert all("{" not in reason.sentence for reason in result.reasons)
    steps = [step.code for step in result.steps]
    assert len(steps) == len(set(steps))
    assert all(step.title and step.why and step.done and step.days and step.source for step in result.steps)
    assert all("{" not in step.title for step in result.steps)


@given(answer_sets())
def test_every_reason_is_in_the_json_in_the_text_and_among_those_that_pages_and_reports_show_or_count(answers):
    result = decide(QUESTIONNAIRE, answers)
    assert [reason["sentence"] for reason in to_json(result)["reasons"]] == [r.sentence for r in result.reasons]
    rule = [reason for reason in result.reasons if reason.kind == "rule"]
    each_way = [*result.strongest(for_verdict=True), *result.strongest(for_verdict=False)]
    shown = [*rule, *each_way, *result.further_reasons, *result.motives]
    assert sorted(reason.code for reason in shown) == sorted(reason.code for reason in result.reasons)
    if result.state != "undecided":
        text = to_text(QUESTIONNAIRE, result, argue(QUESTIONNAIRE, answers, result))
        assert all(reason.sentence in text for reason in result.reasons)


@given(answer_sets(), st.sampled_from(VERDICTS))
def test_an_overruled_verdict_gets_the_steps_of_the_verdict_that_stands(answers, stands):
    result = decide(QUESTIONNAIRE, answers)
    steps = find_standing_steps(QUESTIONNAIRE, answers, result, stands)
    assert find_standing_steps(QUESTIONNAIRE, answers, result, "") == result.steps
    if stands == result.verdict:
        assert steps == result.steps
        return
    form = find_form(stands, lambda predicate: predicate.evaluate(read_facts(QUESTIONNAIRE, answers)))
    assert FORM_VERDICTS[form] == stands
    codes = {step.code for step in steps}
    assert {step.code for step in FORM_STEPS[form]} <= codes
    assert codes.isdisjoint(
        {step.code for other in FORM_STEPS if FORM_VERDICTS[other] != stands for step in FORM_STEPS[other]}
        - {step.code for step in FORM_STEPS[form]}
    )


#: Amounts that are neither weak nor strong: what to do about them, other questions' steps say.
AMOUNTS = {"deploys_per_week", "models", "hot_share"}


@pytest.mark.parametrize("key", [q.key for q in QUESTIONNAIRE.questions if q.reads and q.key not in AMOUNTS])
def test_every_question_that_can_be_answered_weakly_has_a_step_that_says_when_it_is_done(key):
    """The weakest answer has a step in some form, and the strongest has none of its own."""
    question = BY_KEY[key]
    ranked = sorted(values_of(question), key=lambda value: level_of(question, value))
    worst, best = (ranked[-1], ranked[0]) if question.reads.axis in PAIN_AXES else (ranked[0], ranked[-1])
    weak = MEANINGS[key].weak
    steps = [step for step in weak if step.is_given(worst)]
    assert steps, key
    assert all(step.done and step.title and step.why and step.forms for step in steps)
    assert not [step for step in weak if step.is_given(best)]


@given(answer_sets())
def test_the_path_ends_with_the_rule_that_fired_and_says_what_is_still_possible(answers):
    result = decide(QUESTIONNAIRE, answers)
    *before, last = result.path
    assert (last.rule, last.verdict, last.state) == (result.rule, result.verdict, "fired")
    assert all(step.state in ("ruled_out", "possible") for step in before)
    assert {step.verdict for step in before if step.state == "possible"} <= set(result.possible_verdicts)


@pytest.mark.parametrize("key", [q.key for q in QUESTIONNAIRE.questions if q.reads])
def test_no_reading_is_without_effect(key):
    question = BY_KEY[key]
    assert highest_level(question.reads) > 0
    levels = [level_of(question, value) for value in values_of(question)]
    assert min(levels) == 0
    assert len(set(levels)) > 1
