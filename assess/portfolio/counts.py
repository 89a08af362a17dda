"""How many systems of a portfolio have which verdict, state and missing gate, in numbers and in sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from assess.assessments.facade import AssessmentQuerySet, State
from assess.decision.facade import GATE_WORDS, VERDICTS
from assess.language import N_, Words, _, ngettext, number
from assess.review.facade import state_spec

#: So many gates are named; the others are in the table.
GATES_SHOWN: Final = 3

#: So many systems have a verdict; part of a sentence.
VERDICT_COUNT: Final = Words(
    {
        "stay": N_("{number} stay monolithic"),
        "modular": N_("{number} modular monolith"),
        "extract": N_("{number} extract services"),
    }
)
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
class GateCount:
    """Of how many systems with a verdict a gate is failed, and of how many it is not known."""

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
class Counts:
    """Numbers of systems; `verdicts` and `states` by slug, in their usual order. `gates` are those that most systems
    have not passed, failed ones first."""

    total: int
    verdicts: Mapping[str, int]
    states: Mapping[str, int]
    gates: Sequence[GateCount]

    @property
    def with_verdict(self) -> int:
        return sum(self.verdicts.values())

    @property
    def without_verdict(self) -> int:
        return self.total - self.with_verdict

    @property
    def by_verdict(self) -> str:
        """A sentence: how many systems have each verdict, and how many none."""
        parts = [VERDICT_COUNT[slug].format(number=number(count)) for slug, count in self.verdicts.items() if count]
        if self.without_verdict:
            parts.append(_("{number} without a verdict yet").format(number=number(self.without_verdict)))
        return _("{parts}.").format(parts=_(", ").join(parts))

    @property
    def by_state(self) -> str:
        """A sentence: how many systems are in each state."""
        parts = [
            _(state_spec(slug).counted).format(number=number(count)) for slug, count in self.states.items() if count
        ]
        return _("By state: {parts}.").format(parts=_(", ").join(parts))

    @property
    def finding(self) -> str:
        """The title: what most systems are advised."""
        if not self.total:
            return _("No system fits")
        systems = of_systems(self.total)
        if not self.with_verdict:
            return _("None {of_systems} has a verdict yet").format(of_systems=systems)
        verdict, count = max(self.verdicts.items(), key=lambda item: item[1])
        return advice_pattern(verdict, count).format(number=number(count), of_systems=systems)


def count_systems(queryset: AssessmentQuerySet) -> Counts:
    """The counts of these newest versions. One query."""
    # Gates first: with the state first, SQLite takes the index that begins with it and reads each row for the rest.
    groups = queryset.order_by().values_list("gates_not_passed", "current_verdict", "state").annotate(Count("pk"))
    verdicts, states, gates = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for gates_not_passed, verdict, state, count in groups:
        verdicts[verdict] += count
        states[state] += count
        for gate in gates_not_passed.items():
            gates[gate] += count
    total = states.total()
    with_verdict = total - verdicts[""]
    gate_counts = [
        GateCount(gate=gate, failed=gates[gate, "failed"], open=gates[gate, "open"], of=with_verdict)
        for gate in GATE_WORDS
    ]
    gate_counts.sort(key=lambda each: (-each.failed, -each.open))
    return Counts(
        total=total,
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
        states={state: states[state] for state in State.values},
        gates=[each for each in gate_counts if each.failed or each.open][:GATES_SHOWN],
    )


def of_systems(total: int) -> str:
    """Part of a sentence: "of 22 systems"."""
    return ngettext("of {count} system", "of {count} systems", total).format(count=number(total))


def advice_pattern(verdict: str, count: int) -> str:
    """The sentence that says how many systems are advised this verdict, with places for the numbers."""
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
