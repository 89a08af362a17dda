"""What people said: their own answers, where they disagree, and the review of the version. Plain values, frozen."""

from dataclasses import dataclass
from datetime import date, datetime

from assess.reports.document import Chart


@dataclass(frozen=True, kw_only=True, slots=True)
class IndividualAnswer:
    """What one of several people answered to a question on their own; there are none where names are hidden."""

    who: str
    at: datetime
    words: str  #: with the reason, for "does not apply"
    basis: str
    note: str
    link: str
    who_knows: str
    after_sight: str = ""  #: that they could see others' answers before they gave this one


@dataclass(frozen=True, kw_only=True, slots=True)
class DisagreementLine:
    """One question on which people differed. `values` say who gave what, by role; `said` is empty while it is open.
    `chart` draws everyone's answer on the question's scale, where answers are apart."""

    key: str
    wording: str
    state_words: str  #: "open", "one step apart" or "agreed by …"
    is_open: bool
    finding: str
    respondents: int
    values: tuple[str, ...]
    agreement_note: str
    chart: Chart | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleVerdictLine:
    """The verdict of one role alone, or of everyone, in words."""

    name: str
    respondents: int
    verdict_words: str
    others: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """The block "Where people disagree" of a version that people answered apart."""

    finding: str
    roles_finding: str
    roles: tuple[RoleVerdictLine, ...]
    lines: tuple[DisagreementLine, ...]  #: open ones first, then those of one step, then those agreed on
    key: str = ""  #: which sign in the charts stands for which role


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """One signature. `overruled_words` is the reviewer's verdict where it is another than the model's, else ""."""

    decision_words: str
    by: str
    at: datetime
    day: date
    hash: str
    challenge_until: date | None
    overruled_words: str
    reason: str
    remark: str
    decision: str = ""  #: the slugs behind the words
    overruled_to: str = ""
    challenge_is_over: bool = False  #: whether the day has passed until which the team could challenge it


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCondition:
    """A condition of the newest signature. `met_words` is "" while it is open."""

    text: str
    owner: str
    due_on: date
    met_words: str
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewComment:
    """A comment, a challenge or a reply, and how a challenge ended. `about` is the question, or the whole version."""

    about: str
    kind_words: str
    by: str
    at: datetime
    text: str
    settled_words: str
    is_challenge: bool = False  #: whether it is one, or answers one
    is_open: bool = False  #: whether it is a challenge that nobody has settled


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The review of a version. `signature` is the current one, `earlier_signatures` no longer count.

    `signed_sentence` is a pattern with {decision}, {name} and {day}; `signed_note` follows it and may name {day}, until
    when the team may challenge. `draft_note` says why nothing is decided yet, "" where something is.
    """

    state_words: str
    signature: Signature | None
    earlier_signatures: tuple[Signature, ...]
    conditions: tuple[SignedCondition, ...]
    comments: tuple[ReviewComment, ...]
    madr_status: str = "proposed"
    signed_sentence: str = ""
    signed_note: str = ""
    draft_note: str = ""
    is_challenged: bool = False  #: whether the signature is, and nobody has answered yet
