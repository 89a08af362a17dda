"""How many systems stand how, in numbers and in the sentences that say what they mean.

Counts of a whole workspace are kept (`Tally`) and read; those of a filter are counted as far as they tell something:
nobody reads a difference between 1,000 and 1,001.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assess.assessments.facade import State, Tally
from assess.decision.facade import GATE_WORDS, VERDICTS
from assess.language import N_, Words, _, ngettext, number
from assess.people.facade import Workspace
from assess.portfolio.lists import Search
from assess.portfolio.words import OF_VERDICT, of_systems
from assess.review.facade import state_spec

COUNTED_UP_TO = 1_000
GATES_SHOWN = 3

#: What is missing where a gate failed.
MISSING: Final = Words(
    {
        "boundaries": N_("Named boundaries are missing in {failed} of {of}"),
        "tracing": N_("Tracing is missing in {failed} of {of}"),
        "logging": N_("Central logging is missing in {failed} of {of}"),
        "pipeline": N_("An automated pipeline is missing in {failed} of {of}"),
        "platform": N_("Somebody to run the platform is missing in {failed} of {of}"),
    }
)
#: The same where it is open in others.
MISSING_OR_OPEN: Final = Words(
    {
        "boundaries": N_("Named boundaries are missing in {failed} of {of}, and not known in {open} more"),
        "tracing": N_("Tracing is missing in {failed} of {of}, and not known in {open} more"),
        "logging": N_("Central logging is missing in {failed} of {of}, and not known in {open} more"),
        "pipeline": N_("An automated pipeline is missing in {failed} of {of}, and not known in {open} more"),
        "platform": N_("Somebody to run the platform is missing in {failed} of {of}, and not known in {open} more"),
    }
)


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
        return self._words(self.total)

    @property
    def by_verdict(self) -> str:
        """How many are of each verdict, and how many of none, in a sentence."""
        parts = [OF_VERDICT[slug].format(number=self._words(count)) for slug, count in self.verdicts.items() if count]
        if self.without_verdict:
            parts.append(_("{number} without a verdict yet").format(number=self._words(self.without_verdict)))
        return _("{parts}.").format(parts=_(", ").join(parts))

    @property
    def by_state(self) -> str:
        """How many are in each state, in a sentence."""
        parts = [
            _(state_spec(slug).counted).format(number=self._words(count))
            for slug, count in self.states.items()
            if count
        ]
        return _("By state: {parts}.").format(parts=_(", ").join(parts))

    def _words(self, count: int) -> str:
        return f"{number(count)}+" if self.is_capped else number(count)

    @property
    def finding(self) -> str:
        """What the counts say, in a sentence."""
        if not self.total:
            return _("No system fits")
        systems = of_systems(self.total, is_capped=self.is_capped)
        if not self.judged:
            return _("None {of_systems} has a verdict yet").format(of_systems=systems)
        verdict, count = max(self.verdicts.items(), key=lambda item: item[1])
        return _advised(verdict, count).format(number=number(count), of_systems=systems)


def _advised(verdict: str, count: int) -> str:
    """What the greatest number of systems is advised, as a pattern."""
    if verdict == "stay":
        return ngettext(
            "{number} {of_systems} is advised to stay monolithic",
            "{number} {of_systems} are advised to stay monolithic",
            count,
        )
    if verdict == "modular":
        return ngettext(
            "{number} {of_systems} is advised to be a modular monolith",
            "{number} {of_systems} are advised to be a modular monolith",
            count,
        )
    return ngettext(
        "{number} {of_systems} is advised to extract services",
        "{number} {of_systems} are advised to extract services",
        count,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class GateCount:
    """Of how many judged systems a gate is failed, and of how many it is not known."""

    gate: str
    failed: int
    open: int
    of: int

    @property
    def sentence(self) -> str:
        if not self.failed:
            pattern = _("{gate}: not known in {open} of {of}")
        else:
            pattern = MISSING_OR_OPEN[self.gate] if self.open else MISSING[self.gate]
        numbers = {"failed": number(self.failed), "open": number(self.open), "of": number(self.of)}
        return pattern.format(gate=GATE_WORDS[self.gate], **numbers)


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
    return Tallies(numbers={(kind, name): count for kind, name, count in rows})


def count_found(asked: Search, tallies: Tallies) -> Counts:
    """The counts of what was asked for: kept ones where everything fits, else counted, up to a thousand. Two
    queries."""
    if not asked.filters.are_any:
        return tallies.counts
    found = list(asked.found.values_list("standing_verdict", "state")[: COUNTED_UP_TO + 1])
    is_capped = asked.end is not None or len(found) > COUNTED_UP_TO
    found = found[:COUNTED_UP_TO]
    verdicts = Counter(verdict for verdict, _state in found)
    states = Counter(state for _verdict, state in found)
    return Counts(
        total=len(found),
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
        states={state: states[state] for state in State.values},
        is_capped=is_capped,
    )
