"""Which published cases are most like given answers, and on what they agree and differ. No verdict depends on it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from assess.decision.cases import Case
from assess.decision.models import model_of
from assess.decision.signals import ACUTE, highest_level, level_of
from assess.language import _, ngettext
from assess.questionnaire.facade import PAIN_AXES, Answer, Answers, Question, Questionnaire, Value, is_asked

#: Fewer answers known of both say nothing about likeness.
FEWEST_SHARED: Final = 3
#: A shared answer counts as agreed from this closeness on, of 100.
AGREED: Final = 67
#: A case must be at least this close on the whole, of 100: one that differs more than it agrees is not like.
CLOSE_ENOUGH: Final = 50
#: So many times as many people, teams, services or deploys have nothing in common any more.
NOTHING_IN_COMMON: Final = 16
#: None at all is compared as though it were this much, since nothing is so many times as many as none.
LITTLE: Final = 0.1
#: Weights of a question: it may make a pain acute by itself or says what runs; it may change a verdict; it is context.
WEIGHTS: Final = (3, 2, 1)
#: What runs today, by family. Advice for a monolith says nothing to an estate of services, nor the reverse.
SHAPE: Final = "current_shape"
FAMILIES: Final[Mapping[str, str]] = {
    "monolith": "monolith",
    "modular_monolith": "monolith",
    "monolith_with_services": "monolith",
    "several_monoliths": "monolith",
    "services": "services",
}
#: Two shapes of one family differ by this much: they never count as agreed.
SAME_FAMILY: Final = 50
#: Every comparison starts with this weight of answers that differ, so that few shared answers cannot be very like.
DOUBT: Final = 6


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How a case is like given answers: the keys, in the questionnaire's order, on which both are known."""

    case: Case
    agreed: tuple[str, ...]
    differing: tuple[str, ...]
    rank: int  #: for the order only: closeness after doubt, 0 to 10,000; not for people
    compares_shape: bool  #: whether what runs today is known of both; it is then of one family

    @property
    def shared(self) -> int:
        return len(self.agreed) + len(self.differing)

    @property
    def sentence(self) -> str:
        """In words and whole numbers: "Agrees on 7 of 9 shared answers"; and whether what runs today was compared."""
        told = ngettext(
            "Agrees on {agreed} of {count} shared answer", "Agrees on {agreed} of {count} shared answers", self.shared
        ).format(agreed=len(self.agreed), count=self.shared)
        return told if self.compares_shape else _("{told}; how the system runs is not compared").format(told=told)


def similar_cases(
    questionnaire: Questionnaire, answers: Answers, cases: tuple[Case, ...], *, most: int = 3
) -> tuple[Likeness, ...]:
    """The cases most like these answers, the likest first, at most `most`; often fewer, and none where little is known.

    Compared is only what is known of both and asked under both. For each such answer:

    - closeness from 0 to 100. Options of a choice and numbers with a reading lie on the question's scale from calm to
      acute or from weak to strong: the closeness is what their distance leaves of the scale. Options without a reading
      are evenly spaced in their order. People, teams, services and deploys a week are compared by how many times as
      many: the same is 100, sixteen times as many is 0, four times as many is half way. Where several may be ticked,
      it is the part of all ticked ones that both ticked.
    - weight: 3 for what runs today and for a pain that can be acute by itself, 2 for any other answer that can change
      a verdict, 1 for the rest.

    Cases are ordered by the weighted closeness, as though answers of weight 6 (two acute pains, or three others) had
    been compared besides and differed altogether: four answers that all agree then come after nine that mostly do.
    Left out is a case with fewer than three shared answers, one whose closeness, without that doubt, is below half, and
    one whose shape is of another family: a monolith is never offered to an estate of services, nor the reverse. Shapes
    of one family are half way apart. Where either shape is not known, the likeness says that it was not compared.
    An answer counts as agreed from two thirds of closeness on. Nothing here is fitted to data: the weights, the
    doubt and the marks are our judgement.

    >>> [likeness.case.id for likeness in similar_cases(split_checklist, answers_of_greedygame, cases)][0]
    'greedygame-2017'
    """
    mine = [
        (question, value)
        for question in questionnaire.questions
        if (value := known_value(question, answers)) is not None and takes(question, value)
    ]
    weights = weigh_questions(questionnaire)
    compared = (compare_case(mine, case, weights) for case in cases if share_family(answers, case.answers))
    found = [likeness for likeness in compared if likeness is not None]
    found.sort(key=lambda likeness: (-likeness.rank, -likeness.shared, likeness.case.id))
    return tuple(found[: max(most, 0)])


