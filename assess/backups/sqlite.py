"""A consistent copy of an SQLite database, and putting one back, both by SQLite's online backup.

Copying does not stop who writes. Putting back writes into the file in place, in one transaction: no `-wal` of before
is left to be replayed into it, and an interruption leaves what was there.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.conf import settings

from assess.backups.archive import BackupError, DamagedError, DatabaseFacts
from assess.backups.facts import check_facts, read_facts

PART: Final = "database.sqlite3"
#: Seconds to wait for a lock, such as that of a command that is just ending.
TIMEOUT: Final = 1
#: What belongs to a database beside its file.
SUFFIXES: Final = ("", "-wal", "-shm", "-journal")


class InUseError(Exception):
    """Somebody else has the database open."""


def database_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def engine_version() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


def open_existing(path: Path) -> sqlite3.Connection:
    """A connection in autocommit that never makes a file. Raises BackupError where there is none."""
    try:
        return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=TIMEOUT, isolation_level=None)
    except sqlite3.OperationalError as problem:
        raise BackupError(f"The database {path} cannot be opened: {problem}.") from None


def create(path: Path) -> sqlite3.Connection:
    """A connection to a new, empty database, mode 600."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return open_existing(path)


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """The names of all tables. Raises DamagedError."""
    try:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return [str(row[0]) for row in rows.fetchall()]
    except sqlite3.DatabaseError as problem:
        raise DamagedError(f"The database cannot be read: {problem}.") from None


def facts_of(connection: sqlite3.Connection) -> DatabaseFacts:
    """What the database holds. Raises DamagedError, and BackupError where it is none of Splitcheck's."""
    try:
        return read_facts(lambda sql: connection.execute(sql).fetchall(), tables_of(connection))
    except sqlite3.DatabaseError as problem:
        raise DamagedError(f"The database is damaged inside: {problem}.") from None


def take_copy(source: sqlite3.Connection, folder: Path) -> tuple[Path, DatabaseFacts]:
    """A copy of the database as it is now, in one file of `folder`, checked, and what it holds."""
    path = folder / PART
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # a single file, without a -wal
        return path, read_part(path)
    except sqlite3.OperationalError as problem:  # such as a full disk
        raise BackupError(f"The database cannot be copied: {problem}.") from None
    except sqlite3.DatabaseError as problem:
        raise DamagedError(f"The database is damaged inside: {problem}.") from None


def read_part(path: Path) -> DatabaseFacts:
    """What the copy holds. Raises BackupError where it is damaged inside. Reads all of it."""
    with closing(open_existing(path)) as copy:
        try:
            problems = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            if problems:
                raise DamagedError(f"The database is damaged inside: {'; '.join(problems)}.")
        except sqlite3.DatabaseError as problem:
            raise DamagedError(f"The database is damaged inside: {problem}.") from None
        return facts_of(copy)


def check_part(path: Path, expected: DatabaseFacts) -> None:
    """Raises BackupError unless the part is a sound database and holds what the manifest says."""
    check_facts(read_part(path), expected)


@contextmanager
def alone_with(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection beside which nobody has one: whoever opens the database waits until it is closed.

    Raises InUseError, and DamagedError for a file that is no database.
    """
    with closing(open_existing(path)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            connection.execute("COMMIT")
        except sqlite3.OperationalError as problem:
            if "locked" in str(problem):
                raise InUseError from None
            raise DamagedError(f"The database {path} cannot be opened: {problem}.") from None
        except sqlite3.DatabaseError as problem:
            raise DamagedError(f"The database {path} cannot be read: {problem}.") from None
        yield connection


def put_back(part: Path, target: sqlite3.Connection) -> None:
    """Make the database the same as the part, in one transaction."""
    target.execute("PRAGMA synchronous=FULL")
    with closing(open_existing(part)) as source:
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as problem:
            raise BackupError(f"The backup cannot be written into the database: {problem}.") from None


def move_aside(path: Path) -> Path:
    """Rename a file that is no database, and all that belongs to it. Returns its new path."""
    aside = path.with_name(f"{path.name}.unreadable-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for suffix in SUFFIXES:
        part = Path(f"{path}{suffix}")
        if part.exists():
            part.rename(f"{aside}{suffix}")
    return aside
