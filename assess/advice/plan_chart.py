"""The steps of a plan as a team left them, and as a timeline: bars over the days, today, and what is overdue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from assess.advice.plan_steps import SOURCE_OF_CODE, STAGE_WORDS
from assess.decision.facade import source_of_step
from assess.language import N_, Words, _, day, ngettext

StepState = Literal["to_do", "doing", "done", "dropped"]
STEP_STATE_WORDS: Final[Words[str]] = Words(
    {"to_do": N_("to do"), "doing": N_("in work"), "done": N_("done"), "dropped": N_("dropped")}
)
#: Units of the drawing: its width, the head with the scale, a row; how wide a letter of a row is at most.
WIDTH: Final = 660
HEAD: Final = 46
ROW: Final = 28
LETTER: Final = 5.6
#: With more steps than this, a row is a stage: a list beside the drawing has every step.
MAX_ROWS: Final = 24
#: The scale is marked in so many equal parts.
PARTS: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    """One step as somebody left it. `pk` is its row; `is_late` where it is open and its day is past."""

    pk: int
    code: str
    stage: str
    title: str
    done_when: str
    owner: str
    starts_on: date | None
    due_on: date | None
    state: StepState
    note: str
    done_on: date | None
    is_late: bool
    saved_at: datetime

    @property
    def stage_words(self) -> str:
        return STAGE_WORDS.get(self.stage, self.stage)

    @property
    def source(self) -> str:
        """The sources of the step that it began as; "" for one that somebody added."""
        return SOURCE_OF_CODE.get(self.code) or source_of_step(self.code)

    @property
    def is_open(self) -> bool:
        return self.state in ("to_do", "doing")

    @property
    def state_words(self) -> str:
        return _("overdue") if self.is_late else STEP_STATE_WORDS[self.state]

    @property
    def mark(self) -> str:
        """The state as reports mark one: "passed", "failed" or "open"."""
        return "failed" if self.is_late else "passed" if self.state == "done" else "open"

    @property
    def days_words(self) -> str:
        """From when to when: "1 December 2026 to 4 December 2026"; "" without days."""
        if self.starts_on and self.due_on:
            return _("{start} to {due}").format(start=day(self.starts_on), due=day(self.due_on))
        if self.due_on:
            return _("by {due}").format(due=day(self.due_on))
        return _("from {start}").format(start=day(self.starts_on)) if self.starts_on else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineRow:
    """A bar: `is_filled` where it is done or in work. The words above it begin at `text_x`, or end there."""

    y: int
    x: float
    width: float
    words: str
    text_x: float
    is_end: bool
    is_filled: bool

    @property
    def text_y(self) -> int:
        return self.y - 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """All steps in order, for `charts/timeline.svg`; dropped ones are listed and not drawn."""

    lines: tuple[PlanLine, ...]
    today: date

    @property
    def kept(self) -> tuple[PlanLine, ...]:
        return tuple(line for line in self.lines if line.state != "dropped")

    @property
    def stages(self) -> tuple[tuple[str, str, tuple[PlanLine, ...]], ...]:
        """Slug and words of each stage with its steps, dropped ones too, in the order of their first steps."""
        found: dict[str, list[PlanLine]] = {}
        for line in self.lines:
            found.setdefault(line.stage, []).append(line)
        return tuple((stage, lines[0].stage_words, tuple(lines)) for stage, lines in found.items())

    @property
    def late(self) -> tuple[PlanLine, ...]:
        return tuple(line for line in self.kept if line.is_late)

    @property
    def next_due(self) -> PlanLine | None:
        """The open step that is due next and not overdue."""
        coming = [line for line in self.kept if line.is_open and line.due_on and not line.is_late]
        return min(coming, key=lambda line: line.due_on or self.today, default=None)

    @property
    def finding(self) -> str:
        """How far the plan is, as a title without its full stop."""
        kept = self.kept
        if not kept:
            return _("The plan has no steps")
        done = sum(line.state == "done" for line in kept)
        if done == len(kept):
            return _("All steps of the plan are done")
        sentence = _("{done} of {all} steps are done").format(done=done, all=len(kept))
        if self.late:
            words = ngettext("{sentence}, {count} is overdue", "{sentence}, {count} are overdue", len(self.late))
            return words.format(sentence=sentence, count=len(self.late))
        following = self.next_due
        if following is not None and following.due_on is not None:
            return _("{sentence}, the next is due {day}").format(sentence=sentence, day=day(following.due_on))
        return sentence

    @property
    def dated(self) -> tuple[PlanLine, ...]:
        return tuple(line for line in self.kept if line.starts_on or line.due_on)

    @property
    def first(self) -> date:
        return min((line.starts_on or line.due_on or self.today for line in self.dated), default=self.today)

    @property
    def span(self) -> int:
        """Days from the first to the last, one at least."""
        last = max((line.due_on or line.starts_on or self.today for line in self.dated), default=self.today)
        return max(1, (last - self.first).days)

    def x_of(self, on: date) -> float:
        return round(1 + (WIDTH - 2) * (on - self.first).days / self.span, 1)

    @property
    def marks(self) -> tuple[tuple[float, str, str], ...]:
        """The scale: x, the day, and how the text is anchored."""
        days = sorted({self.first + timedelta(days=round(self.span * part / PARTS)) for part in range(PARTS + 1)})
        ends = {days[0]: "start", days[-1]: "end"}
        return tuple((self.x_of(on), day(on), ends.get(on, "middle")) for on in days)

    @property
    def today_x(self) -> float | None:
        """Where today is, None where it is not among these days."""
        return self.x_of(self.today) if 0 <= (self.today - self.first).days <= self.span else None

    @property
    def today_words(self) -> str:
        """The day on which it was drawn, for paper, which stays."""
        return day(self.today)

    @property
    def today_anchor(self) -> str:
        """How the word at today's line is anchored, so that it stays inside the drawing."""
        x = self.today_x or 0
        return "start" if x < WIDTH / 4 else "end" if x > WIDTH * 3 / 4 else "middle"

    @property
    def rows(self) -> tuple[TimelineRow, ...]:
        return tuple(self.place(number, *bar) for number, bar in enumerate(self.bars()))

    def bars(self) -> Iterator[tuple[str, date, date, bool]]:
        """Words, first day, last day, and whether it is filled: of each step, or of each stage where there are many."""
        if len(self.dated) <= MAX_ROWS:
            for line in self.dated:
                start, due = line.starts_on or line.due_on or self.today, line.due_on or line.starts_on or self.today
                words = (
                    line.title if line.state == "to_do" and not line.is_late else f"{line.title} ({line.state_words})"
                )
                yield words, start, due, line.state in ("done", "doing")
            return
        for _stage, words, steps in self.stages:
            lines = [line for line in steps if line in self.dated]
            if not lines:
                continue
            done, late = sum(line.state == "done" for line in lines), sum(line.is_late for line in lines)
            told = _("{stage}: {done} of {all} done").format(stage=words, done=done, all=len(lines))
            if late:
                told = _("{told}, {late} overdue").format(told=told, late=late)
            start = min(line.starts_on or line.due_on or self.today for line in lines)
            due = max(line.due_on or line.starts_on or self.today for line in lines)
            yield told, start, due, any(line.state in ("done", "doing") for line in lines)

    def place(self, number: int, words: str, start: date, due: date, is_filled: bool) -> TimelineRow:
        """A bar under its words, which begin or end with it as far as there is room, and else reach further."""
        x, end = self.x_of(start), self.x_of(max(start, due))
        width = max(4.0, round(end - x, 1))
        is_end = x + width > WIDTH - x
        letters = int(WIDTH / LETTER)
        shown = words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"
        text_x = max(x + width, len(shown) * LETTER) if is_end else min(x, WIDTH - len(shown) * LETTER)
        return TimelineRow(
            y=HEAD + 22 + number * ROW,
            x=x,
            width=width,
            words=shown,
            text_x=round(text_x, 1),
            is_end=is_end,
            is_filled=is_filled,
        )

    @property
    def height(self) -> int:
        return HEAD + 12 + len(self.rows) * ROW

    @property
    def text(self) -> str:
        """All steps in words, for a reader who sees no drawing."""
        return " ".join(
            _("{title}: {state}, {days}.").format(
                title=line.title, state=line.state_words, days=line.days_words or _("no day")
            )
            for line in self.kept
        )


def step_to_json(line: PlanLine) -> Mapping[str, Any]:
    """A step for programs; days are ISO 8601."""
    return {
        "id": line.pk,
        "code": line.code,
        "stage": line.stage,
        "title": line.title,
        "done_when": line.done_when,
        "source": line.source,
        "owner": line.owner,
        "starts_on": line.starts_on.isoformat() if line.starts_on else None,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "state": line.state,
        "is_overdue": line.is_late,
        "done_on": line.done_on.isoformat() if line.done_on else None,
        "note": line.note,
    }
