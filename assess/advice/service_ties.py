"""What ties services to each other, from traces and deploys, and the groups to merge first.

Every limit and every point here is ours; the four ties are those that S0, S3 and S4 call a distributed monolith.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal

from assess.language import _, all_of, ngettext, number
from assess.measurements.facade import Call, Calls, Deploy

TieKind = Literal["database", "chain", "calls", "both_ways", "only_caller", "release"]
#: Points of a tie, and from how many on two services are merged: a shared database is enough, calls need a second tie.
POINTS: Final[Mapping[TieKind, int]] = {
    "database": 3, "chain": 2, "calls": 1, "both_ways": 1, "only_caller": 1, "release": 2,
}  # fmt: skip
MERGE_FROM: Final = 3
#: A database that more services name says nothing about any two of them.
MOST_SHARING: Final = 6
#: Of the synchronous calls of both services, so many are between the two: a gateway has no main partner.
MAIN_PARTNER: Final = 0.2
LONG_CHAIN: Final = 3
#: Released within an hour, in half of the releases of either, and so often.
HALF_HOUR: Final = 1800
TOGETHER_SHARE: Final = 0.5
TOGETHER_TIMES: Final = 3
MOST_RELEASED: Final = 300  #: services whose releases are compared, those released most first
REASONS_SHOWN: Final = 5
#: A merge of more is a rewrite.
MOST_IN_A_GROUP: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Tie:
    """One reason to merge two services, as a sentence; of a shared database its name alone, since more than two may
    share it. `count` is calls, or releases together."""

    kind: TieKind
    first: str
    second: str
    sentence: str = ""
    database: str = ""
    count: int = 0

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.first, self.second))


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeGroup:
    """Services to merge into one, with their ties, the strongest first. `points` add up the ties."""

    services: tuple[str, ...]
    ties: tuple[Tie, ...]
    points: int

    @property
    def name(self) -> str:
        return all_of(self.services)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, as sentences: databases that are shared, then the strongest ties, the rest as a count, and what may do
        instead of a merge."""
        users: dict[str, set[str]] = defaultdict(set)
        for tie in self.ties:
            if tie.database:
                users[tie.database] |= tie.pair
        pattern = _("{services} use the database {database}.")
        databases = [pattern.format(services=all_of(sorted(users[name])), database=name) for name in sorted(users)]
        reasons = [*databases, *(tie.sentence for tie in self.ties if tie.sentence)]
        if len(reasons) > REASONS_SHOWN:
            more = len(reasons) - REASONS_SHOWN
            rest = ngettext("{count} more tie.", "{count} more ties.", more).format(count=number(more))
            reasons = [*reasons[:REASONS_SHOWN], rest]
        if all(tie.kind not in ("database", "release") for tie in self.ties):
            reasons.append(_("Only calls tie them: events, or one call for many items, may do instead (S3)."))
        return tuple(reasons)


def bare_name(service: str) -> str:
    """How traces and deploys are matched.

    >>> bare_name("Orders-Service"), bare_name("orders_svc")
    ('orders', 'orders')
    """
    return re.sub(r"[-_. ](?:service|svc|api|app)$", "", service.casefold())


def join_calls(files: Sequence[Calls]) -> Calls | None:
    """The calls of several files as those of one; None without a file."""
    if not files:
        return None
    joined: dict[tuple[str, str, bool], Call] = {}
    databases: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for call in file.calls:
            key = (call.caller, call.callee, call.is_synchronous)
            before = joined.get(key)
            joined[key] = call if before is None else replace(
                call,
                times=call.times + before.times,
                most_in_a_trace=max(call.most_in_a_trace, before.most_in_a_trace),
                deepest=max(call.deepest, before.deepest),
            )  # fmt: skip
        for service, names in file.databases.items():
            databases[service].update(names)
    return Calls(
        calls=tuple(sorted(joined.values(), key=lambda call: (-call.times, call.caller, call.callee))),
        traces=sum(file.traces for file in files),
        databases={service: tuple(sorted(names)) for service, names in sorted(databases.items())},
    )


def find_ties(calls: Calls | None, deploys: Sequence[Deploy]) -> tuple[Tie, ...]:
    """Every tie between two services. Names of deploys that are a traced service's, up to their ending, are its."""
    ties: list[Tie] = []
    names: dict[str, str] = {}
    if calls:
        ties += [*find_database_ties(calls), *find_call_ties(calls)]
        services = {name for call in calls.calls for name in (call.caller, call.callee)} | set(calls.databases)
        names = {bare_name(service): service for service in sorted(services, reverse=True)}
    released = [
        (names.get(bare_name(each.service), each.service), each.finished)
        for each in deploys
        if each.service and each.result == "success"
    ]
    return (*ties, *find_release_ties(released))


