"""What else one question could be answered, and the verdict that each answer alone would give, all others unchanged."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from assess.decision.changes import changes_of
from assess.decision.models import model_of
from assess.decision.result import Verdict
from assess.decision.signals import format_value
from assess.language import _, capitalised, number
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, Value, as_asked

#: Of a question with boxes to tick so many are listed one by one.
MOST_TICKS: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """One answer to a question. `value` is one that stands for it: numbers between two thresholds are one alternative.
    `is_today` where it is the answer given."""

    value: Value
    words: str  #: "By a pipeline", "10 people or more"
    verdict: Verdict
    is_today: bool


def list_alternatives(questionnaire: Questionnaire, answers: Answers, key: str) -> tuple[Alternative, ...]:
    """Every answer to this question that the rules can tell apart, today's included; in the order of its scale.

    A verdict each, without deciding in full: well under a millisecond.
    """
    question = as_asked(questionnaire.by_key[key], answers)
    model = model_of(questionnaire)

    def verdict_of(value: Value) -> Verdict:
        changed = {**answers, key: Answer(value=value)}
        return model.judge(model.read_facts(questionnaire, changed))[0]

    answer = answers.get(key)
    today = answer.value if answer else None
    if question.kind == "number":
        return tuple(merge_numbers(question, numbers_to_try(question, answers, today), today, verdict_of))
    values = values_to_try(question, today)
    return tuple(
        Alternative(
            value=value, words=words_of_ticks(question, value), verdict=verdict_of(value), is_today=value == today
        )
        for value in values
    )


def values_to_try(question: Question, today: Value | None) -> tuple[Value, ...]:
    """The options of a choice; of boxes to tick today's, none, and the first few each by itself."""
    slugs = [option.value for option in question.options]
    if question.kind == "choice":
        return tuple(slugs)
    ticks: list[Value] = [(), *((slug,) for slug in slugs[:MOST_TICKS])]
    return tuple(ticks) if today is None else tuple(dict.fromkeys([today, *ticks]))


def words_of_ticks(question: Question, value: Value) -> str:
    """The answer in words; how many are ticked where there are several."""
    if isinstance(value, tuple) and len(value) > 1:
        return _("{count} ticked").format(count=len(value))
    return capitalised(format_value(question, value))


def numbers_to_try(question: Question, answers: Answers, today: Value | None) -> list[float]:
    """The numbers on both sides of every threshold, and today's, ascending."""
    tried = {change.after for change in changes_of(question, answers)} | {today}
    return sorted(value for value in tried if isinstance(value, int | float))


def merge_numbers(
    question: Question, numbers: Iterable[float], today: Value | None, verdict_of: Callable[[Value], Verdict]
) -> Iterator[Alternative]:
    """Numbers in a row with the same verdict as one alternative."""
    judged = [(value, verdict_of(value)) for value in numbers]
    runs = [(verdict, [value for value, _verdict in run]) for verdict, run in groupby(judged, key=lambda pair: pair[1])]
    for place, (verdict, values) in enumerate(runs):
        low, high = values[0], values[-1]
        if len(runs) == 1:
            words = _("any number")
        elif place == 0:
            words = _("{number} or fewer").format(number=format_value(question, high))
        elif place == len(runs) - 1:
            words = _("{number} or more").format(number=format_value(question, low))
        else:
            words = _("{low} to {high}").format(low=number(low), high=format_value(question, high))
        value = today if today in values and isinstance(today, int | float) else high if place == 0 else low
        yield Alternative(value=value, words=words, verdict=verdict, is_today=today in values)
