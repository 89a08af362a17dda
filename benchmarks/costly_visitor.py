"""What others wait while a self-registered visitor does costly things, ten at a time.

Run: python -m benchmarks.costly_visitor

gunicorn serves the site with two sync workers on a temporary SQLite file, beside the background worker, as production
does. The visitor has a published questionnaire of 200 questions and sends ten requests at a time for as long as each
round lasts, without ever waiting as `Retry-After` asks. Meanwhile somebody else opens the login page again and again.
The floor is the 95th percentile of the same login page just before each round, while nothing else happens. Goal: it
stays under three times that.
"""

import argparse
import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.saving import site  # noqa: E402  # also where this file is run by its path

GOAL = 3.0
AT_A_TIME = 10
QUESTIONS = 200

Answer = tuple[str, str, bytes, dict[str, str]]


def large_questionnaire(version: int) -> bytes:
    """The built-in questionnaire with further questions like its own, up to the limit, under a name of its own."""
    import yaml

    from assess.questionnaire_files import BUILTIN_FILE, read_file

    document = yaml.safe_load(read_file(BUILTIN_FILE))
    document |= {"questionnaire": "large", "title": "Large", "version": version}
    sections = document["sections"]
    count = sum(len(section["questions"]) for section in sections)
    models = [
        question
        for section in sections
        for question in section["questions"]
        if question.get("reads") and question.get("options")
    ]
    kept = ("type", "wording", "hint", "why", "sources", "options", "reads")
    further = [
        {"key": f"own_{number}", **{name: model[name] for name in kept if name in model}}
        for number, model in zip(range(QUESTIONS - count), itertools.cycle(models), strict=False)
    ]
    shape = {name: value for name, value in sections[0].items() if name not in {"questions", "slug", "title"}}
    for number, start in enumerate(range(0, len(further), 40)):
        part = further[start : start + 40]
        sections.append({**shape, "slug": f"own_{number}", "title": f"Own {number}", "questions": part})
    document = json.loads(json.dumps(document))  # no part is shared, which YAML would write as a reference
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()


def prepare() -> None:
    """Make the visitor, and print what the requests need as JSON. In a process of its own, with the site's settings."""
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string

    from assess.assessments.actions import start_assessment, submit_assessment
    from assess.editions import actions, linting
    from assess.people.actions import create_workspace_for
    from assess.people.models import Membership, User
    from assess.people.roles import Role
    from assess.questionnaire.facade import Answer, load_questionnaire
    from assess.questionnaire_files import questionnaire_schema

    user = User.objects.create_user("visitor@example.org", name="Visitor")
    team = create_workspace_for(user)
    # Whoever signed up alone may give themselves every role of their workspace.
    Membership.objects.create(user=user, workspace=team.workspace, role=Role.ADMINISTRATOR)
    content = large_questionnaire(1)
    edition = actions.import_edition(workspace=team.workspace, content=content, by=user)
    actions.lint_run_of(edition, by=user)
    linting.lint_uploads.func()
    questionnaire = load_questionnaire(content, file="large.yaml", schema=questionnaire_schema())
    answers = {
        question.key: Answer(value=question.options[0].value if question.options else 5)
        for question in questionnaire.questions
        if question.kind in {"choice", "number"}
    }
    edition.published_at, edition.published_by = edition.imported_at, user
    edition.save()
    draft = start_assessment(team=team, system_name="Draft", edition=edition, by=user, carried=answers)
    closed = start_assessment(team=team, system_name="Closed", edition=edition, by=user, carried=answers)
    closed = submit_assessment(closed, by=user)
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    print(
        json.dumps(
            {
                "cookie": f"sessionid={session.session_key}; csrftoken={(csrf := _get_new_csrf_string())}",
                "csrf": csrf,
                "draft": draft.pk,
                "closed": closed.pk,
                "workspace": team.workspace_id,
                "content": content.decode(),
            }
        )
    )


