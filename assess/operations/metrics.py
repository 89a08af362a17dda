"""Figures in the format of Prometheus. Imported only where metrics are switched on.

What a request did is counted in memory, or where gunicorn has several processes in files that they share
(PROMETHEUS_MULTIPROC_DIR, which `scripts/gunicorn.conf.py` sets). What waits is read from the database when somebody
asks, so it is the same on every machine.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from assess.editions.models import LintRun, LintState
from assess.operations.readiness import CHECKS, find_problems
from assess.people.facade import MailState, OutgoingMail
from assess.reports.facade import Report, ReportState

MULTIPROCESS_DIR: Final = "PROMETHEUS_MULTIPROC_DIR"
#: Set by gunicorn's configuration for each worker: "process:slot".
SLOT: Final = "SPLITCHECK_METRICS_SLOT"

#: URL names of what saves an answer.
SAVING: Final = frozenset(
    {
        *("assessment-answers", "assessment-section", "assessment-my-answers", "assessment-my-section"),
        *("api-answers", "api-my-answers"),
    }
)
WRITING: Final = frozenset({"POST", "PUT", "PATCH"})
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", *WRITING})
#: Seconds.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


def identify_process() -> str:
    """The slot of a gunicorn worker, which its successor gets; so there are as many files as workers, however many were
    replaced. Of any other process its number."""
    process, _colon, slot = os.environ.get(SLOT, "").partition(":")
    return f"slot{slot}" if process == str(os.getpid()) else str(os.getpid())


if MULTIPROCESS_DIR in os.environ:
    values.ValueClass = values.MultiProcessValue(identify_process)  # type: ignore[no-untyped-call]

process_registry = CollectorRegistry()
REQUEST_SECONDS = Histogram(
    "splitcheck_request_seconds",
    "Seconds from a request to its response, by the name of the address",
    ["view"],
    buckets=BUCKETS,
    registry=process_registry,
)
RESPONSES = Counter(
    "splitcheck_responses",
    "Responses by the name of the address, method and status",
    ["view", "method", "status"],
    registry=process_registry,
)
SAVE_SECONDS = Histogram(
    "splitcheck_save_seconds",
    "Seconds that saving an answer took, by status; 409 is a conflict",
    ["status"],
    buckets=BUCKETS,
    registry=process_registry,
)
CONFLICTS = Counter(
    "splitcheck_save_conflicts",
    "Saves refused with 409, mostly for a newer answer",
    registry=process_registry,
)


def count_response(*, view: str, method: str, status: int, seconds: float) -> None:
    """Counts one response. `view` is the name of its address, "none" where there is none."""
    REQUEST_SECONDS.labels(view).observe(seconds)
    RESPONSES.labels(view, method if method in METHODS else "other", str(status)).inc()
    if view in SAVING and method in WRITING:
        SAVE_SECONDS.labels(str(status)).observe(seconds)
        if status == 409:
            CONFLICTS.inc()


class SiteCollector(Collector):
    """What is ready and what waits, as the database has it now. About eight short queries."""

    def collect(self) -> Iterator[Metric]:
        ready = GaugeMetricFamily("splitcheck_ready", "1 where a check of /readyz passes", labels=["check"])
        problems = find_problems()
        for name in CHECKS:
            ready.add_metric([name], float(name not in problems))
        yield ready
        try:
            yield from build_queue_metrics()
        except Error:
            return  # `splitcheck_ready` says why


def build_queue_metrics() -> Iterable[Metric]:
    """How much waits in each queue and for how long, and what mail has not left. Raises Error without a database."""
    waiting = GaugeMetricFamily("splitcheck_queue_waiting", "What waits for the background worker", labels=["queue"])
    oldest = GaugeMetricFamily(
        "splitcheck_queue_oldest_seconds", "For how long the oldest has waited; 0 when nothing does", labels=["queue"]
    )
    now = timezone.now()
    queues = {
        "pdf": Report.objects.filter(state=ReportState.QUEUED).aggregate(count=Count("pk"), since=Min("queued_at")),
        "questionnaire": LintRun.objects.filter(state=LintState.QUEUED).aggregate(
            count=Count("pk"), since=Min("queued_at")
        ),
        "mail": OutgoingMail.objects.filter(state__in=(MailState.WAITING, MailState.SENDING)).aggregate(
            count=Count("pk"), since=Min("created_at")
        ),
    }
    for queue, row in queues.items():
        since: datetime | None = row["since"]
        waiting.add_metric([queue], row["count"])
        oldest.add_metric([queue], max(0.0, (now - since).total_seconds()) if since else 0.0)
    unsent = GaugeMetricFamily("splitcheck_mail_unsent", "Mail that has not left, by state", labels=["state"])
    states = (MailState.WAITING, MailState.SENDING, MailState.FAILED)
    rows = OutgoingMail.objects.filter(state__in=states).order_by().values_list("state").annotate(Count("pk"))
    counts = dict(rows)
    for state in states:
        unsent.add_metric([state.name.lower()], counts.get(state, 0))
    return [waiting, oldest, unsent]


def build_metrics() -> bytes:
    """All figures as text: of every process of this gunicorn, and of the database."""
    processes = process_registry
    if MULTIPROCESS_DIR in os.environ:
        processes = CollectorRegistry()
        MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    site = CollectorRegistry()
    site.register(SiteCollector())
    return bytes(generate_latest(processes) + generate_latest(site))
