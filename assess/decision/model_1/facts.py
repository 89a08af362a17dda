"""The few facts that the rules read, each from its own question, unknown kept apart from no.

Verdicts depend on answers only through these. That is what makes it possible to say exactly which verdicts are still
possible, and to try every change of one or two answers quickly.
"""

from typing import Literal, NamedTuple

from assess.decision.signals import ACUTE, highest_level, level_range
from assess.questionnaire.facade import PAIN_AXES, Answers, Question, Questionnaire, is_asked, may_be_asked

Shape = Literal["monolith", "mixed", "services"]
Ternary = bool | None

#: S3: a deploy of more than half an hour is a bottleneck. Minutes.
SLOW_DEPLOY = 30
#: S3: the share of capacity (its example: recommendations at 40 %) from which one part dominates. A level of `uneven`.
DOMINANT = 40
#: A level of the cost signal that says "painful".
PAINFUL = 35

#: One of these is a distributed monolith in itself (S3, S4); of the others two must come together, since S0 shows
#: a system that chose synchronous calls and was content.
STRONG_SIGNS = frozenset({"release_together", "contract_ripples", "service_per_table"})
#: Strong too, but of a landscape of services: beside a monolith it is a stage that a migration passes through (S3).
SHARED_DATABASE = "shared_database"
BAD_MOTIVES = frozenset({"imitation", "new_technology", "avoid_cleanup", "vague_performance"})


class Facts(NamedTuple):
    """What the rules may read. None means not known."""

    one_part: Ternary
    shape: Shape | None
    signs: int | None  #: weight of the ticked signs but a shared database: 2 for a strong one, 1 for another
    shared_database: Ternary
    searching: Ternary
    developers: float | None
    teams: float | None
    services: float | None
    boundary: Ternary  #: some pain that a module boundary cures is acute
    waiting: Ternary  #: releases wait for other teams, acutely
    hurts: Ternary  #: the load is felt
    lock_in: Ternary  #: a part needs a runtime that the monolith cannot host
    dominates: Ternary  #: one part dominates the use of capacity
    differs: Ternary  #: different parts have different needs (checklist)
    uneven: tuple[tuple[bool, bool], ...]  #: every (dominates, differs) that completed answers could give
    painful_cost: Ternary
    slow: Ternary  #: deploys take more than SLOW_DEPLOY minutes
    unowned: Ternary
    shared_writes: Ternary  #: many transactions across boundaries
    tangled: Ternary
    named: Ternary  #: boundaries are named or enforced
    platform: Ternary  #: somebody runs the platform
    dedicated: Ternary  #: a team of its own does
    automated: Ternary
    traced: Ternary  #: tracing is at least planned and funded
    logged: Ternary
    hiring: Ternary  #: no hiring problem
    half_year: Ternary  #: the business agreed to half a year or more
    bad_motives: bool


#: Questions that the rules read by their key, whatever their reading says.
RULE_KEYS = frozenset(
    {
        "scope",
        "current_shape",
        "services",
        "distributed_monolith_signs",
        "product_stage",
        "motives",
        "developers",
        "teams",
        "ownership",
        "deploy_minutes",
        "scaling_profile",
        "hot_share",
        "boundaries",
        "cross_boundary_transactions",
        "platform_team",
        "ci_cd",
        "tracing",
        "central_logging",
        "hiring",
        "migration_horizon",
    }
)


def is_read(question: Question) -> bool:
    """Whether some answer to this question can change a fact, and so a verdict."""
    reading = question.reads
    if question.key in RULE_KEYS or reading is None:
        return question.key in RULE_KEYS
    if reading.axis == "boundary" or reading.signal in ("waiting", "load", "lock_in"):
        return reading.axis in PAIN_AXES and highest_level(reading) >= ACUTE
    return reading.axis == "deployable" and reading.signal in ("uneven", "cost")


def is_ruled_out(question: Question, answers: Answers) -> bool:
    """Whether the question is known not to be asked. While its condition is open it may yet be, and its answer
    count."""
    return not may_be_asked(question, answers)


