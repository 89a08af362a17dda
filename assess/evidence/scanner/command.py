"""The scanner's command: reads a directory, writes `evidence.json`, says what it found. The only part with a clock."""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assess.evidence.scanner.anonymise import anonymise
from assess.evidence.scanner.apps import find_apps, find_roots
from assess.evidence.scanner.capabilities import find_capabilities
from assess.evidence.scanner.cycles import find_cycles
from assess.evidence.scanner.evidence import build_evidence, keep_largest_apps, to_bytes
from assess.evidence.scanner.files import printable
from assess.evidence.scanner.git import read_git
from assess.evidence.scanner.history import CODEOWNERS_PATHS, read_history, read_people, read_rhythm
from assess.evidence.scanner.imports import resolve_imports
from assess.evidence.scanner.models import replay_models
from assess.evidence.scanner.outline import outline_boundaries
from assess.evidence.scanner.reading import default_cache_directory, read_repository
from assess.evidence.scanner.summary import is_worth_a_look, to_summary

SCANNER_VERSION = "1.0"
EXIT_READ, EXIT_LIMITED, EXIT_WRONG_USE = 0, 1, 2

SCAN_DESCRIPTION = """\
Reads a Django project's code and its history, and writes counts to a JSON file that can be uploaded to Splitcheck.
Nothing of the project is run or imported, nothing is sent anywhere. The file has no source, no messages, no addresses
and no names of people."""
SCAN_EPILOGUE = """\
Exit status: 0 everything was read; 1 the file is written, but some files were not read or a limit is worth a look;
2 wrong use, nothing to scan, a fault of the scanner, or the file cannot be written."""


class NothingToScanError(Exception):
    """There is no directory, or no Python file in it."""


