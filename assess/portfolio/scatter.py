"""Need against readiness as marks on a square: numbers for `templates/charts/scatter.svg`, which page and PDF share.

Decides which systems are drawn, and where. The table below has the same numbers of every system, so the chart may leave
some out, and says so.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from assess.assessments.facade import NEWEST_FIRST, AssessmentQuerySet
from assess.decision.facade import VERDICTS
from assess.language import _, ngettext, number
from assess.portfolio.counts import VERDICT_COUNT, Counts, of_systems

#: More marks cover each other and take longer to draw than to read.
MAX_SYSTEMS: Final = 300
#: The plot without its key, which stands beside it: narrow enough to be read on a telephone.
LEFT: Final = 36
TOP: Final = 32
SIDE: Final = 400  #: of the square on which both go from 0 to 100, drawn wider than high
HEIGHT: Final = 300
WIDTH: Final = LEFT + SIDE + 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """All systems of one verdict at one point. `size` is half its width and grows with their number."""

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
        """The path of a diamond round the point."""
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


def build_scatter(queryset: AssessmentQuerySet, counts: Counts) -> Scatter | None:
    """The chart of these systems, as far as they have a verdict: the last changed `MAX_SYSTEMS`; None without any.

    `counts` are those of the queryset. One query.
    """
    judged = queryset.exclude(current_verdict="").order_by(*NEWEST_FIRST.columns())
    points = list(judged.values_list("need", "readiness", "current_verdict")[:MAX_SYSTEMS])
    if not points:
        return None
    left_out = ""
    if counts.with_verdict > len(points):
        sentence = _("The chart shows {number} of {total} systems with a verdict: those that changed last.")
        left_out = sentence.format(number=len(points), total=number(counts.with_verdict))
    return draw(points, left_out=left_out)


def draw(points: list[tuple[int, int, str]], *, left_out: str = "") -> Scatter:
    """The chart of these points: need, readiness and verdict of each system.

    >>> draw([(60, 40, "extract")]).title
    '1 of 1 system needs more than it is ready for'
    """
    systems_by_point = Counter(points)
    marks = tuple(
        Mark(
            verdict=verdict,
            number=count,
            x=round(LEFT + SIDE * readiness / 100, 1),
            y=round(TOP + HEIGHT - HEIGHT * need / 100, 1),
            size=round(min(4 + 1.5 * (count - 1) ** 0.5, 11), 1),
        )
        # Large ones first, so that small ones lie above them.
        for (need, readiness, verdict), count in sorted(systems_by_point.items(), key=lambda item: (-item[1], item[0]))
    )
    ahead = sum(need > readiness for need, readiness, _verdict in points)
    by_verdict = Counter(verdict for _need, _readiness, verdict in points)
    return Scatter(
        title=chart_title(ahead, len(points)),
        desc=_(
            "Each mark is a system by its readiness, from left to right, and its need, from bottom to top, both from "
            "0 to 100; larger marks are several at one place. Above the line, need is greater than readiness. "
            "The table below has the numbers."
        ),
        left_out=left_out,
        marks=marks,
        key=tuple(
            (verdict, VERDICT_COUNT[verdict].format(number=by_verdict[verdict]))
            for verdict in VERDICTS
            if verdict in by_verdict
        ),
        ticks=tuple(
            (tick, round(LEFT + SIDE * tick / 100, 1), round(TOP + HEIGHT - HEIGHT * tick / 100, 1))
            for tick in (0, 50, 100)
        ),
    )


def chart_title(ahead: int, total: int) -> str:
    """The finding: how many of the systems need more than they are ready for."""
    systems = of_systems(total)
    if not ahead:
        return _("None {of_systems} needs more than it is ready for").format(of_systems=systems)
    return ngettext(
        "{number} {of_systems} needs more than it is ready for",
        "{number} {of_systems} need more than they are ready for",
        ahead,
    ).format(number=ahead, of_systems=systems)
