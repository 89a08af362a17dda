"""Where people disagree, as a report says it: plain values, ready to be shown."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class DisagreementLine:
    """One question on which people differed. `values` say who gave what, by role; `said` is empty while it is open."""

    key: str
    wording: str
    state_words: str  #: "open", "one step apart" or "agreed by …"
    is_open: bool
    finding: str
    n: int
    values: tuple[str, ...]
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleVerdictLine:
    """The verdict of one role alone, or of everyone, in words."""

    name: str
    n: int
    verdict_words: str
    others: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """The block "Where people disagree" of a version that people answered apart."""

    finding: str
    roles_finding: str
    roles: tuple[RoleVerdictLine, ...]
    lines: tuple[DisagreementLine, ...]  #: open ones first, then those of one step, then those agreed on
