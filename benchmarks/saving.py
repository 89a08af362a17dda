"""How many answers a second are saved, against a bare view behind the same middleware. Run: python -m benchmarks.saving

gunicorn serves the site's own settings with two sync workers, on a temporary SQLite file and, when DATABASE_URL names
one, on that PostgreSQL (in a database of its own, removed afterwards). Eight clients with a session each ask on
loopback, in turns: the floor (a view that answers "ok" behind the full middleware, without a session), then saves, each
the next version of an answer. Goals: 0.16 of the floor on SQLite, 0.11 on PostgreSQL.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
GOALS = {"sqlite": 0.16, "postgresql": 0.11}
CLIENTS = 8
KEYS = ("teams", "developers", "models", "services", "deploy_minutes", "deploys_per_week")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(environment: dict[str, str]) -> Iterator[int]:
    """The site under gunicorn as production runs it, plus the bare view; yields the port."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--config", str(ROOT / "scripts" / "gunicorn.conf.py"),
        "--bind", f"127.0.0.1:{port}", "--workers", "2", "--max-requests", "0", "benchmarks.saving_site:application",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("gunicorn did not start within 20 seconds")
        yield port
    finally:
        server.terminate()
        server.wait(20)


def ask(port: int, work: dict[str, Any], what: str, seconds: float, results: Any) -> None:
    """One client: asks until the time is over, and reports the time of each answer in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Cookie": f"sessionid={work['session']}; csrftoken={work['csrf']}",
        "X-CSRFToken": work["csrf"],
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    times: list[float] = []
    failed = 0
    versions = dict.fromkeys(KEYS, 0)
    ends = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < ends:
        number += 1
        key = KEYS[number % len(KEYS)]
        began = time.perf_counter()
        if what == "ok":
            connection.request("GET", "/bare-ok/")  # without a session, or the floor would query the database
        else:
            body = {
                "question": key, "value": number % 100, "note": "", "base_version": versions[key],
                "mutation_id": str(uuid.uuid4()),
            }  # fmt: skip
            connection.request("POST", work["url"], json.dumps(body), headers)
        response = connection.getresponse()
        told = response.read()
        times.append((time.perf_counter() - began) * 1000)
        if response.status != 200:
            failed += 1
        elif what == "save":
            versions[key] = json.loads(told)["version"]
        if response.will_close:
            connection.close()
    results.put((times, failed))


def measure(port: int, works: list[dict[str, Any]], what: str, seconds: float) -> tuple[float, float, int]:
    """Answers a second over all clients, the 95th percentile in milliseconds, and how many failed."""
    results: Any = multiprocessing.Queue()
    clients = [
        multiprocessing.Process(target=ask, args=(port, work, what, seconds, results), daemon=True) for work in works
    ]
    began = time.perf_counter()
    for client in clients:
        client.start()
    answers = [results.get(timeout=seconds + 60) for _ in clients]
    took = time.perf_counter() - began
    for client in clients:
        client.join()
    times = [one for times, _ in answers for one in times]
    return len(times) / took, statistics.quantiles(times, n=20)[18], sum(failed for _, failed in answers)


def prepare(environment: dict[str, str]) -> list[dict[str, Any]]:
    """Migrate, publish the questionnaire, and make for each client a person on one team with an assessment."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    run("manage.py", "migrate", "--verbosity", "0")
    run("manage.py", "load_fixtures")
    made = json.loads(run("-m", "benchmarks.saving_site", str(CLIENTS)))
    return list(made)


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """A database of this run's own on the PostgreSQL that the address names."""
    import psycopg

    name = f"splitcheck_benchmark_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(name: str, database_url: str, seconds: float, rounds: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="splitcheck-benchmark-") as folder:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"SPLITCHECK_VAR": folder, "DJANGO_SETTINGS_MODULE": "assess.settings", "LOG_LEVEL": "ERROR"}
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        if database_url:
            environment["DATABASE_URL"] = database_url
        works = prepare(environment)
        with site(environment) as port:
            for what in ("ok", "save"):
                measure(port, works, what, 1)  # warms the workers
            # In turns, so that whatever else the machine does touches both alike.
            ratios, lines = [], []
            for _ in range(rounds):
                floor, floor_p95, floor_failed = measure(port, works, "ok", seconds)
                rate, p95, failed = measure(port, fresh(works, environment), "save", seconds)
                ratios.append(rate / floor)
                lines.append((floor, floor_p95, rate, p95, failed + floor_failed))
    ratio = statistics.median(ratios)
    floor, floor_p95, rate, p95, _ = (statistics.median(column) for column in zip(*lines, strict=True))
    failed = sum(line[-1] for line in lines)
    met = ratio >= GOALS[name] and not failed
    print(
        f"{name:11} ok {floor:6.0f}/s (p95 {floor_p95:5.1f} ms)   saves {rate:6.0f}/s (p95 {p95:5.1f} ms)   "
        f"ratio {ratio:.3f}, goal {GOALS[name]:.2f}: {'met' if met else 'MISSED'}   failed {failed}"
    )
    return met


def fresh(works: list[dict[str, Any]], environment: dict[str, str]) -> list[dict[str, Any]]:
    """The same people with an assessment each that nobody has answered yet."""
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.saving_site", str(len(works))],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return list(json.loads(made.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, in turns")
    chosen = parser.parse_args()
    met = run("sqlite", "", chosen.seconds, chosen.rounds)
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        with own_database(os.environ["DATABASE_URL"]) as url:
            met = run("postgresql", url, chosen.seconds, chosen.rounds) and met
    else:
        print("postgresql  left out: set DATABASE_URL to measure it as well")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
