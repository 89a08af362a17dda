"""What would change the verdict: every single answer, and every pair of answers of which neither alone does it.

By exhaustion over `changes_of`; of the changes of one question that lead to one outcome the nearest is listed. What the
system is (`FRAME`) is no change. Verdicts depend on answers only through the facts, so pairs are tried on facts:
changes that give the same facts are tried once, and named by the nearest of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from assess.decision.changes import Change, Kind, changes_of, one_step_changes
from assess.decision.models import Model, Outcome, model_of
from assess.decision.result import Form, Verdict
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, is_asked

#: Up to so many questions that the rules read, all pairs are tried; the shipped questionnaire has fewer.
MOST_READ = 50
#: What is decided on, rather than something that changes.
FRAME = frozenset({"scope", "current_shape"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """A smallest set of one or two changes after which the verdict, or its form, is another."""

    changes: tuple[Change, ...]
    verdict: Verdict
    form: Form

    @property
    def steps(self) -> int:
        """How far away the flip is: the steps of its changes together."""
        return sum(change.steps for change in self.changes)

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Flips:
    """What changes the verdict, and the single answers that change its form alone; each list nearest first."""

    of_verdict: tuple[Flip, ...]
    of_form: tuple[Flip, ...]


def tries_pairs(questionnaire: Questionnaire) -> bool:
    """Whether pairs are tried: with many questions that rules read, their number would freeze whoever waits for it."""
    is_read = model_of(questionnaire).is_read
    return sum(is_read(question) for question in questionnaire.questions) <= MOST_READ


def find_flips(questionnaire: Questionnaire, answers: Answers) -> tuple[Flip, ...]:
    """Every smallest set of changes that gives another verdict, singles before pairs, the most plausible first.

    One a question (or pair of questions) and verdict, with the nearest values. Some tens of milliseconds.
    """
    return find_all_flips(questionnaire, answers).of_verdict


def find_all_flips(questionnaire: Questionnaire, answers: Answers) -> Flips:
    """As `find_flips`, with the single changes that give the same verdict in another form."""
    search = FlipSearch(questionnaire, answers)
    singles, forms, quiet = search.singles()
    pairs = search.pairs(quiet) if tries_pairs(questionnaire) else []
    order = {question.key: index for index, question in enumerate(questionnaire.questions)}

    def plausibility(flip: Flip) -> tuple[int, tuple[int, ...]]:
        return flip.steps, tuple(order[change.key] for change in flip.changes)

    return Flips(
        of_verdict=(*sorted(singles, key=plausibility), *sorted(pairs, key=plausibility)),
        of_form=tuple(sorted(forms, key=plausibility)),
    )


class FlipSearch:
    """The search for flips of one set of answers, by trying changes."""

    def __init__(self, questionnaire: Questionnaire, answers: Answers) -> None:
        self.questionnaire = questionnaire
        self.answers = answers
        self.model: Model = model_of(questionnaire)
        self.base = self.model.read_facts(questionnaire, answers)
        self.outcome: Outcome = self.model.judge(self.base)
        self.groups: dict[str, str] = {q.key: self.model.group_of(q) for q in questionnaire.questions}
        self.touched = {q.key: self.groups_touched(q.key) for q in questionnaire.questions}

    def after(self, *changes: Change) -> tuple[Any, ...]:
        """The facts after these changes."""
        changed = {change.key: Answer(value=change.after) for change in changes}
        return self.model.read_facts(self.questionnaire, {**self.answers, **changed})

    def singles(self) -> tuple[list[Flip], list[Flip], dict[str, dict[Change, tuple[Any, ...]]]]:
        """Flips of the verdict, of the form alone, and the changes that do neither, with the facts each gives."""
        flips: dict[tuple[str, Verdict], Flip] = {}
        forms: dict[tuple[str, Form], Flip] = {}
        quiet: dict[str, dict[Change, tuple[Any, ...]]] = {}
        alone = [key for key, group in self.groups.items() if [*self.groups.values()].count(group) == 1]
        for question in self.questionnaire.questions:
            if question.key in FRAME or not self.model.is_read(question) or not is_asked(question, self.answers):
                continue
            seen: set[tuple[Any, ...]] = set()
            for change in changes_of(question, self.answers):
                facts = self.after(change)
                verdict, form = self.model.judge(facts)
                flip = Flip(changes=(change,), verdict=verdict, form=form)
                if verdict != self.outcome[0]:
                    flips.setdefault((change.key, verdict), flip)
                    continue
                if form != self.outcome[1]:
                    forms.setdefault((change.key, form), flip)
                # A question that settles its facts alone has no effect beyond them.
                if question.key in alone and not self.leads_on(question):
                    if facts == self.base or facts in seen:
                        continue
                    seen.add(facts)
                quiet.setdefault(change.key, {})[change] = facts
        return [*flips.values()], [*forms.values()], quiet

    def leads_on(self, question: Question) -> bool:
        """Whether another question is asked because of this one's answer."""
        return any(
            condition.key == question.key for other in self.questionnaire.questions for condition in other.conditions
        )

    def pairs(self, quiet: Mapping[str, Mapping[Change, tuple[Any, ...]]]) -> list[Flip]:
        """Pairs of changes that only together give another verdict."""
        differences = {
            key: [(change, self.difference(facts)) for change, facts in changes.items()]
            for key, changes in quiet.items()
        }
        found: dict[tuple[str, str, Verdict], Flip] = {}
        judged: dict[tuple[Any, ...], Outcome] = {}
        for first, second in combinations(differences, 2):
            entangled = self.entangled(first, second)
            for change, one in differences[first]:
                for other, two in self.seconds(change, second) if entangled else differences[second]:
                    if entangled:
                        facts = self.after(change, other)
                    else:
                        parts = list(self.base)
                        for place, value in (*one, *two):
                            parts[place] = value
                        facts = self.model.build_facts(parts)
                    outcome = judged.get(facts)
                    if outcome is None:
                        outcome = judged[facts] = self.model.judge(facts)
                    if outcome[0] != self.outcome[0]:
                        flip = Flip(changes=(change, other), verdict=outcome[0], form=outcome[1])
                        known = found.get((first, second, outcome[0]))
                        if known is None or flip.steps < known.steps:
                            found[first, second, outcome[0]] = flip
        return [*found.values()]

    def difference(self, facts: tuple[Any, ...]) -> tuple[tuple[int, Any], ...]:
        """The facts that differ from those of the answers as they are, each with its position."""
        return tuple((n, new) for n, (old, new) in enumerate(zip(self.base, facts, strict=True)) if old != new)

    def groups_touched(self, key: str) -> set[str]:
        """The groups whose facts this answer settles: its own, and those of questions that are asked because of it."""
        found, waiting = {key}, [key]
        while waiting:
            now = waiting.pop()
            for question in self.questionnaire.questions:
                leads_here = any(condition.key == now for condition in question.conditions)
                if leads_here and question.key not in found and self.model.is_read(question):
                    found.add(question.key)
                    waiting.append(question.key)
        return {self.groups[one] for one in found}

    def entangled(self, first: str, second: str) -> bool:
        """Whether what the one answer does depends on the other: both touch one group."""
        return bool(self.touched[first] & self.touched[second])

    def seconds(self, change: Change, key: str) -> Iterable[tuple[Change, tuple[()]]]:
        """The changes of one question that, after another change, are worth trying and alone change nothing."""
        changed = {**self.answers, change.key: Answer(value=change.after)}
        for other in changes_of(self.questionnaire.by_key[key], changed):
            if self.model.judge(self.after(other))[0] == self.outcome[0]:
                yield other, ()


def measure_robustness(questionnaire: Questionnaire, answers: Answers) -> Robustness:
    """How many one-step changes of known answers the verdict survives: of all but the frame and what is beside the
    verdict. A count, never a percentage: steps are not equally likely."""
    model = model_of(questionnaire)
    verdict = model.judge(model.read_facts(questionnaire, answers))[0]
    tried, breaks = 0, []
    for question in questionnaire.questions:
        if (
            question.key in FRAME
            or question.kind == "text"
            or question.is_beside_verdict
            or not is_asked(question, answers)
        ):
            continue
        for change in one_step_changes(question, answers):
            tried += 1
            if not model.is_read(question):
                continue
            changed = {**answers, change.key: Answer(value=change.after)}
            outcome = model.judge(model.read_facts(questionnaire, changed))
            if outcome[0] != verdict:
                breaks.append(Flip(changes=(change,), verdict=outcome[0], form=outcome[1]))
    return Robustness(holds=tried - len(breaks), of=tried, breaks_on=tuple(breaks))
