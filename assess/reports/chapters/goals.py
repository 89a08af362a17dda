"""The chapter "Goals: before and after"."""

from assess.advice.facade import GoalLine, build_goal_chart, describe_goals
from assess.language import _, day
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Figure, Line, Paragraph, Row, Run, Table, line


def describe_finding(report: ReportData) -> str:
    """How many goals are reached; "" without any."""
    return describe_goals(report.planning.goals) if report.planning.goals else ""


def write_goals(report: ReportData) -> tuple[Block, ...] | None:
    """Each goal before, now and its target, with every reading; None without a goal."""
    goals = report.planning.goals
    if not goals:
        return None
    table = Table(
        columns=(
            Column(title=_("Figure"), width="question"),
            Column(title=_("Before, now, target")),
            Column(title=_("State"), width="name"),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(each.figure.words),
                    line(each.way_words),
                    line(each.state_words, Run(each.day_words, "quiet")),
                ),
                notes=tuple(list_notes(each)),
            )
            for each in goals
        ),
    )
    source = _("Measure after every step. Each review asks for these figures again.")
    return (
        Figure(template="dumbbells", chart=build_goal_chart(goals)),
        table,
        Paragraph(line=line(Run(source, "quiet"))),
    )


def list_notes(goal: GoalLine) -> list[Line]:
    """Who set the goal, and every reading with its day, who measured it and what they wrote."""
    said = [line(Run(_("Set by {name}.").format(name=goal.by), "quiet"), goal.note)]
    for each in goal.readings:
        pattern = _("{value} on {day}, measured by {name}.")
        said.append(line(pattern.format(value=each.words, day=day(each.on), name=each.by), each.note))
    return said
