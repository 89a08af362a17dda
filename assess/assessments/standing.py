"""What lists show of a system without reading its versions: which is the newest, which verdict stands, and the counts.

Decides: how `is_newest`, the `standing_…` fields and the tallies follow from a system's versions. Whoever changes a
version's state calls `keep_standing` in the same transaction, holding the system.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from assess.assessments.models import Assessment, System, Tally
from assess.decision.facade import ASK_AGAIN_MONTHS
from assess.web.facade import get_time_zone

STANDING = (
    "standing_verdict",
    "standing_form",
    "standing_at",
    "need",
    "readiness",
    "gates_not_passed",
    "ask_again_on",
)
DAYS_A_MONTH = 30.4375


def keep_standing(system: System) -> None:
    """Bring the newest version's summary, and the workspace's counts, up to what the versions say. A few queries.

    What the system added to the counts so far is read from where it was written (`counted`): by now its versions no
    longer tell.
    """
    versions = list(system.assessments.order_by("-version").defer("result"))
    before = System.objects.values_list("counted", flat=True).get(pk=system.pk)
    present = [version for version in versions if version.deleted_at is None]
    newest = present[0] if present else None
    standing = next((version for version in present if version.is_submitted), None)
    stale = [version.pk for version in versions if version.is_newest and version is not newest]
    if stale:
        Assessment.objects.filter(pk__in=stale).update(is_newest=False)
    if newest is not None:
        newest.is_newest = True
        newest.team_id, newest.system_name = system.team_id, system.name.lower()
        for name, value in summary_of(standing).items():
            setattr(newest, name, value)
        newest.save(update_fields=("is_newest", "team_id", "system_name", *STANDING))
    after = _counts(newest)
    if after != before:
        System.objects.filter(pk=system.pk).update(counted=after)
        _tally(system.workspace_id, before, after)


def summary_of(standing: Assessment | None) -> dict[str, Any]:
    """The `standing_…` fields for a system whose newest submitted version is this one."""
    if standing is None:
        return dict(zip(STANDING, ("", "", None, 0, 0, {}, None), strict=True))
    result: Mapping[str, Any] = standing.result or {}
    assert standing.submitted_at is not None
    zone = get_time_zone(standing.workspace.time_zone)  # whoever submits, by a page or from a program
    verdict = standing.overruled_to or standing.verdict
    return {
        "standing_verdict": verdict,
        "standing_form": "" if standing.overruled_to else standing.form,
        "standing_at": standing.submitted_at,
        "need": max(result["pain"].values(), default=0) if result else 0,
        "readiness": min(result["readiness"].values(), default=0) if result else 0,
        "gates_not_passed": {
            gate["gate"]: gate["state"] for gate in result.get("gates", ()) if gate["state"] != "passed"
        },
        "ask_again_on": add_months(timezone.localdate(standing.submitted_at, zone), ASK_AGAIN_MONTHS[verdict]),
    }


def add_months(day: date, months: int) -> date:
    """So many months later, to the nearest day."""
    return day + timedelta(days=round(months * DAYS_A_MONTH))


def _counts(newest: Assessment | None) -> list[str]:
    """What one system adds to its workspace's tallies, each once: "kind/name"."""
    if newest is None:
        return []
    counts = ["systems/all", f"state/{newest.state}"]
    if newest.standing_verdict:
        counts.append(f"verdict/{newest.standing_verdict}")
        if newest.standing_form:
            counts.append(f"form/{newest.standing_form}")
        counts += [f"gate/{gate}/{state}" for gate, state in sorted(newest.gates_not_passed.items())]
    return counts


def _tally(workspace_id: int, before: Iterable[str], after: Iterable[str]) -> None:
    counts = Counter(after)
    counts.subtract(before)
    for counted, step in sorted(counts.items()):  # in one order, so that two never wait for each other
        if not step:
            continue
        kind, name = counted.split("/", 1)
        rows = Tally.objects.filter(workspace=workspace_id, kind=kind, name=name)
        if not rows.update(number=F("number") + step):
            Tally.objects.bulk_create(
                [Tally(workspace_id=workspace_id, kind=kind, name=name)],
                ignore_conflicts=True,
            )
            rows.update(number=F("number") + step)
