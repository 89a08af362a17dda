import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.evidence.scanner.cycles import EXACT_SIZE, cost_of_order, find_cycles, order_exactly
from assess.evidence.scanner.facts import App, ImportEdge
from tests.work import within

NAMES = "abcdef"


def apps_of(names):
    return [App(name, name, name, name) for name in names]


def edges_of(counts):
    """`counts[importer, imported]` imports, on lines of their own."""
    return [
        ImportEdge(f"{importer}.x", f"{imported}.y", importer, imported, f"{importer}/x.py", line)
        for (importer, imported), count in counts.items()
        for line in range(1, count + 1)
    ]


def cycles_of(counts, names=NAMES):
    return find_cycles(apps_of(names), edges_of(counts))


def test_without_cycles_nothing_is_cut_and_importers_come_first():
    cycles = cycles_of({("c", "a"): 2, ("a", "b"): 1}, "abc")
    assert (cycles.order, cycles.cut, cycles.groups, cycles.imports) == (("c", "a", "b"), (), (), 3)


def test_of_a_cycle_the_cheapest_imports_are_cut_each_with_its_line():
    cycles = cycles_of({("a", "b"): 5, ("b", "c"): 4, ("c", "a"): 2, ("d", "a"): 1}, "abcd")
    assert cycles.groups == (("a", "b", "c"),)
    assert cycles.order == ("d", "a", "b", "c")
    assert cycles.cut == (("c", "a", 2),)
    assert [(edge.path, edge.line, edge.imported) for edge in cycles.cut_imports] == [
        ("c/x.py", 1, "a.y"),
        ("c/x.py", 2, "a.y"),
    ]


def test_pairs_to_cut_begin_with_the_cheapest():
    cycles = cycles_of({("a", "b"): 9, ("b", "a"): 3, ("c", "d"): 9, ("d", "c"): 1}, "abcd")
    assert cycles.cut == (("d", "c", 1), ("b", "a", 3))


def test_references_and_imports_within_an_app_close_no_cycle():
    edges = [
        *edges_of({("a", "b"): 1, ("a", "a"): 1}),
        ImportEdge("b.x", "a.y", "b", "a", "b/x.py", 1, kind="reference"),
    ]
    cycles = find_cycles(apps_of("ab"), edges)
    assert (cycles.imports, cycles.cut) == (1, ())


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(1, 4),
)


@given(COUNTS)
def test_what_remains_has_no_cycle_and_no_smaller_cut_does_that(counts):
    cycles = cycles_of(counts)
    place = {app: index for index, app in enumerate(cycles.order)}
    assert sorted(cycles.order) == list(NAMES)
    pairs = {(importer, imported): count for importer, imported, count in cycles.cut}
    assert pairs == {pair: count for pair, count in counts.items() if place[pair[1]] < place[pair[0]]}
    assert len(cycles.cut_imports) == sum(pairs.values())
    assert sum(pairs.values()) == min(
        sum(count for (a, b), count in counts.items() if order.index(b) < order.index(a))
        for order in permutations([name for name in NAMES if any(name in pair for pair in counts)])
    )


@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_apps_and_edges_changes_nothing(counts, shuffler):
    apps, edges = apps_of(NAMES), edges_of(counts)
    expected = find_cycles(apps, edges)
    shuffler.shuffle(apps)
    shuffler.shuffle(edges)
    assert find_cycles(apps, edges) == expected


def random_counts(names, density, seed):
    """Mostly one import, sometimes many: as between the apps of real projects."""
    source = random.Random(seed)
    pairs = [(a, b) for a in names for b in names if a != b and source.random() < density]
    return {pair: source.choice((1, 1, 1, 2, 3, 5, 20)) for pair in pairs}


@pytest.mark.slow  # exact orders of 16 apps take a second
@pytest.mark.parametrize("seed", range(5))
def test_above_the_exact_size_the_cut_is_within_five_percent_of_the_smallest(seed):
    names = [f"app{number:02}" for number in range(EXACT_SIZE + 3)]
    counts = random_counts(names, 0.3, seed)
    table = [[counts.get((a, b), 0) for b in names] for a in names]
    smallest = cost_of_order(order_exactly(table), table)
    cut = sum(count for *_, count in cycles_of(counts, names).cut)
    assert smallest <= cut <= smallest * 1.05


@pytest.mark.slow  # orders 400 apps
def test_four_hundred_apps_in_one_cycle_are_ordered_far_better_than_by_chance_with_bounded_work():
    names = [f"app{number:03}" for number in range(400)]
    counts = random_counts(names, 0.1, 400)
    cycles = within(2_000_000, lambda: cycles_of(counts, names))
    assert len(cycles.groups) == 1
    # Of imports at random, an order at random leaves half pointing back.
    assert sum(count for *_, count in cycles.cut) < 0.35 * cycles.imports
