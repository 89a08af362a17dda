"""Keyset pagination: a page begins after the last row of the one before, found by that row's value and id.

The thousandth page costs what the first does where an index has the order, and a row that changes while somebody pages
is never shown twice. Which rows a list has is decided by its queryset.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from assess.assessments.models import AssessmentQuerySet
from assess.language import N_
from assess.web.facade import LARGEST_ID, parse_number


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """Where a row is in an order: its value there, and its id for rows of the same value."""

    value: Any
    pk: int

    def __str__(self) -> str:
        """As a link names it: "value,id"."""
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return f"{value},{self.pk}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Rows sorted by one field, then by id, both in the same direction. `label` is translated where it is shown."""

    slug: str
    label: str
    field: str
    descending: bool

    def columns(self, *, backwards: bool = False) -> tuple[str, str]:
        """The arguments of `order_by`."""
        sign = "-" if self.descending != backwards else ""
        return f"{sign}{self.field}", f"{sign}pk"

    def after(self, cursor: Cursor, *, backwards: bool = False) -> Q:
        """The rows after this cursor (before it, `backwards`).

        The first condition repeats what the second implies: with the OR alone, databases do not use the index.
        """
        side = "lt" if self.descending != backwards else "gt"
        return Q(**{f"{self.field}__{side}e": cursor.value}) & (
            Q(**{f"{self.field}__{side}": cursor.value}) | Q(**{f"pk__{side}": cursor.pk})
        )

    def adjacent(self, cursor: Cursor, *, backwards: bool = False) -> Cursor:
        """The cursor after which the row at `cursor` itself is the next one (`backwards`: the next one back)."""
        return Cursor(value=cursor.value, pk=cursor.pk + (1 if self.descending != backwards else -1))

    def read_cursor(self, text: str) -> Cursor | None:
        """The cursor that a link names as "value,id"; None for anything that is not one of this order."""
        value_text, _, number = text.rpartition(",")
        pk = parse_number(number, LARGEST_ID - 1)
        if pk is None or "\x00" in value_text:
            return None
        value: Any = value_text[:240]
        try:
            if self.field.endswith("_at"):
                value = datetime.fromisoformat(value_text)
                if value.tzinfo is None or not 1970 < value.year < 9999:
                    return None
            elif self.field in ("need", "readiness"):
                value = int(value_text)
                if not -1 <= value <= 1_000:
                    return None
        except ValueError:
            return None
        return Cursor(value=value, pk=pk)


#: The usual order of a list.
NEWEST_FIRST = Order(slug="updated", label=N_("Last changed"), field="updated_at", descending=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The rows' ids in order, and the cursors of the pages after and before it; None where there is none."""

    ids: Sequence[int]
    next_cursor: Cursor | None
    previous_cursor: Cursor | None


def read_page(
    queryset: AssessmentQuerySet, order: Order, *, size: int, cursor: Cursor | None = None, backwards: bool = False
) -> Page:
    """The page after `cursor` (before it, `backwards`); the first page without one. One query."""
    if cursor is not None:
        queryset = queryset.filter(order.after(cursor, backwards=backwards))
    # One more than is shown: whether another page follows.
    keys = queryset.order_by(*order.columns(backwards=backwards)).values_list(order.field, "pk")[: size + 1]
    rows = [Cursor(value=value, pk=pk) for value, pk in keys]
    visible, is_full = rows[:size], len(rows) > size
    ahead = visible[-1] if is_full else None
    behind = None
    if cursor is not None:
        behind = visible[0] if visible else order.adjacent(cursor, backwards=not backwards)
    if backwards:
        visible.reverse()
        ahead, behind = behind, ahead
    return Page(ids=[row.pk for row in visible], next_cursor=ahead, previous_cursor=behind)