def scan(
    top: str,
    *,
    months: int = 12,
    cache_directory: str = "",
    processes: int = 0,
    scanned_at: str = "",
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """The evidence of the project in a directory. Raises NothingToScanError.

    `scanned_at` "" is now. `cache_directory` "" keeps nothing. `progress` is told in a few words what is being done.
    """
    if not os.path.isdir(top):
        raise NothingToScanError(f"{printable(top)}: not a directory.")
    reading = read_repository(top, cache_directory, processes, lambda count: progress(f"{count} files read"))
    facts = reading.facts
    if not facts:
        raise NothingToScanError(f"{printable(top)}: no Python file that can be read.")
    limits: Counter[str] = Counter()
    progress("apps and models")
    roots = find_roots(facts)
    apps, limits["apps_cut"] = keep_largest_apps(find_apps(facts, roots), facts)
    models, relations = replay_models(facts, roots, apps)
    progress("imports and cycles")
    edges = resolve_imports(facts, apps, roots)
    cycles = find_cycles(apps, edges)
    progress("history")
    git = read_git(Path(top), months)
    limits.update(git.limits)
    if not any(app.kind == "app" for app in apps):
        limits["no_apps"] = 1
    for each in facts:
        limits["settings_by_code"] += each.django.get("installed_apps", {}).get("by_code", 0)
        limits["migrations_by_code"] += bool(each.django.get("migration", {}).get("by_code", 0))
    if git.log and git.log.committed is not None:
        limits["uncommitted"] = sum(git.log.committed.get(path) not in hashes for path, hashes in reading.blobs.items())
    configuration = {each.path: each for each in reading.configuration}
    codeowners = next((configuration[path] for path in CODEOWNERS_PATHS if path in configuration), None)
    paths = [each.path for each in facts] + sorted(configuration)
    return build_evidence(
        name=os.path.basename(os.path.realpath(top)),
        scanned_at=scanned_at or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        tool={"version": SCANNER_VERSION, "python": f"{sys.version_info[0]}.{sys.version_info[1]}"},
        roots=roots,
        facts=facts,
        problems=[*reading.problems, *git.problems],
        limits=+limits,
        apps=apps,
        models=models,
        relations=relations,
        edges=edges,
        cycles=cycles,
        boundaries=outline_boundaries(facts, apps, roots, cycles),
        git=git,
        history=read_history(git.log, apps) if git.log else None,
        people=read_people(git.log, apps, paths, codeowners) if git.log else None,
        rhythm=read_rhythm(git.log) if git.log else None,
        capabilities=find_capabilities(reading.configuration, facts),
    )


def add_scan_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments, the same for the single file and for `manage.py scan_repo`."""
    parser.add_argument("path", metavar="PATH", help="the project's directory, usually a git checkout")
    parser.add_argument("--out", metavar="FILE", default="evidence.json", help="where to write; - is standard output")
    parser.add_argument("--months", type=int, default=12, help="months of history to read, up to the last commit (12)")
    parser.add_argument("--anonymise", action="store_true", help="replace names of apps, models, modules and paths")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON instead of a summary")
    parser.add_argument("--cache", metavar="DIR", default="", help="where to keep what was read for the next scan")
    parser.add_argument("--no-cache", action="store_true", help="read every file anew and keep nothing")
    parser.add_argument("--processes", type=int, default=0, help="how many processes read files (one a processor)")


def run_scan(options: Mapping[str, Any]) -> int:
    """Scans as the arguments say, and returns the exit status."""
    if not 1 <= options["months"] <= 1200:
        return tell_wrong_use("--months: give a number from 1 to 1200.")
    if not 0 <= options["processes"] <= 64:
        return tell_wrong_use("--processes: give a number from 1 to 64.")
    cache = "" if options["no_cache"] else options["cache"] or default_cache_directory()
    shows_progress = sys.stderr is not None and sys.stderr.isatty()
    last_shown = 0.0

    def show(text: str) -> None:
        nonlocal last_shown
        if shows_progress and time.monotonic() - last_shown > 0.1:
            last_shown = time.monotonic()
            sys.stderr.write(f"\r\x1b[K{text} …")
            sys.stderr.flush()

    try:
        evidence = scan_in_spite_of_cache(
            options["path"], cache, months=options["months"], processes=options["processes"], progress=show
        )
    except NothingToScanError as error:
        return tell_wrong_use(str(error))
    except Exception as error:  # Python's own exit status would say that the file is written
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {place.name}, line {place.lineno}"
        return tell_wrong_use(f"a fault of the scanner, please report it ({where}). Nothing was written.")
    finally:
        if shows_progress:
            sys.stderr.write("\r\x1b[K")
    if options["anonymise"]:
        evidence = anonymise(evidence)
    content = to_bytes(evidence)
    status = EXIT_LIMITED if is_worth_a_look(evidence) else EXIT_READ
    to_pipe = options["out"] == "-"
    try:
        if to_pipe:
            sys.stdout.buffer.write(content)
            sys.stdout.flush()
        else:
            write_result(options["out"], content)
    except OSError as error:
        return tell_wrong_use(f"{printable(options['out'])}: cannot be written ({error.strerror}).")
    said = to_summary(evidence)
    digest = hashlib.sha256(content).hexdigest()
    if options["json"]:
        outcome = {
            "out": options["out"],
            "sha256": digest,
            "bytes": len(content),
            "status": status,
            "limits": evidence["limits"],
            "unread": evidence["unread"]["counts"],
        }
        said = json.dumps(outcome, indent=1)
    elif not to_pipe:
        said += f"\n\nWritten to {printable(options['out'])}, {len(content):,} bytes, SHA-256 {digest}."
    print(said, file=sys.stderr if to_pipe else sys.stdout)
    return status


def scan_in_spite_of_cache(top: str, cache_directory: str, **options: Any) -> dict[str, Any]:
    """As `scan`; anew without the cache where what is kept there breaks it: others may have written it."""
    try:
        return scan(top, cache_directory=cache_directory, **options)
    except NothingToScanError:
        raise
    except Exception:
        if not cache_directory:
            raise
        return scan(top, **options)


def write_result(path: str, content: bytes) -> None:
    """Writes a file of one's own. A link may be the repository's and lead to any file of the user's, a FIFO waits for
    ever: OSError for both."""
    if os.path.islink(path):
        raise OSError(errno.ELOOP, "it is a link; name another file, or - for standard output")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    with open(os.open(path, flags, 0o666), "wb") as file:
        file.write(content)


def tell_wrong_use(sentence: str) -> int:
    print(f"scan_repo: {sentence}", file=sys.stderr)
    return EXIT_WRONG_USE


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the single file. Returns the exit status; argparse ends wrong use with 2 itself."""
    parser = argparse.ArgumentParser(
        prog="scan_repo",
        description=SCAN_DESCRIPTION,
        epilog=SCAN_EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_scan_arguments(parser)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # a terminal that cannot show every character shows "?"
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # or suppressed
    try:
        return run_scan(vars(parser.parse_args(arguments)))
    except KeyboardInterrupt:
        return tell_wrong_use("stopped.")
    except BrokenPipeError:
        return EXIT_WRONG_USE
