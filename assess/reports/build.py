"""Builds the report object: everything that a rendering of an assessment says, ready to be shown.

Decides: which sentences a report holds and in which order. Does not decide: the verdict (`decision`), or how the
report looks (templates, `charts`, `pdf`, `renderings`). Pure: no Django, no clock, no I/O; every date is given in. All
forms are renderings of the one `ReportData`, so that they cannot disagree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from assess.decision.facade import (
    FORM_WORDS,
    GATE_WORDS,
    SOURCES,
    VERDICT_WORDS,
    Argument,
    Form,
    Gate,
    GateState,
    Result,
    Score,
    words,
)
from assess.language import N_, Words, _, all_of, any_of, capitalised, in_a_row, ngettext, number_word
from assess.questionnaire.facade import (
    BASIS_INSIDE,
    PAIN_AXES,
    READINESS_AXES,
    Answer,
    Question,
    Questionnaire,
    is_asked,
)
from assess.reports.argument import build_argument
from assess.reports.cleaned import LONG_NAME, MAX_LINK, MAX_NAME, clean_line, clean_text
from assess.reports.data import (
    ANSWER_STATES,
    MONEY_KEYS,
    AnswerLine,
    AnswerSection,
    AnswerState,
    Axis,
    AxisGroup,
    Brand,
    Checklist,
    ChecklistLine,
    GateLine,
    GivenAnswer,
    Horizon,
    OpenLine,
    OwnAnswer,
    Plan,
    QuestionRef,
    ReasonLine,
    ReportData,
    ScorePart,
    Since,
    SourceLine,
    StepLine,
    Subject,
)
from assess.reports.disagreement import Disagreement
from assess.reports.page_one import fit_page_one
from assess.reports.signature import Review

#: Shorter than `wording.AXIS_WORDS`: in the report they stand under the name of their group.
AXIS_NAMES: Final[Mapping[str, str]] = Words(
    {
        "boundary": N_("Pain that a module boundary cures"),
        "deployable": N_("Pain that only a separate deployable cures"),
        "separability": N_("Separability"),
        "devops": N_("Building and running"),
        "tracing": N_("Tracing and observability"),
        "people": N_("People"),
        "business": N_("Business"),
    }
)
#: The same inside a sentence.
CAPABILITY_WORDS: Final[Mapping[str, str]] = Words(
    {
        "devops": N_("building and running"),
        "tracing": N_("tracing and observability"),
        "people": N_("people"),
        "business": N_("business"),
    }
)
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

MONEY_WORDS: Final[Mapping[str, str]] = Words({"infra_cost": N_("running cost"), "budget": N_("money for a split")})

#: What the reader is asked to decide, by form. `{system}` is the system's name.
DECISIONS: Final[Mapping[Form, str]] = Words(
    {
        "healthy": N_("Agree to keep {system} in one piece, and to spend nothing on a split now."),
        "offload": N_("Agree to cure the hot spot of {system} from inside, and to start no service for it."),
        "motives": N_("Agree not to split {system} for the reasons given, and to return when a pain can be named."),
        "cure": N_("Agree to draw and enforce module boundaries in {system} before anybody plans a service."),
        "first_step": N_("Agree to put in place what is missing first, and to ask about extraction again after that."),
        "consolidate": N_("Agree to merge the services of {system} that change together, and to add none meanwhile."),
        "hot_part": N_(
            "Approve naming one part of {system} and taking it out, as a project of its own, and nothing else."
        ),
        "organisation": N_("Approve the first slice of {system}, and a review of what it brought before the second."),
        "keep": N_("Agree to keep the services of {system} as they are, and to add none without a named pain."),
    }
)

#: The same while a gate is open: nobody should be asked to approve what may turn out not to be possible.
DECISIONS_GATES_OPEN: Final[Mapping[Form, str]] = Words(
    {
        "hot_part": N_("Have the open conditions settled, then decide on taking one named part out of {system}."),
        "organisation": N_("Have the open conditions settled, then decide on the first slice of {system}."),
    }
)


def build_report(
    *,
    subject: Subject,
    questionnaire: Questionnaire,
    answers: Mapping[str, GivenAnswer],
    result: Result,
    argument: Argument | None = None,
    disagreement: Disagreement | None = None,
    review: Review | None = None,
    plan: Plan | None = None,
    since: Since | None = None,
    brand: Brand | None = None,
) -> ReportData:
    """The report on `result`, which must be the decision on these `answers` (by question key) to this `questionnaire`.

    `argument` is what argues with that result; without one the report has none of its pages. `disagreement` is where
    people differ who answered apart, `review` what was said and decided of it, `plan` the plan that is kept,
    `since` what changed since an earlier version, `brand` how the workspace's paper looks.
    Raises nothing for any answers that the questionnaire admits; keys that it does not have are left out.

    >>> build_report(subject=subject, questionnaire=checklist, answers={}, result=decide(checklist, {})).verdict_words
    'Too early for a verdict'
    """
    refs = {
        question.key: QuestionRef(key=question.key, section=question.section, wording=question.wording)
        for question in questionnaire.questions
    }
    system = clean_line(subject.system, MAX_NAME) or _("Unnamed system")
    sections = tuple(_sections(questionnaire, answers))
    gates = tuple(_gate(gate) for gate in result.gates)
    conditions, no_conditions = _conditions(result, gates)
    reasons_for, reasons_against = _reasons(result)
    open_lines = _open_lines(questionnaire, answers, result, refs)
    known = sum(section.counts["known"] for section in sections)
    # As on the result page: the quick check judges from as many; below it a verdict would say more than the answers do.
    needed = len(questionnaire.quick_questions)
    is_enough = subject.submitted_at is not None or result.firm or known >= needed
    asked = sum(section.asked for section in sections)
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
        is_enough=is_enough,
        icon=result.verdict if is_enough else "unknown",
        verdict=result.verdict,
        verdict_words=VERDICT_WORDS[result.verdict] if is_enough else _("Too early for a verdict"),
        form=result.form,
        form_words=FORM_WORDS[result.form] if is_enough else "",
        headline=result.headline
        if is_enough
        else _("Known answers: {known} of {asked}. With {needed} or more, a first verdict shows here.").format(
            known=known, asked=asked, needed=needed
        ),
        rule=result.rule,
        rule_sentence=result.rule_sentence,
        rule_source=result.rule_source,
        is_firm=result.firm,
        firm_words=_("Firm") if result.firm else _("Conditional") if is_enough else _("Open"),
        firm_why=_firm_why(result) if is_enough else _("Every verdict is still possible or nearly so."),
        basis_words=_basis_words(sections, answers),
        decision=_decision(result, system) if is_enough else _("None yet: answer more first."),
        reasons_for=reasons_for if is_enough else (),
        reasons_against=reasons_against if is_enough else (),
        conditions=conditions if is_enough else (),
        no_conditions=no_conditions if is_enough else _("None yet."),
        cost_words=_cost_words(money_lines),
        axis_groups=_axis_groups(result, refs),
        gates=gates,
        gates_finding=_gates_finding(gates),
        checklist=_checklist(result),
        horizons=_horizons(result),
        open_lines=open_lines,
        open_finding=_open_finding(open_lines),
        ask_next=refs.get(result.ask_next) if result.ask_next else None,
        sections=sections,
        answers_finding=_answers_finding(sections),
        sources=tuple(
            SourceLine(slug=source.slug, title=source.title, told_by=source.told_by) for source in SOURCES.values()
        ),
        argument=build_argument(questionnaire, argument) if argument and is_enough else None,
        disagreement=disagreement,
        review=review,
        plan=plan,
        since=since,
        brand=brand or Brand(),
    )
    return fit_page_one(report)


# --- the verdict


def _firm_why(result: Result) -> str:
    still_open = len(result.open_keys)
    if result.firm:
        if not still_open:
            return _("Every question is answered.")
        return ngettext(
            "{count} question is open; no answer to it can change the verdict.",
            "{count} questions are open; no answer to them can change the verdict.",
            still_open,
        ).format(count=capitalised(number_word(still_open)))
    others = any_of(
        [
            _("“{verdict}”").format(verdict=VERDICT_WORDS[each])
            for each in result.possible_verdicts
            if each != result.verdict
        ]
    )
    deciding = len(result.decisive_open_keys)
    if not deciding:
        return _("What is still open could together change it to {verdicts}.").format(verdicts=others)
    return ngettext(
        "{count} open question could still change it to {verdicts}.",
        "{count} open questions could still change it to {verdicts}.",
        deciding,
    ).format(count=capitalised(number_word(deciding)), verdicts=others)


def _decision(result: Result, system: str) -> str:
    asked = DECISIONS[result.form]
    if any(gate.state == "open" for gate in result.gates):
        asked = DECISIONS_GATES_OPEN.get(result.form, asked)
    return asked.format(system=system if len(system) <= LONG_NAME else _("this system"))


def _basis_words(sections: tuple[AnswerSection, ...], answers: Mapping[str, GivenAnswer]) -> str:
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
    return ngettext(
        "It rests on {count} answer: {by_basis}.", "It rests on {count} answers: {by_basis}.", len(known)
    ).format(count=len(known), by_basis=all_of(parts))


def _cost_words(lines: tuple[AnswerLine, ...]) -> str:
    """What page 1 says of money. No sum is kept with an assessment, so none is said."""
    said = []
    for line in lines:
        if line.state == "known":
            pattern = _("{what}: “{answer}” ({basis})") if line.basis else _("{what}: “{answer}”")
            said.append(pattern.format(what=MONEY_WORDS[line.key], answer=line.value, basis=line.basis))
    if not said:
        return _("No sum was worked out; cost and budget are not known.")
    return _("No sum was worked out. {known}.").format(known=capitalised(in_a_row(said)))


def _reasons(result: Result) -> tuple[tuple[ReasonLine, ...], tuple[ReasonLine, ...]]:
    """Three reasons each way, strongest first; the rule itself is said elsewhere."""
    each_way = [
        tuple(
            ReasonLine(
                sentence=reason.sentence,
                source=reason.source,
                weighs=VERDICT_WORDS[reason.weighs] if reason.weighs else "",
                verdict=reason.weighs,
            )
            for reason in result.strongest(for_verdict=for_verdict)
        )
        for for_verdict in (True, False)
    ]
    return each_way[0], each_way[1]


def _conditions(result: Result, gates: tuple[GateLine, ...]) -> tuple[tuple[GateLine, ...], str]:
    """Gates matter to an extraction, or to the wish for one that a gate stopped; elsewhere they are only shown."""
    if result.form == "keep":
        return (), _("None: the services run already.")
    if result.verdict != "extract" and result.form != "first_step":
        return (), _("None: this verdict needs nothing to be in place first.")
    conditions = tuple(gate for gate in gates if gate.state == "failed") + tuple(
        gate for gate in gates if gate.state == "open"
    )
    return conditions, "" if conditions else _("None: every gate is passed.")


def _gate(gate: Gate) -> GateLine:
    return GateLine(
        gate=gate.gate,
        name=GATE_WORDS.get(gate.gate, gate.gate),
        state=gate.state,
        state_words=GATE_STATE_WORDS[gate.state],
        sentence=gate.sentence,
        source=gate.source,
    )


def _gates_finding(gates: tuple[GateLine, ...]) -> str:
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
        said = _("None of the {of} gates to an extraction are passed; {rest}.")
    else:
        said = ngettext(
            "{count} of the {of} gates to an extraction is passed; {rest}.",
            "{count} of the {of} gates to an extraction are passed; {rest}.",
            passed,
        )
    return said.format(count=capitalised(number_word(passed)), of=of, rest=in_a_row(parts))


def _checklist(result: Result) -> Checklist:
    counts = result.checklist_counts
    return Checklist(
        finding=_checklist_finding(counts["yes"], counts["of"], counts["unknown"]),
        yes=counts["yes"],
        no=counts["no"],
        unknown=counts["unknown"],
        of=counts["of"],
        lines=tuple(
            ChecklistLine(state=item.state, state_words=CHECK_WORDS[item.state], sentence=item.sentence)
            for item in result.checklist
        ),
    )


def _checklist_finding(yes: int, of: int, unknown: int) -> str:
    if unknown:
        return ngettext(
            "{yes} of the {of} questions of the readiness checklist is answered with yes, {unknown} not known; "
            "it asks for five of seven.",
            "{yes} of the {of} questions of the readiness checklist are answered with yes, {unknown} not known; "
            "it asks for five of seven.",
            yes,
        ).format(yes=yes, of=of, unknown=unknown)
    return ngettext(
        "{yes} of the {of} questions of the readiness checklist is answered with yes; it asks for five of seven.",
        "{yes} of the {of} questions of the readiness checklist are answered with yes; it asks for five of seven.",
        yes,
    ).format(yes=yes, of=of)


# --- the axes


def _axis_groups(result: Result, refs: Mapping[str, QuestionRef]) -> tuple[AxisGroup, ...]:
    axes = {axis: _axis(score, refs) for axis, score in result.scores.items()}
    pains = tuple(axes[axis] for axis in PAIN_AXES)
    abilities = tuple(axes[axis] for axis in ("separability", *READINESS_AXES))
    return (
        AxisGroup(slug="pains", finding=_pains_finding(*pains), axes=pains),
        AxisGroup(slug="abilities", finding=_abilities_finding(abilities), axes=abilities),
    )


def _axis(score: Score, refs: Mapping[str, QuestionRef]) -> Axis:
    return Axis(
        axis=score.axis,
        name=AXIS_NAMES[score.axis],
        points=score.points,
        high=score.high,
        threshold=score.threshold,
        parts=tuple(
            ScorePart(question=refs[part.key], value=part.value, points=part.points) for part in score.contributions
        ),
    )


def _pains_finding(boundary: Axis, deployable: Axis) -> str:
    if not (boundary.is_known or deployable.is_known):
        return _("Nothing is known yet of what hurts.")
    calm_boundary, calm_deployable = _calm(boundary), _calm(deployable)
    if _is_acute(boundary) and _is_acute(deployable):
        said = _(
            "Both kinds of pain are acute: what a module boundary cures stands at {boundary}, "
            "what only a separate deployable cures at {deployable}."
        ).format(boundary=boundary.points, deployable=deployable.points)
    elif _is_acute(deployable):
        said = _("The acute pain ({points}) is one that only a separate deployable cures; {other}.").format(
            points=deployable.points, other=calm_boundary
        )
    elif _is_acute(boundary):
        said = _("The acute pain ({points}) is one that a module boundary cures; {other}.").format(
            points=boundary.points, other=calm_deployable
        )
    else:
        said = _("No pain is known to be acute: {boundary}, {deployable}.").format(
            boundary=calm_boundary, deployable=calm_deployable
        )
    could = [axis for axis in (boundary, deployable) if _could_be_acute(axis)]
    if len(could) == 2:
        could_be = _(
            "Open answers could still make acute what a module boundary cures "
            "and what only a separate deployable cures."
        )
    elif boundary in could:
        could_be = _("Open answers could still make acute what a module boundary cures.")
    elif deployable in could:
        could_be = _("Open answers could still make acute what only a separate deployable cures.")
    else:
        return said
    return f"{said} {could_be}"


def _calm(axis: Axis) -> str:
    """A pain that is not acute, as part of a sentence."""
    if axis.axis == "boundary":
        said = _("what a module boundary cures stands at {points}, below the line at {threshold}")
        unknown = _("nothing is known yet of what a module boundary cures")
    else:
        said = _("what only a separate deployable cures stands at {points}, below the line at {threshold}")
        unknown = _("nothing is known yet of what only a separate deployable cures")
    return said.format(points=axis.points, threshold=axis.threshold) if axis.is_known else unknown


def _is_acute(axis: Axis) -> bool:
    return axis.threshold is not None and axis.points >= axis.threshold


def _could_be_acute(axis: Axis) -> bool:
    return axis.is_known and not _is_acute(axis) and axis.threshold is not None and axis.high >= axis.threshold


def _abilities_finding(axes: tuple[Axis, ...]) -> str:
    separability, *readiness = axes
    known = [axis for axis in readiness if axis.is_known]
    if separability.is_known:
        first = _("Separability is {value} of 100; {capabilities}.")
        none_known = _("none of the four capabilities is known")
    else:
        first = _("Separability is not known yet; {capabilities}.")
        none_known = _("nor is any capability")
    if not known:
        return first.format(value=separability.value, capabilities=none_known)
    low, high = min(known, key=lambda axis: axis.points), max(known, key=lambda axis: axis.points)
    if len(known) == 1:
        said = _("of the capabilities only {capability} is known ({value})")
    elif low.points == high.points:
        said = _("the capabilities that are known all stand at {points}")
    else:
        said = _("of the capabilities, {strongest} is strongest ({most}) and {capability} weakest ({points})")
    said = said.format(
        capability=CAPABILITY_WORDS[low.axis],
        value=low.value,
        points=low.points,
        strongest=CAPABILITY_WORDS[high.axis],
        most=high.points,
    )
    return first.format(value=separability.value, capabilities=said)


# --- steps, open questions, answers


def _horizons(result: Result) -> tuple[Horizon, ...]:
    return tuple(
        Horizon(
            days=days,
            steps=tuple(
                StepLine(
                    title=step.title,
                    why=step.why,
                    done=step.done,
                    source=step.source,
                )
                for step in result.steps
                if step.days == days
            ),
        )
        for days in (30, 60, 90)
    )


def _open_lines(
    questionnaire: Questionnaire,
    answers: Mapping[str, GivenAnswer],
    result: Result,
    refs: Mapping[str, QuestionRef],
) -> tuple[OpenLine, ...]:
    titles = {section.slug: section.title for section in questionnaire.sections}
    decisive = set(result.decisive_open_keys)
    lines = []
    for key in result.open_keys:
        given = answers.get(key)
        lines.append(
            OpenLine(
                question=refs[key],
                section_title=titles[refs[key].section],
                state_words=(given.told if given else "") or ANSWER_STATES["open" if given is None else "not_sure"],
                who_knows=clean_line(given.answer.who_knows, MAX_NAME) if given else "",
                decisive=key in decisive,
            )
        )
    return tuple(sorted(lines, key=lambda line: not line.decisive))


def _open_finding(lines: tuple[OpenLine, ...]) -> str:
    if not lines:
        return _("Every question that was asked has an answer.")
    decisive = sum(line.decisive for line in lines)
    if not decisive:
        said = ngettext(
            "{count} question has no known answer; none of them alone could change the verdict.",
            "{count} questions have no known answer; none of them alone could change the verdict.",
            len(lines),
        )
    else:
        said = ngettext(
            "{count} question has no known answer; {decisive} of them could change the verdict.",
            "{count} questions have no known answer; {decisive} of them could change the verdict.",
            len(lines),
        )
    return said.format(count=capitalised(number_word(len(lines))), decisive=number_word(decisive))


def _sections(questionnaire: Questionnaire, answers: Mapping[str, GivenAnswer]) -> Iterator[AnswerSection]:
    bare = {key: given.answer for key, given in answers.items()}
    number = 0
    for section in questionnaire.sections:
        lines = []
        for question in section.questions:
            number += 1
            asked = question.asked_when is None or is_asked(question, bare)
            lines.append(_answer_line(number, question, answers.get(question.key), asked=asked))
        yield AnswerSection(
            slug=section.slug,
            title=section.title,
            lines=tuple(lines),
            counts={state: sum(line.state == state for line in lines) for state in ANSWER_STATES},
        )


def _answer_line(number: int, question: Question, given: GivenAnswer | None, *, asked: bool) -> AnswerLine:
    answer = given.answer if given else Answer()
    state: AnswerState
    value, means = "", ""
    if not asked:
        state = "not_asked"
    elif given is None:
        state = "open"
    elif answer.value is not None:
        state = "known"
        value = capitalised(words(question, answer.value))
        means = question.option(answer.value).means if isinstance(answer.value, str) else ""
    elif answer.not_applicable:
        state, value = "not_applicable", clean_text(answer.not_applicable)
    else:
        state = "not_sure"
    told = given.told if given and state == "not_sure" else ""
    # What somebody wrote beside an answer stays in the report even where the question is no longer asked.
    return AnswerLine(
        number=number,
        key=question.key,
        wording=question.wording,
        state=state,
        state_words=_("not asked, because of an earlier answer")
        if state == "not_asked"
        else told or ANSWER_STATES[state],
        value=value,
        given=answer.value if state == "known" else None,
        means=means,
        basis=BASIS_INSIDE[answer.basis] if answer.basis and state == "known" else "",
        basis_slug=(answer.basis or "") if state == "known" else "",
        note=clean_text(answer.note),
        link=clean_line(answer.link, MAX_LINK),
        who_knows=clean_line(answer.who_knows, MAX_NAME),
        by=clean_line(given.by, MAX_NAME) if given else "",
        at=given.at if given else None,
        own=tuple(_own(one) for one in given.own) if given else (),
        said=clean_text(given.said) if given else "",
    )


def _own(one: OwnAnswer) -> OwnAnswer:
    return replace(
        one,
        who=clean_line(one.who, MAX_NAME),
        words=clean_text(one.words),
        note=clean_text(one.note),
        link=clean_line(one.link, MAX_LINK),
        who_knows=clean_line(one.who_knows, MAX_NAME),
    )


def _answers_finding(sections: tuple[AnswerSection, ...]) -> str:
    totals = {state: sum(section.counts[state] for section in sections) for state in ANSWER_STATES}
    asked = sum(totals.values())
    rest = [
        _("{count} {state}").format(count=totals[state], state=name)
        for state, name in ANSWER_STATES.items()
        if state != "known" and totals[state]
    ]
    if not rest:
        return _("{known} of {asked} questions have a known answer.").format(known=totals["known"], asked=asked)
    return _("{known} of {asked} questions have a known answer; {rest}.").format(
        known=totals["known"], asked=asked, rest=all_of(rest)
    )


__all__ = ["build_report"]
