"""The decision as a record in the form of MADR 4 (https://adr.github.io/madr/), to keep beside the code. Pure.

Decides: which facts of a report stand under which heading of such a record. Headings and the keys of the front matter
are the form's own words, which tools look for, and stay English; two headings are added, for dissent and for when to
look again. A record says what was decided and why; every answer is in the other forms, which it names.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from assess.decision.facade import VERDICT_WORDS, VERDICTS, Verdict
from assess.language import _, day
from assess.reports.content.data import AxisGroup, ReasonLine, ReportData
from assess.reports.content.evidence import EvidenceData, ScanIdentity
from assess.reports.content.page_one import describe_challenge_period
from assess.reports.content.people import Disagreement, Review, ReviewComment, Signature, SignedCondition
from assess.reports.document import plain_text
from assess.reports.renderings.markdown import bold, bullets, escape_lines, escape_text, link, quote_yaml

#: So many of those who answered are named; a record is no list of people.
MAX_CONSULTED: Final = 20


def render_madr(report: ReportData) -> str:
    """The record as Markdown, ended by a line break. Text that people typed is literal in it."""
    title = _("{system}: {verdict}").format(system=report.system, verdict=current_verdict_words(report))
    blocks = (
        write_front_matter(report),
        f"# {escape_text(title)}",
        "## Context and Problem Statement",
        *write_context(report),
        "## Decision Drivers",
        *write_drivers(report),
        "## Considered Options",
        bullets(escape_text(VERDICT_WORDS[verdict]) for verdict in VERDICTS),
        "## Decision Outcome",
        *write_outcome(report),
        "### Consequences",
        *write_consequences(report),
        "### Confirmation",
        *write_confirmation(report),
        "## Pros and Cons of the Options",
        *write_options(report),
        "## Dissent",
        *write_dissent(report),
        "## Revisit Triggers",
        *write_triggers(report),
        "## More Information",
        *write_more_information(report),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def current_verdict_words(report: ReportData) -> str:
    """The verdict that stands: the reviewer's own where one overruled the model's."""
    signed = report.review.signature if report.review else None
    return signed.overruled_words if signed and signed.overruled_words else report.verdict_words


def write_front_matter(report: ReportData) -> str:
    """The YAML at the top: status, day and people."""
    signed = report.review.signature if report.review else None
    status = report.review.madr_status if report.review else "proposed"
    dated = signed.day if signed else report.dated
    given_by = [line.by for section in report.sections for line in section.lines if line.by]
    consulted = list(dict.fromkeys(given_by))[:MAX_CONSULTED]
    return "\n".join(
        (
            "---",
            f"status: {quote_yaml(status)}",
            f"date: {dated.isoformat()}",
            f"decision-makers: [{quote_yaml(signed.by) if signed else ''}]",
            f"consulted: [{', '.join(map(quote_yaml, consulted))}]",
            "informed: []",  # whom anybody told is known to nobody here
            "---",
        )
    )


# --- what it is about


def write_context(report: ReportData) -> Iterator[str]:
    yield escape_text(_("Should {system} be split?").format(system=report.system))
    yield bullets(
        (
            fact(_("Team"), report.team),
            fact(_("Workspace"), report.workspace),
            fact(_("Version"), str(report.version)),
            fact(_("State"), report.state_words),
            fact(_("As of"), day(report.dated)),
        )
    )
    if report.since:
        yield escape_text(report.since.finding)
        yield bullets(map(escape_text, report.since.moved))
    for group in report.axis_groups:
        yield escape_text(group.finding)
        yield bullets(write_scores(group))


def write_scores(group: AxisGroup) -> Iterator[str]:
    for axis in group.axes:
        if not axis.is_known:
            sentence = _("{score}: {value}").format(score=axis.name, value=axis.value)
        elif axis.threshold is None:
            sentence = _("{score}: {value}, of 100").format(score=axis.name, value=axis.value)
        else:
            sentence = _("{score}: {value}, of 100; acute from {threshold}").format(
                score=axis.name, value=axis.value, threshold=axis.threshold
            )
        yield escape_text(sentence)


def write_drivers(report: ReportData) -> Iterator[str]:
    reasons = [*report.reasons_for, *report.reasons_against]
    yield bullets(
        (
            *((with_source(report.rule_sentence, report.rule_source),) if report.is_enough else ()),
            *(with_source(reason.sentence, reason.source) for reason in reasons),
            escape_text(report.checklist.finding),
            *(escape_text(_("{question}: {answer}").format(question=line.sentence, answer=line.state_words))
              for line in report.checklist.lines),
        )
    )  # fmt: skip
    yield from write_motives(report)
    yield escape_text(report.gates_finding)
    named = _("{gate}: {state}.")
    yield bullets(
        f"{bold(named.format(gate=gate.name, state=gate.state_words))} {with_source(gate.sentence, gate.source)}"
        for gate in report.gates
    )


# --- what was decided


def write_outcome(report: ReportData) -> Iterator[str]:
    page = report.page_one
    assert page is not None  # as built
    signed = report.review.signature if report.review else None
    if signed and signed.overruled_words:
        sentence = _('Chosen option: "{option}", because {name} overruled the model, whose verdict is “{verdict}”:')
        opening = sentence.format(option=signed.overruled_words, name=signed.by, verdict=report.verdict_words)
        yield f"{escape_text(opening)} {escape_lines(signed.reason)}".rstrip()
        yield escape_text(_("The rule behind the model's verdict: {rule}").format(rule=report.rule_sentence))
        yield escape_text(plain_text(page.model_said))
    elif report.is_enough:
        sentence = _('Chosen option: "{option}", because of this rule: {rule}')
        yield escape_text(sentence.format(option=report.verdict_words, rule=report.rule_sentence))
    else:
        yield escape_text(_("No option is chosen: {verdict}").format(verdict=report.verdict_words))
    if report.form_words and not is_overruled_report(report):
        yield escape_text(_("Form: {form}").format(form=report.form_words))
    if not is_overruled_report(report):
        yield escape_text(report.headline)
    if page.firm_words:
        firm = _("{state}.").format(state=page.firm_words)
        yield f"{bold(firm)} {escape_text(plain_text(page.firm_why))}"
    yield escape_text(report.basis_words)
    if page.candidate:
        yield escape_text(page.candidate)
    yield fact(page.cost_title, report.cost_words)
    if report.review is None or signed is None:
        yield fact(_("The decision asked for"), report.decision)
    else:
        yield from write_signature(report.review, signed)


def write_signature(review: Review, signed: Signature) -> Iterator[str]:
    yield escape_text(signed_sentence(review.signed_sentence, signed))
    yield escape_text(describe_challenge_period(review, signed))
    if signed.remark:
        yield named_markdown(_("Remark"), escape_lines(signed.remark))


def signed_sentence(pattern: str, signed: Signature) -> str:
    """The pattern with the signature's decision, name and day."""
    return pattern.format(decision=signed.decision_words, name=signed.by, day=day(signed.day))


