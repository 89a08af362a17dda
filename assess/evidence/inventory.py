"""The modules of a system and what ties them together: from a scan and the team's choices, or typed by hand.

Decides: which apps count as one module, and what is known of each. Does not decide: which module to extract
(`candidates`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, Literal

from assess.evidence.choices import Choice, Choices
from assess.evidence.records import AppFacts, Scan

Pair = tuple[str, str]

#: Fewer changes than this say nothing of churn and co-change.
MIN_CHANGES: Final = 20

#: From least to most; a group of apps is as critical as its most critical app.
CRITICALITIES: Final = ("", "low", "medium", "high")


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """One module: an app, a group of apps (`apps`), or a name that somebody typed.

    Counts that no scan gave are 0; `load` in per cent is None where nobody gave it. `cacheable` is the part of the
    load, in per cent, that a cache in front could take.
    """

    name: str
    apps: tuple[str, ...] = ()
    lines: int = 0
    changes: int = 0  #: units of change that touch it
    signals: int = 0
    models: int = 0
    outside_keys: int = 0  #: foreign keys to models of libraries
    owners: int | None = None  #: as CODEOWNERS has them
    active_authors: int | None = None
    load: float | None = None
    cacheable: float = 0
    criticality: str = ""
    shares_data: bool = False  #: others write its tables, somebody says
    has_user: bool = False  #: has the project's user model
    is_frame: bool = False  #: no app beside apps: settings, addresses, entry points, shared code
    stays: str = ""  #: why the team keeps it where it is

    @property
    def needed_load(self) -> float | None:
        """The load in per cent that is left after a cache took its part: what only a service of its own relieves."""
        return None if self.load is None else self.load * (100 - self.cacheable) / 100


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All modules with what ties them together. Pairs are (from, to), or in alphabetical order where both are equal."""

    source: Literal["scan", "typed"]
    modules: tuple[Module, ...]
    foreign_keys: Mapping[Pair, int] = field(default_factory=dict)
    imports: Mapping[Pair, int] = field(default_factory=dict)
    together: Mapping[Pair, int] = field(default_factory=dict)  #: units of change that touch both
    shared_tables: Mapping[Pair, int] = field(default_factory=dict)  #: tables that both have a model for
    uses: frozenset[Pair] = frozenset()  #: typed: the first uses code or tables of the second
    transactions: frozenset[Pair] = frozenset()  #: typed: both write in one transaction
    has_history: bool = False  #: whether there are changes enough to count


@dataclass(frozen=True, kw_only=True)
class Ties:
    """What ties one module to others, by the other module's name."""

    keys_in: Mapping[str, int]
    keys_out: Mapping[str, int]
    imports_in: Mapping[str, int]
    imports_out: Mapping[str, int]
    together: Mapping[str, int]
    shared_tables: Mapping[str, int]
    used_by: tuple[str, ...]
    uses: tuple[str, ...]
    transactions: tuple[str, ...]

    @property
    def dependents(self) -> set[str]:
        """Modules whose code depends on it."""
        return {*self.imports_in, *self.used_by}

    @property
    def partners(self) -> list[str]:
        """Every module that it is tied to in code or data."""
        found = {*self.keys_in, *self.keys_out, *self.imports_in, *self.imports_out, *self.shared_tables}
        return sorted(found | {*self.used_by, *self.uses, *self.transactions})


def build_inventory(scan: Scan | None, choices: Choices | None) -> Inventory | None:
    """The inventory that counts: the typed one where the team chose so or there is no scan, else the scan's with the
    team's choices; None where there is neither."""
    if choices is not None and choices.is_typed and choices.rows:
        return build_typed_inventory(choices)
    return build_scanned_inventory(scan, choices or Choices()) if scan is not None and scan.apps else None


def build_typed_inventory(choices: Choices) -> Inventory:
    """The inventory that somebody typed. Names that no row has are left out of what ties modules together."""
    names = {row.name for row in choices.rows}
    return Inventory(
        source="typed",
        modules=tuple(
            Module(
                name=row.name,
                load=row.load,
                cacheable=row.cacheable,
                criticality=row.criticality,
                shares_data=row.shares_data,
                stays=row.stays,
            )
            for row in choices.rows
        ),
        uses=frozenset((row.name, other) for row in choices.rows for other in row.uses if other in names),
        transactions=frozenset(
            in_order(row.name, other) for row in choices.rows for other in row.transactions if other in names
        ),
    )


def build_scanned_inventory(scan: Scan, choices: Choices) -> Inventory:
    """The scan's apps as modules, grouped and completed as the team chose. Choices for unknown apps change nothing."""
    chosen = {row.name: row for row in choices.rows}
    module_of = {app.id: (chosen[app.id].group if app.id in chosen else "") or app.id for app in scan.apps}
    members = defaultdict(list)
    for app in scan.apps:
        members[module_of[app.id]].append(app)
    together = count_between(scan.together, module_of, is_directed=False)
    return Inventory(
        source="scan",
        modules=tuple(
            build_module(name, members[name], scan, [chosen.get(app.id) for app in members[name]])
            for name in sorted(members)
        ),
        foreign_keys=count_between(scan.foreign_keys, module_of),
        imports=count_between(scan.imports, module_of),
        together=together,
        shared_tables=count_shared_tables(scan, module_of),
        has_history=scan.data["history"] is not None and scan.data["history"]["units"] >= MIN_CHANGES,
    )


