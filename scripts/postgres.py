"""A PostgreSQL for the length of one command, if its programs are on this machine: `with temporary_postgres() as url`.

Nothing of it stays: a folder of its own, an unprivileged user when we are root, and a Unix socket in that folder, which
only they and root enter. Tests of faults stop, freeze and restart it (`temporary_server`).
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PR_SET_PDEATHSIG = 1


def programs() -> Path | None:
    """The folder with initdb and postgres, of the newest version; None when there is none."""

    def version(folder: Path) -> tuple[int, ...]:
        return tuple(int(part) for part in folder.parent.name.split(".") if part.isdecimal())

    found = sorted((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), key=version)
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run it as: PostgreSQL refuses root. None when we are somebody else already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody' to run it as.")


def end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


class Server:
    """One PostgreSQL, with its data in `home`. `url` names its first database, whose user may do anything."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs, self.home = programs, home
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"postgres://splitcheck@{quote(str(home), safe='')}/postgres"
        self.environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)}
        self.user: dict[str, Any] = {}
        if who := unprivileged():
            os.chown(home, who.pw_uid, who.pw_gid)
            self.user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}

    def create(self) -> None:
        """Make the data folder. Raises RuntimeError with initdb's own words."""
        made = subprocess.run(
            [self.programs / "initdb", "-D", self.home / "data", "-U", "splitcheck", "-A", "trust", "-E", "UTF8", "-N"],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            **self.user,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")

    def start(self) -> None:
        """Returns once it takes connections. Raises RuntimeError with the server's own words when it does not."""
        data, home, log = self.home / "data", self.home, self.home / "log"
        # Tests need no power-cut safety of the server itself. Several workers each hold a few connections.
        options = ["-D", data, "-k", home, "-h", "", "-c", "fsync=off", "-c", "max_connections=100"]
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [self.programs / "postgres", *options],
                cwd=home,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
                **self.user,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            ready = [self.programs / "pg_isready", "-q", "-h", home, "-U", "splitcheck"]
            if subprocess.run(ready, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-1000:]}")

    def stop(self) -> None:
        """Ends its connections and itself."""
        if self.process is None or self.process.poll() is not None:
            return
        self.thaw()
        self.process.send_signal(signal.SIGINT)  # fast shutdown: ends connections
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def freeze(self) -> None:
        """From now on it answers nothing and closes nothing, as one whose disk hangs."""
        self.send_to_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send_to_all(signal.SIGCONT)

    def send_to_all(self, number: signal.Signals) -> None:
        """To the server, then to its children, which have sessions of their own."""
        assert self.process is not None
        self.process.send_signal(number)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid:
                    os.kill(int(stat.parent.name), number)
            except (OSError, ValueError):  # it has just ended
                continue


@contextmanager
def temporary_server(within: Path | None = None) -> Iterator[Server]:
    """Yields a running server, its data in the temporary folder unless `within` names another one.

    Raises RuntimeError with its own words when it does not start.
    """
    folder = programs()
    if folder is None:
        raise RuntimeError("PostgreSQL's programs are not on this machine.")
    home = Path(tempfile.mkdtemp(prefix="splitcheck-pg-", dir=within))
    try:
        server = Server(folder, home)
        try:
            server.create()
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Yields a DATABASE_URL. Raises RuntimeError with the server's own words when it does not start."""
    with temporary_server() as server:
        yield server.url
