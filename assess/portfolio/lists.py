"""The portfolio's table: one row for each system, in any order, any page in the same time.

Decides: which rows a page shows and what a row says. Does not decide: how a page is read (`assessments.keyset`), what
the filters mean (`filters`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import cast

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import (
    LOOK,
    NEWEST,
    Assessment,
    AssessmentQuerySet,
    Order,
    Page,
    Place,
    end_of_look,
    read_page,
    up_to,
)
from assess.decision.facade import GATE_WORDS, VERDICTS_INSIDE, Verdict
from assess.language import _
from assess.people.facade import Workspace
from assess.portfolio.conditions import overdue_of
from assess.portfolio.filters import CONTAINS_UP_TO, GATE_IS, Filters

PAGE = 25
LONG_WORDS = re.compile(r"\s+|\S{1,24}")


@dataclass(kw_only=True)
class Search:
    """What is looked through, made of what was asked and of how large the workspace is."""

    rows: AssessmentQuerySet  #: what an index answers by itself
    filters: Filters
    narrow: Q | None  #: what else must fit
    systems: int  #: in the workspace

    @property
    def order(self) -> Order:
        return self.filters.order

    @property
    def anywhere(self) -> bool:
        """Whether a text is found anywhere in a name, or where names begin with it."""
        return self.systems <= CONTAINS_UP_TO

    @cached_property
    def end(self) -> Place | None:
        """Where a look from the start ends. One query, none where nothing has to be looked through."""
        return self.end_from(self.start)

    def end_from(self, place: Place | None, *, backwards: bool = False) -> Place | None:
        """Where a look from there ends. A workspace of no more systems than that is always looked through whole."""
        if self.narrow is None or self.systems <= LOOK:
            return None
        rows = self.rows if place is None else self.rows.filter(self.order.beyond(place, backwards=backwards))
        end = end_of_look(rows, self.order, backwards=backwards)
        # Names that begin alike stand together: beyond them there is nothing to look for.
        return end if end is None or str(end.value).startswith(self.begins_with) else None

    @property
    def found(self) -> AssessmentQuerySet:
        """All that a look from the start finds, in order."""
        rows = self.rows if self.start is None else self.rows.filter(self.order.beyond(self.start))
        rows = up_to(rows, self.order, self.end)
        return (rows if self.narrow is None else rows.filter(self.narrow)).order_by(*self.order.columns())

    @property
    def begins_with(self) -> str:
        """The text with which all names found begin, "" where nothing says so."""
        return "" if self.anywhere else self.filters.q.lower()

    @property
    def start(self) -> Place | None:
        """From where the first page is read: names that begin with a text stand together."""
        return Place(value=self.begins_with, pk=0) if self.begins_with else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One system: its newest version, and the version whose verdict stands (None while there is no verdict)."""

    newest: Assessment
    standing: Assessment | None
    overdue: int  #: conditions
    today: date

    @property
    def url(self) -> str:
        """Where an architect goes from here: to the decision, or to what there is so far."""
        if self.standing is None:
            return reverse("assessment", args=[self.newest.pk])
        return reverse("assessment-decision", args=[self.standing.pk])

    @property
    def name_parts(self) -> list[str]:
        """The name, cut where a line may break: one long word would push all other columns out of sight."""
        return LONG_WORDS.findall(self.newest.system.name)

    @property
    def overruled_from(self) -> str:
        """The model's own verdict where the architect's stands instead."""
        return self.standing.verdict if self.standing is not None and self.standing.overruled_to else ""

    @property
    def overruled(self) -> str:
        """That it was overruled, and from what; "" where the model's verdict stands."""
        if not self.overruled_from:
            return ""
        return _("overruled; the model says {verdict}").format(
            verdict=VERDICTS_INSIDE[cast(Verdict, self.overruled_from)]
        )

    @property
    def gates(self) -> list[str]:
        """The gates not passed: what each asks for, and its state."""
        return [
            GATE_IS[state].format(gate=GATE_WORDS.get(gate, gate))
            for gate, state in sorted(self.newest.gates_not_passed.items())
        ]

    @property
    def months_old(self) -> int | None:
        """Whole months since the standing verdict was submitted."""
        if self.newest.standing_at is None:
            return None
        since = timezone.localdate(self.newest.standing_at)
        months = (self.today.year - since.year) * 12 + self.today.month - since.month
        return max(0, months - (self.today.day < since.day))

    @property
    def is_due(self) -> bool:
        """Whether the day has come on which the verdict wants to be asked again."""
        return self.newest.ask_again_on is not None and self.newest.ask_again_on <= self.today


def search(workspace: Workspace, filters: Filters, *, systems: int, today: date) -> Search:
    """What to look through for these filters in a workspace of so many systems. No query."""
    anywhere = systems <= CONTAINS_UP_TO
    if filters.q and not anywhere:
        # The index that knows what names begin with has them in this order.
        filters = replace(filters, sort="name")
    rows = Assessment.objects.filter(NEWEST, filters.led_by(today=today), workspace=workspace.pk)
    narrow = filters.condition(today=today, anywhere=anywhere)
    return Search(rows=rows, filters=filters, narrow=narrow, systems=systems)


def read_rows(
    asked: Search, *, after: str = "", before: str = "", today: date, size: int = PAGE
) -> tuple[list[Row], Page]:
    """A page of the table, beyond a place that a link names or from the start. At most five queries."""
    place = asked.order.read_place(before or after)
    if place is None:
        page = read_page(asked.rows, asked.order, size=size, narrow=asked.narrow, place=asked.start, end=asked.end)
        return rows_of(page.ids, today=today), replace(page, preceding=None)
    backwards = bool(before)
    end = asked.end_from(place, backwards=backwards)
    page = read_page(asked.rows, asked.order, size=size, narrow=asked.narrow, place=place, backwards=backwards, end=end)
    return rows_of(page.ids, today=today), page


def rows_of(ids: Sequence[int], *, today: date) -> list[Row]:
    """The rows of these assessments, in this order. Three queries."""
    if not ids:
        return []
    joined = Assessment.objects.select_related("system__team", "edition").defer("edition__content", "result")
    found = {one.pk: one for one in joined.filter(pk__in=ids)}
    systems = [one.system_id for one in found.values()]
    standing = standing_versions(systems)
    overdue = overdue_of(systems, today=today)
    return [
        Row(
            newest=found[pk],
            standing=standing.get(found[pk].system_id),
            overdue=overdue.get(found[pk].system_id, 0),
            today=today,
        )
        for pk in ids
        if pk in found
    ]


def standing_versions(systems: Sequence[int], *, with_result: bool = False) -> dict[int, Assessment]:
    """The version whose verdict stands, by system. One query."""
    versions = Assessment.objects.filter(system__in=systems, deleted_at=None, submitted_at__isnull=False)
    if not with_result:
        versions = versions.only("system", "version", "verdict", "form", "overruled_to")
    return {version.system_id: version for version in versions.order_by("version")}
