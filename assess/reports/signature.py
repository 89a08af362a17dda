"""Where a version's review stands, as a report says it: plain values, ready to be shown."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCondition:
    """A condition of the newest signature. `met_words` is "" while it is open."""

    text: str
    owner: str
    due_on: date
    met_words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
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
    """The review of a version. `signed` is the signature that stands, `earlier` are those that no longer do."""

    state_words: str
    signed: Signed | None
    earlier: tuple[Signed, ...]
    conditions: tuple[SignedCondition, ...]
    said: tuple[Said, ...]
    is_challenged: bool = False  #: whether the signature is, and nobody has answered yet
