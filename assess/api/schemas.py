"""What the API takes and returns, field by field; the OpenAPI document is made of these.

Input is read strictly: no other field, no text for a number. Output may gain fields, never lose any.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from assess.api.paging import CURSOR_PATTERN, DEFAULT_LIMIT, MAX_LIMIT
from assess.assessments.facade import State
from assess.decision.facade import Firmness, Form, Verdict
from assess.questionnaire.facade import BASES, BLANK, INVISIBLE
from assess.review.facade import Decision
from assess.web.facade import LARGEST_ID

NAME, NOTE, LINK = (settings.LIMITS[name] for name in ("name", "note", "link"))

#: No control characters and nothing invisible, and something that can be seen: see `check_name`.
UNFIT = rf"\x00-\x1f\x7f-\x9f{INVISIBLE}"
NAME_PATTERN = f"^[^{UNFIT}]*[^{UNFIT}{BLANK}][^{UNFIT}]*$"


def digits_only(value: object) -> object:
    """A number in the address is written in digits: no sign, no point, no "1_000"."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        return None
    return value


def whole_number(value: object) -> object:
    """JSON knows one kind of number: 45.0 is a whole one, as for answers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
IdIn = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(whole_number)]
IdFilter = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(digits_only)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many at most"), BeforeValidator(digits_only)]
#: Left out of the address, not sent as "null".
Absent = SkipJsonSchema[None]


class In(BaseModel):
    """What somebody sends."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Out(BaseModel):
    """What the API returns."""


# --- what goes wrong


class FieldIssue(Out):
    field: str = Field(description="The field or parameter, or `body` where it is the whole")
    code: str
    message: str = Field(description="What to do, for people")


class ErrorOut(Out):
    code: str = Field(description="For machines, and stable", examples=["not_found"])
    problem: str = Field(description="What is wrong and what to do, for people")
    problems: list[FieldIssue] = Field(default=[], description="Each wrong field, where that can be said")


class PresentAnswer(Out):
    """The answer that somebody else saved in between."""

    version: int
    value: Any = None
    words: str
    by: str
    at: datetime
    basis: str
    note: str
    link: str
    who_knows: str
    reason: str


class ConflictOut(ErrorOut):
    question: str | None = None
    present: PresentAnswer | None = Field(
        default=None, description="With code `stale`: what is saved now; null when the question was never answered"
    )


# --- people, teams, systems


class Named(Out):
    id: int
    name: str


class TeamOut(Named):
    workspace: Named
    may: list[str] = Field(
        description="What you may do with what the team owns", examples=[["read", "start", "answer"]]
    )


class SystemIn(In):
    team: IdIn = Field(description="The team that owns it; see /teams")
    name: str = Field(min_length=1, max_length=NAME, pattern=NAME_PATTERN, examples=["Payments platform"])
    edition: IdIn | None = Field(
        default=None, description="The questionnaire; left out, the newest that came with the site"
    )


class VersionOut(Out):
    id: int
    version: int
    state: State
    verdict: Verdict | None
    submitted_at: datetime | None


class SystemOut(Named):
    team: Named
    created_at: datetime


class SystemDetail(SystemOut):
    assessments: list[VersionOut] = Field(description="Its versions, the newest first")


class TeamPage(Out):
    items: list[TeamOut]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last")


class SystemPage(Out):
    items: list[SystemOut]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last")


# --- assessments


class EditionName(Out):
    id: int
    slug: str
    version: int


class ProgressOut(Out):
    asked: int = Field(description="Questions that apply under the present answers")
    answered: int
    not_sure: int
    next_question: str | None = Field(description="The first that is asked and has no answer at all")


class AssessmentOut(Out):
    id: int
    system: Named
    team: Named
    version: int
    is_newest: bool
    state: State
    answers_separately: bool = Field(description="Whether people answer separately")
    edition: EditionName
    created_at: datetime
    updated_at: datetime
    updated_by: str | None = Field(description="Null while people answer apart and their names are not shown")
    submitted_at: datetime | None
    submitted_by: str | None
    answers_hash: str | None = Field(description="SHA-256 over the answers, once submitted")
    model_version: int | None
    verdict: Verdict | None = Field(
        description="What the model said, once submitted; null also while the answers decide nothing yet"
    )
    form: Form | None
    overruled_to: Verdict | None = Field(description="The reviewer's verdict where a signature overrules the model's")
    progress: ProgressOut | None = Field(description="How far the answers are; null once submitted")


class ConditionOut(Out):
    id: int
    text: str
    owner: str
    due_on: date
    met_at: datetime | None
    met_by: str | None
    met_how: str


