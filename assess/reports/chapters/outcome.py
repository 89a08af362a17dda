"""The chapter "What became of it": what was done after 6 and 12 months, and what changed."""

from assess.advice.facade import OutcomeLine
from assess.language import _, capitalised
from assess.reports.chapters.datetime_format import format_moment
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Part, Row, Run, Table, line


def describe_last_outcome(report: ReportData) -> str:
    """The chapter's finding: what was done, as last recorded; "" while nothing is."""
    return report.planning.outcomes[-1].followed if report.planning.outcomes else ""


def write_outcome(report: ReportData) -> tuple[Block, ...] | None:
    """A part for each time it was asked, the first one first; None while nothing is recorded."""
    return tuple(describe_outcome(each, report) for each in report.planning.outcomes) or None


def describe_outcome(each: OutcomeLine, report: ReportData) -> Part:
    """What was done and what was learned, with who recorded it and when; then figures before and now."""
    lesson = (line(Run(_("For another team:"), "strong"), each.lesson),) if each.lesson else ()
    said = Table(
        columns=(Column(title=_("What was done")), Column(title=_("By"), width="who")),
        rows=(
            Row(
                cells=(
                    line(Run(f"{capitalised(each.right)}.", "strong"), f"\n{each.text}"),
                    line(each.by, Run(f"\n{format_moment(each.at, report.brand)}", "quiet")),
                ),
                head=None,
                notes=lesson,
            ),
        ),
    )
    if not each.figures:
        return Part(title=each.followed, blocks=(said,))
    figures = Table(
        look="figures",
        columns=(
            Column(title=_("Figure")),
            Column(title=_("Before"), width="name"),
            Column(title=_("Now"), width="name"),
        ),
        rows=tuple(Row(cells=(line(one.label), line(one.before), line(one.after))) for one in each.figures),
    )
    return Part(title=each.followed, blocks=(said, figures))
