"""The chapter about the code itself: which app depends on which, and where its figures stand."""

from typing import Final

from assess.evidence.facade import HiddenCoupling, Matrix, Standing
from assess.language import _, ngettext, number
from assess.reports.content.data import ReportData
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.reports.document import Block, Column, Drawing, Paragraph, Part, Row, Run, Table, line

#: So many rows of a table are printed; the map's page has them all.
MOST_ROWS: Final = 12


def write_map(report: ReportData) -> tuple[Block, ...] | None:
    """The app × app matrix with its largest links, hidden coupling, and the figures among those of measured
    monoliths; None without a scan."""
    charts = report.scan_charts
    if charts is None:
        return None
    return (
        *draw_matrix(charts.matrix),
        Part(title=charts.hidden.finding, blocks=list_hidden_pairs(charts.hidden)),
        Part(title=charts.standing.finding, blocks=(draw_standing(charts.standing),), together=True),
    )


def draw_matrix(matrix: Matrix) -> tuple[Block, ...]:
    """How to read it, the matrix, which apps have no row, and the table of what is to cut, then of the most imports;
    without a link between apps, only the apps."""
    rows = matrix.linked_rows
    alone = (Paragraph(line=line(Run(matrix.alone_words, "quiet"))),) if matrix.alone else ()
    if not matrix.parts:
        return alone
    columns = (
        Column(title=_("App")),
        Column(title=_("Uses")),
        Column(title=_("Imports"), width="state"),
        Column(title=_("To cut"), width="state"),
        Column(title=_("Foreign keys"), width="state"),
    )
    cells = [
        (
            clean_line(source, MAX_NAME),
            clean_line(target, MAX_NAME),
            number(cell.imports),
            number(cell.to_cut),
            number(cell.foreign_keys),
        )
        for source, target, cell in rows[:MOST_ROWS]
    ]
    table = Table(columns=columns, rows=tuple(Row(cells=tuple(map(line, texts))) for texts in cells))
    return (
        Paragraph(line=line(Run(matrix.instructions, "quiet"))),
        Drawing(template="matrix.html", chart=matrix, words=()),
        *alone,
        *((table, *say_how_many_more(len(rows))) if rows else ()),
    )


def say_how_many_more(rows: int) -> tuple[Block, ...]:
    """A paragraph that counts the rows that are not printed; empty where all are."""
    if rows <= MOST_ROWS:
        return ()
    more = rows - MOST_ROWS
    pattern = ngettext("{count} more row is on the map's page.", "{count} more rows are on the map's page.", more)
    return (Paragraph(line=line(Run(pattern.format(count=number(more)), "quiet"))),)


def list_hidden_pairs(hidden: HiddenCoupling) -> tuple[Block, ...]:
    """What counts as often, and the pairs that only history links."""
    if not hidden.has_history:
        return ()
    often = Paragraph(line=line(Run(hidden.instructions, "quiet")))
    if not hidden.pairs:
        return (often,)
    columns = (
        Column(title=_("App")),
        Column(title=_("Changes with")),
        Column(title=_("Together"), width="state"),
        Column(title=_("All of the app"), width="state"),
        Column(title=_("All of the other"), width="state"),
    )
    cells = [
        (
            clean_line(pair.first, MAX_NAME),
            clean_line(pair.second, MAX_NAME),
            *map(number, (pair.together, pair.changes_first, pair.changes_second)),
        )
        for pair in hidden.pairs[:MOST_ROWS]
    ]
    rows = tuple(Row(cells=tuple(map(line, texts))) for texts in cells)
    return (often, Table(columns=columns, rows=rows), *say_how_many_more(len(hidden.pairs)))


def draw_standing(standing: Standing) -> Drawing:
    """Each figure with its rank."""
    columns = (
        Column(title=_("Figure")),
        Column(title=_("Rank"), width="name"),
        Column(title=_("Yours"), width="state"),
    )
    rows = tuple(Row(cells=(line(row.name), line(row.words), line(row.text))) for row in standing.rows)
    return Drawing(template="standing.html", chart=standing, words=(Table(columns=columns, rows=rows),))
