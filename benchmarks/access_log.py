"""How fast an access log is read: `python benchmarks/access_log.py [MEGABYTES]`, of a log that it makes up.

Each run is a process of its own. Goals: 100,000 lines a second of one processor's time, under 100 MB of memory, however
long the log. Beside it awk adds up the same times by the first step of the path, which is less: it takes the time from
the last column, knows no JSON, and makes no percentile.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READ = """
import sys
sys.path.insert(0, sys.argv[1])
from assess.measurements.facade import Options, read_measurements
with open(sys.argv[2], "rb") as file:
    reading = read_measurements(file, options=Options())
assert reading.shape == "access_log"
print(reading.rows_read, len(reading.content.parts), reading.content.p95_ms)
"""
AWK = r"""{ split($7, steps, /[\/?]/); seconds[steps[4]] += $NF; lines++ }
END { for (part in seconds) parts++; print lines, parts, "-" }"""
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
PARTS = ("orders", "search", "cart", "catalog", "users", "payments", "recommendations", "static", "media", "reports")


def write_log(path: Path, megabytes: int, as_json: bool) -> int:
    """Returns how many lines. Every path is another, so that no line is cheaper for having been seen."""
    random.seed(16)
    lines = 0
    with path.open("w") as file:
        while file.tell() < megabytes * 1024 * 1024:
            for _line in range(2000):
                seconds = random.lognormvariate(-3, 1)
                url = f"/api/v1/{random.choice(PARTS)}/{random.randrange(10**8)}?page={lines}"
                if as_json:
                    file.write(
                        f'{{"time": "2026-11-29T10:00:00Z", "remote_addr": "203.0.113.{lines % 250}", "request_uri": '
                        f'"{url}", "status": 200, "request_time": "{seconds:.3f}", "agent": "{AGENT}"}}\n'
                    )
                else:
                    file.write(
                        f'203.0.113.{lines % 250} - - [29/Nov/2026:10:00:00 +0000] "GET {url} HTTP/1.1" 200 '
                        f'{random.randrange(90_000)} "https://shop.example/" "{AGENT}" {seconds:.3f}\n'
                    )
                lines += 1
    return lines


def run(name: str, lines: int, *command: str) -> None:
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read().decode().split()
    _pid, status, usage = os.wait4(process.pid, 0)
    processor = usage.ru_utime + usage.ru_stime
    print(
        f"  {name:<22}{processor:6.2f} s of a processor {lines / processor:10,.0f} lines/s"
        f" {usage.ru_maxrss / 1024:6.0f} MB   {output[1]} parts, 95 % within {output[2]} ms"
    )
    assert (status, int(output[0])) == (0, lines), output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("megabytes", nargs="?", type=int, default=100)
    megabytes = parser.parse_args().megabytes
    print(
        f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} processors, Python {sys.version.split()[0]}"
    )
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "access.log")
        for words, as_json in (("nginx combined and $request_time", False), ("JSON lines", True)):
            lines = write_log(path, megabytes, as_json)
            print(f"{words}: {megabytes} MB, {lines:,} lines")
            run("splitcheck", lines, sys.executable, "-c", READ, str(ROOT), str(path))
            if not as_json:
                run("awk", lines, "awk", AWK, str(path))


if __name__ == "__main__":
    main()
