"""Where the marks of the charts go: numbers for the SVG templates in `templates/charts/`, which page and PDF share.

Decides: sizes and places. Does not decide: what is said (`build`) or how it is coloured. Colours are presentation
attributes in the templates, right on paper; a page's style sheet overrides them by class, because WeasyPrint reads the
attributes and not the classes. Every chart says its finding as its title, is right in greyscale, and has a table
beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assess.language import _
from assess.reports.data import ANSWER_STATES, AnswerSection, AnswerState, AxisGroup, Checklist

#: Units of the drawing; a chart is as wide as the column that it stands in.
WIDTH: Final = 640
LABEL: Final = 292  #: where bars begin
SCALE_END: Final = 552  #: where 100 is
ROW: Final = 30
CELL_GAP: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One axis. `x` and widths in drawing units; `band_width` is the part that is still open."""

    name: str
    value: str
    y: int
    x: int
    width: float
    band_x: float
    band_width: float
    is_known: bool

    @property
    def text_y(self) -> int:
        return self.y + 13


@dataclass(frozen=True, kw_only=True, slots=True)
class BarChart:
    slug: str
    title: str
    desc: str
    width: int
    height: int
    bars: tuple[Bar, ...]
    track_x: int
    track_width: int
    threshold_x: float | None
    threshold: int | None
    axis_y: int
    ticks: tuple[tuple[int, float], ...]  #: (value, x)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    number: int
    state: str
    x: float
    middle: float
    width: float
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StripChart:
    slug: str
    title: str
    desc: str
    width: int
    height: int
    cells: tuple[Cell, ...]


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
    y: int
    text_y: int
    segments: tuple[Segment, ...]
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatesChart:
    slug: str
    title: str
    desc: str
    width: int
    height: int
    rows: tuple[StateRow, ...]
    key: tuple[tuple[AnswerState, str, int], ...]  #: (state, words, x)
    key_y: int


def place(points: float) -> float:
    """Where a score from 0 to 100 lies on the scale.

    >>> place(50)
    422.0
    """
    return round(LABEL + (SCALE_END - LABEL) * points / 100, 1)


def axis_chart(group: AxisGroup) -> BarChart:
    """Bars with the known part solid and the open part as a light band; pains with their threshold."""
    bars = []
    for index, axis in enumerate(group.axes):
        start, end = place(axis.points), place(axis.high)
        bars.append(
            Bar(
                name=axis.name,
                value=axis.value,
                y=8 + index * ROW,
                x=LABEL,
                width=round(start - LABEL, 1),
                band_x=start,
                band_width=round(end - start, 1),
                is_known=axis.is_known,
            )
        )
    threshold = next((axis.threshold for axis in group.axes if axis.threshold is not None), None)
    bottom = 8 + len(bars) * ROW
    return BarChart(
        slug=group.slug,
        title=group.finding,
        desc=_axes_desc(group, threshold),
        width=WIDTH,
        height=bottom + 18,
        bars=tuple(bars),
        track_x=LABEL,
        track_width=SCALE_END - LABEL,
        threshold_x=None if threshold is None else place(threshold),
        threshold=threshold,
        axis_y=bottom,
        ticks=tuple((tick, place(tick)) for tick in (0, 50, 100)),
    )


def _axes_desc(group: AxisGroup, threshold: int | None) -> str:
    values = "; ".join(_("{name}: {value}").format(name=axis.name, value=axis.value) for axis in group.axes)
    if threshold is None:
        return _("Bars from 0 to 100. {values}.").format(values=values)
    return _("Bars from 0 to 100. {values}. A line marks {threshold}, from which a pain is acute.").format(
        values=values, threshold=threshold
    )


def checklist_chart(checklist: Checklist) -> StripChart:
    """One cell a question, each with a symbol and a word: never by colour alone."""
    count = max(len(checklist.lines), 1)
    width = (WIDTH - CELL_GAP * (count - 1)) / count
    cells = tuple(
        Cell(
            number=index + 1,
            state=line.state,
            x=round(index * (width + CELL_GAP), 1),
            middle=round(index * (width + CELL_GAP) + width / 2, 1),
            width=round(width, 1),
            words=line.state_words,
        )
        for index, line in enumerate(checklist.lines)
    )
    return StripChart(
        slug="checklist",
        title=checklist.finding,
        desc="; ".join(
            _("{number}: {sentence}: {state}").format(
                number=cell.number, sentence=line.sentence, state=line.state_words
            )
            for cell, line in zip(cells, checklist.lines, strict=True)
        ),
        width=WIDTH,
        height=44,
        cells=cells,
    )


def states_chart(sections: tuple[AnswerSection, ...], finding: str) -> StatesChart:
    """A row a section, as long as it has questions, cut by how they are answered."""
    longest = max((section.asked for section in sections), default=1) or 1
    unit = (SCALE_END - LABEL) / longest
    rows = []
    for index, section in enumerate(sections):
        segments, x = [], float(LABEL)
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
        y = 6 + index * 26
        rows.append(
            StateRow(
                name=section.title,
                y=y,
                text_y=y + 13,
                segments=tuple(segments),
                value=_("{count} of {of}").format(count=section.counts["known"], of=section.asked),
            )
        )
    bottom = 6 + len(rows) * 26
    return StatesChart(
        slug="answers",
        title=finding,
        desc="; ".join(
            _("{name}: {value}").format(name=section.title, value=states_words(section.counts)) for section in sections
        ),
        width=WIDTH,
        height=bottom + 26,
        rows=tuple(rows),
        key=tuple((state, words, 155 * index) for index, (state, words) in enumerate(ANSWER_STATES.items())),
        key_y=bottom + 8,
    )


def states_words(counts: Mapping[AnswerState, int]) -> str:
    """ "3 answered, 1 not sure yet"."""
    said = [
        _("{count} {state}").format(count=count, state=ANSWER_STATES[state]) for state, count in counts.items() if count
    ]
    return ", ".join(said) or _("nothing asked")
