"""A realistic population: complete answers as systems that ask about a split might give them, drawn at random.

Unlike the uniform sweep, the answers hang together. Three hidden figures are drawn for each system: its size, how much
it hurts, and how ready it is; larger systems hurt more and are better equipped. Every answer then follows one of these,
with noise. The shares are our judgement, since no source gives a distribution; docs/model.md publishes what comes out
beside the one figure that S3 gives (four of five were served by a modular monolith).

Pure: draws come from the caller, such as `random.Random(1)`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from assess.decision.asking import MOST_FURTHER, next_question
from assess.decision.facts import SPECIAL_NEEDS
from assess.decision.models import model_of
from assess.questionnaire.facade import Answer, Answers, Questionnaire, Value, is_asked


class Draw(Protocol):
    """Where draws come from."""

    def random(self) -> float: ...
    def gauss(self, mu: float, sigma: float) -> float: ...
    def uniform(self, a: float, b: float) -> float: ...


#: Sizes: share of the population, people from and to, and how much larger systems hurt and are equipped.
SIZES: tuple[tuple[float, int, int, float, float], ...] = (
    (0.25, 3, 9, 0.35, -0.7),
    (0.45, 10, 40, 0.75, 0.0),
    (0.23, 41, 150, 1.1, 0.6),
    (0.07, 151, 800, 1.3, 1.0),
)
#: People in one team.
TEAM_OF = 8
#: Answers that follow a hidden figure, of a spread of about 1: from which value on the next option is given.
CUTS: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "team_collisions": ("pain", (-0.8, 0.3, 1.6)),
    "change_breakage": ("pain", (-1.2, 0.2, 1.3)),
    "deploy_waiting": ("pain", (-0.1, 0.9, 1.9)),
    "deploy_demand": ("pain", (0.0, 1.2)),
    "change_rhythm": ("pain", (0.0, 1.5)),
    "scaling_profile": ("pain", (-0.1, 1.4)),
    "load_fit": ("pain", (0.9, 1.9)),
    "infra_cost": ("pain", (0.3, 1.5)),
    "failure_spread": ("pain", (0.3, 1.9)),
    "product_stage": ("ready", (-1.0, 0.1)),
    "ownership": ("ready", (-0.9, -0.1, 0.9)),
    "boundaries": ("ready", (-0.6, 0.45, 1.6)),
    "cross_boundary_transactions": ("ready", (-0.9, 0.4, 1.5)),
    "platform_team": ("ready", (-0.2, 0.9)),
    "ci_cd": ("ready", (-1.4, -0.7, 0.9)),
    "tests": ("ready", (-0.9, 0.8)),
    "runtime_platform": ("ready", (-0.6, 0.7)),
    "gateway": ("ready", (-0.1, 0.6)),
    "on_call": ("ready", (-0.6, 0.7)),
    "tracing": ("ready", (0.8, 1.1, 1.8)),
    "central_logging": ("ready", (-0.3, 0.1)),
    "metrics": ("ready", (-0.5, -0.1)),
    "hiring": ("ready", (-0.3, 1.0)),
    "distributed_experience": ("ready", (-0.5, 0.9)),
    "migration_horizon": ("ready", (-0.2, 0.5, 1.1)),
    "budget": ("ready", (-0.1, 1.0)),
    "slowdown_accepted": ("ready", (-0.3, 1.0)),
}
#: Answers that follow none: the share of each option, in order.
SHARES: Mapping[str, tuple[float, ...]] = {
    "scope": (0.75, 0.25),
    "current_shape": (0.66, 0.12, 0.13, 0.06, 0.03),
    "bottleneck": (0.40, 0.45, 0.15),
    "cheaper_cures": (0.35, 0.45, 0.20),
    "growth": (0.70, 0.22, 0.08),
    # Of those who ticked the need.
    "tech_lock_in": (0.15, 0.40, 0.20, 0.25),
    "kept_apart": (0.20, 0.45, 0.35),
}
#: How often each of several is ticked.
TICKS: Mapping[str, float] = {"distributed_monolith_signs": 0.1, "motives": 0.2}


def draw_systems(questionnaire: Questionnaire, draw: Draw, size: int) -> Iterator[dict[str, Answer]]:
    """So many sets of answers to every question that is asked."""
    for _system in range(size):
        yield draw_answers(questionnaire, draw)


def draw_answers(questionnaire: Questionnaire, draw: Draw) -> dict[str, Answer]:
    """One system's answers to every question that it is asked, numbers included."""
    _share, low, high, hurts, equipped = pick_by_share(SIZES, [row[0] for row in SIZES], draw)
    developers = round(low * (high / low) ** draw.random())
    teams = max(1, round(developers / TEAM_OF * draw.uniform(0.7, 1.3)))
    figures = {"pain": draw.gauss(hurts, 0.8), "ready": draw.gauss(equipped, 0.8)}
    answers: dict[str, Answer] = {}
    for question in questionnaire.questions:
        if not is_asked(question, answers):
            continue
        slugs = [option.value for option in question.options]
        value: Value | None = None
        if question.key in CUTS:
            figure, cuts = CUTS[question.key]
            level = figures[figure] + draw.gauss(0, 0.6)
            if question.key in ("team_collisions", "deploy_waiting") and teams == 1:
                level = -9.0
            value = slugs[sum(level > cut for cut in cuts)]
        elif question.key in SHARES:
            value = pick_by_share(slugs, SHARES[question.key], draw)
        elif question.key == SPECIAL_NEEDS:
            value = tuple(slug for slug in slugs if draw.random() < (0.2 if figures["pain"] > 1 else 0.1))
        elif question.key in TICKS:
            value = tuple(slug for slug in slugs if draw.random() < TICKS[question.key])
        elif question.kind == "number":
            value = draw_number(question.key, developers, teams, figures, answers, draw)
        if value is not None:
            answers[question.key] = Answer(value=value)
    return answers


