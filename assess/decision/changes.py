"""Which values a question could take instead of its answer, and what kind of change each would be.

Numbers have endlessly many other values; the ones tried are the nearest on each side of every threshold that the rules
or the readings draw, so none that matters is left out.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from assess.decision.facts import levels_told_apart, variable_of
from assess.decision.meanings import MEANINGS, NOTHING
from assess.decision.signals import ACUTE, level_of
from assess.decision.thresholds import THRESHOLDS
from assess.questionnaire.facade import PAIN_AXES, Answer, Answers, Question, Value

Kind = Literal["work", "happen", "learn"]

NO_ANSWERS: Answers = {}
#: Model 1 counts services from here on as many.
MANY_SERVICES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One answer changed. `before` is None where it was not known. `steps` counts how far apart the two are.

    `kind` is `work` for what a team can bring about, `happen` for what would have to happen to it, and `learn` where
    the answer is not known yet and would only have to be found out.
    """

    key: str
    before: Value | None
    after: Value
    steps: int
    kind: Kind


def changes_of(question: Question, answers: Answers) -> tuple[Change, ...]:
    """Every change of this question's answer that the rules could notice, the nearest first.

    >>> [change.after for change in changes_of(tracing, {"tracing": Answer(value="none")})]
    ['planned', 'partial', 'every_request']
    """
    answer = answers.get(question.key, Answer())
    before = answer.value
    return tuple(
        sorted(
            (change_between(question, before, after, answers) for after in other_values(question, before, answers)),
            key=lambda change: (change.steps, distance(change)),
        )
    )


def change_between(question: Question, before: Value | None, after: Value, answers: Answers = NO_ANSWERS) -> Change:
    """The change of this question's answer from one value to another; both must be values that it takes.

    `answers` are those to other questions: of people, teams and services one number moves the thresholds of another.

    >>> change_between(tracing, "none", "partial").steps
    2
    """
    return Change(
        key=question.key,
        before=before,
        after=after,
        steps=count_steps(question, before, after, answers),
        kind=kind_of_change(question, before, after),
    )


def distance(change: Change) -> float:
    """For numbers on the same side of a threshold: how far."""
    before, after = change.before, change.after
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(after - before)
    return 0


def one_step_changes(question: Question, answers: Answers) -> tuple[Change, ...]:
    """The nearest changes of a known answer by one step: the next option, across the next threshold, one tick more or
    less. Steps are counted as for flips."""
    answer = answers.get(question.key)
    if answer is None or answer.value is None:
        return ()
    if question.kind != "number":
        return tuple(change for change in changes_of(question, answers) if change.steps == 1)
    before = answer.value
    assert not isinstance(before, str | tuple)
    thresholds = find_thresholds(question, answers)
    below = [threshold - step_of_number(question) for threshold in thresholds if threshold <= before][-1:]
    near = [*below, *[threshold for threshold in thresholds if threshold > before][:1]]
    return tuple(change for change in changes_of(question, answers) if change.after in near)


def other_values(question: Question, before: Value | None, answers: Answers) -> tuple[Value, ...]:
    """Every value but the present one that the rules could tell from it."""
    if question.kind == "choice":
        return tuple(option.value for option in question.options if option.value != before)
    if question.kind == "several":
        ticked = before if isinstance(before, tuple) else ()
        slugs = [option.value for option in question.options]
        toggled = [tuple(s for s in slugs if (s in ticked) != (s == slug)) for slug in slugs]
        values: list[Value] = [(), *toggled, *((slug,) for slug in slugs), tuple(slugs)]
        return tuple(value for value in dict.fromkeys(values) if value != before)
    return tuple(number for number in numbers_at_thresholds(question, answers) if number != before)


def step_of_number(question: Question) -> float:
    """How far below a threshold the next number is that is tried."""
    return 1 if question.whole or question.reads is None else 0.5


def numbers_at_thresholds(question: Question, answers: Answers) -> tuple[float, ...]:
    """The numbers just below and at every threshold of this question, in its range, ascending."""
    thresholds, step = find_thresholds(question, answers), step_of_number(question)
    numbers = {*thresholds, *(threshold - step for threshold in thresholds)}
    whole = {int(number) if float(number).is_integer() else number for number in numbers}
    return tuple(sorted(number for number in whole if is_in_range(question, number)))


