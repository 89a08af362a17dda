"""What whoever runs the site sees when something is missing or dies: refused starts, probes, metrics, the worker."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import ROOT, Proxy, Saver, Site, wait_until

KEY = "Zk3vQ9xw2LrT7uYpB5nMs8dFhJc6aGe4Xi1oRtUyWqEzAbCdKlPm"
PRODUCTION = {
    "SPLITCHECK_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "split.example.org",
    "EMAIL_TO_FILES": "1",
}
GUNICORN = ("-m", "gunicorn", "-c", "scripts/gunicorn.conf.py")
TOKEN = "kq3v-9xw2-LrT7-uYpB-5nMs"  # of the tests alone
#: Seconds within which what a killed worker was at is taken up.
TAKEN_UP_WITHIN = 15


def checks(site: Site, query: str = "") -> tuple[int, Any]:
    answer = site.visitor().get(f"/readyz{query}", Host="10.0.0.7:8000")
    return answer.status, answer.json.get("checks")


# --- starting


def test_production_starts_only_migrated_and_with_its_static_files(start_site: Callable[..., Site]) -> None:
    site = start_site("none", running=False, **PRODUCTION)
    done = site.run(*GUNICORN, check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "migrations have not run. Run `manage.py migrate`." in said
    assert "The static files are not collected. Run `manage.py collectstatic --noinput`." in said
    assert "Traceback" not in said
    site.prepare()
    site.run("manage.py", "collectstatic", "--noinput", "-v", "0")
    site.start()
    status, found = checks(site)
    assert (status, found["database"], found["migrations"], found["static"]) == (503, "ok", "ok", "ok")
    assert "db_worker" in found["worker"]
    assert checks(site, "?exclude=worker")[0] == 200
    site.start_worker()
    wait_until(lambda: checks(site)[0] == 200, "the worker reports")
    assert site.visitor().get("/account/login/", Host="split.example.org").status == 301


def test_static_files_that_are_new_since_they_were_collected_are_noticed(start_site: Callable[..., Site]) -> None:
    site = start_site("sqlite", running=False, **PRODUCTION)
    site.run("manage.py", "collectstatic", "--noinput", "-v", "0")
    manifest = site.folder / "static" / "staticfiles.json"
    content = json.loads(manifest.read_text())
    content["paths"].pop("app.css")
    manifest.write_text(json.dumps(content))
    done = site.run(*GUNICORN, check=False)
    assert done.returncode == 1
    assert "Static files are new since they were collected." in done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["a folder of another user", "a folder that cannot be made"])
def test_an_unwritable_folder_is_named_in_one_sentence(
    folder: str, start_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = start_site("none", running=False)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    path = locked if folder == "a folder of another user" else locked / "var"
    command = [sys.executable, "manage.py", "remind"]
    if os.geteuid() == 0:  # who may write anywhere, unless that is taken away
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("Root can be made to respect a folder's mode only by setpriv, which is not on this machine")
        command = [setpriv, "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
    environment = {**site.environment, "SPLITCHECK_VAR": str(path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"SPLITCHECK_VAR: the folder {path} cannot be" in done.stderr
    assert "Traceback" not in done.stderr


# --- probes and metrics


def test_a_database_that_is_away_shows_on_readyz_alone_and_passes(
    start_site: Callable[..., Site], proxied_postgres: Proxy
) -> None:
    site = start_site("postgresql", database_url=proxied_postgres.url)
    site.start_worker()
    wait_until(lambda: checks(site)[0] == 200, "ready")
    proxied_postgres.cut()
    status, found = checks(site)
    assert status == 503
    assert found["database"] == "The database cannot be used."
    assert site.visitor().get("/livez").status == 200
    proxied_postgres.mend()
    wait_until(lambda: checks(site)[0] == 200, "ready again")


def test_a_start_waits_for_no_database_server(start_site: Callable[..., Site], proxied_postgres: Proxy) -> None:
    site = start_site("postgresql", database_url=proxied_postgres.url, running=False)
    proxied_postgres.cut()
    site.start()
    worker = site.start_worker()
    assert checks(site)[0] == 503
    proxied_postgres.mend()
    wait_until(lambda: checks(site)[0] == 200, "ready once the database is there")
    assert worker.poll() is None


def figures(site: Site) -> dict[str, float]:
    text = site.visitor().get("/metrics", Authorization=f"Bearer {TOKEN}").text
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[:1] != "#"}


def worker_processes(site: Site) -> list[int]:
    """The processes that gunicorn's master started."""
    assert site.web is not None
    children = Path(f"/proc/{site.web.pid}/task/{site.web.pid}/children").read_text().split()
    return [int(child) for child in children]


