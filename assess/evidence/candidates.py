"""Which module to extract first: ease and benefit of each, a quadrant, an order, and a band instead of a winner.

Two axes that are never one number. Ease is 100 less what ties a module to the others; benefit is what a service of its
own would bring. Both are sums of listed points. Decides by general rules, never by names:

1. A module with a load argument goes first, whatever its ease: `has_load_argument`. Among these, the larger load.
2. Then by quadrant: start here, worth the pain, easy but pointless, leave.
3. Among those worth the pain by benefit, for the pain is paid anyway; in other quadrants by ease plus benefit. Then by
   ease, then by name.

Set apart and not ranked, with the reason: what the team keeps, the user model's app, frames (packages that are no
apps: settings, addresses, shared code), kernel modules (half of the others or more import them), and fronts (they
use two thirds of the others or more and nobody but a frame uses them: an admin, a web layer, settings). A load argument
lifts a module out of all but the first, for ease never overrules it.

Sources: S3 for the order of its system (isolated and demanding first, then simple, then what shares transactions, what
a cache can serve last); evidence.md for the axes. All weights and limits below are our judgement, so that the band says
how much hangs on them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, Literal

from assess.decision.facade import THRESHOLDS
from assess.evidence.candidate_words import (
    describe_criticality,
    describe_load,
    give_reasons,
    say_what_it_takes,
)
from assess.evidence.inventory import Inventory, Module, Ties, collect_ties, find_circular
from assess.evidence.quadrants import MIDDLE, QUADRANTS, Quadrant
from assess.language import _, all_of, any_of, number

Apart = Literal["", "kept", "user", "frame", "kernel", "front"]

#: From the first to look at to the last.
ORDER: Final[tuple[Quadrant, ...]] = tuple(QUADRANTS)
#: The most points of each part. Parts of which nothing is known are left out, and the others share the 100.
EASE_OF_SCAN: Final = {
    "foreign_keys": 30,
    "imports": 25,
    "co_change": 20,
    "shared_tables": 10,
    "cycle": 10,
    "signals": 5,
}
EASE_OF_TYPED: Final = {"uses": 40, "transactions": 40, "shared_tables": 10, "cycle": 10}
BENEFIT: Final = {"load": 30, "criticality": 30, "churn": 25, "size": 15}

#: Half of the points are gone at so many; more never take all of them.
HALF_AT: Final = {"foreign_keys": 10, "imports": 40, "signals": 5}
#: A partner in half of a module's changes takes all points of co-change.
ALL_CO_CHANGE: Final = 0.5
#: So many direct uses, in or out, take all of their points.
ALL_USES: Final = 4
#: A share of twice the equal share gets all points; so an axis in the middle means "its equal share".
ALL_SHARE: Final = 2
CRITICALITY: Final = {"": 0.0, "low": 0.0, "medium": 0.5, "high": 1.0}

#: Below this share of the load the model sees no uneven load (docs/model.md); from `THRESHOLDS.dominant` always.
COMFORTABLE_LOAD: Final = 20
KERNEL_SHARE: Final = 1 / 2
FRONT_SHARE: Final = 2 / 3

#: The grid: each group's points half, as they are, or double, in all combinations.
GROUPS: Final = {
    "data": ("foreign_keys", "shared_tables", "transactions"),
    "code": ("imports", "cycle", "signals", "uses"),
    "change": ("co_change",),
    "load": ("load",),
    "criticality": ("criticality",),
    "activity": ("churn", "size"),
}
WEIGHTS: Final = (1, 2, 4)
#: Whoever holds first place in one weighting of ten is named.
NAMED_SHARE: Final = 10
MOST_NAMED: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Points:
    """One line of an axis: what was counted, in a sentence, and its points of `most`; negative where they are lost."""

    code: str
    sentence: str
    points: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One module as a service to be. `app` is the module's name: an app's id, a group's or a typed one.

    `ease` is exactly 100 plus the points of `ease_lines`, `benefit` the sum of those of `benefit_lines`. `first_share`
    says in how many of 100 weightings it comes first. `apart` says why it is not ranked, "" where it is.
    """

    app: str
    ease: int
    benefit: int
    ease_lines: tuple[Points, ...]
    benefit_lines: tuple[Points, ...]
    quadrant: Quadrant
    has_load_argument: bool
    is_hardest_quarter: bool
    reasons: tuple[str, ...]
    takes: tuple[str, ...]
    apart: Apart = ""
    apart_reason: str = ""
    first_share: int = 0
    module: Module

    @property
    def quadrant_words(self) -> str:
        return QUADRANTS[self.quadrant]

    @property
    def is_worth(self) -> bool:
        """Whether its benefit reaches the middle, as it always does with a load argument."""
        return self.benefit >= MIDDLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """All modules: `ranked` from the first candidate on, and those set apart, by name."""

    source: Literal["scan", "typed"]
    ranked: tuple[Candidate, ...]
    apart: tuple[Candidate, ...]
    weightings: int

    @property
    def everything(self) -> tuple[Candidate, ...]:
        return self.ranked + self.apart

    @property
    def top(self) -> tuple[Candidate, ...]:
        """The three to describe in full: the band, then the order."""
        return (*self.band, *(each for each in self.ranked if each not in self.band))[:MOST_NAMED]

    @property
    def stands_out(self) -> bool:
        """Whether the first is worth a service of its own; else none is, and none may be recommended."""
        return bool(self.ranked) and self.ranked[0].is_worth

    @property
    def hangs_on_weights(self) -> bool:
        """Whether how the counts are weighed decides who is first: someone stands out, and by no load."""
        return self.stands_out and not self.ranked[0].has_load_argument

    @property
    def band(self) -> tuple[Candidate, ...]:
        """Those that may well be first: the first, and whoever else is worth it and holds first place in a tenth of all
        weightings. Empty where none stands out."""
        if not self.stands_out:
            return ()
        others = [each for each in self.ranked[1:] if each.is_worth and each.first_share >= NAMED_SHARE]
        return (*self.ranked[:1], *sorted(others, key=lambda each: -each.first_share))[:MOST_NAMED]

    @property
    def finding(self) -> str:
        """Who goes first, as a title without its full stop."""
        if not self.ranked:
            return _("No module is left to extract")
        if not self.stands_out:
            return _("No candidate stands out")
        return _("First candidate: {names}").format(names=self.band_words)

    @property
    def band_reason(self) -> str:
        """Why the band is what it is: "First in 62 and 31 of 100 ways to weigh the counts." Where none stands out, what
        would tell."""
        if not self.stands_out:
            return self.caution
        if self.ranked[0].has_load_argument:
            return _("First by its load, however the rest is weighed.")
        if self.ranked[0].first_share == 100:
            return _("First however we weigh the counts.")
        shares = all_of([str(each.first_share) for each in self.band])
        return _("First in {shares} of 100 ways to weigh the counts.").format(shares=shares)

    @property
    def caution(self) -> str:
        """That no module is worth it, and what would tell; "" where the first is."""
        if self.stands_out or not self.ranked:
            return ""
        words = _("By these counts no module is worth a service of its own.")
        return f"{words} {self.what_would_tell}".strip()

    @property
    def what_would_tell(self) -> str:
        """What the team can still add to what was counted; "" where it has said both."""
        modules = [each.module for each in self.everything]
        has_load = any(module.load is not None for module in modules)
        has_criticality = any(module.criticality for module in modules)
        if has_load and has_criticality:
            return ""
        if has_load:
            return _("Add what happens if each one fails: that can change it.")
        if has_criticality:
            return _("Add the load of each one: that can change it.")
        return _("Add the load of each one, and what happens if it fails: that can change it.")

    @property
    def origin(self) -> str:
        """Where the modules come from, in words that follow a name."""
        return _("from a scan") if self.source == "scan" else _("typed by the team")

    @property
    def band_words(self) -> str:
        """The band in words: "recommendations or search"; "" where none stands out."""
        return any_of([each.app for each in self.band])


