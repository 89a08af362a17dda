"""What a record of meanings holds: all that one question means for the decision, beside its definition in the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assess.decision.result import Form
from assess.questionnaire.facade import Kind, Value

Days = Literal[30, 60, 90]

#: Forms in which an extraction is prepared, work goes on inside one deployable, or services run.
PREPARE: tuple[Form, ...] = ("hot_part", "organisation", "first_step")
INSIDE: tuple[Form, ...] = ("healthy", "offload", "motives", "cure", "first_step")
RUNNING: tuple[Form, ...] = ("keep", "consolidate")
EVERYWHERE: tuple[Form, ...] = (*PREPARE, "healthy", "offload", "motives", "cure", *RUNNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class WeakAnswer:
    """What to do where the answer is one of `values`, or a number over `over`, in these forms. Sentences are marked."""

    title: str
    why: str
    done: str
    days: Days
    source: str
    values: tuple[str, ...] = ()
    over: float | None = None
    forms: tuple[Form, ...] = PREPARE

    def is_given(self, value: Value | None) -> bool:
        """Whether this is the answer, or one of those ticked."""
        if isinstance(value, tuple):
            return any(item in self.values for item in value)
        if isinstance(value, int | float):
            return self.over is not None and value > self.over
        return value in self.values


@dataclass(frozen=True, kw_only=True, slots=True)
class AtOdds:
    """Two answers that seldom go together: this question's, and that of the question `other`. The sentence asks."""

    code: str
    other: str
    when: Callable[[Value, Value], bool]
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Why an answer holds an extraction back. The sentence is marked."""

    sentence: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """One question's meaning. All texts are marked for translation and said where they are read.

    Rules that read a question by its key know it as of this `kind`. `variable` names the fact that a choice settles
    (see `facts.VARIABLES`), `values` the value for each option, from calm to painful or from weak to strong. `options`
    are those of other choices, in that order, and of a several. A number `rises` where its reading is known to grow
    with it. `without` says what an edition loses that leaves the question out, and `read_by` who reads it where neither
    a rule nor a score does.

    `says` has a statement for each answer that a reason speaks of; `acute`, `mild` and `calm` say what follows from a
    pain of that level. `change` is what it takes to change the answer: `circumstance` for what no team can bring
    about, `fewer` where less is better, `scale` where the scale of the reading says which way is better.
    """

    subject: str
    kind: Kind = "choice"
    options: tuple[str, ...] = ()
    rises: bool = False
    variable: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    without: str = ""
    read_by: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    acute: str = ""
    mild: str = ""
    calm: str = ""
    #: Asks whether something hurts, rather than how large it is: before one of these is answered nothing is decided.
    asks_pain: bool = False
    change: Literal["circumstance", "fewer", "scale"] = "scale"
    #: What an answer that the rules let hold an extraction back says.
    block: Block | None = None
    weak: tuple[WeakAnswer, ...] = ()
    at_odds: tuple[AtOdds, ...] = ()

    @property
    def scale(self) -> tuple[str, ...]:
        """The options that rules and readings know, in order; () for a number, a text and a question of one's own."""
        return self.options or tuple(self.values)


def one_of(*slugs: str) -> Callable[[Value], bool]:
    """Whether the answer is one of these, or has one of these ticked."""

    def holds(value: Value) -> bool:
        return any(item in slugs for item in value) if isinstance(value, tuple) else value in slugs

    return holds


def at_least(number: float) -> Callable[[Value], bool]:
    """A test of an answer: whether it is a number from here on."""
    return lambda value: isinstance(value, int | float) and value >= number


def below(number: float) -> Callable[[Value], bool]:
    """A test of an answer: whether it is a number below this."""
    return lambda value: isinstance(value, int | float) and value < number


def both(first: Callable[[Value], bool], second: Callable[[Value], bool]) -> Callable[[Value, Value], bool]:
    """Whether this question's answer and the other's are as wanted."""
    return lambda one, other: first(one) and second(other)


def fewer(one: Value, other: Value) -> bool:
    """Whether one number is below the other."""
    return isinstance(one, int | float) and isinstance(other, int | float) and one < other
