"""Outcomes in words, for pages and reports."""

from dataclasses import dataclass

from assess.advice.facade import RIGHT_WORDS, FigureLine, describe_figures, describe_followed
from assess.assessments.facade import Assessment, format_datetime
from assess.planning.models import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeLine:
    """One outcome in words, for pages. `by` is "" where a name must not show."""

    months: int
    followed: str
    right: str
    text: str
    lesson: str
    figures: list[FigureLine]
    by: str
    at: str


def describe_outcome(row: Outcome, *, currency: str, with_name: bool = True) -> OutcomeLine:
    """The row in words; amounts in the workspace's currency."""
    return OutcomeLine(
        months=row.months,
        followed=describe_followed(row.months, row.followed),
        right=RIGHT_WORDS[row.was_right],
        text=row.text,
        lesson=row.lesson,
        figures=describe_figures(row.figures, currency),
        by=str(row.saved_by) if with_name else "",
        at=format_datetime(row.saved_at),
    )


def outcome_lines(assessment: Assessment, *, with_name: bool = True) -> list[OutcomeLine]:
    """What was recorded about a version, after 6 months first. One query; none while it is not signed."""
    if not assessment.is_signed:
        return []
    rows = assessment.outcomes.select_related("saved_by").order_by("months")
    currency = assessment.workspace.currency
    return [describe_outcome(row, currency=currency, with_name=with_name) for row in rows]
