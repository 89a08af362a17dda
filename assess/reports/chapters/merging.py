"""The chapter "Which services to merge first"."""

from assess.reports.content.data import ReportData
from assess.reports.document import Block


def write_merging(report: ReportData) -> tuple[Block, ...] | None:
    """None while there is nothing to say."""
    return None
