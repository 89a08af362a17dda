"""Reports over several systems: what they say, to whom, and what data they carry. Importing this registers both kinds
with the queue."""

from assess.portfolio.papers import comparison, portfolio
from assess.reports.facade import Kind, ReportKind, register

register(ReportKind.PORTFOLIO, Kind(manuscript=portfolio.manuscript_of, page=portfolio.page_of))
register(ReportKind.COMPARISON, Kind(manuscript=comparison.manuscript_of, page=comparison.page_of))
