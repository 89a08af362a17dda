"""The rules of model 2, in order: from facts to a verdict, its form and the rule that fired.

Unknown facts at the point: a pain fires only when it is known; a condition on readiness, size, stage or the checklist
blocks only when it is known to fail. What completing the answers could still make of it is worked out by `diagram`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TypeAlias

from assess.decision.facts import SIGNS, STAFFING, Facts, Predicate, Ternary, variable_is
from assess.decision.result import Form, Verdict
from assess.decision.thresholds import THRESHOLDS, Thresholds
from assess.language import N_, _

#: What a rule asks the facts: whether a predicate holds, fails, or is open.
Known: TypeAlias = Callable[[Predicate], Ternary]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule as people read it, in the reader's language. `quote` names the place in the source by its heading."""

    slug: str
    verdict: Verdict
    text: str  #: `{part}` is the part's name, or "that part"
    source: str
    quote: str
    remark: str = ""

    @property
    def sentence(self) -> str:
        return self.about("")

    def about(self, part: str) -> str:
        """The sentence with the name of the part that it speaks of, "" where the part has none."""
        return _(self.text).replace("{part}", part or _("that part"))

    @property
    def place(self) -> str:
        """Where in the source it is from."""
        return _(self.quote)

    @property
    def ours(self) -> str:
        """Which part is our own judgement, "" for none."""
        return _(self.remark)


