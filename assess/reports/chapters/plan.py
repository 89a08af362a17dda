"""The chapter on the plan: the timeline, every step, and the changes to answers that are planned."""

from assess.advice.facade import CASE_ORDER, CASE_REACHED, PlanLine, Timeline
from assess.language import _, day
from assess.reports.chapters.datetime_format import format_moment
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Drawing, Paragraph, Part, Row, Run, Table, line, source_run


def write_plan(report: ReportData) -> tuple[Block, ...] | None:
    """The timeline and the planned changes; None where there is neither."""
    timeline, planned = report.planning.plan, write_planned_changes(report)
    blocks: list[Block] = []
    if timeline is not None:
        days = days_table(timeline)
        drawing = Drawing(template="timeline.svg", on_page="timeline.html", chart=timeline, words=(days,))
        blocks.append(drawing if timeline.rows else days)
    return (*blocks, *((planned,) if planned else ())) or None


def write_plan_steps(report: ReportData) -> tuple[Block, ...] | None:
    """Every step stage by stage, and the order of a published case; None before a plan is begun."""
    timeline = report.planning.plan
    if timeline is None:
        return None
    stages = (Part(title=words, blocks=(steps_table(steps),)) for _stage, words, steps in timeline.stages)
    return (*stages, *write_case(timeline))


def days_table(timeline: Timeline) -> Table:
    """Each step that is not dropped with its days and state, in words."""
    rows = tuple(
        Row(cells=(line(step.title), line(step.days_words), line(Run(step.state_words, "mark", step.mark))))
        for step in timeline.kept
    )
    columns = (Column(title=_("Step")), Column(title=_("Days"), width="name"), Column(title=_("State"), width="state"))
    return Table(columns=columns, rows=rows)


def steps_table(steps: tuple[PlanLine, ...]) -> Table:
    """The steps of one stage, dropped ones too: what somebody wrote there stays readable."""
    rows = []
    for step in steps:
        done = day(step.done_on) if step.done_on else step.days_words
        state = Run(step.state_words, "mark", step.mark)
        cells = (
            line(Run(step.title, "strong")),
            line(step.done_when, source_run(step.source) if step.source else ""),
            line(step.owner or Run(_("nobody yet"), "quiet")),
            line(state, Run(f"\n{done}", "quiet") if done else ""),
        )
        rows.append(Row(cells=cells, notes=(line(step.note),) if step.note else ()))
    columns = (
        Column(title=_("Step"), width="step"),
        Column(title=_("Done when")),
        Column(title=_("Owner"), width="who"),
        Column(title=_("State"), width="who"),
    )
    return Table(columns=columns, rows=tuple(rows))


def write_case(timeline: Timeline) -> tuple[Block, ...]:
    """The order of S3's shop and what it reached, where this plan extracts parts too."""
    if not any(step.code.startswith("extract.") for step in timeline.lines):
        return ()
    order = Table(
        columns=(Column(title=_("Part"), width="question"), Column(title=_("Why then"))),
        rows=tuple(Row(cells=(line(_(name)), line(_(why)))) for name, why in CASE_ORDER),
    )
    reached = Table(
        columns=(
            Column(title=_("Figure")),
            Column(title=_("Before"), width="name"),
            Column(title=_("After six months"), width="name"),
        ),
        rows=tuple(Row(cells=tuple(line(_(cell)) for cell in row)) for row in CASE_REACHED),
    )
    quiet = _("One case with 35 developers. It shows an order and what to measure; it promises nothing.")
    said = Paragraph(line=line(Run(quiet, "quiet"), source_run("S3")))
    return (Part(title=_("The order that one shop took, and what it reached"), blocks=(order, reached, said)),)


def write_planned_changes(report: ReportData) -> Part | None:
    """The planned changes, with the verdict that they would lead to; None where none are planned."""
    planned = report.planned_changes
    if planned is None:
        return None
    table = Table(
        columns=(
            Column(title=_("Planned")),
            Column(title=_("State"), width="state"),
            Column(title=_("Planned by"), width="name"),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(one.sentence),
                    line(Run(_("reached"), "mark", "passed") if one.reached else Run(_("not yet"), "mark", "open")),
                    line(one.by, Run("\n" + format_moment(one.at, report.brand), "quiet")),
                )
            )
            for one in planned.lines
        ),
    )
    return Part(title=planned.finding, blocks=(Paragraph(line=line(planned.why)), table))
