"""The database of a test run: a copy of one that was migrated once.

Migrating takes seconds, copying a file milliseconds. So the migrated database is kept (on SQLite as a file in
`var/tests/`, on PostgreSQL as a database of the server) under a name made of the migrations and models; when one of
these changes, the next run migrates anew. Each process of a run has a copy of its own.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from assess.record import triggers

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "tests"


def schema_key() -> str:
    """Changes when migrating might give another database: with a migration, a model, a setting or a package."""
    digest = hashlib.sha256()
    models = sorted((ROOT / "assess").rglob("models.py"))
    migrations = sorted((ROOT / "assess" / "migrations").glob("*.py"))
    others = (ROOT / "assess" / "settings.py", ROOT / "requirements.txt", Path(triggers.__file__), Path(__file__))
    for path in (*models, *migrations, *others):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def migrated_database(folder: Path) -> Iterator[None]:
    """Connects Django to a fresh copy, on SQLite a file in `folder`; removes it at the end."""
    with sqlite_copy(folder) if connection.vendor == "sqlite" else postgresql_copy():
        yield
        connection.close()


@contextmanager
def sqlite_copy(folder: Path) -> Iterator[None]:
    """A file, as the site has one, and not memory: threads of the live server then have connections of their own."""
    options = connection.settings_dict["OPTIONS"]
    # A test's database need not survive a power cut.
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    template, copy = FOLDER / f"{schema_key()}.sqlite3", folder / "test.sqlite3"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for older in FOLDER.glob("*.sqlite3*"):
                older.unlink()
            unfinished = template.with_suffix(".sqlite3-unfinished")
            connect_to(str(unfinished))
            call_command("migrate", interactive=False, verbosity=0)
            connection.close()
            unfinished.rename(template)
        shutil.copyfile(template, copy)
    connect_to(str(copy))
    empty_tables_in_spite_of_triggers()
    yield
    connection.close()
    for path in folder.glob("test.sqlite3*"):
        path.unlink()


@contextmanager
def postgresql_copy() -> Iterator[None]:
    """A database beside the one that DATABASE_URL names, whose user has to be allowed to make some."""
    template, copy = f"splitcheck_{schema_key()}", f"test_splitcheck_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        # Another process may be migrating, which takes longer than a request may wait for the database.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(4711)")  # given back with this connection
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone() is None:
            unfinished = f"{template}_unfinished"
            cursor.execute(f"DROP DATABASE IF EXISTS {unfinished}")
            cursor.execute(f"CREATE DATABASE {unfinished}")
            connect_to(unfinished)
            call_command("migrate", interactive=False, verbosity=0)
            connection.close()
            cursor.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")
        cursor.execute(f"DROP DATABASE IF EXISTS {copy}")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {template}")
    connect_to(copy)
    yield
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {copy} WITH (FORCE)")


@contextmanager
def another_database(folder: Path) -> Iterator[None]:
    """Connects Django to one more migrated database, which a test may replace, and afterwards to the test's again."""
    before = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "sqlite":
        name = str(folder / "site.sqlite3")
        shutil.copyfile(FOLDER / f"{schema_key()}.sqlite3", name)
    else:
        name = f"another_splitcheck_{os.getpid()}"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE splitcheck_{schema_key()}")
    connect_to(name)
    try:
        yield
    finally:
        connect_to(before)
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def connect_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def empty_tables_in_spite_of_triggers() -> None:
    """On SQLite Django empties tables between browser tests by DELETE, which the log's trigger refuses.

    Changed for all connections: beside Playwright's event loop Django opens another.
    """
    operations: Any = type(connection.ops)
    sql_flush = operations.sql_flush

    def sql_flush_without_triggers(self: Any, *arguments: Any, **options: Any) -> list[str]:
        return [*triggers.DROP_SQLITE, *sql_flush(self, *arguments, **options), *triggers.SQLITE]

    operations.sql_flush = sql_flush_without_triggers


def drop_triggers() -> None:
    """Inside the test's transaction."""
    execute(triggers.DROP_SQLITE if connection.vendor == "sqlite" else triggers.DROP_POSTGRESQL)


def create_triggers() -> None:
    """As the migration does, inside the test's transaction."""
    execute(triggers.SQLITE if connection.vendor == "sqlite" else triggers.POSTGRESQL)


def execute(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
