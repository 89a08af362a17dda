"""The database itself refuses to change or remove an event, whoever asks.

SQLite drops triggers when a later migration rebuilds the table: such a migration has to run `protect` again. A test
of the log fails when it does not.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
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


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unprotect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS event_never_changes")
        schema_editor.execute("DROP TRIGGER IF EXISTS event_is_never_removed")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS event_never_changes ON assess_event")
        schema_editor.execute("DROP FUNCTION IF EXISTS event_never_changes()")


class Migration(migrations.Migration):
    dependencies = [
        ("assess", "0007_log_and_standing_are_whole"),
    ]

    operations = [
        migrations.RunPython(protect, unprotect),
    ]
