"""The chapter "Which services to merge first": the groups with their reasons, who calls whom, signs, and what is not
known."""

from typing import Final

from assess.advice.facade import MERGE_STEPS, MERGE_STORY, Merging
from assess.language import _
from assess.reports.content.data import ReportData
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.reports.document import Block, Column, Drawing, Items, Paragraph, Part, Row, Run, Table, line, source_run

#: Letters of a sentence with names of services in it, which may be long.
MAX_SENTENCE: Final = 600


def describe_merging(report: ReportData) -> str:
    """The chapter's finding; "" where the system does not run as services."""
    return report.planning.merging.finding if report.planning.merging else ""


def write_merging(report: ReportData) -> tuple[Block, ...] | None:
    """None where the system does not run as services, or so little is known that no verdict shows."""
    merging = report.planning.merging
    if merging is None or not report.is_enough:
        return None
    signs = tuple(
        Row(cells=(line(sign.title), line(sign.answered_words), line(clean_line(sign.measured, MAX_SENTENCE))))
        for sign in merging.signs
    )
    columns = (Column(title=_("Sign")), Column(title=_("As answered"), width="state"), Column(title=_("As measured")))
    ownership = (Paragraph(line=line(merging.ownership)),) if merging.ownership else ()
    unknown = tuple(line(sentence) for sentence in merging.unknown)
    steps = tuple(line(_(step), source_run(source)) for step, source in MERGE_STEPS)
    story = Paragraph(line=line(_(MERGE_STORY[0]), source_run(MERGE_STORY[1])))
    return (
        *list_groups(merging),
        *draw_calls(merging),
        Part(
            title=_("Signs of a distributed monolith"),
            blocks=(*((Table(columns=columns, rows=signs),) if signs else ()), *ownership),
        ),
        Part(title=_("What is not known yet"), blocks=(Items(lines=unknown),)),
        Part(title=_("How to merge a group"), blocks=(Items(lines=steps), story)),
    )


def list_groups(merging: Merging) -> tuple[Block, ...]:
    """The groups in order, each with what ties it."""
    if not merging.groups:
        return ()
    rows = []
    for number, group in enumerate(merging.groups, start=1):
        reasons = [clean_line(reason, MAX_SENTENCE) for reason in group.reasons]
        title = _("{number}. {name}").format(number=number, name=clean_line(group.name, MAX_NAME))
        rows.append(Row(cells=(line(title), line(*reasons), line(str(group.points)))))
    columns = (
        Column(title=_("Services"), width="question"),
        Column(title=_("Why")),
        Column(title=_("Points"), width="points"),
    )
    notes = (clean_line(merging.source_note, MAX_SENTENCE), merging.points_note)
    note = Paragraph(line=line(*(Run(sentence, "quiet") for sentence in notes if sentence)))
    return (Table(columns=columns, rows=tuple(rows)), note)


def draw_calls(merging: Merging) -> tuple[Block, ...]:
    """Who calls whom, with what the traces name."""
    matrix = merging.matrix
    if matrix is None:
        return ()
    alone = (Paragraph(line=line(Run(matrix.alone_words, "quiet"))),) if matrix.alone else ()
    drawing = Drawing(template="matrix.html", chart=matrix, words=())
    instructions = Paragraph(line=line(Run(matrix.instructions, "quiet")))
    return (Part(title=matrix.finding, blocks=(instructions, drawing, *alone), together=True),)
