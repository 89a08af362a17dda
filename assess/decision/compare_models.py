"""What a newer edition of the questionnaire, or a newer model, would say to answers that were judged before.

Decides: which of the old answers still fit, and by which decider to judge them. Does not decide: anything about the old
result, which stays what it was. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from assess.decision import DECIDERS
from assess.decision.result import Form, Verdict
from assess.questionnaire.facade import (
    Answer,
    Answers,
    Question,
    Questionnaire,
    ValidationFailed,
    open_questions,
    parse_value,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierVerdict:
    """What was said then: by which version of which questionnaire, and by which model."""

    verdict: Verdict
    form: Form
    questionnaire_version: int
    model_version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewerVerdict:
    """What the newer edition and model say to the same answers. `verdict` is "" where they leave it undecided."""

    verdict: Verdict | Literal[""]
    form: Form
    rule: str = ""  #: the rule that fired now, which is what made the difference where there is one
    rule_sentence: str = ""
    headline: str
    firm: bool
    questionnaire_version: int
    model_version: int
    edition_is_newer: bool
    model_is_newer: bool
    differs: bool  #: another verdict or another form than then
    dropped: tuple[str, ...]  #: keys of answers that the newer edition no longer takes
    new_open: tuple[str, ...]  #: keys of questions that it asks and the older one did not have


def carry_over(questionnaire: Questionnaire, answers: Answers) -> tuple[Mapping[str, Answer], tuple[str, ...]]:
    """Of these answers those that this questionnaire takes, and the keys of the others.

    Options ticked come in the order of this questionnaire, so that equal answers stay equal.

    >>> carry_over(split_checklist, {"teams": Answer(value=5), "colour": Answer(value="red")})[1]
    ('colour',)
    """
    kept: dict[str, Answer] = {}
    dropped = []
    for key, answer in answers.items():
        question = questionnaire.by_key.get(key)
        carried = carry_answer(question, answer) if question is not None else None
        if carried is None:
            dropped.append(key)
        else:
            kept[key] = carried
    return kept, tuple(dropped)


def carry_answer(question: Question, answer: Answer) -> Answer | None:
    """The answer as this question takes it; None where it does not take the value, or one of those it is open between.

    What needs no value, "not sure yet" and "does not apply", fits every question.
    """
    try:
        value = None if answer.value is None else parse_value(question, answer.value)
        between = tuple(sorted((parse_value(question, each) for each in answer.between), key=repr))
    except ValidationFailed:
        return None
    return replace(answer, value=value, between=between)


def compare_models(
    said: EarlierVerdict, *, before: Questionnaire, newest: Questionnaire, answers: Answers, model: int | None = None
) -> NewerVerdict | None:
    """The verdict of the newest edition and model on answers given to `before`; None where nothing is newer.

    `newest` is the newest published edition of the same questionnaire, perhaps `before` itself. `model` is the version
    to judge by, the one that `newest` names unless told otherwise; it must be one of `DECIDERS`.
    """
    model = newest.model if model is None else model
    edition_is_newer = newest.version > said.questionnaire_version
    model_is_newer = model > said.model_version
    if not (edition_is_newer or model_is_newer):
        return None
    kept, dropped = carry_over(newest, answers)
    result = DECIDERS[model](newest, kept)
    return NewerVerdict(
        verdict=result.shown_verdict,
        form=result.form,
        rule=result.rule,
        rule_sentence=result.rule_sentence,
        headline=result.headline,
        firm=result.firm,
        questionnaire_version=newest.version,
        model_version=model,
        edition_is_newer=edition_is_newer,
        model_is_newer=model_is_newer,
        differs=(result.shown_verdict, result.form) != (said.verdict, said.form),
        dropped=dropped,
        new_open=tuple(q.key for q in open_questions(newest, kept) if q.key not in before.by_key),
    )
