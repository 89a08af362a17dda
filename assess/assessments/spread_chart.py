"""Where the marks of a question's spread go: numbers for the SVG template `charts/spread.svg`.

Decides: sizes, places and the shape that stands for a perspective: told apart by form and filling, never by colour.
Does not decide: what is said. A table with the same content stands beside every chart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assess.assessments.models import Perspective
from assess.assessments.together import ROLE_NAMES, Point, finding_of, roles_in_words
from assess.assessments.words import DOES_NOT_APPLY, NOT_SURE, answer_in_words
from assess.language import _, in_a_row

#: Narrow, with the words above the marks, so that it can be read on a small screen.
WIDTH: Final = 360
ROW: Final = 38
FIRST_MARK: Final = 10
LAST_MARK: Final = 318
APART: Final = 18  #: from mark to mark, less where a row has many
LONGEST_LABEL: Final = 48

#: Around (0, 0), by perspective, and whether the shape is filled.
SHAPES: Final[Mapping[str, tuple[str, bool]]] = {
    Perspective.DEVELOPER: ("M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z", True),
    Perspective.OPERATIONS: ("M-5.5 -5.5h11v11h-11z", False),
    Perspective.MANAGER: ("M0 -6.5L6.5 5.5H-6.5z", True),
    Perspective.PRODUCT: ("M0 -7L7 0L0 7L-7 0z", False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One person's answer."""

    shape: str
    is_filled: bool
    x: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One value of the scale, with a mark for each who gave it. `n` of them, `who` by role in words."""

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


def spread_chart(point: Point) -> SpreadChart:
    """Every value of the question's scale with who gave it; of a number, the values given."""
    rows: list[Row] = []
    for label, by_role, is_agreed in _lines(point):
        rows.append(
            Row(
                label=label,
                n=sum(by_role.values()),
                who=roles_in_words(by_role),
                is_agreed=is_agreed,
                y=len(rows) * ROW,
                marks=_marks(by_role),
            )
        )
    return SpreadChart(
        slug=point.question.key,
        title=_("{question} {finding}.").format(question=point.question.wording, finding=finding_of(point.spread)),
        desc=_("{lines}.").format(
            lines=in_a_row(
                _("{answer}: {people}").format(answer=row.label, people=row.who or _("nobody")) for row in rows
            )
        ),
        width=WIDTH,
        height=len(rows) * ROW + 4,
        rows=tuple(rows),
    )


def key_to_shapes(roles: set[str]) -> list[tuple[str, str, bool]]:
    """The shapes of these perspectives: words, shape, whether it is filled."""
    return [(ROLE_NAMES[role], *SHAPES[role]) for role in Perspective.values if role in roles]


def _lines(point: Point) -> list[tuple[str, Mapping[str, int], bool]]:
    """Label, how many by role, and whether it is what was agreed on."""
    question, spread = point.question, point.spread
    agreed = point.common.as_answer() if point.is_agreed and point.common else None
    value = agreed.value if agreed else None
    lines: list[tuple[str, Mapping[str, int], bool]]
    if question.kind == "number":
        lines = [(line.words, line.by_perspective, line.value == value) for line in spread.given]
        if agreed and value is not None and not any(line[2] for line in lines):
            lines.append((answer_in_words(question, agreed), {}, True))
    elif question.kind == "choice":
        given = {line.value: line.by_perspective for line in spread.given}
        lines = [(option.label, given.get(option.value, {}), option.value == value) for option in question.options]
    else:
        lines = []
        for option in question.options:
            ticked: dict[str, int] = {}
            for line in spread.given:
                if isinstance(line.value, tuple) and option.value in line.value:
                    _add(ticked, line.by_perspective)
            lines.append((option.label, ticked, isinstance(value, tuple) and option.value in value))
        none: dict[str, int] = {}
        for line in spread.given:
            if line.value == ():
                _add(none, line.by_perspective)
        if none or value == ():
            lines.append((_("None of these"), none, value == ()))
    if spread.not_sure:
        lines.append((_(NOT_SURE), spread.not_sure_by, False))
    if spread.not_applicable or (agreed and agreed.not_applicable):
        lines.append((_(DOES_NOT_APPLY), spread.not_applicable_by, bool(agreed and agreed.not_applicable)))
    return lines


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for role, n in more.items():
        counts[role] = counts.get(role, 0) + n


def _marks(by_role: Mapping[str, int]) -> tuple[Mark, ...]:
    roles = [role for role in Perspective.values for _each in range(by_role.get(role, 0))]
    apart = min(APART, (LAST_MARK - FIRST_MARK) / max(len(roles) - 1, 1))
    return tuple(
        Mark(shape=SHAPES[role][0], is_filled=SHAPES[role][1], x=round(FIRST_MARK + index * apart, 1))
        for index, role in enumerate(roles)
    )


__all__ = ["SpreadChart", "key_to_shapes", "spread_chart"]
