"""The summary that lists show of a system without reading its versions: the newest one, and the current verdict.

Decides how `is_newest`, `current_verdict` and the fields beside it follow from a system's versions. Whoever changes a
version's state calls `refresh_summary` in the same transaction, with the system locked.
"""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from assess.assessments.models import Assessment, System
from assess.decision.facade import ASK_AGAIN_MONTHS
from assess.questionnaire.facade import name_key
from assess.web.facade import localdate_in

#: The summary of a system without a verdict.
NO_VERDICT_YET: Final[Mapping[str, Any]] = {
    "current_verdict": "",
    "current_verdict_form": "",
    "current_verdict_at": None,
    "need": 0,
    "readiness": 0,
    "gates_not_passed": {},
    "ask_again_on": None,
}


def refresh_summary(system: System) -> None:
    """Recompute the summary on the system's newest version. Three queries, one more where another was the newest."""
    versions = list(system.assessments.order_by("-version").defer("result"))
    newest = newest_of(versions)
    outdated = [version.pk for version in versions if version.is_newest and version is not newest]
    if outdated:
        Assessment.objects.filter(pk__in=outdated).update(is_newest=False)
    if newest is not None:
        newest.team_id = system.team_id
        summary = {
            "is_newest": True,
            "system_name": name_key(system.name),
            **build_summary(latest_that_counts(versions)),
        }
        for name, value in summary.items():
            setattr(newest, name, value)
        newest.save(update_fields=("team_id", *summary))


def newest_of(versions: Sequence[Assessment]) -> Assessment | None:
    """The version that lists show, of all versions of a system, newest first; None where all are deleted."""
    return next((version for version in versions if version.deleted_at is None), None)


def latest_that_counts(versions: Sequence[Assessment]) -> Assessment | None:
    """The version that gives the system its verdict, of all its versions, newest first; None where none does."""
    return next((version for version in versions if version.is_submitted and version.counts), None)


def build_summary(latest_submitted: Assessment | None) -> Mapping[str, Any]:
    """The summary fields of a system whose newest submitted version is this one."""
    if latest_submitted is None:
        return NO_VERDICT_YET
    result: Mapping[str, Any] = latest_submitted.result or {}
    assert latest_submitted.submitted_at is not None
    verdict = latest_submitted.overruled_to or latest_submitted.verdict
    on = localdate_in(latest_submitted.workspace, latest_submitted.submitted_at)
    return {
        "current_verdict": verdict,
        "current_verdict_form": "" if latest_submitted.overruled_to else latest_submitted.form,
        "current_verdict_at": latest_submitted.submitted_at if verdict else None,
        "need": max(result["pain"].values(), default=0) if result else 0,
        "readiness": min(result["readiness"].values(), default=0) if result else 0,
        "gates_not_passed": {
            gate["gate"]: gate["state"] for gate in result.get("gates", ()) if gate["state"] != "passed"
        },
        "ask_again_on": add_months(on, ASK_AGAIN_MONTHS[verdict]) if verdict else None,
    }


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of a month that has no such day.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 11, 20), -6)
    (datetime.date(2026, 2, 28), datetime.date(2026, 5, 20))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(day: date, later: date) -> int:
    """The whole calendar months from one day to a later one, as `add_months` counts them.

    >>> months_between(date(2026, 1, 31), date(2026, 2, 27)), months_between(date(2026, 1, 31), date(2026, 2, 28))
    (0, 1)
    """
    months = (later.year - day.year) * 12 + later.month - day.month
    return months if add_months(day, months) <= later else months - 1


def latest_day_before(day: date, months: int) -> date:
    """The latest day from which so many whole calendar months have passed on this day.

    >>> latest_day_before(date(2026, 2, 27), 1), latest_day_before(date(2026, 2, 28), 1)
    (datetime.date(2026, 1, 27), datetime.date(2026, 1, 31))
    """
    start = add_months(day, -months)
    # From the last day of a short month, later days of the earlier one count as well.
    last = start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return last if add_months(last, months) <= day else start
