"""What completing the answers could still make of a verdict, exactly: the rules as a decision diagram.

The rules are run as they are, on facts of which nothing is known; where a rule asks something, both answers are
followed. That gives a graph of all ways through the rules, equal parts shared, once in a process. For given facts one
walk over the part of the graph that they leave tells which judgements are still possible, which would be after each
further fact, and how few facts would settle it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assess.decision.facts import POSITIONS, UNKNOWN, VARIABLES, Facts, Predicate, Ternary
from assess.decision.result import VERDICTS, Verdict
from assess.decision.rules import STAGES, Judgement

#: Bits kept for each value of each variable: one a judgement, and room.
WIDTH = 20


@dataclass(frozen=True, slots=True)
class Leaf:
    """A way through the rules ends. `position` is that of its judgement."""

    position: int


@dataclass(frozen=True, slots=True)
class Node:
    """A predicate that a rule asks. `held` and `failed` are the values of its variable that lead to either side;
    `asked` are those that the rule asked for, whatever the way here had settled already."""

    position: int
    asked: int
    held: int
    failed: int
    when_held: int
    when_failed: int


@dataclass(frozen=True)
class Diagram:
    """Nodes by number, children before parents; the last is the root."""

    nodes: tuple[Leaf | Node, ...]
    judgements: tuple[Judgement, ...]


class OpenPredicateError(Exception):
    """A rule asked a predicate that is not decided on this way."""

    def __init__(self, predicate: Predicate) -> None:
        super().__init__()
        self.predicate = predicate


@lru_cache(maxsize=1)
def diagram() -> Diagram:
    """The rules as a graph. Built at the first call, in well under a second."""
    nodes: dict[Leaf | Node, int] = {}
    judgements: dict[Judgement, int] = {}
    seen: dict[object, int] = {}
    later = [
        sorted({POSITIONS[name] for stage in STAGES[start:] for name in stage.reads}) for start in range(len(STAGES))
    ]

    def number(node: Leaf | Node) -> int:
        return nodes.setdefault(node, len(nodes))

    def enter(start: int, findings: tuple[bool, ...], masks: Facts) -> int:
        """The node of all that can follow; what no later stage reads makes no difference."""
        key = (start, findings, tuple(masks[position] for position in later[start]))
        if key not in seen:
            seen[key] = walk(start, findings, masks)
        return seen[key]

    def walk(start: int, findings: tuple[bool, ...], masks: Facts) -> int:
        def known(predicate: Predicate) -> Ternary:
            left = masks[predicate.position]
            if not left & predicate.mask:
                return False
            if not left & ~predicate.mask:
                return True
            raise OpenPredicateError(predicate)

        try:
            outcome = STAGES[start].decide(known, findings)
        except OpenPredicateError as asked:
            position, left = asked.predicate.position, masks[asked.predicate.position]
            held, failed = left & asked.predicate.mask, left & ~asked.predicate.mask
            one = walk(start, findings, (*masks[:position], held, *masks[position + 1 :]))
            other = walk(start, findings, (*masks[:position], failed, *masks[position + 1 :]))
            return one if one == other else number(Node(position, asked.predicate.mask, held, failed, one, other))
        if isinstance(outcome, Judgement):
            return number(Leaf(judgements.setdefault(outcome, len(judgements))))
        return enter(start + 1, outcome, masks)

    enter(0, (), UNKNOWN)
    return Diagram(nodes=tuple(nodes), judgements=tuple(judgements))


#: Where the bits of a variable's first value begin.
STARTS: tuple[int, ...] = tuple(
    WIDTH * sum(len(values) for values in list(VARIABLES.values())[:position]) for position in range(len(VARIABLES))
)
ALL_VALUES = sum(1 << (WIDTH * n) for n in range(sum(len(values) for values in VARIABLES.values())))
FIELD = (1 << WIDTH) - 1


@lru_cache(maxsize=4096)
def bits_of_values(position: int, mask: int) -> int:
    """All bits of these values of the variable."""
    fields = 0
    for index in range(len(VARIABLES[tuple(VARIABLES)[position]])):
        if mask >> index & 1:
            fields |= FIELD << (STARTS[position] + WIDTH * index)
    return fields


@dataclass(frozen=True)
class Outlook:
    """What facts leave possible. `after` has, packed, the judgements still possible after each value of a variable."""

    after: int
    any: int
    #: How many further facts could settle it, at the least.
    fewest: int

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        return judgements_of(self.any)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return verdicts_of(self.any)

    def judgements_if(self, position: int, mask: int) -> int:
        """The judgements that stay possible when the variable at `position` has one of the values in `mask`."""
        found, index = 0, 0
        while mask:
            if mask & 1:
                found |= self.after >> (STARTS[position] + WIDTH * index) & FIELD
            mask >>= 1
            index += 1
        return found


def look_ahead(facts: Facts) -> Outlook:
    """The outlook of these facts, by one walk over what they leave of the diagram."""
    graph = diagram()
    nodes = graph.nodes
    known: dict[int, tuple[int, int, int]] = {}

    def walk(number: int) -> tuple[int, int, int]:
        """Packed judgements by value, judgements in all, and the fewest open predicates on a way down."""
        found = known.get(number)
        if found is not None:
            return found
        node = nodes[number]
        if isinstance(node, Leaf):
            bit = 1 << node.position
            found = (ALL_VALUES * bit, bit, 0)
        else:
            left = facts[node.position]
            held, failed = left & node.held, left & node.failed
            if not failed:
                found = walk(node.when_held)
            elif not held:
                found = walk(node.when_failed)
            else:
                one, one_any, one_fewest = walk(node.when_held)
                other, other_any, other_fewest = walk(node.when_failed)
                packed = (one & ~bits_of_values(node.position, failed)) | (other & ~bits_of_values(node.position, held))
                both = one_any | other_any
                found = (packed, both, 1 + min(one_fewest, other_fewest) if len(verdicts_of(both)) > 1 else 0)
        known[number] = found
        return found

    after, every, fewest = walk(len(nodes) - 1)
    if fewest > 1 and any(one_answer_settles(after, position, mask) for position, mask in enumerate(facts)):
        # The way down asks in a fixed order; one answer beside that way may do.
        fewest = 1
    return Outlook(after=after, any=every, fewest=fewest)


def one_answer_settles(after: int, position: int, mask: int) -> bool:
    """Whether one of the values left of a variable that one answer can give leaves a single verdict."""
    if mask & (mask - 1) == 0 or position == POSITIONS["staffing"]:
        return False
    values = (index for index in range(mask.bit_length()) if mask >> index & 1)
    return any(len(verdicts_of(after >> (STARTS[position] + WIDTH * index) & FIELD)) == 1 for index in values)


@lru_cache(maxsize=1024)
def judgements_of(bits: int) -> tuple[Judgement, ...]:
    """The judgements with these bits."""
    return tuple(judgement for position, judgement in enumerate(diagram().judgements) if bits >> position & 1)


@lru_cache(maxsize=1024)
def verdicts_of(bits: int) -> tuple[Verdict, ...]:
    """Their verdicts, in the order of what is cheaper to undo."""
    found = {judgement.verdict for judgement in judgements_of(bits)}
    return tuple(verdict for verdict in VERDICTS if verdict in found)


def possible_verdicts(facts: Facts) -> tuple[Verdict, ...]:
    """Exactly the verdicts that some completion of the facts gives."""
    return look_ahead(facts).verdicts


def influences(facts: Facts, shares: Sequence[Sequence[float]]) -> dict[tuple[int, int], float]:
    """How much each open predicate moves the verdict, by its variable's position and the values asked for.

    `shares` says for every variable how common each value is. Of all completions, drawn by these shares, it is the
    variance of the verdict that the predicates settle where they are met; only the order of the figures means anything.
    """
    graph = diagram()
    nodes, root = graph.nodes, len(graph.nodes) - 1
    # A verdict as a point in a plane, so that one number holds how likely two of them are.
    points = {"stay": 0j, "modular": 1 + 0j, "extract": 1j}
    leaves = [points[judgement.verdict] for judgement in graph.judgements]
    odds: dict[int, float] = {}
    ahead: dict[int, complex] = {}

    weights: dict[tuple[int, int], float] = {}

    def weight(position: int, mask: int) -> float:
        found = weights.get((position, mask))
        if found is None:
            found = weights[position, mask] = sum(share for n, share in enumerate(shares[position]) if mask >> n & 1)
        return found

    def walk(number: int) -> complex:
        """How likely each verdict is from here on."""
        found = ahead.get(number)
        if found is None:
            node = nodes[number]
            if isinstance(node, Leaf):
                found = leaves[node.position]
            else:
                left = facts[node.position]
                held, failed = left & node.held, left & node.failed
                if not failed:
                    odds[number] = 1.0
                    found = walk(node.when_held)
                elif not held:
                    odds[number] = 0.0
                    found = walk(node.when_failed)
                else:
                    yes, no = weight(node.position, held), weight(node.position, failed)
                    share = odds[number] = yes / (yes + no)
                    found = share * walk(node.when_held) + (1 - share) * walk(node.when_failed)
            ahead[number] = found
        return found

    walk(root)
    reached = dict.fromkeys(ahead, 0.0)
    reached[root] = 1.0
    found: dict[tuple[int, int], float] = {}
    for number in sorted(ahead, reverse=True):
        node, here = nodes[number], reached[number]
        if isinstance(node, Leaf) or not here:
            continue
        share = odds[number]
        if share:
            reached[node.when_held] += here * share
        if share < 1:
            reached[node.when_failed] += here * (1 - share)
        if 0 < share < 1:
            apart = abs(ahead[node.when_held] - ahead[node.when_failed])
            key = (node.position, node.asked)
            found[key] = found.get(key, 0.0) + here * share * (1 - share) * apart * apart
    return found
