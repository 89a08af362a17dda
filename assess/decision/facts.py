"""The facts that the rules of model 2 read: for each variable the values that answers leave possible.

Verdicts depend on answers only through these. `Facts` holds one bit mask a variable: a bit for every value it may still
have. A predicate asks whether all, none or some of these values are among those it names, so unknown is kept apart from
no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal, TypeAlias

from assess.decision.meanings import MEANINGS
from assess.decision.signals import highest_level, level_of
from assess.decision.thresholds import THRESHOLDS, Thresholds
from assess.questionnaire.facade import (
    PAIN_AXES,
    Answers,
    Question,
    Questionnaire,
    Value,
    is_asked,
    may_be_asked,
)

Ternary = bool | None
#: One mask a variable, in the order of `VARIABLES`.
Facts: TypeAlias = tuple[int, ...]
Teams: TypeAlias = Literal["one", "several", "many"]
TEAMS: tuple[Teams, ...] = ("one", "several", "many")
#: What the numbers of people, teams and services say together: few people, how many teams, a lone service, more
#: services than can be owned, a service for every two people or fewer.
Staffing: TypeAlias = tuple[bool, Teams, bool, bool, bool]
#: More than any number that a questionnaire takes.
MOST = 100_000.0

YES_NO = (True, False)
STAFFING: tuple[Staffing, ...] = tuple(
    (few, teams, lone, outnumbered, dense)
    for few in YES_NO
    for teams in TEAMS
    for lone, outnumbered, dense in product(YES_NO, YES_NO, YES_NO)
    if not (lone and outnumbered)
)
#: Which signs of a distributed monolith are ticked: a strong one, a shared database, chains of calls, no owner.
SIGNS: tuple[tuple[bool, bool, bool, bool], ...] = tuple(product(YES_NO, YES_NO, YES_NO, YES_NO))
#: Whether one part dominates, and whether parts differ at all.
UNEVEN: tuple[tuple[bool, bool], ...] = ((False, False), (False, True), (True, True))

#: Every variable with its values.
VARIABLES: Mapping[str, tuple[object, ...]] = {
    "shape": ("monolith", "mixed", "services", "several"),
    "scope": ("whole", "part"),
    "signs": SIGNS,
    "staffing": STAFFING,
    "waiting": ("never", "sometimes", "acute"),
    "load": ("calm", "hurts"),
    "uneven": UNEVEN,
    "cures": ("untried", "some", "exhausted"),
    "bottleneck": ("application", "elsewhere"),
    "cost": ("calm", "painful"),
    "lock_in": (False, True),
    "kept_apart": (False, True),
    "spread": (False, True),
    "rhythm": (False, True),
    "collisions": ("calm", "mild", "acute"),
    "breakage": (False, True),
    "growth": (False, True),
    "stage": ("searching", "settled"),
    "boundaries": ("tangled", "sketched", "named"),
    "writes": ("many", "few"),
    "ownership": ("unclear", "partly", "teams"),
    "platform": ("none", "shared", "dedicated"),
    "automated": (False, True),
    "traced": (False, True),
    "logged": (False, True),
    "hiring": (False, True),
    "backed": (False, True),
    "slow": (False, True),
    "motives": ("good", "bad"),
}
POSITIONS = {name: position for position, name in enumerate(VARIABLES)}
#: Nothing known of anything.
UNKNOWN: Facts = tuple((1 << len(values)) - 1 for values in VARIABLES.values())

STRONG_SIGNS = frozenset({"release_together", "contract_ripples", "service_per_table"})
BAD_MOTIVES = frozenset({"imitation", "new_technology", "avoid_cleanup", "vague_performance"})

#: By question the variable that a choice settles, and the value for each option. Pains are read by their level instead,
#: see `VARIABLE_OF_PAIN`.
VALUES_OF_OPTIONS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    key: (meaning.variable, meaning.values) for key, meaning in MEANINGS.items() if meaning.variable
}
#: The pain signals with a variable of their own; other signals of the axis `boundary` join `breakage`.
VARIABLE_OF_PAIN: Mapping[tuple[str, str], str] = {
    ("boundary", "collisions"): "collisions",
    ("deployable", "waiting"): "waiting",
    ("deployable", "load"): "load",
    ("deployable", "cost"): "cost",
    ("deployable", "lock_in"): "lock_in",
    ("deployable", "kept_apart"): "kept_apart",
    ("deployable", "spread"): "spread",
    ("deployable", "rhythm"): "rhythm",
}
NUMBERS = ("services", "developers", "teams")
#: Settles four pains at once where none is ticked: it decides which questions are asked.
SPECIAL_NEEDS = "special_needs"
#: The questions that the rules read by their key, whatever their reading says.
RULE_KEYS = frozenset(
    {
        *VALUES_OF_OPTIONS,
        *NUMBERS,
        "distributed_monolith_signs",
        "motives",
        "scaling_profile",
        "hot_share",
        "deploy_minutes",
    }
)


@dataclass(frozen=True, slots=True)
class Predicate:
    """Whether the variable at `position` has one of some values; `mask` has their bits."""

    position: int
    mask: int

    def evaluate(self, facts: Facts) -> Ternary:
        """True where only these values are left, False where none of them is, None where it is open."""
        left = facts[self.position]
        if not left & self.mask:
            return False
        return None if left & ~self.mask else True


def variable_is(variable: str, *values: object) -> Predicate:
    """The predicate that holds where the variable has one of these values."""
    return Predicate(POSITIONS[variable], mask_of(variable, values))


def mask_of(variable: str, values: Iterable[object]) -> int:
    """The bits of these values."""
    those = VARIABLES[variable]
    mask = 0
    for value in values:
        mask |= 1 << those.index(value)
    return mask


def variable_of(question: Question) -> str | None:
    """The name of the variable that answers to this question settle; None for a question that no rule reads."""
    key, reading = question.key, question.reads
    if key in VALUES_OF_OPTIONS:
        return VALUES_OF_OPTIONS[key][0]
    if key in NUMBERS:
        return "staffing"
    if key in ("scaling_profile", "hot_share"):
        return "uneven"
    if key in ("distributed_monolith_signs", "motives", "deploy_minutes"):
        return {"distributed_monolith_signs": "signs", "motives": "motives", "deploy_minutes": "slow"}[key]
    if reading is None or reading.axis not in PAIN_AXES:
        return None
    named = VARIABLE_OF_PAIN.get((reading.axis, reading.signal))
    if named is None and (reading.axis != "boundary" or highest_level(reading) < THRESHOLDS.acute):
        return None
    return named or "breakage"


def is_read(question: Question) -> bool:
    """Whether some answer to this question can change a fact, and so a verdict."""
    return question.key == SPECIAL_NEEDS or variable_of(question) is not None


def read_facts(questionnaire: Questionnaire, answers: Answers, thresholds: Thresholds = THRESHOLDS) -> Facts:
    """The facts in these answers. Answers to questions that are not asked do not count, nor does "does not apply"."""
    masks = list(UNKNOWN)
    settled: set[str] = set()
    for question in questionnaire.questions:
        variable = variables_of(questionnaire)[question.key]
        if variable is None or variable in ("staffing", "uneven"):
            continue
        position = POSITIONS[variable]
        mask = mask_of_answer(question, answers, variable, thresholds)
        masks[position] = worst_mask([masks[position], mask]) if variable in settled else mask
        settled.add(variable)
    masks[POSITIONS["uneven"]] = read_uneven(questionnaire, answers, thresholds)
    masks[POSITIONS["staffing"]] = read_staffing(questionnaire, answers, masks[POSITIONS["shape"]], thresholds)
    return tuple(masks)


def variables_of(questionnaire: Questionnaire) -> Mapping[str, str | None]:
    """The variable of each question by its key, worked out once for a questionnaire."""
    known: Mapping[str, str | None] | None = questionnaire.__dict__.get("_variables")
    if known is None:
        known = {question.key: variable_of(question) for question in questionnaire.questions}
        questionnaire.__dict__["_variables"] = known
    return known


def mask_of_answer(question: Question, answers: Answers, variable: str, thresholds: Thresholds) -> int:
    """The values of the question's own variable that its answer leaves."""
    full = UNKNOWN[POSITIONS[variable]]
    answer = answers.get(question.key)
    pain = question.reads is not None and question.reads.axis in PAIN_AXES
    may_be_skipped = bool(question.conditions) and not is_asked(question, answers)
    if may_be_skipped and not may_be_asked(question, answers):
        return 1 if pain else full
    if answer is None:
        return full
    if answer.not_applicable and pain:
        return 1
    values = answer.between if answer.value is None else (answer.value,)
    mask = 0
    for value in values:
        mask |= 1 << index_of_value(question, value, variable, thresholds)
    if may_be_skipped and pain and mask:
        mask |= 1  # it may turn out not to be asked
    return mask or full


