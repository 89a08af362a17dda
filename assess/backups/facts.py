"""What a database holds, read by plain SQL: of this release's schema or of another one's."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from assess.backups.archive import BackupError, DatabaseFacts
from assess.record.facade import Head

#: Runs one statement and returns its rows.
Query = Callable[[str], Sequence[Sequence[Any]]]
#: Tables without which a database is none of Splitcheck's.
OURS: Final = frozenset({"django_migrations", "assess_event", "assess_recordlink"})


def read_facts(query: Query, tables: Iterable[str]) -> DatabaseFacts:
    """Counts all rows of these tables: reads each table once. Raises BackupError where Splitcheck's are missing."""
    names = sorted(tables)
    if not set(names) >= OURS:
        raise BackupError("The database has no tables of Splitcheck, or only some of them.")
    rows = {name: int(query(f'SELECT count(*) FROM "{name}"')[0][0]) for name in names}  # noqa: S608  # its own names
    link = query("SELECT number, seal FROM assess_recordlink ORDER BY number DESC LIMIT 1")
    event = query("SELECT id, seal FROM assess_event ORDER BY id DESC LIMIT 1")
    return DatabaseFacts(
        migrations=tuple(f"{app}.{name}" for app, name in query("SELECT app, name FROM django_migrations ORDER BY id")),
        rows=rows,
        head=str(Head(int(link[0][0]), str(link[0][1])) if link else Head(0, "0" * 64)),
        events=rows["assess_event"],
        newest_event=(int(event[0][0]), str(event[0][1])) if event else (0, ""),
    )


def check_facts(found: DatabaseFacts, expected: DatabaseFacts) -> None:
    """Raises BackupError with the first difference."""
    for table in sorted(found.rows.keys() | expected.rows.keys()):
        if found.rows.get(table) != expected.rows.get(table):
            raise BackupError(
                f"The backup is damaged: table {table} has {found.rows.get(table, 'no')} rows, and its manifest says "
                f"{expected.rows.get(table, 'none')}."
            )
    if found != expected:
        raise BackupError("The backup is damaged: its record or its migrations are not those that its manifest names.")
