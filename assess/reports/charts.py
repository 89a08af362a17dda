"""The charts: numbers for the SVG templates in `templates/charts/`, which pages and PDFs share.

A chart is one dataclass with one function that lays it out, a `…_figure` for documents, and its template. Decides:
sizes and positions. Does not decide: what is said (`content`) or colours: those are presentation attributes in the
templates, right on paper, which a page's style sheet overrides by class (WeasyPrint reads attributes, not classes).
Every chart has its finding as title, is readable in greyscale, and has a table beside it.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assess.language import _, in_a_row
from assess.reports.content.data import ANSWER_STATES, AnswerSection, AnswerState, ComparedAxis
from assess.reports.document import Figure

#: Units of the drawing; a chart is as wide as its column.
WIDTH: Final = 640
LABEL: Final = 292  #: where bars begin
SCALE_END: Final = 552  #: where 100 is
ROW: Final = 30
#: The same of the drawing for a small screen, where names and values stand above their bars; letters of such a name.
NARROW: Final = 340
NARROW_ROW: Final = 58
NARROW_ABOVE: Final = 34
NARROW_LETTERS: Final = 38
LONGEST_KEY: Final = 24  #: letters of a name beside its sign
#: Letters of a name before the bars and of a value behind them: more go into a second line.
NAME_LETTERS: Final = 42
VALUE_LETTERS: Final = 12
VERSIONS_LETTERS: Final = 20
LINE_LETTERS: Final = 52  #: of a name that has a line of its own on a small screen

#: Text with the height that it stands at.
Lines = tuple[tuple[str, int], ...]


def wrap_text(text: str, y: int, most: int) -> Lines:
    """The text at this height, or in two lines around it where it has more than so many letters.

    >>> wrap_text("Separability", 21, 42)
    (('Separability', 21),)
    """
    lines = textwrap.wrap(text, most, max_lines=2, placeholder="…") if len(text) > most else [text]
    return tuple((line, y + 14 * index - 7 * (len(lines) - 1)) for index, line in enumerate(lines))


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    state: AnswerState
    count: int
    x: float
    middle: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StateRow:
    name: str
    letters: int  #: of the name in one line
    name_y: int
    y: int
    text_y: int  #: of the numbers on the bar
    segments: tuple[Segment, ...]
    value: str

    @property
    def name_lines(self) -> Lines:
        return wrap_text(self.name, self.name_y, self.letters)

    @property
    def value_lines(self) -> Lines:
        return wrap_text(self.value, self.name_y, VALUE_LETTERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatesChart:
    slug: str
    title: str
    desc: str
    width: int
    height: int
    rows: tuple[StateRow, ...]
    key: tuple[tuple[AnswerState, str, int, int], ...]  #: (state, words, x, y)


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """The mark of a version: ring, dot, square or cross, distinct without colour."""

    kind: str
    x: float


@dataclass(frozen=True, kw_only=True, slots=True)
class KeySign:
    kind: str
    name: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DumbbellRow:
    """One axis; `line` joins its outermost marks."""

    name: str
    value: str
    name_y: int
    value_y: int
    y: int
    middle: int
    bands: tuple[Band, ...]
    marks: tuple[Sign, ...]
    line: tuple[float, float] | None
    threshold_x: float | None

    @property
    def name_lines(self) -> Lines:
        return wrap_text(self.name, self.name_y, NAME_LETTERS if self.value_y == self.name_y else LINE_LETTERS)

    @property
    def value_lines(self) -> Lines:
        # Where it stands below its name it has the whole width.
        return wrap_text(self.value, self.value_y, VERSIONS_LETTERS if self.value_y == self.name_y else NAME_LETTERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class DumbbellChart:
    slug: str
    title: str
    desc: str
    width: int
    height: int
    rows: tuple[DumbbellRow, ...]
    track_x: int
    track_width: int
    axis_y: int
    ticks: tuple[tuple[int, float], ...]
    key: tuple[KeySign, ...]
    is_narrow: bool


def states_figure(sections: tuple[AnswerSection, ...], finding: str) -> Figure:
    """The bars of answers by state, for both widths."""
    return Figure(
        template="states", chart=states_chart(sections, finding), narrow=states_chart(sections, finding, narrow=True)
    )


def states_chart(sections: tuple[AnswerSection, ...], finding: str, *, narrow: bool = False) -> StatesChart:
    """A row a section, as long as it has questions, cut by how they are answered. `narrow` is for a small screen."""
    longest = max((section.asked for section in sections), default=1) or 1
    left, right = (0, NARROW) if narrow else (LABEL, SCALE_END)
    top, row, keys, key_step = (NARROW_ABOVE, NARROW_ROW, 2, 170) if narrow else (6, 26, 4, 155)
    unit = (right - left) / longest
    rows = []
    for index, section in enumerate(sections):
        segments, x = [], float(left)
        for state, count in section.counts.items():
            if count:
                width = count * unit
                segments.append(
                    Segment(
                        state=state,
                        count=count,
                        x=round(x, 1),
                        middle=round(x + (width - 2) / 2, 1),
                        width=round(width - 2, 1),
                    )
                )
                x += width
        y = top + index * row
        rows.append(
            StateRow(
                name=section.title,
                letters=NARROW_LETTERS if narrow else NAME_LETTERS,
                name_y=y - 12 if narrow else y + 13,
                y=y,
                text_y=y + 13,
                segments=tuple(segments),
                value=_("{count} of {of}").format(count=section.counts["known"], of=section.asked),
            )
        )
    bottom = top + (len(rows) - 1) * row + 26
    return StatesChart(
        slug="answers",
        title=finding,
        desc=in_a_row(
            _("{name}: {value}").format(name=section.title, value=format_states(section.counts)) for section in sections
        ),
        width=NARROW if narrow else WIDTH,
        height=bottom + 6 + 20 * -(-len(ANSWER_STATES) // keys),
        rows=tuple(rows),
        key=tuple(
            (state, words, key_step * (index % keys), bottom + 8 + 20 * (index // keys))
            for index, (state, words) in enumerate(ANSWER_STATES.items())
        ),
    )


def dumbbells_figure(axes: Sequence[ComparedAxis], finding: str) -> Figure:
    """The scores of several versions, for both widths."""
    return Figure(
        template="dumbbells", chart=dumbbell_chart(axes, finding), narrow=dumbbell_chart(axes, finding, narrow=True)
    )


def dumbbell_chart(axes: Sequence[ComparedAxis], finding: str, *, narrow: bool = False) -> DumbbellChart:
    """A row an axis with a sign for each version where its score lies; a light band is what open answers leave open.

    `narrow` puts the words above the marks, so that it can be read on a small screen.
    """
    # Names and values of several versions are long: each has a line of its own, or room beside the marks.
    left, right, above = (8, 348, 44) if narrow else (LABEL, 490, 0)
    width, row_height = (360, 74) if narrow else (WIDTH, ROW)
    top = 0 if narrow else 4

    def x_position(points: float) -> float:
        return round(left + (right - left) * points / 100, 1)

    rows = []
    for number, axis in enumerate(axes):
        y = top + number * row_height + above
        lane = 10 / max(len(axis.marks), 1)
        known = [x_position(mark.points) for mark in axis.marks if mark.is_known]
        rows.append(
            DumbbellRow(
                name=axis.name,
                value=axis.in_short,
                name_y=y - 24 if narrow else y + 13,
                value_y=y - 5 if narrow else y + 13,
                y=y,
                middle=y + 9,
                bands=tuple(
                    Band(
                        x=x_position(mark.points),
                        width=round(x_position(mark.high) - x_position(mark.points), 1),
                        y=round(y + 4 + index * lane, 2),
                        height=round(lane, 2),
                    )
                    for index, mark in enumerate(axis.marks)
                    if mark.high > mark.points
                ),
                marks=tuple(Sign(kind=mark.kind, x=x_position(mark.points)) for mark in axis.marks if mark.is_known),
                line=(min(known), max(known)) if known else None,
                threshold_x=None if axis.threshold is None else x_position(axis.threshold),
            )
        )
    bottom = top + len(rows) * row_height
    keys, key_step = (2, 176) if narrow else (4, 155)
    names = [(mark.kind, mark.name) for mark in axes[0].marks] if axes else []
    return DumbbellChart(
        slug="dumbbells",
        title=finding,
        desc=_("From 0 to 100. {axes}.").format(
            axes=in_a_row(_("{name}: {value}").format(name=axis.name, value=axis.text) for axis in axes)
        ),
        is_narrow=narrow,
        width=width,
        height=bottom + 18 + 24 * -(-len(names) // keys),
        rows=tuple(rows),
        track_x=left,
        track_width=right - left,
        axis_y=bottom,
        ticks=tuple((tick, x_position(tick)) for tick in (0, 50, 100)),
        key=tuple(
            KeySign(
                kind=kind,
                name=name if len(name) <= LONGEST_KEY else f"{name[: LONGEST_KEY - 1]}…",
                x=8 + (index % keys) * key_step,
                y=bottom + 30 + 24 * (index // keys),
            )
            for index, (kind, name) in enumerate(names)
        ),
    )


def format_states(counts: Mapping[AnswerState, int]) -> str:
    """ "3 answered, 1 not sure yet"."""
    parts = [
        _("{count} {state}").format(count=count, state=ANSWER_STATES[state]) for state, count in counts.items() if count
    ]
    return ", ".join(parts) or _("nothing asked")
