"""The parts of deploy/compose.yaml as processes on this machine, where no container engine runs: `many_machines.py`.

Two nodes with a folder each, so that nothing they share is a disk; nginx with deploy/nginx.conf in front, by HTTPS with
a certificate of its own; the background worker, PostgreSQL, Valkey (or Redis), and moto as the store that speaks S3.
By itself it serves the demo until Ctrl-C; tests use `start_machines`. Everything is gone afterwards.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.postgres import end_with_parent, programs, temporary_postgres  # noqa: E402  # the path comes first
from scripts.system_packages import find_server  # noqa: E402

PATIENCE = 90  # seconds after which a part that does not start is given up
BUCKET = "splitcheck"
CACHE_SERVERS = ("valkey-server", "redis-server")


def missing_parts() -> list[str]:
    """What has to be installed before this can start, in words."""
    parts = {
        "PostgreSQL (apt install postgresql)": programs(),
        "nginx (apt install nginx)": find_server("nginx"),
        "Valkey or Redis (apt install redis-server)": find_server(*CACHE_SERVERS),
        "openssl (apt install openssl)": find_server("openssl"),
    }
    return [name for name, found in parts.items() if not found]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Part:
    """One process, with a folder of its own; `start` returns once it takes connections on its port."""

    def __init__(
        self, folder: Path, command: list[str], *, port: int = 0, environment: dict[str, str], code: Path = ROOT
    ) -> None:
        self.folder, self.command, self.port, self.environment, self.code = folder, command, port, environment, code
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.code,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        if self.port:
            self.wait_until(lambda: takes_connections(self.port))

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Raises RuntimeError with the part's own words when it ends or takes longer than `PATIENCE`."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if not self.is_running() or time.monotonic() > deadline:
                raise RuntimeError(f"{self.folder.name} did not start: {self.log()[-2000:]}")
            time.sleep(0.05)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """Asks it to end, and waits: it finishes what it is at."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it and its children at once, as a power cut does."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        for each in (number, signal.SIGKILL):  # what is left of its children
            try:
                if each is signal.SIGTERM:
                    self.process.send_signal(each)  # it tells its children itself
                else:
                    os.killpg(self.process.pid, each)
            except ProcessLookupError:
                pass  # it has ended
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                continue
        self.process = None


