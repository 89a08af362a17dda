"""Bars from 0 to 100: pains against the threshold, and how ready the system is for services."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assess.decision.facade import ACUTE, Result, Verdict, format_value, level_range, name_of_axis, subject
from assess.language import _, capitalised, in_a_row, ngettext, number_word
from assess.questionnaire.facade import PAIN_AXES, READINESS_AXES, Answers, Questionnaire, is_asked

#: What cures the pains of each axis.
CURES: Final[dict[str, Verdict]] = {"boundary": "modular", "deployable": "extract"}
#: So many rows of a group are drawn on paper; the others are counted.
MOST_ROWS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One row of a chart, for `charts/bar.svg`: solid to `low`, stripes from there to `high` for what is open."""

    low: int
    high: int
    threshold: int | None = None

    @property
    def is_acute(self) -> bool:
        """Whether the known part reaches the threshold; always where there is none."""
        return self.low >= (self.threshold or 0)

    @property
    def is_open(self) -> bool:
        return self.high > self.low

    @property
    def text(self) -> str:
        """ "70", or "0–55" while something is open."""
        return _("{low}–{high}").format(low=self.low, high=self.high) if self.is_open else str(self.low)


# --- pains


@dataclass(frozen=True, kw_only=True, slots=True)
class PainRow:
    """One question about a pain: what it is about, the answer in words, and its level as a bar."""

    key: str
    label: str
    answer: str  #: "not answered" where it is open
    bar: Bar
    is_known: bool

    @property
    def is_acute(self) -> bool:
        return self.is_known and self.bar.is_acute


@dataclass(frozen=True, kw_only=True, slots=True)
class PainGroup:
    """The pains with the same cure, the worst first; `score` is the model's own for all of them together."""

    axis: str
    title: str
    verdict: Verdict
    score: Bar
    rows: tuple[PainRow, ...]

    @property
    def first_rows(self) -> tuple[PainRow, ...]:
        """The rows that paper has room for."""
        return self.rows[:MOST_ROWS]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pains:
    """Pains against the threshold, for `charts/pains.html`; the group that the verdict cures comes first."""

    groups: tuple[PainGroup, ...]
    threshold: int

    @property
    def rows(self) -> tuple[PainRow, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def acute(self) -> int:
        """How many are known to be acute."""
        return sum(row.is_acute for row in self.rows)

    @property
    def apart(self) -> int:
        """How many of the acute only a separate deployable cures."""
        return sum(row.is_acute for group in self.groups if group.axis == "deployable" for row in group.rows)

    @property
    def unanswered(self) -> int:
        return sum(not row.is_known for row in self.rows)

    @property
    def left_out(self) -> int:
        """How many rows paper leaves out."""
        return sum(len(group.rows) - len(group.first_rows) for group in self.groups)

    @property
    def finding(self) -> str:
        if self.acute == 0:
            if not self.unanswered:
                return _("No pain is acute")
            return ngettext(
                "No known pain is acute; {count} is not answered",
                "No known pain is acute; {count} are not answered",
                self.unanswered,
            ).format(count=number_word(self.unanswered))
        if self.apart == 0:
            pattern = ngettext(
                "One pain is acute; a module boundary cures it",
                "{count} pains are acute; module boundaries cure them all",
                self.acute,
            )
        elif self.apart == self.acute:
            pattern = ngettext(
                "One pain is acute; no module boundary can cure it",
                "{count} pains are acute; no module boundary can cure them",
                self.acute,
            )
        else:
            pattern = _("{count} pains are acute; {apart} of them no module boundary can cure")
        return pattern.format(count=capitalised(number_word(self.acute)), apart=number_word(self.apart))


def build_pains(questionnaire: Questionnaire, answers: Answers, result: Result) -> Pains:
    """The pains of this result, those that are asked."""
    axes = sorted(PAIN_AXES, key=lambda axis: CURES[axis] != result.verdict)
    rows = {axis: tuple(pain_rows(questionnaire, answers, axis)) for axis in axes}
    return Pains(
        groups=tuple(
            PainGroup(
                axis=axis,
                title=name_of_axis(result.scores[axis]),
                verdict=CURES[axis],
                score=Bar(low=result.scores[axis].points, high=result.scores[axis].high, threshold=ACUTE),
                rows=rows[axis],
            )
            for axis in axes
            if rows[axis]
        ),
        threshold=ACUTE,
    )


def pain_rows(questionnaire: Questionnaire, answers: Answers, axis: str) -> Iterator[PainRow]:
    """The known pains, the worst first, then those that are open; what is not asked or does not apply is no pain."""
    known: list[PainRow] = []
    unknown: list[PainRow] = []
    for question in questionnaire.questions:
        answer = answers.get(question.key)
        if question.reads is None or question.reads.axis != axis or not is_asked(question, answers):
            continue
        if answer is not None and answer.not_applicable:
            continue
        low, high = level_range(question, answer)
        if answer is not None and answer.value is not None:
            words = format_value(question, answer.value)
        else:
            words = _("people differ") if answer is not None and answer.between else _("not answered")
        row = PainRow(
            key=question.key,
            label=subject(question),
            answer=words,
            bar=Bar(low=low, high=high, threshold=ACUTE),
            is_known=answer is not None and answer.value is not None,
        )
        (known if row.is_known else unknown).append(row)
    yield from sorted(known, key=lambda row: -row.bar.low)
    yield from unknown


# --- readiness


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """One score without a threshold: more is better."""

    axis: str
    name: str
    bar: Bar
    is_known: bool

    @property
    def text(self) -> str:
        return self.bar.text if self.is_known else _("not known")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scales:
    """Readiness and separability, for `charts/scales.html`."""

    rows: tuple[Scale, ...]

    @property
    def finding(self) -> str:
        """All values in words, for a reader who sees no bars."""
        return in_a_row(_("{name}: {value}").format(name=row.name, value=row.text) for row in self.rows)


def build_scales(result: Result) -> Scales:
    """Whether a part can be cut out, and the four capabilities, in the order of the model."""
    scores = [result.scores[axis] for axis in ("separability", *READINESS_AXES) if axis in result.scores]
    return Scales(
        rows=tuple(
            Scale(
                axis=score.axis,
                name=name_of_axis(score),
                bar=Bar(low=score.points, high=score.high),
                is_known=bool(score.contributions) or score.high == score.points,
            )
            for score in scores
        )
    )
