"""Published cases: what others decided and how it went, and the model compared with what was right in hindsight.

Decides: what is a hit. Does not decide: any verdict; no case feeds into one, and the rules know no case. Which cases
are like given answers is `likeness`; files are read by `case_reader`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from assess.decision.result import Result, Verdict
from assess.questionnaire.facade import Answer, Answers, Questionnaire

Confidence = Literal["low", "medium", "high"]
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")
Status = Literal["known", "inferred"]
STATUSES: tuple[Status, ...] = ("known", "inferred")
#: Whether the decision was right, as seen afterwards.
Right = Literal["yes", "no", "mixed", "unknown"]

#: Evidence on how large the code is, which no question takes in this form.
SIZE: Final = "size"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a source says of one question. `key` is the question's, or `SIZE`; `inferred` marks our reading of it."""

    key: str
    status: Status
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSource:
    """Where a case is told: a public address (http or https), perhaps with a remark; or, with `link` "", words only."""

    link: str
    remark: str

    @property
    def label(self) -> str:
        """What to show: the address without its scheme, else the words."""
        return self.link.split("//", 1)[1] if self.link else self.remark


@dataclass(frozen=True, kw_only=True)
class Case:
    """One published decision. What its sources do not tell is not in `answers`."""

    id: str
    system: str
    year: int
    stack: str
    answers: Mapping[str, Answer]
    decision_taken: Verdict
    decision_was_right: Right
    verdict_in_hindsight: Verdict
    also_acceptable: tuple[Verdict, ...]
    confidence: Confidence
    scorable: bool  #: whether enough is known to compare a verdict with it
    outcome: str
    lesson: str
    not_weighed: str  #: what the decision turned on that no rule reads; "" where nothing is known of that kind
    evidence: tuple[Evidence, ...]
    sources: tuple[CaseSource, ...]

    @property
    def links(self) -> tuple[str, ...]:
        """The public addresses, all http or https."""
        return tuple(source.link for source in self.sources if source.link)

    def accepts(self, verdict: Verdict) -> bool:
        """Whether hindsight agrees with this verdict, or accepts it as well."""
        return verdict == self.verdict_in_hindsight or verdict in self.also_acceptable


@dataclass(frozen=True, kw_only=True)
class Persona:
    """A made-up system with the verdict that an expert would give."""

    id: str
    why: str  #: what the system is, in a sentence
    answers: Answers
    verdict_in_hindsight: Verdict
    also_acceptable: tuple[Verdict, ...]

    def accepts(self, verdict: Verdict) -> bool:
        """Whether an expert would give this verdict, or accept it as well."""
        return verdict == self.verdict_in_hindsight or verdict in self.also_acceptable


# --- the model compared with hindsight


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the model says to a case. `hit` is None where too little is told to hold the verdict against it."""

    case: Case
    result: Result
    hit: bool | None


def try_cases(
    questionnaire: Questionnaire, cases: tuple[Case, ...], decider: Callable[[Questionnaire, Answers], Result]
) -> tuple[Trial, ...]:
    """Every case with what `decider` says to its answers, in the order of `cases`.

    A hit is a verdict that hindsight names or accepts as well. The decider is given, so that an old model can be tried
    as well as the present one, and so that nothing here can reach back into a decision.
    """
    results = [(case, decider(questionnaire, case.answers)) for case in cases]
    return tuple(
        Trial(case=case, result=result, hit=case.accepts(result.verdict) if case.scorable else None)
        for case, result in results
    )
