"""Git repositories that tests make: small, and all at once by `git fast-import`, in one process each."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: 2 November 2026, noon.
NOON = 1_793_620_800
DAY = 86_400


@dataclass(frozen=True)
class Made:
    """A commit to make, a day after the one before. `merges` is the mark of a second parent; the first has 1."""

    files: Sequence[str] = ()
    author: str = "Ada <ada@example.org>"
    merges: int = 0
    after: int = -1  #: the mark of its first parent; -1 is the last commit, 0 none
    tag: str = ""


def git(directory: Path, *arguments: str, **options: object) -> bytes:
    """What git prints. The machine's own configuration has no say."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }
    run = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=directory,
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
        **options,  # type: ignore[arg-type]  # input=
    )
    return run.stdout


def make_repository(directory: Path, commits: Sequence[Made], *options: str) -> Path:
    """A repository with these commits on `main`, and no files checked out. `options` are those of `git init`."""
    directory.mkdir(parents=True, exist_ok=True)
    git(directory, "init", "--quiet", "--template=", "--initial-branch=main", *options)
    stream = []
    for mark, made in enumerate(commits, 1):
        time = f"{NOON + (mark - len(commits)) * DAY} +0000"
        parent = mark - 1 if made.after < 0 else made.after
        stream += [f"commit refs/heads/{'main' if parent == mark - 1 or made.merges else f'b{mark}'}", f"mark :{mark}"]
        stream += [f"author {made.author} {time}", f"committer {made.author} {time}", "data 0"]
        stream += [f"from :{parent}"] if parent else []
        stream += [f"merge :{made.merges}"] if made.merges else []
        for path in made.files:
            content = f"{path} as of {mark}"
            stream += [f'M 644 inline "{path}"', f"data {len(content.encode())}", content]
        stream += [f"reset refs/tags/{made.tag}", f"from :{mark}", ""] if made.tag else [""]
    stream += ["reset refs/heads/main", f"from :{len(commits)}", ""] if commits else []
    git(directory, "fast-import", "--quiet", "--force", input="\n".join(stream).encode())
    return directory
