"""Rules that the database itself keeps, whoever asks.

A published edition never changes, except that it is retired once. An event of the log never changes and is never removed.

SQLite drops a table's triggers when a later migration rebuilds the table. Such a migration has to run `create_triggers`
again; `tests/integration/test_migrations.py` fails when it does not.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FIXED_ONCE_PUBLISHED = (
    "workspace_id", "slug", "version", "title", "content", "sha256", "published_at", "published_by_id"
)

SQLITE = (
    f"""
CREATE TRIGGER edition_published_never_changes BEFORE UPDATE ON assess_edition
WHEN OLD.published_at IS NOT NULL AND (
    {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED_ONCE_PUBLISHED)}
    OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS NOT OLD.retired_at)
)
BEGIN
    SELECT RAISE(ABORT, 'a published edition never changes');
END
""",
    """
CREATE TRIGGER event_never_changes BEFORE UPDATE ON assess_event
BEGIN SELECT RAISE(ABORT, 'an event never changes'); END
""",
    """
CREATE TRIGGER event_is_never_removed BEFORE DELETE ON assess_event
BEGIN SELECT RAISE(ABORT, 'an event is never removed'); END
""",
)

POSTGRESQL = (
    """
CREATE FUNCTION edition_published_never_changes() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'a published edition never changes' USING ERRCODE = 'integrity_constraint_violation';
END
$$ LANGUAGE plpgsql
""",
    f"""
CREATE TRIGGER edition_published_never_changes BEFORE UPDATE ON assess_edition
FOR EACH ROW WHEN (
    OLD.published_at IS NOT NULL AND (
        {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED_ONCE_PUBLISHED)}
        OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at)
    )
)
EXECUTE FUNCTION edition_published_never_changes()
""",
    """
CREATE FUNCTION event_never_changes() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'an event never changes and is never removed' USING ERRCODE = 'integrity_constraint_violation';
END
$$ LANGUAGE plpgsql
""",
    """
CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON assess_event
FOR EACH ROW EXECUTE FUNCTION event_never_changes()
""",
)

DROP_SQLITE = (
    "DROP TRIGGER IF EXISTS edition_published_never_changes",
    "DROP TRIGGER IF EXISTS event_never_changes",
    "DROP TRIGGER IF EXISTS event_is_never_removed",
)

DROP_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS edition_published_never_changes ON assess_edition",
    "DROP FUNCTION IF EXISTS edition_published_never_changes()",
    "DROP TRIGGER IF EXISTS event_never_changes ON assess_event",
    "DROP FUNCTION IF EXISTS event_never_changes()",
)


def create_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drop_triggers(apps, schema_editor)
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP_SQLITE if schema_editor.connection.vendor == "sqlite" else DROP_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("assess", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(create_triggers, drop_triggers),
    ]
