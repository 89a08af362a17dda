"""What people type is text in every form of a report: no element, heading, link, field or formula comes of it.

The PDF's own grid is in `test_pdf`, that of file names in `integration/reports/test_exports`.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any, Final
from xml.etree import ElementTree

import docx as python_docx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.chapters import build_document
from assess.reports.content.data import Brand, ReportData
from assess.reports.content.people import Review, ReviewComment, SignedCondition
from assess.reports.content.sanitize import clean_line, clean_text
from assess.reports.loaders.review import describe_state
from assess.reports.renderings import markdown
from assess.reports.renderings.answers_table import render_answers_table
from assess.reports.renderings.docx import render_docx, strip_unfit
from assess.reports.renderings.madr import render_madr
from assess.reports.renderings.page_one_blocks import page_one_blocks
from assess.web.spreadsheet import COMMA
from tests.suites import slow_except
from tests.unit.decision.strategies import answers
from tests.unit.decision.systems import HOT
from tests.unit.reports.full_reports import (
    AT,
    docx_bytes,
    page_html,
    signed,
    whole_report,
    words_of_docx,
    words_of_markdown,
)
from tests.unit.reports.report_factory import packed
from tests.unit.reports.test_pdf import HOSTILE, Outline

#: What an attacker writes for one of the other forms; `HOSTILE` is what was written for HTML, CSS and the PDF.
FOR_OTHERS: Final = (
    "# A heading\n## and another\n===\n---",
    "---\nstatus: accepted\n---\n# Approved",
    "- item\n* item\n+ item\n1. item\n2) item",
    "> quoted\n    code\n\tcode\n```sh\nrm -rf /\n```\n~~~",
    "[click](javascript:alert(1)) ![x](http://127.0.0.1:9/y.png) <http://127.0.0.1:9/z>",
    "[a]: http://127.0.0.1:9/ 'title'\n[a] [^1]\n\n[^1]: note",
    "**bold** __bold__ *em* _em_ ~~gone~~ `code` ``more``",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "{{ site.secret }} {% include x %} {: .class #id } $$\\input{/etc/passwd}$$",
    "@everyone #1 &copy; &#35; \\# \\",
    "<!-- gone\n--> <details><summary>x</summary> <a href=javascript:x>",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "a;=1+1\n=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1:9/","x")',
    "＝1+1",
    '"; rm -rf / #\r\nX-Header: 1',
    "%0d%0aX-Header: 1 \u2028 \u202e backwards",
    "]]></w:t></w:r></w:p><w:p/> &lt;w:br/&gt; \x00\x0b\x1b[31m \ufffe",
    '</w:t><w:fldSimple w:instr="INCLUDETEXT file:///etc/passwd"/>',
    "../../etc/passwd",
    "${jndi:ldap://127.0.0.1/x} %s %d {0} {system} {",
)
TEXTS: Final = (*(each.format(port=9) for each in HOSTILE), *FOR_OTHERS)


def report_with(text: str) -> ReportData:
    """`text` in every place into which somebody can type, as it is cleaned before it reaches a rendering."""
    line, lines = clean_line(text, 120), clean_text(text)
    given_answers = {
        "teams": Answer(value=3, note=text, link=text, basis="measured"),
        "change_breakage": Answer(value="weekly"),
        "hiring": Answer(not_applicable=text, note=text),
        "models": Answer(who_knows=text),
    }
    review = Review(
        **describe_state("accepted"),
        signature=signed(by=line, overruled_words="Stay monolithic", overruled_to="stay", reason=lines, remark=lines),
        earlier_signatures=(signed(by=line, decision_words="Sent back", remark=lines),),
        conditions=(SignedCondition(text=lines, owner=line, due_on=date(2027, 1, 31), met_words=lines),),
        comments=(
            ReviewComment(
                about="The whole version", kind_words="Challenge", by=line, at=AT, text=lines, settled_words=lines,
                is_challenge=True,
            ),
        ),
    )  # fmt: skip
    report = whole_report(
        given_answers, state="accepted", review=review, by=text, system=text, team=text, workspace=text, edition=text
    )
    return replace(report, brand=Brand(name=line, confidentiality=line))


def harmless_like(text: str) -> str:
    """As long, with the same white space and unseen characters, and else of nothing but letters."""
    return re.sub(r"[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\ufffe]", "x", text)


def report_on_part(name: str) -> ReportData:
    """An extraction of one part, whose name the report's sentences use."""
    return whole_report(answers(**HOT, part_name=clean_line(name, 120)), state="submitted")


# --- the name of a part


def test_sentences_about_the_part_name_it_in_every_form() -> None:
    report = report_on_part("Search")
    said = "Extract Search"
    for form in (page_html(report), render_madr(report), words_of_docx(docx_bytes(report))):
        assert said in " ".join(form.split())
    assert "that part" not in render_madr(report)
    assert "that one part" not in render_madr(report)
    assert report.decision.startswith("Approve taking Search out of Payments platform")


