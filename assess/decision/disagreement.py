"""How far apart people's answers are, what they come to together, and the verdict that each role alone would reach.

Decides: what several answers to one question come to, how many steps lie between them, and when that is an open point.
Nothing is averaged: where people differ, the question stays open between what they gave. Does not decide: who may see
whose answer, or what was agreed on (`assessments.agreements`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

from assess.decision.models import model_of
from assess.decision.result import Form, Result, Verdict
from assess.decision.signals import format_value
from assess.language import _, capitalised
from assess.questionnaire.facade import Answer, Answers, Question, Questionnaire, Value, count_known

#: From so many steps on a difference is an open point: neighbours on a scale may only read its words otherwise.
OPEN_FROM = 2
#: A number's way from comfortable to acute is cut into so many steps: 25 level points each where it leads to 100.
STEPS_TO_ACUTE = 4
#: Of a number without such a way, twice as much or more is two steps, anything less is one (our judgement).
TWICE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerSheet:
    """What one person answered, and from which perspective (a slug) they see the system."""

    perspective: str
    answers: Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """One value with how many gave it, in all and by perspective."""

    value: Value
    words: str
    n: int
    by_perspective: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """How far apart the answers to one question are. `n` people know; `given` is what they gave, lowest first.

    `steps` lie between the lowest and the highest; 0 exactly when all who know say the same.
    """

    key: str
    n: int
    not_sure: int
    not_applicable: int
    given: tuple[Given, ...]
    steps: int
    not_sure_by: Mapping[str, int]
    not_applicable_by: Mapping[str, int]

    @property
    def answered(self) -> int:
        """How many people answered, those who are not sure included."""
        return self.n + self.not_sure + self.not_applicable

    @property
    def lowest(self) -> str:
        """The lowest value in words, "" where nobody knows."""
        return self.given[0].words if self.given else ""

    @property
    def highest(self) -> str:
        """The highest value in words, "" where nobody knows."""
        return self.given[-1].words if self.given else ""

    @property
    def is_mixed(self) -> bool:
        """Whether some gave a value and others say that the question does not apply."""
        return bool(self.n and self.not_applicable)

    @property
    def is_open(self) -> bool:
        """Whether people should talk about it."""
        return self.steps >= OPEN_FROM or self.is_mixed

    @property
    def differs(self) -> bool:
        """Whether the answers differ at all."""
        return self.steps > 0 or self.is_mixed


def measure_spread(question: Question, sheets: Iterable[AnswerSheet]) -> Spread:
    """How far apart these people's answers to the question are; their order does not matter.

    >>> developer = AnswerSheet(perspective="developer", answers={"team_collisions": Answer(value="never")})
    >>> manager = AnswerSheet(perspective="manager", answers={"team_collisions": Answer(value="daily")})
    >>> measure_spread(team_collisions, [developer, manager]).steps
    3
    """
    by_value: dict[Value, Counter[str]] = {}
    not_sure: Counter[str] = Counter()
    not_applicable: Counter[str] = Counter()
    for sheet in sheets:
        answer = sheet.answers.get(question.key)
        if answer is None:
            continue
        if answer.value is not None:
            by_value.setdefault(answer.value, Counter())[sheet.perspective] += 1
        else:
            (not_applicable if answer.not_applicable else not_sure)[sheet.perspective] += 1
    values = sorted(by_value, key=lambda value: sort_key(question, value))
    return Spread(
        key=question.key,
        n=sum(count.total() for count in by_value.values()),
        not_sure=not_sure.total(),
        not_applicable=not_applicable.total(),
        given=tuple(
            Given(
                value=value,
                words=capitalised(format_value(question, value)),
                n=by_value[value].total(),
                by_perspective=dict(by_value[value]),
            )
            for value in values
        ),
        steps=steps_between(question, values),
        not_sure_by=dict(not_sure),
        not_applicable_by=dict(not_applicable),
    )


def steps_between(question: Question, values: Sequence[Value]) -> int:
    """The most steps between any two of these values; 0 for equal ones.

    Of a choice, how far its options are apart in their order (two options have nothing between them, so they are as
    far apart as can be: an open point). Of several, how many options two people tick differently. Of a number,
    quarters of the way from comfortable to acute, at least one; without such a way, two where one is twice the other.
    """
    return max((steps_between_two(question, one, other) for one, other in combinations(values, 2)), default=0)


def steps_between_two(question: Question, one: Value, other: Value) -> int:
    """The steps between two values; 0 for equal ones. See `steps_between`."""
    if one == other:
        return 0
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(set(one) ^ set(other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return steps_between_numbers(question, one, other)
    if question.kind == "text":
        return 1  # two names of one thing are no dispute
    order = [option.value for option in question.options]
    apart = abs(order.index(str(one)) - order.index(str(other)))
    return max(apart, OPEN_FROM) if len(order) == 2 else apart


def steps_between_numbers(question: Question, one: float, other: float) -> int:
    """The steps between two different numbers, at least 1. See `steps_between`."""
    low, high = sorted((one, other))
    reading = question.reads
    if reading is None or reading.comfortable is None or reading.acute is None:
        return OPEN_FROM if high >= TWICE * low else 1
    whole = reading.acute - reading.comfortable
    shares = [min(max((value - reading.comfortable) / whole, 0), 1) for value in (low, high)]
    return max(1, int(abs(shares[1] - shares[0]) * STEPS_TO_ACUTE + 1e-9))


def sort_key(question: Question, value: Value) -> tuple[float, ...]:
    """Where a value stands on the question's scale, for sorting: fewer ticks before more."""
    if isinstance(value, int | float):
        return (value,)
    if isinstance(value, str) and question.kind == "text":
        return tuple(map(ord, value))
    order = [option.value for option in question.options]
    if isinstance(value, tuple):
        return (len(value), *(order.index(slug) for slug in value))
    return (order.index(value),)


