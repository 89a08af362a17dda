"""The door of `assessments`: what other rooms may use of it. They import nothing else from here."""

from assess.assessments.actions import (
    delete_assessment,
    restore_assessment,
    start_assessment,
    start_next_version,
    submit_assessment,
)
from assess.assessments.anchoring import AnswersFirstError, check_not_anchored, keys_open_to
from assess.assessments.changes import Change, read_change, read_json
from assess.assessments.combined import given_answers
from assess.assessments.editions import (
    base_of,
    editions_to_start_with,
    forget_translations,
    keep_translation,
    newest_edition,
    publish_file,
    publish_translation_file,
    questionnaire_by_hash,
    questionnaire_in,
    questionnaire_of,
    read_translation,
    translation_of,
)
from assess.assessments.log import Folded, record, result_hash, row_as_folded, seal
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
    EventKind,
    Perspective,
    Respondent,
    Response,
    State,
    System,
)
from assess.assessments.pagination import NEWEST_FIRST, Cursor, Order, Page, read_page
from assess.assessments.plan import planned
from assess.assessments.policies import check
from assess.assessments.progress import Progress, progress_of
from assess.assessments.respondents import ask_people, finish, remind
from assess.assessments.revisit import due_of
from assess.assessments.saving import (
    Elsewhere,
    NotAllowed,
    NotThere,
    Outcome,
    Saved,
    Stale,
    Submitted,
    Wrong,
    outcome_of_bad_change,
    save_answer,
)
from assess.assessments.sheets import open_asks, own_progress, sheet_of
from assess.assessments.spread_chart import SpreadChart, spread_chart
from assess.assessments.suggestions import Suggestion, confirm, suggestions_for
from assess.assessments.together import Point, Table, agree, as_json, finding_of, roles_in_words, shown_as, table_of
from assess.assessments.verdict_summary import add_months, refresh_summary
from assess.assessments.views.fetch import answer_rows, given, readable, readable_or_deleted, writable
from assess.assessments.views.mine import own_sheet
from assess.assessments.what_if import read_what_if
from assess.assessments.words import NOT_ANSWERED, answer_in_words, moment
