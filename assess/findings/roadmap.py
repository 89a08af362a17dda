"""The next steps over 90 days, with the decision that some of them wait for."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assess.decision.facade import Result, Step
from assess.language import _, capitalised, day, ngettext, number_word

#: Units of the drawing: its width and the head with the scale; letters that fit into a column of 30 days.
WIDTH: Final = 660
HEAD: Final = 46
DAYS: Final = 90
TITLE_LETTERS: Final = 33
DONE_LETTERS: Final = 40
DECISION_DAY: Final = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStep:
    """One step, from the day on which it can start to the day by which it is done. `waits` for the decision."""

    number: int
    code: str
    title: str
    why: str
    done: str
    source: str
    start: int
    days: int
    due: date | None
    waits: bool

    @property
    def due_words(self) -> str:
        """The day by which it is done; without a date the number of days."""
        return day(self.due) if self.due else _("Day {days}").format(days=self.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedStep:
    """A step where the drawing has it; `lines` are (text, y, whether it is the title)."""

    step: PlannedStep
    x: float
    y: int
    width: float
    lines: tuple[tuple[str, int, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Roadmap:
    """The steps in order, for `charts/roadmap.svg` on paper and `charts/steps.html` on a page.

    `decides` where the verdict is conditional: on day 30 it is decided whether the later steps are taken.
    """

    steps: tuple[PlannedStep, ...]
    starts: date | None
    decides: bool

    @property
    def first(self) -> PlannedStep | None:
        return self.steps[0] if self.steps else None

    @property
    def finding(self) -> str:
        if not self.steps:
            return _("Nothing to do next")
        first = min(step.days for step in self.steps)
        soon = sum(step.days == first for step in self.steps)
        late = len(self.steps) - soon
        last = max(step.days for step in self.steps)
        begin = ngettext("Do one thing by day {day}", "Do {count} things by day {day}", soon)
        sentence = begin.format(count=number_word(soon), day=first)
        if not late:
            return sentence
        rest = ngettext("{begin}, one more by day {last}", "{begin}, {count} more by day {last}", late)
        return rest.format(begin=sentence, count=number_word(late), last=last)

    @property
    def marks(self) -> tuple[tuple[float, str, str, str], ...]:
        """The scale: x, "Today" or "Day 30", the date, and how the text is anchored."""
        anchors = {0: "start", DAYS: "end"}
        return tuple(
            (
                x_of(at),
                _("Day {days}").format(days=at) if at else _("Today"),
                day(self.starts + timedelta(days=at)) if self.starts else "",
                anchors.get(at, "middle"),
            )
            for at in (0, 30, 60, DAYS)
        )

    @property
    def decision_x(self) -> float:
        return x_of(DECISION_DAY)

    @property
    def placed(self) -> tuple[PlacedStep, ...]:
        """Every step with its place in the drawing: those that start together stand below each other."""
        bottoms: dict[int, int] = {}
        found = []
        for step in self.steps:
            y = bottoms.get(step.start, HEAD + 10)
            x = x_of(step.start) + (12 if step.start else 0)
            columns = (step.days - step.start) / 30
            title = textwrap.wrap(step.title, int(TITLE_LETTERS * columns))
            done = textwrap.wrap(step.done, int(DONE_LETTERS * columns))
            lines = [(text, y + 25 + 15 * n, True) for n, text in enumerate(title)]
            lines += [(text, y + 25 + 15 * len(title) + 13 * n, False) for n, text in enumerate(done)]
            width = x_of(step.days) - x - (0 if step.days == DAYS else 12)
            found.append(PlacedStep(step=step, x=x, y=y, width=round(width, 1), lines=tuple(lines)))
            bottoms[step.start] = lines[-1][1] + 20 if lines else y + 30
        return tuple(found)

    @property
    def height(self) -> int:
        ends = [placed.lines[-1][1] for placed in self.placed if placed.lines]
        return max(ends, default=HEAD) + 14

    @property
    def text(self) -> str:
        """All steps in words, for a reader who sees no drawing."""
        return " ".join(
            _("{due}: {title}.").format(due=capitalised(step.due_words), title=step.title) for step in self.steps
        )


def x_of(at: int) -> float:
    """Where a day lies on the scale.

    >>> x_of(0), x_of(90)
    (1.0, 659.0)
    """
    return round(1 + (WIDTH - 2) * at / DAYS, 1)


def build_roadmap(steps: Sequence[Step], result: Result, starts: date | None = None) -> Roadmap:
    """The steps of the decision that stands (`find_standing_steps`), soonest first, counted from the day `starts`."""
    decides = result.state == "conditional"
    days = sorted({step.days for step in steps})
    before = dict(zip(days, [0, *days], strict=False))
    ordered = sorted(steps, key=lambda step: step.days)
    return Roadmap(
        steps=tuple(
            PlannedStep(
                number=place,
                code=step.code,
                title=step.title,
                why=step.why,
                done=step.done,
                source=step.source,
                start=before[step.days],
                days=step.days,
                due=starts + timedelta(days=step.days) if starts else None,
                waits=decides and before[step.days] >= DECISION_DAY,
            )
            for place, step in enumerate(ordered, start=1)
        ),
        starts=starts,
        decides=decides,
    )
