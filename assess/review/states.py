"""The one table of states: from where a version moves where, by which move, and who may make it.

Everything that asks whether a move is possible asks `target`; the diagram in docs/review.md is made from the table.
"""

from dataclasses import dataclass
from typing import Final

from assess.assessments.facade import State
from assess.language import N_, Words
from assess.people.facade import Ability


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One row: `ability` is what the mover needs, `on` what else must hold, in words."""

    name: str
    before: State
    after: State
    ability: Ability
    on: str


def _move(name: str, before: State, after: State, ability: Ability, on: str) -> Move:
    return Move(name=name, before=before, after=after, ability=ability, on=on)


APART: Final = "by a reviewer who took no part in the answers"

TABLE: Final = (
    _move("submit", State.DRAFT, State.SUBMITTED, Ability.SUBMIT, "by the team, once something is known"),
    _move("take up", State.SUBMITTED, State.IN_REVIEW, Ability.REVIEW, APART),
    _move("accept", State.IN_REVIEW, State.ACCEPTED, Ability.REVIEW, f"{APART}, with their password"),
    _move(
        "accept with conditions",
        State.IN_REVIEW,
        State.ACCEPTED_WITH_CONDITIONS,
        Ability.REVIEW,
        f"{APART}, with their password; each condition has an owner and a day",
    ),
    _move("send back", State.IN_REVIEW, State.SENT_BACK, Ability.REVIEW, f"{APART}, with their password and a remark"),
    _move("challenge", State.ACCEPTED, State.CHALLENGED, Ability.CHALLENGE, "by the team, until the day stated"),
    _move(
        "challenge",
        State.ACCEPTED_WITH_CONDITIONS,
        State.CHALLENGED,
        Ability.CHALLENGE,
        "by the team, until the day stated",
    ),
    _move("uphold", State.CHALLENGED, State.ACCEPTED, Ability.REVIEW, f"{APART}; where it was accepted before"),
    _move(
        "uphold",
        State.CHALLENGED,
        State.ACCEPTED_WITH_CONDITIONS,
        Ability.REVIEW,
        f"{APART}; where it was accepted with conditions before",
    ),
    _move("reopen", State.CHALLENGED, State.IN_REVIEW, Ability.REVIEW, APART),
)

MOVES: Final = tuple(dict.fromkeys(move.name for move in TABLE))

#: The moves as people are told of them; by name they are compared.
MOVE_WORDS: Final = Words(
    {
        "submit": N_("submit"),
        "take up": N_("take up"),
        "accept": N_("accept"),
        "accept with conditions": N_("accept with conditions"),
        "send back": N_("send back"),
        "challenge": N_("challenge"),
        "uphold": N_("uphold"),
        "reopen": N_("reopen"),
    }
)

#: What a signature by this decision moves a version by.
SIGNING: Final = {
    State.ACCEPTED: "accept",
    State.ACCEPTED_WITH_CONDITIONS: "accept with conditions",
    State.SENT_BACK: "send back",
}


def targets(state: State | str, name: str) -> tuple[State, ...]:
    """Where this move leads from there; empty when it is not in the table, two for one that leads back."""
    return tuple(move.after for move in TABLE if move.before == state and move.name == name)


def ability_for(name: str) -> Ability:
    """What somebody needs to make this move, from wherever."""
    return next(move.ability for move in TABLE if move.name == name)


def diagram() -> str:
    """The table as a Mermaid state diagram, for docs/review.md."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {move.before} --> {move.after}: {move.name}" for move in TABLE]
    return "\n".join(lines)


def as_markdown() -> str:
    """The table's rows, for docs/review.md."""
    head = ["| from | move | to | may | on |", "|---|---|---|---|---|"]
    rows = [f"| {m.before.label} | {m.name} | {m.after.label} | {m.ability.value} | {m.on} |" for m in TABLE]
    return "\n".join([*head, *rows])
