"""Commands say in one sentence what is wrong around the site: no traceback, and an exit code that is not 0."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError

from assess.command_line import explain

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = sorted(path.stem for path in (ROOT / "assess/management/commands").glob("[a-z]*.py"))
#: Commands of others that operators run, too.
FOREIGN = ["clearsessions", "prune_db_task_results"]
DEMO = str(ROOT / "fixtures/demo/services-47.json")
ARGUMENTS = {
    "check_case": [DEMO],
    "check_ready": ["--exclude", "worker"],
    "db_worker": ["--batch"],
    "decide": [DEMO],
    "end_sessions": ["ana@example.org"],
    "lint_questionnaire": [str(next(ROOT.glob("fixtures/questionnaires/*.yaml")))],
    "report": ["1", "--out", "report.pdf"],
    "reset_two_step": ["ana@example.org"],
    "sweep": ["--check"],
    "verify_report": [DEMO],
}
#: These answer from files alone.
WITHOUT_DATABASE = {"backtest", "check_case", "decide", "lint_questionnaire", "sweep", "verify_report"}
#: Runs every command in one process, as `manage.py` does, and prints what each said and how it ended.
RUN_ALL = """
import contextlib, io, json, os, sys, traceback
from assess.command_line import main
os.environ["DJANGO_SETTINGS_MODULE"] = "assess.settings"
ended = {}
for name, arguments in json.loads(sys.argv[1]).items():
    out, status = io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main(["manage.py", name, *arguments])
        except SystemExit as end:
            status = end.code
        except BaseException:
            status = traceback.format_exc()
    ended[name] = (status, out.getvalue())
print(json.dumps(ended))
"""


def run(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    variables = {**inherited, "SPLITCHECK_VAR": str(var), **environment}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120
    )


@pytest.mark.slow
def test_every_command_on_an_unmigrated_database_says_so_in_one_sentence(tmp_path: Path) -> None:
    commands = {name: ARGUMENTS.get(name, []) for name in [*COMMANDS, *FOREIGN] if name not in WITHOUT_DATABASE}
    done = run("-c", RUN_ALL, json.dumps(commands), var=tmp_path)
    ended = json.loads(done.stdout)
    for name in ("db_worker", "remind", "verify_log", "load_fixtures", "load_demo", "report", *FOREIGN):
        status, said = ended[name]
        assert status, name
        assert "migrations have not run. Run `manage.py migrate`." in f"{status} {said}", name
    assert [name for name, (status, said) in ended.items() if "Traceback" in f"{status} {said}"] == []
    assert [name for name, (status, _said) in ended.items() if not status] == []


def manage(*arguments: str) -> list[str]:
    return [str(ROOT / "manage.py"), *arguments]


GUNICORN = ["-m", "gunicorn", "-c", str(ROOT / "scripts/gunicorn.conf.py")]
NOWHERE = "postgres://u:hunter2@127.0.0.1:1/x"
#: What is started, what is wrong with its environment, and the words that it is refused with.
REFUSED = {
    "workers that are no number": (GUNICORN, {"WEB_WORKERS": "x"}, "WEB_WORKERS is not a whole number"),
    "no workers": (GUNICORN, {"WEB_WORKERS": "0"}, "WEB_WORKERS is 0, which is not between 1 and"),
    "a port that is no number": (GUNICORN, {"PORT": "x"}, "PORT is not a whole number"),
    "a port beyond all ports": (manage("check"), {"PORT": "70000"}, "PORT is 70000, which is not between 1 and 65535"),
    "an address without a port": (GUNICORN, {"BIND": "0.0.0.0"}, "BIND is no address to listen on"),
    "an address with a scheme": (GUNICORN, {"BIND": "http://127.0.0.1:80"}, "BIND is no address to listen on"),
    "an address of another machine": (GUNICORN, {"BIND": "203.0.113.5:8000"}, "BIND=203.0.113.5:8000 cannot be"),
    "a site without migrations": (GUNICORN, {"PORT": "1025"}, "migrations have not run. Run `manage.py migrate`"),
    "unsafe production": (GUNICORN, {"SPLITCHECK_ENV": "production"}, "SECRET_KEY is missing"),
    "a folder that cannot be": (manage("remind"), {"SPLITCHECK_VAR": "/proc/none"}, "/proc/none cannot be made"),
    "a folder that is a file": (manage("remind"), {"SPLITCHECK_VAR": __file__}, "test_command_line.py cannot be made"),
    "a database server that is away": (manage("remind"), {"DATABASE_URL": NOWHERE}, "The database cannot be used"),
    "a database in no folder": (manage("migrate"), {"DATABASE_URL": "sqlite:////no/x"}, "The database cannot be used"),
    "a database that is none": (manage("remind"), {"DATABASE_URL": f"sqlite:///{__file__}"}, "file is not a database"),
    "an unknown command": (manage("remnid"), {}, "Unknown command: 'remnid'"),
    "unsafe production for a command": (manage("remind"), {"SPLITCHECK_ENV": "production"}, "SECRET_KEY is missing"),
    "a missing file": (manage("decide", "/no/answers.json"), {}, "/no/answers.json"),
    "a missing questionnaire": (manage("lint_questionnaire", "/no/file.yaml"), {}, "/no/file.yaml"),
    "a missing report": (manage("verify_report", "/no/report.pdf"), {}, "/no/report.pdf"),
    "a missing case": (manage("check_case", "/no/case.yaml"), {}, "/no/case.yaml"),
    "make run without a folder": ([str(ROOT / "scripts/prepare.py")], {"SPLITCHECK_VAR": "/proc/none"}, "/proc/none"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("command", "environment", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_around_the_site_is_a_sentence(
    tmp_path: Path, command: list[str], environment: dict[str, str], words: str
) -> None:
    done = run(*command, var=tmp_path, **environment)
    said = done.stdout + done.stderr
    assert done.returncode not in (0, None), said
    assert words in said
    assert "Traceback" not in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (ImproperlyConfigured("KEY is missing."), "KEY is missing."),
        (PermissionError(13, "Permission denied", "/srv/var/x"), "/srv/var/x: Permission denied."),
        (OSError(28, "No space left on device"), "No space left on device."),
        (OperationalError("attempt to write a readonly database"), "The database cannot be used: attempt to write"),
        (DatabaseError("file is not a database"), "The database cannot be used: file is not a database."),
    ],
)
@pytest.mark.django_db
def test_failures_of_the_surroundings_are_explained(problem: Exception, words: str) -> None:
    assert explain(problem).startswith(words)


@pytest.mark.parametrize("problem", [ProgrammingError("syntax error"), IntegrityError("not unique"), KeyError("a")])
@pytest.mark.django_db
def test_faults_of_ours_keep_their_traceback(problem: Exception) -> None:
    assert explain(problem) == ""
