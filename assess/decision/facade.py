"""The door of `decision`: what other rooms may use of it. They import nothing else from here."""

from assess.decision import DECIDERS, MODEL_VERSION, decide, decider
from assess.decision.alternatives import Alternative, list_alternatives
from assess.decision.argue import (
    ASK_AGAIN_MONTHS,
    MOST_CONDITIONS,
    Argument,
    Contradiction,
    argue,
    describe_change,
    describe_flip,
    find_contradictions,
)
from assess.decision.asking import MOST_FURTHER, NextQuestion, next_question
from assess.decision.case_reader import CasesRead, load_cases, read_cases
from assess.decision.cases import Case, Evidence, Persona, Trial, try_cases
from assess.decision.changes import Change, Kind, change_between
from assess.decision.compare_models import NewerVerdict, EarlierVerdict, carry_over, compare_models
from assess.decision.compare_versions import (
    VerdictChange,
    AnsweredEdition,
    find_differing_answers,
    find_unshared_questions,
    explain_verdict_change,
)
from assess.decision.contract import steps_to_json, to_json
from assess.decision.deciding import find_standing_form, find_standing_steps
from assess.decision.disagreement import (
    RolesCompared,
    AnswerSheet,
    Spread,
    describe_between,
    combine_answers,
    uncapitalised,
    measure_spread,
    values_in_answer,
    verdicts_by_role,
)
from assess.decision.economics import (
    MAX_INSTANCES,
    MONTHS_A_YEAR,
    Fleet,
    Saving,
    compare_fleets,
    exact_arithmetic,
)
from assess.decision.flips import FRAME, Flip, Robustness, find_flips
from assess.decision.likeness import Likeness
from assess.decision.lint import lint, locate_issues
from assess.decision.meanings.record import PREPARE
from assess.decision.model_page import build_page_blocks, fill_page
from assess.decision.plain import to_text
from assess.decision.playbooks import judge_playbooks
from assess.decision.steps import source_of_step
from assess.decision.result import (
    VERDICTS,
    Firmness,
    Form,
    Gate,
    GateState,
    PathStep,
    Reason,
    Result,
    Score,
    Step,
    Verdict,
)
from assess.decision.rules import RULES
from assess.decision.sensitivity import Systems, measure_sensitivity
from assess.decision.signals import ACUTE, format_value, highest_level, level_range
from assess.decision.sources import SOURCES
from assess.decision.stations import Exit, Station, build_stations
from assess.decision.sweep import sample_outcomes, sample_population
from assess.decision.thresholds import THRESHOLDS
from assess.decision.wording import (
    AXIS_WORDS,
    CHECKLIST,
    FORM_WORDS,
    GATE_KEYS,
    GATE_LACKS,
    GATE_SOURCES,
    GATE_WORDS,
    GATES,
    REQUESTS,
    REQUESTS_GATES_OPEN,
    UNDECIDED_INSIDE,
    VERDICT_WORDS,
    VERDICTS_INSIDE,
    inside,
    name_of_axis,
    name_of_part,
    subject,
    title_of,
    words_of_form,
    words_of_verdict,
)
