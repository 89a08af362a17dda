"""`ReportData`: what every rendering of an assessment says, and what it is built from. Plain values, frozen.

Decides which facts a report has. Does not decide what they are (`build`), or how they are drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Final, Literal
from zoneinfo import ZoneInfo

from assess.decision.facade import Form, GateState, Verdict
from assess.evidence.facade import Candidates, ScanCharts
from assess.findings.facade import DecisionPath, Gates, KeyReason, Pains, PlannedStep, Roadmap, Scales, Squares
from assess.language import N_, Words, _, day, in_a_row
from assess.questionnaire.facade import Answer, Basis, Value
from assess.reports.content.argument import ArgumentData
from assess.reports.content.evidence import EvidenceData
from assess.reports.content.people import Disagreement, IndividualAnswer, Review
from assess.reports.content.planning import PlanningData
from assess.reports.content.sanitize import LONG_NAME, clean_line
from assess.reports.document import Line

AnswerState = Literal["known", "not_sure", "not_applicable", "open", "not_asked"]
#: In the order in which strips and keys show them. A question that is not asked is counted nowhere.
ANSWER_STATES: Final[Mapping[AnswerState, str]] = Words(
    {
        "known": N_("answered"),
        "not_sure": N_("not sure yet"),
        "not_applicable": N_("does not apply"),
        "open": N_("not answered"),
    }
)
Paper = Literal["A4", "Letter"]
MONEY_KEYS: Final = ("infra_cost", "budget")  #: the questions that ask about money
#: Above these page 1 is set smaller: letters of the system's name and of the headline, rows of the table.
LONG_SYSTEM: Final = 65
LONG_HEADLINE: Final = 120
ROOMY_ROWS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """How a workspace's reports look, and their language."""

    name: str = ""  #: of whoever the report is by, "" for the workspace's own name
    logo: str = ""  #: a `data:` address, "" for none
    paper: Paper = "A4"
    language: str = "en-GB"
    confidentiality: str = ""  #: a line in the foot of every page
    time_zone: str = "UTC"

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.time_zone)


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
    state: str = "draft"  #: the slug of the review state
    edition_sha256: str = ""  #: of the questionnaire's file
    edition_file: str = ""  #: the text of that file where other sites don't have it
    file_stem: str = "report"  #: what its files are called, without the ending
    submitted_at: datetime | None = None
    submitted_by: str = ""
    record_head: str = ""  #: of the site's record when the version last moved; "" for a draft


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributedAnswer:
    """One answer with who gave it and when. Where several people answered, `individual` is what each of them said,
    `disagreement` how they differ, `agreement_note` what they wrote when they agreed."""

    answer: Answer
    by: str
    at: datetime | None
    individual: tuple[IndividualAnswer, ...] = ()
    disagreement: str = ""
    agreement_note: str = ""


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
    verdict: Verdict | Literal[""]  #: the slug behind those words


