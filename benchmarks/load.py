"""How long saving takes on a busy day, against one idle user. Run: python -m benchmarks.load

50 people answer, each with some seconds of thinking between two answers, beside 5 who read the portfolio of 40 systems
and 2 who ask for one PDF after the other, by gunicorn and the niced worker as `make run` starts them, on SQLite. One
person alone comes first, in turns with the rest, because a shared machine is not equally quick for a minute. Goals: the
95th percentile of a save is at most 5 times the idle one, and nobody is refused.

WEB_WORKERS and WEB_THREADS in the environment try other numbers; `--class sync` other workers.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import ClassVar

from benchmarks.report import SYSTEMS, Site, free_port, p95, request, running, wait_for, wait_until_made

GOAL = 5
PEOPLE, READERS, ASKERS = 50, 5, 2
KEYS = ("developers", "models", "teams", "services", "deploy_minutes", "deploys_per_week")


class Day:
    """Who uses the site, what they were answered, and how long saves took."""

    #: Of each answer, by assessment: the next turn goes on from them.
    versions: ClassVar[defaultdict[int, dict[str, int]]] = defaultdict(lambda: dict.fromkeys(KEYS, 0))

    def __init__(self, port: int, think: float) -> None:
        self.port, self.think = port, think
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.saves: list[float] = []
        self.refused: list[str] = []
        self.portfolios = self.pdfs = 0

    def pause(self, mean: float) -> None:
        self.over.wait(random.uniform(0.5, 1.5) * mean)

    def ask(self, method: str, path: str, cookie: str, body: bytes | None = None, kind: str = "") -> bytes:
        status, said = request(self.port, method, path, cookie, body, kind)
        if status not in {200, 302}:
            with self.lock:
                self.refused.append(f"{method} {path}: {status} {said[:200]!r}")
        return said

    def save(self, assessment: int, cookie: str, key: str, versions: dict[str, int]) -> float:
        """The seconds it took."""
        change = {
            "question": key,
            "value": random.randint(1, 90),
            "base_version": versions[key],
            "mutation_id": str(uuid.uuid4()),
        }
        began = time.perf_counter()
        said = self.ask(
            "POST", f"/assessments/{assessment}/answers", cookie, json.dumps(change).encode(), "application/json"
        )
        took = time.perf_counter() - began
        versions[key] = json.loads(said).get("version", versions[key])
        return took

    def answer(self, assessment: int, cookie: str) -> None:
        versions = self.versions[assessment]
        self.pause(self.think)
        while not self.over.is_set():
            took = self.save(assessment, cookie, random.choice(KEYS), versions)
            with self.lock:
                self.saves.append(took)
            self.pause(self.think)

    def read_portfolio(self, cookie: str) -> None:
        while not self.over.is_set():
            self.ask("GET", "/portfolio/", cookie)
            self.portfolios += 1
            self.pause(2)

    def ask_for_pdfs(self, assessment: int, cookie: str) -> None:
        """One after the other, each of other answers; somebody may ask for six a minute."""
        versions = self.versions[assessment]
        page = f"/assessments/{assessment}/report/"
        while not self.over.is_set():
            began = time.monotonic()
            self.save(assessment, cookie, "models", versions)
            self.ask("POST", page, cookie)
            done: list[int] = []
            wait_until_made(self.port, page, cookie, self.over, done)
            self.pdfs += len(done)
            self.over.wait(max(0.0, 11 - (time.monotonic() - began)))

    def live(self, seconds: float, *works: Callable[[], None]) -> None:
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.over.set()
        for thread in threads:
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=30, help="of a busy turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--think", type=float, default=4, help="mean seconds between two answers of a person")
    parser.add_argument("--class", dest="worker_class", default="", help="gunicorn's class of workers, such as sync")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPLITCHECK_VAR"] = folder
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        site = Site(PEOPLE)
        for number in range(SYSTEMS):
            site.submitted(f"Portfolio system {number}")
        assessments = [site.answered(fresh=True).pk for _ in range(PEOPLE + ASKERS + 1)]
        from django.db import connection

        connection.close()
        sys.exit(0 if measure(options, site, assessments) else 1)


def measure(options: argparse.Namespace, site: Site, assessments: list[int]) -> bool:
    port = free_port()
    os.environ["PORT"] = str(port)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "scripts/gunicorn.conf.py"]
    if options.worker_class:
        gunicorn += ["--worker-class", options.worker_class]
    worker = [sys.executable, "manage.py", "db_worker", "--interval", "0.3", "--no-startup-delay", "-v", "0"]
    idle: list[float] = []
    busy: list[float] = []
    refused: list[str] = []
    portfolios = pdfs = 0
    with running((gunicorn, 0), (worker, 10)):
        wait_for(port)
        for _ in range(options.turns):
            alone = Day(port, 0.1)
            alone.live(10, lambda alone=alone: alone.answer(assessments[-1], site.cookies[0]))
            idle += alone.saves
            day = Day(port, options.think)
            day.live(
                options.seconds,
                *(lambda day=day, i=i: day.answer(assessments[i], site.cookies[i]) for i in range(PEOPLE)),
                *(lambda day=day, i=i: day.read_portfolio(site.architects[i]) for i in range(READERS)),
                *(
                    lambda day=day, i=i: day.ask_for_pdfs(assessments[PEOPLE + i], site.cookies[i])
                    for i in range(ASKERS)
                ),
            )
            busy += day.saves
            refused += alone.refused + day.refused
            portfolios, pdfs = portfolios + day.portfolios, pdfs + day.pdfs
    print(
        f"{PEOPLE} people answering, {READERS} reading the portfolio ({portfolios}), {ASKERS} asking for PDFs ({pdfs})"
    )
    for name, times in (("one person, idle", idle), ("everybody", busy)):
        middle = statistics.median(times) * 1000
        print(f"  {name:20} {len(times):6} saves   median {middle:6.1f} ms   p95 {p95(times) * 1000:6.1f} ms")
    ratio = p95(busy) / p95(idle)
    met = ratio <= GOAL and not refused
    print(f"  p95 of a save {ratio:.2f} times the idle one, goal {GOAL}; refused {len(refused)}, goal 0: ", end="")
    print("met" if met else "MISSED")
    for line in refused[:5]:
        print(f"  {line}")
    return met


if __name__ == "__main__":
    main()