def build_candidates(inventory: Inventory) -> Candidates:
    """Every module of the inventory as a candidate.

    Compares the first places of at most 729 weightings: 0.1 s for 40 modules.
    """
    ties = collect_ties(inventory)
    circular = find_circular([*inventory.imports, *inventory.uses])
    easy, benefits = known_parts(inventory)
    built = [
        build_candidate(inventory, module, ties[module.name], module.name in circular, easy, benefits)
        for module in inventory.modules
    ]
    ranked = [each for each in built if not each.apart]
    weightings, firsts = count_first_places(ranked, easy, benefits)
    eases = [each.ease for each in built]

    def finish(each: Candidate) -> Candidate:
        is_hardest = len(built) >= 4 and sum(ease < each.ease for ease in eases) < len(built) / 4
        share = 100 if firsts[each.app] == weightings else min(round(100 * firsts[each.app] / weightings), 99)
        return replace(each, is_hardest_quarter=is_hardest, first_share=share)

    return Candidates(
        source=inventory.source,
        ranked=tuple(finish(each) for each in sorted(ranked, key=rank)),
        apart=tuple(finish(each) for each in sorted((each for each in built if each.apart), key=lambda each: each.app)),
        weightings=weightings,
    )


def rank(each: Candidate) -> tuple[bool, float, int, int, int, str]:
    """The order of candidates, the first lowest; the rules are in the module's docstring."""
    load = (each.module.needed_load or 0) if each.has_load_argument else 0
    return (not each.has_load_argument, -load, *rank_in_quadrant(each.quadrant, each.ease, each.benefit), each.app)


