"""A PostgreSQL for the length of one command, if its programs are on this machine: `with temporary_postgres() as url`.

Nothing of it stays: a folder of its own, an unprivileged user when we are root, and a Unix socket in that folder, which
only they and root enter.
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


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Yields a DATABASE_URL. Raises RuntimeError with the server's own words when it does not start."""
    folder = programs()
    if folder is None:
        raise RuntimeError("PostgreSQL's programs are not on this machine.")
    who = unprivileged()
    as_who = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    home = Path(tempfile.mkdtemp(prefix="splitcheck-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        if who:
            os.chown(home, who.pw_uid, who.pw_gid)
        data, log = home / "data", home / "log"
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)}
        made = subprocess.run(
            [folder / "initdb", "-D", data, "-U", "splitcheck", "-A", "trust", "-E", "UTF8", "--no-sync"],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            **as_who,  # type: ignore[call-overload]  # the same three for both calls
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
        with open(log, "wb") as out:
            server = subprocess.Popen(
                # Tests need no power-cut safety of the server itself. Several workers each hold a few connections.
                [folder / "postgres", "-D", data, "-k", home, "-h", "", "-c", "fsync=off", "-c", "max_connections=60"],
                cwd=home,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
                **as_who,  # type: ignore[call-overload]
            )
        wait_until_ready(folder, home, server, log)
        yield f"postgres://splitcheck@{quote(str(home), safe='')}/postgres"
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)  # fast shutdown: ends connections
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait()
        shutil.rmtree(home, ignore_errors=True)


def wait_until_ready(folder: Path, home: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        ready = [folder / "pg_isready", "-q", "-h", home, "-U", "splitcheck"]
        if subprocess.run(ready, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-1000:]}")
