"""Reports that are a person's own: of a portfolio, of a comparison.

Decides: that each choice of a person has one row, made anew whenever they ask, and that it is shown to them alone. Does
not decide: what it shows and who may see that (its kind, `kinds`).

They are not shared between people, although two architects may well ask for the same: what one of them may see can
change from one minute to the next, and a row for each is simpler to be sure of than a rule by which one is as good for
the other.
"""

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from assess.people.facade import User
from assess.reports import queue
from assess.reports.models import Report, ReportKind

#: So many a person has at a time; the oldest go.
KEPT: Final = 20


def own_reports(person: User, *, with_pdf: bool = False) -> "QuerySet[Report]":
    """With the workspace where there is one, and the number of bytes (`size`); without these unless asked for."""
    found = (
        Report.objects.filter(requested_by=person, assessment=None)
        .select_related("workspace")
        .annotate(size=Length("pdf"))
    )
    return found if with_pdf else found.defer("pdf")


def request_own(kind: ReportKind, *, spec: str, by: User, workspace_id: int | None = None) -> Report:
    """Ask for it as things stand now. One that waits or is under way is given back as it is. Raises TooManyError."""
    with transaction.atomic():
        queue.hold()
        report = own_reports(by).filter(kind=kind, spec=spec).first()
        if report is not None and report.state in queue.ACTIVE:
            return report
        queue.admit(by)
        if report is not None:
            queue.put_again(report, by=by)
        else:
            now = timezone.now()
            report = Report.objects.create(
                kind=kind, spec=spec, workspace_id=workspace_id, requested_by=by, requested_at=now, queued_at=now
            )
            kept = own_reports(by).order_by("-requested_at", "-pk").values_list("pk", flat=True)
            # A list, because the database may delete from what it reads.
            own_reports(by).exclude(pk__in=list(kept[:KEPT])).exclude(state__in=queue.ACTIVE).delete()
        queue.tell_worker()
    return report


__all__ = ["own_reports", "request_own"]
