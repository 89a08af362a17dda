"""Need against readiness as marks on a square: numbers for `templates/charts/scatter.svg`, which page and PDF share.

Decides: which systems are drawn and where. The table says the same of every system, so the chart may leave some out,
and says so.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from assess.decision.facade import VERDICTS
from assess.language import _, ngettext, number
from assess.portfolio.filters import DEFAULT_ORDER, ORDERS
from assess.portfolio.lists import Search
from assess.portfolio.words import OF_VERDICT, of_systems

#: More marks cover each other and take longer to draw than to read.
MOST: Final = 300
#: The plot without its key, which stands beside it: narrow enough to be read on a telephone.
LEFT: Final = 36
TOP: Final = 32
SIDE: Final = 400  #: of the square on which both go from 0 to 100, drawn wider than high
HEIGHT: Final = 300
WIDTH: Final = LEFT + SIDE + 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """All systems of one verdict at one place. `size` grows with their number."""

    verdict: str
    number: int
    x: float
    y: float
    size: float

    @property
    def left(self) -> float:
        return round(self.x - self.size, 1)

    @property
    def top(self) -> float:
        return round(self.y - self.size, 1)

    @property
    def side(self) -> float:
        return round(2 * self.size, 1)

    @property
    def diamond(self) -> str:
        """A path round the place."""
        half = round(self.size * 1.3, 1)
        return f"M{self.x} {self.y}m0 -{half}l{half} {half}l-{half} {half}l-{half} -{half}z"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scatter:
    title: str
    desc: str
    left_out: str  #: what is not drawn, "" where all is
    marks: tuple[Mark, ...]
    key: tuple[tuple[str, str], ...]  #: verdicts drawn, each with how many systems are of it in words
    ticks: tuple[tuple[int, float, float], ...]  #: value, x, y
    width: int = WIDTH
    height: int = TOP + HEIGHT + 44
    left: int = LEFT
    right: int = LEFT + SIDE
    top: int = TOP
    bottom: int = TOP + HEIGHT


def scatter_of(asked: Search, *, judged: int | None) -> Scatter | None:
    """The chart of the systems with a verdict that were asked for, at most `MOST`; None without any.

    `judged`: how many there are, None where that is not known. One query.
    """
    if asked.filters.are_any:
        rows, which = asked.found, _("the first in the table's order")
    else:
        rows, which = asked.rows.order_by(*ORDERS[DEFAULT_ORDER].columns()), _("those that changed last")
    points = list(rows.exclude(standing_verdict="").values_list("need", "readiness", "standing_verdict")[: MOST + 1])
    if not points:
        return None
    is_whole = len(points) <= MOST
    if is_whole:
        return draw(points)
    if judged:
        left_out = _("Drawn are {number} systems of {judged} with a verdict: {which}.")
    else:
        left_out = _("Drawn are {number} systems with a verdict: {which}.")
    return draw(points[:MOST], left_out=left_out.format(number=MOST, judged=number(judged or 0), which=which))


def draw(points: list[tuple[int, int, str]], *, left_out: str = "") -> Scatter:
    """Where the marks go. `points` are need, readiness and verdict of each system.

    >>> draw([(60, 40, "extract")]).title
    '1 of 1 system needs more than it is ready for'
    """
    places = Counter(points)
    marks = tuple(
        Mark(
            verdict=verdict,
            number=count,
            x=round(LEFT + SIDE * readiness / 100, 1),
            y=round(TOP + HEIGHT - HEIGHT * need / 100, 1),
            size=round(min(4 + 1.5 * (count - 1) ** 0.5, 11), 1),
        )
        # Large ones first, so that small ones lie above them.
        for (need, readiness, verdict), count in sorted(places.items(), key=lambda item: (-item[1], item[0]))
    )
    ahead = sum(need > readiness for need, readiness, _verdict in points)
    by_verdict = Counter(verdict for _need, _readiness, verdict in points)
    return Scatter(
        title=_title(ahead, len(points)),
        desc=_(
            "Each mark is a system by its readiness, from left to right, and its need, from bottom to top, both from "
            "0 to 100; larger marks are several at one place. Above the line, need is greater than readiness. "
            "The table below says the same in numbers."
        ),
        left_out=left_out,
        marks=marks,
        key=tuple(
            (verdict, OF_VERDICT[verdict].format(number=by_verdict[verdict]))
            for verdict in VERDICTS
            if verdict in by_verdict
        ),
        ticks=tuple(
            (tick, round(LEFT + SIDE * tick / 100, 1), round(TOP + HEIGHT - HEIGHT * tick / 100, 1))
            for tick in (0, 50, 100)
        ),
    )


def _title(ahead: int, total: int) -> str:
    """How many systems need more than they are ready for."""
    systems = of_systems(total)
    if not ahead:
        return _("None {of_systems} needs more than it is ready for").format(of_systems=systems)
    return ngettext(
        "{number} {of_systems} needs more than it is ready for",
        "{number} {of_systems} need more than they are ready for",
        ahead,
    ).format(number=ahead, of_systems=systems)
