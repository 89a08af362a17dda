"""Reports that belong to one person: of a portfolio, of a comparison.

One row for each choice of a person, rendered again whenever they ask, and shown to them alone. What it shows and who
may see that, its kind decides (`registry`). One row per user: what two architects may see can change from one minute to
the next, and sharing would need a rule by which one's report is as good for the other.
"""

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assess.people.facade import User
from assess.reports import queue
from assess.reports.models import Report, ReportKind

#: A person's, at a time; the oldest go.
MAX_PERSONAL_REPORTS: Final = 20


def personal_reports_of(person: User, *, with_pdf: bool = False) -> "QuerySet[Report]":
    """The person's reports, with their workspace; the bytes only `with_pdf`."""
    queryset = Report.objects.filter(requested_by=person, assessment=None).select_related("workspace")
    return queryset if with_pdf else queryset.defer("pdf")


def request_personal_report(kind: ReportKind, *, spec: str, by: User, workspace_id: int | None = None) -> Report:
    """The row of this choice, queued to show how things stand now unless it waits or is under way already. Raises
    QueueLimitError."""
    with transaction.atomic():
        queue.lock_queue()
        report = personal_reports_of(by).filter(kind=kind, spec=spec).first()
        if report is not None and report.state in queue.ACTIVE:
            return report
        queue.count_request(by)
        if report is not None:
            queue.requeue(report, by=by)
        else:
            now = timezone.now()
            report = Report.objects.create(
                kind=kind, spec=spec, workspace_id=workspace_id, requested_by=by, requested_at=now, queued_at=now
            )
            newest = personal_reports_of(by).order_by("-requested_at", "-pk").values_list("pk", flat=True)
            # A list, because the database may delete from what it reads.
            personal_reports_of(by).exclude(pk__in=list(newest[:MAX_PERSONAL_REPORTS])).exclude(
                state__in=queue.ACTIVE
            ).delete()
        queue.notify_worker()
    return report