def find_database_ties(calls: Calls) -> Iterator[Tie]:
    for database, users in sorted(users_of_databases(calls).items()):
        if 2 <= len(users) <= MOST_SHARING:
            for first, second in combinations(users, 2):
                yield Tie(kind="database", first=first, second=second, database=database)


def users_of_databases(calls: Calls) -> dict[str, list[str]]:
    """The services that name each database, in order."""
    users: dict[str, list[str]] = defaultdict(list)
    for service, databases in sorted(calls.databases.items()):
        for database in databases:
            users[database].append(service)
    return users


def find_call_ties(calls: Calls) -> Iterator[Tie]:
    """Ties of services that are each other's main partners in synchronous calls."""
    synchronous = [call for call in calls.calls if call.is_synchronous]
    all_of_service: Counter[str] = Counter()
    callers: dict[str, set[str]] = defaultdict(set)
    for call in synchronous:
        all_of_service[call.caller] += call.times
        all_of_service[call.callee] += call.times
        callers[call.callee].add(call.caller)
    between: Counter[frozenset[str]] = Counter()
    for call in synchronous:
        between[frozenset((call.caller, call.callee))] += call.times
    directions = {(call.caller, call.callee) for call in synchronous}
    for call in synchronous:
        caller, callee = call.caller, call.callee
        times = between[frozenset((caller, callee))]
        if times < MAIN_PARTNER * max(all_of_service[caller], all_of_service[callee]):
            continue

        def tie(kind: TieKind, sentence: str, call: Call = call) -> Tie:
            words = sentence.format(
                caller=call.caller,
                callee=call.callee,
                deepest=number(call.deepest),
            )
            return Tie(kind=kind, first=call.caller, second=call.callee, sentence=words, count=call.times)

        if call.deepest >= LONG_CHAIN:
            yield tie("chain", _("{caller} calls {callee} and waits for {deepest} calls in a row."))
        else:
            yield tie("calls", _("{caller} calls {callee} and waits; each is a main partner of the other."))
        if (callee, caller) in directions and caller < callee:
            yield tie("both_ways", _("{caller} and {callee} call each other."))
        if callers[callee] == {caller}:
            yield tie("only_caller", _("Only {caller} calls {callee}."))


def find_release_ties(released: Sequence[tuple[str, int]]) -> Iterator[Tie]:
    """Ties of services released within an hour of each other again and again. `released`: service and when."""
    slots: dict[str, set[int]] = defaultdict(set)
    for service, at in released:
        slots[service].add(at // HALF_HOUR)
    most_released = sorted(slots, key=lambda service: (-len(slots[service]), service))[:MOST_RELEASED]
    near = {service: {slot + off for slot in slots[service] for off in (-1, 0, 1)} for service in most_released}
    for first, second in combinations(sorted(most_released), 2):
        times = min(len(slots[first] & near[second]), len(slots[second] & near[first]))
        most = max(len(slots[first]), len(slots[second]))
        if times >= TOGETHER_TIMES and times >= TOGETHER_SHARE * most:
            sentence = _("{first} and {second} were released within an hour {times} times, of {most}.")
            words = sentence.format(first=first, second=second, times=number(times), most=number(most))
            yield Tie(kind="release", first=first, second=second, sentence=words, count=times)


def build_groups(ties: Iterable[Tie]) -> tuple[MergeGroup, ...]:
    """The groups to merge, the strongest first. The strongest pairs are joined first, and a group takes no service that
    would make it larger than `MOST_IN_A_GROUP`."""
    by_pair: dict[frozenset[str], list[Tie]] = defaultdict(list)
    for tie in ties:
        by_pair[tie.pair].append(tie)
    # A tie counts once for a pair, in whichever direction the calls go.
    points = {pair: sum(POINTS[kind] for kind in {tie.kind for tie in found}) for pair, found in by_pair.items()}
    strong = sorted(
        (pair for pair in points if points[pair] >= MERGE_FROM), key=lambda pair: (-points[pair], *sorted(pair))
    )
    group_of: dict[str, set[str]] = {}
    for pair in strong:
        first, second = (group_of.setdefault(service, {service}) for service in sorted(pair))
        if first is not second and len(first) + len(second) <= MOST_IN_A_GROUP:
            first |= second
            group_of.update(dict.fromkeys(second, first))
    groups = []
    for services in {id(group): group for group in group_of.values() if len(group) > 1}.values():
        within = [pair for pair in points if pair <= services]
        found = sorted(
            (tie for pair in within for tie in by_pair[pair]),
            key=lambda tie: (-POINTS[tie.kind], -tie.count, tie.first, tie.second),
        )
        total = sum(points[pair] for pair in within)
        groups.append(MergeGroup(services=tuple(sorted(services)), ties=tuple(found), points=total))
    return tuple(sorted(groups, key=lambda group: (-group.points, group.services)))
