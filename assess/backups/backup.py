"""Making a backup: a copy, its manifest, and one file that is there whole or not at all."""

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final

from django.conf import settings
from django.db import connection

from assess import VERSION
from assess.backups import postgresql, sqlite
from assess.backups.archive import (
    BackupError,
    DatabaseFacts,
    Manifest,
    key_fingerprint,
    sha256_of,
    site_keys,
    write_archive,
)

#: Before and behind the time in the names of backups that nobody named.
NAME: Final = ("splitcheck-", ".tar")
#: Of folders with what is not finished; one of a process that was killed is removed by the next one.
UNFINISHED: Final = ".splitcheck-unfinished-"
SECONDS_TO_LOCK: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A finished backup."""

    path: Path
    manifest: Manifest


def create_backup(destination: Path, *, label: str = "") -> Backup:
    """A backup of the database as it is now, in this folder or under this name. Others go on working meanwhile.

    Raises BackupError; then there is no file. `label` goes into a name that we choose.
    """
    with termination_as_exit():
        path = choose_path(destination, label)
        with unfinished_folder(path.parent) as folder:
            if connection.vendor == "sqlite":
                source = sqlite.open_existing(sqlite.database_path())
                try:
                    part, facts = sqlite.take_copy(source, folder)
                finally:
                    source.close()
                return finish_backup(path, part, facts, folder)
            part, facts = postgresql.take_copy(folder)
            return finish_backup(path, part, facts, folder)


def finish_backup(path: Path, part: Path, facts: DatabaseFacts, folder: Path) -> Backup:
    """The backup with this part; it gets its name once it is on the disk."""
    is_sqlite = connection.vendor == "sqlite"
    manifest = Manifest(
        version=VERSION,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        database=connection.vendor,
        engine=sqlite.engine_version() if is_sqlite else f"PostgreSQL {postgresql.server_version()}",
        server_version=0 if is_sqlite else postgresql.server_version(),
        program_version=0 if is_sqlite else postgresql.program_version("pg_dump")[0],
        schema="" if is_sqlite else postgresql.schema_name(),
        part=part.name,
        sha256=sha256_of(part),
        size=part.stat().st_size,
        keys=tuple(map(key_fingerprint, site_keys())),
        has_files="files" not in settings.STORAGES,
        facts=facts,
    )
    try:
        write_archive(folder / "backup.tar", manifest, part)
        check_is_free(path)
        os.rename(folder / "backup.tar", path)
        sync_folder(path.parent)
    except OSError as problem:
        raise BackupError(f"The backup cannot be written to {path.parent}: {problem.strerror}.") from None
    return Backup(path=path, manifest=manifest)


def choose_path(destination: Path, label: str) -> Path:
    """The path of the new file. Raises BackupError where it cannot be made there."""
    path = destination
    if destination.is_dir():
        name = f"{NAME[0]}{label}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        names = (f"{name}{more}{NAME[1]}" for more in ("", *(f"-{number}" for number in range(2, 100))))
        path = next(each for name in names if not (each := destination / name).exists())
    check_is_free(path)
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}. Make it first.")
    return path


def check_is_free(path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} is there already. Name another file.")


@contextmanager
def unfinished_folder(parent: Path) -> Iterator[Path]:
    """A folder for what is not finished, mode 700; it is gone afterwards. Removes those of killed processes."""
    for left in parent.glob(f"{UNFINISHED}*"):
        with locked(left) as is_ours:
            # One made this moment is perhaps not locked yet.
            if is_ours and time.time() - left.stat().st_mtime > SECONDS_TO_LOCK:
                shutil.rmtree(left, ignore_errors=True)
    try:
        folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    except OSError as problem:
        raise BackupError(f"Nothing can be written to {parent}: {problem.strerror}.") from None
    with locked(folder):
        try:
            yield folder
        except OSError as problem:
            raise BackupError(f"The work in {parent} failed: {problem.strerror}.") from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """While inside, whether this process has the folder to itself."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def termination_as_exit() -> Iterator[None]:
    """While inside, SIGTERM ends the process as an exception does: what is unfinished is removed."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # no main thread, which alone gets signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def sync_folder(folder: Path) -> None:
    """Wait until the names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Removes all but the newest so many of the backups that we named in this folder. Returns those removed."""
    ours = sorted(folder.glob(f"{NAME[0]}[0-9]*T[0-9]*Z*{NAME[1]}"), reverse=True)
    for path in ours[keep:]:
        path.unlink(missing_ok=True)
    return ours[keep:]
