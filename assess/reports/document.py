"""What a rendering is made of: chapters of a few kinds of blocks, with every sentence in place.

`chapters` writes a report into these blocks once; HTML, PDF, DOCX and Markdown each know how to draw a block, and
nothing of what a report says. That is why they cannot tell different facts. Pure: no Django, no clock, no I/O. Text is
cleaned and capped already (`build`), and not escaped: that is for each rendering.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Literal, get_args

from assess.language import N_, Words, _, all_of
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.reports.cleaned import clean_line

#: How a run of text stands out: bold, muted, the short name of a source, a hash, or a word for a state ("passed",
#: "failed", "open"…) that is drawn with a mark beside it.
Style = Literal["", "strong", "quiet", "source", "hash", "mark"]
#: How wide a column is on paper; "" takes what is left.
Width = Literal["", "axis", "number", "points", "basis", "state", "who", "name", "step", "question"]
#: For whom a report is: page 1 and what to do; what an architect argues with; everything.
Reader = Literal["leadership", "architect", "full"]

EVERYONE: Final[tuple[Reader, ...]] = ("leadership", "architect", "full")
ARGUING: Final[tuple[Reader, ...]] = ("architect", "full")
ONLY_FULL: Final[tuple[Reader, ...]] = ("full",)

#: Every chapter that a report on one system may have, in its order, and who gets it unless they choose. Page 1 comes
#: before all of them.
READERS_OF: Final[Mapping[str, tuple[Reader, ...]]] = {
    "hurts": EVERYONE,
    "reasons": ARGUING,
    "gates": ARGUING,
    "steps": EVERYONE,
    "plan": EVERYONE,
    "money": EVERYONE,
    "since": ARGUING,
    "flips": ARGUING,
    "preparation": ARGUING,
    "others": ARGUING,
    "disagreement": EVERYONE,
    "challenges": EVERYONE,
    "comments": ARGUING,
    "open": EVERYONE,
    "answers": ONLY_FULL,
    "method": ONLY_FULL,
    "signoff": EVERYONE,
}
CHAPTER_WORDS: Final[Mapping[str, str]] = Words(
    {
        "hurts": N_("What hurts, and what is ready"),
        "reasons": N_("What speaks for and against"),
        "gates": N_("Gates and checklist"),
        "steps": N_("Next steps"),
        "plan": N_("The plan"),
        "money": N_("Cost"),
        "since": N_("Since the last version"),
        "flips": N_("What would change the verdict"),
        "preparation": N_("Before the first service"),
        "others": N_("What others say"),
        "disagreement": N_("Where people disagree"),
        "challenges": N_("Challenges"),
        "comments": N_("Comments"),
        "open": N_("What is not known"),
        "answers": N_("Appendix A: every answer"),
        "method": N_("Appendix B: method"),
        "signoff": N_("Appendix C: identification and sign-off"),
    }
)
#: Above this, in bytes of UTF-8 and so many a line, a row may be parted between pages: in the narrowest column that
#: people's own words stand in, a cell of it just fits on one, in wide letters or in none. A row that must stay whole
#: and does not fit loses its table's repeated heads.
LONG_CELL: Final = 800
LONG_CELL_LINE: Final = 15
MOST_ECHOED: Final = 40  #: characters of what somebody sent that a refusal repeats
#: What identifies a report and who signed it: in every one, whoever it is for.
REQUIRED: Final = frozenset(("signoff",))


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


def cited(sources: str) -> Run:
    """The short names of the sources behind a sentence, our own judgement by the reader's word for it.

    >>> cited("S3, ours")
    Run(text='S3, ours', style='source', state='')
    """
    return Run(", ".join(_("ours") if name == "ours" else name for name in sources.split(", ")), "source")


def plain(said: Line) -> str:
    """The text of a line with a space between its runs."""
    return " ".join(run.text for run in said)


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
        texts = [plain(cell) for cell in self.cells]
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
        """Each row with its cells: the column's title, what stands there, and whether it names the row."""
        for row in self.rows:
            cells = zip(self.columns, row.cells, strict=True)
            yield row, tuple((column.title, cell, place == row.head) for place, (column, cell) in enumerate(cells))

    @property
    def has_heads(self) -> bool:
        """Whether its columns are named; a table of names and values has none."""
        return any(column.title for column in self.columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A drawing: an SVG template of `templates/charts/` with its numbers, which have a `title` (the finding) and a
    `desc` (all values in words). A part of that title holds it; a rendering that cannot draw says `desc`. `narrow` is
    the same drawing for a small screen."""

    kind: ClassVar = "figure"
    template: str
    chart: Any  #: a dataclass of `charts`, with `title` and `desc`
    narrow: Any = None

    @property
    def path(self) -> str:
        return f"charts/{self.template}.svg"

    @property
    def title(self) -> str:
        return str(self.chart.title)

    @property
    def desc(self) -> str:
        return str(self.chart.desc)


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


Block = Paragraph | Items | Table | Figure | Part | Columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A heading of the second level with what stands under it."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which chapters of a report somebody wants: those for a reader, or `chapters` by their own choice.

    `parse` makes equal choices equal: the slugs are in the report's order, and none where all are chosen.
    """

    reader: Reader = "full"
    chapters: tuple[str, ...] = ()

    @classmethod
    def parse(cls, reader: str, chapters: Collection[str] = ()) -> "Choice":
        """Read from words that somebody sent; "" is the full report. Raises ValidationFailed, which names what is
        unknown.

        >>> Choice.parse("leadership").has("answers")
        False
        """
        known = next((one for one in get_args(Reader) if one == (reader or "full")), None)
        issues = []
        if known is None:
            message = _("There is no report for “{reader}”. Choose one of {known}").format(
                reader=clean_line(reader, MOST_ECHOED), known=", ".join(get_args(Reader))
            )
            issues.append(Issue(code="unknown_reader", message=message, key="reader"))
        for slug in dict.fromkeys(chapters):
            if slug not in READERS_OF:
                message = _("There is no chapter “{chapter}”. Choose among {known}").format(
                    chapter=clean_line(slug, MOST_ECHOED), known=", ".join(READERS_OF)
                )
                issues.append(Issue(code="unknown_chapter", message=message, key=slug))
        if issues or known is None:
            raise ValidationFailed(issues)
        chosen = tuple(slug for slug in READERS_OF if slug in chapters or slug in REQUIRED) if chapters else ()
        return cls(reader=known, chapters=() if len(chosen) == len(READERS_OF) else chosen)

    def has(self, slug: str) -> bool:
        """Whether a report by this choice has the chapter."""
        if slug in REQUIRED:
            return True
        return slug in self.chapters if self.chapters else self.reader in READERS_OF[slug]

    def left_out(self, titles: Collection[str]) -> str:
        """The sentence that names the chapters which this choice leaves out; "" for none."""
        if not titles:
            return ""
        if self.chapters:
            said = _("Left out of this report by choice: {chapters}; the full report has them.")
        elif self.reader == "leadership":
            said = _("Left out of this report for leadership: {chapters}; the full report has them.")
        else:
            said = _("Left out of this report for architects: {chapters}; the full report has them.")
        return said.format(chapters=all_of([_("“{title}”").format(title=title) for title in titles]))


__all__ = [
    "CHAPTER_WORDS",
    "READERS_OF",
    "REQUIRED",
    "Block",
    "Chapter",
    "Choice",
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
    "cited",
    "line",
    "plain",
]