def index_of_value(question: Question, value: Value, variable: str, thresholds: Thresholds) -> int:
    """The position, among the values of the variable, of the one that this answer to the question stands for."""
    code = VALUES_OF_OPTIONS.get(question.key)
    if code is not None and isinstance(value, str):
        return VARIABLES[variable].index(code[1][value]) if value in code[1] else 0
    if variable == "signs" and isinstance(value, tuple):
        strong = any(sign in STRONG_SIGNS for sign in value)
        return SIGNS.index(
            (strong, "shared_database" in value, "synchronous_chains" in value, "unowned_services" in value)
        )
    if variable == "motives" and isinstance(value, tuple):
        return int(any(motive in BAD_MOTIVES for motive in value))
    if variable == "slow" and isinstance(value, int | float):
        return int(value > thresholds.slow_deploy)
    level = level_of(question, value)
    return sum(level >= edge for edge in levels_told_apart(variable, thresholds))


def levels_told_apart(variable: str, thresholds: Thresholds = THRESHOLDS) -> tuple[float, ...]:
    """The levels from each of which on a pain has the next value of its variable."""
    if variable in ("waiting", "collisions"):
        return thresholds.mild, thresholds.acute
    if variable == "cost":
        return (thresholds.painful_cost,)
    return (thresholds.far_apart,) if variable == "rhythm" else (thresholds.acute,)


