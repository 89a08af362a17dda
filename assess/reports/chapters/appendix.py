"""The appendices: every answer with its basis, the method, and what identifies the report with who signed it."""

from assess.language import _, capitalised, day
from assess.reports.chapters.datetime_format import format_moment, format_moment_with_zone
from assess.reports.charts import states_figure
from assess.reports.content.data import AnswerLine, Brand, ReportData
from assess.reports.content.people import IndividualAnswer, Review, Signature
from assess.reports.document import Block, Column, Line, Paragraph, Part, Row, Run, Table, line

HASH_SHOWN = 16  #: characters of a hash where it is only to be recognised

FACT_COLUMNS = (Column(title=""), Column(title=""))


def write_answers(report: ReportData) -> tuple[Block, ...]:
    """The chart of answers by state, then a table of answers for each section."""
    figure = states_figure(report.sections, report.answers_finding)
    columns = (
        Column(title=_("No."), width="number"),
        Column(title=_("Question"), width="question"),
        Column(title=_("Answer")),
        Column(title=_("Basis"), width="basis"),
        Column(title=_("By"), width="who"),
    )
    return (
        Part(title=figure.title, blocks=(figure,), together=True),
        *(
            Part(
                title=section.title,
                blocks=(
                    Table(
                        look="answers",
                        columns=columns,
                        rows=tuple(answer_row(one, report.brand) for one in section.lines),
                    ),
                ),
            )
            for section in report.sections
        ),
    )


def answer_row(one: AnswerLine, brand: Brand) -> Row:
    """One question with its answer; notes, evidence and individual answers below it."""
    if one.state == "known":
        answer = line(Run(one.value, "strong"), Run(f"\n{one.means}" if one.means else "", "quiet"))
    elif one.state == "not_applicable":
        answer = line(_("Does not apply: {reason}").format(reason=one.value))
    else:
        answer = line(Run(capitalised(one.state_words), "quiet"))
    notes = [line(one.note)] if one.note else []
    if one.link:
        notes.append(line(_("Evidence: {link}").format(link=one.link)))
    if one.who_knows:
        notes.append(line(_("May know: {name}").format(name=one.who_knows)))
    if one.agreement_note:
        notes.append(line(_("Note on the agreement: {text}").format(text=one.agreement_note)))
    notes += [individual_line(own, brand) for own in one.individual]
    return Row(
        cells=(
            line(str(one.number)),
            line(one.wording),
            answer,
            line(capitalised(one.basis)),
            line(one.by, Run("\n" + format_moment(one.at, brand) if one.at else "", "quiet")) if one.by else (),
        ),
        head=None,
        notes=tuple(notes),
    )


def individual_line(own: IndividualAnswer, brand: Brand) -> Line:
    """What one of several people answered."""
    return line(
        Run(_("{name}:").format(name=own.who), "strong"),
        _("{answer}, {basis}.").format(answer=own.words, basis=own.basis)
        if own.basis
        else _("{answer}.").format(answer=own.words),
        own.note,
        _("Evidence: {link}").format(link=own.link) if own.link else "",
        _("May know: {name}").format(name=own.who_knows) if own.who_knows else "",
        Run(_("({note})").format(note=own.after_sight) if own.after_sight else "", "quiet"),
        Run(format_moment(own.at, brand), "quiet"),
    )


def write_method(report: ReportData) -> tuple[Block, ...]:
    """How the verdict follows from the answers, and the sources."""
    places = {one.source: one.place for one in report.argument.playbooks} if report.argument else {}
    sources = [
        (source.slug, line(f"{source.title}: {source.author}", Run(places.get(source.short, ""), "quiet")))
        for source in report.sources
    ]
    sources.append((_("ours"), line(_("Our own judgement, where no source settles the matter"))))
    return (
        Paragraph(
            line=line(
                _(
                    "Fixed rules lead from the answers to the verdict: the same answers always give the same verdict. "
                    "We sort pains by what cures them, a boundary inside the code or a separate deployable. The worst "
                    "pain of each kind counts most. We score separability and the four capabilities separately, so "
                    "good tooling never creates a need. We try the rules in order, the cheapest to undo first; the "
                    "first that fits decides. Only known pains count. Unknown answers count against nobody, but the "
                    "verdict names those it depends on."
                )
            )
        ),
        Part(title=_("Sources"), blocks=(facts_table(sources),)),
    )


