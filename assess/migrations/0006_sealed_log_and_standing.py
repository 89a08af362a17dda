"""Numbers and seals the events there are, and works out what lists show of each system.

What a seal covers and how a summary comes about is written out here as it was when this migration was made.
"""

import hashlib
import hmac
import json
from collections import Counter
from datetime import UTC, timedelta
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

MONTHS = {"stay": 12, "modular": 6, "extract": 3}


def seal_of(event: Any, key: bytes) -> str:
    fields = {
        "assessment_id": event.assessment_id,
        "respondent_id": None,
        "number": event.number,
        "kind": event.kind,
        "key": event.key,
        "payload": event.payload,
        "version": event.version,
        "mutation_id": event.mutation_id.hex if event.mutation_id else "",
        "by_id": event.by_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    content = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    assessments, events_, systems, tallied = (
        apps.get_model("assess", name).objects for name in ("Assessment", "Event", "System", "Tally")
    )
    key = hashlib.sha256(f"assess.event:{settings.SECRET_KEY}".encode()).digest()
    for assessment in assessments.select_related("system").defer("result").iterator():
        events = list(events_.filter(assessment=assessment).order_by("id"))
        for number, event in enumerate(events, start=1):
            event.number = number
            event.seal = seal_of(event, key)
        events_.bulk_update(events, ("number", "seal"), batch_size=200)
        assessments.filter(pk=assessment.pk).update(
            log_length=len(events),
            team=assessment.system.team_id,
            system_name=assessment.system.name.lower(),
            state="submitted" if assessment.submitted_at else "draft",
        )
    tallies = Counter()
    for system in systems.iterator():
        versions = list(assessments.filter(system=system, deleted_at=None).order_by("-version"))
        if not versions:
            continue
        newest, standing = versions[0], next((one for one in versions if one.submitted_at), None)
        summary = {}
        if standing is not None:
            result = standing.result or {}
            summary = {
                "standing_verdict": standing.verdict,
                "standing_form": standing.form,
                "standing_at": standing.submitted_at,
                "need": max(result.get("pain", {}).values(), default=0),
                "readiness": min(result.get("readiness", {}).values(), default=0),
                "gates_not_passed": {
                    gate["gate"]: gate["state"] for gate in result.get("gates", ()) if gate["state"] != "passed"
                },
                "ask_again_on": timezone.localdate(standing.submitted_at)
                + timedelta(days=round(MONTHS[standing.verdict] * 30.4375)),
            }
            tallies[system.workspace_id, "verdict", standing.verdict] += 1
            tallies[system.workspace_id, "form", standing.form] += 1
            for gate, state in summary["gates_not_passed"].items():
                tallies[system.workspace_id, "gate", f"{gate}/{state}"] += 1
        assessments.filter(pk=newest.pk).update(is_newest=True, **summary)
        tallies[system.workspace_id, "systems", "all"] += 1
        tallies[system.workspace_id, "state", "submitted" if newest.submitted_at else "draft"] += 1
    tallied.bulk_create(
        tallied.model(workspace_id=workspace, kind=kind, name=name, number=number)
        for (workspace, kind, name), number in tallies.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assess", "0005_many_people_one_decision"),
    ]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
