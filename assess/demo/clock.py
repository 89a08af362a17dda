"""A clock that stands still where the demo needs it, so that its past is spread over months.

Every time of the site comes from `django.utils.timezone`, which asks one name for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Within it, `timezone.now()` is this moment. For one process that does nothing else, as `load_demo` is."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz)

    module: Any = timezone
    running = module.datetime
    module.datetime = Stopped
    try:
        yield
    finally:
        module.datetime = running