@pytest.mark.parametrize("text", slow_except(TEXTS, *TEXTS[::4]))
def test_a_hostile_name_of_a_part_adds_nothing_to_page_or_record(text: str) -> None:
    hostile, harmless = (report_on_part(each) for each in (text, harmless_like(text)))
    first, second = Outline(page_html(hostile)), Outline(page_html(harmless))
    assert [each for each in first.elements if each != "br"] == [each for each in second.elements if each != "br"]
    assert list(tokens(render_madr(hostile))) == list(tokens(render_madr(harmless)))
    assert packed(clean_line(text, 120)) in packed(words_of_markdown(render_madr(hostile)))


# --- the page


@pytest.mark.parametrize("text", slow_except(TEXTS, *TEXTS[::4]))
def test_hostile_text_adds_no_element_or_attribute_to_the_page(text: str) -> None:
    """`Outline` reads markup as a browser does, element by element."""
    hostile, harmless = (Outline(page_html(report_with(each))) for each in (text, harmless_like(text)))
    assert [each for each in hostile.elements if each != "br"] == [each for each in harmless.elements if each != "br"]
    assert packed(clean_line(text, 120)) in packed(hostile.text)


def test_typed_links_are_not_links_on_the_page() -> None:
    html = page_html(report_with("javascript:alert(1)")) + page_html(report_with("https://evil.example/"))
    assert all(address.startswith(("/", "#")) for address in re.findall(r'(?:href|src|action)="([^"]*)"', html))


# --- the record