def is_overruled_report(report: ReportData) -> bool:
    """Whether a reviewer overruled the model."""
    return (
        report.review is not None
        and report.review.signature is not None
        and bool(report.review.signature.overruled_words)
    )


def write_consequences(report: ReportData) -> Iterator[str]:
    steps = report.roadmap.steps if report.is_enough else ()
    is_overruled = is_overruled_report(report)
    if report.conditions:
        depends = (
            _("The model's verdict depends on these gates:")
            if is_overruled
            else _("The verdict depends on these gates:")
        )
        yield escape_text(depends)
        yield bullets(
            escape_text(_("{gate}: {state}.").format(gate=gate.name, state=gate.state_words))
            for gate in report.conditions
        )
    else:
        yield fact(_("Gates"), report.no_conditions)
    if steps:
        yield escape_text(_("What follows from the decision:"))
        within = _("(within {days} days).")
        yield bullets(
            f"{bold(step.title)} {escape_text(within.format(days=step.days))} {with_source(step.why, step.source)}"
            for step in steps
        )
    if report.planned_changes:
        yield escape_text(_("Planned changes:"))
        reached, not_yet = _("{change} (reached)"), _("{change} (not yet)")
        yield bullets(
            escape_text((reached if one.reached else not_yet).format(change=one.sentence))
            for one in report.planned_changes.lines
        )
        yield escape_text(report.planned_changes.finding)
        yield escape_text(report.planned_changes.why)
    conditions = report.review.conditions if report.review else ()
    if conditions:
        yield escape_text(_("It was accepted on these conditions:"))
        yield bullets(map(write_condition, conditions))