#: In the order in which they are tried.
RULES: dict[str, Rule] = {
    rule.slug: rule
    for rule in (
        Rule(
            slug="services-strained",
            verdict="modular",
            text=N_(
                "Services run and show signs of a distributed monolith, or are far more than their teams can own. "
                "Merge what changes together."
            ),
            source="S3, S4, S0",
            quote=N_(
                "S3, Anti-pattern #4: Distributed Monolith; S4, Anti-Patterns to Avoid; S0, Pitfalls to watch for"
            ),
            remark=N_(
                "One strong sign or two others. More than two services a person or eight a team, unless no release "
                "waits and a platform team runs them."
            ),
        ),
        Rule(
            slug="services-serve",
            verdict="extract",
            text=N_("The services buy something that is known: scaling, releases or owners of their own. Keep them."),
            source="S0, S4",
            quote=N_("S0, Takeaways: what every boundary should buy; S4, Final Thoughts: the goal"),
        ),
        Rule(
            slug="services-unproven",
            verdict="modular",
            text=N_("Services run, and nothing known says what they buy. Merge those that buy nothing."),
            source="S0, S4",
            quote=N_("S0, Takeaways: a boundary that buys nothing; S4, Final Thoughts: reconsider"),
        ),
        Rule(
            slug="no-acute-pain",
            verdict="stay",
            text=N_("No pain that we know of is acute, so a split would cure nothing."),
            source="S0, S3",
            quote=N_("S0, When to actually split: if none of these hurt yet; S3, Conclusions: when not to"),
        ),
        Rule(
            slug="cheaper-cure",
            verdict="stay",
            text=N_("What hurts has a cheaper cure inside: a worker, a cache, an index, a replica or a library."),
            source="S3, ours",
            quote=N_("S3, Scaling Hell: one endpoint; S3, What Distributed Tracing Shows: find the slow span"),
            remark=N_(
                "Load is a reason to split only where one part dominates it, its own code is short of machines, and "
                "something cheaper was tried."
            ),
        ),
        Rule(
            slug="organisation",
            verdict="extract",
            text=N_("Teams wait for each other's releases, and nothing we know speaks against a split slice by slice."),
            source="S3, S0",
            quote=N_("S3, Deploy Bottleneck and Microservices Readiness Checklist; S0, When to actually split"),
            remark=N_("Waiting counts as the yes of the deploy question; many shared transactions hold a split back."),
        ),
        Rule(
            slug="one-part",
            verdict="extract",
            text=N_("One part needs a deployable of its own, and nothing we know holds it back. Extract {part} alone."),
            source="S0, S2, S3, S4",
            quote=N_(
                "S0, When to actually split: scaling pressure; S2, How we broke up our Monolithic Django Service into "
                "microservices: two conditions; S3, Scaling Hell and Technology Lock-in; S4, Good reasons"
            ),
            remark=N_("Faults that spread and parts that must be kept apart are reasons of ours."),
        ),
        Rule(
            slug="gate-closed",
            verdict="modular",
            text=N_("The need for a separate part is real, but a gate is closed. Open it first."),
            source="S2, S3, S4",
            quote=N_("S2, Quick Summary; S3, Checklist Before Starting Migration; S4, No Observability"),
        ),
        Rule(
            slug="too-early",
            verdict="modular",
            text=N_("Teams wait for releases, but a split of the organisation is too early. Draw boundaries."),
            source="S3",
            quote=N_("S3, Conclusions, when not to: fewer than 10 people, or searching for product-market fit"),
        ),
        Rule(
            slug="boundaries-first",
            verdict="modular",
            text=N_("Boundaries inside come first: they are the cheapest cure, or a split still lacks what it needs."),
            source="S1, S2, S3, S4",
            quote=N_(
                "S1, When Should You Actually Use Microservices; S2, How we broke up our Monolithic Django Service "
                "into microservices: three questions; S3, Modular Monolith as an Intermediate Step; S4, The Monolith "
                "First Approach"
            ),
        ),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The bare outcome of the rules."""

    verdict: Verdict
    form: Form
    rule: str


def build_judgement(rule: str, form: Form) -> Judgement:
    """The judgement of the rule with this slug."""
    return Judgement(verdict=RULES[rule].verdict, form=form, rule=rule)


SERVICES, MIXED, SEVERAL = (variable_is("shape", value) for value in ("services", "mixed", "several"))
ONE_PART = variable_is("scope", "part")
STRONG_SIGN = variable_is("signs", *(signs for signs in SIGNS if signs[0]))
SHARED_DATABASE = variable_is("signs", *(signs for signs in SIGNS if signs[1]))
CHAINS = variable_is("signs", *(signs for signs in SIGNS if signs[2]))
UNOWNED_SERVICES = variable_is("signs", *(signs for signs in SIGNS if signs[3]))
FEW = variable_is("staffing", *(state for state in STAFFING if state[0]))
SEVERAL_TEAMS = variable_is("staffing", *(state for state in STAFFING if state[1] != "one"))
THREE_TEAMS = variable_is("staffing", *(state for state in STAFFING if state[1] == "many"))
LONE_SERVICE = variable_is("staffing", *(state for state in STAFFING if state[2]))
OUTNUMBERED = variable_is("staffing", *(state for state in STAFFING if state[3]))
DENSE = variable_is("staffing", *(state for state in STAFFING if state[4] and not state[2]))
NEVER_WAITS, WAITS, WAITS_SOMETIMES = (
    variable_is("waiting", "never"),
    variable_is("waiting", "acute"),
    variable_is("waiting", "sometimes", "acute"),
)
HURTS, COSTS = variable_is("load", "hurts"), variable_is("cost", "painful")
DOMINATES, DIFFERS = variable_is("uneven", (True, True)), variable_is("uneven", (True, True), (False, True))
UNTRIED, EXHAUSTED, ELSEWHERE = (
    variable_is("cures", "untried"),
    variable_is("cures", "exhausted"),
    variable_is("bottleneck", "elsewhere"),
)
LOCK_IN, KEPT_APART, SPREADS, FAR_APART = (
    variable_is(name, True) for name in ("lock_in", "kept_apart", "spread", "rhythm")
)
COLLIDES, COLLIDES_SOMETIMES, BREAKS = (
    variable_is("collisions", "acute"),
    variable_is("collisions", "mild", "acute"),
    variable_is("breakage", True),
)
GROWS, SEARCHING = variable_is("growth", True), variable_is("stage", "searching")
TANGLED, NAMED = variable_is("boundaries", "tangled"), variable_is("boundaries", "named")
SHARED_WRITES = variable_is("writes", "many")
UNOWNED, OWNED = variable_is("ownership", "unclear"), variable_is("ownership", "teams")
RUN, DEDICATED = variable_is("platform", "shared", "dedicated"), variable_is("platform", "dedicated")
AUTOMATED, TRACED, LOGGED, EASY_HIRING, BACKED, SLOW = (
    variable_is(name, True) for name in ("automated", "traced", "logged", "hiring", "backed", "slow")
)
BAD_MOTIVES = variable_is("motives", "bad")

#: What must hold before anything is extracted.
PART_GATES: dict[str, Predicate] = {"boundaries": NAMED, "tracing": TRACED, "logging": LOGGED, "pipeline": AUTOMATED}
#: For the organisation somebody must run the platform as well; for one part that is a step.
GATES: dict[str, Predicate] = {**PART_GATES, "platform": RUN}


def judge(facts: Facts, thresholds: Thresholds = THRESHOLDS) -> Judgement:
    """The verdict at the point: unknown pains are not counted, unknown conditions not held against it.

    `thresholds` are the figures that the rules weigh by; the facts were read with the same ones.

    >>> judge(UNKNOWN)
    Judgement(verdict='stay', form='healthy', rule='no-acute-pain')
    """
    findings: tuple[bool, ...] = ()
    for stage in STAGES if thresholds is THRESHOLDS else build_stages(thresholds):
        outcome = stage.decide(lambda predicate: predicate.evaluate(facts), findings)
        if isinstance(outcome, Judgement):
            return outcome
        findings = outcome
    raise AssertionError("the last stage always decides")


def judge_running_services(
    known: Known, findings: tuple[bool, ...], thresholds: Thresholds = THRESHOLDS
) -> Judgement | tuple[bool, ...]:
    """The judgement where services run; no findings where none are known to, or where the rest shall decide."""
    services = known(SERVICES) is True
    if services or known(MIXED) is True or known(SEVERAL) is True:
        if are_strained(known, thresholds):
            return build_judgement("services-strained", "consolidate")
        if services:
            if find_benefits(known):
                return build_judgement("services-serve", "keep")
            return build_judgement("services-unproven", "consolidate")
    return ()


def find_shared_pains(known: Known, findings: tuple[bool, ...]) -> Judgement | tuple[bool, ...]:
    """Two findings: whether teams wait for each other, and whether a boundary inside would cure a pain."""
    return teams_wait(known), has_boundary_pain(known)


def judge_pains(known: Known, findings: tuple[bool, ...]) -> Judgement | tuple[bool, ...]:
    """Stay, where no pain needs more than that; else the findings, and a third: whether one part needs a deployable."""
    waiting, boundary = findings
    needed = bool(needs_of_part(known, beside=waiting or boundary, most=1))
    if needed or waiting or boundary:
        return waiting, boundary, needed
    if known(HURTS) is True or known(COSTS) is True:
        return build_judgement("cheaper-cure", "offload")
    return build_judgement("no-acute-pain", "motives" if known(BAD_MOTIVES) is True else "healthy")


def weigh_organisation(known: Known, findings: tuple[bool, ...]) -> Judgement | tuple[bool, ...]:
    """Four findings: whether boundaries cure every pain, one part shall go, the whole organisation may split, and
    whether that is too early."""
    waiting, boundary, needed = findings
    one_part = waiting and known(ONE_PART) is True
    everybody = waiting and not one_part
    early = everybody and bool(reasons_too_early(known))
    all_may_go = everybody and not early and not blocks_of_organisation(known)
    # Boundaries are the whole answer only where nothing is known that they cannot cure.
    cured_inside = boundary and not needed and not waiting
    return cured_inside, needed or one_part, all_may_go, early


def judge_extraction(known: Known, findings: tuple[bool, ...]) -> Judgement | tuple[bool, ...]:
    """The judgement where staying is not enough: what may go and whose gates are not closed, else boundaries."""
    cured_inside, part, all_may_go, early = findings
    if all_may_go and not any(known(predicate) is False for predicate in GATES.values()):
        return build_judgement("organisation", "organisation")
    part_may_go = part and not blocks_of_part(known)
    if part_may_go and not any(known(predicate) is False for predicate in PART_GATES.values()):
        return build_judgement("one-part", "hot_part")
    if all_may_go or part_may_go:
        return build_judgement("gate-closed", "first_step")
    return build_judgement("too-early" if early else "boundaries-first", "cure" if cured_inside else "first_step")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of the rules. `decide` takes the findings of the stage before and gives a judgement, or the findings
    that the next stage needs. `reads` are the variables that it asks for."""

    decide: Callable[[Known, tuple[bool, ...]], "Judgement | tuple[bool, ...]"]
    reads: frozenset[str]


STAGES: tuple[Stage, ...] = (
    Stage(
        decide=judge_running_services,
        reads=frozenset(
            {
                "shape",
                "signs",
                "staffing",
                "waiting",
                "platform",
                "writes",
                "ownership",
                "uneven",
                "lock_in",
                "kept_apart",
            }
        ),
    ),
    Stage(
        decide=find_shared_pains,
        reads=frozenset({"staffing", "waiting", "growth", "collisions", "breakage"}),
    ),
    Stage(
        decide=judge_pains,
        reads=frozenset(
            {"uneven", "load", "cures", "bottleneck", "cost", "lock_in", "kept_apart", "spread", "rhythm", "boundaries"}
            | {"scope", "motives"}
        ),
    ),
    Stage(
        decide=weigh_organisation,
        reads=frozenset(
            {"scope", "stage", "staffing", "backed", "writes", "uneven", "platform", "traced", "logged", "hiring"}
        ),
    ),
    Stage(
        decide=judge_extraction,
        reads=frozenset({"boundaries", "traced", "logged", "automated", "platform", "writes"}),
    ),
)


# --- where services run


def build_stages(thresholds: Thresholds) -> tuple[Stage, ...]:
    """The stages with these figures. Only the one of running services weighs."""
    first, *others = STAGES
    return (replace(first, decide=partial(judge_running_services, thresholds=thresholds)), *others)


def are_strained(known: Known, thresholds: Thresholds = THRESHOLDS) -> bool:
    """Whether enough is known to speak against the services that run."""
    total = 0.0
    for _code, weight in find_strains(known, thresholds):
        total += weight
        if total >= thresholds.strained:
            return True
    # Where people ticked different signs none may be known, and yet whoever is right the services are strained.
    beside = known(MIXED) is True
    lone = beside and known(LONE_SERVICE) is True
    return not lone and known(straining_signs(thresholds, beside=beside)) is True


@lru_cache
def straining_signs(thresholds: Thresholds, *, beside: bool) -> Predicate:
    """The predicate that holds where the ticked signs alone strain the services, beside a monolith or by themselves."""
    strong = thresholds.strong_sign
    weights = (strong, 1 if beside else strong, 1, 1)
    strained = (
        signs
        for signs in SIGNS
        if sum(weight for weight, sign in zip(weights, signs, strict=True) if sign) >= thresholds.strained
    )
    return variable_is("signs", *strained)


def find_strains(known: Known, thresholds: Thresholds = THRESHOLDS) -> Iterator[tuple[str, float]]:
    """What is known to speak against the services that run, as codes, each with its weight."""
    strong = thresholds.strong_sign
    if known(MIXED) is True and known(LONE_SERVICE) is True:
        return
    services, beside = known(SERVICES) is True, known(MIXED) is True
    if known(STRONG_SIGN) is True:
        yield "signs", strong
    if known(SHARED_DATABASE) is True:
        # Beside a monolith it is a stage that a migration passes through (S3, Strangler Fig: the shared database).
        yield "shared_database", 1 if beside else strong
    if services:
        if known(WAITS) is True and known(SEVERAL_TEAMS) is not False:
            yield "waiting", strong
        if known(SHARED_WRITES) is True:
            yield "shared_writes", strong
    # Where no release waits and a platform team runs them, numbers weigh nothing. Who runs them is readiness: it
    # counts against the services only where it is known to fail.
    settled = known(NEVER_WAITS) is True and known(DEDICATED) is not False
    counted = (services or beside) and not settled
    if counted and known(OUTNUMBERED) is True:
        yield "outnumbered", strong
    if known(CHAINS) is True:
        yield "chains", strong if counted and known(DENSE) is True else 1
    if known(UNOWNED_SERVICES) is True or (services and known(UNOWNED) is True):
        yield "unowned", 1


def find_benefits(known: Known) -> tuple[str, ...]:
    """What the services are known to buy, as codes (S0: scaling, deployment or ownership)."""
    found: list[str] = []
    # Who says that teams own every area says that there are several, unless their number is known to be one.
    several = known(SEVERAL_TEAMS) is True and known(UNOWNED) is not True
    if several or (known(OWNED) is True and known(SEVERAL_TEAMS) is not False):
        found.append("ownership")
    if known(DOMINATES) is True:
        found.append("scaling")
    if known(LOCK_IN) is True or known(KEPT_APART) is True:
        found.append("special")
    # A single team waits for nobody, with services or without. Size counts against them only where it is known to fail.
    if known(NEVER_WAITS) is True and known(FEW) is not True and known(SEVERAL_TEAMS) is not False:
        found.append("deployment")
    return tuple(found)


# --- pains


def teams_wait(known: Known) -> bool:
    """Whether releases are known to wait for other teams, acutely or with growth funded; one team waits for nobody."""
    if known(SEVERAL_TEAMS) is False:
        return False
    return known(WAITS) is True or (known(WAITS_SOMETIMES) is True and known(GROWS) is True)


def has_boundary_pain(known: Known) -> bool:
    """Whether a pain is known that a boundary inside cures: unrelated breakage, or teams that collide."""
    if known(BREAKS) is True:
        return True
    if known(SEVERAL_TEAMS) is False:
        return False
    return known(COLLIDES) is True or (known(COLLIDES_SOMETIMES) is True and known(GROWS) is True)


def needs_of_part(known: Known, *, beside: bool | None = None, most: int | None = None) -> tuple[str, ...]:
    """Why one part is known to need a deployable of its own, as keys of questions; at most `most` where it is given.

    `beside` says whether a pain of teams or code is known; it is worked out where it is not given.
    """
    found: list[str] = []
    for key, holds in NEEDS:
        if len(found) != most and holds(known):
            found.append(key)
    if len(found) != most and known(FAR_APART) is True and known(NAMED) is True:
        if beside is None:
            beside = teams_wait(known) or has_boundary_pain(known)
        if beside or known(ONE_PART) is True or known(HURTS) is True:
            found.append("change_rhythm")
    return tuple(found)


def load_needs_part(known: Known) -> bool:
    """Whether the load of one part is known to hurt, and neither something cheaper nor another part to be the cure."""
    return (
        known(HURTS) is True
        and known(DOMINATES) is True
        and known(UNTRIED) is not True
        and known(ELSEWHERE) is not True
    )


def cost_needs_part(known: Known) -> bool:
    """Whether one part is known to make the bill painful, and everything cheaper to have been tried."""
    return known(COSTS) is True and known(DOMINATES) is True and known(EXHAUSTED) is True


#: What makes one part need a deployable of its own, by the question that says it.
NEEDS: tuple[tuple[str, Callable[[Known], bool]], ...] = (
    ("tech_lock_in", lambda known: known(LOCK_IN) is True),
    ("kept_apart", lambda known: known(KEPT_APART) is True),
    ("failure_spread", lambda known: known(SPREADS) is True),
    ("load_fit", load_needs_part),
    ("infra_cost", cost_needs_part),
)


# --- conditions


def blocks_of_part(known: Known) -> tuple[str, ...]:
    """What is known to hold the extraction of one part back, as keys of questions."""
    writes = ("cross_boundary_transactions",) if known(SHARED_WRITES) is True else ()
    return (*writes, *(("boundaries",) if known(TANGLED) is True else ()))


def reasons_too_early(known: Known) -> tuple[str, ...]:
    """What is known to make a split of the organisation too early, as keys of questions."""
    stage = ("product_stage",) if known(SEARCHING) is True else ()
    return (*stage, *(("developers",) if known(FEW) is True else ()))


def blocks_of_organisation(known: Known) -> tuple[str, ...]:
    """What is known to keep a split of the organisation from starting, as keys of questions or `checklist`."""
    found = list(reasons_too_early(known))
    # The first known to fail decides; the checklist is counted last.
    if known(BACKED) is False:
        found.append("migration_horizon")
    if known(SHARED_WRITES) is True:
        found.append("cross_boundary_transactions")
    if not found and too_many_noes(known):
        found.append("checklist")
    return tuple(found)


def checklist(known: Known) -> tuple[tuple[str, Ternary], ...]:
    """S3's seven questions, each with the key of the starred question and yes, no or not known."""
    return tuple((key, answer(known)) for key, answer in CHECKLIST.items())


def deploys_block(known: Known) -> Ternary:
    """The answer to S3's second question: its sign is a deploy that is slow and blocks, so waiting for another team is
    a yes."""
    return True if teams_wait(known) else known(SLOW)


def requests_are_observed(known: Known) -> Ternary:
    """The answer to S3's fifth question, which asks for tracing and central logging at once."""
    return False if known(LOGGED) is False else known(TRACED)


#: S3's seven questions by the starred question that stands for each.
CHECKLIST: dict[str, Callable[[Known], Ternary]] = {
    "teams": lambda known: known(THREE_TEAMS),
    "deploy_minutes": deploys_block,
    "hot_share": lambda known: known(DIFFERS),
    "platform_team": lambda known: known(DEDICATED),
    "tracing": requests_are_observed,
    "hiring": lambda known: known(EASY_HIRING),
    "migration_horizon": lambda known: known(BACKED),
}


def too_many_noes(known: Known) -> bool:
    """Whether more of the seven are known to be no than S3 allows. For where releases wait: a yes to the second."""
    noes = 0
    for key, answer in CHECKLIST.items():
        noes += key != "deploy_minutes" and answer(known) is False
        if noes > THRESHOLDS.most_noes:
            return True
    return False
