"""What a plan has reached, as answers to suggest for the next version: by steps done, items ticked, figures measured.

The tables are ours. A step or an item suggests the answer that its "done when" describes; nothing counts until somebody
confirms it.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from assess.advice.preparation import PREPARATIONS_BY_SLUG
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value

#: By the code of a step: the questions it answers once it is done, with the answer.
STEP_ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "extract.tracing": {"tracing": "every_request"},
    "extract.logs": {"central_logging": "in_place", "metrics": "in_place"},
    "extract.boundary": {"boundaries": "named"},
    "extract.teams": {"ownership": "teams"},
    "extract.gateway": {"gateway": "in_place"},
    "modular.build": {"boundaries": "enforced"},
    "consolidate.tracing": {"tracing": "every_request"},
}


def reached_by_steps(codes: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """The code, the question and the answer of each of these steps that answers one, in the table's order."""
    for code, answers in STEP_ANSWERS.items():
        if code in codes:
            for key, value in answers.items():
                yield code, key, value


def reached_by_items(slugs: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """The same for items of the preparation lists: of several answers that tick one, the least."""
    for slug, item in PREPARATIONS_BY_SLUG.items():
        if slug in slugs and item.key:
            yield slug, item.key, item.ticking[0]


def is_further(questionnaire: Questionnaire, key: str, value: Value, before: Answers) -> bool:
    """Whether the answer goes beyond the one before; options stand from weak to strong. False for an answer that the
    questionnaire does not have."""
    question = questionnaire.by_key.get(key)
    place = place_of(question, value) if question else None
    answer = before.get(key)
    if question is None or place is None:
        return False
    earlier = place_of(question, answer.value) if answer and answer.value is not None else None
    return earlier is None or place > earlier


def place_of(question: Question, value: Value) -> int | None:
    """The place of the option with this value; None where there is none."""
    return next((index for index, option in enumerate(question.options) if option.value == value), None)
