"""Reports over several systems, each built here as a document of blocks. Importing this registers both kinds with the
queue.

`portfolio` reports on a workspace's systems (read by `portfolio_data`), `comparison` on two to four versions; `common`
has what both use.
"""

from assess.portfolio.reports import comparison, portfolio
from assess.reports.facade import KindSpec, ReportKind, register_kind

register_kind(ReportKind.PORTFOLIO, KindSpec(build_job=portfolio.build_job, build_page=portfolio.build_page))
register_kind(ReportKind.COMPARISON, KindSpec(build_job=comparison.build_job, build_page=comparison.build_page))
