"""The report as an HTML document for paper: no addresses in it, all text escaped by the template engine."""

from typing import Final

from django.template.loader import render_to_string

from assess.language import _, day
from assess.reports.chapters import FULL, Choice, build_document
from assess.reports.content.data import Brand, ReportData
from assess.reports.document import Document, plain_text
from assess.web.facade import ICONS

REPORT_TEMPLATE: Final = "reports/report_pdf.html"
#: For reports over several systems.
DOCUMENT_TEMPLATE: Final = "reports/document_pdf.html"
#: The family under which `pdf` embeds our font, and where that is missing or lacks a character. DejaVu Sans comes with
#: fontconfig in Debian, which WeasyPrint needs.
FONT_FAMILY: Final = "Report Sans"
FALLBACK_FONTS: Final = '"DejaVu Sans", "Noto Sans", sans-serif'
#: For attributes of SVG, which are in double quotes.
SVG_FONT: Final = f"{FONT_FAMILY}, {FALLBACK_FONTS}".replace('"', "'")


def render_report_html(report: ReportData, choice: Choice = FULL) -> str:
    """One system's report: page 1, then the chapters of this choice."""
    page = report.page_one
    assert page is not None  # as built
    return render_to_string(
        REPORT_TEMPLATE,
        {
            "report": report,
            "page": page,
            "document": build_document(report, choice),
            "summary": _("{verdict}: {form}. {state}, {day}.").format(
                verdict=page.verdict_words,
                form=page.form_words or plain_text(page.model_said),
                state=report.state_words,
                day=day(report.dated),
            ),
            "verdict_drawing": ICONS[page.verdict],
            "font": SVG_FONT,
            "paper": True,
        },
    )


def render_document_html(document: Document, *, brand: Brand, eyebrow: str) -> str:
    """A report over several systems; its first chapter is page 1, with `eyebrow` above the title."""
    first, *chapters = document.chapters
    return render_to_string(
        DOCUMENT_TEMPLATE,
        {
            "document": document,
            "first": first,
            "chapters": chapters,
            "brand": brand,
            "eyebrow": eyebrow,
            "font": SVG_FONT,
        },
    )