def write_condition(condition: SignedCondition) -> str:
    whose = _("({name}, by {day}).").format(name=condition.owner, day=day(condition.due_on))
    open_words = _("Overdue.") if condition.is_overdue else _("Open.")
    met = escape_lines(condition.met_words, "  ") if condition.met_words else escape_text(open_words)
    return f"{escape_lines(condition.text, '  ')} {escape_text(whose)} {met}"


def write_confirmation(report: ReportData) -> Iterator[str]:
    steps = report.roadmap.steps if report.is_enough else ()
    if not steps:
        yield escape_text(_("No steps yet."))
        return
    if is_overruled_report(report):
        yield escape_text(_("Each step towards the model's verdict is done when you can see this:"))
    else:
        yield escape_text(_("Each step is done when you can see this:"))
    yield bullets(fact(step.title, step.done) for step in steps)


# --- for and against


def write_options(report: ReportData) -> Iterator[str]:
    for verdict in VERDICTS:
        yield f"### {escape_text(VERDICT_WORDS[verdict])}"
        arguments = list(write_arguments(report, verdict))
        yield bullets(arguments) if arguments else escape_text(_("Nothing known speaks for it or against it."))


def write_arguments(report: ReportData, verdict: Verdict) -> Iterator[str]:
    """What speaks for and against one option: the reasons of the result, and each source that would choose it alone."""
    reasons: Iterable[ReasonLine] = (*report.reasons_for, *report.reasons_against)
    good, bad = _("Good, because: {reason}"), _("Bad, because: {reason}")
    against = _("Bad, because this speaks for “{option}”: {reason}")
    for reason in reasons:
        if reason.verdict == verdict:
            yield with_source(good.format(reason=reason.sentence), reason.source)
    if report.argument:
        alone = _("Good, because {source} alone would choose it: {because}")
        for one in report.argument.playbooks:
            if one.verdict == verdict:
                yield escape_text(alone.format(source=one.source, because=one.because))
    for reason in reasons:
        if reason.verdict and reason.verdict != verdict:
            yield with_source(against.format(option=reason.weighs, reason=reason.sentence), reason.source)
    if report.is_enough and verdict == "extract":
        for gate in report.gates:
            if gate.state == "failed":
                yield with_source(bad.format(reason=gate.sentence), gate.source)


def write_motives(report: ReportData) -> Iterator[str]:
    """Motives that carry no weight, and how many further reasons the record leaves out."""
    if report.motives:
        yield escape_text(_("Motives that carry no weight:"))
        yield bullets(with_source(motive.sentence, motive.source) for motive in report.motives)
    if report.further_reasons:
        yield escape_text(report.further_reasons)


def write_dissent(report: ReportData) -> Iterator[str]:
    parts = [
        *write_overruling(report),
        *write_contrary_reasons(report),
        *(write_scan_conflicts(report.claims) if report.claims else ()),
        *(write_disagreement(report.disagreement) if report.disagreement else ()),
        *(write_comments(report, report.review) if report.review else ()),
    ]
    yield from parts or (escape_text(_("Nobody objected, and no known answer speaks against it.")),)


