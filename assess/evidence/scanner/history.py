"""What a repository's log says about co-change, people and rhythm. Pure: bytes in, counts out."""

from __future__ import annotations

from collections.abc import Sequence

from assess.evidence.scanner.facts import App, GitLog, History, People, Rhythm, SourceFile

MAX_UNIT_FILES = 50
ACTIVE_COMMITS = 5

#: Where GitHub and GitLab look for owners, the first that exists counts.
CODEOWNERS_PATHS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


def read_history(log: GitLog, apps: Sequence[App]) -> History:
    """Units of change that touch the apps, one by one and in pairs."""
    return History()


def read_people(log: GitLog, apps: Sequence[App], paths: Sequence[str], codeowners: SourceFile | None) -> People:
    """Authors of the repository and of each app. `paths` are all files read, for whom `codeowners` names owners."""
    return People(0, 0, 0, 0)


def read_rhythm(log: GitLog) -> Rhythm:
    """Merges and tags within the window."""
    return Rhythm(0, 0, 0, 0, None)
