"""The chapters that argue: what hurts and what is ready, reasons, gates, what would change the verdict, cases."""

from assess.findings.facade import Bar, Scale, Scales
from assess.language import _
from assess.reports.chapters.drawings import draw_gates, draw_line, draw_pains, draw_path, draw_scales, draw_squares
from assess.reports.charts import dumbbells_figure
from assess.reports.content.data import Axis, AxisGroup, ReasonLine, ReportData
from assess.reports.content.evidence import EvidenceData
from assess.reports.document import (
    Block,
    Column,
    Columns,
    Items,
    Line,
    Paragraph,
    Part,
    Row,
    Run,
    Table,
    line,
    source_run,
)


def write_pains(report: ReportData) -> tuple[Block, ...]:
    """Each pain against the threshold."""
    threshold = report.pains.threshold
    lead = _("Each bar is one answer. From {threshold} a pain is acute, and one acute pain is enough to act.")
    return (
        Paragraph(line=line(Run(lead.format(threshold=threshold), "quiet"))),
        draw_pains(report.pains),
    )


def write_path(report: ReportData) -> tuple[Block, ...] | None:
    """The questions that led to the verdict; None while too little is known."""
    return (draw_path(report.path),) if report.is_enough else None


def write_gates(report: ReportData) -> tuple[Block, ...]:
    """The gates and how ready the system is."""
    gates = (draw_gates(report.gate_boxes),) if report.gate_boxes.boxes else ()
    prepared = report.planning.preparation
    waived = (Paragraph(line=line(prepared.waived_gates)),) if prepared and prepared.waived_gates else ()
    return (*gates, *waived, draw_scales(report.scales))


def write_firmness(report: ReportData) -> tuple[Block, ...] | None:
    """Which answers keep the verdict, what small changes do to it, and how well the answers are known; None while too
    little is known."""
    argument = report.argument
    if argument is None:
        return None
    measured, known = report.evidence.number_of("full"), report.evidence.number_of("full", "pale")
    open_answers = report.evidence.number_of("open", "decisive")
    legend = _("Dark: measured. Pale: estimated or guessed. Dashed: {open} not known, {decisive} of them can matter.")
    small = _("One square for each known answer moved by one step. A cross changes the verdict.")
    evidence = legend.format(open=open_answers, decisive=report.evidence.number_of("decisive"))
    if not open_answers:
        evidence = _("Dark: {measured} measured. Pale: {rest} estimated or guessed.").format(
            measured=measured, rest=known - measured
        )
    return (
        draw_line(argument.verdict_line),
        Columns(
            parts=(
                Part(
                    title=argument.small_changes.finding,
                    blocks=(draw_squares(argument.small_changes), Paragraph(line=line(Run(small, "quiet")))),
                ),
                Part(
                    title=report.evidence.finding,
                    blocks=(draw_squares(report.evidence), Paragraph(line=line(Run(evidence, "quiet")))),
                ),
            )
        ),
    )


def write_scores(report: ReportData) -> tuple[Block, ...]:
    """The answers behind each score with their points, and the chart of axes of one's own."""
    own = [group for group in report.axis_groups if group.slug == "own"]
    return (
        Table(
            look="scores",
            columns=(
                Column(title=_("Score"), width="axis"),
                Column(title=_("Points"), width="points"),
                Column(title=_("Answers behind it, with their points")),
            ),
            rows=tuple(Row(cells=(line(axis.name), line(axis.value), describe_parts(axis))) for axis in report.axes),
        ),
        *(
            Part(
                title=group.finding,
                blocks=(draw_scales(own_scales(group)), Items(lines=tuple(line(note) for note in group.notes))),
                together=True,
            )
            for group in own
        ),
    )


def own_scales(group: AxisGroup) -> Scales:
    """Axes of one's own as bars."""
    return Scales(
        rows=tuple(
            Scale(axis=axis.axis, name=axis.name, bar=Bar(low=axis.points, high=axis.high), is_known=axis.is_known)
            for axis in group.axes
        )
    )


