"""S3's list of what to have in hand before the first service, in our words, ticked from the answers.

Shown where an extraction is advised or would be the next step. What the questionnaire does not ask stays open: it is
for the team to tick. Nothing here changes a verdict.
"""

from dataclasses import dataclass
from typing import Literal

from assess.language import N_, _
from assess.questionnaire.facade import Answers, Questionnaire

State = Literal["ticked", "missing", "open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparation:
    """One item. `keys` are the questions that answer it, none where the questionnaire does not ask."""

    group: str
    sentence: str
    state: State
    keys: tuple[str, ...]


#: Group, sentence, question and the answers that tick it. An answer of "planned" is not yet in hand, so it is missing.
_ITEMS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (N_("Infrastructure"), N_("A gateway takes all traffic"), "gateway", ("in_place",)),
    (N_("Infrastructure"), N_("Requests are traced"), "tracing", ("partial", "every_request")),
    (N_("Infrastructure"), N_("Logs are in one place"), "central_logging", ("in_place",)),
    (N_("Infrastructure"), N_("Metrics and alerts exist"), "metrics", ("in_place",)),
    (N_("Infrastructure"), N_("A pipeline can build and release each service"), "ci_cd", ("pipeline", "continuous")),
    (N_("Infrastructure"), N_("Services would run in containers"), "runtime_platform", ("containers", "orchestrated")),
    (N_("Architecture"), N_("Boundaries of the services are drawn"), "boundaries", ("named", "enforced")),
    (N_("Architecture"), N_("It is decided how shared code is shared"), "", ()),
    (N_("Architecture"), N_("A pattern for consistency without one transaction is chosen"), "", ()),
    (N_("Architecture"), N_("Interfaces are written down as contracts"), "", ()),
    (N_("Architecture"), N_("How data moves is planned"), "", ()),
    (N_("Team"), N_("Everybody knows why"), "", ()),
    (N_("Team"), N_("A team of its own runs the platform"), "platform_team", ("dedicated",)),
    (N_("Team"), N_("Developers know distributed systems"), "distributed_experience", ("strong",)),
    (N_("Team"), N_("Every service will have an owner"), "ownership", ("teams",)),
    (N_("Business"), N_("Half a year or more is agreed to"), "migration_horizon", ("half_year", "year")),
    (N_("Business"), N_("Money for more infrastructure is approved"), "budget", ("approved",)),
    (N_("Business"), N_("Slower features for a while are accepted"), "slowdown_accepted", ("yes",)),
)


def list_preparations(questionnaire: Questionnaire, answers: Answers) -> tuple[Preparation, ...]:
    """Every item of the list with its state, in the list's order."""
    found = []
    for group, sentence, key, ticking in _ITEMS:
        answer = answers.get(key)
        state: State = "open"
        if answer is not None and answer.value is not None:
            state = "ticked" if answer.value in ticking else "missing"
        keys = (key,) if key in questionnaire.by_key else ()
        found.append(Preparation(group=_(group), sentence=_(sentence), state=state, keys=keys))
    return tuple(found)