def draw_number(
    key: str, developers: int, teams: int, figures: Mapping[str, float], answers: Answers, draw: Draw
) -> float | None:
    """The answer to a question for a number; None for one that the population does not know."""
    slow = 2 ** draw.gauss(4.2 + 0.5 * figures["pain"] - 0.3 * figures["ready"], 0.8)
    profile = answers.get("scaling_profile")
    share = {"even": 12, "somewhat": 25, "one_part_dominates": 58}.get(str(profile.value) if profile else "", 20)
    drawn = {
        "developers": developers,
        "teams": teams,
        "services": max(1, round(developers * 2 ** draw.gauss(-1.2, 1.0))),
        "deploy_minutes": min(round(slow), 10_080),
        "deploys_per_week": round(2 ** draw.gauss(2 + figures["ready"], 1), 1),
        "hot_share": min(max(round(draw.gauss(share, 8)), 1), 100),
        "models": round(40 * (developers / 10) ** 0.6 * draw.uniform(0.5, 1.6)),
    }
    return drawn.get(key)


Item = TypeVar("Item")


def pick_by_share(items: Sequence[Item], shares: Sequence[float], draw: Draw) -> Item:
    """One of the items, each as often as its share says."""
    point = draw.random()
    for item, share in zip(items, shares, strict=True):
        point -= share
        if point < 0:
            return item
    return items[-1]  # rounding left a trace


@dataclass(frozen=True, kw_only=True, slots=True)
class QuickCheckRun:
    """How a quick check goes on with one system: verdict, rule, and how many questions until it was firm."""

    verdict: str
    rule: str
    more: int | None  #: questions beyond the starred ones until firm; None where the quick check ends before that


def ask_until_firm(questionnaire: Questionnaire, complete: Answers) -> QuickCheckRun:
    """The quick check of this system, as its page asks on: the starred questions, then always the one to ask next,
    until the verdict is firm or `MOST_FURTHER` are asked."""
    result = model_of(questionnaire).decide(questionnaire, complete)
    starred = frozenset(question.key for question in questionnaire.quick_questions)
    answers = {key: answer for key, answer in complete.items() if key in starred}
    for more in range(MOST_FURTHER + 1):
        following = next_question(questionnaire, answers, skipped=starred)
        if following.may_stop:
            return QuickCheckRun(verdict=result.verdict, rule=result.rule, more=more)
        if following.key is None:
            break
        answers[following.key] = complete.get(following.key, Answer(not_applicable="not asked"))
    return QuickCheckRun(verdict=result.verdict, rule=result.rule, more=None)
