"""Which background workers reported when."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """A background worker that is alive writes its row every few seconds, by the database's clock."""

    worker_id = models.CharField(max_length=64, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker_id} at {self.beat_at}"
