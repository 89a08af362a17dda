"""Goals as a drawing: a row for each, from before on the left to the target on the right, whatever their units."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assess.advice.goals import GoalLine, describe_goals
from assess.language import _, in_a_row

WIDTH: Final = 360
LEFT: Final = 10
RIGHT: Final = 350
#: Height of a line of text, of the track below a row's lines, and letters that fit into a line.
LINE: Final = 17
TRACK: Final = 34
LETTERS: Final = 46
#: Room on both sides for what is worse than before, and better than the target.
MARGIN: Final = 0.15


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalSign:
    """A ring is before, a dot now, a square the target."""

    kind: str
    x: float
    y: int = 0
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalRow:
    name_lines: tuple[tuple[str, int], ...]
    value_lines: tuple[tuple[str, int], ...]
    y: int
    middle: int
    marks: tuple[GoalSign, ...]
    line: tuple[float, float] | None
    bands: tuple[()] = ()
    threshold_x: None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalChart:
    """What `templates/charts/dumbbells.svg` draws."""

    title: str
    desc: str
    height: int
    rows: tuple[GoalRow, ...]
    key: tuple[GoalSign, ...]
    slug: str = "goals"
    width: int = WIDTH
    track_x: int = LEFT
    track_width: int = RIGHT - LEFT
    axis_y: int = 0
    ticks: tuple[()] = ()
    is_narrow: bool = True


def build_goal_chart(lines: Sequence[GoalLine]) -> GoalChart:
    """The chart of these goals, as wide as a phone."""

    def x_of(share: float) -> float:
        inside = min(max(share, -MARGIN), 1 + MARGIN)
        return round(LEFT + (RIGHT - LEFT) * (inside + MARGIN) / (1 + 2 * MARGIN), 1)

    rows, bottom = [], 0
    for goal in lines:
        names, values = textwrap.wrap(goal.figure.words, LETTERS), textwrap.wrap(goal.way_words, LETTERS)
        texts = [(text, bottom + 14 + LINE * index) for index, text in enumerate([*names, *values])]
        bottom += LINE * len(texts)
        now = (GoalSign(kind="dot", x=x_of(goal.share)),) if goal.now else ()
        rows.append(
            GoalRow(
                name_lines=tuple(texts[: len(names)]),
                value_lines=tuple(texts[len(names) :]),
                y=bottom + 2,
                middle=bottom + 11,
                marks=(GoalSign(kind="ring", x=x_of(0)), *now, GoalSign(kind="square", x=x_of(1))),
                line=(x_of(0), x_of(goal.share)) if goal.now else None,
            )
        )
        bottom += TRACK
    bottom += 8
    key = (("ring", _("Before")), ("dot", _("Now")), ("square", _("Target")))
    return GoalChart(
        title=describe_goals(lines),
        desc=in_a_row(_("{figure}: {way}").format(figure=goal.figure.words, way=goal.way_words) for goal in lines),
        height=bottom + 20,
        rows=tuple(rows),
        key=tuple(
            GoalSign(kind=kind, x=LEFT + 8 + 110 * index, y=bottom, name=name) for index, (kind, name) in enumerate(key)
        ),
    )
