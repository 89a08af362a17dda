"""The former release can work on the present database: the rule for columns of docs/releases.md."""

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from tests.former_release import extract

Fields = Mapping[str, models.Field]  # by name


def read_former_models(folder: Path) -> dict[str, Fields]:
    """Fields by table, as the former release's migrations make them."""
    state = ProjectState()
    for file in sorted((folder / "assess" / "migrations").glob("0*.py")):
        spec = importlib.util.spec_from_file_location(f"former_{file.stem}", file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for operation in module.Migration.operations:
            operation.state_forwards("assess", state)
    return {
        str(model.options.get("db_table", f"assess_{model.name_lower}")): model.fields
        for model in state.models.values()
        if model.app_label == "assess"
    }


def present_models() -> dict[str, Fields]:
    return {
        model._meta.db_table: {field.name: field for field in (*model._meta.local_fields, *model._meta.many_to_many)}
        for model in apps.get_app_config("assess").get_models()
    }


def find_breaks(former: Mapping[str, Fields], present: Mapping[str, Fields]) -> Iterator[str]:
    """What the former release would stumble over, a sentence each."""
    for table, fields in former.items():
        if table not in present:
            yield f"The table {table} is gone"
            continue
        for name, field in fields.items():
            now = present[table].get(name)
            if now is None:
                yield f"{table}.{name} is gone"
                continue
            if type(now) is not type(field):
                yield f"{table}.{name} is of another kind"
            if field.null and not now.null:
                yield f"{table}.{name} takes no NULL any more"
            if now.unique and not field.unique:
                yield f"{table}.{name} is unique now"
            if (now.max_length or 0) < (field.max_length or 0):
                yield f"{table}.{name} is narrower"
        for name, field in present[table].items():
            is_filled = field.null or field.primary_key or field.many_to_many or field.db_default is not NOT_PROVIDED
            if name not in fields and not is_filled:
                yield f"{table}.{name} is new, and has no db_default"


def test_the_former_release_can_read_and_write_every_table(tmp_path: Path) -> None:
    former = read_former_models(extract(tmp_path, "assess/migrations"))
    assert len(former) > 20
    assert list(find_breaks(former, present_models())) == []


def test_each_kind_of_change_that_breaks_the_former_release_is_found() -> None:
    text = models.CharField(max_length=20)
    former = {"kept": {"name": text, "note": models.TextField(null=True), "code": text}, "dropped": {"name": text}}
    present = {
        "kept": {
            "name": models.CharField(max_length=10, unique=True),
            "note": models.TextField(),
            "new": models.IntegerField(default=0),
            "filled": models.IntegerField(db_default=0),
            "open": models.IntegerField(null=True),
        },
        "added": {"anything": models.IntegerField()},
    }
    assert list(find_breaks(former, present)) == [
        "kept.name is unique now",
        "kept.name is narrower",
        "kept.note takes no NULL any more",
        "kept.code is gone",
        "kept.new is new, and has no db_default",
        "The table dropped is gone",
    ]
