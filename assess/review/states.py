"""The two tables of a review: the words and rules of each state (`STATES`), and the moves between them (`MOVES`).

A new state is a member of `State`, a row of `STATES` and its moves. Pages, reports, portfolios and the API read all
else from here; docs/review.md repeats both tables, which a test compares.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assess.assessments.facade import SIGNED, State
from assess.language import N_
from assess.people.facade import Ability

SIGNED_SENTENCE: Final = N_("{decision} by {name}, {day}.")
OPEN_TO_CHALLENGE: Final = N_("Open to challenge until {day}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Who has to act on a version in a state, and the words for it on the page "Waiting". `_` translates them.

    `ability` names the people: those who review, or those who start the next version (the team).
    """

    ability: Ability
    title: str
    sentence: str  #: may name {version} and {team}
    action: str
    only_for_reviewer: bool = False  #: shown only to the reviewer who took it up
    priority: int = 0  #: lower ones are more pressing


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A decision that a reviewer can sign; it has the name of the state it leads to. `_` translates the words."""

    move: str
    choice: str  #: beside the radio button
    notice: str  #: what the team reads; names {version} and {person}
    done: str  #: in the history, after a name
    done_overruling: str
    upheld: str = ""  #: in the history, once a challenge of it is answered with no
    is_acceptance: bool = True  #: the team may challenge it for some days
    takes_conditions: bool = False  #: at least one; otherwise none


@dataclass(frozen=True, kw_only=True, slots=True)
class StateSpec:
    """Everything that is said of a version in one state. `_` translates the sentences.

    `counted` completes a number of systems. `no_such_move` answers somebody who tries a {move} that the state does not
    allow. `report_word` is in the corner of every page of a report; `signed_sentence` says there who decided.
    """

    state: State
    counted: str
    no_such_move: str
    report_word: str
    madr_status: Literal["proposed", "accepted", "rejected"] = "proposed"
    signed_sentence: str = SIGNED_SENTENCE
    signed_note: str = ""  #: follows it; may name {day}, until when the team may challenge
    draft_note: str = ""  #: on page 1 of a report: why nothing is decided yet
    next_version_note: str = ""  #: for people who start the next version meanwhile
    has_decision: bool = False  #: the newest signature stands
    waiting: Waiting | None = None
    outcome: Outcome | None = None

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def is_signed(self) -> bool:
        """Whether an acceptance stands, if only until a challenge of it is answered."""
        return self.state in SIGNED

    @property
    def awaits_review(self) -> bool:
        """Whether a reviewer has to act next."""
        return self.waiting is not None and self.waiting.ability == Ability.REVIEW


STATES: Final = (
    StateSpec(
        state=State.DRAFT,
        counted=N_("{number} in progress"),
        no_such_move=N_("Reload the page: this version is in progress now, so “{move}” is not possible"),
        report_word=N_("Draft"),
        draft_note=N_("A draft: decide on a submitted version."),
    ),
    StateSpec(
        state=State.SUBMITTED,
        counted=N_("{number} submitted"),
        no_such_move=N_("Reload the page: this version is submitted now, so “{move}” is not possible"),
        report_word=N_("Submitted"),
        next_version_note=N_("You can start the next version any time. This one still waits for a review."),
        waiting=Waiting(
            ability=Ability.REVIEW,
            title=N_("Submitted for review"),
            sentence=N_("{version} of {team} waits for a review."),
            action=N_("Review it"),
            priority=2,
        ),
    ),
    StateSpec(
        state=State.IN_REVIEW,
        counted=N_("{number} in review"),
        no_such_move=N_("Reload the page: this version is in review now, so “{move}” is not possible"),
        report_word=N_("In review"),
        next_version_note=N_("You can start the next version any time. The review of this one goes on."),
        waiting=Waiting(
            ability=Ability.REVIEW,
            title=N_("In review by you"),
            sentence=N_("You took up the review of {version}."),
            action=N_("Go on reviewing"),
            only_for_reviewer=True,
            priority=1,
        ),
    ),
    StateSpec(
        state=State.ACCEPTED,
        counted=N_("{number} accepted"),
        no_such_move=N_("Reload the page: this version is accepted now, so “{move}” is not possible"),
        report_word=N_("Signed"),
        madr_status="accepted",
        signed_note=OPEN_TO_CHALLENGE,
        has_decision=True,
        outcome=Outcome(
            move="accept",
            choice=N_("Accept"),
            notice=N_("{version}: accepted by {person}."),
            done=N_("signed: accepted"),
            done_overruling=N_("signed: accepted, overruling the verdict"),
            upheld=N_("upheld the decision, accepted"),
        ),
    ),
    StateSpec(
        state=State.ACCEPTED_WITH_CONDITIONS,
        counted=N_("{number} accepted with conditions"),
        no_such_move=N_("Reload the page: this version is accepted with conditions now, so “{move}” is not possible"),
        report_word=N_("Signed"),
        madr_status="accepted",
        signed_note=OPEN_TO_CHALLENGE,
        has_decision=True,
        outcome=Outcome(
            move="accept with conditions",
            choice=N_("Accept with conditions"),
            notice=N_("{version}: accepted with conditions by {person}."),
            done=N_("signed: accepted with conditions"),
            done_overruling=N_("signed: accepted with conditions, overruling the verdict"),
            upheld=N_("upheld the decision, accepted with conditions"),
            takes_conditions=True,
        ),
    ),
    StateSpec(
        state=State.SENT_BACK,
        counted=N_("{number} sent back"),
        no_such_move=N_("Reload the page: this version is sent back now, so “{move}” is not possible"),
        report_word=N_("Sent back"),
        madr_status="rejected",
        draft_note=N_("Nothing is decided yet: the team answers again."),
        has_decision=True,
        waiting=Waiting(
            ability=Ability.START,
            title=N_("Sent back"),
            sentence=N_("{version} was sent back: read why, and start the next version."),
            action=N_("Read why"),
        ),
        outcome=Outcome(
            move="send back",
            choice=N_("Send back: the team goes on in the next version"),
            notice=N_("{version}: sent back by {person}."),
            done=N_("signed: sent back"),
            done_overruling=N_("signed: sent back, overruling the verdict"),
            is_acceptance=False,
        ),
    ),
    StateSpec(
        state=State.CHALLENGED,
        counted=N_("{number} challenged"),
        no_such_move=N_("Reload the page: this version is challenged now, so “{move}” is not possible"),
        report_word=N_("Challenged"),
        madr_status="accepted",
        signed_sentence=N_("{decision} by {name}, {day}, and challenged since: decide on the challenge."),
        signed_note=N_("It is challenged, and nobody has answered yet."),
        next_version_note=N_(
            "You can start the next version any time. The challenge of this one still gets an answer."
        ),
        has_decision=True,
        waiting=Waiting(
            ability=Ability.REVIEW,
            title=N_("Decisions challenged"),
            sentence=N_("The team challenges the decision on {version}."),
            action=N_("Answer the challenge"),
        ),
    ),
    StateSpec(
        state=State.WITHDRAWN,
        counted=N_("{number} withdrawn"),
        no_such_move=N_("Reload the page: this version is withdrawn now, so “{move}” is not possible"),
        report_word=N_("Withdrawn"),
        madr_status="rejected",
        draft_note=N_("Nothing is decided: the team withdrew this version."),
    ),
)


SPECS: Final = {spec.state: spec for spec in STATES}
#: The decisions that can be signed, in the order of the form.
OUTCOMES: Final = {spec.state: spec.outcome for spec in STATES if spec.outcome is not None}


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state. `ability` is what the person needs, `on` what else must hold, for docs/review.md."""

    name: str  #: people read it too; `_` translates it
    before: State
    after: State
    ability: Ability
    on: str


