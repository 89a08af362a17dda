"""The models that a project's migrations leave, without running them; its model classes as a second reading."""

from __future__ import annotations

from collections.abc import Sequence

from assess.evidence.scanner.facts import App, FileFacts, Model, Relation


def replay_models(
    facts: Sequence[FileFacts], roots: Sequence[str], apps: Sequence[App]
) -> tuple[list[Model], list[Relation]]:
    """Every model of the project's apps, sorted by app and name, and every relation field of them.

    Relations within an app are given as well. A relation's `to_app` is "" where it leads out of the repository.
    """
    return [], []
