"""Builds `ReportData`: everything that a rendering of an assessment says, every sentence ready.

Decides: which sentences a report has. Does not decide: the verdict (`decision`), or how a report looks (`chapters`,
`renderings`). Every rendering draws this one object, so they cannot disagree.
"""

from collections.abc import Mapping
from typing import Final

from assess.advice.facade import build_preparations, is_preparing
from assess.decision.facade import (
    FORM_WORDS,
    GATE_WORDS,
    REQUESTS,
    REQUESTS_GATES_OPEN,
    SOURCES,
    VERDICT_WORDS,
    Argument,
    Gate,
    GateState,
    Reason,
    Result,
    find_standing_steps,
    title_of,
)
from assess.evidence.facade import Candidates
from assess.findings.facade import build_checklist as build_checklist_squares
from assess.findings.facade import (
    build_evidence,
    build_key_reasons,
    build_pains,
    build_path,
    build_roadmap,
    build_scales,
)
from assess.findings.facade import build_gates as build_gate_boxes
from assess.language import N_, Words, _, all_of, any_of, capitalised, in_a_row, ngettext, number_word
from assess.money.facade import describe_difference
from assess.questionnaire.facade import Answers, Questionnaire, count_known
from assess.reports.content.answers import answers_finding, build_open_lines, build_sections, open_finding
from assess.reports.content.argument import build_argument
from assess.reports.content.data import (
    MONEY_KEYS,
    AnswerLine,
    AnswerSection,
    AttributedAnswer,
    Brand,
    Changes,
    Checklist,
    ChecklistLine,
    GateLine,
    PlannedChanges,
    QuestionRef,
    ReasonLine,
    ReportData,
    SourceLine,
    Subject,
)
from assess.reports.content.evidence import EvidenceData
from assess.reports.content.page_one import fit_page_one
from assess.reports.content.people import Disagreement, Review
from assess.reports.content.planning import PlanningData
from assess.reports.content.sanitize import LONG_NAME, MAX_NAME, clean_line
from assess.reports.content.scores import build_axis_groups
from assess.reports.content.settling import build_settle_lines

GATES_IN_A_SENTENCE: Final[Mapping[str, str]] = Words(
    {
        "boundaries": N_("boundaries named"),
        "tracing": N_("tracing funded"),
        "logging": N_("central logging funded"),
        "pipeline": N_("automated pipeline"),
        "platform": N_("somebody runs the platform"),
    }
)
GATE_STATE_WORDS: Final[Mapping[GateState, str]] = Words(
    {"passed": N_("passed"), "failed": N_("failed"), "open": N_("open")}
)
CHECK_WORDS: Final[Mapping[str, str]] = Words({"yes": N_("yes"), "no": N_("no"), "unknown": N_("not known")})

MAX_FIRST_STEPS: Final = 3  #: on page 1
MONEY_WORDS: Final[Mapping[str, str]] = Words({"infra_cost": N_("running cost"), "budget": N_("money for a split")})


