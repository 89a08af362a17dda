"""The door of `questionnaire`: what other rooms may use of it. They import nothing else from here."""

from assess.questionnaire.answers import (
    MAX_NOTE,
    answers_hash,
    as_asked,
    count_known,
    is_about_one_part,
    is_asked,
    may_be_asked,
    open_questions,
    read_answers,
    to_json,
    worded_for,
)
from assess.questionnaire.definition_check import check_pattern
from assess.questionnaire.json_reader import read_document
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.numbers import ANY_CURRENCY, read_typed_number
from assess.questionnaire.reader import MAX_BYTES, Path, read_yaml, readable_path
from assess.questionnaire.schema import (
    AXES,
    BASES,
    BASIS_CHIPS,
    BASIS_INSIDE,
    BASIS_WORDS,
    NONE_OF_THESE,
    PAIN_AXES,
    READINESS_AXES,
    Answer,
    Answers,
    Basis,
    Condition,
    Kind,
    Option,
    OwnAxis,
    Question,
    Questionnaire,
    Reading,
    Section,
    Value,
)
from assess.questionnaire.translation import Coverage, Translation, coverage, load_translation, template_of, translated
from assess.questionnaire.validation import INVISIBLE, Issue, ValidationFailed, only_visible, shown
from assess.questionnaire.values import (
    BLANK,
    MAX_NAME,
    ask_which,
    check_link,
    check_name,
    check_note,
    check_text,
    choose_value,
    name_key,
    number_text,
    parse_text,
    parse_value,
    refuse_text,
    without_invisible,
)