def describe_parts(axis: Axis) -> Line:
    """The answers behind a score, each with its points."""
    if not axis.parts:
        return line(_("No answer known"))
    runs: list[Run] = []
    for index, part in enumerate(axis.parts, start=1):
        end = ";" if index < len(axis.parts) else ""
        runs += [Run(part.question.wording), Run(part.value, "strong"), Run(f"({part.points}){end}")]
    return line(*runs)


def write_reasons(report: ReportData) -> tuple[Block, ...] | None:
    """The rule that decided and the strongest reasons each way; None while too little is known."""
    if not report.is_enough:
        return None
    against = tuple(
        line(
            reason.sentence,
            Run(_("For “{verdict}”.").format(verdict=reason.weighs), "quiet"),
            source_run(reason.source),
        )
        for reason in report.reasons_against
    )
    motives = tuple(reason_line(reason) for reason in report.motives)
    # Where somebody overruled it, page 1 has no room for what the model says.
    is_overruled = report.page_one is not None and bool(report.page_one.model_said)
    model = line(
        Run(_("The model:"), "strong"),
        report.headline,
        Run(_("{state}.").format(state=report.firm_words), "strong"),
        report.firm_why,
    )
    return (
        *((Paragraph(line=model),) if is_overruled else ()),
        Paragraph(
            line=line(Run(_("The rule that decided:"), "strong"), report.rule_sentence, source_run(report.rule_source))
        ),
        Columns(
            parts=(
                Part(
                    title=_("For “{verdict}”").format(verdict=report.verdict_words),
                    blocks=list_or_sentence(
                        tuple(reason_line(reason) for reason in report.reasons_for),
                        _("No single answer speaks for it, only the rule above."),
                    ),
                ),
                Part(title=_("Against it"), blocks=list_or_sentence(against, _("No known answer speaks against it."))),
            )
        ),
        *((Paragraph(line=line(Run(report.further_reasons, "quiet"))),) if report.further_reasons else ()),
        *(
            (Part(title=_("Motives that carry no weight"), blocks=(Items(lines=motives),), together=True),)
            if motives
            else ()
        ),
    )


def reason_line(reason: ReasonLine) -> Line:
    """The reason with its source."""
    return line(reason.sentence, source_run(reason.source))


def list_or_sentence(lines: tuple[Line, ...], nothing: str) -> tuple[Block, ...]:
    """A list of these lines, or the sentence where there is none."""
    return (Items(lines=lines),) if lines else (Paragraph(line=line(nothing)),)


def write_checklist(report: ReportData) -> tuple[Block, ...]:
    """What each gate means here, and the readiness checklist."""
    table = Table(
        look="gates",
        columns=(
            Column(title=_("Gate"), width="name"),
            Column(title=_("State"), width="state"),
            Column(title=_("What it means here")),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(gate.name),
                    line(Run(gate.state_words, "mark", gate.state)),
                    line(gate.sentence, source_run(gate.source)),
                )
            )
            for gate in report.gates
        ),
    )
    return (
        Part(title=report.gates_finding, blocks=(table,) if report.gates else ()),
        Part(
            title=report.checklist.finding,
            together=True,
            blocks=(
                draw_squares(report.checklist_squares),
                Items(
                    numbered=True,
                    lines=tuple(
                        line(_("{sentence}:").format(sentence=check.sentence), Run(check.state_words, "strong"))
                        for check in report.checklist.lines
                    ),
                ),
            ),
        ),
    )


def write_flips(report: ReportData) -> tuple[Block, ...] | None:
    """What would change the verdict, and answers that contradict each other or the scan."""
    argument = report.argument
    if argument is None:
        return None
    blocks: list[Block] = [Paragraph(line=line(argument.robustness))]
    for group in argument.flips:
        inside: list[Block] = [
            Items(
                lines=tuple(
                    line(
                        flip.changes,
                        Run(_("makes it “{verdict}”.").format(verdict=flip.outcome), "quiet"),
                    )
                    for flip in group.lines
                )
            )
        ]
        if group.left_out:
            more = _("{count} more are not listed here.").format(count=group.left_out)
            inside.append(Paragraph(line=line(Run(more, "quiet"))))
        blocks.append(Part(title=group.title, blocks=tuple(inside)))
    if argument.contradictions:
        lines = tuple(line(sentence) for sentence in argument.contradictions)
        blocks.append(Part(title=_("Answers that contradict each other"), blocks=(Items(lines=lines),), together=True))
    if report.claims and report.claims.conflicts:
        blocks.append(list_scan_conflicts(report.claims))
    return tuple(blocks)