def list_identity(report: ReportData) -> tuple[tuple[str, str], ...]:
    """What identifies the report, by name."""
    if report.is_submitted and report.submitted_at:
        state = _("Submitted by {name}, {moment}").format(
            name=report.submitted_by, moment=format_moment_with_zone(report.submitted_at, report.brand)
        )
    else:
        state = _("Draft, as of {day}").format(day=day(report.dated))
    facts = [
        (
            _("Questionnaire"),
            _("{title} ({slug}, version {version})").format(
                title=report.edition, slug=report.questionnaire, version=report.questionnaire_version
            ),
        ),
        (
            _("Model"),
            _("version {version}").format(version=report.model_version),
        ),
        (_("Started by"), report.started_by),
        (_("State"), state),
        (_("Hash of the answers"), report.answers_hash or _("created when the version is submitted")),
    ]
    if report.record_head:
        facts.append((_("Head of the record"), report.record_head))
    if report.attachment:
        data = _("{file}, with the hash {hash}").format(file=report.attachment.name, hash=report.attachment.sha256)
        facts.append((_("Data in this file"), data))
    return tuple(facts)


def write_sign_off(report: ReportData) -> tuple[Block, ...]:
    """What identifies the report, then signatures and conditions."""
    hashed = {report.answers_hash, report.record_head}
    identity = facts_table(
        [(name, line(Run(value, "hash" if value in hashed else ""))) for name, value in list_identity(report)]
    )
    blocks: list[Block] = [Part(title=_("What this report is about"), blocks=(identity,))]
    review = report.review
    if review is None:
        return tuple(blocks)
    if review.signature:
        title = _("{decision} by {name}").format(decision=review.signature.decision_words, name=review.signature.by)
        blocks.append(Part(title=title, blocks=(signature_table(report, review.signature),)))
    else:
        blocks.append(Paragraph(line=line(_("Nobody has decided on this version yet."))))
    if review.conditions:
        blocks.append(conditions_table(review))
    if review.earlier_signatures:
        blocks.append(earlier_signatures_table(report, review))
    return tuple(blocks)


def signature_table(report: ReportData, signed: Signature) -> Table:
    """The current signature: by whom and when, what it overrules, and its hash."""
    facts: list[tuple[str, Line]] = [
        (
            _("Signed"),
            line(_("{name}, {moment}").format(name=signed.by, moment=format_moment_with_zone(signed.at, report.brand))),
        ),
        (_("The model's verdict"), line(report.verdict_words)),
    ]
    if signed.overruled_words:
        facts.append((_("Overruled to"), line(Run(signed.overruled_words, "strong"), f"\n{signed.reason}")))
    if signed.remark:
        facts.append((_("Remark"), line(signed.remark)))
    if signed.challenge_until:
        until = _("by the team, until {day}").format(day=day(signed.challenge_until))
        name = _("Could be challenged") if signed.challenge_is_over else _("May be challenged")
        facts.append((name, line(until)))
    facts.append((_("Hash of what was signed"), line(Run(signed.hash, "hash"))))
    return facts_table(facts)


def conditions_table(review: Review) -> Table:
    """The conditions of the current signature, with owner, due day and state."""
    return Table(
        caption=_("Conditions"),
        columns=(
            Column(title=_("Condition")),
            Column(title=_("Owner"), width="name"),
            Column(title=_("Due"), width="state"),
            Column(title=_("State"), width="name"),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(one.text),
                    line(one.owner),
                    line(day(one.due_on)),
                    line(one.met_words or (Run(_("Overdue"), "strong") if one.is_overdue else _("Open"))),
                ),
                head=None,
            )
            for one in review.conditions
        ),
    )


def earlier_signatures_table(report: ReportData, review: Review) -> Table:
    """Signatures that no longer count, with what they said."""
    return Table(
        caption=_("Earlier signatures"),
        columns=(
            Column(title=_("Decision"), width="name"),
            Column(title=_("By"), width="name"),
            Column(title=_("Comment")),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(one.decision_words),
                    line(one.by, Run("\n" + format_moment(one.at, report.brand), "quiet")),
                    line(
                        _("Overruled to “{verdict}”: {reason}").format(verdict=one.overruled_words, reason=one.reason)
                        if one.overruled_words
                        else "",
                        one.remark,
                        Run(one.hash[:HASH_SHOWN], "hash"),
                    ),
                )
            )
            for one in review.earlier_signatures
        ),
    )


def facts_table(facts: list[tuple[str, Line]]) -> Table:
    """A table of names and values without column heads."""
    return Table(
        look="facts", columns=FACT_COLUMNS, rows=tuple(Row(cells=(line(name), value)) for name, value in facts)
    )
