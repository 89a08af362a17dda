"""A whole directory as facts: in as many processes as there are processors, and only what changed since last time."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from assess.evidence.scanner.capabilities import is_configuration
from assess.evidence.scanner.facts import FileFacts, Import, Problem, SourceFile
from assess.evidence.scanner.files import read_tree
from assess.evidence.scanner.python_source import read_python

#: Goes up when the facts of a file mean something else than before: facts that were kept are then read anew.
FACTS_VERSION = 1
FILES_A_CHUNK = 32
#: A file that takes longer to parse is hostile; its process is ended.
SECONDS_A_FILE = 20
#: After so many deaths, files that were read together with a deadly one are given up as well: or nothing would end.
MAX_DEATHS = 20
MAX_CACHE_BYTES = 200_000_000


@dataclass
class Reading:
    """What a directory has: facts of its Python files in order of path, configuration files, and what was not read."""

    facts: list[FileFacts] = field(default_factory=list)
    configuration: list[SourceFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    from_cache: int = 0
    blobs: dict[str, set[str]] = field(default_factory=dict)  #: git's hash of each Python file, by path


def read_repository(
    top: str,
    cache_directory: str = "",
    processes: int = 0,
    progress: Callable[[int], None] = lambda count: None,
) -> Reading:
    """Everything under `top`. `cache_directory` "" keeps nothing; `processes` 0 takes the machine's processors.

    `progress` is told how many Python files are done.
    """
    reading = Reading()
    kept = KeptFacts(cache_directory, top) if cache_directory else None
    lines: dict[str, str] = {}

    def chunks_to_parse() -> Iterator[list[tuple[str, bytes]]]:
        chunk: list[tuple[str, bytes]] = []
        for found in read_tree(top):
            if isinstance(found, Problem):
                reading.problems.append(found)
                continue
            if is_configuration(found.path):
                reading.configuration.append(found)
            if not found.path.endswith(".py"):
                continue
            reading.blobs[found.path] = blob_hashes(found.content)
            if kept and (facts := kept.find(found)):
                reading.facts.append(facts)
                reading.from_cache += 1
                progress(len(reading.facts))
            else:
                if kept:
                    lines[found.path] = content_key(found)
                chunk.append((found.path, found.content))
                if len(chunk) == FILES_A_CHUNK:
                    yield chunk
                    chunk = []
        if chunk:
            yield chunk

    for line in parse_in_processes(chunks_to_parse(), processes or available_processors()):
        facts = facts_of_line(line)
        reading.facts.append(facts)
        if kept:
            kept.keep(lines[facts.path], line)
        progress(len(reading.facts))
    if kept and len(reading.facts) > reading.from_cache:
        kept.write()
    reading.facts.sort(key=lambda each: each.path)
    reading.problems += [each.problem for each in reading.facts if each.problem]
    reading.problems.sort(key=lambda each: (each.path, each.reason))
    return reading


def available_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_lines(chunk: list[tuple[str, bytes]]) -> list[str]:
    """Facts of some files as lines of JSON. Runs in a process that may die over a hostile file, or end itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the scan stops the process that waits for this one
    has_alarm = hasattr(signal, "alarm")
    found = []
    for path, content in chunk:
        if has_alarm:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(SECONDS_A_FILE)
        found.append(line_of_facts(read_python(path, content)))
    if has_alarm:
        signal.alarm(0)
    return found


def parse_in_processes(
    chunks: Iterable[list[tuple[str, bytes]]],
    processes: int,
    read: Callable[[list[tuple[str, bytes]]], list[str]] = read_lines,
) -> Iterator[str]:
    """`read` of every chunk, in other processes. A file over which a process dies gets the problem `parser_died`."""
    executor: ProcessPoolExecutor | None = None
    deaths = 0
    suspects: list[tuple[str, bytes]] = []
    pending: deque[tuple[Future[list[str]], list[tuple[str, bytes]]]] = deque()

    def collect() -> list[str]:
        future, chunk = pending.popleft()
        try:
            return future.result()
        except BrokenProcessPool:
            suspects.extend(chunk)
            return []

    try:
        for chunk in chunks:
            if deaths >= MAX_DEATHS:
                suspects.extend(chunk)
                continue
            executor = executor or ProcessPoolExecutor(processes)
            try:
                pending.append((executor.submit(read, chunk), chunk))
            except BrokenProcessPool:
                deaths += 1
                suspects.extend(chunk)
                while pending:
                    yield from collect()
                executor.shutdown()
                executor = None
            if len(pending) > 3 * processes:
                yield from collect()
        while pending:
            yield from collect()
        if executor:
            executor.shutdown()
            executor = None
        for suspect in suspects:
            executor = executor or ProcessPoolExecutor(1)
            try:
                if deaths >= MAX_DEATHS:
                    raise BrokenProcessPool
                yield from executor.submit(read, [suspect]).result()
            except BrokenProcessPool:
                deaths += 1
                executor.shutdown()
                executor = None
                path, content = suspect
                problem = Problem(path, "parser_died", detail="too deep or too slow for this Python")
                yield line_of_facts(FileFacts(path, content.count(b"\n"), problem=problem))
    finally:
        if executor:
            executor.shutdown(cancel_futures=True)


