"""The chapters on what to do: next steps and cost."""

from assess.language import _, capitalised
from assess.reports.chapters.drawings import draw_roadmap
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Paragraph, Row, Run, Table, line, source_run


def write_steps(report: ReportData) -> tuple[Block, ...] | None:
    """The steps over 90 days, and the part that goes first where it has a name; None while too little is known."""
    if not report.is_enough or not report.roadmap.steps:
        return None
    blocks: list[Block] = [draw_roadmap(report.roadmap)]
    if report.roadmap.decides:
        waits = _("A dashed bar waits for day 30: decide then, when the open answers are in.")
        blocks.append(Paragraph(line=line(Run(waits, "quiet"))))
    if report.part and report.verdict == "extract":
        blocks.append(Paragraph(line=line(Run(_("The part that you named:"), "strong"), report.part)))
    return tuple(blocks)


def write_step_reasons(report: ReportData) -> tuple[Block, ...] | None:
    """Why each step is there; None while too little is known."""
    if not report.is_enough or not report.roadmap.steps:
        return None
    return (
        Table(
            columns=(Column(title=_("Step"), width="question"), Column(title=_("Why"))),
            rows=tuple(
                Row(cells=(line(step.title), line(step.why, source_run(step.source)))) for step in report.roadmap.steps
            ),
        ),
    )


def write_cost(report: ReportData) -> tuple[Block, ...] | None:
    """Figures to add by hand, and what is known of money, where nobody entered cost figures."""
    if not report.is_enough:
        return None
    sentence = _("No cost figures yet. Add yours: the saving of a month pays back the one-off work.")
    figures = (_("Running cost a month, today"), _("Running cost a month, afterwards"), _("One-off cost of the work"))
    blocks: list[Block] = [
        Paragraph(line=line(sentence)),
        Table(
            look="figures",
            columns=(
                Column(title=_("Figure")),
                Column(title=_("Amount"), width="name"),
                Column(title=_("Who knows it"), width="name"),
            ),
            rows=tuple(Row(cells=(line(figure), (), ())) for figure in figures),
        ),
    ]
    runs: list[Run] = []
    for one in report.money_lines:
        answer = one.value if one.state == "known" else capitalised(one.state_words)
        said = _("{answer} ({basis}).") if one.basis else _("{answer}.")
        runs += [Run(one.wording, "quiet"), Run(said.format(answer=answer, basis=one.basis))]
    blocks.append(Paragraph(line=line(*runs)))
    return tuple(blocks)
