"""The chapter "What became of it"."""

from assess.reports.content.data import ReportData
from assess.reports.document import Block


def write_outcome(report: ReportData) -> tuple[Block, ...] | None:
    """None while there is nothing to say."""
    return None