def line_of_facts(facts: FileFacts) -> str:
    """Facts as one line of JSON, to hand over between processes and to keep."""
    return json.dumps(
        [
            facts.path,
            facts.lines,
            [[e.line, e.level, e.module, e.names, int(e.lazy), int(e.type_checking)] for e in facts.imports],
            facts.references,
            facts.django,
            facts.problem and [facts.problem.reason, facts.problem.line, facts.problem.detail],
        ],
        separators=(",", ":"),
    )


def facts_of_line(line: str | bytes) -> FileFacts:
    """Facts from their line. Raises ValueError for a line that does not have their shape."""
    try:
        path, lines, imports, references, django, problem = json.loads(line)
        if type(path) is not str or type(lines) is not int or type(django) is not dict:
            raise ValueError("not a file's facts")
        return FileFacts(
            path,
            lines,
            tuple([Import(a, b, sys.intern(c), tuple(d), bool(e), bool(f)) for a, b, c, d, e, f in imports]),
            tuple([(number, text) for number, text in references]),
            django,
            Problem(path, *problem) if problem else None,
        )
    except (TypeError, RecursionError) as error:
        raise ValueError("not a file's facts") from error


def blob_hashes(content: bytes) -> set[str]:
    """What git calls a file with this content, as it is and with the ends of lines that git may keep instead."""
    contents = {content, content.replace(b"\r\n", b"\n")}
    return {hashlib.sha1(b"blob %d\0" % len(each) + each).hexdigest() for each in contents}  # noqa: S324  # git's own


def content_key(file: SourceFile) -> str:
    """Names the facts that this file has under this scanner and this Python."""
    start = f"{FACTS_VERSION} {sys.version_info[:2]} {file.path}\n"
    return hashlib.sha256(start.encode("utf-8", "backslashreplace") + file.content).hexdigest()


class KeptFacts:
    """Facts of one directory's last scan, in one file of the cache: a line for each, its key before it.

    Facts are JSON, and a line that is not as it was written is left out: nobody who writes the file runs anything here.
    """

    def __init__(self, directory: str, top: str) -> None:
        name = hashlib.sha256(os.path.realpath(top).encode("utf-8", "backslashreplace")).hexdigest()[:20]
        self.directory = directory
        self.path = os.path.join(directory, f"facts-{name}.txt")
        self.used: dict[str, bytes] = {}
        self.lines: dict[str, bytes] = {}
        try:
            with open(self.path, "rb") as file:
                for line in file.read(MAX_CACHE_BYTES).split(b"\n"):
                    key, _space, rest = line.partition(b" ")
                    self.lines[key.decode("ascii", "replace")] = rest
        except OSError:
            pass

    def find(self, file: SourceFile) -> FileFacts | None:
        """The facts that were kept for exactly this content at this path."""
        key = content_key(file)
        line = self.lines.pop(key, None)
        if line is None:
            return None
        try:
            facts = facts_of_line(line)
        except ValueError:
            return None
        self.used[key] = line
        return facts if facts.path == file.path else None

    def keep(self, key: str, line: str) -> None:
        self.used[key] = line.encode("ascii")

    def write(self) -> None:
        """Replaces the file by the facts of this scan; a cache that cannot be written is no error."""
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self.directory)
            with open(descriptor, "wb") as file:
                for key, line in self.used.items():
                    file.write(key.encode("ascii") + b" " + line + b"\n")
            os.replace(temporary, self.path)
        except OSError:
            pass


def default_cache_directory() -> str:
    """Where the user's programs keep what they can do without."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if not home:
        home = os.path.join(os.path.expanduser("~"), "Library/Caches" if sys.platform == "darwin" else ".cache")
    return os.path.join(home, "splitcheck")
