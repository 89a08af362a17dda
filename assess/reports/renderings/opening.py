"""What the first page of paper says, as blocks, for a form that has no such page. Pure.

In full where page 1 has to be short: the reason of an overruled verdict, and each condition.
"""

from collections.abc import Iterator

from assess.language import _, day
from assess.reports.data import ReportData
from assess.reports.document import Block, Items, Paragraph, Part, Run, line
from assess.reports.signature import Review, Signed


def opening(report: ReportData) -> tuple[Block, ...]:
    return tuple(_opening(report))


def _opening(report: ReportData) -> Iterator[Block]:
    said = _("Split assessment · version {version} · {day}").format(version=report.version, day=day(report.dated))
    yield Paragraph(line=line(Run(said, "quiet"), Run(report.state_words, "strong")))
    yield Paragraph(line=line(Run(_("Should {system} be split?").format(system=report.system), "strong")))
    yield Paragraph(line=line(f"{report.team}, {report.brand.name or report.workspace}"))
    verdict = _("Verdict: {verdict}").format(verdict=report.verdict_words)
    yield Part(title=verdict, blocks=tuple(_verdict(report)))
    why: tuple[Block, ...] = (Paragraph(line=line(report.answers_finding)),)
    if report.is_enough:
        reasons = tuple(line(reason.sentence) for reason in report.reasons_for)
        why = (Paragraph(line=line(report.rule_sentence)), Items(lines=reasons, numbered=True))
    yield Part(title=_("Why"), blocks=why)
    firm = Run(_("{state}.").format(state=report.firm_words), "strong")
    yield Part(
        title=_("How firm"),
        blocks=(Paragraph(line=line(firm, report.firm_why)), Paragraph(line=line(report.basis_words))),
    )
    yield Part(title=_("Gates"), blocks=(_gates(report),))
    yield Part(title=_("Cost"), blocks=(Paragraph(line=line(report.cost_words)),))
    review = report.review
    if review and review.signed:
        yield Part(title=_("The decision taken"), blocks=tuple(_decided(review, review.signed)))
    else:
        blocks = [Paragraph(line=line(Run(report.decision, "strong")))]
        if not report.is_submitted:
            draft = _("This is a draft: its answers may still change. Decide on a submitted version.")
            blocks.append(Paragraph(line=line(draft)))
        yield Part(title=_("The decision asked for"), blocks=tuple(blocks))


def _verdict(report: ReportData) -> Iterator[Block]:
    if report.form_words:
        yield Paragraph(line=line(Run(report.form_words, "strong")))
    yield Paragraph(line=line(report.headline))
    signed = report.review.signed if report.review else None
    if signed and signed.overruled_words:
        said = _("Overruled to “{verdict}” by {name}: {reason}")
        overruled = said.format(verdict=signed.overruled_words, name=signed.by, reason=signed.reason)
        yield Paragraph(line=line(Run(overruled, "strong")))


def _gates(report: ReportData) -> Block:
    if not report.conditions:
        return Paragraph(line=line(report.no_conditions))
    state = _("{gate}: {state}.")
    return Items(lines=tuple(line(state.format(gate=gate.name, state=gate.state_words)) for gate in report.conditions))


def _decided(review: Review, signed: Signed) -> Iterator[Block]:
    said = _("{decision} by {name}, {day}.")
    words = said.format(decision=signed.decision_words, name=signed.by, day=day(signed.day))
    until = (
        _("Open to challenge until {day}.").format(day=day(signed.challenge_until)) if signed.challenge_until else ""
    )
    yield Paragraph(line=line(Run(words, "strong"), until))
    if signed.remark:
        yield Paragraph(line=line(signed.remark))
    if review.conditions:
        promised = _("{text} ({name}, by {day}).")
        yield Items(
            lines=tuple(
                line(promised.format(text=each.text, name=each.owner, day=day(each.due_on)), each.met_words)
                for each in review.conditions
            ),
            numbered=True,
        )


__all__ = ["opening"]
