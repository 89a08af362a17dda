"""Answers worth trying: of each question so many that one lies in every range that readings and rules tell apart."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from math import ceil, floor

from assess.decision.signals import ACUTE
from assess.decision.thresholds import THRESHOLDS
from assess.questionnaire.facade import Question, Questionnaire, Value

#: Model 1 counts services from here on as many.
MANY_SERVICES = 20


def both_sides(*figures: float) -> tuple[int, ...]:
    """The whole numbers just below and at each of these figures."""
    return tuple(int(figure) - below for figure in figures for below in (1, 0))


#: Numbers on both sides of every threshold of the rules, by question; bounds and a reading's own anchors come on top.
MARKS: Mapping[str, tuple[int, ...]] = {
    "services": both_sides(THRESHOLDS.several_services, THRESHOLDS.some_services, MANY_SERVICES),
    "developers": (1, *both_sides(THRESHOLDS.few_people)),
    "teams": both_sides(THRESHOLDS.several_teams, THRESHOLDS.many_teams),
    "deploy_minutes": both_sides(THRESHOLDS.slow_deploy + 1),
    "hot_share": both_sides(THRESHOLDS.dominant),
}
#: Levels at which a reading begins to mean something else.
LEVELS = (
    1,
    int(THRESHOLDS.mild),
    int(THRESHOLDS.painful_cost),
    int(THRESHOLDS.dominant),
    int(THRESHOLDS.far_apart),
    ACUTE,
)


def representative_values(question: Question) -> tuple[Value, ...]:
    """Answers of which at least one lies in every range that readings and rules tell apart.

    All options of a choice; none or one of a several, and two where they add up rather than count by the highest; of a
    number its bounds, the marks of the rules, its anchors and the numbers around each level that means something.

    >>> representative_values(deploy_minutes)   # 0 to 10,080, comfortable 10, acute and top 30
    (0, 10, 11, 30, 31, 10080)
    """
    if question.kind == "text":
        return ()
    if question.kind == "choice":
        return tuple(option.value for option in question.options)
    if question.kind == "several":
        slugs = [option.value for option in question.options]
        pairs = combinations(slugs, 2) if question.reads is None else ()
        return ((), *((slug,) for slug in slugs), *pairs)
    low, high = question.minimum, question.maximum
    assert low is not None
    assert high is not None
    wanted = {low, high, *MARKS.get(question.key, ())}
    reading = question.reads
    if reading is not None and reading.comfortable is not None and reading.acute is not None:
        wanted |= {reading.comfortable, reading.acute}
        for level in LEVELS:
            if level <= reading.top:
                # Where the level, rounded to a whole number, is first reached.
                edge = reading.comfortable + (reading.acute - reading.comfortable) * (level - 0.5) / reading.top
                wanted |= {floor(edge), ceil(edge)}
    kept = sorted(value for value in wanted if low <= value <= high and not (question.whole and value != int(value)))
    return tuple(int(value) if value == int(value) else value for value in kept)


def keep_questions(questionnaire: Questionnaire, keys: set[str]) -> Questionnaire:
    """The questionnaire with these questions alone, which is quicker to read where others change nothing."""
    kept = tuple(
        replace(section, questions=tuple(question for question in section.questions if question.key in keys))
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=tuple(section for section in kept if section.questions))
