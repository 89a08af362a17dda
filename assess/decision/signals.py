"""Answers become levels, and levels become the scores that a result shows.

A level is a whole number from 0 (calm, or weak) to 100 (acute, or strong), as the questionnaire's readings say. A
score is exactly the sum of its contributions: the running total is rounded, and each contribution is the step between
two roundings.
"""

from collections.abc import Iterable, Mapping

from assess.decision.result import Contribution, Score
from assess.decision.thresholds import FURTHER_PAIN_CLOSES, THRESHOLDS
from assess.language import _, number
from assess.questionnaire.facade import (
    PAIN_AXES,
    Answer,
    Answers,
    Question,
    Questionnaire,
    Reading,
    Value,
    is_asked,
)

#: From this level on a single pain is acute: one acute pain is enough to act on (S0). Where mild pains add up they
#: stay below it, because several small pains are not one that hurts (our judgement).
ACUTE = int(THRESHOLDS.acute)
#: Totals are kept in millionths so that rounding happens once.
UNIT = 1_000_000


def level_of(question: Question, value: Value) -> int:
    """The level of a known answer, 0 to 100. The question must have a reading.

    >>> level_of(deploy_minutes, 20)   # comfortable 10, acute 30, top 30
    15
    """
    reading = question.reads
    assert reading is not None
    if isinstance(value, tuple):
        return max((reading.levels[slug] for slug in value), default=0)
    if isinstance(value, str):
        return reading.levels[value]
    assert reading.comfortable is not None
    assert reading.acute is not None
    share = (value - reading.comfortable) / (reading.acute - reading.comfortable)
    return int(reading.top * min(max(share, 0), 1) + 0.5)


def highest_level(reading: Reading) -> int:
    """The most that any answer to this question could reach."""
    return max(reading.levels.values()) if reading.levels else reading.top


def level_range(question: Question, answer: Answer | None) -> tuple[int, int]:
    """The lowest and the highest level that the answer may come to: of a known one its level twice."""
    assert question.reads is not None
    if answer is not None and answer.value is not None:
        level = level_of(question, answer.value)
        return level, level
    if answer is not None and answer.between:
        levels = [level_of(question, value) for value in answer.between]
        return min(levels), max(levels)
    return 0, highest_level(question.reads)


def format_value(question: Question, value: Value) -> str:
    """The value as a person reads it: the option's label, several joined, or the number with its unit."""
    if isinstance(value, tuple):
        return _(", ").join(question.option(slug).label for slug in value) or _("none of these")
    if isinstance(value, str):
        return value if question.kind == "text" else question.option(value).label
    count = int(value) if float(value).is_integer() else value
    unit = unit_of_one(question) if count == 1 else question.unit
    return _("{number} {unit}").format(number=number(count), unit=unit).strip()


def unit_of_one(question: Question) -> str:
    """The unit of exactly one: as the questionnaire gives it, else by English grammar: team, minute, deploy a week."""
    if question.unit_one:
        return question.unit_one
    first, *rest = question.unit.split(" ")
    return " ".join(["person" if first == "people" else first.removesuffix("s"), *rest])


def read_levels(questionnaire: Questionnaire, answers: Answers) -> dict[str, int | None]:
    """The level of every question that is asked and applies, None where the answer is not known."""
    levels: dict[str, int | None] = {}
    for question in questionnaire.questions:
        if question.reads is None:
            continue
        answer = answers.get(question.key)
        if answer is not None and answer.not_applicable:
            continue
        if question.conditions and not is_asked(question, answers):
            continue
        levels[question.key] = None if answer is None or answer.value is None else level_of(question, answer.value)
    return levels


def score_axes(questionnaire: Questionnaire, answers: Answers) -> dict[str, Score]:
    """Every axis's score from these answers: by axis in the order of `AXES`, then the questionnaire's own."""
    levels = read_levels(questionnaire, answers)
    by_axis: dict[str, list[Question]] = {axis: [] for axis in questionnaire.axes}
    titles = {axis.slug: axis.title for axis in questionnaire.own_axes}
    for key in levels:
        question = questionnaire.by_key[key]
        assert question.reads is not None
        by_axis[question.reads.axis].append(question)
    scores = {}
    for axis, questions in by_axis.items():
        known = {question.key: level for question in questions if (level := levels[question.key]) is not None}
        best = {question.key: level_range(question, answers.get(question.key))[1] for question in questions}
        share = points_of_pains if axis in PAIN_AXES else points_by_weight
        scores[axis] = Score(
            axis=axis,
            title=titles.get(axis, ""),
            points=sum(points for _question, points in share(questions, known)),
            high=sum(points for _question, points in share(questions, best)),
            threshold=ACUTE if axis in PAIN_AXES else None,
            contributions=tuple(
                Contribution(
                    axis=axis,
                    key=question.key,
                    value=format_value(question, answers[question.key].value or 0),
                    level=known[question.key],
                    points=points,
                )
                for question, points in share(questions, known)
            ),
            open_keys=tuple(question.key for question in questions if question.key not in known),
        )
    return scores


def whole_steps(totals: Iterable[tuple[Question, int]]) -> list[tuple[Question, int]]:
    """Whole points by question that add up to the rounded last total; `totals` run up, in millionths."""
    result, before = [], 0
    for question, total in totals:
        rounded = (total + UNIT // 2) // UNIT
        result.append((question, rounded - before))
        before = rounded
    return result


def points_of_pains(questions: list[Question], levels: Mapping[str, int]) -> list[tuple[Question, int]]:
    """Points by question: the worst pain counts in full, each further one closes a part of the gap that is left."""
    worst_of_signal: dict[str, tuple[int, Question]] = {}
    for question in questions:
        level = levels.get(question.key, 0)
        signal = question.reads.signal if question.reads else question.key
        if level and level > worst_of_signal.get(signal, (0, question))[0]:
            worst_of_signal[signal] = (level, question)
    ranked = sorted(worst_of_signal.values(), key=lambda pair: -pair[0])
    if not ranked:
        return []
    ceiling = (100 if ranked[0][0] >= ACUTE else ACUTE - 1) * UNIT
    total = 0
    totals: list[tuple[Question, int]] = []
    for level, question in ranked:
        total += level * UNIT if not totals else (ceiling - total) * level // (100 * FURTHER_PAIN_CLOSES)
        totals.append((question, total))
    return whole_steps(totals)


def points_by_weight(questions: list[Question], levels: Mapping[str, int]) -> list[tuple[Question, int]]:
    """Points by question: each its share of the axis, in which an unknown answer keeps its place and adds nothing."""
    whole = sum(question.reads.weight for question in questions if question.reads)
    total = 0
    totals: list[tuple[Question, int]] = []
    for question in questions:
        if question.key in levels and question.reads and whole:
            total += question.reads.weight * levels[question.key] * UNIT // whole
            totals.append((question, total))
    return whole_steps(totals)
