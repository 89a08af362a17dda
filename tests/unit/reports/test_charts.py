"""Charts: right places, a finding as title, words beside every mark, and nothing that the security policy refuses."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from assess.questionnaire.schema import Answer
from assess.reports.chapters import document_of
from assess.reports.charts import LABEL, SCALE_END, place
from assess.reports.data import ReportData
from assess.reports.document import Figure
from tests.unit.reports.made import DEMO_NAMES, demo_answers, made_report

SVG = "{http://www.w3.org/2000/svg}"
TEMPLATES = {"pains": "axes", "abilities": "axes", "checklist": "checklist", "answers": "states"}


def charts_of(report: ReportData) -> dict[str, Any]:
    """Every chart of the report, by its slug."""
    blocks = (block for chapter in document_of(report).chapters for block in chapter.all_blocks())
    return {block.chart.slug: block.chart for block in blocks if isinstance(block, Figure)}


def drawn(report: ReportData, name: str) -> ElementTree.Element:
    text = render_to_string(f"charts/{TEMPLATES[name]}.svg", {"chart": charts_of(report)[name], "prefix": "page"})
    return ElementTree.fromstring(re.sub(r"^\s+", "", text))


@pytest.mark.parametrize(("points", "x"), [(0, LABEL), (50, (LABEL + SCALE_END) / 2), (100, SCALE_END)])
def test_a_score_lies_in_proportion_on_the_scale(points: int, x: float) -> None:
    assert place(points) == x


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


def test_bars_show_what_is_known_solid_and_what_is_open_as_a_band_after_it() -> None:
    report = made_report(demo_answers("ecommerce-35-developers"))
    by_name = {axis.name: axis for axis in report.axes}
    for chart in (charts_of(report)["pains"], charts_of(report)["abilities"]):
        for bar in chart.bars:
            axis = by_name[bar.name]
            assert bar.x + bar.width == pytest.approx(place(axis.points))
            assert bar.band_x + bar.band_width == pytest.approx(place(axis.high))
            assert bar.value == axis.value


def test_only_the_pains_have_a_threshold_and_it_lies_at_fifty() -> None:
    charts = charts_of(made_report(demo_answers("shob")))
    assert charts["pains"].threshold_x == place(50)
    assert charts["abilities"].threshold_x is None


def test_the_checklist_says_each_state_in_words_and_draws_each_differently() -> None:
    report = made_report(
        {"teams": Answer(value=5), "deploy_minutes": Answer(value=10), "hiring": Answer()}, submitted=True
    )
    svg = drawn(report, "checklist")
    words = [element.text for element in svg.iter(f"{SVG}text")]
    assert words == [
        "1 yes",
        "2 no",
        "3 not known",
        "4 not known",
        "5 not known",
        "6 not known",
        "7 not known",
    ]
    symbols = list(svg.iter(f"{SVG}g"))[1:6:2]
    assert len({ElementTree.tostring(next(iter(symbol))) for symbol in symbols}) == 3


@pytest.mark.parametrize("demo", DEMO_NAMES)
def test_the_strip_of_answers_counts_every_question_that_is_asked(demo: str) -> None:
    report = made_report(demo_answers(demo))
    chart = charts_of(report)["answers"]
    counted = sum(segment.count for row in chart.rows for segment in row.segments)
    assert counted == sum(line.state != "not_asked" for section in report.sections for line in section.lines)
    for row in chart.rows:
        assert all(LABEL <= part.x <= part.x + part.width <= SCALE_END for part in row.segments)


def test_numbers_in_drawings_keep_their_point_in_every_locale() -> None:
    from django.utils import translation

    with translation.override("de"):
        svg = drawn(made_report(demo_answers("shob")), "pains")
    widths = [element.get("width") or "" for element in svg.iter(f"{SVG}rect")]
    assert widths
    assert not any("," in width for width in widths)
