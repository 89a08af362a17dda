"""The rules, in order: from facts to a verdict, its form and the rule that fired.

Unknown facts at the point: a pain fires only when it is known; a condition on readiness, size, stage or the checklist
blocks only when it is known to fail. `possible_verdicts` says what completing the answers could still make of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from assess.decision.model_1.facts import Facts, Ternary
from assess.decision.result import VERDICTS, Form, Verdict
from assess.language import N_, _

#: S3: fewer people than this, and services are not for you.
FEW_PEOPLE = 10
#: S3's checklist asks for three teams; two are enough for one to wait for the other (our judgement).
SEVERAL_TEAMS = 2
CHECKLIST_TEAMS = 3
#: S3: five yes of seven; so at most this many no.
CHECKLIST_NOES = 2
#: Weight of signs from which services cost more than they give: one strong sign or two others (our judgement).
STRAINED = 2
#: S4: "don't start with" as many services as this.
MANY_SERVICES = 20
#: So many services are already an estate for a team that is small or still searching (our judgement).
SOME_SERVICES = 5
#: Fewer services than this beside a monolith cannot be merged with each other.
SEVERAL_SERVICES = 2
#: More services than this for each developer, or each team, are more than they can own (our judgement).
SERVICES_PER_DEVELOPER = 2
SERVICES_PER_TEAM = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule as people read it, in the reader's language."""

    slug: str
    text: str
    source: str
    remark: str = ""

    @property
    def sentence(self) -> str:
        return _(self.text)

    @property
    def ours(self) -> str:
        """Which part is our own judgement, "" for none."""
        return _(self.remark).format(a_developer=SERVICES_PER_DEVELOPER, a_team=SERVICES_PER_TEAM)


