"""What a rendering is made of: chapters of a few kinds of blocks, with every sentence in place.

`chapters` writes a report into these blocks once; HTML, PDF, DOCX and Markdown each know how to draw a block, and
nothing of what a report says. That is why they cannot tell different facts. Pure: no Django, no clock, no I/O. Text is
cleaned and capped already (`build`), and not escaped: that is for each rendering.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

#: How a run of text stands out: bold, muted, the short name of a source, or a word for a state ("passed", "failed",
#: "open"…) that is drawn with a mark beside it.
Style = Literal["", "strong", "quiet", "source", "mark"]
#: How wide a column is on paper; "" takes what is left.
Width = Literal["", "number", "points", "basis", "state", "who", "name", "step", "question"]
#: For whom a report is: page 1 and what to do; what an architect argues with; everything.
Reader = Literal["leadership", "architect", "full"]


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. `state` is the slug behind the word of a mark. A line break is one in every rendering."""

    text: str
    style: Style = ""
    state: str = ""


Line = tuple[Run, ...]


def line(*parts: str | Run) -> Line:
    """A line of plain text and of runs, without what is empty.

    >>> line("Tracing is not there.", Run("S3", "source"))
    (Run(text='Tracing is not there.', style='', state=''), Run(text='S3', style='source', state=''))
    """
    runs = (Run(part) if isinstance(part, str) else part for part in parts)
    return tuple(run for run in runs if run.text)


def plain(said: Line) -> str:
    """The text of a line with a space between its runs."""
    return " ".join(run.text for run in said)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """A list; `numbered` where the order says something."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    kind: str = ""  #: a class for its style sheet


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A drawing: an SVG template of `templates/charts/` with its numbers, which have a `title` (the finding) and a
    `desc` (all values in words). A rendering that cannot draw says both."""

    template: str
    chart: Any  #: a dataclass of `charts`, with `title` and `desc`

    @property
    def title(self) -> str:
        return str(self.chart.title)

    @property
    def desc(self) -> str:
        return str(self.chart.desc)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Blocks under a heading of the third level; with `together` they stay on one page where they fit."""

    title: str
    blocks: tuple["Block", ...]
    together: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Parts side by side where there is room."""

    parts: tuple[Part, ...]


Block = Paragraph | Items | Table | Figure | Part | Columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A heading of the second level with what stands under it. `readers` are those whose report has it unless they
    choose."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
    readers: tuple[Reader, ...] = ("leadership", "architect", "full")
    is_appendix: bool = False

    def all_blocks(self) -> Iterator[Block]:
        """Every block, also those inside others, in reading order."""
        todo = list(reversed(self.blocks))
        while todo:
            block = todo.pop()
            yield block
            inside = block.blocks if isinstance(block, Part) else block.parts if isinstance(block, Columns) else ()
            todo.extend(reversed(inside))


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A whole report, of one system, of two compared or of many. `left_out` names each chapter that this reader's
    report does not have; every rendering says so."""

    title: str
    language: str  #: the tag of the language that it is written in, as "en-GB"
    dated: date
    footer: str
    chapters: tuple[Chapter, ...]
    left_out: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(
        default=()
    )  #: (name, value) of what identifies it: version, edition, model, hash…


__all__ = [
    "Block",
    "Chapter",
    "Column",
    "Columns",
    "Document",
    "Figure",
    "Items",
    "Line",
    "Paragraph",
    "Part",
    "Reader",
    "Row",
    "Run",
    "Style",
    "Table",
    "Width",
    "line",
    "plain",
]
