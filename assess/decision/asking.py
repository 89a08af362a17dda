"""Which question to ask next, whether one may stop, and how many more would settle it. Pure.

What may still change the verdict is exact (`diagram.look_ahead`). While no pain is known nothing is decided, so pains
come first. Otherwise, of the questions that may change the verdict, the one comes first whose answer moves it most over
everything that the open answers could be, common answers counting more than rare ones (`diagram.influences`). How
common an answer is, is our judgement, and decides nothing but this order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assess.decision.diagram import Outlook, influences, look_ahead
from assess.decision.facts import (
    NUMBERS,
    POSITIONS,
    SPECIAL_NEEDS,
    STAFFING,
    VARIABLES,
    Facts,
    read_facts,
    variables_of,
)
from assess.decision.meanings import MEANINGS, NOTHING
from assess.decision.rules import FEW, SEVERAL_TEAMS, THREE_TEAMS, judge
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, Value, open_questions

#: The quick check asks at most so many questions beyond its starred ones, skipped ones included.
MOST_FURTHER = 6
#: Numbers on both sides of every threshold, to try for a number that is not known.
TRIED_NUMBERS: Mapping[str, tuple[float, ...]] = {
    "services": (0, 1, 4, 5, 12, 40, 100_000),
    "developers": (1, 6, 9, 10, 30, 100_000),
    "teams": (1, 2, 3, 100_000),
    "deploy_minutes": (10, 31),
    "hot_share": (0, 20, 40),
}
#: How common each value of a variable is, in the order of `VARIABLES`; alike where nothing is said (our judgement).
COMMON: Mapping[str, tuple[float, ...]] = {
    "shape": (78, 13, 6, 3),
    "scope": (75, 25),
    "waiting": (45, 25, 30),
    "load": (65, 35),
    "uneven": (25, 45, 30),
    "cures": (35, 45, 20),
    "bottleneck": (40, 60),
    "cost": (80, 20),
    "lock_in": (96, 4),
    "kept_apart": (95, 5),
    "spread": (95, 5),
    "rhythm": (93, 7),
    "collisions": (35, 20, 45),
    "breakage": (40, 60),
    "growth": (92, 8),
    "stage": (15, 85),
    "boundaries": (30, 32, 38),
    "writes": (20, 80),
    "ownership": (20, 50, 30),
    "platform": (40, 35, 25),
    "automated": (25, 75),
    "traced": (70, 30),
    "logged": (40, 60),
    "hiring": (80, 20),
    "backed": (60, 40),
    "slow": (65, 35),
}


def shares_of_values(variable: str) -> tuple[float, ...]:
    """The shares of a variable's values. Few people, and more services than can be owned, are rarer than not."""
    if variable == "staffing":
        return tuple(
            (1 if few else 3) * (1 if outnumbered else 4) * (1 if dense else 2) * (1 if lone else 3)
            for few, _teams, lone, outnumbered, dense in STAFFING
        )
    if variable == "signs":
        return tuple(1 / (1 + 3 * sum(signs)) for signs in VARIABLES["signs"])  # type: ignore[call-overload]  # of flags
    return COMMON.get(variable) or (1,) * len(VARIABLES[variable])


SHARES: tuple[tuple[float, ...], ...] = tuple(shares_of_values(variable) for variable in VARIABLES)


@dataclass(frozen=True, kw_only=True, slots=True)
class NextQuestion:
    """What to ask next. `key` is None where nothing open can change the verdict, or all such questions were skipped."""

    key: str | None
    may_stop: bool  #: the verdict is firm
    fewest_to_settle: int  #: so many more answers could settle it, at the least
    open_keys: tuple[str, ...]  #: all open questions that could still change the verdict, the most telling first


def next_question(
    questionnaire: Questionnaire, answers: Answers, *, skipped: frozenset[str] = frozenset()
) -> NextQuestion:
    """The open question that narrows the verdict most, without those in `skipped`. A pain while none is answered and
    nothing else decides. For questionnaires of model 2."""
    facts = read_facts(questionnaire, answers)
    outlook = look_ahead(facts)
    ranked = tuple(key for key in rank_questions(questionnaire, answers, facts, outlook) if key not in skipped)
    firm = len(outlook.verdicts) == 1
    return NextQuestion(
        key=ranked[0] if ranked else None,
        may_stop=firm,
        fewest_to_settle=0 if firm else outlook.fewest,
        open_keys=ranked,
    )