NOT_INVOLVED: Final = "by a reviewer who took no part in the answers"
SIGNING: Final = f"{NOT_INVOLVED}, with their password"
WITH_REASON: Final = "by the team, with a reason that the reviewers read"
WITHIN_TIME: Final = "by the team, until the day stated"
ACCEPTED_BEFORE: Final = f"{NOT_INVOLVED}; where it was accepted before"
CONDITIONS_BEFORE: Final = f"{NOT_INVOLVED}; where it was accepted with conditions before"
EACH_CONDITION: Final = f"{SIGNING}; each condition has an owner and a day"

MOVES: Final = (
    Move(N_("submit"), State.DRAFT, State.SUBMITTED, Ability.SUBMIT, "by the team, once something is known"),
    Move(N_("withdraw"), State.SUBMITTED, State.WITHDRAWN, Ability.SUBMIT, WITH_REASON),
    Move(N_("withdraw"), State.IN_REVIEW, State.WITHDRAWN, Ability.SUBMIT, WITH_REASON),
    Move(N_("take up"), State.SUBMITTED, State.IN_REVIEW, Ability.REVIEW, NOT_INVOLVED),
    Move(N_("accept"), State.IN_REVIEW, State.ACCEPTED, Ability.REVIEW, SIGNING),
    Move(
        N_("accept with conditions"),
        State.IN_REVIEW,
        State.ACCEPTED_WITH_CONDITIONS,
        Ability.REVIEW,
        EACH_CONDITION,
    ),
    Move(N_("send back"), State.IN_REVIEW, State.SENT_BACK, Ability.REVIEW, f"{SIGNING} and a remark"),
    Move(N_("challenge"), State.ACCEPTED, State.CHALLENGED, Ability.CHALLENGE, WITHIN_TIME),
    Move(N_("challenge"), State.ACCEPTED_WITH_CONDITIONS, State.CHALLENGED, Ability.CHALLENGE, WITHIN_TIME),
    Move(N_("uphold"), State.CHALLENGED, State.ACCEPTED, Ability.REVIEW, ACCEPTED_BEFORE),
    Move(N_("uphold"), State.CHALLENGED, State.ACCEPTED_WITH_CONDITIONS, Ability.REVIEW, CONDITIONS_BEFORE),
    Move(N_("reopen"), State.CHALLENGED, State.IN_REVIEW, Ability.REVIEW, NOT_INVOLVED),
)

