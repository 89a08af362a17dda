"""The chapter on money: three ways side by side, when it pays back and what matters most; and its lines in full."""

from assess.language import _, capitalised
from assess.money.facade import (
    MONTHS,
    WAY_WORDS,
    WAYS,
    Range,
    Sum,
    Sums,
    amount_range_words,
    amount_words,
    break_even_words,
    build_payback,
    build_tornado,
    describe_break_even,
    describe_difference,
    describe_pain,
    describe_simplifications,
    describe_swings,
    figure_words,
)
from assess.reports.chapters.actions import write_cost
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Drawing, Paragraph, Part, Row, Run, Table, line, source_run

#: Months whose sums stand in the table: every half year.
TOLD_MONTHS = range(6, MONTHS + 1, 6)


def describe_cost_finding(report: ReportData) -> str:
    """What the way compared costs more than staying or saves; "" without figures."""
    return describe_difference(report.planning.money).rstrip(".") if report.planning.money else ""


def write_money(report: ReportData) -> tuple[Block, ...] | None:
    """The three ways, the drawing of what they cost against staying, and that of the swings; without figures, what to
    add."""
    sums = report.planning.money
    if sums is None:
        return write_cost(report)
    rows = []
    for way in WAYS:
        difference = sums.differences.get(way)
        cells = [line(Run(WAY_WORDS[way], "strong")), line(range_in(sums, sums.ways[way].total))]
        cells += [line(range_in(sums, difference.total) if difference else "–")]
        cells += [line(capitalised(break_even_words(difference)) if difference else "–")]
        rows.append(Row(cells=tuple(cells)))
    columns = (
        Column(title=_("Way")),
        Column(title=_("Costs in three years")),
        Column(title=_("Against staying")),
        Column(title=_("Break-even")),
    )
    below_zero = _("“Against staying” is what a way costs more; below zero it saves.")
    return (
        Table(columns=columns, rows=tuple(rows)),
        Paragraph(line=line(Run(below_zero, "quiet"))),
        Part(title=describe_break_even(sums.difference).rstrip("."), blocks=(draw_payback(sums),), together=True),
        Part(title=describe_swings(sums), blocks=(draw_tornado(sums),), together=True),
        Paragraph(line=line(_("{pain}.").format(pain=describe_pain(sums)))),
        Paragraph(line=line(*(Run(sentence, "quiet") for sentence in describe_simplifications()))),
    )


def write_money_lines(report: ReportData) -> tuple[Block, ...] | None:
    """Every figure with where it comes from, and every line of every sum; None without figures."""
    sums = report.planning.money
    if sums is None:
        return None
    figures = Table(
        columns=(Column(title=_("Figure")), Column(title=_("Counted as")), Column(title=_("From"), width="name")),
        rows=tuple(
            Row(
                cells=(
                    line(_(entry.figure.label)),
                    line(figure_words(sums, name)),
                    line(entry.origin if entry.is_typed else source_run(entry.origin)),
                )
            )
            for name, entry in sums.inputs.by_name.items()
        ),
    )
    tables = [(_("What hurts, a month"), sums.pain)]
    tables += [(_("{way}: three years").format(way=WAY_WORDS[way]), sums.ways[way]) for way in WAYS]
    return (
        Part(title=_("The figures"), blocks=(figures,)),
        *(Part(title=title, blocks=(write_lines(sums, each),)) for title, each in tables),
    )


def write_lines(sums: Sums, each: Sum) -> Table:
    """The lines of one sum with how each is worked out; the last row is their total."""
    lines = [(line(entry.words), line(entry.working), entry.range) for entry in each.lines if not entry.is_nothing]
    lines.append((line(Run(_("Sum"), "strong")), (), each.total))
    return Table(
        columns=(
            Column(title=_("Line")),
            Column(title=_("Worked out")),
            Column(title=_("Lowest case"), width="state"),
            Column(title=_("Highest case"), width="state"),
        ),
        rows=tuple(
            Row(cells=(words, working, *(line(amount_words(end, sums.currency)) for end in (ends.low, ends.high))))
            for words, working, ends in lines
        ),
    )


def draw_payback(sums: Sums) -> Drawing:
    """What the way compared has cost more than staying, month by month; in words every half year."""
    rows = tuple(
        Row(cells=(line(str(month)), line(range_in(sums, sums.difference.months[month])))) for month in TOLD_MONTHS
    )
    columns = (Column(title=_("Month")), Column(title=_("Against staying, added up")))
    return Drawing(template="payback.html", chart=build_payback(sums), words=(Table(columns=columns, rows=rows),))


def draw_tornado(sums: Sums) -> Drawing:
    """How far each figure alone moves the difference."""
    chart = build_tornado(sums)
    columns = (
        Column(title=_("Figure")),
        Column(title=_("Range"), width="name"),
        Column(title=_("Moves the sum by"), width="name"),
    )
    rows = tuple(Row(cells=(line(bar.label), line(bar.figure), line(bar.size))) for bar in chart.all_bars)
    return Drawing(template="tornado.html", chart=chart, words=(Table(columns=columns, rows=rows),))


def range_in(sums: Sums, amounts: Range) -> str:
    """The range in the currency of the sums."""
    return amount_range_words(amounts, sums.currency)
