"""Reports over several systems: what they say, to whom, and what data they carry. Importing this registers both kinds
with the queue."""

from assess.portfolio.papers import comparison, portfolio
from assess.reports import kinds
from assess.reports.models import ReportKind

kinds.register(ReportKind.PORTFOLIO, kinds.Kind(manuscript=portfolio.manuscript_of, page=portfolio.page_of))
kinds.register(ReportKind.COMPARISON, kinds.Kind(manuscript=comparison.manuscript_of, page=comparison.page_of))
