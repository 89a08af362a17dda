"""The portfolio as a table and as JSON: the systems that fit the filters, up to a limit that the file itself names.

Decides what an exported system says; how a table is written is decided by `web.spreadsheet`. Columns and slugs are the
same in every language, because scripts read them.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from assess import language
from assess.assessments.facade import AssessmentQuerySet
from assess.language import _
from assess.people.facade import Workspace
from assess.portfolio.filters import Filters
from assess.portfolio.systems import SystemRow, build_rows, find_systems, latest_submitted_versions

MAX_SYSTEMS: Final = 10_000
BATCH_SIZE: Final = 500
COLUMNS: Final = (
    "system", "team", "version", "state", "verdict", "form", "overruled_from", "need", "readiness_least",
    "gates_failed", "gates_open", "verdict_on", "months_old", "edition", "ask_again_on", "conditions_overdue",
)  # fmt: skip


def table_rows(workspace: Workspace, filters: Filters, *, today: date) -> Iterator[Iterable[object]]:
    """The rows of the table: the columns' names, the systems, and a last one that says so where there are more."""
    ids, is_complete = system_ids(find_systems(workspace, filters, today=today), filters)
    yield COLUMNS
    for rows in row_batches(ids, workspace, today=today):
        yield from (to_values(row).values() for row in rows)
    if not is_complete:
        sentence = _("This file ends after {most} systems. Filter to get the others.")
        yield [sentence.format(most=language.number(MAX_SYSTEMS))]


def stream_json(workspace: Workspace, filters: Filters, *, today: date) -> Iterator[str]:
    """The file in parts: one object with the filters, then `systems`, each with its kept result, then `complete`."""
    ids, is_complete = system_ids(find_systems(workspace, filters, today=today), filters)
    head = {
        "workspace": workspace.name,
        "exported_on": today.isoformat(),
        "filters": filters.query(),
        "at_most": MAX_SYSTEMS,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "systems": ['
    count = 0
    for rows in row_batches(ids, workspace, today=today):
        submitted = latest_submitted_versions([row.newest.system_id for row in rows], with_result=True)
        entries = []
        for row in rows:
            version = submitted.get(row.newest.system_id)
            result: dict[str, Any] = dict(version.result or {}) if version is not None else {}
            values = to_values(row)
            entry = {**result, **values, "model_verdict": result.get("verdict"), "verdict": values["verdict"] or None}
            entries.append(json.dumps(entry, ensure_ascii=False, default=date.isoformat))
        yield (", " if count else "") + ",\n".join(entries)
        count += len(rows)
    yield f'], "count": {count}, "complete": {json.dumps(is_complete)}}}\n'


def system_ids(systems: AssessmentQuerySet, filters: Filters) -> tuple[list[int], bool]:
    """The first `MAX_SYSTEMS` ids in the filters' order, and whether these are all. One query."""
    ids = list(filters.in_order(systems).values_list("pk", flat=True)[: MAX_SYSTEMS + 1])
    return ids[:MAX_SYSTEMS], len(ids) <= MAX_SYSTEMS


def row_batches(ids: list[int], workspace: Workspace, *, today: date) -> Iterator[list[SystemRow]]:
    """The rows of these newest versions, some hundred at a time. Three queries each."""
    for start in range(0, len(ids), BATCH_SIZE):
        yield build_rows(ids[start : start + BATCH_SIZE], workspace, today=today)


def to_values(row: SystemRow) -> dict[str, Any]:
    """The system's values by column. Days are the workspace's."""
    newest = row.newest
    gates = newest.gates_not_passed
    return {
        "system": newest.system.name,
        "team": newest.system.team.name,
        "version": newest.version,
        "state": newest.state,
        "verdict": newest.current_verdict,
        "form": newest.current_verdict_form,
        "overruled_from": row.overruled_from,
        "need": newest.need if newest.current_verdict else None,
        "readiness_least": newest.readiness if newest.current_verdict else None,
        "gates_failed": " ".join(sorted(gate for gate, state in gates.items() if state == "failed")),
        "gates_open": " ".join(sorted(gate for gate, state in gates.items() if state == "open")),
        "verdict_on": row.verdict_on,
        "months_old": row.months_old,
        "edition": str(newest.edition),
        "ask_again_on": newest.ask_again_on,
        "conditions_overdue": row.overdue_conditions,
    }
