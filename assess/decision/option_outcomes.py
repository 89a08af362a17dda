"""What each answer to one question alone would make of the verdict, everything else as it is."""

from dataclasses import dataclass

from assess.decision import decider
from assess.decision.changes import numbers_at_thresholds
from assess.decision.result import Verdict
from assess.decision.signals import format_value
from assess.decision.wording import inside
from assess.language import _, any_of
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionOutcome:
    """One answer, and the verdict that the model gives with it."""

    value: Value
    words: str  #: within a sentence
    verdict: Verdict


def outcomes_of_options(
    questionnaire: Questionnaire, answers: Answers, key: str, *, model_version: int
) -> tuple[OptionOutcome, ...]:
    """The outcome of every option of this question in their order, or of the numbers on both sides of its thresholds.

    Empty for a question of another kind. One decision an option.

    >>> [outcome.verdict for outcome in outcomes_of_options(split_checklist, {}, "deploy_waiting", model_version=2)]
    ['stay', 'stay', 'modular', 'modular']
    """
    question, decide = questionnaire.by_key[key], decider(model_version)
    values: tuple[Value, ...] = ()
    if question.kind == "choice":
        values = tuple(option.value for option in question.options)
    elif question.kind == "several":
        values = ((), *((option.value,) for option in question.options))
    elif question.kind == "number":
        values = numbers_at_thresholds(question, answers)
    return tuple(
        OptionOutcome(
            value=value,
            words=inside(questionnaire, format_value(question, value)),
            verdict=decide(questionnaire, {**answers, key: Answer(value=value)}).verdict,
        )
        for value in values
    )


def describe_keeping(question: Question, outcomes: tuple[OptionOutcome, ...], verdict: Verdict) -> str:
    """Which answers leave this verdict as it is, in a few words; "" where all or none do.

    >>> describe_keeping(waiting, outcomes_of_options(split_checklist, {}, "deploy_waiting", model_version=2), "stay")
    'never or sometimes'
    """
    keeping = [outcome.words for outcome in outcomes if outcome.verdict == verdict]
    changing = [outcome.words for outcome in outcomes if outcome.verdict != verdict]
    if not keeping or not changing:
        return ""
    if question.kind == "number":
        numbers = [outcome.value for outcome in outcomes if outcome.verdict == verdict]
        if outcomes[0].value == numbers[0]:
            return _("at most {number}").format(number=keeping[-1])
        if outcomes[-1].value == numbers[-1]:
            return _("at least {number}").format(number=keeping[0])
        return _("from {lowest} to {highest}").format(lowest=keeping[0], highest=keeping[-1])
    if (len(changing) == 1 and len(keeping) > 1) or question.kind == "several":
        return _("not {answers}").format(answers=any_of([_("“{answer}”").format(answer=words) for words in changing]))
    return any_of(keeping)
