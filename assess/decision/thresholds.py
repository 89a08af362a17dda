"""The figures of model 2 that rules compare with or weigh by, each with its source. Data: nothing is decided here.

A figure that is ours can be moved, to see how much hangs on it (`perturbed`); docs/model.md publishes the outcome.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assess.language import N_, Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Levels are of 100, shares per cent, the rest counts. A sign of services that cost too much weighs 1, a strong one
    `strong_sign`; from `strained` on they do."""

    acute: float = 50
    mild: float = 30
    painful_cost: float = 35
    far_apart: float = 45
    dominant: float = 40
    slow_deploy: float = 30
    few_people: float = 10
    several_services: float = 2
    some_services: float = 5
    services_per_developer: float = 2
    services_per_team: float = 8
    people_per_service: float = 2
    several_teams: float = 2
    many_teams: float = 3
    most_noes: float = 2
    strong_sign: float = 2
    strained: float = 2


THRESHOLDS = Thresholds()

#: Where each figure is from. The source's number, its heading and what it says; or "ours" and why.
SOURCES_OF: Words[str] = Words(
    {
        "acute": N_("ours: half of a scale from calm to acute"),
        "mild": N_("ours: the level of what happens about once a month"),
        "painful_cost": N_("ours: the level of a bill that somebody has to bring down"),
        "far_apart": N_("ours: below acute, because S2 names it beside other pains"),
        "dominant": N_("S3, Real-World Case: E-commerce Migration with Metrics: recommendations took 40 % of the CPU"),
        "slow_deploy": N_("S3, Signs That the Monolith Is Choking You: more than 30 minutes"),
        "few_people": N_("S3, Conclusions, when not to: a team of fewer than 10 people"),
        "several_services": N_("ours: one service beside a monolith cannot be merged with another"),
        "some_services": N_("ours: fewer than this are looked after by anybody"),
        "services_per_developer": N_("ours: more than this many services for each person are nobody's"),
        "services_per_team": N_("ours: more than this many services for each team are more than it can own"),
        "people_per_service": N_(
            "S3, Real Story; S3, Pitfall #2: Distributed Monolith: twelve people, fifteen services; the figure is ours"
        ),
        "several_teams": N_("ours: one team waits for no other and collides with none"),
        "many_teams": N_("S3, Signs That the Monolith Is Choking You: three teams or more in one codebase"),
        "most_noes": N_("S3, Microservices Readiness Checklist: five yes of seven, so at most so many no"),
        "strong_sign": N_("ours: a strong sign weighs as much as two others"),
        "strained": N_("ours: one strong sign or two others are more than services should cost"),
    }
)
#: How much of the gap that is left a further pain closes, as one part in so many. Ours: the worst pain dominates. It
#: moves a score and no verdict.
FURTHER_PAIN_CLOSES = 3
#: How far a figure of ours is moved either way, to see what changes.
MOVED_BY = 0.25


def ours() -> tuple[str, ...]:
    """The names of the figures that are our judgement, also where a source tells a story behind it."""
    return tuple(name for name, source in SOURCES_OF.items() if "ours" in source)


def perturbed(name: str) -> Iterator[Thresholds]:
    """The thresholds with one figure a quarter lower, and a quarter higher.

    >>> [moved.acute for moved in perturbed("acute")]
    [37.5, 62.5]
    """
    value = getattr(THRESHOLDS, name)
    for factor in (1 - MOVED_BY, 1 + MOVED_BY):
        yield replace(THRESHOLDS, **{name: value * factor})
