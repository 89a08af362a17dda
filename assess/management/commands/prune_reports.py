"""`manage.py prune_reports`: deletes PDFs that are old and can be made again."""

from typing import Any

from django.core.management.base import BaseCommand

from assess.reports.facade import prune_reports


class Command(BaseCommand):
    help = (
        "Delete PDFs of open versions, portfolios and comparisons that are older than REPORT_DAYS; whoever asks gets "
        "them made again. Those of submitted versions stay. Where PDFs and logos are in a store (S3_BUCKET), delete "
        "there what no row names any more. Run it once a day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        pruned = prune_reports()
        self.stdout.write(f"Deleted: PDFs {pruned.reports}, files in the store without a row {pruned.files}.")