def is_in_range(question: Question, number: float) -> bool:
    """Whether the question takes the number."""
    lowest = question.minimum if question.minimum is not None else 0
    highest = question.maximum if question.maximum is not None else 100_000
    return lowest <= number <= highest


def find_thresholds(question: Question, answers: Answers) -> tuple[float, ...]:
    """The numbers from which on the rules may judge otherwise, in the question's range, ascending."""

    def known(key: str) -> float | None:
        answer = answers.get(key)
        value = answer.value if answer else None
        return None if isinstance(value, str | tuple) else value

    services, developers, teams = known("services"), known("developers"), known("teams")
    at: set[float] = set()
    if question.key == "developers":
        at |= {THRESHOLDS.few_people}
        at |= {ceil(services / THRESHOLDS.services_per_developer)} if services else set()
        at |= {services * THRESHOLDS.people_per_service + 1} if services else set()
    elif question.key == "teams":
        at |= {THRESHOLDS.several_teams, THRESHOLDS.many_teams}
        at |= {ceil(services / THRESHOLDS.services_per_team)} if services else set()
    elif question.key == "services":
        at |= {THRESHOLDS.several_services, THRESHOLDS.some_services, MANY_SERVICES}
        if developers is not None:
            at |= {THRESHOLDS.services_per_developer * developers + 1, ceil(developers / THRESHOLDS.people_per_service)}
        at |= {THRESHOLDS.services_per_team * teams + 1} if teams is not None else set()
    elif question.key == "deploy_minutes":
        at |= {THRESHOLDS.slow_deploy + step_of_number(question)}
    elif question.key == "hot_share":
        at |= {THRESHOLDS.dominant}
    at |= reading_thresholds(question)
    return tuple(sorted(threshold for threshold in at if is_in_range(question, threshold)))


def reading_thresholds(question: Question) -> set[float]:
    """The first whole numbers at which a number's level reaches a threshold that the facts look at."""
    reading = question.reads
    if reading is None or reading.axis not in PAIN_AXES or reading.comfortable is None or reading.acute is None:
        return set()
    rising = reading.acute > reading.comfortable
    low, high = sorted((reading.comfortable, reading.acute))
    marks = set()
    levels = {ACUTE, THRESHOLDS.dominant, THRESHOLDS.painful_cost, *levels_told_apart(variable_of(question) or "")}
    for threshold in sorted(levels):
        if reading.top < threshold:
            continue
        left, right = int(low), int(high) + 1
        numbers = range(left, right + 1) if rising else range(right, left - 1, -1)
        first = next((number for number in numbers if level_of(question, number) >= threshold), None)
        if first is not None:
            marks.add(float(first if rising else first + 1))
    return marks


def count_steps(question: Question, before: Value | None, after: Value, answers: Answers) -> int:
    """How far apart two answers are: options between, ticks changed, thresholds crossed. An open answer is one away."""
    if before is None:
        return 1
    if isinstance(before, str) and isinstance(after, str):
        slugs = [option.value for option in question.options]
        return abs(slugs.index(before) - slugs.index(after))
    if isinstance(before, tuple) and isinstance(after, tuple):
        return len(set(before) ^ set(after))
    assert isinstance(before, int | float)
    assert isinstance(after, int | float)
    low, high = sorted((float(before), float(after)))
    return max(1, sum(low < threshold <= high for threshold in find_thresholds(question, answers)))


def kind_of_change(question: Question, before: Value | None, after: Value) -> Kind:
    """Whether the team can bring the change about, or it would have to happen to it, or only be found out."""
    if before is None:
        return "learn"
    how = MEANINGS.get(question.key, NOTHING).change
    if how == "fewer":
        return "work" if size_of_value(after) < size_of_value(before) else "happen"
    if how == "circumstance" or question.reads is None:
        return "happen"
    rises = level_of(question, after) > level_of(question, before)
    return "work" if rises != (question.reads.axis in PAIN_AXES) else "happen"


def size_of_value(value: Value) -> float:
    """The number itself; of ticks or a text, how long it is."""
    if isinstance(value, tuple):
        return len(value)
    return len(value) if isinstance(value, str) else value
