"""Which answers two versions (or systems) give differently, and which of these differences moved the verdict. Pure.

Decides: what counts as a changed answer, and by re-deciding which changes make one verdict into the other. Where the
editions differ, only questions that both ask are compared, and both sides are judged by the second one's edition.
Does not decide: how a comparison is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from assess.decision.compare_models import carry_over
from assess.decision.flips import tries_pairs
from assess.decision.models import model_of
from assess.decision.result import Verdict
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, may_be_asked


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredEdition:
    """One version's edition and answers."""

    questionnaire: Questionnaire
    answers: Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Differing:
    """One question with the answer of each side, in their order; None where it has none. At least two differ."""

    question: Question
    answers: tuple[Answer | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mover:
    """Changes (keys, in the questionnaire's order) that together give this verdict, and of which none can be left
    out."""

    keys: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictChange:
    """What made the first verdict into the second. Without movers where the verdicts are equal.

    `movers` reach the second verdict: every single change that does; else every pair; else one smallest set found.
    `elsewhere` are single changes that lead from the first verdict to a third one.
    `by_edition` says that the first answers get the second verdict already when judged by the second edition, and
    `unexplained` that the questions which both ask do not make the difference.
    """

    before: Verdict
    after: Verdict
    movers: tuple[Mover, ...] = ()
    elsewhere: tuple[Mover, ...] = ()
    by_edition: bool = False
    unexplained: bool = False

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def find_differing_answers(sides: Sequence[AnsweredEdition]) -> tuple[Differing, ...]:
    """The questions that all sides have and do not answer alike, in the last one's order.

    What an answer rests on, its note and link do not make it another. Left out are questions that no side asks.
    """
    found = []
    for question in sides[-1].questionnaire.questions:
        if not all(question.key in side.questionnaire.by_key for side in sides):
            continue
        # Asked, or perhaps yet to be, while the condition for it is open.
        counting = [may_be_asked(side.questionnaire.by_key[question.key], side.answers) for side in sides]
        given = [side.answers.get(question.key) if asked else None for side, asked in zip(sides, counting, strict=True)]
        if any(comparable_part(answer) != comparable_part(given[0]) for answer in given[1:]):
            found.append(Differing(question=question, answers=tuple(given)))
    return tuple(found)


def find_unshared_questions(sides: Sequence[AnsweredEdition]) -> tuple[tuple[Question, ...], ...]:
    """For each side the questions of its edition that not every other edition has too."""
    shared = set.intersection(*(set(side.questionnaire.by_key) for side in sides))
    return tuple(tuple(q for q in side.questionnaire.questions if q.key not in shared) for side in sides)


def explain_verdict_change(before: AnsweredEdition, after: AnsweredEdition) -> VerdictChange:
    """Which of the changed answers turn the first verdict into the second, by re-deciding with each.

    Exact for single changes, and for pairs as long as the edition is one of which all pairs are tried; where neither
    suffices, the changes are taken back one by one, those of least effect first, while the second verdict holds.
    """
    questionnaire = after.questionnaire
    said = verdict_on(before.questionnaire, before.answers)
    target = verdict_on(questionnaire, after.answers)
    if said == target:
        return VerdictChange(before=said, after=target)
    start, _ = carry_over(questionnaire, before.answers)
    if verdict_on(questionnaire, start) == target:
        return VerdictChange(before=said, after=target, by_edition=True)
    shared = AnsweredEdition(questionnaire=questionnaire, answers=start)
    keys = [
        found.question.key
        for found in find_differing_answers((shared, after))
        if found.question.key in before.questionnaire.by_key
    ]
    telling = [key for key in keys if can_matter(questionnaire, key)]
    singles = [
        Mover(keys=(key,), verdict=verdict_on(questionnaire, take_over_answers(shared, after, (key,))))
        for key in telling
    ]
    movers = [single for single in singles if single.verdict == target]
    first = verdict_on(questionnaire, start)
    elsewhere = tuple(single for single in singles if single.verdict not in (target, first))
    if not movers and tries_pairs(questionnaire):
        movers = [
            Mover(keys=pair, verdict=target)
            for pair in combinations(telling, 2)
            if verdict_on(questionnaire, take_over_answers(shared, after, pair)) == target
        ]
    if not movers:
        movers = find_smallest_set(shared, after, telling, target)
    return VerdictChange(before=said, after=target, movers=tuple(movers), elsewhere=elsewhere, unexplained=not movers)


def take_over_answers(before: AnsweredEdition, after: AnsweredEdition, keys: Iterable[str]) -> dict[str, Answer]:
    """The first answers with those of the second for these keys.

    >>> before = AnsweredEdition(questionnaire=q, answers={})
    >>> after = AnsweredEdition(questionnaire=q, answers={"teams": Answer(value=3)})
    >>> take_over_answers(before, after, ["teams"])
    {'teams': Answer(value=3)}
    """
    changed = dict(before.answers)
    for key in keys:
        changed.pop(key, None)
        if key in after.answers:
            changed[key] = after.answers[key]
    return changed


def find_smallest_set(
    before: AnsweredEdition, after: AnsweredEdition, keys: Sequence[str], target: Verdict
) -> list[Mover]:
    """One set of which nothing can be left out; none where all changes together do not reach the verdict."""
    questionnaire = after.questionnaire

    def reaches(kept: Sequence[str]) -> bool:
        return verdict_on(questionnaire, take_over_answers(before, after, kept)) == target

    if not reaches(keys):
        return []
    read_facts = model_of(questionnaire).read_facts
    base = read_facts(questionnaire, before.answers)

    def effect(key: str) -> int:
        facts = read_facts(questionnaire, take_over_answers(before, after, [key]))
        return sum(was != now for was, now in zip(base, facts, strict=True))

    kept = list(keys)
    by_effect = sorted(keys, key=effect)
    # Taking one back may make another needless that was needed before it, so until nothing more can go.
    shrinks = True
    while shrinks:
        shrinks = False
        for key in by_effect:
            without = [other for other in kept if other != key]
            if len(without) < len(kept) and reaches(without):
                kept, shrinks = without, True
    return [Mover(keys=tuple(kept), verdict=target)]


def verdict_on(questionnaire: Questionnaire, answers: Answers) -> Verdict:
    """The verdict on these answers, without its argument."""
    model = model_of(questionnaire)
    return model.judge(model.read_facts(questionnaire, answers))[0]


def can_matter(questionnaire: Questionnaire, key: str) -> bool:
    """Whether an answer to this question can change a verdict: the rules read it, or ask a question because of it."""
    return model_of(questionnaire).is_read(questionnaire.by_key[key]) or any(
        condition.key == key for question in questionnaire.questions for condition in question.conditions
    )


def comparable_part(answer: Answer | None) -> object:
    """What two answers are compared by: the value, or that it does not apply, or what it is open between.

    "Not sure yet" says as much as no answer.
    """
    if answer is None:
        return None
    return answer.value, bool(answer.not_applicable), answer.between
