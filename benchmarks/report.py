"""How quick a PDF is against bare WeasyPrint, and what rendering costs those who save: `python benchmarks/report.py`.

1. Warm, the same HTML and styles in the same run: ours (report object to HTML to tagged PDF/A with its data inside, no
   garbage collection meanwhile) against WeasyPrint alone on that HTML, untagged, styles and fonts kept. Goal: at most
   1.3 times.
2. The 95th percentile of a save with nothing else going on, and with two reports under way all the time, by gunicorn
   and the niced worker as `make run` starts them. Goal: at most twice.

Figures are ratios of one run; the machine's speed drifts.
"""

import argparse
import gc
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "assess.settings"

SAVERS = 2
RENDERERS = 2
TURNS = 3
DEMO = "ecommerce-35-developers"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="renders of each kind")
    parser.add_argument(
        "--seconds", type=float, default=18, help="how long saves are measured, idle and beside renders"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPLITCHECK_VAR"] = folder
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        against_bare(options.rounds)
        beside_saves(options.seconds)


# --- 1


def against_bare(rounds: int) -> None:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from assess.reports import pdf
    from tests.unit.reports.made import demo_answers, made_data, made_report

    data = made_data(demo_answers(DEMO))
    report = replace(made_report(demo_answers(DEMO), submitted=True), attached=data)
    html, styles = pdf.report_html(report), pdf.styles()

    def ours() -> bytes:
        return pdf.render_pdf(pdf.report_html(report), data, dated=report.dated)

    def collecting() -> bytes:
        real, gc.disable = gc.disable, lambda: None
        try:
            return ours()
        finally:
            gc.disable = real

    fonts = FontConfiguration()
    sheet = weasyprint.CSS(string=styles, font_config=fonts)

    def bare() -> bytes:
        return weasyprint.HTML(string=html).write_pdf(stylesheets=[sheet], font_config=fonts)

    def fresh() -> bytes:
        own = FontConfiguration()
        own_sheet = weasyprint.CSS(string=styles, font_config=own)
        return weasyprint.HTML(string=html).write_pdf(stylesheets=[own_sheet], font_config=own)

    kinds: dict[str, Callable[[], bytes]] = {
        "bare WeasyPrint, styles kept": bare,
        "bare, styles read anew": fresh,
        "ours, collecting garbage": collecting,
        "ours": ours,
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for render in kinds.values():
        render()
    for _ in range(rounds):
        for name, render in kinds.items():
            # What one leaves behind must not be swept up in the next one's time.
            gc.collect()
            started = time.process_time()
            made = render()
            times[name].append(time.process_time() - started)
    floor = statistics.median(times["bare WeasyPrint, styles kept"])
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"PDF of {DEMO}: {len(made):,} bytes; font package {'found' if pdf.font_folder() else 'missing'}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"  {name:30} {median:6.3f} s of processor time   {median / floor:5.2f}")
    print(f"  goal: ours at most 1.3 times bare: {statistics.median(times['ours']) / floor:.2f}")


# --- 2


class Site:
    """The people and assessments of the benchmark, and their cookies."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.core.management import call_command

        from tests.factories import AnswerFactory, AssessmentFactory, MembershipFactory, TeamFactory, UserFactory
        from tests.unit.reports.made import demo_answers

        call_command("migrate", verbosity=0)
        # The limit of PDFs a minute is for each person, so many take turns.
        team = TeamFactory()
        self.cookies = []
        for _ in range(60):
            user = UserFactory()
            MembershipFactory(user=user, team=team)
            self.cookies.append(self.cookie(user, settings.SESSION_COOKIE_NAME))
        self.assessments = []
        for _ in range(SAVERS + RENDERERS):
            assessment = AssessmentFactory(team=team)
            for key, answer in demo_answers(DEMO).items():
                value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
                AnswerFactory(assessment=assessment, key=key, value=value, basis=answer.basis or "", note=answer.note)
            self.assessments.append(assessment.pk)

    @staticmethod
    def cookie(user: Any, name: str) -> str:
        from django.test import Client

        client = Client()
        client.force_login(user)
        return f"{name}={client.cookies[name].value}; csrftoken={'c' * 32}"


def request(
    port: int, method: str, path: str, cookie: str, body: bytes | None = None, kind: str = ""
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie, "X-CSRFToken": "c" * 32, "Accept": "application/json" if body else "text/html"}
    if kind:
        headers["Content-Type"] = kind
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def save_all_the_time(port: int, assessment: int, cookie: str, stop: threading.Event, times: list[float]) -> None:
    version = 1
    while not stop.is_set():
        change = {
            "question": "developers",
            "value": 10 + version % 50,
            "base_version": version,
            "mutation_id": str(uuid.uuid4()),
        }
        started = time.perf_counter()
        status, said = request(
            port, "POST", f"/assessments/{assessment}/answers", cookie, json.dumps(change).encode(), "application/json"
        )
        times.append(time.perf_counter() - started)
        if status != 200:
            raise SystemExit(f"a save got {status}: {said[:300]!r}")
        version += 1
        time.sleep(0.02)


def render_all_the_time(port: int, assessment: int, cookies: list[str], stop: threading.Event, done: list[int]) -> None:
    """Change an answer, ask for the PDF, look every second as the page does, and again."""
    turn = 0
    while not stop.is_set():
        cookie = cookies[turn % len(cookies)]
        turn += 1
        change = {
            "question": "models",
            "value": 100 + turn,
            "base_version": max(turn - 1, 0),
            "mutation_id": str(uuid.uuid4()),
        }
        body = json.dumps(change).encode()
        status, said = request(port, "POST", f"/assessments/{assessment}/answers", cookie, body, "application/json")
        if status != 200:
            raise SystemExit(f"a change got {status}: {said[:300]!r}")
        status, said = request(port, "POST", f"/assessments/{assessment}/report/", cookie)
        if status != 302:
            raise SystemExit(f"asking got {status}: {said[:300]!r}")
        while not stop.is_set():
            _, page = request(port, "GET", f"/assessments/{assessment}/report/", cookie)
            if b'data-stage="ready"' in page:
                done.append(1)
                break
            if b'data-stage="failed"' in page:
                raise SystemExit("a report could not be made")
            time.sleep(1)


@contextmanager
def running(*commands: tuple[list[str], int]) -> Iterator[None]:
    """Programs with how much they give way, stopped at the end."""
    started = [
        subprocess.Popen(["nice", "-n", str(nice), *command], cwd=ROOT, start_new_session=True)
        for command, nice in commands
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def beside_saves(seconds: float) -> None:
    site = Site()
    port = free_port()
    os.environ["PORT"] = str(port)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "scripts/gunicorn.conf.py"]
    worker = [
        sys.executable,
        "manage.py",
        "db_worker",
        "--interval",
        "0.3",
        "--no-startup-delay",
        "-v",
        "0",
        "--no-reload",
    ]
    with running((gunicorn, 0), (worker, 10)):
        wait_for(port)

        def measure(reports: bool) -> tuple[list[float], int]:
            stop, times, done = threading.Event(), [], []
            threads = [
                threading.Thread(target=save_all_the_time, args=(port, assessment, site.cookies[0], stop, times))
                for assessment in site.assessments[:SAVERS]
            ]
            if reports:
                half = len(site.cookies) // RENDERERS
                threads += [
                    threading.Thread(
                        target=render_all_the_time,
                        args=(port, assessment, site.cookies[n * half : (n + 1) * half], stop, done),
                    )
                    for n, assessment in enumerate(site.assessments[SAVERS:])
                ]
            for thread in threads:
                thread.start()
            time.sleep(3)  # until caches are warm and renders are under way
            times.clear()
            time.sleep(seconds / TURNS)
            measured = list(times)
            stop.set()
            for thread in threads:
                thread.join()
            return measured, len(done)

        # By turns, because a shared machine is not equally quick for a minute.
        idle: list[float] = []
        busy: list[float] = []
        made = 0
        for _ in range(TURNS):
            reset_versions(site)
            idle += measure(reports=False)[0]
            reset_versions(site)
            saves, reports = measure(reports=True)
            busy, made = busy + saves, made + reports
    print(f"Saves by {SAVERS} people, gunicorn with 2 workers and the niced worker")
    for name, times in (("idle", idle), (f"with {RENDERERS} reports under way ({made} made)", busy)):
        middle = statistics.median(times) * 1000
        print(f"  {name:40} {len(times):6} saves   median {middle:5.1f} ms   p95 {p95(times) * 1000:5.1f} ms")
    print(f"  goal: p95 beside reports at most twice the idle one: {p95(busy) / p95(idle):.2f}")


def reset_versions(site: Site) -> None:
    """Savers begin with version 1 of their answer, renderers with none."""
    from django.db import connection

    from assess.assessments.models import Answer

    Answer.objects.filter(key="developers").update(version=1)
    Answer.objects.filter(key="models", assessment__in=site.assessments).delete()
    connection.close()


def wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if request(port, "GET", "/account/login/", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the site did not start")


if __name__ == "__main__":
    main()