def worst_mask(masks: list[int]) -> int:
    """The values that several questions about one pain leave together: the worst counts, so all that it can be."""
    least = max((mask & -mask).bit_length() - 1 for mask in masks)
    union = 0
    for mask in masks:
        union |= mask
    return union >> least << least


def possible_values(questionnaire: Questionnaire, answers: Answers, key: str) -> tuple[Value, ...] | None:
    """The values that the answer may have; None where it may be any, () where the question is not asked."""
    question, answer = questionnaire.by_key.get(key), answers.get(key)
    if question is None:
        return None
    if question.conditions and not may_be_asked(question, answers):
        return ()
    if answer is None or (answer.value is None and not answer.between):
        return None
    return answer.between if answer.value is None else (answer.value,)


def read_uneven(questionnaire: Questionnaire, answers: Answers, thresholds: Thresholds) -> int:
    """The mask of `uneven`: one part dominates where its share of the load, or the profile, says so."""
    profiles = possible_values(questionnaire, answers, "scaling_profile")
    shares = possible_values(questionnaire, answers, "hot_share")
    mask = 0
    for profile in profiles or ("even", "somewhat", "one_part_dominates"):
        for share in shares or (0, thresholds.dominant):
            large = isinstance(share, int | float) and share >= thresholds.dominant
            dominates = large or profile == "one_part_dominates"
            differs = dominates or profile == "somewhat"
            mask |= 1 << UNEVEN.index((dominates, differs))
    return mask


def read_staffing(questionnaire: Questionnaire, answers: Answers, shapes: int, thresholds: Thresholds) -> int:
    """The mask of `staffing`; `shapes` is the mask of `shape`."""
    numbers = [possible_values(questionnaire, answers, key) for key in NUMBERS]
    if not shapes & mask_of("shape", ("mixed", "services")):
        numbers[0] = (0,)  # nobody asks how many there are, and no rule reads it
    known = [tuple(sorted(v for v in those if isinstance(v, int | float))) if those else None for those in numbers]
    return staffing_mask(known[0], known[1], known[2], thresholds)


@lru_cache(maxsize=512)
def staffing_mask(
    services: tuple[float, ...] | None,
    developers: tuple[float, ...] | None,
    teams: tuple[float, ...] | None,
    thresholds: Thresholds = THRESHOLDS,
) -> int:
    """The mask of every state of the staffing that these numbers leave; None for a number that is not known."""
    mask = 0
    for service in services if services is not None else services_to_try(developers, teams, thresholds):
        for people in developers if developers is not None else people_to_try(service, thresholds):
            for team in teams if teams is not None else teams_to_try(service, thresholds):
                mask |= 1 << STAFFING.index(staffing_of(service, people, team, thresholds))
    return mask


def staffing_of(services: float, developers: float, teams: float, thresholds: Thresholds = THRESHOLDS) -> Staffing:
    """What the three numbers say together."""
    lone = services < thresholds.several_services
    outnumbered = services >= thresholds.some_services and (
        services > thresholds.services_per_developer * developers or services > thresholds.services_per_team * teams
    )
    return (
        developers < thresholds.few_people,
        TEAMS[(teams >= thresholds.several_teams) + (teams >= thresholds.many_teams)],
        lone,
        outnumbered and not lone,
        services * thresholds.people_per_service >= developers,
    )


def services_to_try(
    developers: tuple[float, ...] | None, teams: tuple[float, ...] | None, thresholds: Thresholds
) -> set[float]:
    """Numbers of services on both sides of every threshold, to stand for a number that is not known."""
    edges = {0.0, thresholds.several_services, thresholds.some_services - 1, thresholds.some_services, MOST}
    for people in developers or (0.0, thresholds.few_people - 1, thresholds.few_people, MOST):
        edges |= {int(thresholds.services_per_developer * people) + x for x in (0, 1)}
        edges |= {int(people / thresholds.people_per_service) + x for x in (-1, 0, 1)}
    for team in teams or (0.0, 1.0, thresholds.several_teams, thresholds.many_teams, MOST):
        edges |= {int(thresholds.services_per_team * team) + x for x in (0, 1)}
    return {edge for edge in edges if 0 <= edge <= MOST}


def people_to_try(services: float, thresholds: Thresholds) -> set[float]:
    """Numbers of people on both sides of every threshold beside so many services."""
    edges = {0.0, thresholds.few_people - 1, thresholds.few_people, MOST}
    edges |= {int(services / thresholds.services_per_developer) + x for x in (-1, 0, 1)}
    edges |= {int(services * thresholds.people_per_service) + x for x in (0, 1)}
    return {edge for edge in edges if 0 <= edge <= MOST}


def teams_to_try(services: float, thresholds: Thresholds) -> set[float]:
    """Numbers of teams on both sides of every threshold beside so many services."""
    edges = {0.0, 1.0, thresholds.several_teams, thresholds.many_teams, MOST}
    edges |= {int(services / thresholds.services_per_team) + x for x in (-1, 0, 1)}
    return {edge for edge in edges if 0 <= edge <= MOST}