class AssessmentDetail(AssessmentOut):
    conditions: list[ConditionOut]


class AssessmentPage(Out):
    items: list[AssessmentOut]
    next: str | None = Field(description="Give it as `after` for the next page; null on the last")


class AssessmentFilters(BaseModel):
    state: State | Absent = None
    verdict: Verdict | Absent = None
    team: IdFilter | Absent = None
    system: IdFilter | Absent = None
    after: Annotated[str, Field(pattern=CURSOR_PATTERN, description="`next` of the page before")] | Absent = None
    limit: Limit = DEFAULT_LIMIT


class PageById(BaseModel):
    """A page of a list that is ordered by id."""

    after: Annotated[
        int, Field(ge=0, le=LARGEST_ID, description="`next` of the page before"), BeforeValidator(digits_only)
    ] = 0
    limit: Limit = DEFAULT_LIMIT


# --- answers


class AnswerOut(Out):
    question: str
    answered: bool = Field(description="False where the answer was taken back: the version goes on")
    value: Any = Field(description="An option, options, or a number; null: not sure yet, does not apply, or taken back")
    basis: Literal["measured", "estimated", "guess", ""]
    note: str
    link: str
    who_knows: str
    reason: str = Field(description="Why the question does not apply")
    version: int = Field(description="Send it as `base_version` with the next change")
    at: datetime
    by: str


class AnswersOut(Out):
    answers_separately: bool
    items: list[AnswerOut]


class AskedOut(Out):
    """The user's own answers to a version that people answer separately."""

    perspective: str
    asked: list[str] = Field(description="The questions asked of you")
    finished_at: datetime | None
    items: list[AnswerOut]


class AnswerIn(In):
    """One change. Exactly one of `value` (null takes the answer back), `not_sure` and `not_applicable` says what is
    answered; the whole is the answer, so what is left out is empty."""

    question: str = Field(min_length=1, max_length=80, examples=["deploy_minutes"])
    value: Any = Field(default=None, examples=[45])
    not_sure: bool | None = None
    not_applicable: bool | None = None
    reason: str | None = Field(default=None, description=f"Why it does not apply; at most {NOTE} characters")
    basis: Literal[(*BASES, "", None)] = None  # type: ignore[valid-type]  # the three, from where they are named
    note: str | None = Field(default=None, description=f"At most {NOTE} characters")
    link: str | None = Field(default=None, description=f"http or https, at most {LINK} characters")
    who_knows: str | None = Field(default=None, description=f"With not_sure; at most {NAME} characters")
    base_version: int = Field(ge=0, le=2**31 - 1, description="The version you saw; 0 for a question never answered")
    mutation_id: str = Field(
        json_schema_extra={"format": "uuid"},
        description="A new one for each change, the same one whenever that change is sent again",
        examples=["0b5f6c1e-8c1d-4e0a-9f57-3d0c2f6f2f11"],
    )


class SavedOut(Out):
    saved: Literal[True] = True
    question: str
    version: int
    value: Any = Field(default=None, description="The answer's value as saved; null where none is known")
    at: datetime


# --- the result: the contract


class FlipChange(Out):
    key: str
    from_: Any = Field(alias="from")
    to: Any
    kind: str


class FlipOut(Out):
    changes: list[FlipChange]
    verdict: Verdict


class RobustnessOut(Out):
    holds: int
    of: int
    breaks_on: list[FlipOut]


class ContributionOut(Out):
    key: str
    value: str
    level: int
    points: int


class GateOut(Out):
    gate: str
    state: Literal["passed", "failed", "open"]
    keys: list[str]


class ReasonOut(Out):
    code: str
    kind: str
    sentence: str
    source: str
    weighs: Literal["stay", "modular", "extract", ""]
    keys: list[str]
    points: int


class StepOut(Out):
    code: str
    title: str
    why: str
    done: str
    days: int
    keys: list[str]
    source: str


class ChecklistItemOut(Out):
    key: str
    state: Literal["yes", "no", "unknown"]


class ChecklistOut(Out):
    yes: int
    no: int
    unknown: int
    of: int
    items: list[ChecklistItemOut]


class ContradictionOut(Out):
    code: str
    keys: list[str]
    sentence: str


class PlaybookOut(Out):
    source: str
    place: str
    verdict: str | None
    because: str
    missing: list[str]


class PreparationOut(Out):
    group: str
    sentence: str
    state: str
    keys: list[str]


