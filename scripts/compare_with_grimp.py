"""Compares the scanner's imports with grimp's, and has import-linter and tach check the boundaries of real projects.

    python -m scripts.compare_with_grimp CHECKOUT ... [--tach PATH]

Run by hand, on checkouts that you may write to: a configuration is written into each for as long as the tools run.
Nothing of a checkout is executed. Prints a row of a Markdown table for each, and every import that grimp alone sees.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from assess.evidence.boundaries import count_exceptions, write_import_linter, write_tach
from assess.evidence.records import Scan, read_evidence
from assess.evidence.scanner.apps import find_apps, find_roots
from assess.evidence.scanner.command import scan
from assess.evidence.scanner.imports import Modules, resolve_imports
from assess.evidence.scanner.reading import read_repository

COLUMNS = (
    "Project", "Commit", "Files", "grimp's imports", "Found", "Others in its modules", "Scanner", "grimp",
    "Resolving", "To cut", "Exceptions", "import-linter", "tach",
)  # fmt: skip

ASK_GRIMP = """
import json, sys, time
import grimp
started = time.perf_counter()
graph = grimp.build_graph(*sys.argv[1:], cache_dir=None)
imports = [(importer, each) for importer in graph.modules for each in graph.find_modules_directly_imported_by(importer)]
print(json.dumps({"seconds": time.perf_counter() - started, "modules": sorted(graph.modules), "imports": imports}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path, nargs="+", metavar="CHECKOUT")
    parser.add_argument("--tach", default="", help="the program tach, where it is installed")
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for checkout in options.checkouts:
        evidence = read_evidence(scan(str(checkout)))
        row = [checkout.name, (evidence.data["repository"]["commit"] or "")[:10], str(evidence.data["files"]["python"])]
        row += compare_imports(checkout, evidence)
        row += [f"{evidence.cut_share or 0:.1%}", str(count_exceptions(evidence))]
        linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "boundaries.toml"]
        row += [check_in(checkout, "boundaries.toml", write_import_linter(evidence), linter, evidence)]
        if options.tach:
            row += [check_in(checkout, "tach.toml", write_tach(evidence), [options.tach, "check"], evidence)]
        print(f"| {' | '.join(row)} |", flush=True)


def compare_imports(checkout: Path, evidence: Scan) -> list[str]:
    """Cells: grimp's imports, how many of them were found, how many others in modules that grimp sees; seconds."""
    started = time.perf_counter()
    facts = read_repository(str(checkout)).facts
    roots = find_roots(facts)
    apps = find_apps(facts, roots)
    before_resolving = time.perf_counter()
    resolve_imports(facts, apps, roots)
    resolved = time.perf_counter()
    modules = Modules((each.path for each in facts), roots)
    found = {
        (modules.name_of(file.path), modules.name_of(target))
        for file in facts
        for each in file.imports
        for target in modules.imported_by(file.path, each)
    }
    packages = evidence.data["boundaries"]["packages"]
    # In a process of its own: a checkout may have a package `scripts`, as we do.
    done = subprocess.run(
        [sys.executable, "-c", ASK_GRIMP, *(each["name"] for each in packages)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": ":".join(sorted({each["root"] for each in packages}))},
        stdout=subprocess.PIPE,
        check=True,
    )
    answer = json.loads(done.stdout)
    theirs = {(importer, imported) for importer, imported in answer["imports"] if importer != imported}
    for importer, imported in sorted(theirs - found):
        print(f"not found: {importer} -> {imported}", file=sys.stderr)
    others = {pair for pair in found - theirs if set(answer["modules"]) >= set(pair)}
    return [
        f"{len(theirs):,}",
        f"{len(theirs & found):,}",
        f"{len(others):,}",
        f"{resolved - started:.2f} s",
        f"{answer['seconds']:.2f} s",
        f"{resolved - before_resolving:.2f} s",
    ]


def check_in(checkout: Path, name: str, configuration: str, command: list[str], evidence: Scan) -> str:
    """What a tool says of a configuration in the checkout as it is: accepted, or its last words."""
    target = checkout / name
    if target.exists():
        sys.exit(f"{target} is there already.")
    target.write_text(configuration)
    roots = sorted({each["root"] for each in evidence.data["boundaries"]["packages"]})
    environment = {**os.environ, "PYTHONPATH": ":".join(roots)}
    try:
        done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    finally:
        target.unlink()
    if done.returncode:
        print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
    return "accepted" if not done.returncode else f"refused ({done.returncode})"


if __name__ == "__main__":
    main()
