"""The chapter "Before the first service": the four lists by state, and what people and scans say of single items."""

from assess.advice.facade import PreparationLine
from assess.language import _, day, in_a_row
from assess.reports.content.data import ReportData
from assess.reports.document import Block, Column, Line, Paragraph, Row, Run, Table, line


def write_preparation(report: ReportData) -> tuple[Block, ...] | None:
    """What to have ready before a first service; None where nothing is asked for."""
    found = report.planning.preparation
    if found is None:
        return None
    lists = Table(
        columns=(Column(title=_("Belongs to"), width="state"), Column(title=_("How each item stands"))),
        rows=tuple(Row(cells=(line(words), list_by_state(lines))) for words, lines in found.by_group),
    )
    told = [each for each in found.lines if each.mark or each.ticked_by == "scan"]
    details = Table(
        columns=(
            Column(title=_("State"), width="state"),
            Column(title=_("Item"), width="question"),
            Column(title=_("Who says so")),
        ),
        rows=tuple(
            Row(cells=(line(each.state_words), line(each.sentence), describe_state(each)), head=1) for each in told
        ),
    )
    source = _("The lists are the readiness guide's, with what four other sources add. Your answers tick the rest.")
    return (
        *((Paragraph(line=line(Run(found.waived_gates, "strong"))),) if found.waived_gates else ()),
        lists,
        *((details,) if told else ()),
        Paragraph(line=line(Run(source, "quiet"))),
    )


def list_by_state(lines: list[PreparationLine]) -> Line:
    """The items in a row after the word of their state, what is missing first."""
    runs: list[str | Run] = []
    for state in ("missing", "waived", "open", "ticked"):
        of_state = [each for each in lines if each.state == state]
        if of_state:
            optional = _("{item} (optional)")
            named = [
                optional.format(item=each.sentence) if each.preparation.is_optional else each.sentence
                for each in of_state
            ]
            word = _("{state}:").format(state=of_state[0].state_words)
            runs += [Run(word, "strong"), _("{items}.").format(items=in_a_row(named))]
    return line(*runs)


def describe_state(each: PreparationLine) -> Line:
    """Why the item stands so: what ticked it, or who wrote what about it, with the day and the link."""
    mark = each.mark
    if mark is None:
        return line(each.why)
    pattern = _("{name} waived it on {day}: {text}") if mark.is_waiver else _("{name} ticked it on {day}: {text}")
    said = pattern.format(name=mark.by, day=day(mark.marked_on), text=mark.text)
    why = each.why if mark.is_waiver or each.ticked_by != "person" else ""
    return line(why, said, *((Run(mark.link, "quiet"),) if mark.link else ()))
