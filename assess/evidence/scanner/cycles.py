"""Cycles between apps, and the fewest imports to cut so that none remains (a minimum feedback arc set). Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assess.evidence.scanner.facts import App, ImportEdge

#: Groups of cycles up to this many apps are ordered exactly: 2^13 sets of apps are looked at.
EXACT_SIZE = 13

#: How many imports lead from an app to another: `weights[a][b]`.
Weights = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Cycles:
    """Cycles of imports between apps (references in strings are none), apps by id.

    `imports`: imports between two apps, all of them. `groups`: apps that reach each other, two or more. `order`: all
    apps, so that imports point to later ones, but for those to cut. `cut`: (from, to, imports), the cheapest first.
    `cut_imports`: each of these imports.
    """

    imports: int
    groups: tuple[tuple[str, ...], ...]
    order: tuple[str, ...]
    cut: tuple[tuple[str, str, int], ...]
    cut_imports: tuple[ImportEdge, ...]


def find_cycles(apps: Sequence[App], edges: Sequence[ImportEdge]) -> Cycles:
    """Groups, order and imports to cut; the same for the same edges in any order.

    The cut is the smallest there is for groups of up to `EXACT_SIZE` apps. Above, it is what a good heuristic finds.
    """
    weights: dict[str, dict[str, int]] = {app.id: {} for app in sorted(apps, key=lambda each: each.id)}
    between = [edge for edge in edges if edge.kind == "import" and edge.from_app != edge.to_app]
    for edge in between:
        weights[edge.from_app][edge.to_app] = weights[edge.from_app].get(edge.to_app, 0) + 1
    groups = find_groups(weights)
    order = [app for group in order_groups(groups, weights) for app in order_group(group, weights)]
    place = {app: index for index, app in enumerate(order)}
    cut = sorted(
        (count, importer, imported)
        for importer, targets in weights.items()
        for imported, count in targets.items()
        if place[imported] < place[importer]
    )
    rank = {(importer, imported): index for index, (_, importer, imported) in enumerate(cut)}
    cut_imports = [edge for edge in between if (edge.from_app, edge.to_app) in rank]
    cut_imports.sort(key=lambda edge: (rank[edge.from_app, edge.to_app], edge.path, edge.line, edge.imported))
    return Cycles(
        imports=len(between),
        groups=tuple(sorted(group for group in groups if len(group) > 1)),
        order=tuple(order),
        cut=tuple((importer, imported, count) for count, importer, imported in cut),
        cut_imports=tuple(cut_imports),
    )


def find_groups(weights: Weights) -> list[tuple[str, ...]]:
    """Strongly connected components (Tarjan's algorithm, without recursion), each sorted; apps alone as well."""
    groups: list[tuple[str, ...]] = []
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for start in weights:
        if start in number:
            continue
        path = [(start, iter(sorted(weights[start])))]
        number[start] = lowest[start] = len(number)
        stack.append(start)
        on_stack.add(start)
        while path:
            app, targets = path[-1]
            target = next(targets, None)
            if target is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[app])
                if lowest[app] == number[app]:
                    group: list[str] = []
                    while not group or group[-1] != app:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    groups.append(tuple(sorted(group)))
            elif target not in number:
                number[target] = lowest[target] = len(number)
                stack.append(target)
                on_stack.add(target)
                path.append((target, iter(sorted(weights[target]))))
            elif target in on_stack:
                lowest[app] = min(lowest[app], number[target])
    return groups


