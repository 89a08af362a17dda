"""Tools that a project uses for operating itself: listed as a dependency, imported or configured, with the file."""

from __future__ import annotations

from collections.abc import Sequence

from assess.evidence.scanner.facts import Capability, FileFacts, SourceFile


def is_configuration(path: str) -> bool:
    """Whether `find_capabilities` or `read_people` want the content of this file, which is not Python."""
    return False


def find_capabilities(configuration: Sequence[SourceFile], python: Sequence[FileFacts]) -> list[Capability]:
    """Every tool found, sorted by kind and name. `setup.py` belongs to `configuration` as well as to `python`."""
    return []
