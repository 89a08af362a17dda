"""What would change the verdict: every single answer, and every pair of answers of which neither alone does it.

By exhaustion over `changes_of`. Verdicts depend on answers only through the facts, so pairs are tried on facts: changes
that give the same facts are tried once, and named by the nearest of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from assess.decision.changes import Change, Kind, changes_of, one_step_changes
from assess.decision.facts import DOMINANT, PAINFUL, Facts, is_read, read_facts
from assess.decision.result import Verdict
from assess.decision.rules import judge
from assess.decision.signals import ACUTE, level_of
from assess.questionnaire.facade import PAIN_AXES, Answer, Answers, Question, Questionnaire, Value, is_asked

#: Up to so many questions that the rules read, all pairs are tried; the shipped questionnaire has half as many.
MOST_READ = 50
#: What is decided on, rather than something that changes: such flips are listed last.
FRAME = frozenset({"scope", "current_shape"})
#: Answers that decide whether others are asked, or whose thresholds depend on each other.
_ENTANGLED = frozenset({"services", "developers", "teams"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """A smallest set of one or two changes after which the verdict is another."""

    changes: tuple[Change, ...]
    verdict: Verdict

    @property
    def kind(self) -> Kind:
        """What it takes: a pair is only as near as its farther half, to learn before to work before to happen."""
        kinds = {change.kind for change in self.changes}
        return "happen" if "happen" in kinds else "work" if "work" in kinds else "learn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Robustness:
    """Under how many one-step changes of known answers the verdict holds, and the changes on which it breaks."""

    holds: int
    of: int
    breaks_on: tuple[Flip, ...]


def tries_pairs(questionnaire: Questionnaire) -> bool:
    """Whether pairs are tried: with many questions that rules read, their number would freeze whoever waits for it."""
    return sum(is_read(question) for question in questionnaire.questions) <= MOST_READ


def find_flips(questionnaire: Questionnaire, answers: Answers) -> tuple[Flip, ...]:
    """Every minimal flip, singles before pairs, each group by how plausible: what the system is comes last, then fewer
    steps come first.

    Of single changes all are listed. Of pairs, those of the same two questions that come to the same facts are one.
    """
    base = read_facts(questionnaire, answers)
    verdict = judge(base).verdict
    order = {question.key: index for index, question in enumerate(questionnaire.questions)}
    singles: list[Flip] = []
    quiet: dict[str, dict[object, Change]] = {}
    for question in questionnaire.questions:
        if not is_read(question) or not is_asked(question, answers):
            continue
        answer = answers.get(question.key)
        unchanged = _effect(question, answer.value if answer else None, base)
        for change in changes_of(question, answers):
            facts = _after(questionnaire, answers, change)
            outcome, effect = judge(facts).verdict, _effect(question, change.after, facts)
            if outcome != verdict:
                singles.append(Flip(changes=(change,), verdict=outcome))
            elif effect != unchanged:
                quiet.setdefault(change.key, {}).setdefault(effect, change)
    pairs: list[Flip] = []
    if tries_pairs(questionnaire):
        pairs = _pairs(questionnaire, answers, base, verdict, {key: [*found.values()] for key, found in quiet.items()})

    def plausibility(flip: Flip) -> tuple[int, int, tuple[int, ...]]:
        keys = [change.key for change in flip.changes]
        steps = sum(change.steps for change in flip.changes)
        return sum(key in FRAME for key in keys), steps, tuple(order[key] for key in keys)

    return (*sorted(singles, key=plausibility), *sorted(pairs, key=plausibility))


def _effect(question: Question, value: Value | None, facts: Facts) -> tuple[object, ...]:
    """What an answer does to the facts, told by the facts and, where another question may hide it, by its level."""
    reading = question.reads
    if reading is None or value is None or reading.axis not in PAIN_AXES:
        return (facts,)
    level = level_of(question, value)
    return (facts, *(level >= threshold for threshold in (PAINFUL, DOMINANT, ACUTE)))


def _pairs(
    questionnaire: Questionnaire,
    answers: Answers,
    base: Facts,
    verdict: Verdict,
    quiet: Mapping[str, list[Change]],
) -> list[Flip]:
    """Pairs of changes that only together give another verdict."""
    differences = {
        change: _difference(base, _after(questionnaire, answers, change))
        for changes in quiet.values()
        for change in changes
    }
    found = []
    for first, second in combinations(quiet, 2):
        entangled = _entangled(questionnaire, first, second)
        for change in quiet[first]:
            others = _seconds(questionnaire, answers, change, second, verdict) if entangled else quiet[second]
            for other in others:
                if entangled:
                    facts = _after(questionnaire, answers, change, other)
                else:
                    facts = base._replace(**differences[change], **differences[other])
                outcome = judge(facts).verdict
                if outcome != verdict:
                    found.append(Flip(changes=(change, other), verdict=outcome))
    return found


def _entangled(questionnaire: Questionnaire, first: str, second: str) -> bool:
    """Whether what the one answer does depends on the other: a shared pain, a condition, or linked thresholds."""
    if first in _ENTANGLED and second in _ENTANGLED:
        return True
    one, two = questionnaire.by_key[first], questionnaire.by_key[second]
    if any(question.asked_when and question.asked_when.key in (first, second) for question in (one, two)):
        return True
    if one.reads is None or two.reads is None or one.reads.axis != two.reads.axis:
        return False
    return one.reads.axis == "boundary" or one.reads.signal == two.reads.signal


def _seconds(
    questionnaire: Questionnaire, answers: Answers, change: Change, key: str, verdict: Verdict
) -> list[Change]:
    """The changes of one question that, after another change, are worth trying and alone change nothing."""
    changed = {**answers, change.key: Answer(value=change.after)}
    return [
        other
        for other in changes_of(questionnaire.by_key[key], changed)
        if judge(_after(questionnaire, answers, other)).verdict == verdict
    ]


def _after(questionnaire: Questionnaire, answers: Answers, *changes: Change) -> Facts:
    return read_facts(questionnaire, {**answers, **{c.key: Answer(value=c.after) for c in changes}})


def _difference(base: Facts, facts: Facts) -> dict[str, Any]:
    return {name: after for name, before, after in zip(Facts._fields, base, facts, strict=True) if before != after}


def measure_robustness(questionnaire: Questionnaire, answers: Answers) -> Robustness:
    """Try every one-step change of every known answer. A count, never a percentage: steps are not equally likely."""
    verdict = judge(read_facts(questionnaire, answers)).verdict
    tried, breaks = 0, []
    for question in questionnaire.questions:
        if not is_asked(question, answers):
            continue
        for change in one_step_changes(question, answers):
            tried += 1
            outcome = judge(_after(questionnaire, answers, change)).verdict if is_read(question) else verdict
            if outcome != verdict:
                breaks.append(Flip(changes=(change,), verdict=outcome))
    return Robustness(holds=tried - len(breaks), of=tried, breaks_on=tuple(breaks))
