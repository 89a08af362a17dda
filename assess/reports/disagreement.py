"""Where people disagree, as a report says it: plain values, ready to be shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # its room knows Django, and this one is pure
    from assess.assessments.facade import SpreadChart


@dataclass(frozen=True, kw_only=True, slots=True)
class DisagreementLine:
    """One question on which people differed. `values` say who gave what, by role; `said` is empty while it is open.
    `chart` draws everyone's answer on the question's scale, where answers are apart."""

    key: str
    wording: str
    state_words: str  #: "open", "one step apart" or "agreed by …"
    is_open: bool
    finding: str
    n: int
    values: tuple[str, ...]
    said: str
    chart: "SpreadChart | None" = None


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
    key: str = ""  #: which sign in the charts stands for which role
