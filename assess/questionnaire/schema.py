"""The questionnaire's shape once loaded: sections of questions, each with its options and how the decision reads it.

Plain frozen values, the same for the built-in edition and for an organisation's own. Nothing here judges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from assess.language import N_, Words

Kind = Literal["choice", "several", "number", "text"]
Basis = Literal["measured", "estimated", "guess"]
BASES: tuple[Basis, ...] = ("measured", "estimated", "guess")
BASIS_WORDS: Words[str] = Words({"measured": N_("Measured"), "estimated": N_("Estimated"), "guess": N_("A guess")})
#: The same within a sentence.
BASIS_INSIDE: Words[str] = Words({"measured": N_("measured"), "estimated": N_("estimated"), "guess": N_("a guess")})
#: The same where one word stands alone, as on a choice.
BASIS_CHIPS: Words[str] = Words({"measured": N_("Measured"), "estimated": N_("Estimated"), "guess": N_("Guess")})

#: The axes of the decision. The first two are pains; the last four are the capabilities of readiness.
PAIN_AXES = ("boundary", "deployable")
READINESS_AXES = ("devops", "tracing", "people", "business")
AXES = (*PAIN_AXES, "separability", *READINESS_AXES)

#: A value that a person can give: an option's slug or a text, a set of slugs in the questionnaire's order, a number.
Value = str | tuple[str, ...] | int | float


#: A form posts this for "none of these" where several may be ticked; no option may be called the same.
NONE_OF_THESE = "none_of_these"


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Holds when the answer to `key` is one of `any_of`."""

    key: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice. `means` anchors it: what it looks like in practice. Shown only when one of `shown_when` holds."""

    value: str
    label: str
    means: str
    shown_when: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How the decision reads an answer, as whole numbers from 0 (calm, or weak) to 100 (acute, or strong).

    `axis` is one of `AXES`, or one of the questionnaire's own. On a pain axis `signal` names the pain that the question
    speaks of; several questions of one signal count once, by their highest level. On the other axes `weight` is the
    question's share of the axis. A choice or a several has one level per option (several: the highest one ticked); a
    number runs in a straight line from level 0 at `comfortable` to `top` at `acute`.
    """

    axis: str
    signal: str
    weight: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)
    comfortable: float | None = None
    acute: float | None = None
    top: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question. `sources` are the documents (S0…S4) it comes from, or "ours" where it is our own judgement.

    `unit_one` is the unit of exactly one, where the file gives it. The question is asked only when one of `asked_when`
    holds; without any it is always asked. It is skipped when the answer that `skipped_unless` names is known and is not
    one of those it wants. `of_part` is its wording where the assessment is about one part. `unscored` says that nothing
    is meant to read it: it is asked, shown and exported, and there is no `reads` beside it. `always_applies` says that
    every system has an answer, so pages don't offer "does not apply".
    """

    key: str
    section: str
    kind: Kind
    wording: str
    hint: str
    why: str
    sources: tuple[str, ...]
    quick: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    unit_one: str = ""
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    asked_when: tuple[Condition, ...] = ()
    skipped_unless: Condition | None = None
    of_part: str = ""
    unscored: bool = False
    always_applies: bool = False
    reads: Reading | None = None

    @property
    def is_beside_verdict(self) -> bool:
        """Whether only a reader of the result takes note of it: it is unscored, or counts on an organisation's axis."""
        return self.unscored or (self.reads is not None and self.reads.axis not in AXES)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on other answers that decides whether this question is asked."""
        return (*self.asked_when, *((self.skipped_unless,) if self.skipped_unless else ()))

    def option(self, value: str) -> Option:
        """The option with this value. Raises KeyError for one the question does not have."""
        for option in self.options:
            if option.value == value:
                return option
        raise KeyError(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    slug: str
    title: str
    intro: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnAxis:
    """An axis that an organisation adds: its questions by weight, from 0 (weak) to 100 (strong), read by no rule.

    `means` says in a sentence what 100 stands for.
    """

    slug: str
    title: str
    means: str


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """A whole edition: `slug` and `version` name it; published editions never change.

    `model` is the version of the model that judges its answers. `own_axes` come beside those of the model.
    """

    slug: str
    version: int
    model: int = 1
    title: str
    language: str
    summary: str
    own_axes: tuple[OwnAxis, ...] = ()
    sections: tuple[Section, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order they are asked."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """The slugs of all axes: those of the model, then its own."""
        return (*AXES, *(axis.slug for axis in self.own_axes))

    @cached_property
    def quick_questions(self) -> tuple[Question, ...]:
        """The quick check: the questions marked `quick`, in order."""
        return tuple(question for question in self.questions if question.quick)

    @cached_property
    def about_one_part(self) -> "Questionnaire":
        """The same with each question in its wording for one part."""
        sections = (
            replace(
                section,
                questions=tuple(replace(each, wording=each.of_part or each.wording) for each in section.questions),
            )
            for section in self.sections
        )
        return replace(self, sections=tuple(sections))

    def section(self, slug: str) -> Section:
        """The section of this slug. Raises KeyError when there is none."""
        for section in self.sections:
            if section.slug == slug:
                return section
        raise KeyError(slug)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer as a person gave it.

    Exactly one of three holds: `value` is set (known), `not_applicable` gives the reason why the question does not
    apply, or neither (not sure yet: the person saw the question and does not know; `who_knows` may name somebody who
    would).
    Where several people answered differently and have not agreed, it is not known either, and `between` holds the two
    or more values that they gave: the answer is one of these.
    """

    value: Value | None = None
    basis: Basis | None = None
    note: str = ""
    link: str = ""
    not_applicable: str = ""
    who_knows: str = ""
    between: tuple[Value, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.value is not None


#: Answers by question key. A key that is absent was not answered, which the decision reads as "not known".
Answers = Mapping[str, Answer]