def costly_things(made: dict[str, Any]) -> dict[str, Callable[[int], Answer]]:
    """By name, what makes the n-th request: method, path, body and headers. None of them repeats one that was kept."""

    def get(path: str, **query: object) -> Answer:
        return "GET", f"{path}?{urlencode(query)}" if query else path, b"", {}

    def upload(number: int) -> Answer:
        content = made["content"].replace("version: 1\n", f"version: {number + 2}\n", 1)
        boundary = "limit"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{made["csrf"]}\r\n',
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="own.yaml"\r\n\r\n{content}\r\n',
            f"--{boundary}--\r\n",
        ]
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return "POST", f"/questionnaires/import/{made['workspace']}/", "".join(parts).encode(), headers

    draft, closed = f"/assessments/{made['draft']}", f"/assessments/{made['closed']}"
    return {
        "dry run of a file": upload,
        "result of a draft": lambda number: get(f"{draft}/result/"),
        "what if": lambda number: get(f"{draft}/what-if/", developers=number + 6),
        "comparing": lambda number: get("/compare/", a=made["draft"], b=made["closed"]),
        "report as Word": lambda number: get(f"{closed}/report.docx"),
        "report to read": lambda number: get(f"{draft}/report/read/"),
        "searching cases": lambda number: get("/cases/", q=f"made up {number}"),
    }


@contextmanager
def background_worker(environment: dict[str, str]) -> Iterator[None]:
    command = ["nice", "-n", "10", sys.executable, "manage.py", "db_worker", "--interval", "0.5"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.kill()
        worker.wait(20)


def ask(port: int, request: Answer, cookie: str = "") -> tuple[int, float]:
    """Status and seconds."""
    method, path, body, headers = request
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, {**headers, **({"Cookie": cookie} if cookie else {})})
        response = connection.getresponse()
        response.read()
        return response.status, time.perf_counter() - began
    finally:
        connection.close()


def login_page_times(port: int, seconds: float) -> list[float]:
    """Seconds that the login page took, asked by one person every 20 ms."""
    times = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        times.append(ask(port, ("GET", "/account/login/", b"", {}))[1])
        time.sleep(0.02)
    return times


def beside(port: int, make: Callable[[int], Answer], cookie: str, seconds: float) -> tuple[list[float], Counter[int]]:
    """The login page's seconds while ten requests at a time are under way, and the statuses of those."""
    numbers, statuses, stop = itertools.count(), Counter[int](), threading.Event()

    def attack() -> None:
        while not stop.is_set():
            try:
                statuses[ask(port, make(next(numbers)), cookie)[0]] += 1
            except OSError:
                statuses[0] += 1

    threads = [threading.Thread(target=attack, daemon=True) for _ in range(AT_A_TIME)]
    for thread in threads:
        thread.start()
    times = login_page_times(port, seconds)
    stop.set()
    for thread in threads:
        thread.join(90)
    return times, statuses


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of each round")
    parser.add_argument("--only", default="", help="the rounds whose name has these words")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.prepare:
        prepare()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SPLITCHECK_VAR": folder, "DJANGO_SETTINGS_MODULE": "assess.settings"}
        environment.pop("DATABASE_URL", None)
        manage = [sys.executable, str(ROOT / "manage.py")]
        for command in (["migrate", "--verbosity", "0"], ["load_fixtures"], ["collectstatic", "--noinput", "-v", "0"]):
            subprocess.run([*manage, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
        prepared = subprocess.run(
            [sys.executable, "-m", "benchmarks.costly_visitor", "--prepare"],
            cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        made = json.loads(prepared.stdout.splitlines()[-1])
        with background_worker(environment), site(environment) as port:
            login_page_times(port, 2)  # warm
            worst = 0.0
            for name, make in costly_things(made).items():
                if arguments.only not in name:
                    continue
                floor = p95(login_page_times(port, arguments.seconds / 3))
                alone = ask(port, make(900), made["cookie"])
                times, statuses = beside(port, make, made["cookie"], arguments.seconds)
                ratio = p95(times) / floor
                worst = max(worst, ratio)
                said = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
                print(
                    f"{name:28} floor {floor * 1000:5.1f} ms, beside it {p95(times) * 1000:6.1f} ms: {ratio:4.1f}   "
                    f"(alone {alone[1] * 1000:.0f} ms, status {alone[0]}; {said})",
                    flush=True,
                )
                time.sleep(4)
    print(f"worst {worst:.1f} of the floor; goal: under {GOAL}")
    return 0 if worst < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
