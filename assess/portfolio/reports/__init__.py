"""Reports over several systems, each built here as a document of blocks. Importing this registers both kinds with the
queue.

`portfolio` reports on a workspace's systems, `comparison` on two to four versions; `common` has what both use.
"""

from assess.portfolio.reports import comparison, portfolio
from assess.reports.facade import Kind, ReportKind, register

register(ReportKind.PORTFOLIO, Kind(manuscript=portfolio.manuscript_of, page=portfolio.page_of))
register(ReportKind.COMPARISON, Kind(manuscript=comparison.manuscript_of, page=comparison.page_of))
