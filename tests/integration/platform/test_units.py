"""The units and crontab lines of the documentation carry the site's settings, and work as they are written."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT_FILE = "/etc/splitcheck.env"
DOCUMENTS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
KEY = "Zk3vQ9xw2LrT7uYpB5nMs8dFhJc6aGe4Xi1oRtUyWqEzAbCdKlPm"


def blocks(language: str) -> list[str]:
    """The code blocks of all documents in this language."""
    return [block for text in DOCUMENTS.values() for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]


UNITS = [block for block in blocks("ini") if "[Service]" in block]
CRON_COMMANDS = [
    line.split(maxsplit=5)[5] for block in blocks("cron") for line in block.splitlines() if re.match(r"[\d*@]", line)
]


def test_every_unit_and_cron_line_names_the_environment_file() -> None:
    assert len(UNITS) >= 2
    assert len(CRON_COMMANDS) >= 3
    for unit in UNITS:
        assert f"EnvironmentFile={ENVIRONMENT_FILE}\n" in unit
    for command in CRON_COMMANDS:
        assert command.startswith(f"set -a && . {ENVIRONMENT_FILE} && "), command


def test_every_unit_runs_as_its_own_user_without_new_rights() -> None:
    for unit in UNITS:
        for line in ("User=splitcheck", "NoNewPrivileges=yes", "ProtectSystem=strict", "ReadWritePaths="):
            assert f"{line}" in unit


def test_no_unit_reads_the_history_of_the_checkout() -> None:
    for unit in UNITS:
        assert "InaccessiblePaths=-/srv/splitcheck/.git\n" in unit


def test_a_shell_reads_the_example_as_systemd_does(tmp_path: Path) -> None:
    """Every setting of it switched on, as `NAME=value` or `NAME="value"`."""
    lines = [
        line.removeprefix("#")
        for line in (ROOT / ".env.example").read_text("utf-8").splitlines()
        if re.match(r"#?[A-Z_]+=", line)
    ]
    as_systemd = dict(line.split("=", 1) for line in lines)
    as_systemd = {name: value.removeprefix('"').removesuffix('"') for name, value in as_systemd.items()}
    file = tmp_path / "splitcheck.env"
    file.write_text("\n".join(lines))
    print_it = "import json, os; print(json.dumps(dict(os.environ)))"
    show = f"set -a && . {file} && exec {shlex.quote(sys.executable)} -c {shlex.quote(print_it)}"
    done = subprocess.run(["/bin/sh", "-c", show], env={}, capture_output=True, text=True, check=True)
    as_shell = json.loads(done.stdout)
    assert {name: as_shell.get(name) for name in as_systemd} == as_systemd


@pytest.mark.slow
def test_every_cron_line_works_on_the_site_of_the_environment_file(tmp_path: Path) -> None:
    file = tmp_path / "splitcheck.env"
    var = tmp_path / "var"
    file.write_text(
        f"SPLITCHECK_ENV=production\nSECRET_KEY={KEY}\nALLOWED_HOSTS=split.example.org\nEMAIL_TO_FILES=1\n"
        f'SPLITCHECK_VAR={var}\nDEFAULT_FROM_EMAIL="Splitcheck <splitcheck@example.org>"\n'
    )
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}  # as cron has it

    def run(command: str) -> subprocess.CompletedProcess[str]:
        command = command.replace(ENVIRONMENT_FILE, str(file)).replace("/srv/splitcheck", str(ROOT))
        command = re.sub(r"\| mail .*", "", command)  # there is no such program here
        return subprocess.run(["/bin/sh", "-c", command], env=bare, capture_output=True, text=True)

    migrate = f"set -a && . {ENVIRONMENT_FILE} && cd /srv/splitcheck && .venv/bin/python manage.py migrate -v 0"
    assert run(migrate).returncode == 0
    for command in CRON_COMMANDS:
        done = run(command)
        assert done.returncode == 0, (command, done.stderr)
    assert {path.name for path in var.iterdir() if "sqlite" in path.name} >= {"splitcheck.sqlite3"}
