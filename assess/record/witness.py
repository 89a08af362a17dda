"""The witness: what the database had at least, kept in a file beside it, so that a lost end is noticed.

No chain shows by itself that its end was cut off, nor that the database was put back to an earlier state. So each
process notes, after COMMIT, the newest event and the newest link that it wrote. The file has three lines of fixed
length, for event, link and number of events; each is written in place by one call and without waiting for the disk,
which costs a save some 20 microseconds. The file may lag behind the database, and is never ahead of it. What the
database lacks of it, `lost_tail` finds.
"""

import hashlib
import json
import logging
import os
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

logger = logging.getLogger(__name__)

#: Bytes of a line, its line feed included.
LINE: Final = 256
#: What each line is about, in order.
LINES: Final = ("event", "link", "length")

#: The newest event that this process noted, by file: an older one never replaces it.
noted: dict[Path, int] = {}
#: Files that this process could not write; each is in its log once.
unwritable: set[Path] = set()


def witness_path() -> Path:
    """The file of the database that is connected; another database has another one."""
    values = [str(connection.settings_dict[name]) for name in ("HOST", "PORT", "NAME")]
    return Path(settings.WITNESS_DIR, file_name(connection.vendor, *values))


@lru_cache(maxsize=8)
def file_name(vendor: str, host: str, port: str, name: str) -> str:
    return f"{vendor}-{hashlib.sha256(json.dumps([host, port, name]).encode()).hexdigest()[:12]}"


def evidence_path() -> Path:
    """Where a witness is kept whose event or link the database lacks."""
    return witness_path().with_suffix(".lost")


def note_event(pk: int, seal: str) -> None:
    """Have the witness say, after COMMIT, that there is this event. No query; a disk that fails fails no save."""
    transaction.on_commit(partial(write_event, pk, seal), robust=True)


def note_head(head: str) -> None:
    """Have the witness say, after COMMIT, that the record had this head. No query."""
    transaction.on_commit(partial(write_line, "link", {"head": head}), robust=True)


def write_event(pk: int, seal: str) -> None:
    path = witness_path()
    # Where the database was put back while the site runs, its new events have lower numbers: they must not hide it.
    if pk > noted.get(path, 0):
        noted[path] = pk
        write_line("event", {"event": pk, "seal": seal})


def write_line(name: str, values: dict[str, Any]) -> None:
    line = json.dumps({**values, "at": timezone.now().isoformat()}).ljust(LINE - 1) + "\n"
    path = witness_path()
    try:
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, line.encode("ascii"), LINES.index(name) * LINE)
        finally:
            os.close(file)
    except OSError as problem:
        if path not in unwritable:
            unwritable.add(path)
            logger.warning("The witness of the log cannot be written: %s", problem)


def read_witness(path: Path) -> dict[str, dict[str, Any]]:
    """What the witness says, by `LINES`; without a line that nobody wrote yet or that cannot be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    lines = {}
    for number, name in enumerate(LINES):
        try:
            values = json.loads(content[number * LINE : (number + 1) * LINE].strip(b"\0 \n"))
            lines[name] = {**values, "at": datetime.fromisoformat(values["at"])}
        except (ValueError, KeyError, TypeError):
            continue
    return lines
