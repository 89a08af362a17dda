"""Rows that a process works on: it says every few seconds that it still does, so that another takes up what it left.

By the database's clock, which all machines share. A row of such a queue has a column `heartbeat_at`, set when the row
is claimed.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import Error, connections
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

logger = logging.getLogger(__name__)

#: Seconds between two heartbeats, and after how long without one the process counts as dead: three were missed.
BEAT_SECONDS: Final = 3.0
DEAD_AFTER: Final = timedelta(seconds=9)


def is_abandoned() -> Q:
    """The condition on rows under way whose process stopped reporting: it was killed, or its machine is gone."""
    return Q(heartbeat_at__lt=Now() - DEAD_AFTER)


@contextmanager
def beating(rows: "QuerySet[Any]") -> Iterator[None]:
    """Says while the block runs that this process is at these rows; in a thread, with a connection of its own."""
    stopped = threading.Event()
    thread = threading.Thread(
        target=beat_while, args=(rows, lambda: not stopped.wait(BEAT_SECONDS)), name="heartbeat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stopped.set()


def beat_while(rows: "QuerySet[Any]", waits_and_goes_on: Callable[[], bool]) -> None:
    """Writes a heartbeat after each wait, until that returns False. An outage of the database is waited out."""
    try:
        while waits_and_goes_on():
            try:
                rows.update(heartbeat_at=Now())
            except Error as problem:
                logger.debug("No heartbeat could be written: %s", problem)
                connections.close_all()
    finally:
        connections.close_all()  # this thread's own
