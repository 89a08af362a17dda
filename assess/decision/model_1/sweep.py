"""Which outcomes a questionnaire can lead to, and how often: the rules counted over everything that can be answered.

Decides nothing about any system. It serves two readers: the linter, which must know what no answers can reach, and
the published figures of the model (docs/model.md).

The rules read `Facts` and nothing else, so the grid is one of facts. Questions whose answers meet in a fact, or of
which one decides whether the other is asked, form a component; the states of a component are found by answering its
questions in every telling way. Components do not influence each other, so the grid is the product of their states:
every combination of facts that complete answers can give, numbers reduced to one on each side of every threshold.

The grid is too large to visit (more than 10^9 cells), so it is folded: partial combinations between which the rules can
no longer tell are merged and their counts added. What they can tell is asked of the rules' own functions, and a test
compares the folded counts with visiting every cell of smaller grids.

Pure: no clock, no randomness; the random sample takes its draws from the caller.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import cast

from assess.decision.model_1.facts import Facts, is_read, read_facts
from assess.decision.model_1.rules import (
    CHECKLIST_NOES,
    STRAINED,
    Judgement,
    checklist,
    failed_gates,
    judge,
    needs_part,
    one_team,
    organisation_blocks,
    part_blocks,
    strain,
    too_early,
)
from assess.decision.representatives import keep_questions, representative_values
from assess.questionnaire.facade import Answer, Question, Questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """Questions that act together, the facts they settle, and every combination of these that answers can give."""

    keys: tuple[str, ...]
    fields: tuple[str, ...]
    states: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All facts that complete answers to a questionnaire can give. `base` holds the facts that no question settles."""

    base: Facts
    components: tuple[Component, ...]

    @cached_property
    def cells(self) -> int:
        """How many combinations of facts there are."""
        return prod(len(component.states) for component in self.components)

    def values(self, field: str) -> frozenset[object]:
        """Every value that this fact can have.

        >>> sorted(build_grid(split_checklist).values("traced"))
        [False, True]
        """
        for component in self.components:
            if field in component.fields:
                place = component.fields.index(field)
                return frozenset(state[place] for state in component.states)
        return frozenset({getattr(self.base, field)})

    def restricted(self, **allowed: Collection[object]) -> "Grid":
        """The part of the grid in which each named fact has one of the allowed values.

        >>> build_grid(split_checklist).restricted(shape={"services"}).values("shape")
        frozenset({'services'})
        """
        return Grid(
            base=self.base,
            components=tuple(
                replace(
                    component,
                    states=tuple(
                        state
                        for state in component.states
                        if all(
                            value in allowed.get(field, (value,))
                            for field, value in zip(component.fields, state, strict=True)
                        )
                    ),
                )
                for component in self.components
            ),
        )


# --- the grid


def build_grid(questionnaire: Questionnaire) -> Grid:
    """The grid of this questionnaire. Any definition that loads has one, however odd."""
    triggers = {condition.key for question in questionnaire.questions for condition in question.asked_when}
    questions = [question for question in questionnaire.questions if is_read(question) or question.key in triggers]
    answers_of: dict[str, tuple[Answer, ...]] = {}
    settles: dict[str, set[str]] = {}
    for question in questions:
        called_by = question.asked_when[0].key if question.asked_when else ""
        alone = keep_questions(questionnaire, {question.key, called_by})
        answers_of[question.key] = representative_answers(alone, question, triggers)
        settles[question.key] = set(settles.get(called_by, ())) | {
            field
            for context in contexts_of(question)
            for field in find_differing_fields(
                read_facts(alone, context),
                (read_facts(alone, {**context, question.key: answer}) for answer in answers_of[question.key]),
            )
        }
    components = []
    for keys in group_connected_questions(questions, settles):
        fields = tuple(name for name in Facts._fields if any(name in settles[key] for key in keys))
        if fields:
            states = find_states(keep_questions(questionnaire, set(keys)), keys, fields, answers_of, triggers)
            components.append(Component(keys=keys, fields=fields, states=states))
    return Grid(base=read_facts(questionnaire, {}), components=tuple(components))


def contexts_of(question: Question) -> Iterator[dict[str, Answer]]:
    """Answers under which the question is asked: for a conditional one each that calls for it."""
    if not question.asked_when:
        yield {}
        return
    for condition in question.asked_when:
        for value in condition.any_of:
            yield {condition.key: Answer(value=value)}


def representative_answers(questionnaire: Questionnaire, question: Question, triggers: set[str]) -> tuple[Answer, ...]:
    """One answer of each kind that the facts tell apart; all of them where another question waits for the answer."""
    answers = [Answer(value=value) for value in representative_values(question)]
    if question.key in triggers:
        return tuple(answers)
    kinds: dict[tuple[Facts, ...], Answer] = {}
    for answer in answers:
        seen = tuple(
            cap_signs(read_facts(questionnaire, {**context, question.key: answer})) for context in contexts_of(question)
        )
        kinds.setdefault(seen, answer)
    return tuple(kinds.values())


def cap_signs(facts: Facts) -> Facts:
    """Signs weigh in up to `STRAINED`; more of them say nothing new."""
    return facts if facts.signs is None else facts._replace(signs=min(facts.signs, STRAINED))


def find_differing_fields(facts: Facts, others: Iterable[Facts]) -> set[str]:
    """The names of the facts in which any of the others differs."""
    return {name for other in others for name in Facts._fields if getattr(other, name) != getattr(facts, name)}