def build_report(
    *,
    subject: Subject,
    questionnaire: Questionnaire,
    answers: Mapping[str, AttributedAnswer],
    result: Result,
    argument: Argument | None = None,
    disagreement: Disagreement | None = None,
    review: Review | None = None,
    planned_changes: PlannedChanges | None = None,
    candidates: Candidates | None = None,
    candidates_from: str = "",
    since: Changes | None = None,
    claims: EvidenceData | None = None,
    planning: PlanningData | None = None,
    brand: Brand | None = None,
) -> ReportData:
    """The report on `result`, which must be the decision on these `answers` (by question key) to this `questionnaire`.

    `argument` is what argues with that result; without one the report has none of its pages. `disagreement` is where
    people differ who answered apart, `review` what was said and decided of it, `planned_changes` what will change,
    `candidates` the modules to extract and `candidates_from` who typed what of them, `since` what changed since an
    earlier version, `claims` what a scan says of the answers, `planning` money and what comes after, `brand` how the
    workspace's paper looks.
    Raises nothing for any answers that the questionnaire admits; keys that it does not have are left out.

    >>> build_report(subject=subject, questionnaire=checklist, answers={}, result=decide(checklist, {})).verdict_words
    'No verdict yet'
    """
    refs = {
        question.key: QuestionRef(key=question.key, section=question.section, wording=question.wording)
        for question in questionnaire.questions
    }
    system = clean_line(subject.system, MAX_NAME) or _("Unnamed system")
    sections = tuple(build_sections(questionnaire, answers))
    gates = tuple(build_gate(gate) for gate in result.gates)
    conditions, no_conditions = build_conditions(result, gates)
    reasons_for, reasons_against = build_reasons(result)
    open_lines = build_open_lines(questionnaire, answers, result, refs)
    plain_answers = {key: attributed.answer for key, attributed in answers.items()}
    known = count_known(questionnaire, plain_answers)
    # As on the result page: the quick check judges from as many; below it a verdict would say more than the answers do.
    needed = len(questionnaire.quick_questions)
    is_enough = bool(result.shown_verdict) and (subject.submitted_at is not None or result.firm or known >= needed)
    asked = sum(section.asked for section in sections)
    overruled_to = review.signature.overruled_to if review and review.signature else ""
    steps = find_standing_steps(questionnaire, plain_answers, result, overruled_to) if is_enough else ()
    pains = build_pains(questionnaire, plain_answers, result)
    telling = {step.code for step in steps[:MAX_FIRST_STEPS]}
    roadmap = build_roadmap(steps, result, review.signature.day if review and review.signature else None)
    money_lines = tuple(line for section in sections for line in section.lines if line.key in MONEY_KEYS)
    report = ReportData(
        title=_("Assessment of {system}, version {version}").format(system=system, version=subject.version),
        system=system,
        team=clean_line(subject.team, MAX_NAME),
        workspace=clean_line(subject.workspace, MAX_NAME),
        version=subject.version,
        is_submitted=subject.submitted_at is not None,
        state_words=review.state_words if review else _("Draft") if subject.submitted_at is None else _("Submitted"),
        dated=subject.dated,
        started_by=clean_line(subject.started_by, MAX_NAME),
        submitted_by=clean_line(subject.submitted_by, MAX_NAME),
        submitted_at=subject.submitted_at,
        edition=clean_line(subject.edition, MAX_NAME),
        questionnaire=result.questionnaire,
        questionnaire_version=result.questionnaire_version,
        model_version=result.model_version,
        answers_hash=subject.answers_hash,
        record_head=subject.record_head,
        is_enough=is_enough,
        icon=result.verdict if is_enough else "unknown",
        verdict=result.shown_verdict,
        verdict_words=title_of(result.verdict, result.form) if is_enough else _("No verdict yet"),
        form=result.form,
        form_words=FORM_WORDS[result.form] if is_enough else "",
        headline=result.headline
        if is_enough or not result.shown_verdict
        else _("{known} of {asked} answers are known. A first verdict needs {needed}.").format(
            known=known, asked=asked, needed=needed
        ),
        rule=result.rule,
        rule_sentence=result.rule_sentence,
        rule_source=result.rule_source,
        is_firm=result.firm,
        is_settled=result.firm and not rests_on_guesses(result),
        firm_words=word_of_firmness(result, is_enough=is_enough),
        firm_why=""
        if not result.shown_verdict
        else describe_firmness(result)
        if is_enough
        else _("Almost every verdict is still possible."),
        basis_words=describe_basis(sections, answers),
        decision=requested_decision(result, system) if is_enough else _("None yet: answer more first."),
        reasons_for=reasons_for if is_enough else (),
        reasons_against=reasons_against if is_enough else (),
        further_reasons=describe_further_reasons(len(result.further_reasons)) if is_enough else "",
        motives=tuple(map(build_reason, result.motives)),
        key_reasons=build_key_reasons(questionnaire, plain_answers, result, result.verdict) if is_enough else (),
        settle=build_settle_lines(questionnaire, plain_answers, result),
        first_steps=tuple(step for step in roadmap.steps if step.code in telling),
        part=clean_line(result.part, MAX_NAME),
        pains=pains,
        gate_boxes=build_gate_boxes(result),
        scales=build_scales(result),
        checklist_squares=build_checklist_squares(result),
        evidence=build_evidence(questionnaire, plain_answers, result),
        path=build_path(questionnaire, plain_answers, result),
        roadmap=roadmap,
        conditions=conditions if is_enough else (),
        no_conditions=no_conditions if is_enough else _("None yet."),
        cost_words=describe_difference(planning.money) if planning and planning.money else describe_cost(money_lines),
        axis_groups=build_axis_groups(questionnaire, result, pains, refs),
        gates=gates,
        gates_finding=gates_finding(gates),
        checklist=build_checklist(result),
        open_lines=open_lines,
        open_finding=open_finding(open_lines),
        ask_next=refs.get(result.ask_next) if result.ask_next else None,
        sections=sections,
        answers_finding=answers_finding(sections),
        sources=tuple(
            SourceLine(slug=source.slug, short=source.short, title=source.title, author=source.told_by)
            for source in SOURCES.values()
        ),
        argument=build_argument(questionnaire, plain_answers, result, argument) if argument and is_enough else None,
        disagreement=disagreement,
        review=review,
        planned_changes=planned_changes,
        candidates=candidates,
        candidates_from=candidates_from,
        since=since,
        claims=claims,
        planning=planning
        or plan_from_answers(questionnaire, plain_answers, result if argument and is_enough else None),
        brand=brand or Brand(),
    )
    return fit_page_one(report)


