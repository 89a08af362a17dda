"""Lists in pages: at most `MOST` things, and where the next page goes on.

A page goes on after a place, never from a number: nothing is skipped or told twice when something is added meanwhile.
"""

from datetime import UTC, datetime, timedelta

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