def rank_in_quadrant(quadrant: Quadrant, ease: int, benefit: int) -> tuple[int, int, int]:
    """The order without load arguments; `ease` and `benefit` on any scale that they share."""
    return ORDER.index(quadrant), -benefit if quadrant == "worth_the_pain" else -ease - benefit, -ease


def build_candidate(
    inventory: Inventory,
    module: Module,
    ties: Ties,
    in_cycle: bool,
    easy: Mapping[str, int],
    benefits: Mapping[str, int],
) -> Candidate:
    """One module with both axes; its share of first places is counted later, over all."""
    ease_lines = tuple(lost_points(inventory, module, ties, in_cycle, easy))
    benefit_lines = tuple(gained_points(inventory, module, benefits))
    has_load_argument = argues_by_load(module, len(inventory.modules))
    missing = MIDDLE - sum(each.points for each in benefit_lines)
    if has_load_argument and missing > 0:
        sentence = _("Its load alone makes it worthwhile")
        benefit_lines += (Points(code="load_argument", sentence=sentence, points=missing, most=missing),)
    ease = 100 + sum(each.points for each in ease_lines)
    benefit = sum(each.points for each in benefit_lines)
    apart, why = set_apart(inventory, module, ties, has_load_argument)
    return Candidate(
        app=module.name,
        ease=ease,
        benefit=benefit,
        ease_lines=ease_lines,
        benefit_lines=benefit_lines,
        quadrant=quadrant_of(ease >= MIDDLE, benefit >= MIDDLE),
        has_load_argument=has_load_argument,
        is_hardest_quarter=False,
        reasons=tuple(give_reasons(inventory, module, ties, ease, has_load_argument)),
        takes=tuple(say_what_it_takes(module, ties)),
        apart=apart,
        apart_reason=why,
        module=module,
    )


def quadrant_of(is_easy: bool, is_worth: bool) -> Quadrant:
    if is_worth:
        return "start_here" if is_easy else "worth_the_pain"
    return "easy_but_pointless" if is_easy else "leave"


def argues_by_load(module: Module, modules: int) -> bool:
    """Whether the module's load, without what a cache could take, is a reason of its own: as much as the model calls
    dominant, or more than comfortable and at least twice the equal share."""
    load = module.needed_load or 0
    return load >= THRESHOLDS.dominant or (load > COMFORTABLE_LOAD and load >= ALL_SHARE * 100 / modules)


def set_apart(inventory: Inventory, module: Module, ties: Ties, has_load_argument: bool) -> tuple[Apart, str]:
    """Why the module is not ranked: a code and a sentence, both "" where it is."""
    others = len(inventory.modules) - 1
    used = {*ties.imports_out, *ties.uses}
    if module.stays:
        return "kept", _("The team keeps it: {reason}").format(reason=module.stays)
    if has_load_argument:
        return "", ""
    if module.has_user:
        return "user", _("It has the user model, to which others refer: move it last, if at all.")
    if module.is_frame:
        return "frame", _(
            "It is no Django app, but settings, entry points or shared code. Group it with an app that it belongs to."
        )
    if len(ties.dependents) >= max(2, others * KERNEL_SHARE):
        words = _("Shared by most: {count} of the {others} other modules depend on its code.")
        return "kernel", words.format(count=len(ties.dependents), others=others)
    frames = {each.name for each in inventory.modules if each.is_frame}
    if ties.dependents <= frames and not ties.keys_in and len(used) >= max(3, others * FRONT_SHARE):
        words = _("It uses {count} of the {others} other modules and none needs it: it stays in front of what is left.")
        return "front", words.format(count=len(used), others=others)
    return "", ""


