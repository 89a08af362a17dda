"""The chapter "Goals: before and after"."""

from assess.reports.content.data import ReportData
from assess.reports.document import Block


def write_goals(report: ReportData) -> tuple[Block, ...] | None:
    """None while there is nothing to say."""
    return None
