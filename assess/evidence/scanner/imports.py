"""From what files import to edges between modules and apps: an own resolver over names and paths. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assess.evidence.scanner.facts import App, FileFacts, ImportEdge


def resolve_imports(facts: Sequence[FileFacts], apps: Sequence[App], roots: Sequence[str]) -> list[ImportEdge]:
    """Imports and references from a first-party module to another, within an app and between two; sorted.

    Not among them: what tests and migrations import, and modules that belong to no app. An app's module is the one
    with the longest `path` around it. `roots` are directories from which modules are imported ("." is the top).
    """
    return []
