"""The door of `reports`: what other rooms may use of it. They import nothing else from here."""

from assess.reports.attached import MADE_BY, MOST_DATA, AttachedData, Carried, read_attached, written
from assess.reports.branded import brand_of
from assess.reports.charts import dumbbell_chart
from assess.reports.cleaned import LONG_NAME, MAX_NAME, clean_line, clean_text
from assess.reports.compared import (
    FEWEST,
    MOST,
    AnswerLine,
    ComparedVersion,
    Comparison,
    Step,
    answer_lines,
    columns_of,
    compare,
    step,
)
from assess.reports.data import Brand
from assess.reports.document import (
    Block,
    Chapter,
    Choice,
    Column,
    Columns,
    Document,
    Figure,
    Items,
    Line,
    Paragraph,
    Part,
    Reader,
    Row,
    Run,
    Table,
    line,
)
from assess.reports.kinds import Kind, Manuscript, Page, register
from assess.reports.models import Report, ReportKind, ReportState
from assess.reports.naming import file_stem
from assess.reports.pdf import RenderError, document_html, key_of
from assess.reports.queue import NICENESS, claimed_by_parent, render, work_off_queue
from assess.reports.service import (
    ACTIVE,
    TooManyError,
    keep_going,
    kept_pdf,
    newest_report,
    pdf_now,
    present_report,
    request_report,
    spec_of,
    with_all_it_says,
)
from assess.reports.unpacking import MOST_PDF, UnreadableError, unpack
from assess.reports.verifying import Verified, verify
from assess.reports.views import ask_for_own, pdf_response