def plan_from_answers(questionnaire: Questionnaire, answers: Answers, result: Result | None) -> PlanningData:
    """What there is to say of a plan where nobody planned anything: preparations by the answers, for a verdict that
    needs some."""
    if result is None or not is_preparing(result.form):
        return PlanningData()
    return PlanningData(preparation=build_preparations(questionnaire, answers))


# --- the verdict


def word_of_firmness(result: Result, *, is_enough: bool) -> str:
    """How firm the verdict is, in a word; "" while there is none."""
    if not result.shown_verdict:
        return ""
    if result.firm:
        return _("If the guesses hold") if rests_on_guesses(result) else _("Firm")
    return _("Conditional") if is_enough else _("Open")


def rests_on_guesses(result: Result) -> bool:
    """Whether every answer that decides is a guess."""
    known = sum(result.basis_counts.values())
    return known > 0 and result.basis_counts["guess"] == known


def describe_firmness(result: Result) -> str:
    """Why the verdict is firm, or which verdicts it could still become."""
    still_open = len(result.open_keys)
    if result.firm:
        if rests_on_guesses(result):
            return _("Every answer that decides is a guess. Measure one first.")
        if not still_open:
            return _("Every question is answered.")
        return ngettext(
            "{count} question is open. It cannot change the verdict.",
            "{count} questions are open. None can change the verdict.",
            still_open,
        ).format(count=capitalised(number_word(still_open)))
    others = any_of([VERDICT_WORDS[each] for each in result.possible_verdicts if each != result.verdict])
    deciding = len(result.decisive_open_keys)
    if not deciding:
        return _("Could still become {verdicts}. No single open question decides that.").format(verdicts=others)
    return ngettext(
        "Could still become {verdicts}. {count} open question decides.",
        "Could still become {verdicts}. {count} open questions decide.",
        deciding,
    ).format(count=capitalised(number_word(deciding)), verdicts=others)


def requested_decision(result: Result, system: str) -> str:
    """What the reader is asked to decide."""
    sentence = REQUESTS[result.form]
    if any(gate.state == "open" for gate in result.gates):
        sentence = REQUESTS_GATES_OPEN.get(result.form, sentence)
    part = result.part if 0 < len(result.part) <= LONG_NAME else _("one named part")
    return sentence.format(system=system if len(system) <= LONG_NAME else _("this system"), part=part)


def describe_basis(sections: tuple[AnswerSection, ...], answers: Mapping[str, AttributedAnswer]) -> str:
    """On how many answers of which basis the verdict is based."""
    known = [line.key for section in sections for line in section.lines if line.state == "known"]
    if not known:
        return _("Nothing is known yet.")
    counts: dict[str, int] = {}
    for key in known:
        counts[answers[key].answer.basis or ""] = counts.get(answers[key].answer.basis or "", 0) + 1
    patterns = {
        "measured": _("{count} measured"),
        "estimated": _("{count} estimated"),
        "guess": _("{count} guessed"),
        "": _("{count} without a stated basis"),
    }
    parts = [pattern.format(count=counts[basis]) for basis, pattern in patterns.items() if counts.get(basis)]
    return ngettext("Based on {count} answer: {by_basis}.", "Based on {count} answers: {by_basis}.", len(known)).format(
        count=len(known), by_basis=all_of(parts)
    )


