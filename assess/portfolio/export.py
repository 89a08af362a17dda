"""The portfolio as CSV and JSON: all that a filter finds, streamed, up to a limit that the file itself names.

Decides: what an exported system says. Texts that people typed are written so that no spreadsheet takes them for a
formula. The columns' names and slugs are what scripts go by, so they are the same in every language.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from assess import language
from assess.assessments.facade import read_page
from assess.language import _
from assess.people.facade import Workspace
from assess.portfolio.lists import Row, Search, rows_of, standing_versions
from assess.web.facade import spreadsheet_cell, spreadsheet_row

MOST: Final = 10_000
CHUNK: Final = 500
COLUMNS: Final = (
    "system", "team", "version", "state", "verdict", "form", "overruled_from", "need", "readiness_least",
    "gates_failed", "gates_open", "verdict_on", "months_old", "edition", "ask_again_on", "conditions_overdue",
)  # fmt: skip


def batches(asked: Search, *, today: date) -> Iterator[list[Row]]:
    """All rows in their order, some hundred at a time and at most `MOST`; each batch begins where the last ended."""
    place, left = asked.start, MOST
    while left > 0:
        size = min(CHUNK, left)
        end = asked.end_from(place)
        page = read_page(asked.rows, asked.order, size=size, narrow=asked.narrow, place=place, end=end)
        if page.ids:
            yield rows_of(page.ids, today=today)
        left -= len(page.ids)
        place = page.following
        if place is None:
            return


def as_csv(asked: Search, *, today: date) -> Iterator[str]:
    """Line by line, the columns' names first; with a last line that says so where the limit was reached."""
    yield spreadsheet_row(COLUMNS)
    number = 0
    for rows in batches(asked, today=today):
        yield "".join(spreadsheet_row([spreadsheet_cell(value) for value in facts(row).values()]) for row in rows)
        number += len(rows)
    if number == MOST:
        told = _("This file holds at most {most} systems; there may be more. Filter to have the others.")
        yield spreadsheet_row([told.format(most=language.number(MOST))])


def as_json(asked: Search, workspace: Workspace, *, today: date) -> Iterator[str]:
    """One object: what was asked, then `systems` with each standing verdict as the contract has it, then whether these
    are all."""
    head = {
        "workspace": workspace.name,
        "exported_on": today.isoformat(),
        "filters": asked.filters.query(),
        "at_most": MOST,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "systems": ['
    number = 0
    for rows in batches(asked, today=today):
        results = standing_versions([row.newest.system_id for row in rows], with_result=True)
        entries = []
        for row in rows:
            standing = results.get(row.newest.system_id)
            result: dict[str, Any] = dict(standing.result or {}) if standing is not None else {}
            plain = facts(row)
            entry = {**result, **plain, "model_verdict": result.get("verdict"), "verdict": plain["verdict"] or None}
            entries.append(json.dumps(entry, ensure_ascii=False))
        yield (", " if number else "") + ",\n".join(entries)
        number += len(rows)
    yield f'], "count": {number}, "complete": {json.dumps(number < MOST)}}}\n'


def facts(row: Row) -> dict[str, Any]:
    """A system in plain values, as files have it."""
    newest = row.newest
    gates = newest.gates_not_passed
    return {
        "system": newest.system.name,
        "team": newest.system.team.name,
        "version": newest.version,
        "state": newest.state,
        "verdict": newest.standing_verdict,
        "form": newest.standing_form,
        "overruled_from": row.overruled_from,
        "need": newest.need if newest.standing_verdict else None,
        "readiness_least": newest.readiness if newest.standing_verdict else None,
        "gates_failed": " ".join(sorted(gate for gate, state in gates.items() if state == "failed")),
        "gates_open": " ".join(sorted(gate for gate, state in gates.items() if state == "open")),
        "verdict_on": newest.standing_at.date().isoformat() if newest.standing_at else None,
        "months_old": row.months_old,
        "edition": str(newest.edition),
        "ask_again_on": newest.ask_again_on.isoformat() if newest.ask_again_on else None,
        "conditions_overdue": row.overdue,
    }
