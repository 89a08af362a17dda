"""Pages of a list of any length: each begins at a row's own place in the order, and none reads more than so many rows.

Decides how a page is read. An order is an index of `Assessment`; a page begins beyond a place in it, so the thousandth
page costs what the first does. Where rows are looked for that may be few among many, a page looks at the next `LOOK`
rows only and says how far it came, instead of reading a million for a handful. Does not decide what is looked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from assess.assessments.models import Assessment, AssessmentQuerySet
from assess.language import N_
from assess.people.facade import Reach
from assess.web.facade import LARGEST_ID, read_number

#: Rows looked at for one page where some may not fit. A list of up to so many is always searched whole.
LOOK = 5_000
#: Teams and workspaces that are read one by one and put together.
MOST_PARTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Rows by one column, and where it says the same by id, both in one direction, as an index has them."""

    slug: str
    words: str
    field: str
    descending: bool

    def columns(self, *, backwards: bool = False) -> tuple[str, str]:
        sign = "-" if self.descending != backwards else ""
        return f"{sign}{self.field}", f"{sign}pk"

    def beyond(self, place: "Place", *, backwards: bool = False) -> Q:
        """What comes after this place (before it, `backwards`). Written so, the index leads; as an OR of the two
        columns it does not."""
        side = "lt" if self.descending != backwards else "gt"
        return Q(**{f"{self.field}__{side}e": place.value}) & (
            Q(**{f"{self.field}__{side}": place.value}) | Q(**{f"pk__{side}": place.pk})
        )

    def beside(self, place: "Place", *, backwards: bool = False) -> "Place":
        """The place from which the row at `place` itself is the next one (`backwards`: the next one back)."""
        return Place(value=place.value, pk=place.pk + (1 if self.descending != backwards else -1))

    def read_place(self, text: str) -> "Place | None":
        """The place that a link of ours names as "value,id"; None for what none of ours says."""
        said, _, number = text.rpartition(",")
        pk = read_number(number, LARGEST_ID - 1)
        if pk is None or "\x00" in said:
            return None
        value: Any = said[:240]
        try:
            if self.field.endswith("_at"):
                value = datetime.fromisoformat(said)
                if value.tzinfo is None or not 1970 < value.year < 9999:
                    return None
            elif self.field in ("need", "readiness"):
                value = int(said)
                if not -1 <= value <= 1_000:
                    return None
        except ValueError:
            return None
        return Place(value=value, pk=pk)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a row stands in an order."""

    value: Any
    pk: int

    def __str__(self) -> str:
        said = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return f"{said},{self.pk}"


#: The usual order of a list.
NEWEST_FIRST = Order(slug="updated", words=N_("Last changed"), field="updated_at", descending=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The rows' ids in order, and from where the pages beside it begin (None where there is none).

    `is_cut`: the look ended before the list did, so `following` begins where nobody has looked yet.
    """

    ids: Sequence[int]
    following: Place | None
    preceding: Place | None
    is_cut: bool = False


def parts_of(reach: Reach, rows: AssessmentQuerySet) -> list[AssessmentQuerySet]:
    """Those of the rows that a person reads, for `read_together`: a whole workspace, or a team, each with an index that
    has it in order. All in one where they are too many."""
    if len(reach.workspaces) + len(reach.teams) > MOST_PARTS:
        return [rows.filter(Q(workspace__in=reach.workspaces) | Q(team__in=reach.teams))]
    of_workspaces = [rows.filter(workspace=workspace) for workspace in reach.workspaces]
    return [*of_workspaces, *(rows.filter(team=team) for team in reach.teams)]


def read_page(
    rows: AssessmentQuerySet,
    order: Order,
    *,
    size: int,
    narrow: Q | None = None,
    place: Place | None = None,
    backwards: bool = False,
    end: Place | None = None,
) -> Page:
    """One page of `rows`, which name an index's first columns and nothing else; `narrow` is what else must fit, and
    `end` where the look for it ends (`end_of_look`; None: with the list). One query."""
    if place is not None:
        rows = rows.filter(order.beyond(place, backwards=backwards))
    rows = up_to(rows, order, end, backwards=backwards)
    keys = keys_of(rows if narrow is None else rows.filter(narrow), order, size + 1, backwards=backwards)
    shown, is_full = keys[:size], len(keys) > size
    ahead = shown[-1] if is_full else end
    behind = None
    if place is not None:
        behind = shown[0] if shown else order.beside(place, backwards=not backwards)
    if backwards:
        shown.reverse()
        ahead, behind = behind, ahead
    return Page(
        ids=[key.pk for key in shown], following=ahead, preceding=behind, is_cut=not is_full and end is not None
    )


def read_together(
    parts: Sequence[AssessmentQuerySet],
    order: Order,
    *,
    size: int,
    narrow: Q | None = None,
    place: Place | None = None,
) -> Page:
    """One page of several lists taken together. At most two queries.

    Each part is read no further than it can be shown: put into one condition, all rows of all parts would be sorted.
    A look is shared between the parts, and ends for all of them where it first ends for one.
    """
    if place is not None:
        parts = [part.filter(order.beyond(place)) for part in parts]
    end: Place | None = None
    if narrow is not None:
        ends = _united([_end_key(part, order, LOOK // len(parts)) for part in parts], order, len(parts))
        end = ends[0] if ends else None
        parts = [up_to(part, order, end).filter(narrow) for part in parts]
    columns = order.columns()
    keys = _united([part.order_by(*columns)[: size + 1] for part in parts], order, size + 1)
    shown, is_full = keys[:size], len(keys) > size
    return Page(
        ids=[key.pk for key in shown],
        following=shown[-1] if is_full else end,
        preceding=None,
        is_cut=not is_full and end is not None,
    )


def _united(parts: Sequence[AssessmentQuerySet], order: Order, number: int) -> list[Place]:
    """The first so many keys of all of these. One query. (SQLite takes a limit within a union only one level down.)"""
    first, *others = (
        Assessment.objects.filter(pk__in=part.values("pk")).values_list(order.field, "pk") for part in parts
    )
    found = first.union(*others, all=True) if others else first
    return [Place(value=value, pk=pk) for value, pk in found.order_by(*order.columns())[:number]]


def _end_key(rows: AssessmentQuerySet, order: Order, look: int) -> AssessmentQuerySet:
    return rows.order_by(*order.columns())[look - 1 : look]


def keys_of(rows: AssessmentQuerySet, order: Order, number: int, *, backwards: bool = False) -> list[Place]:
    """The first so many rows' places. One query, which reads the index alone."""
    found = rows.order_by(*order.columns(backwards=backwards)).values_list(order.field, "pk")[:number]
    return [Place(value=value, pk=pk) for value, pk in found]


def end_of_look(rows: AssessmentQuerySet, order: Order, *, backwards: bool = False) -> Place | None:
    """The last row that a look from here on reads; None where the list ends before. One query."""
    found = rows.order_by(*order.columns(backwards=backwards)).values_list(order.field, "pk")[LOOK - 1 : LOOK + 1]
    # A row more: a look that ends with the list is not cut.
    places = [Place(value=value, pk=pk) for value, pk in found]
    return places[0] if len(places) == 2 else None


def up_to(rows: AssessmentQuerySet, order: Order, end: Place | None, *, backwards: bool = False) -> AssessmentQuerySet:
    """Those of the rows that a look reads, the last included."""
    if end is None:
        return rows
    beside = order.beside(end, backwards=not backwards)
    return rows.filter(order.beyond(beside, backwards=not backwards))
