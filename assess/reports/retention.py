"""How long PDFs are kept.

The PDF of a submitted version is kept as long as the version: it shows what was signed, and is checked byte for byte.
All others can be made again at any time, so they go after `REPORT_DAYS`.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from assess.people.facade import LOGO_FOLDER, Logo
from assess.reports.models import Report
from assess.reports.queue import ACTIVE, PDF_FOLDER
from assess.web.facade import remove_orphans


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows were deleted, and how many files of the store that no row names."""

    reports: int
    files: int


def prune_reports() -> Pruned:
    """Deletes PDFs that can be made again and are older than `REPORT_DAYS` (0 keeps them for ever), then what is left
    in the store of rows that are gone, logos too."""
    reports = 0
    if settings.REPORT_DAYS:
        older = timezone.now() - timedelta(days=settings.REPORT_DAYS)
        outdated = Report.objects.filter(is_final=False, finished_at__lt=older).exclude(state__in=ACTIVE)
        reports = outdated.delete()[0]
    files = sum(
        remove_orphans(folder, named=set(rows.exclude(stored_as="").values_list("stored_as", flat=True)))
        for folder, rows in ((PDF_FOLDER, Report.objects.all()), (LOGO_FOLDER, Logo.objects.all()))
    )
    return Pruned(reports=reports, files=files)
