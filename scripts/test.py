"""Tests: `test.py [--thorough] [pytest's own arguments]`, or `test.py --times` for what the last runs took.

Each suite has a part on SQLite and one on PostgreSQL. The thorough one has tests of faults too, one after the other,
since they compare the site in trouble with the idle site. What the quick one runs, the thorough one leaves out:

               SQLite                                 PostgreSQL
    quick      all but slow tests                     those marked `both_databases`, but slow ones
    thorough   slow tests; properties again, with     all others that use a database
               twelve times the examples

The last line is pytest's closing line, added up over both parts.
"""

import csv
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
TIMES = ROOT / "var" / "tests"
sys.path.insert(0, str(ROOT / "scripts"))

from postgres import programs, temporary_postgres  # noqa: E402  # beside this file

#: Options of pytest, by suite and database.
SUITES = {
    "quick": {
        "sqlite": ("-m", "not slow"),
        "postgresql": ("-m", "both_databases and not slow"),
    },
    "thorough": {
        "sqlite": ("-m", "slow or hypothesis", "--hypothesis-profile=thorough"),
        "postgresql": ("-m", "database and (slow or not both_databases)"),
        "faults": ("-m", "slow"),
    },
}
#: Processes, on two processors: tests in a browser wait some of their time, and a PostgreSQL works beside them.
WORKERS = {"sqlite": "3", "postgresql": "2", "faults": "0"}
#: pytest's last line, such as "=== 3 failed, 120 passed in 4.20s (0:00:04) ===".
CLOSING = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+|no tests ran) in ([\d.]+)s\b")
WORDS = ("failed", "passed", "skipped", "xfailed", "xpassed", "warnings", "errors", "rerun")
NO_TESTS = 5  # pytest's status when nothing was selected


def run_pytest(*arguments: str, **environment: str) -> tuple[int, Counter[str], float]:
    """Runs pytest, shows what it says as it says it, and returns its status, counts by word and seconds."""
    command = [sys.executable, "-m", "pytest", *arguments]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    # Images of containers often forbid to keep bytecode; then each process of each run would compile everything anew.
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}
    counts, seconds = Counter[str](), 0.0
    with subprocess.Popen(command, cwd=ROOT, env=variables, text=True, **pipes) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            if closing := CLOSING.match(line):
                found = re.findall(r"(\d+) ([a-z]+)", closing[1])
                counts = Counter({plural(word): int(number) for number, word in found})
                seconds = float(closing[2])
    return run.returncode, counts, seconds


def plural(word: str) -> str:
    return {"error": "errors", "warning": "warnings"}.get(word, word)


def closing_line(counts: Counter[str], seconds: float) -> str:
    """As pytest writes it."""
    words = ", ".join(f"{counts[word]} {word}" for word in WORDS if counts[word])
    return f" {words or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")


def files_of(suite: str, database: str) -> list[str]:
    """Where to look, so that a run need not read tests of which it would take none."""
    if (suite, database) == ("quick", "postgresql"):
        files = sorted((ROOT / "tests" / "integration").rglob("test_*.py"))
        return [str(path.relative_to(ROOT)) for path in files if "mark.both_databases" in path.read_text("utf-8")]
    if database == "postgresql":
        return ["tests/integration", "tests/browser"]
    if database == "faults":
        return ["tests/faults"]
    return ["tests", "--ignore=tests/faults"]


def run_suite(suite: str, arguments: list[str]) -> int:
    """Both parts; returns the first status that is not 0. With arguments in one process, which starts soonest."""
    counts, seconds, statuses = Counter[str](), 0.0, []

    def run_part(database: str, **environment: str) -> None:
        nonlocal seconds
        print(f"== {suite.capitalize()} tests {'of' if database == 'faults' else 'on'} {database}", flush=True)
        workers: tuple[str, ...] = ()
        files: list[str] = []
        if not arguments:
            workers = ("-n", WORKERS[database], "--dist", "worksteal")
            environment["TEST_TIMES"] = f"{suite}-{database}"
            files = files_of(suite, database)
        status, these, took = run_pytest(*workers, *SUITES[suite][database], *arguments, *files, **environment)
        statuses.append(0 if status == NO_TESTS and arguments else status)
        counts.update(these)
        seconds += took

    run_part("sqlite")
    if programs() is None:
        print("== Not run on PostgreSQL: its programs are not on this machine (apt install postgresql)", flush=True)
    else:
        try:
            with temporary_postgres() as url:
                run_part("postgresql", DATABASE_URL=url)
        except RuntimeError as problem:
            print(f"== Not run on PostgreSQL: {problem}", flush=True)
            counts["errors"] += 1
            statuses.append(1)
    if suite == "thorough" and not arguments:
        run_part("faults")
    print(closing_line(counts, seconds), flush=True)
    return next((status for status in statuses if status), 0)


def show_times() -> int:
    """The slowest 20 tests, and the time of each room, of the last whole runs."""
    tests: list[tuple[float, float, str]] = []
    rooms: dict[str, list[float]] = {}
    for path in sorted(TIMES.glob("times-*.csv")):
        part = path.stem.removeprefix("times-")
        with path.open(newline="") as file:
            for name, wall, processor in csv.reader(file):
                tests.append((float(processor), float(wall), f"{name}  [{part}]"))
                folder = "/".join(Path(name.partition("::")[0]).parts[1:3])
                times = rooms.setdefault(f"{folder}  [{part}]", [0, 0, 0])
                for place, more in enumerate((float(processor), float(wall), 1)):
                    times[place] += more
    if not tests:
        print("Nothing has been measured yet: make test", file=sys.stderr)
        return 1
    print("Processor s    Wall s  Slowest tests")
    for processor, wall, name in sorted(tests, reverse=True)[:20]:
        print(f"{processor:11.1f} {wall:9.1f}  {name}")
    print("\nProcessor s    Wall s   Tests  Room")
    for name, (processor, wall, number) in sorted(rooms.items(), key=lambda item: -item[1][0]):
        print(f"{processor:11.1f} {wall:9.1f} {number:7.0f}  {name}")
    processor, wall = sum(each[0] for each in tests), sum(each[1] for each in tests)
    print(f"{processor:11.1f} {wall:9.1f} {len(tests):7d}  all, without starting pytest and collecting")
    return 0


def end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)  # runs what stands in `finally`: the PostgreSQL is stopped


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, end)
    if "--times" in arguments:
        return show_times()
    thorough = "--thorough" in arguments
    return run_suite("thorough" if thorough else "quick", [each for each in arguments if each != "--thorough"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
