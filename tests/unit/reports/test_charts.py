"""Charts: right places, a finding as title, words beside every mark, and nothing that the security policy refuses."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from assess.questionnaire.schema import Answer
from assess.reports.chapters import build_document
from assess.reports.charts import LABEL, SCALE_END, dumbbell_chart
from assess.reports.content.data import ComparedAxis, ComparedMark, ReportData
from assess.reports.document import Drawing, Figure, Items, Table, plain_text
from assess.reports.renderings.html import render_report_html
from assess.web.icons import ICONS
from tests.rendering import kept_pdf
from tests.unit.reports.disagreement_factory import people_apart
from tests.unit.reports.report_factory import DEMO_NAMES, demo_answers, made_report

SVG = "{http://www.w3.org/2000/svg}"
#: Whatever a fill or a line stands for, on paper; what is known, what is open, what is left.
FILLS = {
    "data": "#3b5f94", "calm": "#8ea6c8", "band": "#b4c4de", "track": "#e6eaf0", "paper": "#ffffff", "line": "#14202b",
}  # fmt: skip
TEMPLATES = {"answers": "states"}


def charts_of(report: ReportData) -> dict[str, Any]:
    """Every chart of the report, by its slug."""
    blocks = (block for chapter in build_document(report).chapters for block in chapter.all_blocks())
    return {block.chart.slug: block.chart for block in blocks if isinstance(block, Figure)}


def drawn(report: ReportData, name: str) -> ElementTree.Element:
    text = render_to_string(f"charts/{TEMPLATES[name]}.svg", {"chart": charts_of(report)[name], "prefix": "page"})
    return ElementTree.fromstring(re.sub(r"^\s+", "", text))


@pytest.mark.parametrize("demo", DEMO_NAMES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_chart_is_an_image_with_its_finding_as_title_and_a_description(demo: str, name: str) -> None:
    report = made_report(demo_answers(demo))
    svg = drawn(report, name)
    assert svg.get("role") == "img"
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert title.text == charts_of(report)[name].title
    assert title.text.endswith(".")
    assert desc.text
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_charts_use_no_style_attribute_no_script_and_no_address(name: str) -> None:
    for element in drawn(made_report(demo_answers("shob")), name).iter():
        for attribute in element.attrib:
            assert attribute != "style"
            assert not attribute.startswith("on")
            assert "href" not in attribute
        assert element.tag.removeprefix(SVG) in {"svg", "title", "desc", "g", "rect", "path", "circle", "text"}


def drawings_of(report: ReportData) -> dict[str, str]:
    """Every chart that the result page shares, as it is drawn on paper, by its template."""
    blocks = (block for chapter in build_document(report).chapters for block in chapter.all_blocks())
    return {
        block.template: render_to_string(block.path, {"chart": block.chart, "prefix": "pdf", "paper": True})
        for block in blocks
        if isinstance(block, Drawing)
    }


@pytest.mark.parametrize("demo", DEMO_NAMES)
def test_shared_charts_have_a_text_for_every_drawing_and_no_style_script_or_address_on_paper(demo: str) -> None:
    drawn_charts = drawings_of(made_report(demo_answers(demo), argued=True))
    assert {"pains.html", "path.html", "gates.html", "scales.html", "line.html", "squares.svg"} <= set(drawn_charts)
    for name, html in drawn_charts.items():
        drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
        assert all(re.search(r"<title[^>]*>\s*\S", drawing) for drawing in drawings), name
        assert "style=" not in html
        assert not re.search(r"\son\w+=|href|<script", html)


def test_shared_charts_are_in_words_where_a_form_cannot_draw() -> None:
    report = made_report(demo_answers("ecommerce-35-developers"), argued=True)
    said = str(
        [
            block.words
            for chapter in build_document(report).chapters
            for block in chapter.all_blocks()
            if isinstance(block, Drawing)
        ]
    )
    assert report.argument
    line = report.argument.verdict_line
    for row in (*line.open_rows, *line.near_rows):
        assert row.label in said
        assert all(each.words in said for _column, alternatives in row.cells for each in alternatives)
    for row in report.pains.rows:
        assert f"{row.label}" in said
        assert row.answer in said
    for station in report.path.stations:
        assert station.question in said
        assert station.answer in said
    for step in report.roadmap.steps:
        assert step.title in said
        assert step.done in said
    for box in report.gate_boxes.boxes:
        assert box.name in said
    assert report.evidence.finding in said


def test_only_pains_have_a_threshold_at_fifty() -> None:
    report = made_report(demo_answers("shob"))
    assert {row.bar.threshold for row in report.pains.rows} == {50}
    assert {row.bar.threshold for row in report.scales.rows} == {None}
    drawn_charts = drawings_of(report)
    assert "M50 0V20" in drawn_charts["pains.html"]
    assert "M50 0V20" not in drawn_charts["scales.html"]


def test_numbers_in_drawings_keep_their_point_in_every_locale() -> None:
    from django.utils import translation

    with translation.override("de"):
        drawn_charts = drawings_of(made_report(demo_answers("ecommerce-35-developers"), argued=True))
    numbers = re.findall(r'\s(?:x|y|width|height|viewBox|d)="([^"]*)"', "".join(drawn_charts.values()))
    assert numbers
    assert not any("," in number for number in numbers)


def test_long_groups_of_pains_are_cut_on_paper_and_the_rest_is_counted() -> None:
    report = made_report(demo_answers("ecommerce-35-developers"))
    html = drawings_of(report)["pains.html"]
    assert report.pains.left_out > 0
    assert html.count('<td role="cell" class="bar-cell">') == len(report.pains.rows) - report.pains.left_out
    assert f"{report.pains.left_out} more are not drawn." in html


def test_the_checklist_says_each_state_in_words_and_draws_each_differently() -> None:
    report = made_report(
        {"teams": Answer(value=5), "deploy_minutes": Answer(value=10), "hiring": Answer()}, submitted=True
    )
    assert report.checklist_squares.kinds == ("full", "cross", *["open"] * 5)
    (chapter,) = [chapter for chapter in build_document(report).chapters if chapter.slug == "checklist"]
    said = " ".join(
        plain_text(line) for block in chapter.all_blocks() if isinstance(block, Items) for line in block.lines
    )
    assert (said.count(": yes"), said.count(": no"), said.count(": not known")) == (1, 6, 5)


@pytest.mark.parametrize("demo", DEMO_NAMES)
def test_answer_states_count_every_asked_question(demo: str) -> None:
    report = made_report(demo_answers(demo))
    chart = charts_of(report)["answers"]
    counted = sum(segment.count for row in chart.rows for segment in row.segments)
    assert counted == sum(line.state != "not_asked" for section in report.sections for line in section.lines)
    for row in chart.rows:
        assert all(LABEL <= part.x <= part.x + part.width <= SCALE_END for part in row.segments)


# --- versions compared, and people apart


def compared(*values: tuple[int, int, bool]) -> tuple[ComparedAxis, ...]:
    """One axis with a mark for each version: points, how high it may be, whether anything is known."""
    marks = tuple(
        ComparedMark(
            kind=kind, name=f"Version {number}", points=points, high=high, value=f"{points} to {high}", is_known=known
        )
        for number, (kind, (points, high, known)) in enumerate(
            zip(("ring", "dot", "square", "cross"), values, strict=False), start=1
        )
    )
    return (ComparedAxis(axis="people", name="People", marks=marks, threshold=50),)


@pytest.mark.parametrize("narrow", [True, False])
def test_dumbbells_join_known_scores_and_skip_unknown_ones(narrow: bool) -> None:
    chart = dumbbell_chart(compared((20, 45, True), (80, 80, True), (0, 100, False)), "Furthest.", narrow=narrow)
    (row,) = chart.rows
    low, high = chart.track_x, chart.track_x + chart.track_width
    assert [mark.x for mark in row.marks] == [low + (high - low) * 0.2, low + (high - low) * 0.8]
    assert row.line == (row.marks[0].x, row.marks[1].x)
    assert [(band.x, round(band.x + band.width)) for band in row.bands] == [
        (row.marks[0].x, round(low + (high - low) * 0.45)),
        (low, high),
    ]
    assert row.threshold_x == (low + high) / 2
    assert [sign.kind for sign in chart.key] == ["ring", "dot", "square"]
    assert "People: Version 1: 20 to 45; Version 2: 80 to 80; Version 3: 0 to 100; acute from 50" in chart.desc


@pytest.mark.parametrize("narrow", [True, False])
def test_four_versions_are_told_apart_by_shape_and_nothing_lies_outside_the_drawing(narrow: bool) -> None:
    axes = compared((0, 100, True), (50, 50, True), (100, 100, True), (10, 20, True))
    chart = dumbbell_chart(axes, "Furthest.", narrow=narrow)
    text = render_to_string("charts/dumbbells.svg", {"chart": chart, "prefix": "page"})
    svg = ElementTree.fromstring(text[text.index("<svg") :])
    assert {"circle", "rect", "path"} <= {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert all(sign.y + 8 <= chart.height for sign in chart.key)
    for element in svg.iter():
        assert "style" not in element.attrib
        if "transform" not in element.attrib:
            width = float(element.get("width") or 0) if element.tag == f"{SVG}rect" else 0.0
            assert 0 <= float(element.get("x") or 0) + width <= chart.width


@pytest.mark.parametrize("demo", DEMO_NAMES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_narrow_chart_says_the_same_and_is_readable_at_320_pixels(demo: str, name: str) -> None:
    report = made_report(demo_answers(demo))
    blocks = [block for chapter in build_document(report).chapters for block in chapter.all_blocks()]
    figure = next(block for block in blocks if isinstance(block, Figure) and block.chart.slug == name)
    text = render_to_string(f"charts/{TEMPLATES[name]}.svg", {"chart": figure.narrow, "prefix": "page-narrow"})
    svg = ElementTree.fromstring(re.sub(r"^\s+", "", text))
    assert (figure.narrow.title, figure.narrow.desc) == (figure.title, figure.desc)
    # A column of such a window is 288 pixels wide.
    scale = 288 / figure.narrow.width
    letters = [float(element.get("font-size") or svg.get("font-size") or 0) for element in svg.iter(f"{SVG}text")]
    assert min(letters) * scale >= 9
    bars = [element for element in svg.iter(f"{SVG}rect") if element.get("x")]
    assert all(float(bar.get("x") or 0) + float(bar.get("width") or 0) <= figure.narrow.width for bar in bars)
    words = {(element.get("class"), element.get("y"), element.get("x")) for element in svg.iter(f"{SVG}text")}
    assert len(words) == len(letters), "two words at one place"
    assert all(float(element.get("y") or 0) <= figure.narrow.height for element in svg.iter(f"{SVG}text"))


def test_every_answer_is_in_chart_and_table_where_people_disagree() -> None:
    found = people_apart()
    report = replace(made_report(demo_answers("shob")), disagreement=found)
    chapter = next(chapter for chapter in build_document(report).chapters if chapter.slug == "disagreement")
    charts = [block.chart for block in chapter.all_blocks() if isinstance(block, Figure)]
    assert [chart.title for chart in charts] == [line.chart.title for line in found.lines if line.chart]
    for chart, line in zip(charts, found.lines, strict=True):
        assert sum(len(row.marks) for row in chart.rows) == line.respondents
        text = render_to_string("charts/spread.svg", {"chart": chart, "prefix": "pdf"})
        assert chart.desc in text.replace("&#x27;", "'")
    tables = [block for block in chapter.all_blocks() if isinstance(block, Table)]
    said = " ".join(plain_text(cell) for table in tables for row in table.rows for cell in row.cells)
    assert all(value in said for line in found.lines for value in line.values)


# --- in grey


def grey(colour: str) -> float:
    """How light it is when printed without colour, 0 to 255."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize(
    ("one", "other"),
    [("data", "calm"), ("calm", "track"), ("data", "band"), ("band", "track"), ("track", "paper"), ("line", "data")],
)
def test_adjacent_fills_differ_in_lightness(one: str, other: str) -> None:
    assert abs(grey(FILLS[one]) - grey(FILLS[other])) >= 20


