"""How many systems stand how, in numbers and in the sentences that say what they mean.

Counts of a whole workspace are kept (`Tally`) and read; those of a filter are counted as far as they tell something:
nobody reads a difference between 1,000 and 1,001.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from assess.assessments.models import State, Tally
from assess.decision.result import VERDICTS
from assess.decision.wording import GATE_WORDS
from assess.people.models import Workspace
from assess.portfolio.lists import Search

COUNTED_UP_TO = 1_000
GATES_SHOWN = 3

#: What a verdict asks of a system, in a finding: "9 of 22 systems are advised to …".
ADVICE = {
    "stay": "stay monolithic",
    "modular": "be a modular monolith",
    "extract": "extract services",
}
#: What is missing where a gate failed: "… is missing in 14 of 22".
MISSING = {
    "boundaries": ("Named boundaries", "are"),
    "tracing": ("Tracing", "is"),
    "logging": ("Central logging", "is"),
    "pipeline": ("An automated pipeline", "is"),
    "platform": ("Somebody to run the platform", "is"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """`verdicts` and `states` by slug, in order; `is_capped`: there are more than were counted."""

    total: int
    verdicts: Mapping[str, int]
    states: Mapping[str, int]
    is_capped: bool = False

    @property
    def judged(self) -> int:
        """Systems with a verdict."""
        return sum(self.verdicts.values())

    @property
    def without_verdict(self) -> int:
        return self.total - self.judged

    @property
    def total_words(self) -> str:
        """The number as people read it: "22", or "1,000+" where not all were counted."""
        return f"{self.total:,}+" if self.is_capped else f"{self.total:,}"

    @property
    def by_verdict(self) -> list[tuple[str, str]]:
        return [(verdict, self._words(number)) for verdict, number in self.verdicts.items() if number]

    @property
    def by_state(self) -> list[tuple[str, str]]:
        return [(str(State(state).label), self._words(number)) for state, number in self.states.items() if number]

    def _words(self, number: int) -> str:
        return f"{number:,}+" if self.is_capped else f"{number:,}"

    @property
    def finding(self) -> str:
        """What the counts say, in a sentence."""
        if not self.total:
            return "No system fits"
        of = f"the first {self.total:,}" if self.is_capped else f"{self.total:,}"
        systems = "system" if self.total == 1 and not self.is_capped else "systems"
        if not self.judged:
            return f"None of {of} {systems} has a verdict yet"
        verdict, number = max(self.verdicts.items(), key=lambda item: item[1])
        are = "is" if number == 1 else "are"
        return f"{number:,} of {of} {systems} {are} advised to {ADVICE[verdict]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateCount:
    """Of how many judged systems a gate is failed, and of how many it is not known."""

    gate: str
    failed: int
    open: int
    of: int

    @property
    def sentence(self) -> str:
        what, verb = MISSING.get(self.gate, (GATE_WORDS.get(self.gate, self.gate), "is"))
        if not self.failed:
            return f"{GATE_WORDS.get(self.gate, self.gate)}: not known in {self.open:,} of {self.of:,}"
        more = f", and not known in {self.open:,} more" if self.open else ""
        return f"{what} {verb} missing in {self.failed:,} of {self.of:,}{more}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tallies:
    """All that is kept of one workspace."""

    numbers: Mapping[tuple[str, str], int]

    @property
    def systems(self) -> int:
        return self.numbers.get(("systems", "all"), 0)

    @property
    def counts(self) -> Counts:
        return Counts(
            total=self.systems,
            verdicts={verdict: self.numbers.get(("verdict", verdict), 0) for verdict in VERDICTS},
            states={state: self.numbers.get(("state", state), 0) for state in State.values},
        )

    @property
    def gates(self) -> list[GateCount]:
        """The gates that most systems have not passed: failed ones first."""
        judged = self.counts.judged
        found = [
            GateCount(
                gate=gate,
                failed=self.numbers.get(("gate", f"{gate}/failed"), 0),
                open=self.numbers.get(("gate", f"{gate}/open"), 0),
                of=judged,
            )
            for gate in GATE_WORDS
        ]
        found.sort(key=lambda count: (-count.failed, -count.open))
        return [count for count in found if count.failed or count.open][:GATES_SHOWN]


def tallies_of(workspace: Workspace) -> Tallies:
    """One query."""
    rows = Tally.objects.filter(workspace=workspace).values_list("kind", "name", "number")
    return Tallies(numbers={(kind, name): number for kind, name, number in rows})


def count_found(asked: Search, tallies: Tallies) -> Counts:
    """The counts of what was asked for: kept ones where everything fits, else counted, up to a thousand. Two
    queries."""
    if not asked.filters.are_any:
        return tallies.counts
    found = list(asked.found.values_list("standing_verdict", "state")[: COUNTED_UP_TO + 1])
    is_capped = asked.end is not None or len(found) > COUNTED_UP_TO
    found = found[:COUNTED_UP_TO]
    verdicts, states = Counter(verdict for verdict, _ in found), Counter(state for _, state in found)
    return Counts(
        total=len(found),
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
        states={state: states[state] for state in State.values},
        is_capped=is_capped,
    )
