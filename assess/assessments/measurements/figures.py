"""What a reading counts, as names and figures to show: on the page, in a preview, on a terminal and on paper."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from assess.assessments.measurements.models import Measurement
from assess.language import _, day, ngettext, number
from assess.measurements.facade import (
    PROPOSED_KEYS,
    Calls,
    Content,
    Cost,
    Deploys,
    Load,
    LoadFigures,
    count_cost,
    count_deploys,
)
from assess.people.facade import User

#: Parts, workloads and calls that are named; the rest is counted.
MOST_NAMED: Final = 5


def list_figures(content: Content) -> tuple[tuple[str, str], ...]:
    """Each figure's name with its text, in the active language."""
    match content:
        case Deploys():
            return tuple(list_deploys(content))
        case Load():
            return tuple(list_load(content))
        case Cost():
            return tuple(list_cost(content))
        case Calls():
            return tuple(list_calls(content))


def shows_figures(row: Measurement, user: User, waiting: Collection[str]) -> bool:
    """Whether this person may see what an attached file says: not while they still have to answer a question that it
    proposes an answer to (`waiting_keys`), unless they attached it."""
    return row.attached_by_id == user.pk or PROPOSED_KEYS[row.kind].isdisjoint(waiting)


def list_deploys(content: Deploys) -> Iterator[tuple[str, str]]:
    figures = count_deploys(content)
    yield _("Deploys that succeeded"), number(figures.successes)
    if not content.deploys:
        return
    first, last = (datetime.fromtimestamp(content.deploys[at].finished, UTC).date() for at in (0, -1))
    yield _("From, to"), _("{first} to {last}").format(first=day(first), last=day(last))
    if figures.per_week is not None:
        yield _("Deploys a week"), rounded(figures.per_week)
    ended = figures.successes + figures.failures
    yield _("Failed runs"), _("{count} of {of}").format(count=number(figures.failures), of=number(ended))
    if figures.median_minutes is not None:
        yield _("Minutes to production, median"), rounded(figures.median_minutes)
    if figures.median_waited_minutes is not None:
        yield _("Minutes waiting to start, median"), rounded(figures.median_waited_minutes)
    if services := {each.service for each in content.deploys if each.service}:
        yield _("Services"), name_first(sorted(services))


def list_load(content: Load) -> Iterator[tuple[str, str]]:
    figures = LoadFigures(content)
    yield _("Parts"), number(len(figures.parts))
    for part in figures.parts[:MOST_NAMED]:
        share = part.value / figures.total if figures.total else 0
        yield part.part, _("{share} %").format(share=rounded(share * 100))
    if figures.hottest:
        yield _("The hottest fifth of the parts"), _("{share} %").format(share=rounded(figures.top_fifth_share * 100))
        yield _("How unequal the parts are, 0 to 1 (Gini)"), rounded(figures.gini, 2)
    if content.p95_ms is not None:
        yield _("Of 100 requests, 95 take at most, milliseconds"), rounded(content.p95_ms, 0)


def list_cost(content: Cost) -> Iterator[tuple[str, str]]:
    figures = count_cost(content)
    yield _("Workloads"), number(len(figures.workloads))
    yield _("Cores asked for"), rounded(figures.cpu, 2)
    yield _("GiB of memory asked for"), rounded(figures.memory_gib, 2)
    if figures.monthly is not None:
        yield _("Cost a month, {currency}").format(currency=figures.currency), rounded(figures.monthly, 2)
    if figures.workloads:
        yield _("Largest"), name_first([each.name for each in figures.workloads])


def list_calls(content: Calls) -> Iterator[tuple[str, str]]:
    calls = content.calls
    yield _("Traces"), number(content.traces)
    yield _("Services"), number(len({name for each in calls for name in (each.caller, each.callee)}))
    yield _("Pairs that call each other"), number(len(calls))
    if calls:
        yield _("Longest chain of synchronous calls"), number(max(each.deepest for each in calls))
        yield _("Most calls of one pair in a trace"), number(max(each.most_in_a_trace for each in calls))
    shared = {base for bases in content.databases.values() for base in bases}
    shared = {base for base in shared if sum(base in bases for bases in content.databases.values()) > 1}
    if shared:
        yield _("Databases of several services"), name_first(sorted(shared))


def rounded(value: float | Decimal, places: int = 1) -> str:
    """The value with so many decimals at most, as it is written in the reader's language.

    >>> rounded(60.0), rounded(3.14159)
    ('60', '3.1')
    """
    value = round(float(value), places)
    return number(int(value) if value.is_integer() else value)


def name_first(names: Sequence[str]) -> str:
    """The first names, and how many more there are.

    >>> name_first(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e and 2 more'
    """
    listed = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    if more <= 0:
        return listed
    return ngettext("{names} and {more} more", "{names} and {more} more", more).format(names=listed, more=number(more))
