"""The report in other forms than the PDF, and the list of files that can be downloaded. Read `EXPORT_FORMATS` first.

- `html`: the document that becomes the PDF
- `docx`: Word, from the same `Document`; `page_one_blocks` is page 1 as blocks for it
- `madr`: a decision record in Markdown, over `markdown`
- `answers_table`: every answer, one row a question, as CSV or XLSX
- JSON is the attachment itself

Each writes `ReportData` or the `Document` built from it, and escapes what people typed. Pure but for `html`, which uses
the template engine; only `docx` imports python-docx, and only when it writes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assess.language import N_
from assess.reports.chapters import Choice
from assess.reports.content.data import ReportData
from assess.reports.renderings.answers_table import render_answers_table
from assess.reports.renderings.docx import render_report_docx
from assess.reports.renderings.madr import render_madr
from assess.web.facade import TABLE_FORMS, TableForm


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportFormat:
    """One file that can be downloaded: its URL, its line in the list and its view come from here.

    `slug` is the ending of its address, `file_ending` that of its name. `title` and `purpose` are sentences to
    translate. `takes_choice` is for formats that have chapters.
    """

    slug: str
    title: str
    purpose: str
    content_type: str
    file_ending: str
    write: Callable[[ReportData, Choice], bytes]
    takes_choice: bool = False


def render_json(report: ReportData) -> bytes:
    """The data that the PDF carries inside itself, byte for byte."""
    assert report.attachment is not None  # `load_report` always attaches it
    return report.attachment.text.encode("utf-8")


def answers_writer(form: TableForm) -> Callable[[ReportData, Choice], bytes]:
    """What writes the answers as a table of this form."""
    return lambda report, _choice: render_answers_table(report, form)


#: By the form of the table.
ANSWERS_AS: Final = {
    "xlsx": N_("The answers as an Excel file"),
    "csv": N_("The answers as CSV"),
    "semicolon.csv": N_("The answers as CSV with semicolons"),
}

EXPORT_FORMATS: Final = (
    ExportFormat(
        slug="docx",
        title=N_("A Word document"),
        purpose=N_("To edit. Charts are in words."),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        file_ending=".docx",
        write=render_report_docx,
        takes_choice=True,
    ),
    ExportFormat(
        slug="md",
        title=N_("A decision record in Markdown"),
        purpose=N_("To keep beside the code, in the MADR format."),
        content_type="text/markdown; charset=utf-8",
        file_ending=".md",
        write=lambda report, _choice: render_madr(report).encode("utf-8"),
    ),
    *(
        ExportFormat(
            slug=form.slug,
            title=ANSWERS_AS[form.slug],
            purpose=form.purpose,
            content_type=form.content_type,
            file_ending=f"_answers.{form.extension}",
            write=answers_writer(form),
        )
        for form in TABLE_FORMS
    ),
    ExportFormat(
        slug="json",
        title=N_("The data as JSON"),
        purpose=N_("The data inside the PDF: for programs, and to start a new assessment."),
        content_type="application/json",
        file_ending=".json",
        write=lambda report, _choice: render_json(report),
    ),
)
