"""What questionnaires for model 1 can lead to, for the linter."""

from collections.abc import Mapping

from assess.decision.model_1.sweep import build_grid, count_outcomes
from assess.decision.reach import Reach
from assess.language import N_, _
from assess.questionnaire.facade import Questionnaire

#: Facts that can hold or fail: what is lost when they never hold, when they never fail, and the questions that settle
#: them ("" where a pain reading does, whatever its key). Sentences are marked only.
_EITHER_WAY: Mapping[str, tuple[str, str, str]] = {
    "one_part": (N_("one part can never be chosen"), N_("the whole system can never be chosen"), "scope"),
    "searching": (N_("no product is ever searching"), N_("every product is still searching"), "product_stage"),
    "boundary": (
        N_("no pain that boundaries cure is ever acute"),
        N_("a pain that boundaries cure is always acute"),
        "",
    ),
    "waiting": (N_("releases that wait are never acute"), N_("releases always wait"), ""),
    "hurts": (N_("load is never felt"), N_("load is always felt"), ""),
    "lock_in": (N_("no part ever needs its own runtime"), N_("a part always needs its own runtime"), ""),
    "dominates": (N_("no part ever dominates the load"), N_("one part always dominates the load"), ""),
    "painful_cost": (N_("cost is never painful"), N_("cost is always painful"), ""),
    "slow": (N_("deploys are never slow"), N_("deploys are always slow"), "deploy_minutes"),
    "unowned": (N_("ownership is never unclear"), N_("ownership is always unclear"), "ownership"),
    "shared_writes": (
        N_("many shared transactions can never be said"),
        N_("a part is always held by shared transactions"),
        "cross_boundary_transactions",
    ),
    "tangled": (N_("a tangle can never be said"), N_("the code is always tangled"), "boundaries"),
    "named": (N_("the gate can never pass"), N_("the gate can never fail"), "boundaries"),
    "platform": (N_("the gate can never pass"), N_("the gate can never fail"), "platform_team"),
    "dedicated": (N_("the checklist item is never a yes"), N_("the checklist item is never a no"), "platform_team"),
    "automated": (N_("the gate can never pass"), N_("the gate can never fail"), "ci_cd"),
    "traced": (N_("the gate can never pass"), N_("the gate can never fail"), "tracing"),
    "logged": (N_("the gate can never pass"), N_("the gate can never fail"), "central_logging"),
    "hiring": (N_("the checklist item is never a yes"), N_("the checklist item is never a no"), "hiring"),
    "half_year": (N_("half a year can never be agreed to"), N_("half a year is always agreed to"), "migration_horizon"),
    "bad_motives": (N_("a weak reason can never be given"), N_("there is always a weak reason"), "motives"),
}


def reach_of(questionnaire: Questionnaire) -> Reach:
    """What complete answers to this questionnaire can lead to. By counting the whole grid of facts, exact."""
    grid = build_grid(questionnaire)
    reached = [judgement for judgement, count in count_outcomes(grid).items() if count]
    one_way = []
    for field, (never, always, key) in _EITHER_WAY.items():
        if key and key not in questionnaire.by_key:
            continue
        values = grid.values(field)
        one_way += [(field, key, _(told)) for wanted, told in ((True, never), (False, always)) if wanted not in values]
    return Reach(
        verdicts=frozenset(judgement.verdict for judgement in reached),
        forms=frozenset(judgement.form for judgement in reached),
        rules=frozenset(judgement.rule for judgement in reached),
        one_way=tuple(one_way),
    )
