"""What answers mean: from answers to a verdict with everything that argues it.

Decides: the verdict, its form, the rule that fired, the scores, and what is still open. Does not decide: what is asked
(`questionnaire`) or how a result looks (`reports`). Pure: no Django, no clock, no I/O, no randomness.

Deciders are registered by model version and stay registered: an old assessment keeps the model that judged it.
"""

from collections.abc import Callable, Mapping

from assess.decision.decide import MODEL_VERSION, decide
from assess.decision.result import Result
from assess.questionnaire.facade import Answers, Questionnaire

Decider = Callable[[Questionnaire, Answers], Result]

DECIDERS: Mapping[int, Decider] = {MODEL_VERSION: decide}


def decider(model_version: int | None) -> Decider:
    """The model of this version: what judged a submitted assessment. The present one where there is none (a draft).

    >>> decider(None)(split_checklist, {}).verdict
    'stay'
    """
    return DECIDERS[model_version or MODEL_VERSION]


__all__ = ["DECIDERS", "MODEL_VERSION", "Decider", "Result", "decide", "decider"]
