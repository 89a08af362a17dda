"""Layout of the chart of one question's answers: numbers for the SVG template `charts/spread.svg`.

A table with the same content stands beside every chart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assess.assessments.consensus import ConsensusPoint, describe_spread
from assess.assessments.formatting import DOES_NOT_APPLY, NOT_SURE, format_answer
from assess.assessments.perspectives import NO_ROLE, NO_ROLE_SPEC, PERSPECTIVES, format_role_counts
from assess.language import _, in_a_row

#: Narrow, with the words above the marks, so that it can be read on a small screen.
WIDTH: Final = 360
ROW: Final = 38
FIRST_MARK: Final = 10
LAST_MARK: Final = 318
MARK_DISTANCE: Final = 18  #: from mark to mark, less where a row has many
LONGEST_LABEL: Final = 48


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One person's answer."""

    shape: str
    is_filled: bool
    x: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One value of the scale with a mark for each of the `n` people who gave it; `who` counts them by role."""

    label: str
    n: int
    who: str
    is_agreed: bool
    y: int
    marks: tuple[Mark, ...]

    @property
    def short(self) -> str:
        return self.label if len(self.label) <= LONGEST_LABEL else f"{self.label[: LONGEST_LABEL - 1]}…"

    @property
    def label_y(self) -> int:
        return self.y + 13

    @property
    def mark_y(self) -> int:
        return self.y + 26


@dataclass(frozen=True, kw_only=True, slots=True)
class SpreadChart:
    slug: str
    title: str
    desc: str
    width: int
    height: int
    rows: tuple[Row, ...]


def spread_chart(point: ConsensusPoint) -> SpreadChart:
    """A row for every value of the question's scale, for a number for every value that was given."""
    rows: list[Row] = []
    for label, by_role, is_agreed in list_values(point):
        rows.append(
            Row(
                label=label,
                n=sum(by_role.values()),
                who=format_role_counts(by_role),
                is_agreed=is_agreed,
                y=len(rows) * ROW,
                marks=build_marks(by_role),
            )
        )
    return SpreadChart(
        slug=point.question.key,
        title=_("{question} {finding}.").format(question=point.question.wording, finding=describe_spread(point.spread)),
        desc=_("{lines}.").format(
            lines=in_a_row(
                _("{answer}: {people}").format(answer=row.label, people=row.who or _("nobody")) for row in rows
            )
        ),
        width=WIDTH,
        height=len(rows) * ROW + 4,
        rows=tuple(rows),
    )


def build_legend(roles: set[str]) -> list[tuple[str, str, bool]]:
    """The legend for these perspectives: words, shape, whether it is filled."""
    return [(_(spec.plural), spec.mark, spec.is_filled) for role, spec in PERSPECTIVES.items() if role in roles]


def list_values(point: ConsensusPoint) -> list[tuple[str, Mapping[str, int], bool]]:
    """Label, how many by role, and whether it is what was agreed on."""
    question, spread = point.question, point.spread
    agreed = point.shared_row.as_answer() if point.is_agreed and point.shared_row else None
    value = agreed.value if agreed else None
    lines: list[tuple[str, Mapping[str, int], bool]]
    if question.kind in ("number", "text"):
        lines = [(line.words, line.by_perspective, line.value == value) for line in spread.given]
        if agreed and value is not None and not any(line[2] for line in lines):
            lines.append((format_answer(question, agreed), {}, True))
    elif question.kind == "choice":
        by_value = {line.value: line.by_perspective for line in spread.given}
        lines = [(option.label, by_value.get(option.value, {}), option.value == value) for option in question.options]
    else:
        lines = []
        for option in question.options:
            ticked: dict[str, int] = {}
            for line in spread.given:
                if isinstance(line.value, tuple) and option.value in line.value:
                    add_counts(ticked, line.by_perspective)
            lines.append((option.label, ticked, isinstance(value, tuple) and option.value in value))
        none: dict[str, int] = {}
        for line in spread.given:
            if line.value == ():
                add_counts(none, line.by_perspective)
        if none or value == ():
            lines.append((_("None of these"), none, value == ()))
    if spread.not_sure:
        lines.append((_(NOT_SURE), spread.not_sure_by, False))
    if spread.not_applicable or (agreed and agreed.not_applicable):
        lines.append((_(DOES_NOT_APPLY), spread.not_applicable_by, bool(agreed and agreed.not_applicable)))
    return lines


def add_counts(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for role, n in more.items():
        counts[role] = counts.get(role, 0) + n


def build_marks(by_role: Mapping[str, int]) -> tuple[Mark, ...]:
    """A mark for each person, side by side."""
    specs = {**PERSPECTIVES, NO_ROLE: NO_ROLE_SPEC}
    roles = [role for role in specs for _each in range(by_role.get(role, 0))]
    apart = min(MARK_DISTANCE, (LAST_MARK - FIRST_MARK) / max(len(roles) - 1, 1))
    return tuple(
        Mark(
            shape=specs[role].mark,
            is_filled=specs[role].is_filled,
            x=round(FIRST_MARK + index * apart, 1),
        )
        for index, role in enumerate(roles)
    )
