"""The chapters on what people know and say: where they disagree, challenges, comments, and what is not known."""

from collections.abc import Sequence

from assess.language import _, capitalised, in_a_row
from assess.reports.chapters.datetime_format import format_moment
from assess.reports.content.data import ReportData
from assess.reports.content.people import ReviewComment
from assess.reports.document import Block, Column, Columns, Figure, Line, Paragraph, Part, Row, Run, Table, line


def write_disagreement(report: ReportData) -> tuple[Block, ...] | None:
    """Each role's own verdict, and the questions on which people differ; None where they answered together."""
    disagreement = report.disagreement
    if disagreement is None:
        return None
    blocks: list[Block] = []
    if disagreement.roles:
        blocks += [
            Paragraph(line=line(disagreement.roles_finding)),
            Table(
                columns=(
                    Column(title=_("Whose answers"), width="name"),
                    Column(title=_("People"), width="points"),
                    Column(title=_("Verdict")),
                    Column(title=_("Still possible"), width="name"),
                ),
                rows=tuple(
                    Row(
                        cells=(
                            line(role.name),
                            line(str(role.respondents)),
                            line(role.verdict_words),
                            line(capitalised(role.others)),
                        )
                    )
                    for role in disagreement.roles
                ),
            ),
        ]
    if disagreement.lines:
        rows = []
        for one in disagreement.lines:
            parts: list[str | Run] = [one.finding, Run("\n" + in_a_row(one.values), "quiet")]
            if one.agreement_note:
                parts.append("\n" + _("Note: {text}").format(text=one.agreement_note))
            state = Run(one.state_words, "strong" if one.is_open else "")
            rows.append(Row(cells=(line(one.wording), line(str(one.respondents)), line(*parts), line(state))))
        blocks.append(
            Table(
                columns=(
                    Column(title=_("Question"), width="question"),
                    Column(title=_("People"), width="points"),
                    Column(title=_("What they answered")),
                    Column(title=_("State"), width="state"),
                ),
                rows=tuple(rows),
            )
        )
    charts = [one.chart for one in disagreement.lines if one.chart]
    drawn = [Part(title=chart.title, blocks=(Figure(template="spread", chart=chart),)) for chart in charts]
    blocks += [Columns(parts=tuple(drawn[start : start + 2])) for start in range(0, len(drawn), 2)]
    if drawn and disagreement.key:
        blocks.append(Paragraph(line=line(Run(disagreement.key, "quiet"))))
    return (Part(title=disagreement.finding, blocks=tuple(blocks)),)


def write_challenges(report: ReportData) -> tuple[Block, ...] | None:
    """Challenges with the replies to them."""
    comments = report.review.comments if report.review else ()
    return write_comment_table(report, [one for one in comments if one.is_challenge])


def write_comments(report: ReportData) -> tuple[Block, ...] | None:
    """Comments with the replies to them."""
    comments = report.review.comments if report.review else ()
    return write_comment_table(report, [one for one in comments if not one.is_challenge])


def write_comment_table(report: ReportData, comments: Sequence[ReviewComment]) -> tuple[Block, ...] | None:
    """A table of these comments, in their order; None for none."""
    if not comments:
        return None
    return (
        Table(
            columns=(
                Column(title=_("About"), width="name"),
                Column(title=_("Who"), width="who"),
                Column(title=_("Comment")),
            ),
            rows=tuple(
                Row(
                    cells=(
                        line(one.about),
                        line(one.by, Run("\n" + format_moment(one.at, report.brand), "quiet")),
                        line(
                            Run(_("{kind}.").format(kind=one.kind_words), "strong"),
                            one.text,
                            Run("\n" + one.settled_words if one.settled_words else "", "quiet"),
                        ),
                    )
                )
                for one in comments
            ),
        ),
    )


def write_open_questions(report: ReportData) -> tuple[Block, ...]:
    """Questions without a known answer, and which of them could change the verdict."""
    sentences = [report.open_finding]
    if report.ask_next:
        sentences.append(_("Settle first: “{question}”").format(question=report.ask_next.wording))
    blocks: list[Block] = [Paragraph(line=line(*sentences))]
    if report.open_lines:
        blocks.append(
            Table(
                columns=(
                    Column(title=_("Question")),
                    Column(title=_("Section"), width="who"),
                    Column(title=_("State"), width="name"),
                    Column(title=_("Could change the verdict"), width="state"),
                ),
                rows=tuple(
                    Row(
                        cells=(
                            question_line(one.question.wording, one.who_knows),
                            line(one.section_title),
                            line(one.state_words),
                            line(Run(_("yes"), "strong") if one.decisive else _("no")),
                        ),
                        head=None,
                    )
                    for one in report.open_lines
                ),
            )
        )
    return tuple(blocks)


def question_line(wording: str, who_knows: str) -> Line:
    """The question, and who may know the answer."""
    if not who_knows:
        return line(wording)
    return line(wording, Run(_("{name} may know.").format(name=who_knows), "quiet"))
