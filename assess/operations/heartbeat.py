"""A background worker's report that it is alive."""

from datetime import timedelta
from typing import Final

from django.db.models.functions import Now

from assess.operations.models import WorkerHeartbeat

#: After how long without a report a worker counts as gone.
GONE_AFTER: Final = timedelta(seconds=15)
#: Rows of workers that were killed are kept for so long.
KEPT_FOR: Final = timedelta(days=1)


def beat(worker_id: str) -> None:
    """Reports that this worker is alive, by the database's clock, which all machines share. One query, or two."""
    WorkerHeartbeat.objects.update_or_create(worker_id=worker_id, defaults={"beat_at": Now()})


def stop_beating(worker_id: str) -> None:
    """Takes the worker's row away, and those of workers killed long ago."""
    WorkerHeartbeat.objects.filter(worker_id=worker_id).delete()
    WorkerHeartbeat.objects.filter(beat_at__lt=Now() - KEPT_FOR).delete()


def living_workers(within: timedelta = GONE_AFTER) -> list[str]:
    """The ids of the background workers that reported within so long. One query."""
    alive = WorkerHeartbeat.objects.filter(beat_at__gte=Now() - within)
    return list(alive.values_list("worker_id", flat=True))
