"""The chapter "Pitfalls": those that show, with why and what to do, then the names of those to watch."""

from typing import Final

from assess.advice.facade import PitfallFinding
from assess.language import _, all_of, ngettext, number
from assess.reports.content.data import ReportData
from assess.reports.content.sanitize import clean_line
from assess.reports.document import Block, Column, Paragraph, Part, Row, Run, Table, line, source_run

#: Letters of a sentence with names of apps or services in it, which may be long.
MAX_SENTENCE: Final = 600


def describe_pitfalls(report: ReportData) -> str:
    """The chapter's finding: how many pitfalls show now, else how many would hurt later; "" where none does."""
    states = [each.state for each in report.planning.pitfalls]
    if count := states.count("now"):
        return ngettext("{count} pitfall shows", "{count} pitfalls show", count).format(count=number(count))
    if count := states.count("later"):
        pattern = ngettext(
            "{count} pitfall would hurt once services run", "{count} pitfalls would hurt once services run", count
        )
        return pattern.format(count=number(count))
    return ""


def write_pitfalls(report: ReportData) -> tuple[Block, ...] | None:
    """None while so little is known that no verdict shows."""
    found = report.planning.pitfalls
    if not report.is_enough or not found:
        return None
    shows_now = any(each.state == "now" for each in found)
    later = _("These would hurt once services run") if shows_now else _("To settle before")
    titles = {"now": _("These show now"), "later": later}
    blocks: list[Block] = []
    for state, title in titles.items():
        rows = tuple(pitfall_row(each) for each in found if each.state == state)
        if rows:
            columns = (
                Column(title=_("Pitfall"), width="question"),
                Column(title=_("Why")),
                Column(title=_("What to do")),
            )
            blocks.append(Part(title=title, blocks=(Table(columns=columns, rows=rows),)))
    watched = [each.title for each in found if each.state == "watch"]
    if watched:
        pattern = _("Nothing shows these so far, so watch for them: {titles}.")
        watch = Paragraph(line=line(Run(pattern.format(titles=all_of(watched)), "quiet")))
        blocks.append(Part(title=_("To watch"), blocks=(watch,)))
    return tuple(blocks)


def pitfall_row(each: PitfallFinding) -> Row:
    """Its name, harm and what to do, and below them what shows it."""
    shown_by = (line(Run(_("Shown by:"), "quiet"), clean_line(fact.sentence, MAX_SENTENCE)) for fact in each.evidence)
    return Row(
        cells=(line(each.title), line(each.harm), line(each.cure, source_run(each.pitfall.source))),
        notes=tuple(shown_by),
    )
