"""What answers mean: from answers to a verdict with everything that argues it.

Decides: the verdict, its form, the rule that fired, the scores, and what is still open. Does not decide: what is asked
(`questionnaire`) or how a result looks (`reports`). Pure: no Django, no clock, no I/O, no randomness.

Deciders are registered by model version and stay registered: an old assessment keeps the model that judged it.

Read `deciding` first: it puts a decision together, and names every step. Then, in the order in which it calls them:

- `result`: what a decision says, as data. `models`: the registry of models.
- From answers to a verdict: `thresholds` and `signals` (answers to levels and scores), `facts` (answers to what the
  rules read), `rules` (the rules, in order), `diagram` (what completing the answers could still make of it), `asking`
  (which question to ask next).
- What is said about it: `meanings` (one record a question), `reasons`, `steps`, `wording`, `sources`.
- What argues with it: `changes` (answers that are near), `flips` (which of them change the verdict), `playbooks` (each
  source as its own judge), `cases`, `case_reader` and `likeness` (published decisions), and `argue`: all of it.
- How it is written: `contract` (JSON), `plain` (text).
- Side by side: `compare_models`, `compare_versions`, `disagreement` (several people), `economics` (the scaling sum).
- The model itself: `lint` with `reach` and `representatives` (is a questionnaire sound), `sweep` and `population` (how
  often each outcome occurs), `model_page` (docs/model.md).
- `model_1`: the first model, frozen.
"""

from collections.abc import Mapping

from assess.decision.models import MODELS, Decider, model_of
from assess.decision.result import Result
from assess.questionnaire.facade import Answers, Questionnaire

#: The newest model.
MODEL_VERSION = max(MODELS)
DECIDERS: Mapping[int, Decider] = {version: model.decide for version, model in MODELS.items()}


def decide(questionnaire: Questionnaire, answers: Answers) -> Result:
    """The verdict on these answers by the model that the questionnaire names, with everything that argues it.

    `answers` are by question key and must have been checked by `read_answers`; unknown keys are ignored, an absent key
    is an answer that is not known. Under 1 ms for a full set, under 2 ms for a partial one.

    >>> decide(split_checklist, {}).state
    'undecided'
    """
    return model_of(questionnaire).decide(questionnaire, answers)


def decider(model_version: int | None) -> Decider:
    """The model of this version: what judged a submitted assessment. That of the questionnaire where there is none.

    >>> decider(None)(split_checklist, {}).state
    'undecided'
    """
    return decide if model_version is None else DECIDERS[model_version]


__all__ = ["DECIDERS", "MODEL_VERSION", "Decider", "Result", "decide", "decider"]