def tokens(said: str) -> Iterator[tuple[Any, ...]]:
    """Every element that Markdown makes of it, with its address; breaks left out."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    _fence, _front, body = said.split("---\n", 2)
    for token in parser.parse(body):
        yield token.type, token.tag, tuple(token.attrs.items())
        for inside in token.children or ():
            if inside.type not in ("text", "hardbreak", "softbreak", "text_special"):
                yield (
                    inside.type,
                    inside.tag,
                    tuple(inside.attrs.items()),
                    inside.content if inside.tag == "code" else "",
                )


@pytest.mark.parametrize("text", slow_except(TEXTS, *TEXTS[::4]))
def test_hostile_text_adds_no_markdown_to_the_record(text: str) -> None:
    hostile, harmless = (render_madr(report_with(each)) for each in (text, harmless_like(text)))
    assert list(tokens(hostile)) == list(tokens(harmless))
    assert not any(kind[0] in ("html_block", "html_inline", "link_open", "image") for kind in tokens(hostile))
    assert packed(clean_line(text, 120)) in packed(words_of_markdown(hostile))


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_stays_a_string_in_front_matter(text: str) -> None:
    said = render_madr(report_with(text))
    _fence, front, _body = said.split("---\n", 2)
    read = yaml.safe_load(front)
    assert list(read) == ["status", "date", "decision-makers", "consulted", "informed"]
    assert read["status"] == "accepted"
    assert packed(read["decision-makers"][0]) == packed(clean_line(text, 120))


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_runs_no_site_generator_template(text: str) -> None:
    body = render_madr(report_with(text)).split("---\n", 2)[2]
    assert not re.search(r"\{[{%]", body)


@given(st.text(max_size=60))
def test_any_text_is_read_back_from_markdown_as_itself(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    [opened, inline, closed] = parser.parse(markdown.escape_text(f"x{text}") + "\n")
    assert (opened.type, closed.type) == ("paragraph_open", "paragraph_close")
    assert {child.type for child in inline.children or ()} <= {"text", "text_special"}
    said = "".join(child.content for child in inline.children or ())
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", f"x{text}")
    assert packed(said) == packed(kept)


@given(st.text(alphabet="#>-+*=_~`|:.)0129 \n\tab[](){}<>!&\\$%@", min_size=1, max_size=40))
def test_text_of_marks_alone_makes_one_paragraph_wherever_it_stands(text: str) -> None:
    said = markdown.escape_lines(text, "  ")
    kinds = [token.type for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"* {said} end")]
    wrapped = ["bullet_list_open", "list_item_open", "paragraph_open", "inline"]
    assert kinds[:4] == wrapped
    assert kinds[4:] == ["paragraph_close", "list_item_close", "bullet_list_close"]


@pytest.mark.parametrize(
    ("address", "made"),
    [
        ("https://example.org/a b", "[https://example.org/a b](<https://example.org/a%20b>)"),
        ("http://example.org/)>(\n", "[http://example.org/)>(](<http://example.org/%29%3E%28%0A>)"),
        ("HTTPS://example.org", "[HTTPS://example.org](<HTTPS://example.org>)"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x", "data:text/html,x"),
        ("//example.org", "//example.org"),
        ("https://", "https://"),
        ("http://[::1", "http://\\[::1"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str, made: str) -> None:
    assert markdown.link(address) == made


# --- the Word document


def parts_of(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(made)) as package:
        return {name: package.read(name) for name in package.namelist()}


def shape(xml: bytes) -> list[str]:
    """Every element in order; breaks and tabs are what white space becomes."""
    return [each.tag for each in ElementTree.fromstring(xml).iter() if not each.tag.endswith(("}br", "}tab", "}t"))]


@pytest.mark.parametrize("text", slow_except(TEXTS, *TEXTS[::4]))
def test_hostile_text_adds_no_element_or_link_to_the_word_document(text: str) -> None:
    made = docx_bytes(report_with(text))
    hostile, harmless = parts_of(made), parts_of(docx_bytes(report_with(harmless_like(text))))
    assert list(hostile) == list(harmless)
    assert shape(hostile["word/document.xml"]) == shape(harmless["word/document.xml"])
    for name, content in hostile.items():
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in content, name
    assert not any("vba" in name.lower() or "embeddings" in name for name in hostile)
    assert packed(clean_line(text, 120)) in packed(words_of_docx(made))
    word = python_docx.Document(BytesIO(made))
    assert packed(word.core_properties.title or "")


@given(st.text(max_size=80))
def test_any_text_is_fit_for_xml(text: str) -> None:
    from xml.sax.saxutils import escape

    assert ElementTree.fromstring(f"<t>{escape(strip_unfit(text))}</t>").text in (
        strip_unfit(text),
        None if not strip_unfit(text) else strip_unfit(text),
    )


# --- the table


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_becomes_no_formula_in_csv(text: str) -> None:
    said = render_answers_table(report_with(text), COMMA).decode("utf-8-sig")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(said, newline=""))}
    assert len(rows) == len(builtin_questionnaire().questions)
    for row in rows.values():
        for cell in row.values():
            assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "|", "%", "＝"))
    note = rows["teams"]["note"]
    assert packed(note.replace("'", "")) == packed(clean_text(text).replace("'", ""))
    for separator in (";", "\t"):
        for line in re.split(r"[\r\n]", said):
            for cell in line.split(separator):
                assert not cell.lstrip(' "\u00a0').startswith(("=", "+", "-", "@"))


# --- the data


@pytest.mark.parametrize("text", TEXTS)
def test_json_keeps_the_text_as_typed(text: str) -> None:
    attached = report_with(text).attachment
    assert attached
    document = json.loads(attached.text, strict=True)
    assert document["answers"]["teams"]["note"] == text
    assert document["report"]["state"] == "accepted"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", attached.text)


# --- at the edges of the Word document


def test_the_word_document_says_its_language_paper_foot_and_line() -> None:
    report = replace(report_with("Harbour"), brand=Brand(language="de-DE"))
    assert report.page_one
    said = {"paper": "Letter", "author": "Ana", "confidentiality": "For the board only"}
    made = render_docx(build_document(report), opening=page_one_blocks(report.page_one), **said)
    parts = parts_of(made)
    styles = parts["word/styles.xml"].decode()
    assert 'w:lang w:val="de-DE" w:eastAsia="de-DE" w:bidi="de-DE"' in styles
    word = python_docx.Document(BytesIO(made))
    about, section = word.core_properties, word.sections[0]
    assert (about.title, about.author, about.language) == (report.title, "Ana", "de-DE")
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (216, 279)
    foot = next(content.decode() for name, content in parts.items() if "footer" in name and name.endswith(".xml"))
    assert 'w:instr="PAGE"' in foot
    assert 'w:instr="NUMPAGES"' in foot
    assert "version 3" in foot
    assert word.paragraphs[1].text == "For the board only"
    assert "docProps/thumbnail.jpeg" not in parts


def test_word_document_has_real_headings_lists_and_tables() -> None:
    from docx.oxml.ns import qn

    report = report_with("Harbour")
    word = python_docx.Document(BytesIO(docx_bytes(report)))
    styles = {paragraph.style.name for paragraph in word.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "List Number", "Caption", "Chart"} <= styles
    chapters = [chapter.title for chapter in build_document(report).chapters]
    heads = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Heading 1"]
    assert heads[-len(chapters) :] == chapters
    answers = next(table for table in word.tables if table.cell(0, 1).text == "Question" and len(table.columns) == 5)
    assert answers.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    # Each numbered list begins at 1.
    numbers = [
        paragraph._p.pPr.numPr.numId.val for paragraph in word.paragraphs if paragraph.style.name == "List Number"
    ]
    assert len(set(numbers)) >= 2
