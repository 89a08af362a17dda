"""What moved a verdict: every mover moves it, none where nothing moved, and all changes give the second verdict."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from assess.decision.compare_versions import (
    AnsweredEdition,
    explain_verdict_change,
    find_differing_answers,
    find_unshared_questions,
    take_over_answers,
)
from assess.decision.facts import read_facts
from assess.decision.rules import judge
from assess.questionnaire.schema import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers

#: An extraction of one part, but for the gates.
HOT = {
    "current_shape": "monolith",
    "scaling_profile": "one_part_dominates",
    "load_fit": "failing",
    "boundaries": "named",
    "cross_boundary_transactions": "few",
    "central_logging": "in_place",
    "ci_cd": "pipeline",
    "platform_team": "shared",
}


def side(**values):
    return AnsweredEdition(questionnaire=QUESTIONNAIRE, answers=answers(**values))


def verdict(answer_set):
    return judge(read_facts(QUESTIONNAIRE, answer_set)).verdict


def keys_of(movers):
    return [mover.keys for mover in movers]


PAIRS = st.tuples(answer_sets(), answer_sets()).map(
    lambda both: tuple(AnsweredEdition(questionnaire=QUESTIONNAIRE, answers=one) for one in both)
)


@given(PAIRS)
def test_every_mover_moves_the_verdict_and_nothing_of_it_can_be_left_out(both):
    before, after = both
    moved = explain_verdict_change(before, after)
    assert (moved.before, moved.after) == (verdict(before.answers), verdict(after.answers))
    for mover in moved.movers:
        assert verdict(take_over_answers(before, after, mover.keys)) == mover.verdict == moved.after != moved.before
        for key in mover.keys:
            assert verdict(take_over_answers(before, after, set(mover.keys) - {key})) != moved.after
    for mover in moved.elsewhere:
        assert verdict(take_over_answers(before, after, mover.keys)) == mover.verdict not in (moved.before, moved.after)


@given(PAIRS)
def test_no_single_change_that_moves_the_verdict_is_left_out(both):
    before, after = both
    moved = explain_verdict_change(before, after)
    changed = {found.question.key for found in find_differing_answers(both)}
    alone = {key for key in changed if verdict(take_over_answers(before, after, [key])) == moved.after}
    if moved.is_same:
        assert not moved.movers
        return
    assert {mover.keys[0] for mover in moved.movers if len(mover.keys) == 1} == alone
    assert moved.movers, "one edition: the changes together always explain the verdict"


def test_an_answer_to_a_question_that_is_not_asked_moves_nothing():
    """Signs of a distributed monolith are asked where services run; the second version runs none."""
    before = side(current_shape="monolith_with_services")
    signs = ("release_together", "shared_database")
    after = side(current_shape="monolith", distributed_monolith_signs=signs, team_collisions="daily")
    assert keys_of(explain_verdict_change(before, after).movers) == [("team_collisions",)]


@given(PAIRS)
def test_all_changes_together_give_the_second_verdict(both):
    before, after = both
    keys = set(before.answers) | set(after.answers)
    assert verdict(take_over_answers(before, after, keys)) == verdict(after.answers)


@given(answer_sets())
def test_equal_answers_differ_in_nothing(answer_set):
    one = AnsweredEdition(questionnaire=QUESTIONNAIRE, answers=answer_set)
    noted = {key: replace(answer, note="Asked again", basis="guess") for key, answer in answer_set.items()}
    two = AnsweredEdition(questionnaire=QUESTIONNAIRE, answers=noted)
    assert find_differing_answers((one, two)) == ()
    assert explain_verdict_change(one, two).movers == ()


@given(PAIRS)
def test_the_smallest_set_is_looked_for_only_where_no_single_change_suffices(both):
    moved = explain_verdict_change(*both)
    assume(moved.movers)
    assert len({len(mover.keys) for mover in moved.movers}) == 1


def test_one_answer_that_alone_moved_the_verdict_is_named():
    before, after = side(**HOT, tracing="none", hiring="easy"), side(**HOT, tracing="planned", hiring="hard")
    moved = explain_verdict_change(before, after)
    assert (moved.before, moved.after) == ("modular", "extract")
    assert keys_of(moved.movers) == [("tracing",)]
    assert [found.question.key for found in find_differing_answers((before, after))] == ["tracing", "hiring"]


def test_two_answers_that_only_together_moved_it_are_named_as_a_pair():
    before = side(**{**HOT, "central_logging": "none"}, tracing="none")
    moved = explain_verdict_change(before, side(**HOT, tracing="planned"))
    assert keys_of(moved.movers) == [("tracing", "central_logging")]


def test_three_answers_that_only_together_moved_it_are_one_set():
    before = side(**{**HOT, "central_logging": "none", "ci_cd": "manual", "models": 10}, tracing="none")
    moved = explain_verdict_change(before, side(**HOT, tracing="planned", models=120))
    assert keys_of(moved.movers) == [("ci_cd", "tracing", "central_logging")]


def test_an_answer_taken_back_is_a_change_and_not_sure_yet_is_not_the_same_as_a_value():
    before = side(teams=3)
    after = AnsweredEdition(
        questionnaire=QUESTIONNAIRE, answers={"teams": Answer(), "models": Answer(not_applicable="None")}
    )
    assert [found.question.key for found in find_differing_answers((before, after))] == ["teams", "models"]


def test_an_answer_to_a_question_that_neither_asks_is_no_change():
    before, after = side(current_shape="monolith", services=3), side(current_shape="monolith", services=9)
    assert find_differing_answers((before, after)) == ()


def without(key):
    sections = tuple(
        replace(section, questions=tuple(question for question in section.questions if question.key != key))
        for section in QUESTIONNAIRE.sections
    )
    return replace(QUESTIONNAIRE, sections=sections, version=2)


def test_where_editions_differ_only_shared_questions_are_compared():
    before = side(**HOT, tracing="none", hiring="easy")
    newer = AnsweredEdition(questionnaire=without("hiring"), answers=answers(**HOT, tracing="planned"))
    assert [found.question.key for found in find_differing_answers((before, newer))] == ["tracing"]
    assert [[question.key for question in found] for found in find_unshared_questions((before, newer))] == [
        ["hiring"],
        [],
    ]
    assert keys_of(explain_verdict_change(before, newer).movers) == [("tracing",)]


def test_a_verdict_moved_by_the_edition_alone_says_so():
    before = side(**HOT, tracing="none")
    newer = AnsweredEdition(questionnaire=without("load_fit"), answers=answers(**{**HOT, "tracing": "none"}))
    moved = explain_verdict_change(before, newer)
    assert moved.before != moved.after
    assert moved.by_edition
    assert moved.movers == ()


def test_what_only_a_new_question_tells_stays_unexplained():
    told = {key: value for key, value in HOT.items() if key != "load_fit"}
    older = AnsweredEdition(questionnaire=without("load_fit"), answers=answers(**told, tracing="planned"))
    moved = explain_verdict_change(older, side(**HOT, tracing="planned"))
    assert (moved.after, moved.unexplained) == ("extract", True)
