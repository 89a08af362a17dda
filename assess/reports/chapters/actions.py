"""The chapters on what to do: next steps, the plan, cost, and what to prepare before a first service."""

from assess.language import _, capitalised
from assess.reports.chapters.datetime_format import format_moment
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Paragraph, Part, Row, Run, Table, line, source_run


def write_steps(report: ReportData) -> tuple[Block, ...] | None:
    """A table of steps for each of 30, 60 and 90 days; None while too little is known."""
    if not report.is_enough:
        return None
    return tuple(
        Table(
            caption=_("Within {days} days").format(days=horizon.days),
            columns=(
                Column(title=_("Step"), width="step"),
                Column(title=_("Why")),
                Column(title=_("Done when")),
            ),
            rows=tuple(
                Row(cells=(line(step.title), line(step.why, source_run(step.source)), line(step.done)))
                for step in horizon.steps
            ),
        )
        for horizon in report.horizons
        if horizon.steps
    )


def write_plan(report: ReportData) -> tuple[Block, ...] | None:
    """The plan that is kept, with the verdict that it would lead to."""
    plan = report.plan
    if plan is None:
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
            for one in plan.lines
        ),
    )
    return (Part(title=plan.finding, blocks=(Paragraph(line=line(plan.why)), table)),)


def write_cost(report: ReportData) -> tuple[Block, ...] | None:
    """What is known of money. No sum is kept with an assessment, so none is printed."""
    if not report.is_enough:
        return None
    sentence = _(
        "No cost figures yet. Add yours on the page “What would a split save?” to see the break-even. "
        "We don't store them: they stay in that page's address."
    )
    blocks: list[Block] = [Paragraph(line=line(sentence))]
    if report.money_lines:
        blocks.append(
            Table(
                columns=(
                    Column(title=_("Question about money")),
                    Column(title=_("Answer"), width="name"),
                    Column(title=_("Basis"), width="basis"),
                ),
                rows=tuple(
                    Row(
                        cells=(
                            line(one.wording),
                            line(one.value if one.state == "known" else capitalised(one.state_words)),
                            line(capitalised(one.basis)),
                        )
                    )
                    for one in report.money_lines
                ),
            )
        )
    return tuple(blocks)


def write_preparation(report: ReportData) -> tuple[Block, ...] | None:
    """What to have ready before a first service; None where nothing is asked for."""
    if report.argument is None or not report.argument.preparations:
        return None
    return (
        Table(
            columns=(
                Column(title=_("State"), width="state"),
                Column(title=_("Have ready")),
                Column(title=_("Belongs to"), width="name"),
            ),
            rows=tuple(
                Row(cells=(line(one.state_words), line(one.sentence), line(one.group)), head=1)
                for one in report.argument.preparations
            ),
        ),
        Paragraph(
            line=line(
                Run(
                    _("The list comes from S3. Tick yourselves what the questionnaire does not ask."),
                    "quiet",
                )
            )
        ),
    )
