"""The report as a Word document, for those who must edit it. The only module that imports python-docx, and only when it
writes.

Decides: which style each kind of block has. Does not decide: what is said (`document`). A chart becomes all its values
in words, in a shaded paragraph below its finding: anybody can correct words, a picture needs another program. Nothing
in the file leads out of it: no links, no pictures from elsewhere, no macros.

python-docx makes the package, its styles and its numberings. We write the body as XML ourselves: a table of a hundred
answers took python-docx a second, and takes this a twentieth. All text goes through `text_xml`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from assess.language import _
from assess.reports.chapters import Choice, build_document
from assess.reports.content.data import ReportData
from assess.reports.document import (
    Block,
    Column,
    Columns,
    Document,
    Drawing,
    Figure,
    Items,
    Line,
    Paragraph,
    Part,
    Row,
    Run,
    Style,
    Table,
    Width,
)
from assess.reports.renderings.page_one_blocks import page_one_blocks

if TYPE_CHECKING:
    from docx.document import Document as Word

#: Width and height of a sheet, and its margins, in millimetres.
PAPERS: Final = {"A4": (210, 297), "Letter": (216, 279)}
MARGIN: Final = 20
#: Millimetres of a column by its name; "" shares what is left.
WIDTHS: Final[dict[Width, int]] = {
    "": 0, "axis": 50, "number": 11, "points": 18, "basis": 22, "state": 28, "who": 34, "name": 40, "step": 46,
    "question": 52,
}  # fmt: skip
NAMES: Final = 50  #: of the first column of a table without heads, which holds names
LEAST: Final = 24  #: of a column that shares what is left
TWIPS: Final = 56.7  #: in a millimetre

FONT: Final = "Calibri"
TEXT: Final = "14202B"
QUIET: Final = "4D5A68"
SHADE: Final = "EEF1F5"
RULE: Final = "C9D0D8"
#: The sizes of the styles that we set, in points.
SIZES: Final = {
    "Normal": 10,
    "Title": 22,
    "Heading 1": 16,
    "Heading 2": 13,
    "Heading 3": 11,
    "Caption": 10,
    "Footer": 8,
}
CHART: Final = "Chart"  #: our own style, for a chart in words

#: How a run of each style is written.
_RUN: Final[dict[Style, str]] = {
    "": "",
    "strong": "<w:rPr><w:b/></w:rPr>",
    "mark": "<w:rPr><w:b/></w:rPr>",
    "verdict": "<w:rPr><w:b/></w:rPr>",
    "quiet": f'<w:rPr><w:color w:val="{QUIET}"/></w:rPr>',
    "source": f'<w:rPr><w:color w:val="{QUIET}"/></w:rPr>',
    "hash": '<w:rPr><w:sz w:val="16"/></w:rPr>',
}
#: What XML cannot hold.
_UNFIT: Final = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHADED: Final = f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/>'


def render_docx(
    document: Document,
    *,
    opening: Iterable[Block] = (),
    paper: str = "A4",
    author: str = "",
    confidentiality: str = "",
) -> bytes:
    """The document as a file of Word's kind. `opening` stands before its chapters, in place of the first page of paper.

    `paper` is a key of `PAPERS`, `confidentiality` a line that the first page shows; each page has it in its foot.
    """
    import docx as python_docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    word = python_docx.Document()
    width, _height = PAPERS[paper]
    set_properties(word, document, author)
    set_styles(word, document.language)
    set_page(word, document, PAPERS[paper])
    body = BodyWriter(new_numbering=lambda: add_numbering(word), room=width - 2 * MARGIN)
    written = "".join(body.document(document, opening, confidentiality))
    present: Any = word.element.body
    for element in parse_xml(f"<w:body {nsdecls('w')}>{written}</w:body>"):
        present.insert_element_before(element, "w:sectPr")
    stream = BytesIO()
    word.save(stream)
    return stream.getvalue()


def render_report_docx(report: ReportData, choice: Choice) -> bytes:
    """The report as a Word document: page 1, then the chapters of this choice."""
    assert report.page_one is not None  # as built
    return render_docx(
        build_document(report, choice),
        opening=page_one_blocks(report.page_one),
        paper=report.brand.paper,
        author=report.submitted_by or report.started_by,
        confidentiality=report.brand.confidentiality,
    )


def strip_unfit(text: str) -> str:
    """`text` without the characters that XML cannot hold, which would make the whole document unreadable.

    >>> strip_unfit("a\\x0bb\\ud800c")
    'abc'
    """
    return _UNFIT.sub("", text)


# --- the body


class BodyWriter:
    """Writes blocks as the XML of a body. `room` is what its lines are long, in millimetres."""

    def __init__(self, *, new_numbering: Callable[[], int], room: int) -> None:
        self.new_numbering = new_numbering
        self.room = room
        self.writers: dict[type, Callable[[Any, int], Iterator[str]]] = {
            Paragraph: self.paragraph,
            Items: self.items,
            Table: self.table,
            Figure: self.figure,
            Drawing: self.drawing,
            Part: self.part,
            Columns: self.columns,
        }

    def document(self, document: Document, opening: Iterable[Block], confidentiality: str) -> Iterator[str]:
        yield paragraph_xml((Run(document.title),), style_xml("Title"))
        if confidentiality:
            yield paragraph_xml((Run(confidentiality, "strong"),))
        yield from self.blocks(opening, 1)
        if document.left_out:
            yield paragraph_xml((Run(document.left_out, "quiet"),))
        for index, chapter in enumerate(document.chapters):
            new_page = "<w:pageBreakBefore/>" if chapter.is_appendix or not index else ""
            yield paragraph_xml((Run(chapter.title),), f"{style_xml('Heading1')}{new_page}")
            yield from self.blocks(chapter.blocks, 2)

    def blocks(self, blocks: Iterable[Block], level: int) -> Iterator[str]:
        """`level` is that of headings among them."""
        for block in blocks:
            yield from self.writers[type(block)](block, level)

    def paragraph(self, block: Paragraph, level: int) -> Iterator[str]:
        yield paragraph_xml(block.line)

    def items(self, block: Items, level: int) -> Iterator[str]:
        properties = style_xml("ListBullet")
        if block.numbered and block.lines:
            number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.new_numbering()}"/></w:numPr>'
            properties = style_xml("ListNumber") + number
        for runs in block.lines:
            yield paragraph_xml(runs, properties)

    def figure(self, block: Figure, level: int) -> Iterator[str]:
        yield paragraph_xml((Run(block.desc),), style_xml(CHART))

    def drawing(self, block: Drawing, level: int) -> Iterator[str]:
        yield from self.blocks(block.words, level)

    def part(self, block: Part, level: int) -> Iterator[str]:
        yield paragraph_xml((Run(block.title),), style_xml(f"Heading{level}"))
        yield from self.blocks(block.blocks, level + 1)

    def columns(self, block: Columns, level: int) -> Iterator[str]:
        yield from self.blocks(block.parts, level)

    def table(self, block: Table, level: int) -> Iterator[str]:
        if block.caption:
            yield paragraph_xml((Run(block.caption),), f"{style_xml('Caption')}<w:keepNext/>")
        widths = self.widths(block)
        yield (
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>{_BORDERS}<w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr>'
            "<w:tblGrid>"
        )
        yield from (f'<w:gridCol w:w="{width}"/>' for width in widths)
        yield "</w:tblGrid>"
        if block.has_heads:
            yield "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
            for column, width in zip(block.columns, widths, strict=True):
                yield cell_xml([(Run(column.title, "strong"),)], width, _SHADED)
            yield "</w:tr>"
        for row in block.rows:
            yield from self.row(row, widths)
        # Without a paragraph between them, two tables become one.
        yield f"</w:tbl>{paragraph_xml((), _BETWEEN)}"

    def row(self, row: Row, widths: list[int]) -> Iterator[str]:
        yield "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        for index, (runs, width) in enumerate(zip(row.cells, widths, strict=True)):
            yield cell_xml([make_strong(runs) if index == row.head else runs], width)
        yield "</w:tr>"
        if row.notes:
            yield f"<w:tr>{cell_xml(row.notes, sum(widths), span=len(widths))}</w:tr>"

    def widths(self, block: Table) -> list[int]:
        """Of each column, in twentieths of a point."""
        columns: tuple[Column, ...] = block.columns
        fixed = [WIDTHS[column.width] for column in columns]
        if not block.has_heads and len(columns) > 1 and not fixed[0]:
            fixed[0] = NAMES
        shared = fixed.count(0)
        left = max((self.room - sum(fixed)) // shared, LEAST) if shared else 0
        return [round((width or left) * TWIPS) for width in fixed]


#: A narrow space below a table, and none below what stands in a cell.
_BETWEEN: Final = '<w:spacing w:after="0" w:line="160" w:lineRule="exact"/>'
_LINES: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{RULE}"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_BORDERS: Final = f"<w:tblBorders>{_LINES}</w:tblBorders>"
_MARGINS: Final = (
    '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
)
_CLOSE: Final = '<w:spacing w:after="0"/>'


def style_xml(style: str) -> str:
    """The property that gives a paragraph this style."""
    return f'<w:pStyle w:val="{style}"/>'


def paragraph_xml(runs: Line, properties: str = "") -> str:
    """`properties` are XML of ours, in the order that the format asks for."""
    if is_from_right("".join(run.text for run in runs)):
        # After what parts it from others, before its distances, as the format asks for.
        head, mark, tail = properties.partition("<w:spacing")
        properties = f"{head}<w:bidi/>{mark}{tail}"
    about = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{about}{''.join(runs_xml(runs))}</w:p>"


def is_from_right(text: str) -> bool:
    """Whether the first letter that has a direction belongs to a script written from right to left."""
    letters = map(unicodedata.bidirectional, text)
    return next((kind for kind in letters if kind in ("L", "R", "AL")), "L") != "L"


def runs_xml(runs: Line) -> Iterator[str]:
    """The runs of a line, with spaces between them."""
    for index, run in enumerate(runs):
        space = " " if index and not run.joins else ""
        look = _RUN[run.style]
        if is_from_right(run.text):
            look = f"{look.removesuffix('</w:rPr>') or '<w:rPr>'}<w:rtl/></w:rPr>"
        yield f"<w:r>{look}{text_xml(space + run.text)}</w:r>"


def text_xml(text: str) -> str:
    """Text as the elements that hold it; the only way of text into the body."""
    parts = []
    for index, each in enumerate(strip_unfit(text).split("\n")):
        line = escape(each).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
        parts.append(f'{"<w:br/>" if index else ""}<w:t xml:space="preserve">{line}</w:t>')
    return "".join(parts)


def cell_xml(lines: Iterable[Line], width: int, shade: str = "", *, span: int = 1) -> str:
    """A table cell with a paragraph for each line; `width` in twentieths of a point."""
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    about = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{shade}</w:tcPr>'
    return f"<w:tc>{about}{''.join(paragraph_xml(said, _CLOSE) for said in lines)}</w:tc>"


def make_strong(runs: Line) -> Line:
    """The same line in bold, where its runs have no style of their own."""
    return tuple(run if run.style else Run(run.text, "strong") for run in runs)


# --- what is around it


def set_properties(word: "Word", document: Document, author: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE

    about = word.core_properties
    about.title = strip_unfit(document.title)[:255]
    about.subject = strip_unfit(document.footer)[:255]
    about.author = about.last_modified_by = strip_unfit(author)[:255]
    about.language = document.language
    about.comments = about.keywords = ""
    about.created = about.modified = datetime.combine(document.dated, time(), tzinfo=UTC)
    rels = word.part.package.rels
    for name in [name for name, rel in rels.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del rels[name]  # a picture of python-docx's empty page


def set_styles(word: "Word", language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Pt, RGBColor

    styles = word.styles
    for tag in styles.element.iterfind(f"{qn('w:docDefaults')}//{qn('w:lang')}"):
        for name in ("w:val", "w:eastAsia", "w:bidi"):
            tag.set(qn(name), language)
    for name, size in SIZES.items():
        style: Any = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = RGBColor.from_string(QUIET if name in ("Caption", "Footer") else TEXT)
        # The fonts of the template's theme would win.
        fonts = style.element.rPr.rFonts
        for attribute in [attribute for attribute in fonts.attrib if attribute.endswith("Theme")]:
            del fonts.attrib[attribute]
    normal: Any = styles["Normal"]
    normal.paragraph_format.space_after = Pt(6)
    chart: Any = styles.add_style(CHART, WD_STYLE_TYPE.PARAGRAPH)
    chart.base_style = normal
    chart.element.get_or_add_pPr().append(parse_xml(_SHADED.replace("<w:shd", f"<w:shd {nsdecls('w')}")))


def set_page(word: "Word", document: Document, paper: tuple[int, int]) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Mm

    section = word.sections[0]
    section.page_width, section.page_height = Mm(paper[0]), Mm(paper[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    pattern = _("{footer} · page {number} of {count}")
    # The two numbers are fields, which whatever shows the document counts.
    numbers = {"number": "PAGE", "count": "NUMPAGES"}
    foot = section.footer.paragraphs[0]._p
    for literal, name in re.findall(r"([^{]*)(?:\{(\w+)\})?", pattern):
        runs = [text_xml(literal)] if literal else []
        if name == "footer":
            runs.append(text_xml(document.footer))
        for run in runs:
            foot.append(parse_xml(f"<w:r {nsdecls('w')}>{run}</w:r>"))
        if name in numbers:
            field = f'<w:fldSimple {nsdecls("w")} w:instr="{numbers[name]}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            foot.append(parse_xml(field))


def add_numbering(word: "Word") -> int:
    """A numbering that begins at 1: lists of one style would else be numbered on through the whole document."""
    numbering: Any = word.part.numbering_part.element
    style: Any = word.styles["List Number"]
    present = numbering.num_having_numId(style.element.pPr.numPr.numId.val)
    numbering_entry = numbering.add_num(present.abstractNumId.val)
    numbering_entry.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(numbering_entry.numId)
