"""What other rooms may use of `planning`. They import nothing else from here."""

from assess.planning.design.decisions import find_asked_design
from assess.planning.goals.actions import load_goals
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
from assess.planning.money.actions import VersionMoney, build_money, load_sums, money_saved_at
from assess.planning.outcomes.due import DueOutcome, find_due_outcomes
from assess.planning.outcomes.lines import OutcomeLine, count_outcomes, outcome_lines, with_latest_outcome
from assess.planning.pitfalls.find import find_pitfalls_of
from assess.planning.plan.steps import load_timeline, steps_that_count
from assess.planning.preparation.actions import load_preparations
from assess.planning.design.actions import decide_design
from assess.planning.goals.actions import add_reading, save_goal
from assess.planning.money.actions import save_money
from assess.planning.outcomes.actions import OutcomeFields, record_outcome
from assess.planning.plan.actions import begin_plan, change_step, content_of, set_state
from assess.planning.preparation.actions import tick_item, waive_item
from assess.planning.rows import moment_of
