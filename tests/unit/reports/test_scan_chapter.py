"""The chapter about the code: there only with a scan, the same charts as on the page, and in words in every form."""

import json
import re
from dataclasses import asdict, replace
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from assess.evidence.facade import build_candidates, build_inventory, build_quadrants, build_scan_charts, read_evidence
from assess.reports.chapters import Choice, build_document
from assess.reports.content.data import ReportData
from assess.reports.document import Drawing, Table
from assess.reports.pdf_cache import content_key
from assess.reports.renderings.html import render_report_html
from tests.evidence_samples import APPS, evidence_of_apps, shop_evidence
from tests.rendering import kept_pdf
from tests.unit.evidence.test_standing import monolith
from tests.unit.reports.full_reports import docx_bytes, letters, page_html, report_in, words_of_docx, words_of_html
from tests.unit.reports.report_factory import pages_text

SVG = "{http://www.w3.org/2000/svg}"
MONOLITHS = [monolith(f"m{cut}", imports_to_cut=cut) for cut in range(10)]


def with_scan(evidence: dict | None = None) -> ReportData:
    """A report whose version has a scan, of the shop unless another is given."""
    scan = read_evidence(evidence or shop_evidence())
    inventory = build_inventory(scan, None)
    candidates = build_candidates(inventory) if inventory else None
    charts = build_scan_charts(scan, MONOLITHS)
    return replace(report_in("draft"), scan_charts=charts, candidates=candidates)


def drawings(report: ReportData) -> dict[str, str]:
    """The charts of the scan as paper has them, by template."""
    chapters = [chapter for chapter in build_document(report).chapters if chapter.slug in {"map", "candidates"}]
    return {
        block.template: render_to_string(block.path, {"chart": block.chart, "prefix": "pdf", "paper": True})
        for chapter in chapters
        for block in chapter.all_blocks()
        if isinstance(block, Drawing)
    }


def test_only_a_report_with_a_scan_has_the_chapter() -> None:
    assert "map" not in [chapter.slug for chapter in build_document(report_in("draft")).chapters]
    assert "The map" not in build_document(report_in("draft"), Choice(reader="leadership")).left_out
    found = {chapter.slug: chapter.title for chapter in build_document(with_scan()).chapters}
    assert found["map"] == "2 of 35 imports between apps point the wrong way"


def test_the_chapter_is_for_architects_and_leadership_reads_that_it_is_left_out() -> None:
    made = build_document(with_scan(), Choice(reader="leadership"))

    assert "map" not in [chapter.slug for chapter in made.chapters]
    assert "“The map of the code”" in made.left_out


@pytest.mark.parametrize("count", [6, 40, 80])
def test_its_drawings_are_images_with_a_title_and_nothing_that_the_security_policy_refuses(count: int) -> None:
    found = drawings(with_scan(evidence_of_apps(count)))

    assert set(found) == {"matrix.html", "quadrants.html", "standing.html"}
    for name, html in found.items():
        assert not re.search(r"style=|\son\w+=|href|<script", html), name
        assert all("<title" in svg for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)), name


@pytest.mark.parametrize("count", [2, 6, 25, 40, 80])
def test_nothing_of_the_matrix_lies_outside_its_drawing(count: int) -> None:
    report = with_scan(evidence_of_apps(count))
    assert report.scan_charts
    matrix = report.scan_charts.matrix
    html = drawings(report)["matrix.html"]
    svg = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])

    moved = [tuple(map(int, re.findall(r"\d+", each.get("transform", "")))) for each in svg.iter(f"{SVG}g")]
    assert len(moved) == len(matrix.cells)
    assert all(x + matrix.side <= matrix.end and y + matrix.side <= matrix.end for x, y in moved)
    # A cell for each dark square, ring or dot, and a name for each row and column.
    names = [each for each in svg.iter(f"{SVG}text") if each.get("fill") == "currentColor" and each.text]
    assert len([each for each in names if not (each.text or "").isdigit()]) == 2 * len(matrix.parts)


def test_word_and_page_have_every_finding_and_the_links_in_words() -> None:
    report = with_scan()
    charts = report.scan_charts
    assert charts

    for said in (letters(words_of_docx(docx_bytes(report))), letters(words_of_html(page_html(report)))):
        for finding in (charts.matrix, charts.hidden, charts.standing, build_quadrants(report.candidates)):
            assert letters(finding.finding) in said
        assert all(app in said for app in map(letters, APPS))
        assert letters("orders payments 2 2 0") in said


def test_equal_reports_with_a_scan_are_one_stored_pdf() -> None:
    assert content_key(with_scan()) == content_key(with_scan())
    assert " at 0x" not in str(asdict(with_scan()))  # where a value lies in memory is no content


@pytest.mark.slow  # renders two PDFs of four pages
@pytest.mark.parametrize("count", [6, 80])
def test_paper_has_the_chapter(count: int) -> None:
    report = with_scan(evidence_of_apps(count))
    assert report.scan_charts

    said = letters("".join(pages_text(kept_pdf(render_report_html(report, Choice(chapters=("map", "signoff")))))))

    assert letters(report.scan_charts.matrix.finding) in said
    assert letters(report.scan_charts.matrix.parts[0].name) in said


def test_a_name_of_three_hundred_letters_does_not_fill_a_page() -> None:
    changed = json.dumps(shop_evidence())
    for app in APPS:
        changed = changed.replace(f'"{app}"', json.dumps(app + "W" * (300 - len(app))))
    (chapter,) = [each for each in build_document(with_scan(json.loads(changed))).chapters if each.slug == "map"]
    rows = [row for block in chapter.all_blocks() if isinstance(block, Table) for row in block.rows]
    assert rows
    assert max(len(run.text) for row in rows for cell in row.cells for run in cell) == 120


def test_without_a_link_between_apps_there_is_a_sentence_instead_of_a_matrix() -> None:
    report = with_scan(evidence_of_apps(1))

    assert "matrix.html" not in drawings(report)
    assert "No link to another app, and no row: app00." in str(build_document(report).chapters)
