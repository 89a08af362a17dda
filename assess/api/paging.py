"""Lists in pages: at most `MAX_LIMIT` items, and a cursor for the next page.

A page starts after a cursor, never at a number, so nothing is skipped or repeated when something is added meanwhile.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

MAX_LIMIT = 100
DEFAULT_LIMIT = 25

#: The cursor of a list by last change: microseconds since 1970, and the id of the last item.
CURSOR_PATTERN = r"^[0-9]{1,16}-[0-9]{1,18}$"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def format_cursor(at: datetime, pk: int) -> str:
    """The cursor after an item that changed then.

    >>> format_cursor(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), 7)
    '1000000-7'
    """
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{pk}"


def parse_cursor(cursor: str) -> tuple[datetime, int]:
    """Time and id in a cursor that matches `CURSOR_PATTERN`.

    >>> parse_cursor("1000000-7")
    (datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc), 7)
    """
    microseconds, _, pk = cursor.partition("-")
    return EPOCH + timedelta(microseconds=int(microseconds)), int(pk)


class PageRequest(Protocol):
    """Which page: after which id, and how many items (`schemas.PageById`)."""

    after: int
    limit: int


def read_page_by_id(queryset: QuerySet[Row], page: PageRequest) -> tuple[list[Row], int | None]:
    """The page's rows by id, and `next`: the id of the last one, None on the last page. One query."""
    rows = list(queryset.filter(pk__gt=page.after).order_by("pk")[: page.limit + 1])
    page_rows = rows[: page.limit]
    return page_rows, page_rows[-1].pk if len(rows) > page.limit else None
