"""Builds the report object: everything that a rendering of an assessment says, ready to be shown.

Decides: which sentences a report holds and in which order. Does not decide: the verdict (`decision`), or how the
report looks (templates, `charts`, `pdf`). Pure: no Django, no clock, no I/O; every date is given in. HTML page and PDF
are renderings of the one `ReportData`, so that they cannot disagree.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from assess.decision.argue import Argument
from assess.decision.result import Form, Gate, GateState, Result, Score, Verdict
from assess.decision.signals import words
from assess.decision.sources import SOURCES
from assess.decision.wording import FORM_WORDS, GATE_WORDS, VERDICT_WORDS
from assess.questionnaire.answers import is_asked
from assess.questionnaire.schema import PAIN_AXES, READINESS_AXES, Answer, Basis, Question, Questionnaire
from assess.reports.argument import ArgumentData, build_argument
from assess.reports.attached import AttachedData
from assess.reports.disagreement import Disagreement
from assess.reports.signature import Review

MAX_TEXT: Final = 2_000  #: characters of one note that a report shows; the same as a note may have
MAX_LINES: Final = 30  #: lines of one note before the rest is run on: laying out thousands of lines takes seconds
MAX_NAME: Final = 120
MAX_LINK: Final = 500
LONG_NAME: Final = 48  #: a longer name is not repeated where page 1 has no room for it

#: Control characters; and those that reverse or embed the direction of whatever follows, with which a name could make
#: the words after it read otherwise.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")

AXIS_WORDS: Final[Mapping[str, str]] = {
    "boundary": "Pain that a module boundary cures",
    "deployable": "Pain that only a separate deployable cures",
    "separability": "Separability",
    "devops": "Building and running",
    "tracing": "Tracing and observability",
    "people": "People",
    "business": "Business",
}
BASIS_WORDS: Final[Mapping[Basis, str]] = {"measured": "measured", "estimated": "estimated", "guess": "a guess"}
GATE_STATE_WORDS: Final[Mapping[GateState, str]] = {"passed": "passed", "failed": "failed", "open": "open"}

#: What the reader is asked to decide, by form. `{system}` is the system's name.
DECISIONS: Final[Mapping[Form, str]] = {
    "healthy": "Agree to keep {system} in one piece, and to spend nothing on a split now.",
    "offload": "Agree to cure the hot spot of {system} from inside, and to start no service for it.",
    "motives": "Agree not to split {system} for the reasons given, and to return when a pain can be named.",
    "cure": "Agree to draw and enforce module boundaries in {system} before anybody plans a service.",
    "first_step": "Agree to put in place what is missing first, and to ask about extraction again after that.",
    "consolidate": "Agree to merge the services of {system} that change together, and to add none meanwhile.",
    "hot_part": "Approve naming one part of {system} and taking it out, as a project of its own, and nothing else.",
    "organisation": "Approve the first slice of {system}, and a review of what it brought before the second.",
    "keep": "Agree to keep the services of {system} as they are, and to add none without a named pain.",
}

#: The same while a gate is open: nobody should be asked to approve what may turn out not to be possible.
DECISIONS_GATES_OPEN: Final[Mapping[Form, str]] = {
    "hot_part": "Have the open conditions settled, then decide on taking one named part out of {system}.",
    "organisation": "Have the open conditions settled, then decide on the first slice of {system}.",
}

AnswerState = Literal["known", "not_sure", "not_applicable", "open", "not_asked"]
#: In the order in which strips and keys show them. A question that is not asked is counted nowhere.
ANSWER_STATES: Final[Mapping[AnswerState, str]] = {
    "known": "answered",
    "not_sure": "not sure yet",
    "not_applicable": "does not apply",
    "open": "not answered",
}


# --- what goes in


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What the report is about and when: all that neither the answers nor the result know."""

    system: str
    team: str
    workspace: str
    version: int
    edition: str  #: the questionnaire's title
    answers_hash: str
    started_by: str
    dated: date  #: the day it was submitted, or of a draft's last change
    submitted_at: datetime | None = None
    submitted_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenAnswer:
    """One answer with who gave it and when. Of several people's, `notes` are what they wrote beside theirs, and `told`
    how they differ."""

    answer: Answer
    by: str
    at: datetime
    notes: tuple[str, ...] = ()
    told: str = ""