def list_scan_conflicts(claims: EvidenceData) -> Part:
    """The answers that the scan contradicts, a sentence each."""
    lines = tuple(line(sentence) for sentence in claims.conflicts)
    return Part(title=_("Answers that the scan contradicts"), blocks=(Items(lines=lines),), together=True)


def write_changes(report: ReportData) -> tuple[Block, ...] | None:
    """What changed since the earlier version, and what of it moved the verdict."""
    changes = report.since
    if changes is None:
        return None
    figure = dumbbells_figure(changes.axes, changes.finding)
    before, after = changes.names
    blocks: list[Block] = [
        Paragraph(line=line(Run(changes.moved[0], "strong"))),
        *([Items(lines=tuple(line(sentence) for sentence in changes.moved[1:]))] if changes.moved[1:] else []),
        Part(
            title=figure.title,
            together=True,
            blocks=(
                figure,
                Paragraph(
                    line=line(
                        Run(
                            _("From 0 to 100. Light: not answered yet. From the broken line on a pain is acute."),
                            "quiet",
                        )
                    )
                ),
            ),
        ),
        Table(
            caption=_("Scores of both versions"),
            columns=(Column(title=_("Score")), *(Column(title=name, width="name") for name in changes.names)),
            rows=tuple(
                Row(cells=(line(axis.name), *(line(mark.value) for mark in axis.marks))) for axis in changes.axes
            ),
        ),
    ]
    if changes.lines:
        blocks.append(
            Table(
                caption=_("Answers that differ"),
                columns=(
                    Column(title=_("Question"), width="question"),
                    Column(title=before),
                    Column(title=after),
                ),
                rows=tuple(Row(cells=(line(one.wording), line(one.before), line(one.after))) for one in changes.lines),
            )
        )
    else:
        blocks.append(Paragraph(line=line(_("No answer differs."))))
    if changes.not_compared:
        blocks.append(
            Part(title=_("Not compared"), blocks=(Items(lines=tuple(line(said) for said in changes.not_compared)),))
        )
    return tuple(blocks)


def write_sources(report: ReportData) -> tuple[Block, ...] | None:
    """What each source says on its own, and published cases like this one."""
    argument = report.argument
    if argument is None:
        return None
    playbooks = Table(
        look="sources",
        columns=(
            Column(title=_("Source"), width="state"),
            Column(title=_("On its own it says"), width="name"),
            Column(title=_("Because")),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(one.source),
                    line(Run(one.verdict_words, "verdict" if one.verdict else "quiet", one.verdict or "")),
                    line(one.because),
                )
            )
            for one in argument.playbooks
        ),
    )
    blocks: list[Block] = [playbooks]
    if argument.cases:
        cases = Table(
            look="cases",
            columns=(
                Column(title=_("Case"), width="state"),
                Column(title=_("It chose"), width="name"),
                Column(title=_("How it went")),
            ),
            rows=tuple(
                Row(
                    cells=(
                        line(_("{system}, {year}").format(system=one.system, year=one.year)),
                        line(Run(one.chose, "verdict", one.chose_slug), Run(f"\n{one.likeness}", "quiet")),
                        line(one.outcome, Run(one.lesson, "quiet")),
                    )
                )
                for one in argument.cases
            ),
        )
        blocks.append(Part(title=argument.cases_finding, blocks=(cases,), together=True))
    return tuple(blocks)


def write_ask_again(report: ReportData) -> tuple[Block, ...] | None:
    """When to ask again, and what would be a reason to do so sooner; None while too little is known."""
    argument = report.argument
    if argument is None:
        return None
    if not argument.revisit_when:
        return (Paragraph(line=line(_("Earlier, if what you answered is no longer so."))),)
    return (Items(lines=tuple(line(sentence) for sentence in argument.revisit_when)),)
