"""The models, by version: how each reads answers and judges them. What explains a verdict works with any of them.

A questionnaire names the model that judges its answers; an old assessment keeps the model that judged it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assess.decision import deciding, facts, rules
from assess.decision.model_1 import decide as decide_1
from assess.decision.model_1 import facts as facts_1
from assess.decision.model_1 import rules as rules_1
from assess.decision.result import Form, Result, Verdict
from assess.questionnaire.facade import Answers, Question, Questionnaire

Decider = Callable[[Questionnaire, Answers], Result]
#: What a model says without its argument.
Outcome = tuple[Verdict, Form]


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One version. Facts are a tuple, the same length for all answers; what they mean is the model's own."""

    version: int
    decide: Decider
    read_facts: Callable[[Questionnaire, Answers], tuple[Any, ...]]
    #: The verdict and the form of facts.
    judge: Callable[[tuple[Any, ...]], Outcome]
    #: Whether an answer to the question can change a verdict.
    is_read: Callable[[Question], bool]
    #: Questions of one group settle facts together, so that what one does depends on the others.
    group_of: Callable[[Question], str]
    #: Facts again from their parts.
    build_facts: Callable[[Iterable[Any]], tuple[Any, ...]]
    #: S3's seven questions by key, each yes, no or not known.
    checklist: Callable[[tuple[Any, ...]], tuple[tuple[str, bool | None], ...]]


def judge_by_model_1(given: tuple[Any, ...]) -> Outcome:
    """Verdict and form of facts of model 1."""
    judgement = rules_1.judge(facts_1.Facts._make(given))
    return judgement.verdict, judgement.form


def judge_by_model_2(given: tuple[Any, ...]) -> Outcome:
    """Verdict and form of facts of model 2."""
    judgement = rules.judge(given)
    return judgement.verdict, judgement.form


def group_in_model_1(question: Question) -> str:
    """The group of the question: the fact that it settles together with others, else its own key."""
    if question.key in ("services", "developers", "teams"):
        return "staffing"
    reading = question.reads
    if reading is None or reading.axis not in ("boundary", "deployable"):
        return question.key
    return reading.axis if reading.axis == "boundary" else f"{reading.axis}/{reading.signal}"


def group_in_model_2(question: Question) -> str:
    """The group of the question: the variable that it settles, else its own key."""
    return facts.variable_of(question) or question.key


MODELS: Mapping[int, Model] = {
    1: Model(
        version=1,
        decide=decide_1.decide,
        read_facts=facts_1.read_facts,
        judge=judge_by_model_1,
        is_read=facts_1.is_read,
        group_of=group_in_model_1,
        build_facts=facts_1.Facts._make,
        checklist=lambda given: rules_1.checklist(facts_1.Facts._make(given)),
    ),
    2: Model(
        version=2,
        decide=deciding.decide,
        read_facts=facts.read_facts,
        judge=judge_by_model_2,
        is_read=facts.is_read,
        group_of=group_in_model_2,
        build_facts=tuple,
        checklist=lambda given: rules.checklist(lambda predicate: predicate.evaluate(given)),
    ),
}


def model_of(questionnaire: Questionnaire) -> Model:
    """The model that judges answers to this questionnaire."""
    return MODELS[questionnaire.model]