def read_facts(questionnaire: Questionnaire, answers: Answers) -> Facts:
    """The facts in these answers. Answers to questions that are not asked do not count; nor do "does not apply".

    Of a question that is open between several values, a fact is known where all of them say the same.
    """

    def candidates(key: str) -> tuple[object, ...]:
        """The values that the answer may be: one when it is known, none when nothing is."""
        answer, question = answers.get(key), questionnaire.by_key.get(key)
        if answer is None or question is None or is_ruled_out(question, answers):
            return ()
        return answer.between if answer.value is None else (answer.value,)

    def known(key: str) -> object:
        values = candidates(key)
        return values[0] if len(values) == 1 else None

    def agreed(said: set[bool]) -> Ternary:
        return said.pop() if len(said) == 1 else None

    def among(key: str, *slugs: str) -> Ternary:
        return agreed({value in slugs for value in candidates(key)})

    def number(key: str) -> float | None:
        value = known(key)
        return value if isinstance(value, int | float) else None

    by_signal: dict[str, list[tuple[int, int]]] = {}
    for question in questionnaire.questions:
        reading, answer = question.reads, answers.get(question.key)
        if reading is None or reading.axis not in PAIN_AXES:
            continue
        if is_ruled_out(question, answers) or (answer is not None and answer.not_applicable):
            continue
        levels = level_range(question, answer) if is_asked(question, answers) else (0, highest_level(reading))
        for signal in (reading.axis, f"{reading.axis}/{reading.signal}"):
            by_signal.setdefault(signal, []).append(levels)

    def reaches(signal: str, threshold: int) -> Ternary:
        entries = by_signal.get(signal, [])
        if any(lowest >= threshold for lowest, _ in entries):
            return True
        return None if any(highest >= threshold for _, highest in entries) else False

    shapes: dict[object, Shape] = {
        "monolith": "monolith",
        "modular_monolith": "monolith",
        "monolith_with_services": "mixed",
        "services": "services",
    }
    signs, motives = known("distributed_monolith_signs"), known("motives")
    profile, hot_share = known("scaling_profile"), number("hot_share")
    found_shapes = {shapes.get(value) for value in candidates("current_shape")}
    dominates = reaches("deployable/uneven", DOMINANT)
    return Facts(
        one_part=among("scope", "one_part"),
        shape=found_shapes.pop() if len(found_shapes) == 1 else None,
        signs=sum(2 if sign in STRONG_SIGNS else 1 for sign in signs if sign != SHARED_DATABASE)
        if isinstance(signs, tuple)
        else None,
        shared_database=SHARED_DATABASE in signs if isinstance(signs, tuple) else None,
        searching=among("product_stage", "searching"),
        developers=number("developers"),
        teams=number("teams"),
        services=number("services"),
        boundary=reaches("boundary", ACUTE),
        waiting=reaches("deployable/waiting", ACUTE),
        hurts=reaches("deployable/load", ACUTE),
        lock_in=reaches("deployable/lock_in", ACUTE),
        dominates=dominates,
        differs=parts_differ(profile, hot_share),
        uneven=possible_unevenness(dominates, profile, hot_share),
        painful_cost=reaches("deployable/cost", PAINFUL),
        slow=agreed({value > SLOW_DEPLOY for value in candidates("deploy_minutes") if isinstance(value, int | float)}),
        unowned=among("ownership", "unclear"),
        shared_writes=among("cross_boundary_transactions", "many"),
        tangled=among("boundaries", "tangled"),
        named=among("boundaries", "named", "enforced"),
        platform=among("platform_team", "shared", "dedicated"),
        dedicated=among("platform_team", "dedicated"),
        automated=among("ci_cd", "pipeline", "continuous"),
        traced=among("tracing", "planned", "partial", "every_request"),
        logged=among("central_logging", "planned", "in_place"),
        hiring=among("hiring", "easy"),
        half_year=among("migration_horizon", "half_year", "year"),
        bad_motives=isinstance(motives, tuple) and any(motive in BAD_MOTIVES for motive in motives),
    )


def parts_differ(profile: object, hot_share: float | None) -> Ternary:
    """S3's third checklist question: yes when profile or share says so, no when one is known and neither does."""
    if profile in ("somewhat", "one_part_dominates") or (hot_share is not None and hot_share >= DOMINANT):
        return True
    return None if profile is None and hot_share is None else False


def possible_unevenness(dominates: Ternary, profile: object, hot_share: float | None) -> tuple[tuple[bool, bool], ...]:
    """Every pair (one part dominates, parts differ) that answers to what is still open could give."""
    profiles = (profile,) if profile is not None else ("even", "somewhat", "one_part_dominates")
    shares: tuple[float, ...] = (hot_share,) if hot_share is not None else (0, DOMINANT)
    rows = set()
    for one_profile in profiles:
        for share in shares:
            dominant = dominates or one_profile == "one_part_dominates" or share >= DOMINANT
            rows.add((dominant, bool(parts_differ(one_profile, share))))
    return tuple(sorted(rows))