def build_module(name: str, apps: list[AppFacts], scan: Scan, rows: list[Choice | None]) -> Module:
    """These apps as one module. Of people, and of changes to more than one of the apps, the file has no list, so that
    the most of one app count."""
    ids = {app.id for app in apps}
    known = [row for row in rows if row is not None]
    loads = [row for row in known if row.load is not None]
    load = sum(row.load or 0 for row in loads)
    cacheable = sum((row.load or 0) * row.cacheable for row in loads) / load if load else 0
    people = [scan.people_of[app] for app in ids if app in scan.people_of]
    reasons = [row.stays for row in known if row.stays]
    inside = sum(scan.together.get(pair, 0) for pair in combinations(sorted(ids), 2))
    changes = [scan.changes.get(app, 0) for app in ids]
    return Module(
        name=name,
        apps=tuple(sorted(ids)),
        lines=sum(app.lines for app in apps),
        changes=max(max(changes), sum(changes) - inside),
        signals=sum(app.signals for app in apps),
        models=sum(scan.models_of.get(app, 0) for app in ids),
        outside_keys=sum(scan.outside_keys.get(app, 0) for app in ids),
        owners=max((each["owners"] for each in people), default=None),
        active_authors=max((each["active_authors"] for each in people), default=None),
        load=load if loads else None,
        cacheable=cacheable,
        criticality=max((row.criticality for row in known), key=CRITICALITIES.index, default=""),
        shares_data=any(row.shares_data for row in known),
        has_user=not ids.isdisjoint(scan.user_apps),
        is_frame=len(apps) == 1 and is_frame(apps[0], scan),
        stays=reasons[0] if reasons else "",
    )


def is_frame(app: AppFacts, scan: Scan) -> bool:
    """Whether this is a package beside the apps: no Django app and no models, where there are apps at all."""
    has_apps = any(other.kind == "app" for other in scan.apps)
    return app.kind == "package" and has_apps and not scan.models_of.get(app.id)


def count_between(
    counts: Mapping[Pair, int], module_of: Mapping[str, str], *, is_directed: bool = True
) -> dict[Pair, int]:
    """The counts between apps as counts between modules; what is inside one module is left out.

    >>> count_between({("a", "b"): 2, ("a", "c"): 3, ("b", "c"): 1}, {"a": "x", "b": "x", "c": "c"})
    {('x', 'c'): 4}
    """
    sums: dict[Pair, int] = defaultdict(int)
    for (source, target), count in counts.items():
        pair = module_of.get(source, source), module_of.get(target, target)
        if pair[0] != pair[1]:
            sums[pair if is_directed else in_order(*pair)] += count
    return dict(sums)


def count_shared_tables(scan: Scan, module_of: Mapping[str, str]) -> dict[Pair, int]:
    """Tables for which two modules have a model each, by the pair."""
    owners: dict[str, set[str]] = defaultdict(set)
    for model in scan.data["models"]:
        if model["kind"] != "proxy":
            owners[model["table"]].add(module_of.get(model["app"], model["app"]))
    counts: dict[Pair, int] = defaultdict(int)
    for names in owners.values():
        for first in names:
            for second in names:
                if first < second:
                    counts[first, second] += 1
    return dict(counts)


def collect_ties(inventory: Inventory) -> dict[str, Ties]:
    """Each module's ties by its name, partners in alphabetical order. One pass over all pairs."""

    def index(counts: Mapping[Pair, int]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """By the second of each pair, and by the first: what is counted with the other."""
        into: dict[str, dict[str, int]] = defaultdict(dict)
        out_of: dict[str, dict[str, int]] = defaultdict(dict)
        for (source, target), count in sorted(counts.items()):
            if count:
                into[target][source] = out_of[source][target] = count
        return into, out_of

    keys_in, keys_out = index(inventory.foreign_keys)
    imports_in, imports_out = index(inventory.imports)
    together = index(inventory.together)
    shared = index(inventory.shared_tables)
    used_by, uses = index(dict.fromkeys(inventory.uses, 1))
    transactions = index(dict.fromkeys(inventory.transactions, 1))

    def both_ways(pairs: tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]], name: str) -> dict[str, int]:
        return pairs[0].get(name, {}) | pairs[1].get(name, {})

    return {
        name: Ties(
            keys_in=keys_in.get(name, {}),
            keys_out=keys_out.get(name, {}),
            imports_in=imports_in.get(name, {}),
            imports_out=imports_out.get(name, {}),
            together=both_ways(together, name),
            shared_tables=both_ways(shared, name),
            used_by=tuple(used_by.get(name, ())),
            uses=tuple(uses.get(name, ())),
            transactions=tuple(sorted(both_ways(transactions, name))),
        )
        for name in (module.name for module in inventory.modules)
    }


def find_circular(pairs: Iterable[Pair]) -> frozenset[str]:
    """Everything that reaches itself along these pairs (Kosaraju's two walks).

    >>> sorted(find_circular([("a", "b"), ("b", "a"), ("b", "c")]))
    ['a', 'b']
    """
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)
    for source, target in sorted(pairs):
        after[source].append(target)
        before[target].append(source)
    finished: dict[str, None] = {}
    for start in sorted({*after, *before}):
        walk(start, after, finished)
    circular: set[str] = set()
    seen: dict[str, None] = {}
    for start in reversed(list(finished)):
        known = len(seen)
        walk(start, before, seen)
        if len(seen) - known > 1:
            circular.update(list(seen)[known:])
    return frozenset(circular)


def walk(start: str, after: Mapping[str, list[str]], finished: dict[str, None]) -> None:
    """Add to `finished` what can be reached from `start` and is not in it yet, the farthest first."""
    stack = [(start, iter(after.get(start, ())))]
    entered = {start}
    if start in finished:
        return
    while stack:
        node, rest = stack[-1]
        following = next((each for each in rest if each not in entered and each not in finished), None)
        if following is None:
            finished[node] = None
            stack.pop()
        else:
            entered.add(following)
            stack.append((following, iter(after.get(following, ()))))


def in_order(first: str, second: str) -> Pair:
    return (first, second) if first <= second else (second, first)