def closeness(question: Question, one: Value, other: Value) -> int:
    """How close two answers to one question are, from 0 (opposite ends) to 100 (the same).

    >>> closeness(teams, 3, 3), closeness(teams, 2, 8), closeness(load_fit, "comfortable", "failing")
    (100, 50, 0)
    """
    if isinstance(one, tuple) and isinstance(other, tuple):
        either = set(one) | set(other)
        return 100 * len(set(one) & set(other)) // len(either) if either else 100
    if question.key == SHAPE:
        return 100 if one == other else SAME_FAMILY if families((one,)) == families((other,)) else 0
    if question.reads is not None:
        top = highest_level(question.reads)
        return 100 - 100 * abs(level_of(question, one) - level_of(question, other)) // top if top else 100
    if question.kind == "text":
        return 100 if one == other else 0
    if isinstance(one, str) or isinstance(other, str):
        places = [option.value for option in question.options]
        steps = abs(places.index(cast(str, one)) - places.index(cast(str, other)))
        return 100 - 100 * steps // max(len(places) - 1, 1)
    assert not isinstance(one, tuple)
    assert not isinstance(other, tuple)
    times = abs(math.log(max(one, LITTLE) / max(other, LITTLE), NOTHING_IN_COMMON))
    return 100 - round(100 * min(times, 1))


def share_family(one: Answers, other: Answers) -> bool:
    """Whether both may run alike: False only where each shape is known, at least by family, and the families differ."""
    mine, theirs = (families(possible_values(answers.get(SHAPE))) for answers in (one, other))
    return not mine or not theirs or bool(mine & theirs)


def possible_values(answer: Answer | None) -> tuple[Value, ...]:
    """What the answer may be; () where nothing is known."""
    if answer is None:
        return ()
    return answer.between if answer.value is None else (answer.value,)


def families(shapes: tuple[Value, ...]) -> frozenset[str]:
    """The families of these shapes; a shape that only another edition knows has none."""
    return frozenset(FAMILIES[shape] for shape in shapes if isinstance(shape, str) and shape in FAMILIES)


def compare_case(mine: list[tuple[Question, Value]], case: Case, weights: Mapping[str, int]) -> Likeness | None:
    """How the case is like these known answers; None where too few are shared, or more differs than agrees."""
    agreed: list[str] = []
    differing: list[str] = []
    total = weight_of_shared = 0
    for question, one in mine:
        other = known_value(question, case.answers)
        if other is None or not takes(question, other):
            continue
        close = closeness(question, one, other)
        (agreed if close >= AGREED else differing).append(question.key)
        total += weights[question.key] * close
        weight_of_shared += weights[question.key]
    if len(agreed) + len(differing) < FEWEST_SHARED or total < CLOSE_ENOUGH * weight_of_shared:
        return None
    return Likeness(
        case=case,
        agreed=tuple(agreed),
        differing=tuple(differing),
        rank=100 * total // (weight_of_shared + DOUBT),
        compares_shape=SHAPE in agreed or SHAPE in differing,
    )


def weigh_questions(questionnaire: Questionnaire) -> dict[str, int]:
    """The weight of each question in a comparison, by key: one of `WEIGHTS`."""
    strong, some, little = WEIGHTS
    is_read = model_of(questionnaire).is_read
    weights = {}
    for question in questionnaire.questions:
        reads = question.reads
        is_pain = reads is not None and reads.axis in PAIN_AXES and highest_level(reads) >= ACUTE
        weights[question.key] = strong if is_pain or question.key == SHAPE else some if is_read(question) else little
    return weights


def known_value(question: Question, answers: Answers) -> Value | None:
    """The answer's value; None where it is not known, or where the other answers make the question needless."""
    answer = answers.get(question.key)
    if answer is None or answer.value is None or not is_asked(question, answers):
        return None
    return answer.value


def takes(question: Question, value: Value) -> bool:
    """Whether the question takes the value: cases are coded by the built-in edition, and another may ask otherwise."""
    if isinstance(value, int | float):
        return question.kind == "number"
    if question.kind == "text":
        return False
    if question.kind != ("choice" if isinstance(value, str) else "several"):
        return False
    known = [option.value for option in question.options]
    return value in known if isinstance(value, str) else all(slug in known for slug in value)
