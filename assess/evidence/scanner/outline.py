"""What a configuration of import-linter needs to know of modules: the field `boundaries` of `evidence/1`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assess.evidence.scanner.cycles import Cycles
from assess.evidence.scanner.facts import App, FileFacts


def outline_boundaries(
    facts: Sequence[FileFacts], apps: Sequence[App], roots: Sequence[str], cycles: Cycles
) -> dict[str, Any]:
    """The field `boundaries` of a scan that is not anonymised (there it is null)."""
    return {"packages": [], "parts": [], "exceptions": [], "left_out": []}
