"""Overdue conditions of acceptances, over many systems.

Decides which conditions are overdue. When a condition is met is decided by `review`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assess.assessments.facade import SIGNED, Assessment
from assess.people.facade import Workspace
from assess.review.facade import Condition, SignOff
from assess.web.facade import parse_number

PAGE_SIZE = 50


def unmet_conditions() -> QuerySet[Condition]:
    """Not met yet; of the newest signature of the newest signed version of each system."""
    later_signature = SignOff.objects.filter(assessment=OuterRef("assessment"), pk__gt=OuterRef("sign_off"))
    newer_version = Assessment.objects.filter(
        system=OuterRef("assessment__system"),
        version__gt=OuterRef("assessment__version"),
        state__in=SIGNED,
        deleted_at=None,
    )
    return Condition.objects.filter(
        ~Exists(later_signature),
        ~Exists(newer_version),
        met_at=None,
        assessment__deleted_at=None,
        assessment__state__in=SIGNED,
    )


def overdue_in(workspace: Workspace, *, today: date) -> QuerySet[Condition]:
    """Those of one workspace, the longest overdue first, joined with what a list shows."""
    conditions = unmet_conditions().filter(due_on__lt=today, assessment__workspace=workspace)
    return conditions.select_related("assessment__system__team").defer("assessment__result").order_by("due_on", "pk")


def count_overdue(systems: Sequence[int], *, today: date) -> Mapping[int, int]:
    """How many are overdue by system id; systems without are left out. One query."""
    conditions = unmet_conditions().filter(due_on__lt=today, assessment__system__in=systems)
    return dict(conditions.values_list("assessment__system").annotate(number=Count("pk")))


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionPage:
    """`after` names the next page, "" on the last one."""

    conditions: Sequence[Condition]
    after: str
    is_first: bool


def read_overdue_page(workspace: Workspace, *, after: str, today: date) -> ConditionPage:
    """A page of the overdue conditions after the one that `after` names as "day,id"; the first page for anything else.
    One query."""
    queryset = overdue_in(workspace, today=today)
    cursor = parse_cursor(after)
    if cursor is not None:
        due_on, pk = cursor
        queryset = queryset.filter(Q(due_on__gt=due_on) | Q(pk__gt=pk), due_on__gte=due_on)
    rows = list(queryset[: PAGE_SIZE + 1])
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return ConditionPage(
        conditions=rows[:PAGE_SIZE], after=f"{last.due_on},{last.pk}" if last else "", is_first=cursor is None
    )


def parse_cursor(text: str) -> tuple[date, int] | None:
    day, _comma, number = text.partition(",")
    pk = parse_number(number)
    try:
        return None if pk is None else (date.fromisoformat(day), pk)
    except ValueError:
        return None
