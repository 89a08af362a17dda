"""The gates: what has to be true before anything is extracted."""

from dataclasses import dataclass

from assess.decision.facade import GATE_WORDS, Gate, GateState, Result
from assess.language import N_, Words, _, capitalised, in_a_row, ngettext, number_word

STATE_WORDS: Words[GateState] = Words({"passed": N_("Passed"), "failed": N_("Closed"), "open": N_("Not known")})


@dataclass(frozen=True, kw_only=True, slots=True)
class GateBox:
    """One gate with its name, its state in words and what that means."""

    gate: str
    name: str
    state: GateState
    sentence: str
    source: str
    keys: tuple[str, ...]

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gates:
    """All gates, for `charts/gates.html`."""

    boxes: tuple[GateBox, ...]

    def number_of(self, state: GateState) -> int:
        return sum(box.state == state for box in self.boxes)

    @property
    def finding(self) -> str:
        passed, failed, unknown = (self.number_of(state) for state in ("passed", "failed", "open"))
        of = len(self.boxes)
        if passed == of:
            return _("All {of} gates are passed").format(of=number_word(of))
        head = _("None of the {of} gates is passed")
        if passed:
            head = ngettext("{count} of {of} gates is passed", "{count} of {of} gates are passed", passed)
        head = head.format(count=capitalised(number_word(passed)), of=number_word(of))
        rest = []
        if failed:
            closed = ngettext("{count} is closed", "{count} are closed", failed)
            rest.append(closed.format(count=number_word(failed)))
        if unknown:
            pattern = ngettext("{count} is not known", "{count} are not known", unknown)
            rest.append(pattern.format(count=number_word(unknown)))
        return in_a_row([head, _(", ").join(rest)])


def build_gates(result: Result) -> Gates:
    """The gates of this result."""
    return Gates(boxes=tuple(gate_box(gate) for gate in result.gates))


def gate_box(gate: Gate) -> GateBox:
    """One gate in words."""
    return GateBox(
        gate=gate.gate,
        name=GATE_WORDS.get(gate.gate, gate.gate.capitalize()),
        state=gate.state,
        sentence=gate.sentence,
        source=gate.source,
        keys=gate.keys,
    )
