"""Reports of thirty-odd assessments are right as PDF/UA-1: read back with pikepdf, each page and every tag."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import escape
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from assess.decision.rules import RULES
from assess.reports import pdf
from assess.reports.chapters import CHAPTERS, Choice, build_document
from assess.reports.renderings.html import render_report_html
from tests.rendering import pdf_of
from tests.suites import slow_except
from tests.unit.reports.golden_reports import BY_FORM, GOLDEN
from tests.unit.reports.report_factory import made_report, packed, pages_text

#: Standard structure types of PDF 1.7 that text, lists, tables and figures may have.
KNOWN_TAGS = {
    *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "NonStruct", "P", "H1", "H2", "H3", "H4"),
    *("L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot"),
    *("Span", "Quote", "Note", "Reference", "Code", "Link", "Annot", "Figure"),
}
#: What stands only inside another.
INSIDE = {"TH": "TR", "TD": "TR", "TR": "Table", "LI": "L", "LBody": "LI"}
#: A draft and a signed version, and a script that runs from right to left.
QUICK = ("cure, signed", "nothing answered", "Arabic")


def elements(document: pikepdf.Pdf) -> Iterator[tuple[Any, list[str]]]:
    """Every element of the structure tree with the tags above it, in reading order."""
    return elements_below(document.Root.StructTreeRoot)


def elements_below(element: Any) -> Iterator[tuple[Any, list[str]]]:
    """This element and every one inside it, in reading order, with the tags above it from this one on."""
    todo: list[tuple[Any, list[str]]] = [(element, [])]
    while todo:
        inside, above = todo.pop()
        if not isinstance(inside, pikepdf.Dictionary):
            continue
        if "/S" in inside:
            yield inside, above
            above = [*above, str(inside.S)[1:]]
        kids = inside.get("/K")
        children = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        todo.extend((kid, above) for kid in reversed(children))


def heads_named_by(cell: Any) -> list[str]:
    """The heads that a cell names as its own."""
    given = cell.get("/A")
    parts = given if isinstance(given, pikepdf.Array) else [given]
    named = [part.Headers for part in parts if isinstance(part, pikepdf.Dictionary) and "/Headers" in part]
    return [str(head) for heads in named for head in heads]


def problems_of_tree(document: pikepdf.Pdf) -> Iterator[str]:
    level = 0
    heads = {str(each.ID) for each, _ in elements(document) if str(each.S) == "/TH" and "/ID" in each}
    for element, above in elements(document):
        tag = str(element.S)[1:]
        if tag not in KNOWN_TAGS:
            yield f"unknown tag {tag}"
        if re.fullmatch(r"H\d", tag):
            now = int(tag[1])
            if now > level + 1:
                yield f"heading of level {now} below one of level {level}"
            level = now
        if tag == "Figure" and not str(element.get("/Alt", "")).strip():
            yield "a figure without a text for it"
        if tag == "Table" and not any(str(each.S) == "/TH" for each, _above in elements_below(element)):
            yield "a table without a head"
        if tag in INSIDE and INSIDE[tag] not in above:
            yield f"{tag} outside {INSIDE[tag]}"
        # A cell says which heads it stands under, either itself or by where the heads say that they count.
        if tag == "TD" and not (heads_named_by(element) and heads >= set(heads_named_by(element))):
            yield f"a cell that names no head: {heads_named_by(element)}"
    if level == 0:
        yield "no heading"


def problems_of_file(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    if not (root.get("/MarkInfo") and bool(root.MarkInfo.get("/Marked", False))):
        yield "not marked as tagged"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "the title is not shown"
    with document.open_metadata() as metadata:
        if not metadata.get("dc:title"):
            yield "no title"
        if metadata.get("pdfuaid:part") != "1":
            yield "does not say that it is PDF/UA-1"
    with document.open_outline() as outline:
        if not outline.root:
            yield "no bookmarks"


def problems_of_pages(document: pikepdf.Pdf) -> Iterator[str]:
    """All that is drawn stands in a tag or is an artifact; every character has a glyph of an embedded font."""
    for number, page in enumerate(document.pages, start=1):
        if str(page.obj.get("/Tabs", "")) != "/S":
            yield f"page {number}: keys do not follow the structure"
        for name, font in dict(page.obj.Resources.get("/Font", {})).items():
            if not _is_embedded(font):
                yield f"page {number}: font {name} is not embedded"
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            known = str(operator)
            if known in ("BDC", "BMC"):
                depth += 1
            elif known == "EMC":
                depth -= 1
            elif known in ("Tj", "TJ") and depth == 0:
                yield f"page {number}: text outside every tag"
            if known in ("Tj", "TJ") and _has_empty_glyph(operands[0]):
                yield f"page {number}: an empty box"


def _is_embedded(font: Any) -> bool:
    if str(font.get("/Subtype")) == "/Type3":
        return True
    described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return any(f"/FontFile{kind}" in described.FontDescriptor for kind in ("", "2", "3"))


def _has_empty_glyph(operand: Any) -> bool:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return any(codes[place : place + 2] == b"\0\0" for place in range(0, len(codes), 2))


def problems_of(made: bytes) -> list[str]:
    with pikepdf.open(BytesIO(made)) as document:
        return [*problems_of_file(document), *problems_of_tree(document), *problems_of_pages(document)]


@cache
def made(name: str) -> bytes:
    """The PDF of a golden assessment, made once."""
    return pdf_of(GOLDEN[name]())


@pytest.mark.parametrize("name", slow_except(GOLDEN, *QUICK))
def test_golden_pdf_has_no_accessibility_problem(name: str) -> None:
    assert problems_of(made(name)) == []


def test_golden_assessments_cover_every_form() -> None:
    assert len(GOLDEN) >= 30
    assert {form: made_report(make()).form for form, make in BY_FORM.items()} == {form: form for form in BY_FORM}


@pytest.mark.parametrize("name", slow_except(GOLDEN, *QUICK))
@pytest.mark.parametrize("reader", ["leadership", "full"])
def test_paper_has_no_rule_slug_and_refers_to_nothing_that_is_not_in_it(name: str, reader: str) -> None:
    choice = Choice.parse(reader)
    report = GOLDEN[name]()
    left_out = build_document(report, choice).left_out
    html = render_report_html(report, choice)
    said = html.replace(escape(left_out), "") if left_out else html
    assert said != html or not left_out
    assert not [slug for slug in RULES if "-" in slug and slug in said]
    assert not re.search(r"“organisation”|result page|this site|[Aa]ppendix [ABC]\b|the page “", said)
    assert not [spec.slug for spec in CHAPTERS if not choice.includes(spec) and f"“{spec.title}”" in said]


@pytest.mark.slow
def test_every_page_one_fits_one_page_of_letter_too() -> None:
    report = GOLDEN["overruled"]()
    paper = replace(report, brand=replace(report.brand, paper="Letter"))
    assert pages_text(pdf_of(paper))[1].startswith(packed(report.pains.finding))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Arabic", "45"),
        pytest.param("Chinese", "支付平台", marks=pytest.mark.slow),
        pytest.param("Japanese", "決済システム", marks=pytest.mark.slow),
        pytest.param("Korean", "결제", marks=pytest.mark.slow),
        pytest.param("Hebrew", "45", marks=pytest.mark.slow),
        pytest.param("emoji", "🚀done", marks=pytest.mark.slow),
        pytest.param("rare scripts", "[U+0378]", marks=pytest.mark.slow),
    ],
)
def test_text_in_any_script_is_readable_and_missing_glyphs_are_printed_as_codes(name: str, shown: str) -> None:
    said = "".join(pages_text(made(name)))
    assert packed(shown) in said


def test_without_system_fonts_every_missing_character_is_printed_as_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from assess.reports import glyphs

    monkeypatch.setattr(glyphs, "font_lookup", lambda: lambda code: code < 0x0250 or code in range(0x2010, 0x2040))
    coded = pdf.render_pdf(render_report_html(GOLDEN["Chinese"]()))
    assert problems_of(coded) == []
    assert "[U+652F][U+4ED8]" in "".join(pages_text(coded))
