"""Where parts that a project later gave away stood among its candidates, a year before:

    python scripts/judge_candidates.py CHECKOUT DAY APP...

Scans the checkout as it was on that day (YYYY-MM-DD), with the twelve months before it, and prints each app’s place.
What a later reader knows of load and criticality is not given. Changes nothing in the checkout but adds a work tree
beside it for the while.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assess.evidence.facade import Candidates, build_candidates, build_inventory, read_evidence  # noqa: E402
from assess.evidence.scanner.command import main  # noqa: E402


def run_git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(checkout), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def candidates_on(checkout: Path, day: str) -> tuple[str, Candidates]:
    """The commit, and all candidates of that day."""
    commit = run_git(checkout, "rev-list", "-1", "--first-parent", f"--before={day}T00:00:00Z", "HEAD")
    with tempfile.TemporaryDirectory() as directory:
        tree, out = Path(directory, "tree"), Path(directory, "evidence.json")
        run_git(checkout, "worktree", "add", "--detach", "--no-checkout", str(tree), commit)
        try:
            patterns = ["*.py", "*.txt", "*.toml", "*.cfg", "CODEOWNERS"]  # a partial copy may lack pictures
            run_git(tree, "sparse-checkout", "set", "--no-cone", *patterns)
            run_git(tree, "checkout", "--quiet", commit)
            assert main([str(tree), "--out", str(out), "--no-cache"]) < 2
            scan = read_evidence(json.loads(out.read_text("utf-8")))
        finally:
            run_git(checkout, "worktree", "remove", "--force", str(tree))
    inventory = build_inventory(scan, None)
    assert inventory is not None, "a scan has modules"
    return commit, build_candidates(inventory)


if __name__ == "__main__":
    checkout, day, *apps = sys.argv[1:]
    commit, candidates = candidates_on(Path(checkout), day)
    print(f"{Path(checkout).name} at {commit[:12]}, {day}: {len(candidates.everything)} parts")
    print("first three:", ", ".join(each.app for each in candidates.top))
    places = {each.app: place for place, each in enumerate(candidates.ranked, 1)}
    for each in candidates.everything:
        if each.app in apps or each.module.name in apps:
            place = (
                f"place {places[each.app]} of {len(places)}" if each.app in places else f"apart: {each.apart_reason}"
            )
            print(f"{each.app}: ease {each.ease}, benefit {each.benefit}, {each.quadrant}, {place}")
