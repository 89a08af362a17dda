"""A system from version to version: verdicts, each axis over time, and the answers that changed.

Decides what a trend shows, and where its points lie. Scores are those kept with each version, so that no later model or
edition alters them. Open versions are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from assess.assessments.facade import Assessment
from assess.decision.facade import ACUTE, AXIS_WORDS
from assess.language import _, in_a_row
from assess.questionnaire.facade import AXES, PAIN_AXES, READINESS_AXES
from assess.reports.facade import (
    ComparedAnswer,
    ComparedVersion,
    VersionStep,
    build_step,
    compare_answers,
    load_compared_versions,
)

#: The newest so many versions; more could not be distinguished.
MAX_VERSIONS = 12
#: Inner edges of a small chart in per cent and in pixels, so that the marks of its ends are whole.
LEFT, RIGHT = 3, 97
TOP, BOTTOM = 6, 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One version on one axis; `x` in per cent, the others in pixels. `y` to `high_y` is what was still open."""

    x: float
    y: float
    high_y: float
    is_range: bool
    value: str

    @property
    def height(self) -> float:
        return round(self.y - self.high_y, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One axis over time: `pieces` join the points."""

    axis: str
    name: str
    points: tuple[Point, ...]
    threshold_y: float | None
    text: str

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        return list(pairwise(self.points))

    @property
    def in_short(self) -> str:
        return f"{self.points[0].value} → {self.points[-1].value}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One version, with what changed since the one before; the first has nothing before it."""

    column: ComparedVersion
    step: VersionStep | None
    lines: tuple[ComparedAnswer, ...]
    pair: tuple[ComparedVersion, ...]


@dataclass(frozen=True, kw_only=True)
class Trend:
    moments: tuple[Moment, ...]
    lines: tuple[Line, ...]
    left_out: int

    @property
    def last(self) -> Moment:
        return self.moments[-1]


def build_trend(versions: Sequence[Assessment], *, left_out: int = 0) -> Trend:
    """The trend of a system's newest submitted versions, at most `MAX_VERSIONS`, oldest first. Queries as `compare`."""
    columns = load_compared_versions(versions)
    moments = []
    for index, column in enumerate(columns):
        before = columns[index - 1] if index else None
        pair = (before, column) if before else ()
        moments.append(
            Moment(
                column=column,
                step=build_step(before, column) if before else None,
                lines=tuple(compare_answers(pair)) if pair else (),
                pair=pair,
            )
        )
    lines = tuple(build_line(axis, versions) for axis in AXES) if versions else ()
    return Trend(moments=tuple(moments), lines=lines, left_out=left_out)


def build_line(axis: str, versions: Sequence[Assessment]) -> Line:
    days = [version.submitted_at for version in versions if version.submitted_at]
    points = []
    for version in versions:
        low, high = score_range(version, axis)
        assert version.submitted_at is not None
        points.append(
            Point(
                x=x_position(version.submitted_at, days[0], days[-1]),
                y=y_position(low),
                high_y=y_position(high),
                is_range=high != low,
                value=format_score(version, axis),
            )
        )
    sentences = [
        _("version {version}: {score}").format(version=version.version, score=point.value)
        for version, point in zip(versions, points, strict=True)
    ]
    return Line(
        axis=axis,
        name=AXIS_WORDS[axis],
        points=tuple(points),
        threshold_y=y_position(ACUTE) if axis in PAIN_AXES else None,
        text=in_a_row(sentences),
    )


def x_position(at: datetime, first: datetime, last: datetime) -> float:
    """By date, so that a year between two versions is as wide as it was long.

    >>> x_position(datetime(2026, 7, 2), datetime(2026, 1, 1), datetime(2026, 12, 31))
    50.0
    """
    whole = (last - first).total_seconds()
    share = (at - first).total_seconds() / whole if whole else 0.5
    return round(LEFT + (RIGHT - LEFT) * share, 1)


def y_position(points: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * points / 100, 1)


def format_score(version: Assessment, axis: str) -> str:
    low, high = score_range(version, axis)
    if low == high:
        return f"{low}"
    is_known = (version.result or {}).get("contributions", {}).get(axis, True)
    return _("{low} to {high}").format(low=low, high=high) if is_known else _("not known")


def score_range(version: Assessment, axis: str) -> tuple[int, int]:
    result: Mapping[str, Any] = version.result or {}
    if axis in result.get("ranges", {}):
        low, high = result["ranges"][axis]
        return int(low), int(high)
    part = "pain" if axis in PAIN_AXES else "readiness" if axis in READINESS_AXES else ""
    points = int(result[part][axis] if part else result[axis])
    return points, points
