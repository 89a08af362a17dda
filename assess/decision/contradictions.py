"""Answers that cannot both be so, or seldom are: shown with both questions linked, never resolved for the person.

Which answers these are stands in the record of each question (`meanings`). Nothing here changes a verdict. The pairs
and their limits are our own judgement where no source is named.
"""

from dataclasses import dataclass

from assess.decision.meanings import MEANINGS
from assess.language import _
from assess.questionnaire.facade import Answers, Questionnaire, Value, is_asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """Two or more answers at odds. `sentence` says what does not fit, and asks."""

    code: str
    keys: tuple[str, ...]
    sentence: str


def find_contradictions(questionnaire: Questionnaire, answers: Answers) -> tuple[Contradiction, ...]:
    """Every pair of known, asked answers that do not fit together, in the order of the questions."""

    def value_of(key: str) -> Value | None:
        question, answer = questionnaire.by_key.get(key), answers.get(key)
        if question is None or answer is None or not is_asked(question, answers):
            return None
        return answer.value

    found = []
    for key, meaning in MEANINGS.items():
        value = value_of(key) if meaning.at_odds else None
        if value is None:
            continue
        for pair in meaning.at_odds:
            other = value_of(pair.other)
            if other is not None and pair.when(value, other):
                found.append(Contradiction(code=pair.code, keys=(key, pair.other), sentence=_(pair.sentence)))
    return tuple(found)
