"""How long `make run` takes to a served page: the first time on a fresh machine, and the second time.

    python benchmarks/first_start.py [--port 8765]

Clones this checkout (what is committed) into a temporary folder and runs it with an empty home, so with empty caches,
and nothing of this environment but the path and pip's settings. Prints when each line of output came, when the page was
there, and the processor time, which says more than the clock where other programs are busy. System packages that this
machine has are not installed again: `--apt` measures their download and unpacking in a scratch folder, as root.
"""

import argparse
import http.client
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from system_packages import NEEDS  # noqa: E402  # beside the scripts


def is_served(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/account/login/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def measure(checkout: Path, home: Path, port: int) -> float:
    """Seconds from `make run` to the first page."""
    passed = ("PATH", "LANG", "TERM")
    environment = {name: value for name, value in os.environ.items() if name in passed or name.startswith("PIP_")}
    environment |= {"HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    began = time.monotonic()
    with subprocess.Popen(
        ["make", "run"],
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:

        def show() -> None:
            assert run.stdout is not None
            for line in run.stdout:
                print(f"{time.monotonic() - began:7.1f} s  {line.rstrip()}", flush=True)

        reader = threading.Thread(target=show, daemon=True)
        reader.start()
        try:
            while not is_served(port):
                if run.poll() is not None:
                    sys.exit("make run ended before a page was there.")
                time.sleep(0.05)
            took = time.monotonic() - began
            print(f"{took:7.1f} s  == the page is there", flush=True)
            time.sleep(3)  # the addresses and accounts
        finally:
            os.killpg(run.pid, signal.SIGINT)
            run.wait(30)
            reader.join(5)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:7.1f} s  of processor time so far, the worker's included", flush=True)
    return took


def fetch_system_packages(folder: Path) -> None:
    """Prints how long apt takes for what PDFs need, and for fonts; without what those depend on. Installs nothing."""
    began = time.monotonic()
    subprocess.run(["apt-get", "update", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    print(f"apt: lists {time.monotonic() - began:.1f} s", flush=True)
    for name in ("pdf", "fonts"):
        archives = folder / name
        (archives / "partial").mkdir(parents=True)
        began = time.monotonic()
        command = [
            "apt-get",
            "install",
            "--reinstall",
            "--download-only",
            "--yes",
            "--quiet",
            "--no-install-recommends",
        ]
        command += ["-o", f"Dir::Cache::archives={archives}", *NEEDS[name][2]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        fetched = time.monotonic()
        for package in archives.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(archives / "unpacked")], check=True)
        unpacked = time.monotonic() - fetched
        print(f"apt, {name}: download {fetched - began:.1f} s, unpacking {unpacked:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--apt", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.apt:
            fetch_system_packages(Path(folder))
        home, checkout = Path(folder) / "home", Path(folder) / "splitcheck"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
        print("== First start", flush=True)
        first = measure(checkout, home, options.port)
        print("== Second start", flush=True)
        second = measure(checkout, home, options.port)
    print(f"First start {first:.1f} s, second start {second:.1f} s, on {os.cpu_count()} processors.")


if __name__ == "__main__":
    main()
