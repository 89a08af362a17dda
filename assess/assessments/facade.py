"""What other rooms may use of `assessments`: models, reading, saving, and what people do with a version."""

# Rows
from assess.assessments.models import (
    NEWEST,
    SIGNED,
    Agreement,
    Answer,
    Assessment,
    AssessmentQuerySet,
    Edition,
    EditionTranslation,
    Event,
    Respondent,
    Response,
    State,
    System,
)
from assess.assessments.pagination import NEWEST_FIRST, Cursor, Order, Page, read_page
from assess.assessments.perspectives import PERSPECTIVES, Perspective, format_role_counts

# Getting an assessment through the person who asks
from assess.assessments.access import (
    get_own_respondent,
    get_readable_assessment,
    get_readable_or_deleted_assessment,
    get_writable_assessment,
    open_assessment,
)
from assess.assessments.response_visibility import MustAnswerFirst, check_answered_first, visible_keys, waiting_keys

# Questionnaires
from assess.assessments.editions import (
    base_language,
    clear_translation_cache,
    editions_to_start_with,
    newest_edition,
    publish_questionnaire_file,
    publish_translation_file,
    questionnaire_by_hash,
    questionnaire_in,
    questionnaire_of,
    read_translation,
    save_translation,
    translation_of,
)

# Answers: reading them, putting them into words, saving them
from assess.assessments.answers import answer_rows, answers_from_rows, current_answers
from assess.assessments.changes import Change, read_change, read_json
from assess.assessments.formatting import NOT_ANSWERED, format_answer, format_datetime
from assess.assessments.progress import Progress, compute_progress
from assess.assessments.save_outcomes import save_from_request
from assess.assessments.saving import Saved, save_answer

# People who answer separately
from assess.assessments.agreements import agree
from assess.assessments.assignments import assigned_questionnaire, open_assignments, progress_of_respondent
from assess.assessments.consensus import (
    Consensus,
    ConsensusPoint,
    build_consensus,
    describe_spread,
    disagreements_to_json,
    sheets_for_question,
)
from assess.assessments.respondents import ask_people, finish_answering, remind_respondent
from assess.assessments.spread_chart import SpreadChart, spread_chart

# The life of a version
from assess.assessments.actions import (
    delete_assessment,
    restore_assessment,
    start_assessment,
    start_next_version,
    submit_assessment,
)
from assess.assessments.planned_changes import compare_planned_changes
from assess.assessments.policies import raise_if_issue, why_not_in_use
from assess.assessments.judging import judge
from assess.assessments.result_page import build_result_page
from assess.assessments.revisit import describe_met_trigger, due_reasons_of, find_triggers, is_trigger_met
from assess.assessments.suggestions import (
    EarlierAnswer,
    Suggestion,
    confirm_suggestions,
    register_suggestions,
    suggestions_for,
)
from assess.assessments.verdict_summary import (
    add_months,
    build_summary,
    latest_day_before,
    latest_that_counts,
    months_between,
    newest_of,
    refresh_summary,
)
from assess.assessments.what_if import read_what_if

# The log
from assess.assessments.event_kinds import CHANGES_REPORT, EVENT_KINDS, IN_RECORD, TAKES_PART, EventKind, describe_event
from assess.assessments.log import FoldedAnswer, fold_row, is_sealed, record_event, result_hash

# Scans attached to a version
from assess.assessments.evidence.actions import (
    attach_checked_evidence,
    attach_evidence,
    check_may_attach,
    delete_evidence,
    evidence_before,
    latest_evidence_of,
    latest_scan_of,
    restore_evidence,
)
from assess.assessments.evidence.candidates import (
    VersionCandidates,
    build_version_candidates,
    candidates_of,
    save_choices,
)
from assess.assessments.evidence.claims import Claim, Sources, load_claims, load_sources
from assess.assessments.evidence.models import CandidateChoices, Evidence, ProposalDecision, with_evidence

# Deploys, load, cost and calls attached to a version
from assess.assessments.measurements.actions import (
    ReadFile,
    attach_file,
    check_may_attach_measurement,
    current_measurements,
    delete_measurement,
    read_file,
    reading_of,
)
from assess.assessments.measurements.figures import list_figures, shows_figures
from assess.assessments.measurements.prices import read_prices
from assess.assessments.measurements.models import Measurement, MeasurementPreview
