"""The words of page 1 as blocks, for a form that has no such page. Pure."""

from collections.abc import Iterator
from typing import Final

from assess.findings.facade import KeyReason
from assess.language import _, capitalised
from assess.reports.content.data import PageOne
from assess.reports.document import Block, Column, Items, Paragraph, Part, Row, Run, Table, Width, line


def page_one_blocks(page: PageOne) -> tuple[Block, ...]:
    """Everything that the page says, in its order, but for the lines to sign on."""
    return tuple(iterate_blocks(page))


def iterate_blocks(page: PageOne) -> Iterator[Block]:
    yield paragraph(page.kicker, Run(page.state_words, "strong"))
    yield paragraph(Run(page.system, "strong"))
    yield paragraph(page.owner)
    yield paragraph(Run(page.footer, "quiet"))
    firm = Run(_("{state}.").format(state=page.firm_words), "strong") if page.firm_words else ""
    yield part(
        _("Verdict: {verdict}").format(verdict=page.verdict_words),
        paragraph(Run(page.form_words, "strong")),
        paragraph(page.headline),
        paragraph(firm, *page.firm_why),
        paragraph(page.basis),
        paragraph(page.candidate),
        paragraph(*page.model_said),
    )
    if page.reasons:
        reasons = tuple(line(Run(figure_words(reason), "strong"), reason.sentence) for reason in page.reasons)
        yield part(page.why_title, Items(lines=reasons, numbered=True))
    if page.table_rows:
        yield Table(
            columns=tuple(
                Column(title=title, width=width) for title, width in zip(page.table_heads, WIDTHS, strict=True)
            ),
            rows=tuple(Row(cells=tuple(line(cell) for cell in row.cells)) for row in page.table_rows),
        )
    if page.more_rows:
        yield paragraph(page.more_rows)
    yield part(page.cost_title, paragraph(page.cost))
    yield part(
        page.decision_title,
        paragraph(Run(page.decision, "strong")),
        paragraph(page.challenge),
        paragraph(page.remark),
        paragraph(page.note),
        paragraph(Run(page.signature_hash, "hash")),
    )


#: Of the table's columns.
WIDTHS: Final[tuple[Width, ...]] = ("", "", "name", "state")


def figure_words(reason: KeyReason) -> str:
    """The figure with a colon behind it; "" where the reason has none."""
    return _("{figure}:").format(figure=capitalised(reason.figure)) if reason.figure else ""


def paragraph(*parts: str | Run) -> Paragraph:
    """A paragraph of these runs."""
    return Paragraph(line=line(*parts))


def part(title: str, *blocks: Paragraph | Items) -> Part:
    """The blocks that say something, under this heading."""
    filled = (block for block in blocks if (block.line if isinstance(block, Paragraph) else block.lines))
    return Part(title=title, blocks=tuple(filled))
