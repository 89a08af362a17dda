"""What a decision says: the verdict, the rule behind it, every score and what it is made of, and what is still open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["stay", "modular", "extract"]
#: In the order of what is cheaper to undo, which is how ties go.
VERDICTS: tuple[Verdict, ...] = ("stay", "modular", "extract")
Form = Literal["healthy", "offload", "motives", "cure", "first_step", "consolidate", "hot_part", "organisation", "keep"]
GateState = Literal["passed", "failed", "open"]
#: Before a pain was asked nothing is decided; else the verdict is firm, or open answers can still change it.
Firmness = Literal["undecided", "conditional", "firm"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one answer adds to a score, in whole points. A score is exactly the sum of its contributions."""

    axis: str
    key: str
    value: str  #: the answer in words, for a person
    level: int  #: 0 (calm, weak) to 100 (acute, strong), as the questionnaire reads it
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One axis: `points` from what is known, `low` to `high` from what is still open (low equals points)."""

    axis: str
    points: int
    high: int
    threshold: int | None  #: where a pain becomes acute; None for axes without one
    contributions: tuple[Contribution, ...]
    open_keys: tuple[str, ...]  #: questions whose answer would still move it
    title: str = ""  #: what the questionnaire calls an axis of its own; "" for those of the model

    @property
    def is_own(self) -> bool:
        """Whether it is an axis that the questionnaire adds; no rule reads it."""
        return bool(self.title)

    @property
    def low(self) -> int:
        return self.points


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """A condition on extracting anything. `keys` are the questions that settle it."""

    gate: str
    state: GateState
    keys: tuple[str, ...]
    sentence: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChecklistItem:
    """One of the seven questions of S3's readiness checklist."""

    key: str
    state: Literal["yes", "no", "unknown"]
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One line of the argument. `code` is stable; `weighs` says for which verdict it speaks, "" where for none.

    `kind` sorts the lines: rule, pain, separability, readiness, gate, condition, motive, context.
    """

    code: str
    kind: str
    sentence: str
    source: str
    weighs: Verdict | Literal[""]
    keys: tuple[str, ...] = ()
    points: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something to do next, tied to the answers that caused it, and how to tell that it is done."""

    code: str
    title: str
    why: str
    done: str
    days: Literal[30, 60, 90]
    keys: tuple[str, ...]
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PathStep:
    """One rule on the way to the verdict: what it gives, and whether it was ruled out, is still possible, or fired."""

    rule: str
    verdict: Verdict
    state: Literal["ruled_out", "possible", "fired"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A decision, complete enough to be argued with. Pure data; `to_json` gives the contract's JSON."""

    questionnaire: str
    questionnaire_version: int
    model_version: int
    verdict: Verdict
    form: Form
    rule: str
    rule_sentence: str
    rule_source: str
    headline: str  #: the recommendation in one sentence
    firm: bool
    possible_verdicts: tuple[Verdict, ...]
    ask_next: str | None  #: the open question that narrows the possible verdicts most
    scores: Mapping[str, Score]  #: by axis, all of `AXES`, then the questionnaire's own
    checklist: tuple[ChecklistItem, ...]
    gates: tuple[Gate, ...]
    reasons: tuple[Reason, ...]
    steps: tuple[Step, ...]
    open_keys: tuple[str, ...]  #: every asked question without a known answer
    decisive_open_keys: tuple[str, ...]  #: those of them that could still change the verdict
    path: tuple[PathStep, ...] = ()  #: the rules in order, up to the one that fired
    deciding_keys: tuple[str, ...] = ()  #: the known answers that the rule that fired rests on
    basis_counts: Mapping[str, int] = field(default_factory=dict)  #: how many of these are measured, estimated, guessed
    part: str = ""  #: the name of the part that this is about, where it has one
    firmness: str = ""  #: how settled the verdict is, in a sentence
    fewest_to_settle: int = 0  #: so many further answers could settle it, at the least
    asked_pain: bool = True  #: False while no question about a pain has an answer

    def strongest(self, *, for_verdict: bool, most: int = 3) -> tuple[Reason, ...]:
        """The reasons that speak for this verdict, or for another, strongest first; each answer speaks once."""
        told: list[Reason] = []
        heard: set[str] = set()
        for reason in self.reasons:
            new = not reason.keys or not heard.issuperset(reason.keys)
            if reason.kind != "rule" and reason.weighs and new and (reason.weighs == self.verdict) == for_verdict:
                told.append(reason)
                heard.update(reason.keys)
        return tuple(told[:most])

    @property
    def state(self) -> Firmness:
        """`undecided` while no pain was asked and nothing else decides; `verdict` then holds what is cheapest to
        undo."""
        if self.firm:
            return "firm"
        return "conditional" if self.asked_pain else "undecided"

    @property
    def shown_verdict(self) -> Verdict | Literal[""]:
        """The verdict to show and keep; "" while undecided, when `verdict` only holds what is cheapest to undo."""
        return "" if self.state == "undecided" else self.verdict

    @property
    def own_scores(self) -> tuple[Score, ...]:
        """The scores of the questionnaire's own axes, which no rule reads."""
        return tuple(score for score in self.scores.values() if score.is_own)

    @property
    def further_reasons(self) -> tuple[Reason, ...]:
        """The reasons beside the rule, the strongest each way and the motives."""
        shown = {*self.strongest(for_verdict=True), *self.strongest(for_verdict=False)}
        return tuple(reason for reason in self.reasons if reason.kind not in ("rule", "motive") and reason not in shown)

    @property
    def motives(self) -> tuple[Reason, ...]:
        """The weak reasons that were given, whatever the verdict."""
        return tuple(reason for reason in self.reasons if reason.kind == "motive")

    @property
    def checklist_counts(self) -> Mapping[str, int]:
        """How many of the seven are `yes`, `no` and `unknown`, and `of` how many that apply."""
        states = [item.state for item in self.checklist]
        return {
            "yes": states.count("yes"),
            "no": states.count("no"),
            "unknown": states.count("unknown"),
            "of": len(states),
        }
