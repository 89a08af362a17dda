"""The chapters on what to do: the next steps, and what to have in hand before a first service."""

from assess.language import _
from assess.reports.data import ReportData
from assess.reports.document import Block, Column, Paragraph, Row, Run, Table, line


def steps(report: ReportData) -> tuple[Block, ...] | None:
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
                Row(cells=(line(step.title), line(step.why, Run(step.source, "source")), line(step.done)))
                for step in horizon.steps
            ),
        )
        for horizon in report.horizons
        if horizon.steps
    )


def preparation(report: ReportData) -> tuple[Block, ...] | None:
    if report.argument is None or not report.argument.preparations:
        return None
    return (
        Table(
            columns=(
                Column(title=_("State"), width="state"),
                Column(title=_("To have in hand")),
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
                    _("The list is that of S3; what the questionnaire does not ask is open, for the team to tick."),
                    "quiet",
                )
            )
        ),
    )


__all__ = ["preparation", "steps"]
