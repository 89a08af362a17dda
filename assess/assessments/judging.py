"""What the model says of a version, with everything that is argued from it; kept by what it was computed from.

A verdict takes a millisecond, what is argued from it up to fifty times as long, and every reader of a submitted
version asks for the same. Kept in this process alone: a result is only ever recomputed, never wrong.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from assess.assessments.models import Assessment
from assess.cases_file import published_cases
from assess.decision.facade import Argument, Result, argue, decider
from assess.questionnaire.facade import Answer, Answers, Questionnaire

#: So many are kept, the last used ones; each takes some 50 KB.
MAX_KEPT: Final = 200

Key = tuple[str, int | None, str | None, frozenset[tuple[str, Answer]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A result and its argument, for this questionnaire as it was read: a newer translation is another one."""

    questionnaire: Questionnaire
    result: Result
    argument: Argument


kept: Final[OrderedDict[Key, Judgement]] = OrderedDict()
kept_lock: Final = threading.Lock()


def judge(assessment: Assessment, questionnaire: Questionnaire, answers: Answers) -> Judgement:
    """The result of these answers by the version's model, and its argument, in the active language.

    Kept by edition, model, language and answers.
    """
    key = (assessment.edition.sha256, assessment.model_version, get_language(), frozenset(answers.items()))
    with kept_lock:
        judgement = kept.get(key)
        if judgement is not None and judgement.questionnaire is questionnaire:
            kept.move_to_end(key)
            return judgement
    result = decider(assessment.model_version)(questionnaire, answers)
    argument = argue(questionnaire, answers, result, published_cases())
    judgement = Judgement(questionnaire=questionnaire, result=result, argument=argument)
    with kept_lock:
        kept[key] = judgement
        while len(kept) > MAX_KEPT:
            kept.popitem(last=False)
    return judgement
