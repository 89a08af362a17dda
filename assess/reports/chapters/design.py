"""The chapter "Decisions on the way": what was decided and why, and which decisions are open."""

from assess.language import _, ngettext, number
from assess.reports.chapters.datetime_format import format_moment
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Items, Part, Row, Run, Table, line


def describe_design(report: ReportData) -> str:
    """The chapter's finding: how many are decided, and how many open."""
    design = report.planning.design
    if design is None:
        return ""
    decided = ngettext("{count} decision is taken", "{count} decisions are taken", len(design.choices))
    decided = decided.format(count=number(len(design.choices)))
    if not design.open:
        return decided
    return _("{decided}, {count} still open").format(decided=decided, count=number(len(design.open)))


def write_design(report: ReportData) -> tuple[Block, ...] | None:
    """Each decision with option, reason, person and time; then the questions still open. None before the first."""
    design = report.planning.design
    if design is None:
        return None
    rows = tuple(
        Row(
            cells=(
                line(each.question.question),
                line(Run(each.title, "strong"), f"\n{each.reason}"),
                line(each.by, Run(f"\n{format_moment(each.at, report.brand)}", "quiet")),
            )
        )
        for each in design.choices
    )
    columns = (
        Column(title=_("Question"), width="question"),
        Column(title=_("Decided, and why")),
        Column(title=_("By"), width="who"),
    )
    blocks: list[Block] = [Table(columns=columns, rows=rows)]
    if design.open:
        lines = tuple(line(each.question) for each in design.open)
        blocks.append(Part(title=_("Still open"), blocks=(Items(lines=lines),)))
    return tuple(blocks)
