"""How fast a project is scanned: `python benchmarks/scan.py DIRECTORY ...`, each a checkout of a Django project.

The one file of the scanner, as a team runs it: once with an empty cache, once more after a line was added to one file
in a hundred (in a copy), and `--no-cache` without git for the files alone. Beside it grimp builds the graph of the same
packages. Goals on two processors: 600 files a second with everything, 3,000 the second time, under 200 MB for 4,500
files. Other load on the machine shows in seconds, and hardly in processor time; both are printed, with the load. Files
are parsed on all processors, the rest runs on one.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assess.evidence.scanner.apps import find_roots  # noqa: E402  # the path comes first
from assess.evidence.scanner.reading import read_repository  # noqa: E402

GRIMP = """
import sys, grimp
sys.path[:0] = sys.argv[1].split(":")
graph = grimp.build_graph(*sys.argv[2:], cache_dir=None)
print(len(graph.modules))
"""


@dataclass
class Run:
    """One run of a program: seconds on the clock and of processors, and the most memory of all its processes."""

    seconds: float
    processor: float
    megabytes: float
    output: str

    def line(self, name: str, files: int) -> str:
        return (
            f"  {name:<28}{self.seconds:7.2f} s {files / self.seconds:8,.0f} files/s"
            f"   processor {self.processor:6.2f} s {files / self.processor:8,.0f} files a processor second"
            f"   {self.megabytes:5.0f} MB"
        )


def memory_of_group(group: int) -> int:
    """Bytes that the processes of a group have, what they share counted once."""
    total = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    lines = Path(entry.path, "smaps_rollup").read_text().splitlines()
                    total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
            except OSError:
                continue
    return total


def run(*command: str) -> Run:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    most, ended = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(0.05):
            most = max(most, memory_of_group(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output = process.stdout.read().decode()
    _pid, _status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    ended.set()
    watcher.join()
    return Run(seconds, usage.ru_utime + usage.ru_stime, most / 1e6, output)


def measure(project: Path, work: Path) -> None:
    scanner = str(work / "scan_repo.py")
    facts = read_repository(str(project)).facts
    files, roots = len(facts), find_roots(facts)
    print(f"{project.name}: {files:,} Python files, {sum(each.lines for each in facts):,} lines")
    scan = (sys.executable, "-I", scanner)
    out = ("--out", str(work / "evidence.json"))
    cache = ("--cache", str(work / f"cache-{project.name}"))
    print(run(*scan, str(project), *cache, *out).line("everything, first time", files))
    print(run(*scan, str(project), *cache, *out).line("again, nothing changed", files))
    copy = work / project.name
    shutil.copytree(project, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    print(run(*scan, str(copy), "--no-cache", *out).line("files alone, no history", files))
    cache_of_copy = ("--cache", str(work / "cache-of-copy"))
    run(*scan, str(copy), *cache_of_copy, *out)
    for each in facts[::100]:
        with (copy / each.path).open("a") as file:
            file.write("\n# changed\n")
    print(run(*scan, str(copy), *cache_of_copy, *out).line("again, one in 100 changed", files))
    places = [project / root for root in roots]
    packages = sorted(
        {entry.name for place in places for entry in place.iterdir() if (entry / "__init__.py").is_file()}
    )
    graph = run(sys.executable, "-c", GRIMP, ":".join(map(str, places)), *packages)
    last = (graph.output.strip() or "nothing").splitlines()[-1]
    if last.isdigit():
        print(graph.line(f"grimp, {last} modules", int(last)))
    else:
        print(f"  grimp builds no graph of {', '.join(packages)}: {last[:150]}")
    shutil.rmtree(copy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("projects", nargs="+", type=Path)
    print(
        f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} processors, Python {sys.version.split()[0]}"
    )
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        built = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "build_scanner.py")], capture_output=True, check=True
        )
        (work / "scan_repo.py").write_bytes(built.stdout)
        for project in parser.parse_args().projects:
            measure(project.resolve(), work)


if __name__ == "__main__":
    main()
