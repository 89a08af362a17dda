"""What other rooms may use of `reports`. They import nothing else from here."""

# Writing a document: the blocks that every rendering draws, and text that people typed
from assess.reports.chapters import Choice, Reader
from assess.reports.charts import dumbbell_chart, dumbbells_figure

# The data inside a report
from assess.reports.content.attachment import (
    MADE_BY,
    MAX_ATTACHMENT_BYTES,
    AttachedReport,
    encode_attachment,
    read_attachment,
)
from assess.reports.content.data import Attachment, Brand
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

# Files: names, keys, and reading them back
from assess.reports.file_names import file_stem

# Answering requests with a report
from assess.reports.http_responses import pdf_response, request_and_redirect

# From rows to plain values
from assess.reports.loaders.brand import load_brand
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
from assess.reports.loaders.report import with_report_relations
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.pdf import RenderError
from assess.reports.pdf_cache import html_key
from assess.reports.pdf_sandbox import MAX_PDF_BYTES, UnreadablePdfError, extract_attachment

# The queue, and the kinds of report that it renders
from assess.reports.queue import (
    ACTIVE,
    NICENESS,
    QueueLimitError,
    ensure_rendering,
    get_claimed_report,
    render,
    render_queued_reports,
)
from assess.reports.registry import KindSpec, PersonalPage, RenderJob, register_kind
from assess.reports.renderings.html import render_document_html
from assess.reports.report_verification import Verification, verify_report

# The PDF of an assessment
from assess.reports.service import (
    get_current_report,
    get_newest_report,
    get_ready_report,
    render_pdf_now,
    request_report,
)
