"""Counts as squares: small changes that the verdict survives, how answers are known, the readiness checklist."""

from dataclasses import dataclass
from typing import Final, Literal

from assess.decision.facade import Result, Robustness
from assess.language import _, in_a_row, ngettext
from assess.questionnaire.facade import Answers, Questionnaire, is_asked

#: Full: known or holds. Pale: estimated or guessed. Cross: a known no, or breaks. Open: not known. Decisive: not known,
#: and can change the verdict.
Kind = Literal["full", "pale", "cross", "open", "decisive"]
#: Units of the drawing: a square with the gap behind it, and how many stand in a row.
PITCH: Final = 18
COLUMNS: Final = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Squares:
    """A count as squares, for `charts/squares.svg`."""

    kinds: tuple[Kind, ...]
    finding: str  #: what the squares say, as a sentence without its full stop
    columns: int = COLUMNS

    @property
    def cells(self) -> tuple[tuple[Kind, int, int], ...]:
        """Each square with where it is: kind, x, y."""
        return tuple(
            (kind, place % self.columns * PITCH, place // self.columns * PITCH) for place, kind in enumerate(self.kinds)
        )

    @property
    def width(self) -> int:
        return self.columns * PITCH

    @property
    def height(self) -> int:
        return max(-(-len(self.kinds) // self.columns), 1) * PITCH

    def number_of(self, *kinds: Kind) -> int:
        """How many squares are of these kinds."""
        return sum(kind in kinds for kind in self.kinds)


def build_small_changes(robustness: Robustness) -> Squares:
    """One-step changes of the answers given: those that leave the verdict as it is, then those that change it."""
    breaks = robustness.of - robustness.holds
    kinds: list[Kind] = ["full"] * robustness.holds
    kinds += ["cross"] * breaks
    finding = _("{holds} of {of} small changes leave the verdict as it is")
    if not robustness.of:
        finding = _("No answer to change yet")
    return Squares(kinds=tuple(kinds), finding=finding.format(holds=robustness.holds, of=robustness.of))


def build_evidence(questionnaire: Questionnaire, answers: Answers, result: Result) -> Squares:
    """One square an answer: measured, then estimated or guessed, then open ones, the decisive first."""
    known = [
        answer
        for question in questionnaire.questions
        if (answer := answers.get(question.key)) and answer.value is not None and is_asked(question, answers)
    ]
    measured = sum(answer.basis == "measured" for answer in known)
    decisive = len(result.decisive_open_keys)
    kinds: list[Kind] = ["full"] * measured
    kinds += ["pale"] * (len(known) - measured)
    kinds += ["decisive"] * decisive
    kinds += ["open"] * (len(result.open_keys) - decisive)
    finding = ngettext(
        "{measured} of {of} answers is measured", "{measured} of {of} answers are measured", measured
    ).format(measured=measured, of=len(kinds))
    return Squares(kinds=tuple(kinds), finding=finding)


def build_checklist(result: Result) -> Squares:
    """S3's seven questions in their order: yes, no or not known."""
    kinds: dict[str, Kind] = {"yes": "full", "no": "cross", "unknown": "open"}
    counts = result.checklist_counts
    parts = [_("{count} of {of} yes").format(count=counts["yes"], of=counts["of"])]
    if counts["no"]:
        parts.append(_("{count} no").format(count=counts["no"]))
    if counts["unknown"]:
        parts.append(_("{count} not known").format(count=counts["unknown"]))
    return Squares(
        kinds=tuple(kinds[item.state] for item in result.checklist),
        finding=in_a_row(parts),
        columns=max(len(result.checklist), 1),
    )
