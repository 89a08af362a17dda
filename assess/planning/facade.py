"""What other rooms may use of `planning`. They import nothing else from here."""

from assess.planning.design.decisions import find_asked_design
from assess.planning.merging.find import find_merging_of
from assess.planning.models import (
    DesignDecision,
    Goal,
    GoalReading,
    MoneyInputs,
    Outcome,
    PlanStep,
    PreparationMark,
)
from assess.planning.money.actions import VersionMoney, build_money
from assess.planning.pitfalls.find import find_pitfalls_of
from assess.planning.plan.steps import load_timeline, steps_that_count
from assess.planning.preparation.actions import load_preparations

__all__ = [
    "DesignDecision",
    "Goal",
    "GoalReading",
    "MoneyInputs",
    "Outcome",
    "PlanStep",
    "PreparationMark",
    "VersionMoney",
    "build_money",
    "find_asked_design",
    "find_merging_of",
    "find_pitfalls_of",
    "load_preparations",
    "load_timeline",
    "steps_that_count",
]
from assess.planning.goals.actions import load_goals