def rank_questions(questionnaire: Questionnaire, answers: Answers, facts: Facts, outlook: Outlook) -> tuple[str, ...]:
    """The open questions that can still change what is possible, the most telling first; none where it is firm.

    While nothing is decided, questions about pain come before all others.
    """
    if len(outlook.verdicts) == 1:
        return ()
    moves = influences(facts, SHARES)
    by_position: dict[int, float] = {}
    for (position, _asked), influence in moves.items():
        by_position[position] = by_position.get(position, 0.0) + influence
    opened = open_questions(questionnaire, answers)
    open_keys = {question.key for question in opened}
    undecided = judge(facts).rule == "no-acute-pain" and not has_pain_answer(questionnaire, answers)
    found = []
    for order, question in enumerate(opened):
        if not can_narrow(questionnaire, answers, question, facts, outlook):
            continue
        # A question that another open one may spare comes after it.
        spared = question.skipped_unless is not None and question.skipped_unless.key in open_keys
        later = undecided and not MEANINGS.get(question.key, NOTHING).asks_pain
        influence = influence_of_question(questionnaire, question, moves, by_position)
        found.append((later, spared, -influence, order, question.key))
    return tuple(key for *_order, key in sorted(found))


def has_pain_answer(questionnaire: Questionnaire, answers: Answers) -> bool:
    """Whether some question that asks whether something hurts has a known answer."""
    return any(
        (answer := answers.get(key)) is not None and answer.is_known and key in questionnaire.by_key
        for key, meaning in MEANINGS.items()
        if meaning.asks_pain
    )


def influence_of_question(
    questionnaire: Questionnaire,
    question: Question,
    moves: Mapping[tuple[int, int], float],
    by_position: Mapping[int, float],
) -> float:
    """How much the question moves the verdict over all that the open answers could be. Only the order counts."""
    if question.key == SPECIAL_NEEDS:
        spared = [q for q in questionnaire.questions if q.skipped_unless and q.skipped_unless.key == SPECIAL_NEEDS]
        variables = {variables_of(questionnaire)[each.key] for each in spared} - {None}
        return sum(by_position.get(POSITIONS[str(variable)], 0.0) for variable in variables)
    variable = variables_of(questionnaire)[question.key]
    assert variable is not None
    if question.key in NUMBERS:
        predicates = {"developers": (FEW,), "teams": (SEVERAL_TEAMS, THREE_TEAMS)}.get(question.key)
        position = POSITIONS[variable]
        if predicates is not None:
            return sum(moves.get((position, predicate.mask), 0.0) for predicate in predicates)
        of_people = sum(moves.get((position, predicate.mask), 0.0) for predicate in (FEW, SEVERAL_TEAMS, THREE_TEAMS))
        return by_position.get(position, 0.0) - of_people
    return by_position.get(POSITIONS[variable], 0.0)


def can_narrow(
    questionnaire: Questionnaire, answers: Answers, question: Question, facts: Facts, outlook: Outlook
) -> bool:
    """Whether some answer to the question leaves fewer judgements possible. Exact."""
    if question.key == SPECIAL_NEEDS:
        # It narrows what the questions narrow that it spares.
        spared = [q for q in questionnaire.questions if q.skipped_unless and q.skipped_unless.key == SPECIAL_NEEDS]
        return any(can_narrow(questionnaire, answers, each, facts, outlook) for each in spared)
    variable = variables_of(questionnaire)[question.key]
    if variable is None:
        return False
    position = POSITIONS[variable]
    left = facts[position]
    if [*variables_of(questionnaire).values()].count(variable) == 1:
        # Of a variable of its own every value is one that an answer gives.
        values = [1 << index for index in range(left.bit_length()) if left >> index & 1]
        return any(outlook.judgements_if(position, mask) != outlook.any for mask in values)
    return any(
        outlook.judgements_if(position, mask) != outlook.any
        for mask in masks_after_answers(questionnaire, answers, question, left)
    )


def masks_after_answers(questionnaire: Questionnaire, answers: Answers, question: Question, left: int) -> list[int]:
    """For each answer to the question the values of its variable, shared with other questions, that would be left."""
    variable = variables_of(questionnaire)[question.key]
    assert variable is not None
    answer = answers.get(question.key)
    values: tuple[Value, ...]
    if answer is not None and answer.between:
        values = answer.between
    elif question.kind == "number":
        values = TRIED_NUMBERS.get(question.key, ())
    else:
        values = tuple(option.value for option in question.options)
    found = []
    for value in values:
        changed = {**answers, question.key: Answer(value=value)}
        mask = read_facts(questionnaire, changed)[POSITIONS[variable]]
        found.append(mask & left or left)
    return found


__all__ = ["NextQuestion", "next_question", "rank_questions"]
