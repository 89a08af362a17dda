"""The PDF by the real WeasyPrint, read back with pikepdf: structure, facts, and text that does nothing but be read."""

import re
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest

from assess.decision import MODEL_VERSION
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from assess.reports import pdf, pdf_cache
from assess.reports.content.data import Brand, ReportData
from assess.reports.content.page_one import page_texts
from assess.reports.renderings.html import render_report_html
from tests.rendering import kept_pdf
from tests.suites import slow_except
from tests.unit.reports.report_factory import (
    DEMO_NAMES,
    demo_answers,
    first_answers,
    made_report,
    outline,
    packed,
    pages_text,
    structure,
)

SHOP = "ecommerce-35-developers"


def rendered(report: ReportData) -> bytes:
    return kept_pdf(render_report_html(report), paper=report.brand.paper)


@cache
def rendered_demo(name: str, submitted: bool = False) -> tuple[ReportData, bytes]:
    report = made_report(demo_answers(name), submitted=submitted, argued=True)
    return report, rendered(report)


@pytest.fixture
def shop() -> tuple[ReportData, bytes]:
    return rendered_demo(SHOP, submitted=True)


# --- structure


def test_the_pdf_is_tagged_and_says_its_language_title_author_and_date(shop: tuple[ReportData, bytes]) -> None:
    report, made = shop
    with pikepdf.open(BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en-GB"
        assert str(document.docinfo["/Title"]) == report.title == "Assessment of Payments platform, version 3"
        assert str(document.docinfo["/Author"]) == "Ana Lindqvist"
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261120")
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert 'pdfuaid:part="1"' in str(document.Root.Metadata.read_bytes(), "utf-8") or (
            "<pdfuaid:part>1</pdfuaid:part>" in str(document.Root.Metadata.read_bytes(), "utf-8")
        )


def test_bookmarks_lead_to_every_chapter(shop: tuple[ReportData, bytes]) -> None:
    report, made = shop
    titles = outline(made)
    assert titles[0] == "Payments platform"
    for chapter in (
        "The decision we ask for",
        report.pains.finding,
        report.path.finding,
        report.gate_boxes.finding,
        report.roadmap.finding,
        "What speaks for and against",
        "Gates and checklist in detail",
        "What is not known",
        "Appendix: every answer",
        "Appendix: method",
    ):
        assert chapter in titles


@pytest.mark.parametrize("name", slow_except([*DEMO_NAMES, "nothing", "everything"], SHOP, "everything"))
def test_figures_have_alternative_text_and_tables_have_heads(name: str) -> None:
    known = {"nothing": {}, "everything": first_answers(builtin_questionnaire(), note="Seen in the log.")}
    report = made_report(known[name], argued=True) if name in known else rendered_demo(name)[0]
    elements = structure(rendered(report) if name in known else rendered_demo(name)[1])
    figures = [element for element in elements if element["tag"] == "Figure"]
    assert len(figures) > 20
    assert all(figure["alt"] for figure in figures)
    assert figures[0]["alt"] == f"Verdict: {report.verdict_words}"
    if name != "nothing":  # without an answer there are no steps and no evidence to draw
        assert {report.roadmap.finding, report.evidence.finding} <= {figure["alt"] for figure in figures}
    for index, element in enumerate(elements):
        if element["tag"] == "Table":
            inside = elements[index + 1 :]
            own = [
                other["tag"]
                for other in inside[: next((i for i, o in enumerate(inside) if o["depth"] <= element["depth"]), None)]
            ]
            assert "TH" in own
            assert "TR" in own
    levels = [int(element["tag"][1]) for element in elements if re.fullmatch(r"H\d", element["tag"])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_fonts_are_embedded(shop: tuple[ReportData, bytes]) -> None:
    with pikepdf.open(BytesIO(shop[1])) as document:
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/FontName" in item]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        if pdf.font_folder():
            assert all("Report-Sans" in str(font.FontName) for font in fonts), [str(font.FontName) for font in fonts]


def test_paper_is_a4_unless_the_workspace_has_letter(shop: tuple[ReportData, bytes]) -> None:
    def size(made: bytes) -> tuple[int, int]:
        with pikepdf.open(BytesIO(made)) as document:
            box = document.pages[0].mediabox
            return round(float(box[2])), round(float(box[3]))

    assert size(shop[1]) == (595, 842)
    assert size(rendered(replace(shop[0], brand=Brand(paper="Letter")))) == (612, 792)


# --- facts


@pytest.mark.parametrize("submitted", slow_except([True, False], True))
@pytest.mark.parametrize("name", slow_except(DEMO_NAMES, SHOP))
def test_every_word_of_page_one_is_on_the_first_page_and_none_of_the_rest(name: str, submitted: bool) -> None:
    report, made = rendered_demo(name, submitted)
    pages = pages_text(made)
    page = report.page_one
    assert page is not None
    for said in page_texts(page):
        assert packed(said) in pages[0]
    assert pages[1].startswith(packed(report.pains.finding))


def test_page_one_stays_one_page_with_the_longest_names_and_all_conditions() -> None:
    answers = dict(demo_answers("ecommerce-35-developers"))
    for key in ("boundaries", "tracing", "central_logging", "ci_cd", "platform_team"):
        answers[key] = Answer()
    long = "Wareneingangskontrollverwaltung " * 4
    report = made_report(answers, submitted=True, system=long[:120], team=long[:120], workspace=long[:120])
    pages = pages_text(rendered(report))
    assert pages[1].startswith(packed(report.pains.finding))


def test_every_question_with_its_answer_note_basis_and_person_is_in_the_appendix() -> None:
    questionnaire = builtin_questionnaire()
    answers = {
        key: Answer(value=answer.value, basis="estimated", note=f"Note on {key}.", link=f"https://example.org/{key}")
        for key, answer in first_answers(questionnaire).items()
    }
    report = made_report(answers, by="Bob Berger")
    text = "".join(pages_text(rendered(report)))
    appendix = text[text.rindex("Appendix:everyanswer") :]
    for section in report.sections:
        for line in section.lines:
            assert packed(line.wording) in appendix
            assert packed(f"Note on {line.key}.") in appendix
            assert packed(f"https://example.org/{line.key}") in appendix
            if line.state == "known":
                assert packed(line.value) in appendix
    assert "BobBerger" in appendix
    assert "Estimated" in appendix


@pytest.mark.parametrize("name", slow_except(DEMO_NAMES, SHOP))
def test_four_pages_decide_details_are_short_and_each_page_has_its_foot(name: str) -> None:
    pages = pages_text(rendered_demo(name)[1])
    starts = {
        heading: next(index for index, page in enumerate(pages, 1) if heading in page)
        for heading in ("Askagain", "Whatspeaksforandagainst", "Appendix:everyanswer")
    }
    assert starts["Askagain"] <= 5
    assert starts["Whatspeaksforandagainst"] <= 6
    assert starts["Appendix:everyanswer"] <= 10
    for number, page in enumerate(pages, start=1):
        assert "Paymentsplatform·version3·20November2026·Draft" in page
        assert page.endswith(f"Page{number}of{len(pages)}")


def test_table_heads_repeat_on_the_next_page() -> None:
    pages = pages_text(rendered(made_report({})))
    assert sum("QuestionSectionState" in page for page in pages) >= 2


def test_the_method_names_edition_model_hash_and_who_submitted(shop: tuple[ReportData, bytes]) -> None:
    last = pages_text(shop[1])[-1]
    newest = builtin_questionnaire().version
    assert f"split-checklist,version{newest}" in last
    assert packed(f"Model version {MODEL_VERSION}") in last
    assert "3f" * 32 in last
    assert packed("Submitted by Ana Lindqvist, 20 November 2026, 14:02 UTC") in last


# --- the key


def test_content_key_changes_only_with_the_content() -> None:
    answers = demo_answers("shob")
    before = pdf_cache.content_key(made_report(answers))
    assert pdf_cache.content_key(made_report(dict(answers))) == before
    assert pdf_cache.content_key(made_report({**answers, "teams": Answer(value=4)})) != before
    assert pdf_cache.content_key(made_report(answers, system="Another")) != before
    assert pdf_cache.content_key(made_report(answers, submitted=True)) != before


# --- text that means harm


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that notes whoever comes."""
    hits: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(1)
                hits.append(connection.recv(200))

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], hits
    stop.set()
    thread.join()
    server.close()


HOSTILE = (
    '<img src="http://127.0.0.1:{port}/a.png">',
    '<img src="file:///etc/passwd">',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:{port}/b"/></svg>',
    '<svg><use href="file:///etc/passwd#a"/></svg>',
    "<style>@import url(http://127.0.0.1:{port}/c.css); body {{ display: none }}</style>",
    '<link rel="stylesheet" href="http://127.0.0.1:{port}/d.css">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '"><base href="http://127.0.0.1:{port}/">',
    "' onload='x' style='background:url(http://127.0.0.1:{port}/e)",
    "</title></svg></style></td></table><h1>Verdict: extract</h1>",
    '<object data="file:///etc/passwd"></object><iframe src="http://127.0.0.1:{port}/f"></iframe>',
    "<script>fetch('http://127.0.0.1:{port}/g')</script>",
    "url(http://127.0.0.1:{port}/h) url(file:///etc/passwd)",
    "{{{{ report.answers_hash }}}}{{% include 'base.html' %}}{{# gone #}}",
    "first\r\nContent-Disposition: inline",
    "&lt;b&gt; &amp; &#60;i&#62; <!-- gone --> ]]> <![CDATA[x]]>",
    "javascript:alert(1)",
    "=HYPERLINK(1) @page {{ size: A0 }} */ /* \\66 ile:",
)


class Outline(HTMLParser):
    """The elements of a page in order, and all its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[object] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, [name for name, _ in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(tag)

    def handle_comment(self, data: str) -> None:
        self.elements.append("a comment")

    def handle_data(self, data: str) -> None:
        self.text += data


def report_with(text: str) -> ReportData:
    """`text` in every place that somebody can type into."""
    answers = {
        "teams": Answer(value=3, note=text, link=text),
        "hiring": Answer(not_applicable=text, note=text),
        "models": Answer(who_knows=text),
    }
    return made_report(
        answers, by=text, submitted=True, system=text, team=text, workspace=text, edition=text, answers_hash=text
    )


@pytest.mark.parametrize("snippet", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute_to_the_report(snippet: str) -> None:
    text = snippet.format(port=9)
    harmless = "x" * len(text) if "\n" not in text else "x\r\n" + "x" * (len(text) - 3)
    hostile = Outline(render_report_html(report_with(text)))
    assert hostile.elements == Outline(render_report_html(report_with(harmless))).elements
    assert packed(hostile.text).count(packed(text)) >= 12


def test_hostile_text_is_read_literally_on_paper_and_fetches_nothing(listener: tuple[int, list[bytes]]) -> None:
    port, hits = listener
    texts = [snippet.format(port=port) for snippet in HOSTILE]
    keys = [question.key for question in builtin_questionnaire().questions if question.key != "current_shape"]
    answers = {
        key: Answer(note=text, link=text, who_knows=text, not_applicable="" if number % 2 else text)
        for number, (key, text) in enumerate(zip(keys, texts, strict=False))
    }
    for name in texts[:2]:
        report = made_report(answers, by=name, system=name, team=name, workspace=name, submitted=True)
        made = pdf.render_pdf(render_report_html(report))  # not one that is kept: what is fetched counts
        assert hits == []
        said = "".join(pages_text(made))
        for text in texts:
            assert packed(text) in said
        assert said.startswith(packed(f"Decision brief Submitted {name}"))
        with pikepdf.open(BytesIO(made)) as document:
            assert "/EmbeddedFiles" not in document.Root.get("/Names", {})
            assert not any("/Annots" in page.obj for page in document.pages)
        assert sum(element["tag"] == "H1" for element in structure(made)) == 1


def test_renderer_fetches_nothing_even_from_raw_markup(listener: tuple[int, list[bytes]]) -> None:
    port, hits = listener
    snippets = "".join(snippet.format(port=port) for snippet in HOSTILE)
    styles = (
        f"body {{ background: url(http://127.0.0.1:{port}/z) }}"
        "@font-face { font-family: x; src: url(file:///etc/passwd) }"
    )
    made = pdf.render_pdf(
        f"<html lang=en><head><title>t</title><style>{styles}</style></head><body>{snippets}</body></html>"
    )
    assert hits == []
    with pikepdf.open(BytesIO(made)) as document:
        assert "/EmbeddedFiles" not in document.Root.get("/Names", {})
    assert b"root:" not in made


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("漢字かな交じり文 한국어 ไทย", marks=pytest.mark.slow),
        pytest.param("🚀👩‍👩‍👧‍👦🇪🇺 emoji", marks=pytest.mark.slow),
        "مرحبا بالعالم שלום עולם",
        "e\u0301\u0301\u0301 Z̸̢̛a̷l̵g̶o̸ " + "\u0301" * 500,
        pytest.param("\u202eright to left override\u202c", marks=pytest.mark.slow),
        pytest.param("no\u00adbreak\u00a0and\u200bzero\ufeffwidth", marks=pytest.mark.slow),
        pytest.param("W" * 2000, marks=pytest.mark.slow),
        "\U0001d518\U0001d52b \U0010fffd \ue000",
    ],
)
def test_text_in_any_script_is_rendered(text: str) -> None:
    report = made_report(
        {"teams": Answer(value=3, note=text), "hiring": Answer(not_applicable=text)}, system=text, by=text
    )
    made = rendered(report)
    assert made.startswith(b"%PDF-1.7")
    assert len(pages_text(made)) >= 6


# --- limits


@pytest.mark.slow
def test_longest_notes_on_every_answer_are_complete() -> None:
    questionnaire = builtin_questionnaire()
    note = ("Word " * 400)[:1990] + "END of it."
    report = made_report(first_answers(questionnaire, note=note))
    made = rendered(report)
    assert "".join(pages_text(made)).count("ENDofit.") == len(questionnaire.questions)


@pytest.mark.slow
def test_ten_thousand_lines_on_every_answer_are_capped_and_rendered() -> None:
    report = made_report(first_answers(builtin_questionnaire(), note="a\n" * 10_000))
    made = rendered(report)
    assert len(pages_text(made)) < 120


def test_a_render_that_takes_too_long_is_stopped_and_the_next_one_works() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>text</td></tr>" for n in range(20_000))
    with pytest.raises(pdf.RenderError, match="longer than 1 seconds"), pdf.limit_resources(1):
        pdf.render_pdf(f"<html lang=en><title>t</title><table>{rows}</table></html>")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    with pdf.limit_resources(30):
        assert pdf.render_pdf("<html lang=en><title>t</title><p>well</p></html>").startswith(b"%PDF")


def test_a_render_that_takes_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "RENDER_MEMORY", 64 * 1024**2)
    with pytest.raises(MemoryError), pdf.limit_resources(30):
        bytearray(512 * 1024**2)
    bytearray(512 * 1024**2)


def test_report_template_has_no_address_and_no_inline_style() -> None:
    html = render_report_html(made_report({}))
    assert "style=" not in html
    assert "<style" not in html
    assert "http" not in html.replace('xmlns="http://www.w3.org/2000/svg"', "")