def test_charts_use_only_the_tested_fills() -> None:
    used = set()
    for path in (settings.BASE_DIR / "templates" / "charts").glob("*.svg"):
        if path.name != "trend.svg":
            used |= set(re.findall(r'<(?:rect|path|circle)[^>]*fill="(#[0-9a-f]{6})"', path.read_text("utf-8")))
    assert used <= set(FILLS.values())


def test_verdicts_differ_by_shape_and_word_not_only_colour() -> None:
    verdicts = ("stay", "modular", "extract", "unknown")
    assert len({re.sub(r"#[0-9a-f]{6}", "", str(ICONS[verdict])) for verdict in verdicts}) == 4


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not here")
def test_a_page_printed_in_grey_shows_what_is_known_what_is_open_and_the_rest(tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"
    paper.write_bytes(kept_pdf(render_report_html(made_report(demo_answers("ecommerce-35-developers")))))
    command = ["pdftoppm", "-gray", "-r", "60", "-f", "2", "-l", "2", paper, tmp_path / "page"]
    subprocess.run(command, check=True)  # our own file
    (page,) = tmp_path.glob("page*.pgm")
    pixels = page.read_bytes().split(b"\n", 3)[3]
    for name in ("data", "calm", "track"):
        lightness = round(grey(FILLS[name]))
        assert sum(pixels.count(bytes([value])) for value in range(lightness - 3, lightness + 4)) > 400, name
