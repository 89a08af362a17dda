"""The links of the record's chain."""

from django.db import models
from django.utils import timezone


class RecordLink(models.Model):
    """One step of the site that must not vanish; rows are only ever added, by `chain.append_link`.

    `number` counts all links of the site from 1 without gaps. `seal` is keyed over all the rest and over the seal of
    the link before. `assessment`, `event_number` and `event_seal` name the event that it covers, with no constraint:
    a link outlives what somebody takes out behind our back. `covers` holds a seal over each
    row without a log of its own (system, team, workspace, edition), by model and id.
    """

    number = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=20)  #: an `EventKind`, `chain.RENAMED` or `RESTORED`
    assessment = models.ForeignKey(
        "assess.Assessment",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="record_links",
        null=True,
        blank=True,
    )
    event_number = models.PositiveIntegerField(null=True, blank=True)
    event_seal = models.CharField(max_length=64, blank=True)
    covers = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    seal = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"link {self.number}: {self.kind}"