#: In the order in which they are tried.
RULES: dict[str, Rule] = {
    rule.slug: rule
    for rule in (
        Rule(
            slug="services-strained",
            text=N_(
                "Services already run, and they show signs of a distributed monolith or outnumber those who can own "
                "them: merge what changes together."
            ),
            source="S3, S4, S0",
            remark=N_(
                "One strong sign or two weaker ones; more than {a_developer} services a developer or {a_team} a team."
            ),
        ),
        Rule(
            slug="services-serve",
            text=N_(
                "Services already run and nothing known speaks against them: keep them, and keep their number honest."
            ),
            source="S0, S4",
        ),
        Rule(
            slug="no-acute-pain",
            text=N_("No pain is known to be acute, so nothing is known that a split would cure."),
            source="S0, S3",
        ),
        Rule(
            slug="cheaper-cure",
            text=N_(
                "What hurts can be cured inside: a worker, a cache, a shard or a library costs less than a service."
            ),
            source="ours",
            remark=N_(
                "Felt load counts as a reason to split only where one part dominates it, and a runtime of its own "
                "only where the load is felt or not known."
            ),
        ),
        Rule(
            slug="gate-failed",
            text=N_("The need for a separate part is real, but a gate is known to be closed: open it first."),
            source="S2, S3, S4",
        ),
        Rule(
            slug="hot-part",
            text=N_(
                "One part carries the load or needs its own runtime, and neither a tangle nor many shared transactions "
                "are known to hold it: extract that part alone, whatever the size of the team."
            ),
            source="S0, S2, S3",
        ),
        Rule(
            slug="part-waits",
            text=N_(
                "One part is decided on, its releases wait for other teams, and neither a tangle nor many shared "
                "transactions are known to hold it: extract that part alone."
            ),
            source="S0, S4",
        ),
        Rule(
            slug="organisation",
            text=N_(
                "Releases keep teams waiting, and nothing known about stage, size, backing or checklist stands against "
                "splitting the organisation's work: extract slice by slice."
            ),
            source="S0, S3",
        ),
        Rule(
            slug="too-early",
            text=N_(
                "Teams wait for releases, but the product is still searching for its market or fewer than ten people "
                "work on it: draw boundaries, do not split the organisation."
            ),
            source="S3",
        ),
        Rule(
            slug="boundaries-first",
            text=N_(
                "The pain is real and module boundaries are its cheapest cure, or what extraction needs is missing."
            ),
            source="S1, S2, S3",
        ),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The bare outcome of the rules."""

    verdict: Verdict
    form: Form
    rule: str


@lru_cache(maxsize=4_096)
def judge(facts: Facts) -> Judgement:
    """The verdict at the point: what these facts say, unknown pains not counted and unknown conditions not held
    against.

    >>> judge(no_facts_at_all)
    Judgement(verdict='stay', form='healthy', rule='no-acute-pain')
    """
    if facts.shape in ("services", "mixed"):
        if strain(facts) >= STRAINED:
            return Judgement(verdict="modular", form="consolidate", rule="services-strained")
        if facts.shape == "services":
            return Judgement(verdict="extract", form="keep", rule="services-serve")
    hot, waiting = needs_part(facts), facts.waiting is True
    if not (hot or waiting or facts.boundary):
        if facts.hurts or facts.lock_in or facts.painful_cost:
            return Judgement(verdict="stay", form="offload", rule="cheaper-cure")
        return Judgement(verdict="stay", form="motives" if facts.bad_motives else "healthy", rule="no-acute-pain")
    part_waits = waiting and facts.one_part is True and not one_team(facts)
    part_may_go = (hot or part_waits) and not part_blocks(facts)
    all_may_go = waiting and not facts.one_part and not organisation_blocks(facts)
    if part_may_go or all_may_go:
        if failed_gates(facts):
            return Judgement(verdict="modular", form="first_step", rule="gate-failed")
        if part_may_go:
            return Judgement(verdict="extract", form="hot_part", rule="hot-part" if hot else "part-waits")
        return Judgement(verdict="extract", form="organisation", rule="organisation")
    early = waiting and not facts.one_part and bool(too_early(facts))
    return Judgement(
        verdict="modular",
        form="cure" if facts.boundary else "first_step",
        rule="too-early" if early else "boundaries-first",
    )


def strain(facts: Facts) -> int:
    """How much is known to speak against the services that run."""
    return sum(weight for _code, weight in strains(facts))


def strains(facts: Facts) -> tuple[tuple[str, int], ...]:
    """What is known to speak against the services that run, each with its weight: 2 for a strong sign, 1 for another.

    Where a monolith runs beside its services, only the ticked signs and the numbers count: what else hurts may be the
    monolith's. In a landscape of services, releases that wait are releases that are not independent.
    """
    if facts.shape == "mixed" and facts.services is not None and facts.services < SEVERAL_SERVICES:
        return ()
    found = [
        ("signs", facts.signs or 0),
        ("shared_database", (facts.shared_database is True) * (2 if facts.shape == "services" else 1)),
        ("outnumbered", 2 * outnumbered(facts)),
    ]
    if facts.shape == "services":
        services = facts.services or 0
        few = facts.developers is not None and facts.developers < FEW_PEOPLE
        found += [
            ("waiting", 2 * (facts.waiting is True)),
            ("shared_writes", 2 * (facts.shared_writes is True)),
            ("too_early", (2 * bool(facts.searching) or few) * (services >= SOME_SERVICES)),
            ("breaking", int(facts.boundary is True)),
            ("untraced", int(facts.traced is False)),
            ("unlogged", int(facts.logged is False)),
            ("many", int(services >= MANY_SERVICES)),
            ("slow", int(facts.slow is True)),
            ("unowned", int(facts.unowned is True)),
            ("cost", int(facts.painful_cost is True)),
        ]
    return tuple((code, weight) for code, weight in found if weight)


def outnumbered(facts: Facts) -> bool:
    """Known to have more services than developers or teams can own."""
    if facts.services is None:
        return False
    by_developers = facts.developers is not None and facts.services > SERVICES_PER_DEVELOPER * facts.developers
    by_teams = facts.teams is not None and facts.services > SERVICES_PER_TEAM * facts.teams
    return facts.services >= SOME_SERVICES and (by_developers or by_teams)


def needs_part(facts: Facts) -> bool:
    """One part needs to be deployed or scaled apart: it dominates a load that is felt, or needs another runtime.

    A runtime of its own is no reason while the load is known to be carried: a library or a worker is cheaper.
    """
    return bool((facts.dominates and facts.hurts) or (facts.lock_in and facts.hurts is not False))


def part_blocks(facts: Facts) -> tuple[str, ...]:
    """What is known to keep one part from being extracted, as keys of questions."""
    return (("cross_boundary_transactions",) if facts.shared_writes else ()) + (
        ("boundaries",) if facts.tangled else ()
    )


def too_early(facts: Facts) -> tuple[str, ...]:
    """What is known to make an organisation-wide split too early, as keys of questions."""
    few = facts.developers is not None and facts.developers < FEW_PEOPLE
    return (("product_stage",) if facts.searching else ()) + (("developers",) if few else ())


def one_team(facts: Facts) -> bool:
    """Known to have a single team, which waits for nobody."""
    return facts.teams is not None and facts.teams < SEVERAL_TEAMS


def organisation_blocks(facts: Facts) -> tuple[str, ...]:
    """What is known to keep an organisation-wide split from starting, as keys of questions or `checklist`."""
    noes = sum(state is False for _key, state in checklist(facts))
    return (
        too_early(facts)
        + (("teams",) if one_team(facts) else ())
        + (("cross_boundary_transactions",) if facts.shared_writes else ())
        + (("migration_horizon",) if facts.half_year is False else ())
        + (("checklist",) if noes > CHECKLIST_NOES else ())
    )


def checklist(facts: Facts) -> tuple[tuple[str, Ternary], ...]:
    """S3's seven questions, each with the key of the starred question and yes, no or not known."""
    return (
        ("teams", None if facts.teams is None else facts.teams >= CHECKLIST_TEAMS),
        ("deploy_minutes", facts.slow),
        ("hot_share", facts.differs),
        ("platform_team", facts.dedicated),
        # S3 asks for tracing and central logging in one question.
        ("tracing", False if facts.logged is False else facts.traced),
        ("hiring", facts.hiring),
        ("migration_horizon", facts.half_year),
    )


def gates(facts: Facts) -> tuple[tuple[str, Ternary], ...]:
    """What must hold before anything is extracted, each passed, failed or open."""
    return (
        ("boundaries", facts.named),
        ("tracing", facts.traced),
        ("logging", facts.logged),
        ("pipeline", facts.automated),
        ("platform", facts.platform),
    )


def failed_gates(facts: Facts) -> tuple[str, ...]:
    """The gates that are known to be closed."""
    return tuple(gate for gate, state in gates(facts) if state is False)


_FAVOURABLE = {"searching": False, "shared_writes": False, "tangled": False, "named": True, "platform": True}
_FAVOURABLE |= {"dedicated": True, "automated": True, "traced": True, "logged": True, "hiring": True, "half_year": True}
_FAVOURABLE |= {"slow": True}
_MANY = 100_000.0


@lru_cache(maxsize=4_096)
def possible_verdicts(facts: Facts) -> tuple[Verdict, ...]:
    """Exactly the verdicts that some completion of the unknown facts gives, in the order of `VERDICTS`.

    Everything that only conditions an extraction is monotone, so its best and its worst completion show what is
    reachable; the rest is tried out in full. A test compares this with completing the answers themselves.
    """
    found: set[Verdict] = set()
    for shape in ("monolith", "mixed", "services") if facts.shape is None else (facts.shape,):
        found |= possible_verdicts_of_shape(facts._replace(shape=shape))
        if len(found) == len(VERDICTS):
            break
    return tuple(verdict for verdict in VERDICTS if verdict in found)


def possible_verdicts_of_shape(facts: Facts) -> set[Verdict]:
    """As `possible_verdicts`, with the shape known."""
    found: set[Verdict] = set()
    if facts.shape in ("services", "mixed"):
        if strain(complete_strain(facts, strained=True)) >= STRAINED:
            found.add("modular")
        calm = complete_strain(facts, strained=False)
        if strain(calm) >= STRAINED:
            return found
        if facts.shape == "services":
            return found | {"extract"}
        facts = complete_mixed_without_strain(facts)
    favourable, unfavourable = (complete_conditions(facts, favourably=favourably) for favourably in (True, False))
    loads: dict[tuple[bool, bool], Facts] = {}
    for hurts, lock_in, (dominates, differs) in product(
        possible_states(facts.hurts), possible_states(facts.lock_in), facts.uneven
    ):
        load = facts._replace(hurts=hurts, lock_in=lock_in, dominates=dominates, differs=differs)
        loads[needs_part(load), differs] = load
    for (needed, differs), load in loads.items():
        for waiting, boundary in product(possible_states(facts.waiting), possible_states(facts.boundary)):
            if not (waiting or boundary or needed):
                found.add("stay")
                continue
            for one_part, conditions in product(possible_states(facts.one_part), (favourable, unfavourable)):
                if len(found) == len(VERDICTS):
                    return found
                case = conditions._replace(
                    one_part=one_part,
                    waiting=waiting,
                    boundary=boundary,
                    hurts=load.hurts,
                    lock_in=load.lock_in,
                    dominates=load.dominates,
                    differs=differs,
                )
                found.add(judge(case).verdict)
    return found


def possible_states(state: Ternary) -> tuple[bool, ...]:
    """What a fact may turn out to be."""
    return (True, False) if state is None else (state,)


def complete_conditions(facts: Facts, *, favourably: bool) -> Facts:
    """The conditions that are not known, all for an extraction or all against it."""
    changes: dict[str, object] = {
        name: value is favourably for name, value in _FAVOURABLE.items() if getattr(facts, name) is None
    }
    for name in ("developers", "teams"):
        if getattr(facts, name) is None:
            changes[name] = _MANY if favourably else 0.0
    return facts._replace(**changes)  # type: ignore[arg-type]  # names and types are those of the fields above


def complete_mixed_without_strain(facts: Facts) -> Facts:
    """A monolith with services, completed so that the services are no strain; what its other rules read stays open.

    With known services that could be too many for an unknown number of people, few people give `modular` in any case,
    so only many are left to look at.
    """
    changes: dict[str, object] = {}
    if facts.signs is None:
        changes |= {"signs": 0, "shared_database": False}
    if facts.services is None:
        changes["services"] = 0.0
    elif facts.services >= SOME_SERVICES:
        changes |= {name: _MANY for name in ("developers", "teams") if getattr(facts, name) is None}
    return facts._replace(**changes)  # type: ignore[arg-type]  # names and types are those of the fields above


def complete_strain(facts: Facts, *, strained: bool) -> Facts:
    """The facts with what is not known completed for, or against, services that cost more than they give."""
    against = (
        "searching",
        "waiting",
        "boundary",
        "shared_database",
        "shared_writes",
        "slow",
        "unowned",
        "painful_cost",
    )
    changes: dict[str, object] = {name: strained for name in against if getattr(facts, name) is None}
    changes |= {name: not strained for name in ("traced", "logged") if getattr(facts, name) is None}
    if facts.signs is None:
        changes["signs"] = 2 if strained else 0
    if facts.services is None:
        changes["services"] = _MANY if strained else 0.0
    for name in ("developers", "teams"):
        if getattr(facts, name) is None:
            changes[name] = 0.0 if strained else _MANY
    return facts._replace(**changes)  # type: ignore[arg-type]  # names and types are those of the fields above
