"""The door of `advice`: what other rooms may use of it. They import nothing else from here."""

from assess.advice.case_export import build_case, check_case_texts, words_of_domain
from assess.advice.design_proposals import BASIS_WORDS, DesignProposal, propose_design
from assess.advice.design_questions import DESIGN_QUESTIONS, is_design_asked
from assess.advice.design_records import PHASE_WORDS, DesignOption, DesignQuestion, translate_design_question
from assess.advice.goal_chart import GoalChart, build_goal_chart
from assess.advice.goals import (
    GOAL_FIGURES,
    Baseline,
    GoalFigure,
    GoalLine,
    Measured,
    describe_goals,
    propose_baselines,
    read_goal,
    say_figure,
)
from assess.advice.merging import (
    MERGE_STEPS,
    MERGE_STORY,
    SHAPES_WITH_SERVICES,
    Merging,
    build_merging,
    runs_as_services,
)
from assess.advice.outcomes import (
    FOLLOWED_WORDS,
    MOMENTS,
    OUTCOME_FIGURES,
    OUTCOME_MONTHS,
    RIGHT_WORDS,
    Months,
    OutcomeFigures,
    OutcomeLine,
    describe_figures,
    describe_followed,
    number_of_answer,
    read_figure,
    read_outcome_figures,
)
from assess.advice.pitfall_table import PITFALLS
from assess.advice.pitfalls import Facts, PitfallEvidence, PitfallFinding, find_pitfalls
from assess.advice.plan_chart import STEP_STATE_WORDS, PlanLine, Timeline, step_to_json
from assess.advice.plan_steps import (
    CASE_ORDER,
    CASE_REACHED,
    KIND_OF_FORM,
    STAGE_WORDS,
    AdvisedStep,
    PlanPart,
    build_plan_steps,
)
from assess.advice.preparation import (
    PREPARATIONS_BY_SLUG,
    Mark,
    PreparationLine,
    PreparationList,
    build_preparations,
    is_preparing,
    preparations_to_json,
)
from assess.advice.progress import is_further, reached_by_items, reached_by_steps
from assess.advice.service_ties import join_calls
from assess.advice.source_items import CONSEQUENCES, HOME_WORDS, PLAN_STEP_BY_CODE, SOURCE_ITEMS, Home, HomeKind
