"""What a report says of a scan and of measurements: what they did not see, what they are, each answer against them, and
what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from assess.language import _
from assess.questionnaire.facade import Value

#: What people made of a proposal; "" where nobody decided, or where the answer has changed since.
Decision = Literal["accepted", "overridden", ""]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanIdentity:
    """Which scan it is. `limits` are sentences on what it did not see."""

    repository: str
    commit: str  #: "" without git
    tool_version: str
    scanned_at: datetime
    attached_at: datetime
    attached_by: str
    sha256: str
    limits: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasurementIdentity:
    """Which file it was, and what it counts: each figure's name with its text."""

    kind: str
    kind_words: str
    shape_words: str
    file_name: str
    figures: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    attached_at: datetime
    attached_by: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimLine:
    """One answer against what was measured. `source` names a measurement, "" for a scan. `by` and `at` say who decided
    and when, `reason` why they overrode it."""

    key: str
    wording: str
    answer: str
    found: str
    source: str
    limits: tuple[str, ...]
    proposed: str  #: in words; "" where the figure proposes no answer
    proposed_value: Value | None
    confidence: str
    is_contradicted: bool
    decision: Decision
    reason: str
    by: str
    at: datetime | None

    @property
    def decision_words(self) -> str:
        """What was decided, or how the answer compares."""
        if self.decision == "accepted":
            return _("Accepted")
        if self.decision == "overridden":
            return _("Overridden")
        return _("Contradicted") if self.is_contradicted else _("Not decided")


@dataclass(frozen=True, kw_only=True)
class EvidenceData:
    """`scan` is None without one, or where those that were decided on are deleted."""

    scan: ScanIdentity | None
    measurements: tuple[MeasurementIdentity, ...]
    conflicts: tuple[str, ...]
    lines: tuple[ClaimLine, ...]

    @cached_property
    def by_key(self) -> Mapping[str, ClaimLine]:
        return {line.key: line for line in self.lines}

    @property
    def overrides(self) -> tuple[ClaimLine, ...]:
        return tuple(line for line in self.lines if line.decision == "overridden")

    def to_json(self) -> dict[str, object]:
        """As the document inside a report has it."""
        return {
            "scan": {
                "commit": self.scan.commit or None,
                "tool_version": self.scan.tool_version,
                "scanned_at": self.scan.scanned_at.isoformat(),
                "sha256": self.scan.sha256,
                "limits": list(self.scan.limits),
            }
            if self.scan
            else None,
            "measurements": [
                {
                    "kind": each.kind,
                    "file_name": each.file_name,
                    "figures": dict(each.figures),
                    "warnings": list(each.warnings),
                    "attached_at": each.attached_at.isoformat(),
                    "sha256": each.sha256,
                }
                for each in self.measurements
            ],
            "conflicts": list(self.conflicts),
            "answers": {
                line.key: {
                    "found": line.found,
                    "measurement": line.source or None,
                    "proposed": line.proposed_value,
                    "decision": line.decision or None,
                    "reason": line.reason or None,
                    "by": line.by or None,
                    "at": line.at.isoformat() if line.at else None,
                }
                for line in self.lines
            },
        }
