"""What a questionnaire for model 2 can lead to at all: for the linter, exact and quick.

Every value that some answer gives a variable is left open, and the rules are followed from there (`diagram`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assess.decision.diagram import look_ahead
from assess.decision.facts import (
    NUMBERS,
    POSITIONS,
    UNKNOWN,
    VARIABLES,
    Facts,
    mask_of,
    mask_of_answer,
    read_facts,
    variable_of,
    worst_mask,
)
from assess.decision.representatives import representative_values
from assess.decision.result import Form, Verdict
from assess.decision.thresholds import THRESHOLDS
from assess.language import _
from assess.questionnaire.facade import Answer, Question, Questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """The outcomes that complete answers can have, and the facts that can come out one way only.

    Each of these is a name, the question that settles it ("" for several), and what is lost.
    """

    verdicts: frozenset[Verdict]
    forms: frozenset[Form]
    rules: frozenset[str]
    one_way: tuple[tuple[str, str, str], ...]


def reach_of(questionnaire: Questionnaire) -> Reach:
    """What complete answers to this questionnaire can lead to."""
    masks = list(UNKNOWN)
    settled: dict[str, list[tuple[Question, int]]] = {}
    for question in questionnaire.questions:
        variable = variable_of(question)
        if variable is not None:
            settled.setdefault(variable, []).append((question, mask_of_question(questionnaire, question, variable)))
    for variable in VARIABLES:
        masks[POSITIONS[variable]] = mask_of_variable(variable, settled.get(variable, []))
    reached = look_ahead(tuple(masks)).judgements
    return Reach(
        verdicts=frozenset(judgement.verdict for judgement in reached),
        forms=frozenset(judgement.form for judgement in reached),
        rules=frozenset(judgement.rule for judgement in reached),
        one_way=tuple(one_way_variables(tuple(masks), settled)),
    )


def mask_of_question(questionnaire: Questionnaire, question: Question, variable: str) -> int:
    """Every value that an answer to this question can give its variable, others being open."""
    if variable in ("staffing", "uneven"):
        mask = 0
        for value in representative_values(question):
            mask |= read_facts(questionnaire, {question.key: Answer(value=value)})[POSITIONS[variable]]
        return mask
    asked = replace(question, asked_when=(), skipped_unless=None)
    mask = 0
    for value in representative_values(question):
        mask |= mask_of_answer(asked, {question.key: Answer(value=value)}, variable, THRESHOLDS)
    return mask


def mask_of_variable(variable: str, questions: list[tuple[Question, int]]) -> int:
    """The values that complete answers can give: of a pain with several questions the worst counts."""
    if not questions:
        return 1 if variable in (*PAINS, "shape") else UNKNOWN[POSITIONS[variable]]
    if variable in PAINS:
        return worst_mask([one for _question, one in questions])
    mask = 0
    for _question, one in questions:
        mask |= one
    return mask


#: Pains that cannot be known without a question.
PAINS = ("waiting", "load", "cost", "lock_in", "kept_apart", "spread", "rhythm", "collisions", "breakage")


def one_way_variables(masks: Facts, settled: dict[str, list[tuple[Question, int]]]) -> Iterator[tuple[str, str, str]]:
    """Each variable that misses a value: its name, the question that settles it, and what is lost."""
    for variable, values in VARIABLES.items():
        questions = settled.get(variable, [])
        if variable in ("staffing", "signs") or (not questions and variable not in PAINS):
            continue
        missing = [value for value in values if not masks[POSITIONS[variable]] & mask_of(variable, [value])]
        if missing:
            key = questions[0][0].key if len(questions) == 1 else ""
            told = _("no answers ever make it `{values}`").format(values=", ".join(map(name_of_value, missing)))
            yield variable, key, told


def name_of_value(value: object) -> str:
    """The value as the questionnaire's file would say it."""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


__all__ = ["NUMBERS", "Reach", "reach_of"]
