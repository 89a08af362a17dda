"""Rules that the database itself keeps, whoever asks: `record.triggers`.

SQLite drops a table's triggers when a later migration rebuilds the table. Such a migration has to run `create_triggers`
again; `tests/integration/test_migrations.py` fails when it does not.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from assess.record.triggers import DROP_POSTGRESQL, DROP_SQLITE, POSTGRESQL, SQLITE


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
