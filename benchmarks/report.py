"""How quick a PDF is against bare WeasyPrint, and what rendering costs those who save: `python benchmarks/report.py`.

1. Warm, a report of ten pages and more with twelve charts, the same HTML and styles in the same run: ours (report
   object to HTML to tagged PDF/A with its data inside, no garbage collection meanwhile) against WeasyPrint alone on
   that HTML, untagged, styles and fonts kept. Goal: at most 1.3 times, and 300 KB.
2. The 95th percentile of a save with nothing else going on, and with two reports under way all the time (one of an
   assessment, one of a portfolio of 40 systems), by gunicorn and the niced worker as `make run` starts them. Goal: at
   most twice.
3. How many kept PDFs a second are served to eight people who are signed in, against a bare view behind the same
   middleware, open to all and for those signed in, by gunicorn with nothing else going on. Goal: at least 0.6.

Figures are ratios of one run; the machine's speed drifts. `--only 3` runs one part.
"""

import argparse
import gc
import http.client
import json
import multiprocessing
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
TURNS = 3
READERS = 8
SYSTEMS = 40
DEMO = "ecommerce-35-developers"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="renders of each kind")
    parser.add_argument(
        "--seconds", type=float, default=18, help="how long saves are measured, idle and beside renders"
    )
    parser.add_argument("--only", type=int, choices=(1, 2, 3), help="this part alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPLITCHECK_VAR"] = folder
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        if options.only in (None, 1):
            against_bare(options.rounds)
        if options.only in (None, 2):
            beside_saves(options.seconds)
        if options.only in (None, 3):
            kept_served(options.seconds)


# --- 1