def order_groups(groups: Iterable[tuple[str, ...]], weights: Weights) -> list[tuple[str, ...]]:
    """Groups so that imports between them point to later ones; by name where either may come first."""
    group_of = {app: group for group in groups for app in group}
    below = {
        group: {group_of[imported] for app in group for imported in weights[app]} - {group}
        for group in set(group_of.values())
    }
    importers = dict.fromkeys(below, 0)
    for targets in below.values():
        for target in targets:
            importers[target] += 1
    ready = [group for group, count in importers.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        group = heapq.heappop(ready)
        order.append(group)
        for target in below[group]:
            importers[target] -= 1
            if not importers[target]:
                heapq.heappush(ready, target)
    return order


def order_group(group: Sequence[str], weights: Weights) -> list[str]:
    """A group's apps in the order that leaves the fewest imports pointing back."""
    if len(group) == 1:
        return list(group)
    table = [[weights[importer].get(imported, 0) for imported in group] for importer in group]
    if len(group) <= EXACT_SIZE:
        return [group[index] for index in order_exactly(table)]
    by_balance = sorted(range(len(group)), key=lambda each: sum(row[each] for row in table) - sum(table[each]))
    starts = (order_greedily(table), by_balance, list(range(len(group))))
    best = min(
        (improve_order(start, table) for start in starts), key=lambda order: (cost_of_order(order, table), order)
    )
    return [group[index] for index in search_around(best, table)]


def cost_of_order(order: Sequence[int], table: Sequence[Sequence[int]]) -> int:
    """Imports that point back: from a later one to an earlier one."""
    return sum(table[later][earlier] for place, later in enumerate(order) for earlier in order[:place])


def order_exactly(table: Sequence[Sequence[int]]) -> list[int]:
    """The cheapest order there is, by dynamic programming over the sets of what comes first."""
    size = len(table)
    # into[each][chosen]: imports from one into a set, the set as bits.
    into = []
    for row in table:
        sums = [0] * (1 << size)
        for chosen in range(1, 1 << size):
            rest = chosen & (chosen - 1)
            sums[chosen] = sums[rest] + row[(chosen ^ rest).bit_length() - 1]
        into.append(sums)
    best = [0] * (1 << size)
    last = [0] * (1 << size)
    for chosen in range(1, 1 << size):
        cost = -1
        for each in range(size):
            if chosen >> each & 1:
                rest = chosen ^ (1 << each)
                candidate = best[rest] + into[each][rest]
                if cost < 0 or candidate < cost:
                    cost, last[chosen] = candidate, each
        best[chosen] = cost
    order = []
    chosen = (1 << size) - 1
    while chosen:
        order.append(last[chosen])
        chosen ^= 1 << last[chosen]
    return order[::-1]


def order_greedily(table: Sequence[Sequence[int]]) -> list[int]:
    """Eades, Lin and Smyth (1993): what imports nothing goes last, what nobody imports first, else the best balance."""
    left = set(range(len(table)))
    out = [sum(row) for row in table]
    into = [sum(row[each] for row in table) for each in left]
    first: list[int] = []
    last: list[int] = []
    while left:
        sinks = [each for each in left if not out[each]]
        sources = [each for each in left if not into[each]]
        if sinks:
            chosen = min(sinks)
            last.append(chosen)
        else:
            chosen = min(sources) if sources else max(left, key=lambda each: (out[each] - into[each], -each))
            first.append(chosen)
        left.remove(chosen)
        for each in left:
            out[each] -= table[each][chosen]
            into[each] -= table[chosen][each]
    return first + last[::-1]


def search_around(order: list[int], table: Sequence[Sequence[int]]) -> list[int]:
    """The best order met when parts of it are turned round and improved again; the fewer tries, the larger it is."""
    cost = cost_of_order(order, table)
    size = len(order)
    for attempt in range(200_000 // size**2):
        start = attempt * 7 % size
        end = min(size, start + 3 + attempt * 5 % (size // 2))
        other = improve_order(order[:start] + order[start:end][::-1] + order[end:], table)
        cost_of_other = cost_of_order(other, table)
        if cost_of_other <= cost:
            order, cost = other, cost_of_other
    return order


def improve_order(order: Sequence[int], table: Sequence[Sequence[int]]) -> list[int]:
    """An order that no move of a single one to another place makes cheaper."""
    order = list(order)
    gain = [[table[a][b] - table[b][a] for b in range(len(table))] for a in range(len(table))]
    improved = True
    while improved:
        improved = False
        for each in list(order):
            row = gain[each]
            place = order.index(each)
            best, target = 0, place
            change = 0
            for index in range(place + 1, len(order)):  # behind what it is moved past, its imports of that point back
                change += row[order[index]]
                if change < best:
                    best, target = change, index
            change = 0
            for index in range(place - 1, -1, -1):
                change -= row[order[index]]
                if change < best:
                    best, target = change, index
            if target != place:
                order.insert(target, order.pop(place))
                improved = True
    return order
