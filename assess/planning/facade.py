"""The door of `planning`: what other rooms may use of it. They import nothing else from here."""

from assess.planning.design.actions import decide_design
from assess.planning.design.decisions import find_asked_design
from assess.planning.goals.actions import add_reading, load_goals, save_goal
from assess.planning.merging.find import find_merging_of
from assess.planning.models import DesignDecision, Outcome, PlanStep, PreparationMark
from assess.planning.money.actions import build_money, load_sums, money_saved_at, save_money
from assess.planning.outcomes.actions import OutcomeFields, record_outcome
from assess.planning.outcomes.due import DueOutcome, find_due_outcomes
from assess.planning.outcomes.lines import count_outcomes, outcome_lines, with_latest_outcome
from assess.planning.pitfalls.find import find_pitfalls_of
from assess.planning.plan.actions import begin_plan, change_step, content_of, set_state
from assess.planning.plan.steps import load_timeline, steps_that_count
from assess.planning.preparation.actions import load_preparations, tick_item, waive_item
from assess.planning.rows import moment_of
