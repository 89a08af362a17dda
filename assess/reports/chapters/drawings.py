"""The charts that a report shares with the result page, each with the same in words for forms that cannot draw."""

from assess.decision.facade import words_of_verdict
from assess.findings.facade import DecisionPath, Gates, LineRow, Pains, Roadmap, Scales, Squares, VerdictLine
from assess.language import _, any_of, capitalised, in_a_row
from assess.reports.document import Column, Drawing, Paragraph, Row, Run, Table, line


def draw_pains(pains: Pains) -> Drawing:
    """Each pain's answer and level, a group for each cure."""
    rows = []
    for group in pains.groups:
        rows.append(Row(cells=(line(Run(group.title, "strong")), (), line(Run(group.score.text, "strong")))))
        rows += [Row(cells=(line(row.label), line(row.answer), line(row.bar.text))) for row in group.rows]
    columns = (
        Column(title=_("What hurts")),
        Column(title=_("Answer"), width="name"),
        Column(title=_("Level"), width="points"),
    )
    return Drawing(template="pains.html", chart=pains, words=(Table(columns=columns, rows=tuple(rows)),))


def draw_scales(scales: Scales) -> Drawing:
    """How ready the system is, from 0 to 100."""
    columns = (Column(title=_("How ready the system is")), Column(title=_("Of 100"), width="name"))
    rows = tuple(Row(cells=(line(row.name), line(row.text))) for row in scales.rows)
    return Drawing(template="scales.html", chart=scales, words=(Table(columns=columns, rows=rows),))


def draw_gates(gates: Gates) -> Drawing:
    """Each gate with its state."""
    columns = (Column(title=_("Gate")), Column(title=_("State"), width="name"))
    rows = tuple(Row(cells=(line(box.name), line(box.state_words))) for box in gates.boxes)
    return Drawing(template="gates.html", chart=gates, words=(Table(columns=columns, rows=rows),))


def draw_path(path: DecisionPath) -> Drawing:
    """The questions that the rules asked, and where each could have ended; then the verdict with its rule."""
    columns = (Column(title=_("Question")), Column(title=_("Answer")), Column(title=_("Other exit")))
    rows = []
    for station in path.stations:
        unanswered = _("Not answered: {subjects}.").format(subjects=", ".join(station.open_subjects))
        exit_words = ""
        if station.exit:
            verdicts = any_of([words_of_verdict(verdict) for verdict in station.exit.verdicts])
            state = _("still possible") if station.exit.is_possible else _("ruled out")
            exit_words = _("{condition}: {verdicts}, {state}").format(
                condition=capitalised(station.exit.condition), verdicts=verdicts, state=state
            )
        answer = line(station.answer, Run(unanswered, "strong") if station.open_subjects else "")
        rows.append(Row(cells=(line(station.question), answer, line(exit_words))))
    table = (Table(columns=columns, rows=tuple(rows)),) if rows else ()
    title = _("{verdict}, {form}.").format(verdict=path.title, form=path.form) if path.form else f"{path.title}."
    end = Paragraph(line=line(Run(title, "strong"), path.rule_sentence))
    return Drawing(template="path.html", chart=path, words=(*table, end))


def draw_line(verdict_line: VerdictLine) -> Drawing:
    """Which answer keeps the verdict, and which makes it another; nothing in words where no row is drawn."""
    rows = (*verdict_line.open_rows, *verdict_line.near_rows)
    columns = (
        Column(title=_("Question")),
        *(Column(title=column.words, width="name") for column in verdict_line.columns),
    )
    table = Table(columns=columns, rows=tuple(line_row(row) for row in rows))
    return Drawing(template="line.html", chart=verdict_line, words=(table,) if rows else ())


def line_row(row: LineRow) -> Row:
    """One question with its answers under the verdict that each would give, today's marked."""
    today = _("{answer} (today)")
    return Row(
        cells=(
            line(row.label),
            *(
                line(
                    in_a_row(today.format(answer=each.words) if each.is_today else each.words for each in alternatives)
                )
                for _column, alternatives in row.cells
            ),
        )
    )


def draw_squares(squares: Squares) -> Drawing:
    """A count as squares."""
    return Drawing(
        template="squares.svg",
        chart=squares,
        words=(Paragraph(line=line(_("{finding}.").format(finding=squares.finding))),),
    )


def draw_roadmap(roadmap: Roadmap) -> Drawing:
    """The steps over 90 days."""
    columns = (
        Column(title=_("Step"), width="step"),
        Column(title=_("Done when")),
        Column(title=_("Due"), width="state"),
    )
    rows = tuple(Row(cells=(line(step.title), line(step.done), line(step.due_words))) for step in roadmap.steps)
    return Drawing(
        template="roadmap.svg", on_page="steps.html", chart=roadmap, words=(Table(columns=columns, rows=rows),)
    )
