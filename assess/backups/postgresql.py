"""A consistent copy of a PostgreSQL database, and putting one back, by PostgreSQL's own programs.

The copy is what `pg_dump` sees from one exported snapshot, in which the rows are counted too. Putting back is one
transaction of `psql`: it drops the site's tables, restores them, and compares the number of rows of each with the
manifest before it commits. So an interruption leaves what was there.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from assess.backups.archive import BackupError, DatabaseFacts
from assess.backups.facts import read_facts

PART: Final = "database.pgdump"
#: What is said of a program that is missing or too old.
INSTALL: Final = "Install PostgreSQL's client programs of version {version} or newer (Debian: postgresql-client)."
#: Whoever else is connected to this database.
OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), {pid})
"""


def query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def server_version() -> int:
    """The server's major version. One query."""
    return int(query("SHOW server_version_num")[0][0]) // 10_000


def schema_name() -> str:
    return str(query("SELECT current_schema()")[0][0])


def tables_of_schema() -> list[str]:
    """All tables of the schema. One query."""
    return [str(row[0]) for row in query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")]


def foreign_tables(tables: Iterable[str]) -> list[str]:
    """Those of the tables that are none of Splitcheck's."""
    ours = {config.label for config in apps.get_app_configs()} | {"django", "splitcheck"}
    return sorted(name for name in tables if not any(name.startswith(f"{prefix}_") for prefix in ours))


def others_connected() -> int:
    """How many connections to this database there are beside our own. One query."""
    return int(query(OTHERS.format(pid="0"))[0][0])


def program_version(name: str) -> tuple[int, str]:
    """The major version of one of PostgreSQL's programs, and its own words. Raises BackupError where it is missing."""
    if shutil.which(name) is None:
        raise BackupError(f"The program {name} is missing. {INSTALL.format(version=server_version())}")
    said = run([name, "--version"], environment={}).strip()
    number = re.search(r"\) (\d+)", said)
    if number is None:
        raise BackupError(f"The program {name} does not say its version: “{said}”.")
    return int(number[1]), said


def check_programs(names: Iterable[str], *, at_least: int) -> None:
    """Raises BackupError unless these are there, of this major version or newer."""
    for name in names:
        version, said = program_version(name)
        if version < at_least:
            raise BackupError(f"{said} is too old for version {at_least}. {INSTALL.format(version=at_least)}")


def run(command: Sequence[str | Path], *, environment: dict[str, str] | None = None) -> str:
    """What the program printed; it connects as the site does. Raises BackupError with its own words."""
    arguments, connecting = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    if environment is None:
        command, environment = [*command, *arguments[1:]], connecting or {}
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments; the password is in the environment
            [str(part) for part in command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as problem:
        raise BackupError(f"{command[0]} cannot be started: {problem.strerror}.") from None
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {' '.join(done.stderr.split())[:600]}")
    return done.stdout


def take_copy(folder: Path) -> tuple[Path, DatabaseFacts]:
    """A copy of the database as it is now, in one file of `folder`, and what it holds."""
    check_programs(["pg_dump"], at_least=server_version())
    path = folder / PART
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            snapshot = query("SELECT pg_export_snapshot()")[0][0]
            schema = f'--schema="{schema_name()}"'
            options = ["--format=custom", "--no-owner", "--no-privileges", "--no-password", schema]
            run(["pg_dump", *options, f"--snapshot={snapshot}", f"--file={path}"])
            return path, read_facts(query, tables_of_schema())
    except DatabaseError as problem:
        raise BackupError(f"The database cannot be copied: {' '.join(str(problem).split())}.") from None


def check_part(path: Path) -> None:
    """Raises BackupError unless `pg_restore` can read the part."""
    run(["pg_restore", "--list", path], environment={})


def put_back(part: Path, expected: DatabaseFacts, folder: Path) -> None:
    """Make the site's tables the same as the part, in one transaction that nobody else takes part in."""
    schema, pid = schema_name(), query("SELECT pg_backend_pid()")[0][0]
    script = folder / "restore.sql"
    dump = folder / "dump.sql"
    run(["pg_restore", "--no-owner", "--no-privileges", f"--schema={schema}", f"--file={dump}", part], environment={})
    known = {str(row[0]) for row in query("SELECT name FROM pg_settings")}
    with script.open("wb") as out:
        out.write(f"{check_alone(pid)}\n".encode())
        out.writelines(f"{statement};\n".encode() for statement in drop_statements(schema))
        with dump.open("rb") as restored:
            out.writelines(line for line in restored if is_known_setting(line, known))
        out.write(f"{check_counts(schema, expected)}\n".encode())
    dump.unlink()
    options = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    run(["psql", *options, "--output=/dev/null", f"--file={script}"])


def is_known_setting(line: bytes, known: set[str]) -> bool:
    """False for the setting of a newer server's parameter, which `pg_restore` of that version writes.

    >>> is_known_setting(b"SET transaction_timeout = 0;", {"lock_timeout"})
    False
    """
    setting = re.match(rb"SET ([a-z_]+) = [^ ;]+;\s*$", line)
    return setting is None or setting[1].decode() in known


def drop_statements(schema: str) -> Iterator[str]:
    """SQL that drops the site's tables and the functions of their triggers. One query."""
    functions = query(
        "SELECT DISTINCT p.proname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
        "JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace "
        "AND p.pronamespace = c.relnamespace"
    )
    tables = tables_of_schema()
    if tables:
        yield "DROP TABLE " + ", ".join(f'"{schema}"."{name}"' for name in sorted(tables))
    for (name,) in functions:
        yield f'DROP FUNCTION "{schema}"."{name}"()'


def check_alone(pid: int) -> str:
    """SQL that fails where somebody else is connected, but for the connection of this process."""
    return f"""SET LOCAL lock_timeout = '10s';
DO $$ BEGIN IF ({OTHERS.format(pid=pid)}) > 0 THEN RAISE EXCEPTION 'somebody connected meanwhile'; END IF; END $$;"""


def check_counts(schema: str, expected: DatabaseFacts) -> str:
    """SQL that fails where a table has another number of rows than expected."""
    checks = [
        f"""IF (SELECT count(*) FROM "{schema}"."{table}") <> {count} THEN """  # noqa: S608  # names as sealed
        f"RAISE EXCEPTION 'table {table} has another number of rows than the backup says'; END IF;"
        for table, count in sorted(expected.rows.items())
    ]
    return f"DO $$ BEGIN {' '.join(checks)} END $$;"
