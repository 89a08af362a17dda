"""Killing everything while people save: no acknowledged answer is missing, and none is another than was acknowledged.

Clients do what the page's script does: a change whose fate is unknown is sent again, the same, until it is known.
Meanwhile gunicorn's processes are killed one by one and all at once, PostgreSQL's backends and all of PostgreSQL; what
does not start again by itself, the test starts.
"""

import http.client
import json
import os
import random
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import DATABASES, Postgres, Saver, Site, wait_until

#: On each database: acknowledged saves, and kills among them.
SAVES = 5_200
KILLS = 33
QUESTIONS = ("teams", "developers", "models", "services", "deploy_minutes", "deploys_per_week")

#: Compares what was acknowledged with the log and the present answers, by the site's own code.
CHECK = """
import json, sys
from assess.assessments.models import Answer, Event
acknowledged = json.load(open({path!r}))
events = {{}}
for event in Event.objects.exclude(mutation_id=None).iterator():
    events.setdefault(str(event.mutation_id), []).append(event)
missing = [each for each in acknowledged if each["mutation"] not in events]
twice = [each for each in acknowledged if len(events.get(each["mutation"], [])) > 1]
wrong = []
newest = {{}}
for each in acknowledged:
    for event in events.get(each["mutation"], []):
        if (event.assessment_id, event.key, event.version, event.payload["value"]) != (
            each["assessment"], each["question"], each["version"], each["value"]
        ):
            wrong.append(each)
    place = (each["assessment"], each["question"])
    newest[place] = max(newest.get(place, (0, 0)), (each["version"], each["value"]))
present = {{(row.assessment_id, row.key): (row.version, row.value) for row in Answer.objects.all()}}
older = [place for place, said in newest.items() if present.get(place, (0, 0))[0] < said[0]]
other = [place for place, said in newest.items() if present[place][0] == said[0] and present[place] != said]
print(json.dumps([len(missing), len(twice), len(wrong), len(older), len(other)]))
"""


@dataclass
class Client:
    """Saves one answer after another until `over`."""

    saver: Saver
    over: threading.Event
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    retries: int = 0

    def run(self) -> None:
        number = 0
        while not self.over.is_set() and not self.refused:
            number += 1
            self.save_until_known(QUESTIONS[number % len(QUESTIONS)], number % 100, str(uuid.uuid4()))

    def save_until_known(self, question: str, value: int, mutation: str) -> None:
        while True:
            try:
                answer = self.saver.save(question, value, mutation=mutation, patience=15)
            except (OSError, http.client.HTTPException):
                answer = None
            if answer and answer.status == 200:
                self.acknowledged.append(
                    {
                        "assessment": self.saver.assessment,
                        "question": question,
                        "value": value,
                        "version": answer.json["version"],
                        "mutation": mutation,
                    }
                )
                return
            if answer and answer.status < 500:
                self.refused.append(f"{answer.status} {answer.text[:200]}")
                return
            if self.over.is_set():
                return
            self.retries += 1
            time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # ended by itself


def kill_web_process(site: Site) -> None:
    """One of two; gunicorn starts another."""
    assert site.web is not None
    if workers := children_of(site.web.pid):
        kill(random.choice(workers))


def kill_site(site: Site) -> None:
    site.kill()

    def is_gone() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", site.port)) != 0

    wait_until(is_gone, "the killed processes let go of the port")
    site.start()


def kill_backend(postgres: Postgres) -> None:
    """A connection's process, upon which PostgreSQL ends all others and recovers."""
    import psycopg

    assert postgres.server.process is not None
    with psycopg.connect(postgres.server.url) as admin:
        backends = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
    if backends:
        kill(random.choice(backends)[0])


def kill_server(postgres: Postgres) -> None:
    """All of PostgreSQL at once."""
    process = postgres.server.process
    assert process is not None
    for pid in [process.pid, *children_of(process.pid)]:
        kill(pid)
    process.wait()

    def starts() -> bool:
        try:
            postgres.server.start()
        except RuntimeError:  # something of the killed one is still going
            return False
        return True

    wait_until(starts, "PostgreSQL starts again")


@pytest.mark.parametrize("database", DATABASES)
def test_no_acknowledged_save_is_lost_or_changed_however_often_processes_are_killed(
    start_site: Callable[..., Site], database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    random.seed(4711)
    site = start_site(database)
    kinds: list[Callable[[], None]] = [lambda: kill_web_process(site)] * 4 + [lambda: kill_site(site)]
    if database == "postgresql":
        postgres = request.getfixturevalue("postgres")
        kinds += [lambda: kill_backend(postgres)] * 2 + [lambda: kill_server(postgres)]
    over = threading.Event()
    clients = [Client(saver, over) for saver in site.savers(6)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    for thread in threads:
        thread.start()

    def saved() -> int:
        return sum(len(client.acknowledged) for client in clients)

    for number in range(KILLS):
        wanted = SAVES * (number + 1) // (KILLS + 1)
        wait_until(lambda wanted=wanted: saved() >= wanted or refused(clients), "people save")
        kinds[number % len(kinds)]()
    wait_until(lambda: saved() >= SAVES or refused(clients), "people save")
    over.set()
    for thread in threads:
        thread.join(30)
    assert refused(clients) == []
    acknowledged = [each for client in clients for each in client.acknowledged]
    assert len(acknowledged) >= SAVES
    assert sum(client.retries for client in clients) > 0, "no kill was felt by anybody"
    path = tmp_path / "acknowledged.json"
    path.write_text(json.dumps(acknowledged))
    assert json.loads(site.shell(CHECK.format(path=str(path)))) == [0, 0, 0, 0, 0]
    assert "all as written" in site.run("manage.py", "verify_log").stdout


def refused(clients: list[Client]) -> list[str]:
    return [each for client in clients for each in client.refused]