class ResultOut(Out):
    """The contract's JSON, as `manage.py decide --json` prints it."""

    verdict: Verdict
    form: Form
    rule: str
    rule_sentence: str
    headline: str
    state: Firmness | None = Field(
        None, description="While undecided, `verdict` is only what is cheapest to undo; null in results of model 1"
    )
    firm: bool
    possible_verdicts: list[Verdict]
    ask_next: str | None
    pain: dict[str, int]
    separability: int
    readiness: dict[str, int]
    own_axes: dict[str, int] | None = Field(
        None,
        description="Scores of the questionnaire's own axes, read by no rule; null in earlier results",
    )
    ranges: dict[str, Annotated[list[int], Field(min_length=2, max_length=2)]]
    contributions: dict[str, list[ContributionOut]]
    checklist: ChecklistOut
    gates: list[GateOut]
    reasons: list[ReasonOut]
    next_steps: list[StepOut]
    open: list[str]
    decisive_open: list[str]
    questionnaire: str
    questionnaire_version: int
    model_version: int
    flips: list[FlipOut] | None = None
    pairs_tried: bool | None = None
    robustness: RobustnessOut | None = None
    contradictions: list[ContradictionOut] | None = None
    playbooks: list[PlaybookOut] | None = None
    playbooks_part: str | None = None
    similar_cases: list[str] | None = None
    revisit_when: list[str] | None = None
    ask_again_months: int | None = None
    preparations: list[PreparationOut] | None = None


# --- questionnaires


class EditionOut(EditionName):
    title: str
    workspace: Named | None = Field(description="Null: it came with the site")
    state: Literal["draft", "published", "retired"]
    sha256: str = Field(description="Of the YAML")


class EditionPage(Out):
    items: list[EditionOut]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last")


# --- reports


class ReportOut(Out):
    state: Literal["none", "waiting", "ready", "failed", "stale"] = Field(
        description="`stale`: there is one, of earlier answers"
    )
    problem: str
    pdf: str | None = Field(description="Where the PDF is, once ready")


# --- evidence


class EvidenceOut(Out):
    id: int
    sha256: str = Field(description="Of the file")
    commit: str | None = Field(description="What was scanned; null without git")
    tool_version: str
    scanned_at: datetime
    attached_at: datetime
    attached_by: str


class EvidencePage(Out):
    items: list[EvidenceOut]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last")


class MeasurementFile(BaseModel):
    """What is said about a file beside its bytes."""

    dry_run: Annotated[
        Literal["true", "false"], Field(description="`true` attaches nothing and answers what would be attached")
    ] = "false"
    file_name: Annotated[str, Field(max_length=200, description="To tell files apart by")] = ""
    core: Annotated[str, Field(max_length=40, description="What a core costs a month, for a file of a cluster")] = ""
    gib: Annotated[str, Field(max_length=40, description="What a GiB of memory costs a month")] = ""
    currency: Annotated[str, Field(max_length=3, description="Three letters; if empty, the workspace's")] = ""


class FigureOut(Out):
    name: str
    figure: str


class MappedFieldOut(Out):
    field: str
    source: str = Field(description="The column, or the path in JSON")
    note: str = Field(description="What was converted")


class DroppedRowOut(Out):
    row: int = Field(description="Its line or place in the file, from 1")
    reason: str = Field(description="For machines, and stable")
    message: str


class MeasuredOut(Out):
    kind: Literal["deploys", "load", "cost", "calls"]
    shape: str = Field(description="The format that was recognised")
    file_name: str
    sha256: str = Field(description="Of the file")
    rows_read: int
    dropped: dict[str, int] = Field(description="Rows that do not count, by reason")
    figures: list[FigureOut] = Field(description="In words, for people")
    warnings: list[str]


class MeasurementOut(MeasuredOut):
    id: int
    attached_at: datetime
    attached_by: str


class MeasurementPreviewOut(MeasuredOut):
    mapping: list[MappedFieldOut]
    dropped_rows: list[DroppedRowOut] = Field(description="The first 200")


class MeasurementPage(Out):
    items: list[MeasurementOut]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last")


# --- review


class SignOffOut(Out):
    decision: Decision
    model_verdict: Verdict | None
    overruled_to: Verdict | None
    reason: str
    remark: str
    content_hash: str
    challenge_until: date | None
    signed_at: datetime
    signed_by: str


class ReviewOut(Out):
    state: State
    decision: SignOffOut | None = Field(description="The signature that stands; it is given in the browser only")
    earlier: list[SignOffOut]
    conditions: list[ConditionOut]


class CommentOut(Out):
    id: int
    parent: int | None
    question: str | None
    kind: Literal["comment", "challenge"]
    text: str
    written_at: datetime
    written_by: str
    settled_at: datetime | None
    settled_by: str | None
    settlement: str


class CommentPage(Out):
    items: list[CommentOut]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last")
