"""Runs the site and its background worker until Ctrl-C: `serve.py`. For `make run`, on this machine only.

System packages may still be coming by apt meanwhile. The site waits for those that make PDFs, not for fonts. The worker
waits for both: it reads which fonts there are once.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from system_packages import NEEDS, is_working

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PATIENCE = 60  # seconds until the site must answer
APT_PATIENCE = 120  # seconds until a worker starts although apt still works
STOP_WITHIN = 12  # seconds until what does not stop is killed
PR_SET_PDEATHSIG = 1


def die_with_parent(nice: int = 0) -> Callable[[], None]:
    """For a child: ends when this process is killed outright, and is kind to others by `nice`."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        if sys.platform == "linux":
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if nice:
            os.nice(nice)

    return prepare


def start(*command: str, nice: int = 0) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches only us, and we stop it in order."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=die_with_parent(nice))


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/account/login/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def greeting(port: int) -> str:
    """The address and the demo accounts. Imports the site; everything that is slow is running by then."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assess.settings")
    import django

    django.setup()
    from assess.demo.accounts import ACCOUNTS, PASSWORD

    lines = [f"Splitcheck is at http://{HOST}:{port}", ""]
    lines.append(f"Demo accounts, one for each role, all with password {PASSWORD}:")
    for email, name, role in ACCOUNTS:
        lines.append(f"  {email:24} {name} ({role.label.lower()})")
    return "\n".join([*lines, "", "Stop it with Ctrl-C."])


class StopAsked(Exception):  # noqa: N818  # no error: somebody pressed Ctrl-C
    """Somebody wants us to end."""


def asked_to_stop(number: int, frame: FrameType | None) -> None:
    raise StopAsked


def read_port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        sys.exit(f"PORT={given} is no port. Choose a number between 1024 and 65535: make run PORT=8001")
    port = int(given)
    if not port_is_free(port):
        other = port + 1 if port < 65_535 else 8000
        sys.exit(f"Port {port} is taken by another program. Choose another: make run PORT={other}")
    return port


def main() -> int:
    if sys.argv[1:] == ["--check-port"]:
        read_port()
        return 0
    port = read_port()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    die_with_parent()()  # make was killed outright: nobody is left to press Ctrl-C
    children: dict[str, subprocess.Popen[bytes]] = {}

    def start_worker() -> None:
        command = (sys.executable, "manage.py", "db_worker", "--interval", "0.3", "--no-startup-delay", "-v", "0")
        children["worker"] = start(*command, nice=10)

    try:
        children["site"] = start(sys.executable, "-m", "gunicorn", "-c", "scripts/gunicorn.conf.py")
        worker_deadline = time.monotonic() + APT_PATIENCE
        deadline = time.monotonic() + PATIENCE
        while not answers(port):
            if children["site"].poll() is not None or time.monotonic() > deadline:
                print(f"The site did not start on port {port}; the reason stands above.", file=sys.stderr)
                return 1
            time.sleep(0.1)
        while is_working() and not NEEDS["pdf"][1]() and time.monotonic() < deadline:
            time.sleep(0.2)
        print(greeting(port), flush=True)
        while children["site"].poll() is None:
            if "worker" not in children:
                if not is_working() or time.monotonic() > worker_deadline:
                    start_worker()
            elif children["worker"].poll() is not None:
                print("The background worker ended; starting it again.", file=sys.stderr)
                time.sleep(2)
                start_worker()
            time.sleep(0.5)
        print("The site ended by itself; the reason stands above.", file=sys.stderr)
        return 1
    except StopAsked:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # once is enough
        stop(list(children.values()))


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