def write_overruling(report: ReportData) -> Iterator[str]:
    signed = report.review.signature if report.review else None
    if signed and signed.overruled_words:
        sentence = _("The model says “{verdict}”; {name} decided “{overruled}”.")
        yield escape_text(
            sentence.format(verdict=report.verdict_words, name=signed.by, overruled=signed.overruled_words)
        )


def write_contrary_reasons(report: ReportData) -> Iterator[str]:
    if report.reasons_against:
        yield escape_text(_("Answers that speak against “{verdict}”:").format(verdict=report.verdict_words))
        yield bullets(
            with_source(
                _("{reason} For “{option}”.").format(reason=reason.sentence, option=reason.weighs), reason.source
            )
            for reason in report.reasons_against
        )
    if report.argument and report.argument.contradictions:
        yield escape_text(_("Answers that contradict each other:"))
        yield bullets(map(escape_text, report.argument.contradictions))


def write_scan_conflicts(scan: EvidenceData) -> Iterator[str]:
    """Answers that a scan contradicts, and figures that people overrode, with their reasons."""
    if scan.conflicts:
        yield escape_text(_("Answers that the scan contradicts:"))
        yield bullets(map(escape_text, scan.conflicts))
    if scan.overrides:
        yield escape_text(_("What was measured and people overrode:"))
        by = _("({name}):")
        yield bullets(
            " ".join(
                (
                    bold(one.wording),
                    escape_text(one.found),
                    escape_text(by.format(name=one.by)),
                    escape_lines(one.reason, "  "),
                )
            )
            for one in scan.overrides
        )


def write_disagreement(disagreement: Disagreement) -> Iterator[str]:
    yield escape_text(disagreement.finding)
    if disagreement.roles:
        yield escape_text(disagreement.roles_finding)
        yield bullets(
            escape_text(
                _("{role} ({count}): {verdict}").format(
                    role=role.name, count=role.respondents, verdict=role.verdict_words
                )
            )
            for role in disagreement.roles
        )
    if disagreement.lines:
        yield bullets(
            " ".join(
                (
                    bold(line.wording),
                    escape_text(_("({state})").format(state=line.state_words)),
                    escape_text(line.finding),
                    *(escape_text(_("{value};").format(value=value)) for value in line.values),
                    *(
                        (escape_lines(_("Note: {text}").format(text=line.agreement_note), "  "),)
                        if line.agreement_note
                        else ()
                    ),
                )
            )
            for line in disagreement.lines
        )


def write_comments(report: ReportData, review: Review) -> Iterator[str]:
    zone = report.brand.zone
    if review.comments:
        yield escape_text(_("Comments and challenges:"))
        yield bullets(write_comment(said, day(said.at.astimezone(zone).date())) for said in review.comments)
    if review.earlier_signatures:
        yield escape_text(_("Earlier signatures:"))
        yield bullets(write_earlier_signature(signed) for signed in review.earlier_signatures)


def write_comment(said: ReviewComment, on: str) -> str:
    head = _("{kind} by {name}, {day}, about “{about}”:")
    settled = f" {escape_lines(said.settled_words, '  ')}" if said.settled_words else ""
    opening = escape_text(head.format(kind=said.kind_words, name=said.by, day=on, about=said.about))
    return f"{opening} {escape_lines(said.text, '  ')}{settled}"


def write_earlier_signature(signed: Signature) -> str:
    parts = [escape_text(signed_sentence(_("{decision} by {name}, {day}."), signed))]
    if signed.overruled_words:
        overruled = _("Overruled to “{verdict}”: {reason}")
        parts.append(escape_lines(overruled.format(verdict=signed.overruled_words, reason=signed.reason), "  "))
    if signed.remark:
        parts.append(escape_lines(signed.remark, "  "))
    return " ".join(parts)


# --- when to look again, and what identifies it


