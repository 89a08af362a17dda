"""What the database itself refuses, whoever asks, and whether it still does.

A published edition never changes, except that it is retired once. An event of a log and a link of the record never
change and are never removed. `migrations/0002_triggers` creates these; `trigger_findings` compares them by their text.
"""

import re
from collections.abc import Iterator
from typing import Final

from django.db import connection

FIXED_ONCE_PUBLISHED: Final = (
    "workspace_id", "slug", "version", "title", "content", "sha256", "published_at", "published_by_id"
)  # fmt: skip
#: table -> the words of what the database says.
NEVER_CHANGES: Final = {"event": "an event", "recordlink": "a link of the record"}


def changed(unlike: str) -> str:
    """SQL: whether a published edition is changed otherwise than by retiring it once."""
    return f"""OLD.published_at IS NOT NULL AND (
    {" OR ".join(f"NEW.{name} {unlike} OLD.{name}" for name in FIXED_ONCE_PUBLISHED)}
    OR (OLD.retired_at IS NOT NULL AND NEW.retired_at {unlike} OLD.retired_at)
)"""


SQLITE: Final = (
    f"""CREATE TRIGGER edition_published_never_changes BEFORE UPDATE ON assess_edition
WHEN {changed("IS NOT")}
BEGIN SELECT RAISE(ABORT, 'a published edition never changes'); END""",
    *(
        statement
        for table, what in NEVER_CHANGES.items()
        for statement in (
            f"""CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON assess_{table}
BEGIN SELECT RAISE(ABORT, '{what} never changes'); END""",
            f"""CREATE TRIGGER {table}_is_never_removed BEFORE DELETE ON assess_{table}
BEGIN SELECT RAISE(ABORT, '{what} is never removed'); END""",
        )
    ),
)

#: name -> table, when, and the body of its function. Conditions are in the body: there their text stays as written.
POSTGRESQL_TRIGGERS: Final = {
    "edition_published_never_changes": (
        "assess_edition",
        "UPDATE",
        f"""
BEGIN
    IF {changed("IS DISTINCT FROM")} THEN
        RAISE EXCEPTION 'a published edition never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
""",
    ),
    **{
        f"{table}_never_changes": (
            f"assess_{table}",
            "DELETE OR UPDATE",
            f"""
BEGIN
    RAISE EXCEPTION '{what} never changes and is never removed' USING ERRCODE = 'integrity_constraint_violation';
END
""",
        )
        for table, what in NEVER_CHANGES.items()
    },
}
POSTGRESQL: Final = tuple(
    statement
    for name, (table, when, body) in POSTGRESQL_TRIGGERS.items()
    for statement in (
        f"CREATE FUNCTION {name}() RETURNS trigger AS $${body}$$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )
)

DROP_SQLITE: Final = tuple(
    f"DROP TRIGGER IF EXISTS {name}"
    for name in (
        "edition_published_never_changes",
        *(f"{table}_{what}" for table in NEVER_CHANGES for what in ("never_changes", "is_never_removed")),
    )
)
DROP_POSTGRESQL: Final = tuple(
    statement
    for name, (table, _when, _body) in POSTGRESQL_TRIGGERS.items()
    for statement in (f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()")
)

PRESENT_IN_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
#: A disabled trigger counts as none; the function's text stands behind that of the trigger.
PRESENT_IN_POSTGRESQL: Final = """
SELECT t.tgname,
       replace(pg_get_triggerdef(t.oid), ' ON ' || c.relnamespace::regnamespace::text || '.', ' ON '),
       l.lanname || p.prosrc
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_proc AS p ON p.oid = t.tgfoid
JOIN pg_language AS l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relname LIKE 'assess_%'
"""


def trigger_findings() -> Iterator[str]:
    """Each trigger that is missing, reads otherwise than the site made it, or is none of the site's. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT_IN_SQLITE if connection.vendor == "sqlite" else PRESENT_IN_POSTGRESQL)
        present = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
    wanted = wanted_triggers()
    for name in sorted(wanted.keys() | present.keys()):
        if name not in present:
            yield f"the trigger {name} is missing"
        elif name not in wanted:
            yield f"the trigger {name} is none of this site's: look what it does"
        elif present[name] != wanted[name]:
            yield f"the trigger {name} was replaced: its text is not the one that this release has"


def wanted_triggers() -> dict[str, tuple[str, ...]]:
    """The text of each trigger as the database keeps it, on PostgreSQL with its function's."""
    if connection.vendor == "sqlite":
        return {re.split(r"\s+", statement)[2]: (statement,) for statement in SQLITE}
    return {
        name: (
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"plpgsql{body}",
        )
        for name, (table, when, body) in POSTGRESQL_TRIGGERS.items()
    }
