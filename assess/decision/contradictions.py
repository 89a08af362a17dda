"""Answers that cannot both be so, or seldom are: shown with both questions linked, never resolved for the person.

Nothing here changes a verdict. The pairs and their limits are our own judgement where no source is named.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assess.language import N_, _
from assess.questionnaire.facade import Answers, Questionnaire, Value, is_asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """Two or more answers at odds. `sentence` says what does not fit, and asks."""

    code: str
    keys: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    code: str
    keys: tuple[str, ...]
    at_odds: Callable[..., bool]
    sentence: str


def _is(*slugs: str) -> Callable[[Value], bool]:
    return lambda value: value in slugs


def _has(slug: str) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, tuple) and slug in value


def _both(first: Callable[[Value], bool], second: Callable[[Value], bool]) -> Callable[[Value, Value], bool]:
    return lambda one, other: first(one) and second(other)


def _at_least(number: float) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, int | float) and value >= number


def _below(number: float) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, int | float) and value < number


_KINDS: tuple[_Kind, ...] = (
    _Kind(
        code="waiting-alone",
        keys=("teams", "deploy_waiting"),
        at_odds=_both(_below(2), _is("often", "always")),
        sentence=N_("Teams wait for each other's release, yet there is only one team. Who waits for whom?"),
    ),
    _Kind(
        code="colliding-alone",
        keys=("teams", "team_collisions"),
        at_odds=_both(_below(2), _is("weekly", "daily")),
        sentence=N_("Teams get in each other's way, yet there is only one team. Are there several after all?"),
    ),
    _Kind(
        code="more-teams-than-people",
        keys=("developers", "teams"),
        at_odds=lambda developers, teams: teams > developers,
        sentence=N_("There are more teams than people who commit. Which of the two figures is right?"),
    ),
    _Kind(
        code="daily-deploys-always-waiting",
        keys=("deploys_per_week", "deploy_waiting"),
        at_odds=_both(_at_least(5), _is("always")),
        sentence=N_("It is deployed every day, yet teams always wait for a release. How often does each team release?"),
    ),
    _Kind(
        code="satisfied-but-waiting",
        keys=("deploy_demand", "deploy_waiting"),
        at_odds=_both(_is("satisfied"), _is("often", "always")),
        sentence=N_(
            "Nobody wants to release more often, yet teams wait for each other's release. Does the waiting hurt?"
        ),
    ),
    _Kind(
        code="blocked-but-frequent",
        keys=("deploy_demand", "deploys_per_week"),
        at_odds=_both(_is("blocked"), _at_least(20)),
        sentence=N_("Releasing is blocked, yet it is deployed twenty times a week or more. What exactly is blocked?"),
    ),
    _Kind(
        code="enforced-but-breaking",
        keys=("boundaries", "change_breakage"),
        at_odds=_both(_is("enforced"), _is("monthly", "weekly")),
        sentence=N_("Boundaries are enforced, yet changes keep breaking unrelated parts. Through what do they break?"),
    ),
    _Kind(
        code="tangled-without-transactions",
        keys=("boundaries", "cross_boundary_transactions"),
        at_odds=_both(_is("tangled"), _is("none")),
        sentence=N_("The code is tangled, yet no transaction crosses a boundary. Which boundaries were meant?"),
    ),
    _Kind(
        code="even-but-dominated",
        keys=("scaling_profile", "hot_share"),
        at_odds=_both(_is("even"), _at_least(40)),
        sentence=N_(
            "The load is even, yet one part takes 40 % of the capacity or more. Which of the two was measured?"
        ),
    ),
    _Kind(
        code="dominated-but-small",
        keys=("scaling_profile", "hot_share"),
        at_odds=_both(_is("one_part_dominates"), _below(20)),
        sentence=N_("One part dominates the load, yet it takes less than a fifth of the capacity. What was measured?"),
    ),
    _Kind(
        code="continuous-but-slow",
        keys=("ci_cd", "deploy_minutes"),
        at_odds=_both(_is("continuous"), _at_least(120)),
        sentence=N_(
            "Delivery is continuous, yet a merge takes two hours or more to production. Where does the time go?"
        ),
    ),
    _Kind(
        code="manual-but-frequent",
        keys=("ci_cd", "deploys_per_week"),
        at_odds=_both(_is("manual"), _at_least(20)),
        sentence=N_("Releases are made by hand, yet there are twenty a week or more. Is that figure for one system?"),
    ),
    _Kind(
        code="continuous-without-tests",
        keys=("ci_cd", "tests"),
        at_odds=_both(_is("continuous"), _is("none")),
        sentence=N_("Every merge goes to production, yet there are no tests. What stops a broken one?"),
    ),
    _Kind(
        code="orchestrated-by-nobody",
        keys=("runtime_platform", "platform_team"),
        at_odds=_both(_is("orchestrated"), _is("none")),
        sentence=N_("It runs on an orchestrator, yet nobody runs the platform. Who looks after it?"),
    ),
    _Kind(
        code="traced-without-logs",
        keys=("tracing", "central_logging"),
        at_odds=_both(_is("every_request"), _is("none")),
        sentence=N_("Every request is traced, yet logs are in no central place. Is the tracing used?"),
    ),
    _Kind(
        code="backed-without-budget",
        keys=("migration_horizon", "budget"),
        at_odds=_both(_is("half_year", "year"), _is("none")),
        sentence=N_("The business agreed to half a year or more, yet there is no budget. Who agreed, and to what?"),
    ),
    _Kind(
        code="backed-without-slowdown",
        keys=("migration_horizon", "slowdown_accepted"),
        at_odds=_both(_is("half_year", "year"), _is("no")),
        sentence=N_("The business agreed to half a year or more, yet features may not slow down. Does it know both?"),
    ),
    _Kind(
        code="owned-and-unowned",
        keys=("ownership", "distributed_monolith_signs"),
        at_odds=_both(_is("teams"), _has("unowned_services")),
        sentence=N_("Every part has an owning team, yet some services have no owner. Which ones were left out?"),
    ),
    _Kind(
        code="together-without-waiting",
        keys=("distributed_monolith_signs", "deploy_waiting"),
        at_odds=_both(_has("release_together"), _is("never")),
        sentence=N_("Services are released together, yet no team waits for another. Does one team own them all?"),
    ),
    _Kind(
        code="services-without-services",
        keys=("current_shape", "services"),
        at_odds=_both(_is("services"), _below(2)),
        sentence=N_("It is a landscape of services, yet there are fewer than two. Is it a monolith?"),
    ),
    _Kind(
        code="scaling-wish-even-load",
        keys=("motives", "scaling_profile"),
        at_odds=_both(_has("independent_scaling"), _is("even")),
        sentence=N_("Scaling parts apart is a motive, yet all parts need about the same. Which part should scale?"),
    ),
    _Kind(
        code="deploy-wish-no-waiting",
        keys=("motives", "deploy_waiting"),
        at_odds=_both(_has("independent_deploys"), _is("never")),
        sentence=N_("Independent releases are a motive, yet no team ever waits for another. What would get better?"),
    ),
    _Kind(
        code="technology-wish-no-need",
        keys=("motives", "tech_lock_in"),
        at_odds=_both(_has("different_technology"), _is("none")),
        sentence=N_("Another technology is a motive, yet no part needs one. Which part is meant?"),
    ),
    _Kind(
        code="performance-wish-comfortable",
        keys=("motives", "load_fit"),
        at_odds=_both(_has("vague_performance"), _is("comfortable")),
        sentence=N_("Performance is a motive, yet the system carries its load with ease. What is slow, and for whom?"),
    ),
)


def find_contradictions(questionnaire: Questionnaire, answers: Answers) -> tuple[Contradiction, ...]:
    """Every pair of known, asked answers that do not fit together, in the order of the table above."""
    found = []
    for kind in _KINDS:
        values = []
        for key in kind.keys:
            question, answer = questionnaire.by_key.get(key), answers.get(key)
            if question is None or answer is None or answer.value is None or not is_asked(question, answers):
                break
            values.append(answer.value)
        else:
            if kind.at_odds(*values):
                found.append(Contradiction(code=kind.code, keys=kind.keys, sentence=_(kind.sentence)))
    return tuple(found)