def write_triggers(report: ReportData) -> Iterator[str]:
    if report.argument is None:
        yield escape_text(_("Ask again as soon as more is known."))
        return
    yield escape_text(_("{finding}.").format(finding=report.argument.ask_again))
    yield bullets(map(escape_text, report.argument.revisit_when))
    yield escape_text(report.argument.robustness)
    for group in report.argument.flips:
        yield bold(_("{title}:").format(title=group.title))
        to = _("{change} makes it “{verdict}”.")
        yield bullets(escape_text(to.format(change=flip.changes, verdict=flip.outcome)) for flip in group.lines)


def write_more_information(report: ReportData) -> Iterator[str]:
    yield escape_text(report.open_finding)
    if report.ask_next:
        yield escape_text(_("Settle first: “{question}”").format(question=report.ask_next.wording))
    if report.argument:
        yield escape_text(report.argument.playbooks_part)
    heading = _("{question}:")
    evidence = [
        f"{escape_text(heading.format(question=line.wording))} {link(line.link)}"
        for section in report.sections
        for line in section.lines
        if line.link
    ]
    if evidence:
        yield escape_text(_("Evidence:"))
        yield bullets(evidence)
    if report.claims and report.claims.scan:
        yield escape_text(_("Measured by a scan, which did not see everything:"))
        yield bullets(
            (*map(escape_text, report.claims.scan.limits), *(fact(*each) for each in list_scan(report.claims.scan)))
        )
    if report.claims and report.claims.measurements:
        yield escape_text(_("Measured from files:"))
        files = _("{file} ({kind}), SHA-256 {hash}")
        yield bullets(
            escape_text(files.format(file=each.file_name, kind=each.kind_words, hash=each.sha256))
            for each in report.claims.measurements
        )
    if report.claims:
        accepted = [one.wording for one in report.claims.lines if one.decision == "accepted"]
        if accepted:
            yield escape_text(_("Answers accepted as measured:"))
            yield bullets(map(escape_text, accepted))
    yield escape_text(_("What this record is based on:"))
    yield bullets(fact(name, value) for name, value in list_identity(report))
    yield escape_text(_("Sources:"))
    yield bullets(
        escape_text(_("{source}: {title}, {author}").format(source=each.slug, title=each.title, author=each.author))
        for each in report.sources
    )
    rest = _(
        "The report and its other forms have every answer with its notes, published cases, preparations and charts."
    )
    yield escape_text(rest)


def list_scan(scan: ScanIdentity) -> Iterator[tuple[str, str]]:
    yield _("Commit"), scan.commit or _("not known: scanned without git")
    yield _("Scanner"), _("version {version}").format(version=scan.tool_version)
    yield _("Hash of the scan"), scan.sha256


def list_identity(report: ReportData) -> Iterator[tuple[str, str]]:
    edition = _("{title} ({slug}, version {version})")
    yield (
        _("Questionnaire"),
        edition.format(title=report.edition, slug=report.questionnaire, version=report.questionnaire_version),
    )
    yield _("Model"), _("version {version}, rule “{rule}”").format(version=report.model_version, rule=report.rule)
    yield _("Started by"), report.started_by
    if report.is_submitted:
        yield _("Submitted by"), report.submitted_by
    if report.answers_hash:
        yield _("Hash of the answers"), report.answers_hash
    signed = report.review.signature if report.review else None
    if signed:
        yield _("Hash of what was signed"), signed.hash
    if report.record_head:
        yield _("Head of the record"), report.record_head
    if report.attachment:
        yield _("Hash of the data"), report.attachment.sha256


# --- parts of a line


def fact(name: str, value: str) -> str:
    """A bold name with its value as text."""
    return named_markdown(name, escape_text(value))


def named_markdown(name: str, value: str) -> str:
    """As `fact`, of what is Markdown already."""
    label = _("{name}:").format(name=name)
    return f"{bold(label)} {value}"


def with_source(sentence: str, source: str) -> str:
    """The sentence with its source in brackets."""
    return (
        escape_text(_("{sentence} ({source})").format(sentence=sentence, source=source))
        if source
        else escape_text(sentence)
    )
