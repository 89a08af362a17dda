"""Restoring a backup: everything that can be refused is, before anything is replaced.

In this order: the file (whole, ours, of this kind of database, of no newer release, made with a key of this site), the
target (nobody uses it, it holds nothing unless `replace`), what is in the part; then the present database is kept as a
backup of its own, by which the restore can be undone; then it is replaced, in one transaction.
"""

from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from assess import VERSION
from assess.backups import postgresql, sqlite
from assess.backups.archive import BackupError, DamagedError, DatabaseFacts, Manifest, read_archive
from assess.backups.backup import choose_path, finish_backup, termination_as_exit, unfinished_folder
from assess.backups.facts import OURS, read_facts
from assess.backups.serving import SiteIsServedError, without_serving
from assess.record.facade import accept_loss, witnessed_head

RUNNING = "The site is running: {what}. Stop the site and its worker first, on all machines, and restore again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What became of a restore."""

    manifest: Manifest
    kept: Path | None  # what the database held before
    pending_migrations: tuple[str, ...]
    link: int | None  # the number of the record's link that says so; None where migrations are pending


def check_backup(path: Path) -> Manifest:
    """The manifest of a backup that could be restored here; its database was opened, too.

    Raises BackupError. Changes nothing.
    """
    settings.BACKUP_DIR.mkdir(parents=True, exist_ok=True)
    with termination_as_exit(), unfinished_folder(settings.BACKUP_DIR) as folder:
        return unpack(path, folder)[0]


def restore_backup(path: Path, *, replace: bool) -> Restored:
    """Put the database of a backup in the place of the present one, which is kept.

    Raises BackupError with why nothing was replaced. Only `replace` replaces a database that holds data.
    """
    settings.BACKUP_DIR.mkdir(parents=True, exist_ok=True)
    with termination_as_exit(), ExitStack() as stack:
        try:
            stack.enter_context(without_serving())
        except SiteIsServedError:
            raise BackupError(RUNNING.format(what="a process of this machine serves it")) from None
        folder = stack.enter_context(unfinished_folder(settings.BACKUP_DIR))
        try:
            manifest, part = unpack(path, folder)
            if connection.vendor == "sqlite":
                kept = replace_sqlite(part, folder, replace=replace)
            else:
                kept = replace_postgresql(part, manifest, folder, replace=replace)
        except DatabaseError as problem:  # all that is asked before `psql` has replaced anything
            raise BackupError(f"The database cannot be used: {' '.join(str(problem).split())}.") from None
        connection.close()  # the next query sees what was restored
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # without statistics it plans badly; SQLite's are in the backup
        pending = pending_migrations()
        link = None
        if not pending:
            heads = [manifest.record_head, witnessed_head(), *([kept.manifest.record_head] if kept.manifest else [])]
            link = accept_loss(max(heads, key=lambda head: head.number)).number
    return Restored(manifest=manifest, kept=kept.path, pending_migrations=pending, link=link)


def pending_migrations() -> tuple[str, ...]:
    """The migrations of this release that the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)


def unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """The manifest and the part of a backup that fits here. Raises BackupError for one that does not."""
    part = folder / "part"
    manifest = read_archive(path, part)
    if manifest.database != connection.vendor:
        raise BackupError(
            f"The backup is one of {manifest.database}, and this site's database is {connection.vendor}. "
            "Set DATABASE_URL to a database of that kind."
        )
    check_release(manifest)
    if connection.vendor == "sqlite":
        sqlite.check_part(part, manifest.facts)
        return manifest, part
    server = postgresql.server_version()
    postgresql.check_programs(["pg_dump", "pg_restore", "psql"], at_least=max(server, manifest.program_version))
    if server < manifest.server_version:
        raise BackupError(f"The backup is one of PostgreSQL {manifest.server_version}, and this server is {server}.")
    if manifest.schema != (schema := postgresql.schema_name()):
        raise BackupError(f"The backup is one of the schema {manifest.schema}, and this user's is {schema}.")
    postgresql.check_part(part)
    return manifest, part


def check_release(manifest: Manifest) -> None:
    """Raises BackupError for a backup of a newer release than this one, by its version or by its migrations."""

    def numbers(version: str) -> list[int]:
        return [int(number) for number in version.split(".") if number.isdecimal()]

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or ()}
    unknown = [name for name in manifest.facts.migrations if name not in known]
    if numbers(manifest.version) > numbers(VERSION):
        raise BackupError(
            f"The backup is of a newer release ({manifest.version}; this is {VERSION}). Update the site first."
        )
    if unknown:
        raise BackupError(
            f"The backup is of another release: this one has no migration {unknown[0]}. Update the site first."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What was there before: a backup with its manifest, files that could not be read, or nothing."""

    path: Path | None = None
    manifest: Manifest | None = None


