"""The real site in processes of its own, and the parts around it that tests break.

`start_site` starts gunicorn as production does (`scripts/gunicorn.conf.py`) on a migrated database with the shipped
questionnaire, and a worker where a test asks for one. `postgres` is a real server that can be stopped and frozen,
`Proxy` a network between site and server, `MailServer` one that takes, refuses or never answers.

No test states a time in seconds: it compares with the idle site in the same run (`p95`), or with a limit that the
site is configured for.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

import pytest

from scripts.postgres import Server, programs, temporary_server

ROOT = Path(__file__).resolve().parent.parent.parent
#: Seconds after which a test gives up on what never comes; no measure of anything.
PATIENCE = 60
DATABASES = ("sqlite", "postgresql")


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """The first true value of the condition. Fails with `what` after `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {PATIENCE} seconds in vain: {what}")
        time.sleep(0.05)
    return value


# --- clients


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; `seconds` from asking to the last byte."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Visitor:
    """Somebody with a browser's cookies, on a connection of its own for each request."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, *, patience: float = PATIENCE, **headers: str
    ) -> Answer:
        """The answer; raises OSError or HTTPException where none comes. Header names with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        began = time.perf_counter()
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        answer = Answer(status=response.status, headers=response.msg, body=content, seconds=time.perf_counter() - began)
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **{"Accept": "text/html", **headers})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """A form, sent from a page of the site: with a token from `form_token` or the cookie's."""
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        headers = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/html", **headers}
        return self.ask("POST", path, urlencode(token | fields), **headers)

    def sign_in(self, email: str, password: str) -> Answer:
        self.get("/account/login/")
        return self.post("/account/login/", {"login": email, "password": password})


@dataclass
class Saver(Visitor):
    """Somebody signed in, with an assessment of a team of their own; `url` is where its answers are saved."""

    url: str = ""
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def assessment(self) -> int:
        found = re.search(r"/assessments/(\d+)/", self.url)
        assert found
        return int(found[1])

    def save(self, question: str, value: Any, *, mutation: str = "", patience: float = PATIENCE) -> Answer:
        """As the question page does. Keeps the version of what was acknowledged."""
        body = {
            "question": question,
            "value": value,
            "note": "",
            "base_version": self.versions.get(question, 0),
            "mutation_id": mutation or str(uuid.uuid4()),
        }
        answer = self.ask(
            "POST",
            self.url,
            json.dumps(body),
            patience=patience,
            Content_Type="application/json",
            Accept="application/json",
            X_CSRFToken=self.cookies["csrftoken"],
        )
        if answer.status == 200:
            self.versions[question] = answer.json["version"]
        return answer


# --- the site


class Site:
    """gunicorn on a port, with a folder and a database of its own."""

    def __init__(self, folder: Path, *, database_url: str = "", port: int = 0, **environment: str) -> None:
        self.folder, self.port = folder, port or free_port()
        self.log_folder = folder
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        self.environment = {
            **kept,
            "SPLITCHECK_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "assess.settings",
            "PYTHONPATH": str(ROOT),
            "PORT": str(self.port),
            **({"DATABASE_URL": database_url} if database_url else {}),
            **environment,
        }
        #: Another application than the site's own, such as `("tests.faults.skewed_site:application",)`.
        self.application: tuple[str, ...] = ()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None

    # processes

    def start(self) -> "Site":
        """Returns once gunicorn takes connections."""
        command = ("-m", "gunicorn", "-c", "scripts/gunicorn.conf.py", *self.application)
        self.web = self.start_process(*command, log="web.log")
        web = self.web

        def listens() -> bool:
            assert web.poll() is None, self.log("web.log")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        wait_until(listens, "gunicorn listens")
        wait_until(lambda: self.visitor().get("/livez").status, "gunicorn answers")
        return self

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start_process("manage.py", "db_worker", "--interval", "0.2", "--no-startup-delay", log="worker.log")

    def start_process(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        with (self.log_folder / log).open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """The process and its children at once, as by a power cut; gunicorn unless another is named."""
        process = process or self.web
        assert process is not None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended
        process.wait()

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                pass
            self.kill(process)

    def log(self, name: str = "web.log") -> str:
        path = self.log_folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    # commands and people

    def run(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """`python` with these arguments, such as `run("manage.py", "remind")`."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def shell(self, code: str) -> str:
        """What the code prints in the site's own Django."""
        return self.run("-c", f"import django; django.setup()\n{code}").stdout.strip()

    def prepare(self) -> None:
        """Migrate and publish the shipped questionnaire."""
        self.run("manage.py", "migrate", "-v", "0")
        self.run("manage.py", "load_fixtures")

    def visitor(self) -> Visitor:
        return Visitor(self.port)

    def savers(self, count: int) -> list[Saver]:
        """So many people, each signed in, with an assessment that nobody has answered."""
        made = json.loads(self.run("-m", "benchmarks.saving_site", str(count)).stdout)
        return [
            Saver(self.port, {"sessionid": one["session"], "csrftoken": one["csrf"]}, url=one["url"]) for one in made
        ]


# --- databases


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the shipped questionnaire, to copy."""
    site = Site(tmp_path_factory.mktemp("migrated"))
    site.prepare()
    site.shell("from django.db import connection\nconnection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')")
    return site.folder / "splitcheck.sqlite3"


@dataclass
class Postgres:
    """A real server; `database()` gives the address of a fresh migrated database on it."""

    server: Server
    migrated: str = ""

    def address(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server.url)._replace(path=f"/{name}"))

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server.url, autocommit=True) as admin:
            admin.execute(statement)

    def database(self, folder: Path) -> str:
        name = f"test_{uuid.uuid4().hex[:8]}"
        if not self.migrated:
            self.execute("CREATE DATABASE migrated")
            Site(folder, database_url=self.address("migrated")).prepare()
            self.migrated = "migrated"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self.migrated}")
        return self.address(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("PostgreSQL's programs are not on this machine (apt install postgresql)")
    with temporary_server() as server:
        yield Postgres(server)


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[Postgres]:
    """The run's server, running and thawed again after the test."""
    yield postgres_server
    server = postgres_server.server
    server.thaw()
    if server.process is None or server.process.poll() is not None:
        server.start()


@pytest.fixture
def start_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`start_site("sqlite")` or `start_site("postgresql", EMAIL_HOST=…)`: a running site with a migrated database.

    `database_url` names another way to the database, such as a proxy's; `running=False` only prepares it.
    """
    sites: list[Site] = []

    def start(database: str = "sqlite", *, running: bool = True, database_url: str = "", **environment: str) -> Site:
        folder = tmp_path / f"site-{len(sites)}"
        folder.mkdir()
        if database == "postgresql" and not database_url:
            database_url = request.getfixturevalue("postgres").database(folder)
        elif database == "sqlite":
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), folder / "splitcheck.sqlite3")
        site = Site(folder, database_url=database_url, **environment)
        sites.append(site)
        return site.start() if running else site

    yield start
    for site in sites:
        site.stop()


# --- what can be broken


class Proxy:
    """A network between the site and a PostgreSQL: passes everything on until it is frozen or cut."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self.target = f"{unquote(parts.hostname or '')}/.s.PGSQL.5432"
        self.folder = Path(tempfile.mkdtemp(prefix="splitcheck-proxy-"))
        self.url = urlunsplit(parts._replace(netloc=f"splitcheck@{quote(str(self.folder), safe='')}"))
        self.flowing = threading.Event()
        self.sockets: list[socket.socket] = []
        self.listener: socket.socket | None = None
        self.mend()

    def freeze(self) -> None:
        """Keeps every connection and passes nothing on, in either direction."""
        self.flowing.clear()

    def cut(self) -> None:
        """Ends all connections and takes no more, as where the server was stopped."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None
            (self.folder / ".s.PGSQL.5432").unlink()
        self.flowing.set()
        for each in self.sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended

    def mend(self) -> None:
        """Works again; what was on its way arrives now."""
        self.flowing.set()
        if self.listener is None:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
            self.listener.listen(128)
            threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.target)
            except OSError:
                client.close()
                server.close()
                continue
            self.sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while True:
                data = source.recv(65536)
                self.flowing.wait()
                if not data:
                    break
                sink.sendall(data)
        except OSError:
            pass  # one end has gone
        finally:
            for each in (source, sink):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self) -> None:
        self.cut()
        for each in self.sockets:
            each.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def proxied_postgres(postgres: Postgres, tmp_path: Path) -> Iterator[Proxy]:
    """A fresh migrated database behind a proxy: `start_site("postgresql", database_url=proxied_postgres.url)`."""
    proxy = Proxy(postgres.database(tmp_path))
    yield proxy
    proxy.close()


class MailServer(socketserver.ThreadingTCPServer):
    """An SMTP server that takes mail, refuses it for now, or takes connections and never says a word."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.behaviour = "take"
        self.mails: list[str] = []
        self.connections = 0
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), SmtpHandler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """What the site needs to know of it."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.server_address[1]), "EMAIL_USE_TLS": "0"}

    def close(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class SmtpHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        if self.server.behaviour == "hang":
            self.server.over.wait()
            return
        if self.server.behaviour == "refuse":
            self.wfile.write(b"421 not now\r\n")
            return
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line.decode())
                self.server.mails.append("".join(lines))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


# --- measuring

#: How much longer others may wait while something is wrong.
TIMES_IDLE = 3
#: A shared machine may pause in any of them; what the fault itself makes slow is slow in each.
ROUNDS = 3


def login_page(site: Site) -> Answer:
    answer = site.visitor().get("/account/login/")
    assert answer.status == 200
    return answer


def pace_of_login_page(site: Site) -> float:
    """The 95th percentile in seconds, of workers that have served the page before."""
    for _ in range(10):
        login_page(site)
    return p95([login_page(site).seconds for _ in range(30)])


def assert_others_go_on(site: Site, idle: float) -> None:
    """The 95th percentile of the login page is below `TIMES_IDLE` times `idle`, in one of some rounds."""
    rounds = [is_in_pace(site, TIMES_IDLE * idle)]
    while not rounds[-1] and len(rounds) < ROUNDS:
        rounds.append(is_in_pace(site, TIMES_IDLE * idle))
    assert rounds[-1], f"The login page took more than {TIMES_IDLE} times {idle} s"


def is_in_pace(site: Site, limit: float) -> bool:
    """Whether at most one login page of thirty takes longer; looks no further once two have."""
    slow = 0
    for _ in range(30):
        slow += login_page(site).seconds >= limit
        if slow > 1:
            return False
    return True


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18]


@contextmanager
def in_background(*works: Callable[[], Any]) -> Iterator[list[Any]]:
    """Runs each in a thread meanwhile; yields the list of what they return, complete once the block has ended."""
    results: list[Any] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    yield results
    for thread in threads:
        thread.join(PATIENCE)
