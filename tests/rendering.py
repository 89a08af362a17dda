"""PDFs for tests that read them: rendered once, and kept until something that goes into them changes.

For tests of what a PDF says. Tests of rendering itself (limits, what is fetched, equal bytes) call the product.
"""

import hashlib
import os
import re
import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from assess.reports import glyphs, pdf
from assess.reports.content.data import Attachment, Paper, ReportData
from assess.reports.pdf import render_pdf
from assess.reports.pdf_cache import html_key
from assess.reports.renderings.html import render_report_html

FOLDER = Path(__file__).resolve().parent.parent / "var" / "tests" / "pdf"
DAYS_UNUSED = 7


def pdf_of(report: ReportData) -> bytes:
    """The report's PDF, with its data if it has some."""
    return kept_pdf(render_report_html(report), report.attachment, dated=report.dated, paper=report.brand.paper)


def kept_pdf(html: str, attached: Attachment | None = None, *, dated: date | None = None, paper: Paper = "A4") -> bytes:
    """As `pdf.render_pdf`."""
    key = html_key(html, paper, attached.sha256 if attached else "")
    path = FOLDER / hashlib.sha256(f"{key} {dated} {renderer()}".encode()).hexdigest()
    try:
        content = path.read_bytes()
        os.utime(path)
        return content
    except FileNotFoundError:
        content = pdf.render_pdf(html, attached, dated=dated, paper=paper)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.rename(path)
    return content


def short_pdf(html: str, attached: Attachment | None = None, **options: Any) -> bytes:
    """A real PDF with the title and the data of the report, but of one page: for tests of who gets it, and when.

    Another report gives other bytes.
    """
    title = re.search(r"<title>.*?</title>", html, re.DOTALL)
    content = f"<p>{hashlib.sha256(html.encode()).hexdigest()}</p>"
    return render_pdf(f'<html lang="en">{title[0] if title else ""}{content}</html>', attached, **options)


@cache
def renderer() -> str:
    """Changes with what the product's key leaves out: its own code, and the system's fonts and libraries."""
    digest = hashlib.sha256()
    for module in (pdf, glyphs):
        digest.update(Path(str(module.__file__)).read_bytes())
    for folder in ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/lib"):
        for path in (Path(folder), *Path(folder).glob("*"), *Path(folder).glob("*/libharfbuzz*")):
            digest.update(f"{path} {path.stat().st_mtime_ns}".encode())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.iterdir():
        if path.stat().st_mtime < time.time() - DAYS_UNUSED * 86_400:
            path.unlink(missing_ok=True)
    return digest.hexdigest()
