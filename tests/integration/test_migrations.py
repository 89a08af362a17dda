"""Migrating from nothing, as the database of these tests was made, gives what the models say and the triggers."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from tests.databases import drop_triggers

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
}
MODELS = [model for model in apps.get_app_config("assess").get_models() if not model._meta.proxy]


def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=out)
    assert out.getvalue() == "No changes detected\n"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_database_has_the_columns_constraints_and_indexes_of_the_model(model: type[models.Model]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
        constraints = connection.introspection.get_constraints(cursor, table)
    assert columns == {field.column for field in model._meta.local_fields}
    named = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
    assert named - constraints.keys() == set()
    for index in model._meta.indexes:
        wanted = [model._meta.get_field(name).column for name, _ in index.fields_orders]
        assert constraints[index.name]["columns"] == wanted


def test_the_database_protects_published_editions_and_the_log() -> None:
    wanted = {
        ("assess_edition", "edition_published_never_changes"),
        ("assess_event", "event_never_changes"),
        ("assess_recordlink", "recordlink_never_changes"),
    }
    if connection.vendor == "sqlite":  # PostgreSQL has one trigger for both
        wanted |= {
            ("assess_event", "event_is_never_removed"),
            ("assess_recordlink", "recordlink_is_never_removed"),
        }
    assert triggers() == wanted


def test_the_triggers_can_be_taken_back() -> None:
    drop_triggers()
    assert triggers() == set()


def triggers() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        return set(cursor.fetchall())
