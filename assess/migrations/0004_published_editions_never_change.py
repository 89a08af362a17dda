"""The database itself refuses to change a published edition, whoever asks; retiring it stays possible.

SQLite drops triggers when a later migration rebuilds the table: such a migration has to run `protect` again. A test
of imports fails when it does not.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT = ("workspace_id", "slug", "version", "title", "content", "sha256", "published_at", "published_by_id")

SQLITE = f"""
CREATE TRIGGER edition_published_never_changes BEFORE UPDATE ON assess_edition
WHEN OLD.published_at IS NOT NULL AND (
    {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)}
    OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS NOT OLD.retired_at)
)
BEGIN
    SELECT RAISE(ABORT, 'a published edition never changes');
END
"""

POSTGRESQL = f"""
CREATE FUNCTION edition_published_never_changes() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'a published edition never changes' USING ERRCODE = 'integrity_constraint_violation';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER edition_published_never_changes BEFORE UPDATE ON assess_edition
FOR EACH ROW WHEN (
    OLD.published_at IS NOT NULL AND (
        {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)}
        OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at)
    )
)
EXECUTE FUNCTION edition_published_never_changes()
"""


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def unprotect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS edition_published_never_changes")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS edition_published_never_changes ON assess_edition")
        schema_editor.execute("DROP FUNCTION IF EXISTS edition_published_never_changes()")


class Migration(migrations.Migration):
    dependencies = [
        ("assess", "0003_own_questionnaires"),
    ]

    operations = [
        migrations.RunPython(protect, unprotect),
    ]
