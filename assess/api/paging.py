"""Lists in pages: at most `MOST` things, and where the next page goes on.

A page goes on after a place, never from a number: nothing is skipped or told twice when something is added meanwhile.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

MOST = 100
USUAL = 25

#: Where a page of things by their last change goes on: microseconds since 1970, and the last one's id.
PLACE = r"^[0-9]{1,16}-[0-9]{1,18}$"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place_of(at: datetime, pk: int) -> str:
    """
    >>> place_of(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), 7)
    '1000000-7'
    """
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{pk}"


def read_place(place: str) -> tuple[datetime, int]:
    """`place` as `PLACE` describes it.

    >>> read_place("1000000-7")
    (datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc), 7)
    """
    microseconds, _, pk = place.partition("-")
    return EPOCH + timedelta(microseconds=int(microseconds)), int(pk)


class Wanted(Protocol):
    """Which page: beyond which id, and how many things (`schemas.ByNumber`)."""

    after: int
    limit: int


def read_rows(found: QuerySet[Row], page: Wanted) -> tuple[list[Row], int | None]:
    """The page's rows in the order in which they came, and `next`: the last one's id, None on the last page. One
    query."""
    rows = list(found.filter(pk__gt=page.after).order_by("pk")[: page.limit + 1])
    shown = rows[: page.limit]
    return shown, shown[-1].pk if len(rows) > page.limit else None