@dataclass(frozen=True, kw_only=True, slots=True)
class ScorePart:
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
    parts: tuple[ScorePart, ...]

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
            return _("not known")
        return _("{low} to {high}").format(low=self.points, high=self.high) if self.is_range else str(self.points)


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisGroup:
    """Axes under one sentence, `finding`. `notes` say what 100 stands for, of axes of one's own."""

    slug: str
    finding: str
    axes: tuple[Axis, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GateLine:
    gate: str
    name: str
    state: GateState
    state_words: str
    sentence: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChecklistLine:
    state: Literal["yes", "no", "unknown"]
    state_words: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    finding: str
    yes: int
    no: int
    unknown: int
    of: int
    lines: tuple[ChecklistLine, ...]


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
    """One question with what was answered. `number` is its place in the questionnaire, from 1. `individual` is
    what each of several people answered, `agreement_note` what they wrote when they agreed."""

    number: int
    key: str
    wording: str
    state: AnswerState
    state_words: str
    value: str  #: the answer in words, the reason for "does not apply", or ""
    raw_value: Value | None  #: a known answer as it was given: by slug, slugs or number
    means: str  #: what the chosen option looks like in practice
    basis: str
    basis_slug: Basis | Literal[""]
    note: str
    link: str
    who_knows: str
    by: str
    at: datetime | None
    individual: tuple[IndividualAnswer, ...] = ()
    agreement_note: str = ""

    @property
    def all_notes(self) -> str:
        """What was written beside it, by whomever, a line for each."""
        individual_notes = [
            _("{name}: {text}").format(name=one.who, text=" ".join(part for part in (one.note, one.link) if part))
            for one in self.individual
            if one.note or one.link
        ]
        return "\n".join(text for text in (self.note, self.agreement_note, *individual_notes) if text)


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
    short: str  #: what tables call it
    title: str
    author: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLine:
    """One answer that the team plans to change. `reached` once the answer is what was planned."""

    sentence: str
    reached: bool
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedChanges:
    """The planned changes, and in one sentence the verdict that they would lead to."""

    finding: str
    why: str  #: the rule that would then decide
    lines: tuple[PlannedLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedMark:
    """One version's score on an axis. `kind` is the sign that stands for the version in every drawing."""

    kind: str
    name: str
    points: int
    high: int
    value: str
    is_known: bool  #: where nothing is, there is a range and no place


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedAxis:
    """One axis of the versions that are compared, in their order."""

    axis: str
    name: str
    marks: tuple[ComparedMark, ...]
    threshold: int | None

    @property
    def text(self) -> str:
        parts = [_("{name}: {value}").format(name=mark.name, value=mark.value) for mark in self.marks]
        if self.threshold is not None:
            parts.append(_("acute from {points}").format(points=self.threshold))
        return in_a_row(parts)

    @property
    def in_short(self) -> str:
        return " → ".join(mark.value for mark in self.marks)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedLine:
    """One answer that differs from the earlier version's."""

    wording: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What changed since an earlier submitted version. `moved` says what moved the verdict, a sentence each."""

    version: int
    submitted_at: datetime
    finding: str
    moved: tuple[str, ...]
    names: tuple[str, str]  #: of the earlier version and of this one
    axes: tuple[ComparedAxis, ...]
    lines: tuple[ChangedLine, ...]
    not_compared: tuple[str, ...]  #: questions that only one of the two editions asks


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleLine:
    """An open question that could change the verdict. `holds_if` names the answers that leave it as it is."""

    question: str
    holds_if: str
    who_knows: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRow:
    """A row of page 1's table. `mark` is the slug of the sign before it; empty cells are left to fill by hand."""

    cells: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageOne:
    """Every word of the first page. Texts are "" and tuples empty where there is nothing to say.

    `verdict` is the slug of the decision that stands, "unknown" while too little is known.
    """

    kicker: str
    state: str  #: "draft" or ""
    state_words: str
    system: str
    owner: str
    verdict: str
    verdict_words: str
    form_words: str
    headline: str
    firm_words: str
    is_settled: bool  #: whether the pill of `firm_words` is drawn solid
    firm_why: Line
    basis: str
    candidate: str  #: which module to extract first; "" where the decision is another
    why_title: str
    reasons: tuple[KeyReason, ...]
    table_look: str  #: "conditions" of a signature, or "steps"
    table_heads: tuple[str, ...]
    table_rows: tuple[PageRow, ...]
    more_rows: str
    cost_title: str
    cost: str
    cost_blank: str  #: what stands under the line for a sum
    decision_title: str
    decision: str
    note: str
    signature_hash: str
    blanks: tuple[str, ...]  #: what stands under the lines to sign on
    footer: str
    model_said: Line = ()  #: where somebody overruled it
    remark: str = ""
    challenge: str = ""  #: who challenged the signature, and what with

    @property
    def is_tight(self) -> bool:
        """Whether so much was decided, or the names are so long, that type and space have to be smaller to fit."""
        return len(self.system) > LONG_SYSTEM or len(self.table_rows) > ROOMY_ROWS or len(self.headline) > LONG_HEADLINE


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """The JSON document inside a PDF: its file name, its text, and the hash of its bytes."""

    name: str
    text: str
    sha256: str


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
    record_head: str  #: "" for a draft
    # the verdict
    is_enough: bool  #: whether enough is known for a verdict to be shown; if not, the words say so
    icon: Verdict | Literal["unknown"]
    verdict: Verdict | Literal[""]  #: "" while the answers decide nothing yet
    verdict_words: str
    form: Form
    form_words: str
    headline: str
    rule: str
    rule_sentence: str
    rule_source: str
    is_firm: bool
    is_settled: bool  #: whether it is firm, and more than guesses decide
    firm_words: str  #: "Firm" or "Conditional"; "" while there is no verdict, and then `firm_why` as well
    firm_why: str
    basis_words: str  #: how many answers are measured, estimated and guessed
    decision: str  #: what the reader is asked to decide
    reasons_for: tuple[ReasonLine, ...]  #: at most three, strongest first
    reasons_against: tuple[ReasonLine, ...]  #: at most three, strongest first
    further_reasons: str  #: how many more there are, and where they stand; "" for none
    motives: tuple[ReasonLine, ...]  #: motives that carry no weight, whatever the verdict
    key_reasons: tuple[KeyReason, ...]  #: the three of page 1
    part: str  #: the name of the part that this is about, where it has one
    settle: tuple[SettleLine, ...]  #: the open questions whose answer alone could change the verdict
    first_steps: tuple[PlannedStep, ...]  #: the most telling steps of the decision that stands, by day
    conditions: tuple[GateLine, ...]  #: gates that this verdict depends on and that are failed or open
    no_conditions: str  #: why there is none; "" when there are some
    cost_words: str  #: what is known of money, and that no sum was worked out
    # charts that the result page shows as well
    pains: Pains
    gate_boxes: Gates
    scales: Scales
    checklist_squares: Squares
    evidence: Squares
    path: DecisionPath
    roadmap: Roadmap  #: the steps of the decision that stands
    # the rest
    axis_groups: tuple[AxisGroup, ...]
    gates: tuple[GateLine, ...]
    gates_finding: str
    checklist: Checklist
    open_lines: tuple[OpenLine, ...]  #: decisive ones first
    open_finding: str
    ask_next: QuestionRef | None
    sections: tuple[AnswerSection, ...]
    answers_finding: str
    sources: tuple[SourceLine, ...]
    argument: ArgumentData | None  #: None below what a verdict is shown for
    disagreement: Disagreement | None  #: None where the team answered together
    review: Review | None  #: None where nothing was said or decided
    planned_changes: PlannedChanges | None = None  #: None where none are planned
    candidates: Candidates | None = None  #: None without a scan or a typed inventory
    candidates_from: str = ""  #: who added load and the rest, or typed them, and when
    scan_charts: ScanCharts | None = None  #: None where no scan is attached
    planning: PlanningData = field(default_factory=PlanningData)  #: money, plan and what comes after
    since: Changes | None = None  #: None where there is no earlier submitted version
    claims: EvidenceData | None = None  #: None where nothing is attached and nothing was decided on
    brand: Brand = Brand()
    page_one: PageOne | None = None
    attachment: Attachment | None = None  #: the data that a file of this report carries inside itself

    @property
    def short_name(self) -> str:
        """The system's name where there is little room."""
        return clean_line(self.system, LONG_NAME)

    @property
    def footer(self) -> str:
        """The foot of every page, beside its number."""
        footer = _("{system} · version {version} · {day} · {state}").format(
            system=self.short_name, version=self.version, day=day(self.dated), state=self.state_words
        )
        return f"{footer} · {self.brand.confidentiality}" if self.brand.confidentiality else footer

    @property
    def money_lines(self) -> tuple[AnswerLine, ...]:
        """The answers that tell of money."""
        return tuple(line for section in self.sections for line in section.lines if line.key in MONEY_KEYS)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """All axes, in the order of the charts."""
        return tuple(axis for group in self.axis_groups for axis in group.axes)