def against_bare(rounds: int) -> None:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from assess.reports import pdf, queue
    from assess.reports.renderings.html import render_report_html
    from tests.unit.reports.disagreement_factory import people_apart, since_the_last
    from tests.unit.reports.full_reports import whole_report
    from tests.unit.reports.report_factory import demo_answers, made_data, made_report

    data = made_data(demo_answers(DEMO))
    plain = made_report(demo_answers(DEMO), submitted=True)
    whole = whole_report(demo_answers(DEMO), state="submitted", disagreement=people_apart())
    report = replace(whole, attachment=data, since=since_the_last(plain))
    html, styles = render_report_html(report), pdf.styles()

    def ours() -> bytes:
        return pdf.render_pdf(render_report_html(report), data, dated=report.dated)

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
    charts, pages = html.count('role="img"'), queue.count_pages(made)
    print(f"PDF of {DEMO}: {len(made):,} bytes; {charts} charts, {pages} pages; goal: at most 300,000")
    print(f"  font package {'found' if pdf.font_folder() else 'missing'}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"  {name:30} {median:6.3f} s of processor time   {median / floor:5.2f}")
    print(f"  goal: ours at most 1.3 times bare: {statistics.median(times['ours']) / floor:.2f}")


# --- 2


class Site:
    """The people and assessments of the benchmark, and their cookies."""

    def __init__(self, people: int = 30) -> None:
        from django.conf import settings
        from django.core.management import call_command

        from assess.people.models import Role
        from tests.factories import MembershipFactory, TeamFactory, UserFactory

        call_command("migrate", verbosity=0)
        # The limit of PDFs a minute is for each person, so many take turns.
        self.team = TeamFactory()
        self.cookies, self.architects = [], []
        for _ in range(people):
            user = UserFactory()
            MembershipFactory(user=user, team=self.team)
            self.member = user
            self.cookies.append(self.cookie(user, settings.SESSION_COOKIE_NAME))
            architect = UserFactory()
            MembershipFactory(user=architect, workspace=self.team.workspace, team=None, role=Role.ARCHITECT)
            self.architects.append(self.cookie(architect, settings.SESSION_COOKIE_NAME))
        self.assessments = [self.answered().pk for _ in range(SAVERS + 1)]

    def answered(self, name: str = "", *, fresh: bool = False) -> Any:
        """An open assessment of the team with the answers of the demo, or if it is fresh without any."""
        from tests.factories import AnswerFactory, AssessmentFactory
        from tests.unit.reports.report_factory import demo_answers

        assessment = AssessmentFactory(team=self.team, by=self.member, **({"system__name": name} if name else {}))
        for key, answer in {} if fresh else demo_answers(DEMO).items():
            value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
            AnswerFactory(assessment=assessment, key=key, value=value, basis=answer.basis or "", note=answer.note)
        return assessment

    def submitted(self, name: str) -> Any:
        from assess.assessments.actions import submit_assessment

        assessment = self.answered(name)
        return submit_assessment(assessment, by=self.member)

    @staticmethod
    def cookie(user: Any, name: str) -> str:
        from django.test import Client

        client = Client()
        client.force_login(user)
        return f"{name}={client.cookies[name].value}; csrftoken={'c' * 32}"


def request(
    port: int, method: str, path: str, cookie: str, body: bytes | None = None, kind: str = ""
) -> tuple[int, bytes]:
    """The status and the body; of a redirect, where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie, "X-CSRFToken": "c" * 32, "Accept": "application/json" if body else "text/html"}
    if kind:
        headers["Content-Type"] = kind
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        said = response.read()
        return response.status, response.headers["Location"].encode() if response.status == 302 else said
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
        wait_until_made(port, f"/assessments/{assessment}/report/", cookie, stop, done)


def portfolios_all_the_time(port: int, cookies: list[str], stop: threading.Event, done: list[int]) -> None:
    turn = 0
    while not stop.is_set():
        cookie = cookies[turn % len(cookies)]
        turn += 1
        status, said = request(
            port, "POST", "/portfolio/report/", cookie, b"query=", "application/x-www-form-urlencoded"
        )
        if status != 302:
            raise SystemExit(f"asking for the portfolio got {status}: {said[:300]!r}")
        wait_until_made(port, said.decode(), cookie, stop, done)


def wait_until_made(port: int, page: str, cookie: str, stop: threading.Event, done: list[int]) -> None:
    while not stop.is_set():
        _, html = request(port, "GET", page, cookie)
        if b'data-stage="ready"' in html:
            done.append(1)
            return
        if b'data-stage="failed"' in html:
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
    for number in range(SYSTEMS):
        site.submitted(f"Portfolio system {number}")
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
                threads += [
                    threading.Thread(
                        target=render_all_the_time, args=(port, site.assessments[SAVERS], site.cookies, stop, done)
                    ),
                    threading.Thread(target=portfolios_all_the_time, args=(port, site.architects, stop, done)),
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
    for name, times in (("idle", idle), (f"with 2 reports under way ({made} made)", busy)):
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


# --- 3


def kept_served(seconds: float) -> None:
    from django.db import connection

    from assess.reports import service
    from assess.reports.loaders.report import with_report_relations

    site = Site()
    assessment = site.submitted("Payments platform")
    size = len(service.render_pdf_now(with_report_relations(type(assessment).objects.all()).get(pk=assessment.pk)))
    connection.close()
    port = free_port()
    os.environ["PORT"] = str(port)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "scripts/gunicorn.conf.py", "--max-requests", "0"]
    kept = f"/assessments/{assessment.pk}/report.pdf"
    with running(([*gunicorn, "benchmarks.saving_site:application"], 0)):
        wait_for(port)
        measured: dict[str, list[float]] = {"/bare-ok/": [], "/bare-signed-in/": [], kept: []}
        for turn in range(TURNS + 1):
            for path, rates in measured.items():
                cookies = [""] * READERS if path == "/bare-ok/" else site.cookies[:READERS]
                rate = rate_of(port, path, cookies, seconds / TURNS / 2)
                if turn:  # the first warms the workers
                    rates.append(rate)
    print(f"Kept PDF of {size:,} bytes, {READERS} people, gunicorn with 2 workers, SQLite")
    print(f"  kept PDF {statistics.median(measured[kept]):22.0f}/s")
    for name, path in (("bare view, open to all", "/bare-ok/"), ("bare view, signed in", "/bare-signed-in/")):
        floors = measured[path]
        ratio = statistics.median(rate / floor for rate, floor in zip(measured[kept], floors, strict=True))
        print(f"  {name:24}{statistics.median(floors):7.0f}/s   kept is {ratio:.2f} of it; goal 0.6")


def rate_of(port: int, path: str, cookies: list[str], seconds: float) -> float:
    """Answers a second to so many at once, each in a process of its own."""
    found: Any = multiprocessing.Queue()
    asking = [
        multiprocessing.Process(target=ask_again, args=(port, path, cookie, seconds, found), daemon=True)
        for cookie in cookies
    ]
    for process in asking:
        process.start()
    rates = [found.get(timeout=seconds + 60) for _ in asking]
    for process in asking:
        process.join()
    return sum(rates)


def ask_again(port: int, path: str, cookie: str, seconds: float, found: Any) -> None:
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        status, said = request(port, "GET", path, cookie)
        if status != 200:
            raise SystemExit(f"{path} got {status}: {said[:300]!r}")
        number += 1
    found.put(number / (time.perf_counter() - began))


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
