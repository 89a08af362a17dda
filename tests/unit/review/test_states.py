"""The table of states: sound in itself, and what docs/review.md draws."""

import re
from pathlib import Path

import pytest

from assess.assessments.models import State
from assess.review.models import Decision
from assess.review.states import MOVES, SIGNING, TABLE, as_markdown, diagram, targets

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "review.md").read_text("utf-8")


def between(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    assert found is not None, f"docs/review.md has no marks <!-- {name} --> and <!-- /{name} -->"
    return found[1]


def test_the_diagram_in_the_documents_is_made_from_the_table() -> None:
    assert between("diagram") == f"```mermaid\n{diagram()}\n```"


def test_the_rows_in_the_documents_are_those_of_the_table() -> None:
    assert between("table") == as_markdown()


def test_every_state_is_reached_from_the_first() -> None:
    reached = {State.DRAFT}
    while found := {move.after for move in TABLE if move.before in reached} - reached:
        reached |= found
    assert reached == set(State)


def test_no_row_stands_twice() -> None:
    rows = [(move.before, move.name, move.after) for move in TABLE]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("decision", Decision.values)
def test_each_decision_is_a_move_to_the_state_of_its_name(decision: str) -> None:
    assert targets(State.IN_REVIEW, SIGNING[State(decision)]) == (State(decision),)


def test_a_version_that_was_sent_back_moves_nowhere() -> None:
    assert [targets(State.SENT_BACK, name) for name in MOVES] == [()] * len(MOVES)
