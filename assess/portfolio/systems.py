"""The rows of the portfolio's table: one for each system of a workspace, in any order.

Decides what a row says. What the filters mean is decided in `filters`, how a page is read in `assessments`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.urls import reverse

from assess.advice.facade import describe_followed
from assess.assessments.facade import NEWEST, Assessment, AssessmentQuerySet, Page, State, months_between, read_page
from assess.decision.facade import GATE_WORDS, VERDICTS_INSIDE, Verdict
from assess.language import _
from assess.people.facade import Workspace
from assess.planning.facade import with_latest_outcome
from assess.portfolio.conditions import count_overdue
from assess.portfolio.filters import GATE_STATE_WORDS, Filters
from assess.web.facade import get_time_zone, localdate_in

PAGE_SIZE = 25
#: A long word is cut into such pieces.
NAME_PIECE = re.compile(r"\s+|\S{1,24}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemRow:
    """One system: its newest version, and the newest submitted one, whose verdict is the current one."""

    newest: Assessment
    latest_submitted: Assessment | None
    overdue_conditions: int
    today: date  #: the workspace's
    verdict_on: date | None  #: the workspace's day of the current verdict

    @property
    def url(self) -> str:
        """The address of the decision, or of the overview while nothing is submitted."""
        if self.latest_submitted is None:
            return reverse("assessment", args=[self.newest.pk])
        return reverse("assessment-decision", args=[self.latest_submitted.pk])

    @property
    def name_parts(self) -> list[str]:
        """The name, cut where a line may break: a long word would push the other columns out of sight."""
        return NAME_PIECE.findall(self.newest.system.name)

    @property
    def overruled_from(self) -> str:
        """The model's verdict where an architect overruled it, else ""."""
        submitted = self.latest_submitted
        return submitted.verdict if submitted is not None and submitted.overruled_to else ""

    @property
    def overruled(self) -> str:
        """A sentence: that the verdict was overruled, and what the model says; "" where it was not."""
        if not self.overruled_from:
            return ""
        return _("overruled; the model says {verdict}").format(
            verdict=VERDICTS_INSIDE[cast(Verdict, self.overruled_from)]
        )

    @property
    def outcome(self) -> str:
        """What was last recorded of a decision on the system: "After 6 months: partly done"; "" for nothing."""
        months = getattr(self.newest, "outcome_months", None)
        return describe_followed(months, getattr(self.newest, "outcome_followed", "")) if months else ""

    @property
    def gates(self) -> list[str]:
        """The gates not passed, each in words with its state."""
        return [
            GATE_STATE_WORDS[state].format(gate=GATE_WORDS.get(gate, gate))
            for gate, state in sorted(self.newest.gates_not_passed.items())
        ]

    @property
    def months_old(self) -> int | None:
        """Whole calendar months since the current verdict was submitted; None without a verdict."""
        return None if self.verdict_on is None else max(0, months_between(self.verdict_on, self.today))

    @property
    def is_due(self) -> bool:
        """Whether the date to ask again has passed."""
        return self.newest.ask_again_on is not None and self.newest.ask_again_on <= self.today


def find_systems(workspace: Workspace, filters: Filters, *, today: date) -> AssessmentQuerySet:
    """The newest version of each system of the workspace that fits the filters. `today` is the workspace's day."""
    return Assessment.objects.filter(
        NEWEST, filters.condition(today=today, zone=get_time_zone(workspace.time_zone)), workspace=workspace
    )


def read_rows(
    systems: AssessmentQuerySet,
    workspace: Workspace,
    filters: Filters,
    *,
    after: str = "",
    before: str = "",
    today: date,
    size: int = PAGE_SIZE,
) -> tuple[list[SystemRow], Page]:
    """A page of these systems of the workspace in the filters' order, after or before the cursor that a link names,
    else the first.

    Four queries.
    """
    order = filters.order
    cursor = order.read_cursor(before or after)
    is_backwards = bool(before) and cursor is not None
    page = read_page(filters.in_order(systems), order, size=size, cursor=cursor, backwards=is_backwards)
    return build_rows(page.ids, workspace, today=today), page


def build_rows(ids: Sequence[int], workspace: Workspace, *, today: date) -> list[SystemRow]:
    """The rows of these newest versions of the workspace, in this order. Three queries, none without ids."""
    if not ids:
        return []
    joined = Assessment.objects.select_related("system__team", "edition").defer("edition__content", "result")
    versions = with_latest_outcome(joined).in_bulk(ids)
    systems = [version.system_id for version in versions.values()]
    submitted = latest_submitted_versions(systems)
    overdue = count_overdue(systems, today=today)
    return [
        SystemRow(
            newest=versions[pk],
            latest_submitted=submitted.get(versions[pk].system_id),
            overdue_conditions=overdue.get(versions[pk].system_id, 0),
            today=today,
            verdict_on=localdate_in(workspace, at) if (at := versions[pk].current_verdict_at) else None,
        )
        for pk in ids
        if pk in versions
    ]


def latest_submitted_versions(systems: Sequence[int], *, with_result: bool = False) -> dict[int, Assessment]:
    """The newest submitted version that counts by system id; systems without one are left out. One query."""
    versions = Assessment.objects.filter(system__in=systems, deleted_at=None, submitted_at__isnull=False)
    versions = versions.exclude(state=State.WITHDRAWN)
    if not with_result:
        versions = versions.only("system", "version", "verdict", "form", "overruled_to")
    return {version.system_id: version for version in versions.order_by("version")}
