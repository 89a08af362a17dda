"""What other rooms may use of `reports`. They import nothing else from here."""

# the PDF of an assessment
from assess.reports.chapters import Choice, Reader
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.service import (
    get_current_report,
    get_newest_report,
    get_ready_report,
    render_pdf_now,
    request_report,
)

# answering a request with a report
from assess.reports.http_responses import pdf_response, request_and_redirect

# the queue, and the kinds of report that it renders
from assess.reports.queue import (
    ACTIVE,
    NICENESS,
    QueueLimitError,
    ensure_rendering,
    get_claimed_report,
    has_lost_reports,
    render_claimed,
    render_queued_reports,
)
from assess.reports.tasks import render_reports
from assess.reports.retention import prune_reports
from assess.reports.registry import KindSpec, PersonalPage, RenderJob, register_kind

# writing a report over several systems: its document, its charts, its data, and what it is rendered from
from assess.reports.charts import dumbbell_chart
from assess.reports.content.attachment import MADE_BY, encode_attachment
from assess.reports.content.data import Attachment, Brand, ReportData
from assess.reports.content.sanitize import LONG_NAME, MAX_NAME, clean_line, clean_text
from assess.reports.document import (
    Block,
    Chapter,
    Column,
    Columns,
    Document,
    Figure,
    Items,
    Line,
    Paragraph,
    Part,
    Row,
    Run,
    Table,
    line,
)
from assess.reports.file_names import file_stem
from assess.reports.loaders.report import load_brand
from assess.reports.pdf import RenderError
from assess.reports.pdf_cache import html_key
from assess.reports.renderings.html import render_document_html
from assess.reports.renderings.plan_files import PLAN_FORMATS, write_plan_file

# comparing versions and systems
from assess.reports.loaders.comparison import (
    MAX_COMPARED,
    MIN_COMPARED,
    ComparedAnswer,
    ComparedVersion,
    Comparison,
    VersionStep,
    build_step,
    compare_answers,
    load_compared_versions,
    load_comparison,
)

# reading a report back
from assess.reports.content.attachment import MAX_ATTACHMENT_BYTES, AttachedReport, read_attachment
from assess.reports.pdf_sandbox import MAX_PDF_BYTES, UnreadablePdfError, extract_attachment, without_lead
from assess.reports.report_verification import Verification, verify_report
