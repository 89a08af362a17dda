"""Counts anew what the tallies hold, and notes at each system what it adds to them.

What is counted is written out here as it was when this migration was made.
"""

from collections import Counter

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    assessments, systems, tallies = (
        apps.get_model("assess", name).objects for name in ("Assessment", "System", "Tally")
    )
    numbers = Counter()
    newest = assessments.filter(is_newest=True, deleted_at=None).only(
        "system", "workspace", "state", "standing_verdict", "standing_form", "gates_not_passed"
    )
    for one in newest.iterator():
        counted = ["systems/all", f"state/{one.state}"]
        if one.standing_verdict:
            counted.append(f"verdict/{one.standing_verdict}")
            if one.standing_form:
                counted.append(f"form/{one.standing_form}")
            counted += [f"gate/{gate}/{state}" for gate, state in sorted(one.gates_not_passed.items())]
        systems.filter(pk=one.system_id).update(counted=counted)
        numbers.update((one.workspace_id, *name.split("/", 1)) for name in counted)
    tallies.all().delete()
    tallies.bulk_create(
        tallies.model(workspace_id=workspace, kind=kind, name=name, number=number)
        for (workspace, kind, name), number in numbers.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assess", "0010_lists_of_any_length"),
    ]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
