"""The document that renderings draw: chapters made of a few kinds of blocks, with every sentence in place.

`chapters` writes a report into these blocks once. HTML, PDF and DOCX know how to draw a block and nothing of what a
report says, so they cannot state different facts. Text is sanitized and capped already (`content`) but not escaped:
each rendering escapes for itself. Pure: no Django, no clock, no I/O.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal, Protocol

from assess.language import _

#: How a run of text stands out: bold, muted, the short name of a source, a hash, or a word for a state ("passed",
#: "failed", "open"…) that is drawn with a mark beside it, or a verdict, with its icon and colour.
Style = Literal["", "strong", "quiet", "source", "hash", "mark", "verdict"]
#: How wide a column is on paper; "" takes what is left.
Width = Literal["", "axis", "number", "points", "basis", "state", "who", "name", "step", "question"]
#: Above this, in bytes of UTF-8 and so many a line, a row may be parted between pages: in the narrowest column that
#: people's own words stand in, a cell of it just fits on one, in wide letters or in none. A row that must stay whole
#: and does not fit loses its table's repeated heads.
LONG_CELL: Final = 800
LONG_CELL_LINE: Final = 15


#: What stands directly behind a word: line breaks and marks.
JOINING: Final = tuple("\n.,;:!?")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. `state` is the slug behind the word of a mark or a verdict. A line break is one in every
    rendering."""

    text: str
    style: Style = ""
    state: str = ""

    @property
    def joins(self) -> bool:
        """Whether it follows the run before it without a space, as a full stop does."""
        return self.text[:1] in JOINING


Line = tuple[Run, ...]


def line(*parts: str | Run) -> Line:
    """A line of plain text and of runs, without what is empty.

    >>> line("Tracing is not there.", Run("S3", "source"))
    (Run(text='Tracing is not there.', style='', state=''), Run(text='S3', style='source', state=''))
    """
    runs = (Run(part) if isinstance(part, str) else part for part in parts)
    return tuple(run for run in runs if run.text)


def source_run(sources: str) -> Run:
    """The short names of the sources behind a sentence, our own judgement by the reader's word for it.

    >>> source_run("S3, ours")
    Run(text='S3, ours', style='source', state='')
    """
    return Run(", ".join(_("ours") if name == "ours" else name for name in sources.split(", ")), "source")


def plain_text(said: Line) -> str:
    """The text of a line with a space between its runs.

    >>> plain_text(line("It could become", Run("Stay monolithic", "verdict", "stay"), ". Ask again."))
    'It could become Stay monolithic. Ask again.'
    """
    return "".join(f"{'' if run.joins or not index else ' '}{run.text}" for index, run in enumerate(said))


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    kind: ClassVar = "paragraph"
    line: Line


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """A list; `numbered` where the order says something."""

    kind: ClassVar = "items"
    lines: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    title: str
    width: Width = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """The cells, as many as the table has columns; `head` is the place of the cell that names the row, if any. `notes`
    stand below the row, over its whole width."""

    cells: tuple[Line, ...]
    head: int | None = 0
    notes: tuple[Line, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether it may be taller than a page, so that paper may part it."""
        texts = [plain_text(cell) for cell in self.cells]
        return any(
            len(text.encode("utf-8", "surrogatepass")) + text.count("\n") * LONG_CELL_LINE > LONG_CELL for text in texts
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """`look` is a class for its style sheet: "facts" of names and values, "answers"."""

    kind: ClassVar = "table"
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    look: str = ""

    @property
    def labelled_rows(self) -> Iterator[tuple[Row, tuple[tuple[str, Line, bool], ...]]]:
        """Each row with its cells: the column's title, its content, and whether it names the row."""
        for row in self.rows:
            cells = zip(self.columns, row.cells, strict=True)
            yield row, tuple((column.title, cell, place == row.head) for place, (column, cell) in enumerate(cells))

    @property
    def has_heads(self) -> bool:
        """Whether its columns are named; a table of names and values has none."""
        return any(column.title for column in self.columns)


class Chart(Protocol):
    """What every chart has: its finding as `title`, and all its values in words as `desc`."""

    @property
    def title(self) -> str: ...

    @property
    def desc(self) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A chart: the name of its SVG template in `templates/charts/` and the numbers for it. A rendering that cannot draw
    prints `desc`. `narrow` is the same chart for a small screen."""

    kind: ClassVar = "figure"
    template: str
    chart: Chart
    narrow: Chart | None = None

    @property
    def path(self) -> str:
        return f"charts/{self.template}.svg"

    @property
    def title(self) -> str:
        return self.chart.title

    @property
    def desc(self) -> str:
        return self.chart.desc


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A chart that the result page shows as well: its template in `templates/charts/`, and the same in `words` for a
    form that cannot draw. `on_page` is the template of a page where that is another than paper's."""

    kind: ClassVar = "drawing"
    template: str
    chart: object
    words: tuple["Block", ...]
    on_page: str = ""

    @property
    def path(self) -> str:
        return f"charts/{self.template}"

    @property
    def path_on_page(self) -> str:
        return f"charts/{self.on_page or self.template}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Blocks under a heading of the third level; with `together` they stay on one page where they fit."""

    kind: ClassVar = "part"
    title: str
    blocks: tuple["Block", ...]
    together: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Parts side by side where there is room."""

    kind: ClassVar = "columns"
    parts: tuple[Part, ...]


Block = Paragraph | Items | Table | Figure | Drawing | Part | Columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A heading of the second level with what stands under it."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
    is_appendix: bool = False
    starts_page: bool = False  #: on paper

    def all_blocks(self) -> Iterator[Block]:
        """Every block, also those inside others, in reading order."""
        todo = list(reversed(self.blocks))
        while todo:
            block = todo.pop()
            yield block
            if isinstance(block, Part):
                todo.extend(reversed(block.blocks))
            elif isinstance(block, Columns):
                todo.extend(reversed(block.parts))
            elif isinstance(block, Drawing):
                todo.extend(reversed(block.words))


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A whole report, of one system, of two compared or of many.

    `left_out` says which chapters this report does not have, "" where it has all; every rendering says it before the
    first chapter.
    """

    title: str
    language: str  #: the tag of the language that it is written in, as "en-GB"
    dated: date
    footer: str
    chapters: tuple[Chapter, ...]
    left_out: str = ""