def group_connected_questions(questions: Sequence[Question], settles: Mapping[str, set[str]]) -> list[tuple[str, ...]]:
    """Keys of questions that settle a fact together or call for each other, in the questionnaire's order."""
    groups: list[tuple[list[str], set[str]]] = []
    for question in questions:
        keys, fields = [question.key], set(settles[question.key])
        apart = []
        for group in groups:
            together = group[1] & fields or any(condition.key in group[0] for condition in question.asked_when)
            if together:
                keys = group[0] + keys
                fields |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (keys, fields)]
    place = {question.key: n for n, question in enumerate(questions)}
    return [tuple(sorted(keys, key=place.__getitem__)) for keys, _ in groups]


def find_states(
    questionnaire: Questionnaire,
    keys: tuple[str, ...],
    fields: tuple[str, ...],
    answers_of: Mapping[str, tuple[Answer, ...]],
    triggers: set[str],
) -> tuple[tuple[object, ...], ...]:
    """What these facts can be, by answering the questions one after the other.

    Half-way, sets of answers that give equal facts so far and equal answers to the questions that call for others have
    the same future, so one of them is enough.
    """
    partial: list[dict[str, Answer]] = [{}]
    for key in keys:
        merged: dict[object, dict[str, Answer]] = {}
        for answers in partial:
            for answer in answers_of[key]:
                longer = {**answers, key: answer}
                facts = cap_signs(read_facts(questionnaire, longer))
                called = tuple(longer[name].value for name in keys if name in triggers and name in longer)
                merged.setdefault((facts, called), longer)
        partial = list(merged.values())
    found = {
        tuple(getattr(cap_signs(read_facts(questionnaire, answers)), field) for field in fields): None
        for answers in partial
    }
    return tuple(found)


# --- counting

#: Facts that only together say whether services are too many; folded first and in full.
_LANDSCAPE = frozenset({"shape", "signs", "shared_database", "services", "developers", "teams", "searching"})
#: Facts that only together say whether one part needs to go, or whether something inside would help.
_LOAD = frozenset({"hurts", "lock_in", "dominates", "painful_cost"})


def count_outcomes(grid: Grid) -> dict[Judgement, int]:
    """How many cells of the grid the rules judge in each way, the most frequent first. Exact; sums to `grid.cells`."""
    ordered = sorted(grid.components, key=fold_order)
    entries: dict[object, tuple[Facts, int]] = {grid.base: (grid.base, 1)}
    for n, component in enumerate(ordered):
        later = {field for following in ordered[n + 1 :] for field in following.fields}
        entries = fold_component(entries, component, later)
    counts: Counter[Judgement] = Counter()
    for facts, count in entries.values():
        counts[judge(facts)] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].rule, item[0].form)))


def fold_order(component: Component) -> int:
    """When to fold the component: the lower, the earlier."""
    fields = set(component.fields)
    if fields & _LANDSCAPE:
        return 0
    if fields & _LOAD:
        return 1
    # Conditions merge well, so they come before the facts that all stay apart.
    return 3 if fields & {"one_part", "bad_motives", "waiting", "boundary"} else 2


def fold_component(
    entries: Mapping[object, tuple[Facts, int]], component: Component, later: set[str]
) -> dict[object, tuple[Facts, int]]:
    """The entries, by what the rules can still tell apart, after adding every state of the component."""
    merged: dict[object, tuple[Facts, int]] = {}
    changes = [dict(zip(component.fields, state, strict=True)) for state in component.states]
    for facts, count in entries.values():
        for change in changes:
            longer = facts._replace(**change)  # type: ignore[arg-type]  # values read from these very fields
            told = distinguishable_part(longer, later)
            known = merged.get(told)
            merged[told] = (longer, count) if known is None else (known[0], known[1] + count)
    return merged


def distinguishable_part(facts: Facts, later: set[str]) -> object:
    """All that can still matter of these facts when only `later` ones are to come (those not known yet block nothing).

    Noes of the checklist and strain add up, so they are cut off where more changes nothing; blocks and gates are
    enough when there is one.
    """
    if later & _LANDSCAPE:
        return facts
    if facts.shape == "services":
        return "services", min(strain(facts), STRAINED)
    if facts.shape == "mixed" and strain(facts) >= STRAINED:
        return "strained"
    early, blocks = too_early(facts), set(organisation_blocks(facts))
    noes = sum(state is False for _, state in checklist(facts))
    load: object = (facts.hurts, facts.lock_in, facts.dominates, facts.painful_cost)
    if not later & _LOAD:
        load = needs_part(facts), bool(facts.hurts or facts.lock_in or facts.painful_cost)
    return (
        load,
        facts.one_part,
        facts.waiting,
        facts.boundary,
        facts.bad_motives,
        bool(part_blocks(facts)),
        one_team(facts),
        bool(early),
        bool(blocks - set(early) - {"checklist"}),
        min(noes, CHECKLIST_NOES + 1),
        bool(failed_gates(facts)),
    )


def sample_outcomes(questionnaire: Questionnaire, *, draw: Callable[[int], int], size: int) -> dict[Judgement, int]:
    """As `count_outcomes`, over `size` random sets of answers to every question, the most frequent first.

    Each question's telling values are equally likely. `draw(n)` gives a whole number from 0 to n - 1, such as
    `random.Random(1).randrange`.
    """
    choices = [
        (q.key, tuple(Answer(value=value) for value in representative_values(q))) for q in questionnaire.questions
    ]
    counts: Counter[Judgement] = Counter()
    for _ in range(size):
        answers = {key: values[draw(len(values))] for key, values in choices}
        counts[judge(read_facts(questionnaire, answers))] += 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].rule, item[0].form)))


def totals(counts: Mapping[Judgement, int], field: str) -> dict[str, int]:
    """Counts by one field of the judgement: `verdict`, `form` or `rule`; the most frequent first."""
    found: Counter[str] = Counter()
    for judgement, count in counts.items():
        found[cast(str, getattr(judgement, field))] += count
    return dict(found.most_common())
