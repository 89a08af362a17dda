"""Ease against benefit as named points in four quadrants: numbers for `templates/charts/quadrants.html`.

`candidates` says what ease and benefit are. The table beside the drawing names every app, so a name may be left out of
the drawing where it would cover another.
"""

from dataclasses import dataclass
from typing import Final, Literal

from assess.language import N_, Words, _, all_of, ngettext

Quadrant = Literal["start_here", "worth_the_pain", "easy_but_pointless", "leave"]
QUADRANTS: Final[Words[Quadrant]] = Words(
    {
        "start_here": N_("start here"),
        "worth_the_pain": N_("worth the pain"),
        "easy_but_pointless": N_("easy but pointless"),
        "leave": N_("leave"),
    }
)
#: From how much of 100 an app is easy, or worth it.
MIDDLE: Final = 50
#: Units of the drawing: the square's corner and side, a letter of a name, a line of it.
LEFT: Final = 36
TOP: Final = 24
SIDE: Final = 540
HEIGHT: Final = 400
EDGE: Final = 12  #: between the square and points at its left and right
CORNER: Final = 26  #: the same above and below, where the quadrants' names stand
LETTER: Final = 7.4
LINE: Final = 13
MOST_LETTERS: Final = 22
MOST_NAMED: Final = 3  #: apps that the title names


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One app by its ease and benefit, both 0 to 100."""

    app: str
    ease: int
    benefit: int
    quadrant: Quadrant
    by_load: bool = False  #: whether its load makes it worth it, whatever else speaks for it
    apart: str = ""  #: why it is not ranked

    @property
    def words(self) -> str:
        """Its quadrant, or why it is not ranked."""
        return self.apart or QUADRANTS[self.quadrant]

    @property
    def x(self) -> float:
        return round(LEFT + EDGE + (SIDE - 2 * EDGE) * self.ease / 100, 1)

    @property
    def y(self) -> float:
        return round(TOP + CORNER + (HEIGHT - 2 * CORNER) * (100 - self.benefit) / 100, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A name beside its point; `anchor` is SVG's."""

    text: str
    x: float
    y: float
    anchor: Literal["start", "end", "middle"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Quadrants:
    """For `charts/quadrants.html`. Points stand in the order of candidates, those that are not ranked last."""

    points: tuple[Point, ...]
    labels: tuple[Label, ...]
    width: int = LEFT + SIDE + 20
    height: int = TOP + HEIGHT + 40
    left: int = LEFT
    right: int = LEFT + SIDE
    top: int = TOP
    bottom: int = TOP + HEIGHT
    middle_x: int = LEFT + SIDE * MIDDLE // 100
    middle_y: int = TOP + HEIGHT * (100 - MIDDLE) // 100

    @property
    def has_apart(self) -> bool:
        return any(point.apart for point in self.points)

    @property
    def has_loaded(self) -> bool:
        return any(point.by_load for point in self.points)

    @property
    def unnamed(self) -> int:
        """How many points have no name in the drawing."""
        return len(self.points) - len(self.labels)

    @property
    def finding(self) -> str:
        """What the drawing says, as a sentence without its full stop."""
        best = [point.app for point in self.points if point.quadrant == "start_here" and not point.apart]
        if not self.points:
            return _("No app to extract")
        if not best:
            return _("No app is both easy to extract and worth it")
        if len(best) <= MOST_NAMED:
            return ngettext(
                "{apps} is easy to extract and worth it", "{apps} are easy to extract and worth it", len(best)
            ).format(apps=all_of(best))
        return _("{count} of {all} apps are easy to extract and worth it").format(count=len(best), all=len(self.points))

    @property
    def corners(self) -> tuple[tuple[str, int, int, str], ...]:
        """Each quadrant's name with its place: words, x, y, anchor."""
        return (
            (QUADRANTS["worth_the_pain"], self.left + 6, self.top + 15, "start"),
            (QUADRANTS["start_here"], self.right - 6, self.top + 15, "end"),
            (QUADRANTS["leave"], self.left + 6, self.bottom - 7, "start"),
            (QUADRANTS["easy_but_pointless"], self.right - 6, self.bottom - 7, "end"),
        )


def draw_points(points: tuple[Point, ...]) -> Quadrants:
    """The chart of these points, with as many names as find room."""
    return Quadrants(points=points, labels=place_labels(points))


def place_labels(points: tuple[Point, ...]) -> tuple[Label, ...]:
    """A name beside each point, where it covers no other name and no point; the first points have the choice."""
    taken = [(point.x - 5, point.y - 5, point.x + 5, point.y + 5) for point in points]
    labels = []
    for point in points:
        text = point.app if len(point.app) <= MOST_LETTERS else f"…{point.app[1 - MOST_LETTERS :]}"
        width = len(text) * LETTER
        places: tuple[tuple[float, float, Literal["start", "end", "middle"], float], ...] = (
            (point.x + 11, point.y + 4, "start", point.x + 11),
            (point.x - 11, point.y + 4, "end", point.x - 11 - width),
            (point.x, point.y - 11, "middle", point.x - width / 2),
            (point.x, point.y + 20, "middle", point.x - width / 2),
        )
        for x, y, anchor, start in places:
            box = (start, y - LINE + 3, start + width, y + 3)
            inside = (
                box[0] >= LEFT
                and box[2] <= LEFT + SIDE
                and box[1] >= TOP + CORNER - 8
                and box[3] <= TOP + HEIGHT - CORNER + 8
            )
            if inside and not any(
                box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
            ):
                taken.append(box)
                labels.append(Label(text=text, x=round(x, 1), y=round(y, 1), anchor=anchor))
                break
    return tuple(labels)