def replace_sqlite(part: Path, folder: Path, *, replace: bool) -> Kept:
    """Where the database before is kept. Raises BackupError where it was not replaced."""
    path = sqlite.database_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.close()
    kept = Kept()
    if path.exists():
        try:
            with sqlite.alone_with(path) as present:
                kept = keep_sqlite(present, folder, replace=replace)
                sqlite.put_back(part, present)
            return kept
        except sqlite.InUseError:
            raise BackupError(RUNNING.format(what=f"some process has {path} open")) from None
        except DamagedError as problem:
            check_may_replace(str(problem), replace=replace)
            kept = Kept(path=sqlite.move_aside(path))
    with closing(sqlite.create(path)) as created:
        sqlite.put_back(part, created)
    return kept


def keep_sqlite(present: Connection, folder: Path, *, replace: bool) -> Kept:
    """A backup of what is there. Raises BackupError unless it may be replaced, DamagedError where it is unreadable."""
    tables = sqlite.tables_of(present)
    if not tables:
        return Kept()
    check_is_ours(tables)
    facts = sqlite.facts_of(present)
    if not facts.holds_data:
        return Kept()
    check_may_replace(describe(facts), replace=replace)
    before = folder / "before"
    before.mkdir()
    backup = finish_backup(path_of_kept(), *sqlite.take_copy(present, before), before)
    return Kept(path=backup.path, manifest=backup.manifest)


def replace_postgresql(part: Path, manifest: Manifest, folder: Path, *, replace: bool) -> Kept:
    """Where the database before is kept. Raises BackupError where it was not replaced."""
    if others := postgresql.others_connected():
        raise BackupError(RUNNING.format(what=f"{others} other connection(s) to the database"))
    tables, kept = postgresql.tables_of_schema(), Kept()
    if foreign := postgresql.foreign_tables(tables):
        raise BackupError(
            f"The database holds tables that are none of Splitcheck's ({', '.join(foreign[:3])}). "
            "Restore into a database of its own."
        )
    if tables:
        check_is_ours(tables)
        facts = read_facts(postgresql.query, tables)
        if facts.holds_data:
            check_may_replace(describe(facts), replace=replace)
            before = folder / "before"
            before.mkdir()
            backup = finish_backup(path_of_kept(), *postgresql.take_copy(before), before)
            kept = Kept(path=backup.path, manifest=backup.manifest)
    postgresql.put_back(part, manifest.facts, folder)
    return kept


def check_is_ours(tables: Iterable[str]) -> None:
    """Raises BackupError for a database that some other program uses."""
    if not set(tables) >= OURS:
        raise BackupError(
            "The present database holds something that is no whole database of Splitcheck. Restore into an empty one."
        )


def check_may_replace(what: str, *, replace: bool) -> None:
    if not replace:
        raise BackupError(f"{what} Say --replace to replace it; it is kept beside.")


def describe(facts: DatabaseFacts) -> str:
    people, events = facts.rows.get("assess_user", 0), facts.events
    return f"The present database holds data ({people:,} accounts, {events:,} events)."


def path_of_kept() -> Path:
    return choose_path(settings.BACKUP_DIR, "before-restore-")
