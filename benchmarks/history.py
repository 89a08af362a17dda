"""How many commits the scanner reads and counts in a second of one processor's time: goal 5,000.

Run: python -m benchmarks.history [REPOSITORY ...] [--months 1200]

Without a repository it makes one: 20,000 commits in 2,000 files of 40 apps, every fourth a merge. Of a repository that
is named, apps are taken to be the directories that hold more than three Python files. git's time and our own are
counted, whatever else the machine does meanwhile; on two idle processors a scan is faster still, since git runs twice.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assess.evidence.scanner.facts import App  # noqa: E402  # also where this file is run by its path
from assess.evidence.scanner.git import read_git  # noqa: E402
from assess.evidence.scanner.history import read_commits, read_history, read_people, read_rhythm  # noqa: E402
from tests.repositories import Made, git, make_repository  # noqa: E402

GOAL = 5_000
COMMITS = 20_000


def make_large_repository(directory: Path) -> Path:
    """20,000 commits, each of three files in one or two of 40 apps."""
    made = [Made([f"apps/app{number % 40}/part{number % 50}.py" for number in range(2_000)])]
    for mark in range(2, COMMITS + 1):
        first, second = mark * 7 % 40, mark * (7 if mark % 3 else 11) % 40
        files = [f"apps/app{first}/part{mark % 50}.py", f"apps/app{second}/part{mark % 31}.py", f"docs/{mark % 90}.md"]
        author = f"Author {mark % 60} <author{mark % 60}@example.org>"
        # Every fourth merges the two before it, as a branch of the one before those.
        is_merge = mark > 4 and mark % 4 == 0
        made.append(Made(files, author, merges=mark - 1, after=mark - 3) if is_merge else Made(files, author))
    return make_repository(directory, made)


def measure(repository: Path, months: int) -> float:
    """Commits a second of a processor, of all commits that are read; prints what was found."""
    listed = git(Path("/"), "--git-dir", str(git_directory(repository)), "ls-tree", "-rz", "--name-only", "HEAD")
    paths = os.fsdecode(listed).split("\0")
    python = [path for path in paths if path.endswith(".py")]
    folders = Counter(path.rpartition("/")[0] for path in python)
    apps = [App(folder, folder, folder, folder) for folder, files in sorted(folders.items()) if files > 3]
    start, before = time.perf_counter(), os.times()
    reading = read_git(repository, months)
    if reading.log is None:
        raise SystemExit(f"{repository}: {reading.limits} {reading.problems}")
    history = read_history(reading.log, apps)
    people = read_people(reading.log, apps, python, None)
    rhythm = read_rhythm(reading.log)
    wall, after = time.perf_counter() - start, os.times()
    ours = after.user + after.system - before.user - before.system
    gits = after.children_user + after.children_system - before.children_user - before.children_system
    steps = {commit.name for commit in read_commits(reading.log.steps)}
    commits = len(steps | {commit.name for commit in read_commits(reading.log.commits)})
    speed = commits / (ours + gits)
    print(
        f"{repository}: {commits:,} commits, {speed:,.0f} a second (git {gits:.2f} s, counting {ours:.2f} s; "
        f"by the clock {wall:.2f} s); {len(apps)} apps, {history.units:,} units, {history.across_apps:,} across, "
        f"{people.active_authors} active authors, {rhythm.tags} tags"
    )
    return speed


def git_directory(repository: Path) -> Path:
    return repository / ".git" if (repository / ".git").exists() else repository


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="*", type=Path, metavar="REPOSITORY")
    parser.add_argument("--months", type=int, default=1200)
    options = parser.parse_args()
    print(subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        repositories = options.repositories or [make_large_repository(Path(folder) / "made")]
        slowest = min(measure(repository, options.months) for repository in repositories)
    print(f"slowest: {slowest:,.0f} commits a second, goal {GOAL:,}")
    if slowest < GOAL:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
