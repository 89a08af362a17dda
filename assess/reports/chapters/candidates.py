"""The chapter on candidates: the first three with what each would take, all others, and what is set apart and why."""

from typing import Final

from assess.evidence.facade import Candidate, Candidates, build_quadrants
from assess.language import _
from assess.reports.content.data import ReportData
from assess.reports.content.sanitize import MAX_NAME, clean_line
from assess.reports.document import Block, Column, Drawing, Items, Paragraph, Part, Row, Run, Table, line

#: Letters of a sentence with names of modules in it, which may be long.
MAX_SENTENCE: Final = 600


def describe_first(report: ReportData) -> str:
    """The chapter's finding: which modules may well be first, or that none stands out; "" without candidates."""
    return clean_line(report.candidates.finding, MAX_NAME) if report.candidates else ""


def write_candidates(report: ReportData) -> tuple[Block, ...] | None:
    """Every module with its ease and benefit; None without a scan or a typed inventory."""
    candidates = report.candidates
    if candidates is None:
        return None
    source = _("Counted by a scan.") if candidates.source == "scan" else _("From modules that the team typed.")
    blocks: list[Block] = [Paragraph(line=line(candidates.band_reason, source, report.candidates_from))]
    if report.verdict != "extract":
        blocks.append(Paragraph(line=line(_("The verdict is not to extract. This is where it would begin."))))
    if candidates.ranked and not candidates.stands_out:
        blocks.append(Paragraph(line=line(_("These are next in the order. Extract none of them on these counts."))))
    blocks += [describe_candidate(number, each) for number, each in enumerate(candidates.top, start=1)]
    if candidates.ranked:
        quadrants = build_quadrants(candidates)
        drawing = Drawing(template="quadrants.html", chart=quadrants, words=())
        blocks.append(Part(title=quadrants.finding, blocks=(drawing, rank_table(candidates))))
    if candidates.apart:
        rows = tuple(
            Row(cells=(line(clean_line(each.app, MAX_NAME)), line(clean_line(each.apart_reason, MAX_SENTENCE))))
            for each in candidates.apart
        )
        table = Table(columns=(Column(title=_("Module"), width="question"), Column(title=_("Why"))), rows=rows)
        blocks.append(Part(title=_("Not ranked"), blocks=(table,)))
    quiet = [_("Ease is 100 less what ties a module to others. Benefit is what a service of its own would bring.")]
    if candidates.hangs_on_weights:
        ways = _("How we weigh the counts is our judgement. So we try {count} ways: half, as it is and double.")
        quiet.append(ways.format(count=candidates.weightings))
    blocks.append(Paragraph(line=line(*(Run(sentence, "quiet") for sentence in quiet))))
    return tuple(blocks)


def describe_candidate(number: int, each: Candidate) -> Part:
    """One candidate: its quadrant, why it stands there, what it would take, and the points of both axes."""
    scores = _("Ease {ease}, benefit {benefit}: {quadrant}.").format(
        ease=each.ease, benefit=each.benefit, quadrant=each.quadrant_words
    )
    points = (
        (_("Ease, from 100"), each.ease_lines),
        (_("Benefit"), each.benefit_lines),
    )
    rows = tuple(
        Row(cells=(line(axis), line(clean_line(one.sentence, MAX_SENTENCE)), line(f"{one.points:+d}")), head=None)
        for axis, lines in points
        for one in lines
        if one.points
    )
    reasons = [clean_line(reason, MAX_SENTENCE) for reason in each.reasons]
    takes = tuple(line(clean_line(work, MAX_SENTENCE)) for work in each.takes)
    blocks: tuple[Block, ...] = (
        Paragraph(line=line(Run(scores, "strong"), *reasons)),
        *((Paragraph(line=line(Run(_("What it takes:"), "strong"))), Items(lines=takes)) if takes else ()),
        *((points_table(rows),) if rows else ()),
    )
    return Part(title=_("{number}. {name}").format(number=number, name=clean_line(each.app, MAX_NAME)), blocks=blocks)


def points_table(rows: tuple[Row, ...]) -> Table:
    return Table(
        columns=(
            Column(title=_("Axis"), width="name"),
            Column(title=_("What counts")),
            Column(title=_("Points"), width="points"),
        ),
        rows=rows,
    )


def rank_table(candidates: Candidates) -> Table:
    """The order, with both axes and, where that hangs on the weights, how often each is first."""
    columns = (
        Column(title=_("Module")),
        Column(title=_("Quadrant"), width="name"),
        Column(title=_("Ease"), width="points"),
        Column(title=_("Benefit"), width="points"),
    )
    firsts = (Column(title=_("First, of 100 ways to weigh"), width="state"),) if candidates.hangs_on_weights else ()
    rows = []
    for each in candidates.ranked:
        texts = (clean_line(each.app, MAX_NAME), each.quadrant_words, str(each.ease), str(each.benefit))
        rows.append(Row(cells=tuple(map(line, (*texts, str(each.first_share))[: len(columns) + len(firsts)]))))
    return Table(columns=(*columns, *firsts), rows=tuple(rows))