def describe_cost(lines: tuple[AnswerLine, ...]) -> str:
    """What page 1 says about money where nobody entered figures."""
    sentences = []
    for line in lines:
        if line.state == "known":
            pattern = _("{what}: “{answer}” ({basis})") if line.basis else _("{what}: “{answer}”")
            sentences.append(pattern.format(what=MONEY_WORDS[line.key], answer=line.value, basis=line.basis))
    if not sentences:
        return _("No cost figures yet. Cost and budget are not known.")
    return _("No cost figures yet. {known}.").format(known=capitalised(in_a_row(sentences)))


def build_reasons(result: Result) -> tuple[tuple[ReasonLine, ...], tuple[ReasonLine, ...]]:
    """Three reasons each way, strongest first; the rule itself is said elsewhere."""
    each_way = [tuple(map(build_reason, result.strongest(for_verdict=for_verdict))) for for_verdict in (True, False)]
    return each_way[0], each_way[1]


def build_reason(reason: Reason) -> ReasonLine:
    """The reason in words."""
    return ReasonLine(
        sentence=reason.sentence,
        source=reason.source,
        weighs=VERDICT_WORDS[reason.weighs] if reason.weighs else "",
        verdict=reason.weighs,
    )


def describe_further_reasons(count: int) -> str:
    """How many reasons the report leaves out, and where they are; "" for none."""
    if not count:
        return ""
    return ngettext(
        "{count} further reason is not listed here.",
        "{count} further reasons are not listed here.",
        count,
    ).format(count=count)


def build_conditions(result: Result, gates: tuple[GateLine, ...]) -> tuple[tuple[GateLine, ...], str]:
    """Gates matter to an extraction, or to the wish for one that a gate stopped; elsewhere they are only shown."""
    if result.form == "keep":
        return (), _("None. The services run already.")
    if result.verdict != "extract" and result.form != "first_step":
        return (), _("None. This verdict needs nothing first.")
    conditions = tuple(gate for gate in gates if gate.state == "failed") + tuple(
        gate for gate in gates if gate.state == "open"
    )
    return conditions, "" if conditions else _("None. Every gate is passed.")


def build_gate(gate: Gate) -> GateLine:
    """The gate in words."""
    return GateLine(
        gate=gate.gate,
        name=GATE_WORDS.get(gate.gate, gate.gate),
        state=gate.state,
        state_words=GATE_STATE_WORDS[gate.state],
        sentence=gate.sentence,
        source=gate.source,
    )


def gates_finding(gates: tuple[GateLine, ...]) -> str:
    """How many gates are passed, and which are not or not known."""
    if not gates:
        return _("This questionnaire has no gates.")
    by_state = {
        state: [GATES_IN_A_SENTENCE.get(gate.gate, gate.name) for gate in gates if gate.state == state]
        for state in GATE_STATE_WORDS
    }
    of = number_word(len(gates))
    passed = len(by_state["passed"])
    if passed == len(gates):
        return _("All {count} gates to an extraction are passed.").format(count=of)
    parts = []
    if by_state["failed"]:
        parts.append(_("not passed: {gates}").format(gates=all_of(by_state["failed"])))
    if by_state["open"]:
        parts.append(_("not known: {gates}").format(gates=all_of(by_state["open"])))
    if not passed:
        sentence = _("None of the {of} gates to an extraction are passed; {rest}.")
    else:
        sentence = ngettext(
            "{count} of the {of} gates to an extraction is passed; {rest}.",
            "{count} of the {of} gates to an extraction are passed; {rest}.",
            passed,
        )
    return sentence.format(count=capitalised(number_word(passed)), of=of, rest=in_a_row(parts))


def build_checklist(result: Result) -> Checklist:
    """The readiness checklist in words."""
    counts = result.checklist_counts
    return Checklist(
        finding=checklist_finding(counts["yes"], counts["of"], counts["unknown"]),
        yes=counts["yes"],
        no=counts["no"],
        unknown=counts["unknown"],
        of=counts["of"],
        lines=tuple(
            ChecklistLine(state=item.state, state_words=CHECK_WORDS[item.state], sentence=item.sentence)
            for item in result.checklist
        ),
    )


def checklist_finding(yes: int, of: int, unknown: int) -> str:
    """How many questions of the readiness checklist are answered with yes, and how many should be."""
    if unknown:
        pattern = _("Yes to {yes} of the {of} readiness questions, {unknown} not known. Five are needed.")
    else:
        pattern = _("Yes to {yes} of the {of} readiness questions. Five are needed.")
    return pattern.format(yes=yes, of=of, unknown=unknown)