def test_metrics_add_up_over_processes_also_of_those_that_died(start_site: Callable[..., Site]) -> None:
    site = start_site("sqlite", METRICS_TOKEN=TOKEN, WEB_WORKERS="3")
    name = 'splitcheck_responses_total{method="GET",status="200",view="account_login"}'

    def ask(times: int) -> None:
        for _ in range(times):
            assert site.visitor().get("/account/login/").status == 200

    ask(30)
    assert figures(site)[name] == 30
    before = worker_processes(site)
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(worker_processes(site)) == 3 and before[0] not in worker_processes(site), "another worker")
    ask(30)
    assert figures(site)[name] == 60
    assert site.web is not None
    site.web.send_signal(signal.SIGHUP)
    wait_until(lambda: not set(before) & set(worker_processes(site)), "all workers are new")
    ask(30)
    now = figures(site)
    assert now[name] == now['splitcheck_request_seconds_count{view="account_login"}'] == 90
    assert site.visitor().get("/metrics").status == 403


def test_the_lines_of_a_request_in_a_json_log_name_it(start_site: Callable[..., Site]) -> None:
    site = start_site("sqlite", LOG_FORMAT="json", ACCESS_LOG="1")
    reference = site.visitor().get("/no/such/page/").headers["X-Request-Reference"]

    def loggers() -> set[str]:
        """Of the lines of this request; gunicorn writes its own when the answer has been sent."""
        entries = [json.loads(line) for line in site.log().splitlines() if line.startswith("{")]
        return {entry["logger"] for entry in entries if entry["reference"] == reference}

    wait_until(lambda: loggers() == {"django.request", "gunicorn.access"}, "both lines are there")


def test_a_request_of_two_lengths_is_refused(start_site: Callable[..., Site]) -> None:
    """Of the kinds by which a second request is hidden in the first one's body."""
    site = start_site("sqlite")
    hidden = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for lengths in (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: +5\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            start = b"POST /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            connection.sendall(start + lengths + b"\r\n0\r\n\r\n" + hidden)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        assert re.match(rb"HTTP/1\.1 (400|403|501)", received), (lengths, received[:80])
        assert b'{"alive"' not in received, lengths


# --- the worker


def query(site: Site, statement: str) -> list[Any]:
    """Past the site."""
    with closing(sqlite3.connect(site.folder / "splitcheck.sqlite3")) as database:
        return database.execute(statement).fetchall()


def report_states(site: Site) -> list[tuple[str, int]]:
    """State and number of attempts of each report."""
    return query(site, "SELECT state, attempts FROM assess_report")


def request_pdf(saver: Saver) -> None:
    address = f"/assessments/{saver.assessment}/report/"
    saver.get(address)
    answer = saver.post(address, {})
    assert answer.status in (200, 302), answer.text


def test_a_killed_render_is_taken_up_by_the_next_worker(start_site: Callable[..., Site]) -> None:
    site = start_site("sqlite")
    (saver,) = site.savers(1)
    for question, value in (("teams", 5), ("developers", 40), ("deploy_minutes", 45)):
        assert saver.save(question, value).status == 200
    first = site.start_worker()
    wait_until(lambda: checks(site)[0] == 200, "the worker reports")
    request_pdf(saver)
    wait_until(lambda: report_states(site) == [("rendering", 1)], "the worker renders")
    first.send_signal(signal.SIGSTOP)
    assert report_states(site) == [("rendering", 1)], "It was quicker than this test"
    site.kill(first)
    site.start_worker()
    wait_until(lambda: query(site, "SELECT COUNT(*) FROM assess_workerheartbeat") == [(2,)], "the next worker reports")
    began = time.monotonic()
    wait_until(lambda: report_states(site) != [("rendering", 1)], "the report is taken up")
    assert time.monotonic() - began < TAKEN_UP_WITHIN
    wait_until(lambda: report_states(site) == [("ready", 2)], "the report is there")


def test_the_worker_goes_on_after_the_database_was_away(
    start_site: Callable[..., Site], proxied_postgres: Proxy
) -> None:
    site = start_site("postgresql", database_url=proxied_postgres.url)
    worker = site.start_worker()
    wait_until(lambda: checks(site)[0] == 200, "the worker reports")
    for _ in range(2):
        proxied_postgres.cut()
        wait_until(lambda: "the worker tries again until it does" in site.log("worker.log"), "the worker notices")
        proxied_postgres.mend()
        wait_until(lambda: "The database answers again" in site.log("worker.log"), "the worker is back")
        (site.folder / "worker.log").write_text("")
    assert worker.poll() is None
    assert "Traceback" not in site.log("worker.log")
    done = site.shell(
        "from assess.reports.tasks import render_reports; import time\n"
        "result = render_reports.enqueue()\n"
        "for _ in range(300):\n"
        "    result.refresh()\n"
        "    if result.is_finished: break\n"
        "    time.sleep(0.1)\n"
        "print(result.status)"
    )
    assert done == "SUCCESSFUL"