class Node(Part):
    """gunicorn as deploy/compose.yaml has it: reachable for the proxy, and ready before it counts as started."""

    def __init__(self, folder: Path, *, environment: dict[str, str], code: Path = ROOT) -> None:
        port = free_port()
        environment = {**environment, "SPLITCHECK_VAR": str(folder), "BIND": f"127.0.0.1:{port}"}
        command = [sys.executable, "-m", "gunicorn", "-c", "scripts/gunicorn.conf.py"]
        super().__init__(folder, command, port=port, environment=environment, code=code)

    def start(self) -> None:
        super().start()
        self.wait_until(self.is_ready)

    def is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz?exclude=worker", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Machines:
    """All parts. `environment` is what the nodes and the worker share; `port` is nginx's, where people come in."""

    def __init__(self, folder: Path, *, database_url: str, code: dict[str, Path], has_store: bool) -> None:
        self.folder, self.port = folder, free_port()
        self.cache_port, self.store_port = free_port(), free_port()
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        self.plain = {**kept, "LC_ALL": "C.UTF-8"}
        self.environment = {
            **kept,
            "SPLITCHECK_ENV": "production",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": "localhost",
            "SITE_ADDRESS": f"https://localhost:{self.port}",
            "TRUSTED_PROXIES": "127.0.0.1",
            "DATABASE_URL": database_url,
            "CACHE_URL": f"redis://127.0.0.1:{self.cache_port}/0",
            "EMAIL_TO_FILES": "1",
        }
        if has_store:
            self.environment |= {
                "S3_ENDPOINT": f"http://127.0.0.1:{self.store_port}",
                "S3_BUCKET": BUCKET,
                "S3_REGION": "us-east-1",
                "S3_ACCESS_KEY": "splitcheck",
                "S3_SECRET_KEY": secrets.token_urlsafe(32),
            }
        python = sys.executable
        worker = [python, "manage.py", "db_worker", "--interval", "0.2", "--no-startup-delay", "-v", "0"]
        cache = [find_server(*CACHE_SERVERS), "--port", str(self.cache_port), "--bind", "127.0.0.1"]
        store = [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.store_port)]
        self.cache = Part(
            folder / "cache",
            [*cache, "--save", "", "--appendonly", "no"],
            port=self.cache_port,
            environment=self.plain,
            code=folder,
        )
        self.store = Part(folder / "store", store, port=self.store_port, environment=self.plain)
        self.nodes = [
            Node(folder / name, environment=self.environment, code=code.get(name, ROOT)) for name in ("web-1", "web-2")
        ]
        self.worker = Part(
            folder / "worker", worker, environment={**self.environment, "SPLITCHECK_VAR": str(folder / "worker")}
        )
        proxy = [find_server("nginx"), "-p", str(folder / "proxy"), "-c", str(folder / "proxy" / "main.conf")]
        self.proxy = Part(
            folder / "proxy", [*proxy, "-e", "stderr"], port=self.port, environment=self.plain, code=folder
        )

    @property
    def parts(self) -> list[Part]:
        store = [self.store] if "S3_BUCKET" in self.environment else []
        return [self.cache, *store, *self.nodes, self.worker, self.proxy]

    def start(self, *, demo: bool) -> None:
        """Everything, in the order of deploy/compose.yaml. Raises RuntimeError with the words of what did not start."""
        self.cache.start()
        if self.store in self.parts:
            self.store.start()
            self.make_bucket()
        self.run("migrate", "--noinput", "-v", "0")
        self.run("load_fixtures", "-v", "0")
        if demo:
            self.run("load_demo", "-v", "0", SPLITCHECK_ENV="local")  # production refuses: its passwords are known
        collected: dict[Path, Path] = {}  # by the checkout
        for part in (*self.nodes, self.worker):
            static = part.folder / "static"
            if part.code in collected:
                shutil.copytree(collected[part.code], static)
            else:
                self.run("collectstatic", "--noinput", "-v", "0", part=part)
                collected[part.code] = static
            part.start()
        self.write_proxy_settings()
        self.proxy.start()

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()

    def run(self, *arguments: str, part: Part | None = None, **environment: str) -> str:
        """What this command of manage.py prints, with the environment of a part, or with one of its own."""
        whole = {"SPLITCHECK_VAR": str(self.folder / "prepare"), **(part.environment if part else self.environment)}
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=part.code if part else ROOT, env={**whole, **environment}, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def make_bucket(self) -> None:
        import boto3

        boto3.client(
            "s3",
            endpoint_url=self.environment["S3_ENDPOINT"],
            region_name=self.environment["S3_REGION"],
            aws_access_key_id=self.environment["S3_ACCESS_KEY"],
            aws_secret_access_key=self.environment["S3_SECRET_KEY"],
        ).create_bucket(Bucket=BUCKET)

    def write_proxy_settings(self) -> None:
        """deploy/nginx.conf with our addresses in place of its own, what is around it, and a certificate."""
        home = self.proxy.folder
        site = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
        changes = {f"web-{number}:8000": f"127.0.0.1:{node.port}" for number, node in enumerate(self.nodes, 1)}
        changes |= {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "/etc/nginx/tls": str(home),
        }
        for ours, theirs in changes.items():
            if ours not in site:
                raise RuntimeError(f"deploy/nginx.conf has no {ours!r}")
            site = site.replace(ours, theirs)
        (home / "site.conf").write_text(site, "utf-8")
        folders = "".join(
            f"    {kind}_temp_path {home}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        (home / "main.conf").write_text(
            f"daemon off;\n{user}worker_processes 1;\npid {home}/pid;\nevents {{ worker_connections 512; }}\n"
            f"http {{\n    access_log off;\n{folders}    include {home}/site.conf;\n}}\n",
            "utf-8",
        )
        certificate = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        files = ["-keyout", str(home / "privkey.pem"), "-out", str(home / "fullchain.pem")]
        name = ["-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run([find_server("openssl"), *certificate, *files, *name], check=True, capture_output=True)


@contextmanager
def start_machines(
    *, code: dict[str, Path] | None = None, has_store: bool = True, demo: bool = False
) -> Iterator[Machines]:
    """Yields everything, running. `code` names the checkout that a node runs, by the node's name, where it is another.
    Without a store PDFs and logos are in the database.

    Raises RuntimeError where a part is missing or does not start.
    """
    if missing := missing_parts():
        raise RuntimeError(f"Not on this machine: {', '.join(missing)}.")
    with ExitStack() as ending:
        database_url = ending.enter_context(temporary_postgres())
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="splitcheck-machines-")))
        machines = Machines(folder, database_url=database_url, code=code or {}, has_store=has_store)
        ending.callback(machines.stop)
        machines.start(demo=demo)
        yield machines


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with start_machines(demo=True) as machines:
            print(f"Splitcheck is at https://localhost:{machines.port}, on two nodes; your browser asks about the")
            print("certificate. Sign in as lead@demo.example with look-around. Stop it with Ctrl-C.", flush=True)
            while all(part.is_running() for part in machines.parts):
                time.sleep(0.5)
            ended = [part.folder.name for part in machines.parts if not part.is_running()]
            print(f"{', '.join(ended)} ended by itself.", file=sys.stderr)
    except RuntimeError as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