# --- what comes out


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionRef:
    """A question that a sentence speaks of, for a link on the page and for its words on paper."""

    key: str
    section: str
    wording: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonLine:
    sentence: str
    source: str
    weighs: str  #: the verdict for which it speaks, in words; "" where for none
    questions: tuple[QuestionRef, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one answer adds to a score."""

    question: QuestionRef
    value: str
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """One score, 0 to 100. `parts` add up to `points`; what is open could raise it to `high`."""

    axis: str
    name: str
    points: int
    high: int
    threshold: int | None
    parts: tuple[Part, ...]

    @property
    def is_range(self) -> bool:
        return self.high > self.points

    @property
    def is_known(self) -> bool:
        """Whether any answer to it is known; with none, its points are no finding."""
        return bool(self.parts) or not self.is_range

    @property
    def value(self) -> str:
        """The score in words: "61", "40 to 62" while something is open, "not known"."""
        if not self.is_known:
            return "not known"
        return f"{self.points} to {self.high}" if self.is_range else str(self.points)


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisGroup:
    """Axes that one chart shows; `finding` is its title."""

    slug: str
    finding: str
    axes: tuple[Axis, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GateLine:
    gate: str
    name: str
    state: GateState
    state_words: str
    sentence: str
    source: str
    questions: tuple[QuestionRef, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChecklistLine:
    state: Literal["yes", "no", "unknown"]
    state_words: str
    sentence: str
    question: QuestionRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    finding: str
    yes: int
    no: int
    unknown: int
    of: int
    lines: tuple[ChecklistLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLine:
    title: str
    why: str
    done: str
    source: str
    questions: tuple[QuestionRef, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Horizon:
    """The steps to have done, or well under way, within so many days."""

    days: int
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenLine:
    """A question without a known answer. `decisive` when its answer could still change the verdict."""

    question: QuestionRef
    section_title: str
    state_words: str
    who_knows: str
    decisive: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """One question with what was answered. `number` is its place in the questionnaire, from 1."""

    number: int
    key: str
    wording: str
    state: AnswerState
    state_words: str
    value: str  #: the answer in words, the reason for "does not apply", or ""
    means: str  #: what the chosen option looks like in practice
    basis: str
    note: str
    link: str
    who_knows: str
    by: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerSection:
    slug: str
    title: str
    lines: tuple[AnswerLine, ...]
    counts: Mapping[AnswerState, int]

    @property
    def asked(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine:
    slug: str
    title: str
    told_by: str


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """All that a rendering says. User text in it is cleaned and capped, but not escaped: that is for each rendering."""

    # what and when
    title: str
    system: str
    team: str
    workspace: str
    version: int
    is_submitted: bool
    state_words: str  #: "Draft", "Submitted", or how far the review is, as "Signed"
    dated: date
    started_by: str
    submitted_by: str
    submitted_at: datetime | None
    edition: str
    questionnaire: str
    questionnaire_version: int
    model_version: int
    answers_hash: str
    # the verdict
    is_enough: bool  #: whether enough is known for a verdict to be shown; if not, the words say so
    icon: Verdict | Literal["unknown"]
    verdict: Verdict
    verdict_words: str
    form: Form
    form_words: str
    headline: str
    rule: str
    rule_sentence: str
    rule_source: str
    is_firm: bool
    firm_words: str  #: "Firm" or "Conditional"
    firm_why: str
    basis_words: str  #: what the answers rest on
    decision: str  #: what the reader is asked to decide
    reasons_for: tuple[ReasonLine, ...]  #: at most three, strongest first
    reasons_against: tuple[ReasonLine, ...]  #: at most three, strongest first
    conditions: tuple[GateLine, ...]  #: gates that this verdict depends on and that are failed or open
    no_conditions: str  #: why there is none; "" when there are some
    # the rest
    axis_groups: tuple[AxisGroup, ...]
    gates: tuple[GateLine, ...]
    gates_finding: str
    checklist: Checklist
    horizons: tuple[Horizon, ...]
    open_lines: tuple[OpenLine, ...]  #: decisive ones first
    open_finding: str
    ask_next: QuestionRef | None
    sections: tuple[AnswerSection, ...]
    answers_finding: str
    sources: tuple[SourceLine, ...]
    argument: ArgumentData | None  #: None below what a verdict is shown for
    disagreement: Disagreement | None  #: None where the team answered together
    review: Review | None  #: None where nothing was said or decided
    attached: AttachedData | None = None  #: the data that a file of this report carries inside itself

    @property
    def first_reasons(self) -> tuple[ReasonLine, ...]:
        """The reasons on page 1: all three, or as many as a signature leaves room for."""
        page_one = self.review.page_one if self.review else None
        return self.reasons_for[: page_one.reasons_shown] if page_one else self.reasons_for

    @property
    def axes(self) -> tuple[Axis, ...]:
        """All axes, in the order of the charts."""
        return tuple(axis for group in self.axis_groups for axis in group.axes)


def build_report(
    *,
    subject: Subject,
    questionnaire: Questionnaire,
    answers: Mapping[str, GivenAnswer],
    result: Result,
    argument: Argument | None = None,
    disagreement: Disagreement | None = None,
    review: Review | None = None,
) -> ReportData:
    """The report on `result`, which must be the decision on these `answers` (by question key) to this `questionnaire`.

    `argument` is what argues with that result; without one the report has none of its pages. `disagreement` is where
    people differ who answered apart, `review` what was said and decided of it.
    Raises nothing for any answers that the questionnaire admits; keys that it does not have are left out.

    >>> build_report(subject=subject, questionnaire=checklist, answers={}, result=decide(checklist, {})).verdict_words
    'Too early for a verdict'
    """
    refs = {
        question.key: QuestionRef(key=question.key, section=question.section, wording=question.wording)
        for question in questionnaire.questions
    }
    system = clean_line(subject.system, MAX_NAME) or "Unnamed system"
    sections = tuple(_sections(questionnaire, answers))
    gates = tuple(_gate(gate, refs) for gate in result.gates)
    conditions, no_conditions = _conditions(result, gates)
    reasons_for, reasons_against = _reasons(result, refs)
    open_lines = _open_lines(questionnaire, answers, result, refs)
    known = sum(section.counts["known"] for section in sections)
    # As on the result page: the quick check judges from as many; below it a verdict would say more than the answers do.
    needed = len(questionnaire.quick_questions)
    is_enough = subject.submitted_at is not None or result.firm or known >= needed
    asked = sum(section.asked for section in sections)
    return ReportData(
        title=f"Assessment of {system}, version {subject.version}",
        system=system,
        team=clean_line(subject.team, MAX_NAME),
        workspace=clean_line(subject.workspace, MAX_NAME),
        version=subject.version,
        is_submitted=subject.submitted_at is not None,
        state_words=review.state_words if review else "Draft" if subject.submitted_at is None else "Submitted",
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
        verdict_words=VERDICT_WORDS[result.verdict] if is_enough else "Too early for a verdict",
        form=result.form,
        form_words=FORM_WORDS[result.form] if is_enough else "",
        headline=result.headline
        if is_enough
        else f"{_number(known)} of {asked} answers are known; with {needed} or more, a first verdict shows here.",
        rule=result.rule,
        rule_sentence=result.rule_sentence,
        rule_source=result.rule_source,
        is_firm=result.firm,
        firm_words="Firm" if result.firm else "Conditional" if is_enough else "Open",
        firm_why=_firm_why(result) if is_enough else "Every verdict is still possible or nearly so.",
        basis_words=_basis_words(sections, answers),
        decision=_decision(result, system) if is_enough else "None yet: answer more first.",
        reasons_for=reasons_for if is_enough else (),
        reasons_against=reasons_against if is_enough else (),
        conditions=conditions if is_enough else (),
        no_conditions=no_conditions if is_enough else "None yet.",
        axis_groups=_axis_groups(result, refs),
        gates=gates,
        gates_finding=_gates_finding(gates),
        checklist=_checklist(result, refs),
        horizons=_horizons(result, refs),
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
    )


# --- text that people typed


def clean_line(text: str, most: int) -> str:
    """`text` on one line, without control characters, at most `most` characters long.

    >>> clean_line("Payments\\r\\nX-Header: 1", 120)
    'Payments X-Header: 1'
    """
    line = " ".join(_UNSEEN.sub("", re.sub(r"[\r\n\v\f\u2028\u2029]", " ", text)).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def clean_text(text: str) -> str:
    """`text` without control characters, at most `MAX_TEXT` long and `MAX_LINES` high.

    Lines past that height are run on, parted by " / ", so that nothing within the length is lost.
    """
    text = _UNSEEN.sub("", re.sub(r"\r\n?|\u2028|\u2029", "\n", text)).strip()
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT].rstrip()}… ({len(text) - MAX_TEXT:,} more characters are in the assessment)"
    lines = [line.rstrip() for line in text.split("\n")]
    if len(lines) > MAX_LINES:
        rest = " / ".join(line.strip() for line in lines[MAX_LINES - 1 :] if line.strip())
        lines = [*lines[: MAX_LINES - 1], rest]
    return "\n".join(lines)


# --- the verdict


def _firm_why(result: Result) -> str:
    still_open = len(result.open_keys)
    if result.firm:
        if not still_open:
            return "Every question is answered."
        are, them = _plural(still_open, "question is", "questions are"), _plural(still_open, "it", "them")
        return f"{_number(still_open)} {are} open; no answer to {them} can change the verdict."
    others = [f"“{VERDICT_WORDS[verdict]}”" for verdict in result.possible_verdicts if verdict != result.verdict]
    deciding = len(result.decisive_open_keys)
    if not deciding:
        return f"What is still open could together change it to {_either(others)}."
    questions = _plural(deciding, "question", "questions")
    return f"{_number(deciding)} open {questions} could still change it to {_either(others)}."


def _decision(result: Result, system: str) -> str:
    asked = DECISIONS[result.form]
    if any(gate.state == "open" for gate in result.gates):
        asked = DECISIONS_GATES_OPEN.get(result.form, asked)
    return asked.format(system=system if len(system) <= LONG_NAME else "this system")


def _basis_words(sections: tuple[AnswerSection, ...], answers: Mapping[str, GivenAnswer]) -> str:
    known = [line.key for section in sections for line in section.lines if line.state == "known"]
    if not known:
        return "Nothing is known yet."
    counts: dict[str, int] = {}
    for key in known:
        counts[answers[key].answer.basis or ""] = counts.get(answers[key].answer.basis or "", 0) + 1
    parts = [
        f"{counts[basis]} {words}"
        for basis, words in (("measured", "measured"), ("estimated", "estimated"), ("guess", "guessed"))
        if counts.get(basis)
    ]
    if counts.get(""):
        parts.append(f"{counts['']} without a stated basis")
    return f"It rests on {len(known)} {_plural(len(known), 'answer', 'answers')}: {_and(parts)}."


def _reasons(result: Result, refs: Mapping[str, QuestionRef]) -> tuple[tuple[ReasonLine, ...], tuple[ReasonLine, ...]]:
    """Three reasons each way, strongest first; the rule itself is said elsewhere."""
    each_way = [
        tuple(
            ReasonLine(
                sentence=reason.sentence,
                source=reason.source,
                weighs=VERDICT_WORDS[reason.weighs] if reason.weighs else "",
                questions=_refs(reason.keys, refs),
            )
            for reason in result.strongest(for_verdict=for_verdict)
        )
        for for_verdict in (True, False)
    ]
    return each_way[0], each_way[1]


def _conditions(result: Result, gates: tuple[GateLine, ...]) -> tuple[tuple[GateLine, ...], str]:
    """Gates matter to an extraction, or to the wish for one that a gate stopped; elsewhere they are only shown."""
    if result.form == "keep":
        return (), "None: the services run already."
    if result.verdict != "extract" and result.form != "first_step":
        return (), "None: this verdict needs nothing to be in place first."
    conditions = tuple(gate for gate in gates if gate.state == "failed") + tuple(
        gate for gate in gates if gate.state == "open"
    )
    return conditions, "" if conditions else "None: every gate is passed."


def _gate(gate: Gate, refs: Mapping[str, QuestionRef]) -> GateLine:
    return GateLine(
        gate=gate.gate,
        name=GATE_WORDS.get(gate.gate, gate.gate),
        state=gate.state,
        state_words=GATE_STATE_WORDS[gate.state],
        sentence=gate.sentence,
        source=gate.source,
        questions=_refs(gate.keys, refs),
    )


def _gates_finding(gates: tuple[GateLine, ...]) -> str:
    if not gates:
        return "This questionnaire has no gates."
    by_state = {state: [gate.name.lower() for gate in gates if gate.state == state] for state in GATE_STATE_WORDS}
    if len(by_state["passed"]) == len(gates):
        return f"All {_number(len(gates)).lower()} gates to an extraction are passed."
    parts = []
    if by_state["failed"]:
        parts.append(f"not passed: {_and(by_state['failed'])}")
    if by_state["open"]:
        parts.append(f"not known: {_and(by_state['open'])}")
    passed, of = len(by_state["passed"]), _number(len(gates)).lower()
    said = f"{_number(passed)} of the {of} gates" if passed else f"None of the {of} gates"
    return f"{said} to an extraction {_plural(passed, 'is', 'are')} passed; {'; '.join(parts)}."


def _checklist(result: Result, refs: Mapping[str, QuestionRef]) -> Checklist:
    counts = result.checklist_counts
    words_of: Mapping[str, str] = {"yes": "yes", "no": "no", "unknown": "not known"}
    unknown = f", {counts['unknown']} not known" if counts["unknown"] else ""
    return Checklist(
        finding=f"{counts['yes']} of the {counts['of']} questions of the readiness checklist "
        f"{_plural(counts['yes'], 'is', 'are')} answered with yes{unknown}; it asks for five of seven.",
        yes=counts["yes"],
        no=counts["no"],
        unknown=counts["unknown"],
        of=counts["of"],
        lines=tuple(
            ChecklistLine(
                state=item.state, state_words=words_of[item.state], sentence=item.sentence, question=refs[item.key]
            )
            for item in result.checklist
        ),
    )


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
        name=AXIS_WORDS[score.axis],
        points=score.points,
        high=score.high,
        threshold=score.threshold,
        parts=tuple(
            Part(question=refs[part.key], value=part.value, points=part.points) for part in score.contributions
        ),
    )


def _pains_finding(boundary: Axis, deployable: Axis) -> str:
    if not (boundary.is_known or deployable.is_known):
        return "Nothing is known yet of what hurts."
    if _is_acute(boundary) and _is_acute(deployable):
        said = (
            f"Both kinds of pain are acute: what a module boundary cures stands at {boundary.points}, "
            f"what only a separate deployable cures at {deployable.points}"
        )
    elif _is_acute(deployable):
        said = (
            f"The acute pain ({deployable.points}) is one that only a separate deployable cures; "
            f"{_calm(boundary, 'what a module boundary cures')}"
        )
    elif _is_acute(boundary):
        said = (
            f"The acute pain ({boundary.points}) is one that a module boundary cures; "
            f"{_calm(deployable, 'what only a separate deployable cures')}"
        )
    else:
        said = (
            f"No pain is known to be acute: {_calm(boundary, 'what a module boundary cures')}, "
            f"{_calm(deployable, 'what only a separate deployable cures')}"
        )
    could = [
        "what a module boundary cures" if axis is boundary else "what only a separate deployable cures"
        for axis in (boundary, deployable)
        if axis.is_known and not _is_acute(axis) and axis.threshold is not None and axis.high >= axis.threshold
    ]
    return f"{said}. Open answers could still make acute {_and(could)}." if could else f"{said}."


def _calm(axis: Axis, what: str) -> str:
    if not axis.is_known:
        return f"nothing is known yet of {what}"
    return f"{what} stands at {axis.points}, below the line at {axis.threshold}"


def _is_acute(axis: Axis) -> bool:
    return axis.threshold is not None and axis.points >= axis.threshold


def _abilities_finding(axes: tuple[Axis, ...]) -> str:
    separability, *readiness = axes
    first = f"Separability is {separability.value} of 100" if separability.is_known else "Separability is not known yet"
    known = [axis for axis in readiness if axis.is_known]
    if not known:
        none_known = "none of the four capabilities is known" if separability.is_known else "nor is any capability"
        return f"{first}; {none_known}."
    low, high = min(known, key=lambda axis: axis.points), max(known, key=lambda axis: axis.points)
    if len(known) == 1:
        said = f"of the capabilities only {_short(low)} is known ({low.value})"
    elif low.points == high.points:
        said = f"the capabilities that are known all stand at {low.points}"
    else:
        said = (
            f"of the capabilities, {_short(high)} is strongest ({high.points}) and {_short(low)} weakest ({low.points})"
        )
    return f"{first}; {said}."


def _short(axis: Axis) -> str:
    return axis.name[0].lower() + axis.name[1:]


# --- steps, open questions, answers


def _horizons(result: Result, refs: Mapping[str, QuestionRef]) -> tuple[Horizon, ...]:
    return tuple(
        Horizon(
            days=days,
            steps=tuple(
                StepLine(
                    title=step.title,
                    why=step.why,
                    done=step.done,
                    source=step.source,
                    questions=_refs(step.keys, refs),
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
        return "Every question that was asked has an answer."
    decisive = sum(line.decisive for line in lines)
    said = f"{_number(len(lines))} {_plural(len(lines), 'question has', 'questions have')} no known answer"
    if not decisive:
        return f"{said}; none of them alone could change the verdict."
    return f"{said}; {_number(decisive).lower()} of them could change the verdict."


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
        value = words(question, answer.value)
        value = value[0].upper() + value[1:]
        means = question.option(answer.value).means if isinstance(answer.value, str) else ""
    elif answer.not_applicable:
        state, value = "not_applicable", clean_text(answer.not_applicable)
    else:
        state = "not_sure"
    told = given.told if given and state == "not_sure" else ""
    notes = given.notes if given else ()
    # What somebody wrote beside an answer stays in the report even where the question is no longer asked.
    return AnswerLine(
        number=number,
        key=question.key,
        wording=question.wording,
        state=state,
        state_words="not asked, because of an earlier answer" if state == "not_asked" else told or ANSWER_STATES[state],
        value=value,
        means=means,
        basis=BASIS_WORDS[answer.basis] if answer.basis and state == "known" else "",
        note=clean_text("\n".join((*((answer.note,) if answer.note else ()), *notes))),
        link=clean_line(answer.link, MAX_LINK),
        who_knows=clean_line(answer.who_knows, MAX_NAME),
        by=clean_line(given.by, MAX_NAME) if given else "",
        at=given.at if given else None,
    )


def _answers_finding(sections: tuple[AnswerSection, ...]) -> str:
    totals = {state: sum(section.counts[state] for section in sections) for state in ANSWER_STATES}
    asked = sum(totals.values())
    said = f"{totals['known']} of {asked} questions have a known answer"
    rest = [f"{totals[state]} {name}" for state, name in ANSWER_STATES.items() if state != "known" and totals[state]]
    return f"{said}; {_and(rest)}." if rest else f"{said}."


def _refs(keys: tuple[str, ...], refs: Mapping[str, QuestionRef]) -> tuple[QuestionRef, ...]:
    return tuple(refs[key] for key in keys if key in refs)


# --- words


def _number(count: int) -> str:
    """A small number as a word, to begin a sentence with."""
    names = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
    return names[count] if count < len(names) else str(count)


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _joined(items: list[str], last: str) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def _and(items: list[str]) -> str:
    return _joined(items, "and")


def _either(items: list[str]) -> str:
    return _joined(items, "or")


__all__ = [
    "ANSWER_STATES",
    "AnswerLine",
    "AnswerSection",
    "Axis",
    "AxisGroup",
    "Checklist",
    "GateLine",
    "GivenAnswer",
    "ReportData",
    "Subject",
    "build_report",
    "clean_line",
    "clean_text",
]