# --- points


def known_parts(inventory: Inventory) -> tuple[dict[str, int], dict[str, int]]:
    """The most points of each part of ease, and of benefit, of which anything is known; each adds up to 100."""
    if inventory.source == "typed":
        ease = scale_to_100(EASE_OF_TYPED)
    else:
        unknown = set() if inventory.has_history else {"co_change"}
        ease = scale_to_100({code: most for code, most in EASE_OF_SCAN.items() if code not in unknown})
    known = {
        "load": any(module.load is not None for module in inventory.modules),
        "criticality": any(module.criticality for module in inventory.modules),
        "churn": inventory.has_history,
        "size": inventory.source == "scan",
    }
    return ease, scale_to_100({code: most for code, most in BENEFIT.items() if known[code]})


def scale_to_100(parts: Mapping[str, int]) -> dict[str, int]:
    """The parts in whole points that add up to 100, the largest remainders rounded up.

    >>> scale_to_100({"churn": 25, "size": 15})
    {'churn': 63, 'size': 37}
    """
    total = sum(parts.values())
    if not total:
        return {}
    scaled = {code: most * 100 // total for code, most in parts.items()}
    left = 100 - sum(scaled.values())
    for code in sorted(parts, key=lambda code: -(parts[code] * 100 % total))[:left]:
        scaled[code] += 1
    return scaled


def lost_points(
    inventory: Inventory, module: Module, ties: Ties, in_cycle: bool, most: Mapping[str, int]
) -> Iterable[Points]:
    """What the module's ties take off its ease."""
    keys_in, keys_out = sum(ties.keys_in.values()), sum(ties.keys_out.values()) + module.outside_keys
    imports_in, imports_out = sum(ties.imports_in.values()), sum(ties.imports_out.values())
    strongest = max(ties.together.values(), default=0)
    co_change = min(strongest / module.changes, 1.0) if module.changes else 0.0
    tables = sum(ties.shared_tables.values())
    fractions = {
        "foreign_keys": saturate("foreign_keys", keys_in + keys_out),
        "imports": saturate("imports", imports_in + imports_out),
        "co_change": min(co_change / ALL_CO_CHANGE, 1.0),
        "shared_tables": 1.0 if tables or module.shares_data else 0.0,
        "cycle": 1.0 if in_cycle else 0.0,
        "signals": saturate("signals", module.signals),
        "uses": min((len(ties.used_by) + len(ties.uses)) / ALL_USES, 1.0),
        "transactions": 1.0 if ties.transactions else 0.0,
    }
    sentences = {
        "foreign_keys": _("Foreign keys: {count_in} in, {count_out} out").format(
            count_in=number(keys_in), count_out=number(keys_out)
        ),
        "imports": _("Imports: {count_in} in, {count_out} out").format(
            count_in=number(imports_in), count_out=number(imports_out)
        ),
        "co_change": _("Changes together with its closest partner: {count} of {of}").format(
            count=number(strongest), of=number(module.changes)
        ),
        "shared_tables": _("Tables that others have too: {count}").format(count=number(tables))
        if tables or not module.shares_data
        else _("Others write its data"),
        "cycle": _("In a cycle of imports") if in_cycle else _("In no cycle of imports"),
        "signals": _("Signals that it listens to: {count}").format(count=number(module.signals)),
        "uses": _("Direct use of code or tables: by {count_in}, of {count_out}").format(
            count_in=len(ties.used_by), count_out=len(ties.uses)
        ),
        "transactions": _("Modules in one transaction with it: {count}").format(count=len(ties.transactions)),
    }
    for code, points in most.items():
        yield Points(code=code, sentence=sentences[code], points=-round(points * fractions[code]), most=points)


def gained_points(inventory: Inventory, module: Module, most: Mapping[str, int]) -> Iterable[Points]:
    """What a service of its own would bring, as far as anything is known of it."""
    modules = len(inventory.modules)
    lines = sum(each.lines for each in inventory.modules)
    changes = sum(each.changes for each in inventory.modules)
    load = module.needed_load
    fractions = {
        "load": share_of_twice_equal(load or 0, 100, modules),
        "criticality": CRITICALITY[module.criticality],
        "churn": share_of_twice_equal(module.changes, changes, modules),
        "size": share_of_twice_equal(module.lines, lines, modules),
    }
    sentences = {
        "load": describe_load(module),
        "criticality": describe_criticality(module),
        "churn": _("Changes that touch it: {count}").format(count=number(module.changes)),
        "size": _("Lines: {count}").format(count=number(module.lines)),
    }
    for code, points in most.items():
        yield Points(code=code, sentence=sentences[code], points=round(points * fractions[code]), most=points)


def saturate(code: str, count: int) -> float:
    """The part of the points that a count takes: half at `HALF_AT`, never all.

    >>> saturate("foreign_keys", 10), saturate("foreign_keys", 90)
    (0.5, 0.9)
    """
    return count / (count + HALF_AT[code])


def share_of_twice_equal(part: float, whole: float, modules: int) -> float:
    """0 to 1: the part's share, compared with twice an equal share of all modules.

    >>> share_of_twice_equal(10, 100, 5)
    0.25
    """
    return min(part * modules / (whole * ALL_SHARE), 1.0) if whole else 0.0


# --- the band


def count_first_places(
    ranked: list[Candidate], easy: Mapping[str, int], benefits: Mapping[str, int]
) -> tuple[int, Counter[str]]:
    """The number of weightings, and in how many each candidate is first by the same rules. No randomness.

    A weighting gives the points of each group half, as they are or double; both axes still reach from 0 to 100.
    """
    groups = [codes for codes in GROUPS.values() if any(code in easy or code in benefits for code in codes)]
    lost = {each.app: [-points_of(each.ease_lines, codes) for codes in groups] for each in ranked}
    gained = {each.app: [points_of(each.benefit_lines, codes) for codes in groups] for each in ranked}
    most_lost = [sum(easy.get(code, 0) for code in codes) for codes in groups]
    most_gained = [sum(benefits.get(code, 0) for code in codes) for codes in groups]
    firsts: Counter[str] = Counter()
    contenders = drop_beaten(ranked, lost, gained)
    weightings = list(product(WEIGHTS, repeat=len(groups)))
    by_load = [each for each in ranked if each.has_load_argument]
    if by_load or not ranked:
        # The load decides, whatever the weights.
        firsts.update({min(by_load, key=rank).app: len(weightings)} if by_load else {})
        return len(weightings), firsts
    for weights in weightings:
        all_lost = sum(map(int.__mul__, weights, most_lost))
        all_gained = sum(map(int.__mul__, weights, most_gained)) or 1
        best: tuple[int, int, int, str] | None = None
        for each in contenders:
            ease = 10_000 - 10_000 * sum(map(int.__mul__, weights, lost[each.app])) // all_lost
            benefit = 10_000 * sum(map(int.__mul__, weights, gained[each.app])) // all_gained
            quadrant = quadrant_of(ease >= 100 * MIDDLE, benefit >= 100 * MIDDLE)
            place = (*rank_in_quadrant(quadrant, ease, benefit), each.app)
            best = place if best is None or place < best else best
        if best is not None:
            firsts[best[-1]] += 1
    return len(weightings), firsts


def drop_beaten(
    ranked: list[Candidate], lost: Mapping[str, list[int]], gained: Mapping[str, list[int]]
) -> list[Candidate]:
    """Without those that another beats, or equals and stands before, in every group: no weighting puts them first."""
    worth = {each.app: [*(-points for points in lost[each.app]), *gained[each.app]] for each in ranked}
    contenders: list[Candidate] = []
    for each in sorted(ranked, key=lambda each: (-sum(worth[each.app]), each.app)):
        mine = worth[each.app]
        if not any(all(map(int.__ge__, worth[other.app], mine)) for other in contenders):
            contenders.append(each)
    return contenders


def points_of(lines: Iterable[Points], codes: Iterable[str]) -> int:
    return sum(each.points for each in lines if each.code in codes)