MOVE_NAMES: Final = tuple(dict.fromkeys(move.name for move in MOVES))


def state_spec(state: State | str) -> StateSpec:
    """Everything that is said of a version in this state. Raises KeyError for no state."""
    return SPECS[State(state)]


def outcome_of(decision: str) -> Outcome:
    """What is said and asked of a decision that can be signed. Raises KeyError for no decision."""
    return OUTCOMES[State(decision)]


def states_waiting_for(ability: Ability) -> tuple[StateSpec, ...]:
    """The states in which somebody with this ability has to act next, the most pressing first."""
    waiting = [(spec.waiting.priority, spec) for spec in STATES if spec.waiting and spec.waiting.ability == ability]
    return tuple(spec for _priority, spec in sorted(waiting, key=lambda pair: pair[0]))


def next_states(state: State | str, move: str) -> tuple[State, ...]:
    """Where this move leads from there: none when it is not in the table, several for one that leads back."""
    return tuple(row.after for row in MOVES if row.before == state and row.name == move)


def ability_for_move(move: str) -> Ability:
    """What somebody needs to make this move, from wherever."""
    return next(row.ability for row in MOVES if row.name == move)


# --- for docs/review.md


def moves_as_diagram() -> str:
    """The moves as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {move.before} --> {move.after}: {move.name}" for move in MOVES]
    return "\n".join(lines)


def moves_as_markdown() -> str:
    """The moves as a table."""
    rows = [(str(move.before.label), move.name, str(move.after.label), move.ability.value, move.on) for move in MOVES]
    return table_as_markdown(("from", "move", "to", "may", "on"), rows)


def states_as_markdown() -> str:
    """The states as a table: what each means for lists, reports and records."""
    rows = [
        (
            spec.label,
            spec.state.value,
            "yes" if spec.is_signed else "",
            spec.waiting.ability.value if spec.waiting else "",
            spec.report_word,
            spec.madr_status,
        )
        for spec in STATES
    ]
    head = ("state", "in the API", "signed", "waits for somebody who may", "on a report", "in a MADR record")
    return table_as_markdown(head, rows)


def table_as_markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])