def combine_answers(answers: Iterable[Answer]) -> Answer:
    """What these answers of several people to one question come to, none of them agreed on.

    One value that all who know give counts; where they give several, the question is open between these. Where some
    say that it does not apply and others know an answer, it is not known. The order of people does not matter.

    >>> combine_answers([Answer(value="daily"), Answer(value="weekly"), Answer()]).between
    ('daily', 'weekly')
    """
    given = list(answers)
    values: list[Value] = []
    for answer in given:
        if answer.value is not None and answer.value not in values:
            values.append(answer.value)
    does_not_apply = [answer.not_applicable for answer in given if answer.not_applicable]
    if len(values) == 1 and not does_not_apply:
        bases = {answer.basis for answer in given if answer.value is not None}
        return Answer(value=values[0], basis=bases.pop() if len(bases) == 1 else None)
    if len(values) > 1 and not does_not_apply:
        return Answer(between=tuple(sorted(values, key=repr)))
    if does_not_apply and not values and len(does_not_apply) == len(given):
        return Answer(not_applicable=min(does_not_apply))
    return Answer()


def combine_sheets(sheets: Iterable[AnswerSheet]) -> dict[str, Answer]:
    """What these people's answers come to, by question."""
    by_key: dict[str, list[Answer]] = {}
    for sheet in sheets:
        for key, answer in sheet.answers.items():
            by_key.setdefault(key, []).append(answer)
    return {key: combine_answers(answers) for key, answers in by_key.items()}


def describe_between(question: Question, values: Iterable[Value]) -> str:
    """Values that people differ on, as a person reads them, lowest first: every one of ticks and texts, else both ends.

    >>> describe_between(teams, (5, 3))
    'between 3 teams and 5 teams'
    """
    ordered = [format_value(question, value) for value in sorted(values, key=lambda value: sort_key(question, value))]
    if question.kind in ("several", "text"):
        # They have no scale with ends. Each may have commas of its own, so "or" stands between any two.
        quoted = [_("“{text}”").format(text=text) for text in ordered]
        answers = reduce(lambda first, last: _("{first} or {last}").format(first=first, last=last), quoted)
        return _("between {answers}").format(answers=answers)
    return _("between {lowest} and {highest}").format(
        lowest=uncapitalised(ordered[0]), highest=uncapitalised(ordered[-1])
    )


# --- the verdict by role


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleVerdict:
    """What the answers of one perspective alone come to. `n` people answered, and `known` questions they know.

    `is_enough` when they know enough for a verdict to mean something: as many as the quick check asks, with a pain.
    """

    perspective: str
    n: int
    known: int
    is_enough: bool
    verdict: Verdict
    form: Form
    possible_verdicts: tuple[Verdict, ...]

    @property
    def others(self) -> tuple[Verdict, ...]:
        """The verdicts that are possible beside the one reached."""
        return tuple(verdict for verdict in self.possible_verdicts if verdict != self.verdict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RolesCompared:
    """Each perspective's verdict. `parted` are those that reach different ones, by answers to the questions in `on`."""

    roles: tuple[RoleVerdict, ...]
    parted: tuple[str, ...]
    on: tuple[str, ...]


def verdicts_by_role(
    questionnaire: Questionnaire,
    sheets: Iterable[AnswerSheet],
    judge: Callable[[Questionnaire, Answers], Result] | None = None,
) -> RolesCompared:
    """The verdict of each perspective alone, in the order of its name; its people's answers are combined as all are.

    `judge` is the model that judges, that of the questionnaire unless given; an old version keeps its own.
    """
    judge = judge or model_of(questionnaire).decide
    by_role: dict[str, list[AnswerSheet]] = {}
    for sheet in sheets:
        by_role.setdefault(sheet.perspective, []).append(sheet)
    combined = {role: combine_sheets(people) for role, people in sorted(by_role.items())}
    roles = tuple(judge_role(questionnaire, role, by_role[role], answers, judge) for role, answers in combined.items())
    enough = [role for role in roles if role.is_enough]
    parted = tuple(role.perspective for role in enough) if len({role.verdict for role in enough}) > 1 else ()
    on = tuple(
        question.key
        for question in questionnaire.questions
        if len({found for role in parted if (found := values_in_answer(combined[role].get(question.key)))}) > 1
    )
    return RolesCompared(roles=roles, parted=parted, on=on)


def judge_role(
    questionnaire: Questionnaire,
    perspective: str,
    people: Sequence[AnswerSheet],
    answers: Answers,
    judge: Callable[[Questionnaire, Answers], Result],
) -> RoleVerdict:
    """The verdict of one perspective, from what its people's answers come to."""
    result = judge(questionnaire, answers)
    known = count_known(questionnaire, answers)
    return RoleVerdict(
        perspective=perspective,
        n=sum(bool(sheet.answers) for sheet in people),
        known=known,
        is_enough=known > 0
        and bool(result.shown_verdict)
        and (result.firm or known >= len(questionnaire.quick_questions)),
        verdict=result.verdict,
        form=result.form,
        possible_verdicts=result.possible_verdicts,
    )


def values_in_answer(answer: Answer | None) -> tuple[Value, ...]:
    """What the answer may be: nothing, one value, or the several that it is open between."""
    if answer is None:
        return ()
    return answer.between if answer.value is None else (answer.value,)


def uncapitalised(text: str) -> str:
    """A label inside a sentence; one that begins with an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
