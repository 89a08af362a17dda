"""All tests: `test.py [pytest's own arguments]`. First on SQLite, then those marked `both_databases` on PostgreSQL.

The last line is pytest's closing line of the first run, or of the one that failed.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from postgres import programs, temporary_postgres  # noqa: E402  # beside this file

#: pytest's last line, such as "=== 3 failed, 120 passed in 4.20s ===".
CLOSING = re.compile(
    r"(\d+ (passed|failed|error|skipped|deselected|xfailed|xpassed|warning)|no tests ran).* in [\d.]+s"
)
NO_TESTS = 5  # pytest's status when nothing was selected


def pytest(*arguments: str, **environment: str) -> tuple[int, str]:
    """Runs pytest, shows what it says as it says it, and returns its status and closing line."""
    # Three at a time also on two processors: tests wait for disk and browser about half of their time.
    command = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "worksteal", *arguments]
    variables = {**os.environ, **environment}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    closing = ""
    with subprocess.Popen(command, cwd=ROOT, env=variables, text=True, **pipes) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            if CLOSING.search(line):
                closing = line.strip()
    return run.returncode, closing


def end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)  # runs what stands in `finally`: the PostgreSQL is stopped


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, end)
    print("== Tests on SQLite", flush=True)
    status, closing = pytest(*arguments)
    if programs() is None:
        print("== Not run on PostgreSQL: its programs are not on this machine (apt install postgresql)", flush=True)
    else:
        print("== Saving and access on PostgreSQL", flush=True)
        try:
            with temporary_postgres() as url:
                second, its_closing = pytest("-m", "both_databases", *arguments, DATABASE_URL=url)
        except RuntimeError as issue:
            second, its_closing = 1, f"PostgreSQL: {issue}"
        if second == NO_TESTS and arguments:
            second = 0  # the arguments chose none of them
        print(f"== On PostgreSQL: {its_closing.strip(' =')}", flush=True)
        if second and not status:
            status, closing = second, its_closing
    print(closing, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
