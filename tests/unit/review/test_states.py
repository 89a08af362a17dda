"""The tables of states and moves are consistent, and docs/review.md repeats them."""

import re
from pathlib import Path

import pytest

from assess.assessments.event_kinds import EVENT_KINDS
from assess.assessments.models import State
from assess.people.roles import Ability
from assess.review.models import Decision
from assess.review.states import (
    MOVE_NAMES,
    MOVES,
    OUTCOMES,
    STATES,
    moves_as_diagram,
    moves_as_markdown,
    next_states,
    states_as_markdown,
    states_waiting_for,
)

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "review.md").read_text("utf-8")


def between(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    assert found is not None, f"docs/review.md has no marks <!-- {name} --> and <!-- /{name} -->"
    return found[1]


def test_state_diagram_in_documentation_matches_the_moves() -> None:
    assert between("diagram") == f"```mermaid\n{moves_as_diagram()}\n```"


def test_moves_in_documentation_match_the_table() -> None:
    assert between("moves") == moves_as_markdown()


def test_states_in_documentation_match_the_table() -> None:
    assert between("states") == states_as_markdown()


def test_every_state_has_one_spec() -> None:
    assert [spec.state for spec in STATES] == list(State)


def test_every_decision_has_an_outcome() -> None:
    assert {str(state) for state in OUTCOMES} == set(Decision.values)


def test_reviews_that_are_more_pressing_are_listed_before_new_submissions() -> None:
    assert [spec.state for spec in states_waiting_for(Ability.REVIEW)] == [
        State.CHALLENGED,
        State.IN_REVIEW,
        State.SUBMITTED,
    ]


def test_every_state_can_be_reached_from_draft() -> None:
    reached = {State.DRAFT}
    while found := {move.after for move in MOVES if move.before in reached} - reached:
        reached |= found
    assert reached == set(State)


def test_no_move_is_listed_twice() -> None:
    rows = [(move.before, move.name, move.after) for move in MOVES]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("decision", Decision.values)
def test_signing_a_decision_leads_to_the_state_of_that_name(decision: str) -> None:
    assert next_states(State.IN_REVIEW, OUTCOMES[State(decision)].move) == (State(decision),)


def test_version_that_was_sent_back_cannot_move() -> None:
    assert [next_states(State.SENT_BACK, name) for name in MOVE_NAMES] == [()] * len(MOVE_NAMES)


def test_every_move_but_a_signature_has_one_kind_of_event_with_words_for_its_step() -> None:
    by_move = {spec.move: spec.step for spec in EVENT_KINDS.values() if spec.move}
    assert set(by_move) == set(MOVE_NAMES) - {outcome.move for outcome in OUTCOMES.values()}
    assert all(by_move.values())
