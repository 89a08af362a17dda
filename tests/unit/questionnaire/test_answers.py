# ruff: noqa: E501 -- a row of a table stays on one line
"""Answers are read strictly: what a question allows comes back unchanged, all else is refused by name, at once."""

import json
import math
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assess.questionnaire.answers import (
    answers_hash,
    as_asked,
    is_asked,
    open_questions,
    read_answers,
    to_json,
    worded_for,
)
from assess.questionnaire.json_reader import read_document
from assess.questionnaire.schema import BASES, Answer, Question, Value
from assess.questionnaire.validation import Issue, ValidationFailed
from assess.questionnaire.values import parse_text, parse_value
from assess.questionnaire_files import builtin_questionnaire
from tests.work import within

questionnaire = builtin_questionnaire()
by_key = questionnaire.by_key


def read(answers: object, **beside: object) -> dict[str, Answer]:
    return read_answers(
        {"questionnaire": "split-checklist", "answers": answers, **beside}, questionnaire, file="a.json"
    )


def problems_of(answers: object, **beside: object) -> list[Issue]:
    with pytest.raises(ValidationFailed) as caught:
        read(answers, **beside)
    return caught.value.issues


# --- documents of answers


def test_the_forms_of_an_answer_in_the_contract_are_all_read() -> None:
    found = read(
        {
            "teams": 5,
            "deploy_minutes": {
                "value": 45,
                "basis": "measured",
                "note": "Mean of March",
                "link": "https://example.org/a",
            },
            "tracing": None,
            "hiring": {"value": None, "note": "Nobody here hires", "who_knows": "Personnel"},
            "models": {"not_applicable": "No relational database"},
            "motives": [],
            "deploys_per_week": 2.5,
        }
    )
    assert found == {
        "teams": Answer(value=5),
        "deploy_minutes": Answer(value=45, basis="measured", note="Mean of March", link="https://example.org/a"),
        "tracing": Answer(),
        "hiring": Answer(note="Nobody here hires", who_knows="Personnel"),
        "models": Answer(not_applicable="No relational database"),
        "motives": Answer(value=()),
        "deploys_per_week": Answer(value=2.5),
    }


def test_what_stands_beside_the_answers_is_accepted() -> None:
    assert read({}, system="Shop", about="A shop.", told_in="S3", version=2) == {}


def test_answers_come_in_the_order_of_the_questionnaire() -> None:
    assert list(read({"budget": "none", "teams": 1, "scope": "one_part"})) == ["scope", "teams", "budget"]


def test_several_options_come_in_the_order_of_the_questionnaire() -> None:
    assert read({"motives": ["imitation", "independent_scaling"]})["motives"].value == (
        "independent_scaling",
        "imitation",
    )


def test_an_answer_to_a_question_that_is_not_asked_is_kept() -> None:
    found = read({"current_shape": "monolith", "services": 1})
    assert found["services"] == Answer(value=1)
    assert not is_asked(by_key["services"], found)


def test_line_ends_of_a_browser_are_accepted_in_a_note() -> None:
    assert read({"teams": {"value": 1, "note": "a\r\nb\rc\n\td"}})["teams"].note == "a\nb\nc\n\td"


# Each row: the answers, then the key and code of the only problem, and words of its message.
BAD = {
    "an unknown key": ({"teems": 5}, "teems", "unknown_key", "Write teams instead of teems"),
    "a key like nothing else": ({"xyzzy": 5}, "xyzzy", "unknown_key", "Remove xyzzy"),
    "an unknown option": ({"tracing": "maybe"}, "tracing", "unknown_option",
                          "Choose from none, planned, partial, every_request; there is no maybe"),
    "an option in capitals": ({"tracing": "None"}, "tracing", "unknown_option", "there is no None"),
    "an empty option": ({"tracing": ""}, "tracing", "unknown_option", "Choose from none"),
    "a number for a choice": ({"tracing": 1}, "tracing", "wrong_type", "Choose one of none, planned"),
    "false for a choice": ({"slowdown_accepted": False}, "slowdown_accepted", "wrong_type", "Choose one of no, partly, yes"),
    "a list for a choice": ({"tracing": ["none"]}, "tracing", "wrong_type", "Choose one of"),
    "text for a number": ({"deploy_minutes": "45"}, "deploy_minutes", "wrong_type", "without quotes"),
    "true for a number": ({"teams": True}, "teams", "wrong_type", "Enter teams between 0 and 100,000"),
    "false for a number": ({"teams": False}, "teams", "wrong_type", "as a number"),
    "a list for a number": ({"teams": [5]}, "teams", "wrong_type", "as a number"),
    "too many minutes": ({"deploy_minutes": 10081}, "deploy_minutes", "out_of_range", "Enter minutes between 0 and 10,080"),
    "a negative number": ({"teams": -1}, "teams", "out_of_range", "Enter teams between 0 and 100,000"),
    "a huge number": ({"teams": 10**300}, "teams", "out_of_range", "Enter teams between 0 and 100,000"),
    "more than all": ({"hot_share": 100.5}, "hot_share", "out_of_range", "between 0 and 100"),
    "NaN": ({"deploy_minutes": math.nan}, "deploy_minutes", "not_a_number", "Enter minutes between 0 and 10,080"),
    "infinity": ({"deploy_minutes": math.inf}, "deploy_minutes", "not_a_number", "Enter minutes between 0 and 10,080"),
    "half a team": ({"teams": 2.5}, "teams", "not_whole", "as a whole number"),
    "text for several": ({"motives": "imitation"}, "motives", "wrong_type", "[] for none of them"),
    "numbers for several": ({"motives": [1]}, "motives", "wrong_type", "Give a list of any of independent_scaling"),
    "an unknown one of several": ({"motives": ["imitation", "fun"]}, "motives", "unknown_option", "there is no fun"),
    "one of several twice": ({"motives": ["imitation", "imitation"]}, "motives", "duplicate", "imitation is there twice"),
    "a wrong value inside": ({"teams": {"value": "x"}}, "teams", "wrong_type", "Enter teams"),
    "an unknown field": ({"teams": {"value": 1, "notes": "x"}}, "teams.notes", "unknown_field", "Write note instead of notes"),
    "neither value nor reason": ({"teams": {"note": "x"}}, "teams", "missing", "Add `value`"),
    "an empty answer object": ({"teams": {}}, "teams", "missing", "Add `value`"),
    "an unknown basis": ({"teams": {"value": 1, "basis": "felt"}}, "teams.basis", "unknown_option",
                         "Choose one of measured, estimated, guess"),
    "a basis of another kind": ({"teams": {"value": 1, "basis": []}}, "teams.basis", "unknown_option", "measured"),
    "a long note": ({"teams": {"value": 1, "note": "x" * 2001}}, "teams.note", "too_long", "to 2,000 characters; it has 2,001"),
    "a note that is a number": ({"teams": {"value": 1, "note": 7}}, "teams.note", "wrong_type", "Write text"),
    "a control character": ({"teams": {"value": 1, "note": "a\x00b"}}, "teams.note", "control_character", "U+0000"),
    "an escape sequence": ({"teams": {"value": 1, "note": "\x1b[31m"}}, "teams.note", "control_character", "U+001B"),
    "half a surrogate pair": ({"teams": {"value": 1, "note": "\ud800"}}, "teams.note", "control_character", "U+D800"),
    "a name that reorders letters": ({"teams": {"value": None, "who_knows": "An\u202ea"}}, "teams.who_knows", "reordering", "U+202E"),
    "a name on two lines": ({"teams": {"value": None, "who_knows": "An\na"}}, "teams.who_knows", "not_one_line", "one line"),
    "a long name": ({"teams": {"value": None, "who_knows": "x" * 121}}, "teams.who_knows", "too_long", "120"),
    "a script as link": ({"teams": {"value": 1, "link": "javascript:alert(1)"}}, "teams.link", "bad_link", "https://"),
    "a data link": ({"teams": {"value": 1, "link": "data:text/html,x"}}, "teams.link", "bad_link", "https://"),
    "a file link": ({"teams": {"value": 1, "link": "file:///etc/passwd"}}, "teams.link", "bad_link", "https://"),
    "a link without a host": ({"teams": {"value": 1, "link": "https:///x"}}, "teams.link", "bad_link", "https://"),
    "a link without a scheme": ({"teams": {"value": 1, "link": "//example.org"}}, "teams.link", "bad_link", "https://"),
    "a link with a space": ({"teams": {"value": 1, "link": "https://a b"}}, "teams.link", "bad_link", "https://"),
    "a link with a quote": ({"teams": {"value": 1, "link": 'https://a/"x'}}, "teams.link", "bad_link", "https://"),
    "a link with broken brackets": ({"teams": {"value": 1, "link": "https://[x"}}, "teams.link", "bad_link", "https://"),
    "a long link": ({"teams": {"value": 1, "link": "https://a/" + "x" * 491}}, "teams.link", "too_long", "to 500 characters"),
    "no reason": ({"teams": {"not_applicable": " "}}, "teams.not_applicable", "missing", "why the question does not apply"),
    "a reason that is true": ({"teams": {"not_applicable": True}}, "teams.not_applicable", "wrong_type", "Write text"),
    "a value and a reason": ({"teams": {"value": 1, "not_applicable": "x"}}, "teams", "value_and_reason", "not both"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_refused_by_name_with_what_to_do(name: str) -> None:
    answers, key, code, words = BAD[name]
    issue = problems_of(answers)[0]
    assert (issue.key, issue.code, issue.file) == (key, code, "a.json")
    assert words in issue.message


@pytest.mark.parametrize(
    ("document", "key", "words"),
    [
        ([], "", "Give an object"),
        (None, "", "Give an object"),
        ("split-checklist", "", "Give an object"),
        ({"answers": {}}, "questionnaire", 'Add "questionnaire": "split-checklist"'),
        ({"questionnaire": "other", "answers": {}}, "questionnaire", 'Write "split-checklist"'),
        ({"questionnaire": None, "answers": {}}, "questionnaire", 'Write "split-checklist"'),
        ({"questionnaire": "split-checklist"}, "answers", "Add `answers`"),
        ({"questionnaire": "split-checklist", "answers": []}, "answers", "Write `answers` as an object"),
        (
            {"questionnaire": "split-checklist", "answers": {}, "answer": {}},
            "answer",
            "Write answers instead of answer",
        ),
        ({"questionnaire": "split-checklist", "answers": {}, "version": 1}, "version", "Write 2"),
        ({"questionnaire": "split-checklist", "answers": {}, "version": True}, "version", "Write 2"),
        ({"questionnaire": "split-checklist", "answers": {}, "system": 7}, "system", "Write text"),
        ({"questionnaire": "split-checklist", "answers": {}, "system": "x" * 121}, "system", "120"),
    ],
)
def test_a_document_of_another_shape_is_refused(document: object, key: str, words: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        read_answers(document, questionnaire)
    (issue,) = caught.value.issues
    assert issue.key == key
    assert words in issue.message


def test_all_problems_are_told_at_once() -> None:
    found = problems_of(
        {"nope": 1, "teams": -1, "tracing": "x", "hiring": {"value": "easy", "link": "x"}}, colour="red"
    )
    assert [issue.key for issue in found] == ["colour", "nope", "teams", "tracing", "hiring.link"]


def test_twenty_thousand_wrong_keys_are_told_shortly_and_with_little_work() -> None:
    many = {f"\x1b{'k' * 300}{n}": n for n in range(20_000)}
    found = within(500_000, lambda: problems_of(many))
    assert len(found) <= 200
    assert all(len(str(issue)) < 200 and str(issue).isprintable() for issue in found)


# --- JSON text

BAD_JSON = {
    "nothing": (b"", None, "empty"),
    "spaces": (b" \n ", None, "empty"),
    "too much": (b" " * (256 * 1024 + 1), None, "at most 256 KB"),
    "a word": (b"hello", 1, "Mend the JSON"),
    "a comma too many": (b'{"a": 1,\n}', 2, "Mend the JSON"),
    "two documents": (b"{}\n{}", 2, "Mend the JSON"),
    "single quotes": (b"{'a': 1}", 1, "Mend the JSON"),
    "an open quote": (b'{"a\n', 1, "Mend the JSON"),
    "NaN": (b'{"a":\nNaN}', 2, "number or null instead of NaN"),
    "Infinity": (b'{"a":\n\nInfinity}', 3, "instead of Infinity"),
    "minus infinity": (b"[-Infinity]", 1, "instead of -Infinity"),
    "1e999": (b'{"a":\n1e999}', 2, "finite"),
    "-1e999": (b"[-1e999]", 1, "finite"),
    "a number of five thousand digits": (b"[" + b"9" * 5000 + b"]", 1, "finite"),
    "a name twice": (b'{"a": 1,\n"a": 2}', 2, "a is given twice"),
    "a name twice by escape": (b'{"a": 1,\n"\\u0061": 2}', 2, "a is given twice"),
    "a name twice inside": (b'{"x": [{"b": 1, "c": {}, "b": 2}]}', 1, "b is given twice"),
    "half a pair": (b'{"a":\n"\\ud800"}', 2, "half a character"),
    "half a pair in a name": (b'{"\\udc00": 1}', 1, "half a character"),
    "broken UTF-8": (b'{"a":\n"\xff"}', 2, "UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 1, "without a byte order mark"),
    "UTF-16": ("{}".encode("utf-16"), 1, "UTF-8"),
    "NUL": (b'{"a": "\x00"}', 1, "U+0000"),
    "thirteen levels": (b"[" * 13 + b"]" * 13, 1, "at most 12 levels"),
    "a quarter million brackets": (b"[" * 262_144, 1, "at most 12 levels"),
    "a quarter million open objects": (b'{"a":' * 52_000, 1, "at most 12 levels"),
    "closing brackets": (b"]" * 262_144, 1, "Mend the JSON"),
    "brackets in turn": (b"[}" * 131_072, 1, "Mend the JSON"),
    "quotes": (b'"' * 262_144, 1, "Mend the JSON"),
    "escaped quotes": (b'"' + b'\\"' * 131_000, 1, "Mend the JSON"),
    "backslashes": (b'"' + b"\\" * 262_143, 1, "Mend the JSON"),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_is_refused_with_its_line_and_with_little_work(name: str) -> None:
    content, line, words = BAD_JSON[name]
    with pytest.raises(ValidationFailed) as caught:
        within(5_000_000, lambda: read_document(content, file="a.json"))
    issue = caught.value.issues[0]
    assert (issue.file, issue.line) == ("a.json", line)
    assert words in issue.message


def test_equal_names_in_different_objects_are_fine() -> None:
    content = b'{"a": {"value": 1}, "b": {"value": 1}, "c": "a", "d": ["a", "a", {"a": 1}]}'
    assert read_document(content, file="a.json") == json.loads(content)


def test_twelve_levels_and_whole_pairs_are_fine() -> None:
    assert read_document(b"[" * 12 + b"]" * 12, file="a.json") == json.loads("[" * 12 + "]" * 12)
    assert read_document(b'"\\ud83d\\ude00"', file="a.json") == "\U0001f600"


@given(st.binary(max_size=200) | st.text(alphabet='{}[]:,"\\ua01eE.-+NIfnity \n\ud7ff', max_size=60).map(str.encode))
def test_any_bytes_are_json_or_refused(content: bytes) -> None:
    issues: list[Issue] | None = None
    try:
        document = read_document(content, file="a.json")
    except ValidationFailed as refused:
        issues = refused.issues
    else:
        assert document == json.loads(content)
        json.dumps(document, allow_nan=False).encode("utf-8")
    assert issues != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
KEYS = st.sampled_from([*by_key, "teem", ""])
FIELDS = st.sampled_from(["value", "basis", "note", "link", "who_knows", "not_applicable", "x"])


@given(st.dictionaries(KEYS, JSON | st.dictionaries(FIELDS, JSON, max_size=4), max_size=6) | JSON)
def test_any_document_is_read_or_refused(answers: object) -> None:
    issues: list[Issue] | None = None
    try:
        found = read(answers)
    except ValidationFailed as refused:
        issues = refused.issues
    else:
        assert read(to_json(found)) == found
    assert issues != []


# --- round trip


def values(question: Question) -> st.SearchStrategy[Value]:
    options = [option.value for option in question.options]
    if question.kind == "choice":
        return st.sampled_from(options)
    if question.kind == "several":
        return st.lists(st.booleans(), min_size=len(options), max_size=len(options)).map(
            lambda ticks: tuple(option for option, tick in zip(options, ticks, strict=True) if tick)
        )
    if question.kind == "text":
        return st.text("abc ", min_size=1, max_size=30).map(str.strip).filter(bool)
    low, high = int(question.minimum or 0), int(question.maximum or 0)
    whole = st.integers(low, high)
    # A float that is a whole number would come back as an int: there is one way to write each number.
    return whole if question.whole else whole | st.floats(low, high).filter(lambda number: not number.is_integer())


NOTES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)
#: Nothing invisible, and in the one form in which names are kept.
VISIBLE = st.characters(codec="utf-8", exclude_categories=("C", "Z", "M", "Lo", "So"))
NAMES = st.text(VISIBLE, max_size=30).map(lambda name: unicodedata.normalize("NFC", name))


def disagreements(question: Question) -> st.SearchStrategy[tuple[Value, ...]]:
    """What several people gave to one question, in the order in which it is kept."""
    return st.lists(values(question), min_size=2, max_size=4, unique=True).map(
        lambda them: tuple(sorted(them, key=repr))
    )


@st.composite
def answer_sets(draw: st.DrawFn) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for key in draw(st.lists(st.sampled_from(list(by_key)), unique=True)):
        kind = draw(st.sampled_from(["known", "unknown", "not_applicable", "between"]))
        found[key] = Answer(
            value=draw(values(by_key[key])) if kind == "known" else None,
            basis=draw(st.none() | st.sampled_from(BASES)),
            note=draw(NOTES),
            link=draw(st.sampled_from(["", "http://example.org", "https://example.org/a?b=c#d"])),
            not_applicable="Because." if kind == "not_applicable" else "",
            who_knows=draw(NAMES),
            between=draw(disagreements(by_key[key])) if kind == "between" else (),
        )
    return found


@example({"teams": Answer(note="\u202eeton", who_knows="")})
@example({"motives": Answer(between=(("imitation",), ()))})
@given(answer_sets())
def test_answers_written_down_are_read_back_as_equal(answers: dict[str, Answer]) -> None:
    text = json.dumps({"questionnaire": "split-checklist", "answers": to_json(answers)})
    found = read_answers(read_document(text.encode(), file="a.json"), questionnaire)
    assert found == answers
    assert answers_hash(questionnaire, found) == answers_hash(questionnaire, answers)


@given(answer_sets(), st.randoms())
def test_the_hash_does_not_depend_on_the_order_of_answers(answers: dict[str, Answer], random: object) -> None:
    keys = list(answers)
    random.shuffle(keys)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert answers_hash(questionnaire, {key: answers[key] for key in keys}) == answers_hash(questionnaire, answers)


def test_the_hash_changes_with_any_part_of_an_answer() -> None:
    variants = [
        {},
        {"teams": Answer()},
        {"teams": Answer(value=0)},
        {"teams": Answer(value=1)},
        {"teams": Answer(value=1, basis="guess")},
        {"teams": Answer(value=1, note="x")},
        {"teams": Answer(not_applicable="x")},
        {"developers": Answer(value=1)},
        {"motives": Answer(value=())},
    ]
    assert len({answers_hash(questionnaire, variant) for variant in variants}) == len(variants)


def test_numbers_that_are_equal_have_equal_hashes() -> None:
    hashes = {answers_hash(questionnaire, read({"deploy_minutes": raw})) for raw in (0, 0.0, -0.0)}
    assert len(hashes) == 1


# --- forms


@pytest.mark.parametrize(
    ("key", "texts", "value"),
    [
        ("teams", ["5"], 5),
        ("teams", [" 5 "], 5),
        ("teams", ["5.0"], 5),
        ("teams", ["+5"], 5),
        ("teams", ["0"], 0),
        ("teams", ["007"], 7),
        ("deploys_per_week", ["2.5"], 2.5),
        ("teams", [""], None),
        ("teams", ["  "], None),
        ("teams", [], None),
        ("tracing", ["planned"], "planned"),
        ("tracing", [" planned\n"], "planned"),
        ("tracing", [""], None),
        ("tracing", ["", "planned"], "planned"),
        ("motives", [], None),
        ("motives", [""], None),
        ("motives", ["none_of_these"], ()),
        ("motives", ["imitation", "independent_scaling"], ("independent_scaling", "imitation")),
    ],
)
def test_a_posted_answer_becomes_a_value(key: str, texts: list[str], value: Value | None) -> None:
    found = parse_text(by_key[key], texts)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "texts", "words"),
    [
        ("deploys_per_week", ["2 a day"], "as a number without “a day”"),
        ("deploy_minutes", ["10,000"], "“10,000” can mean 10 or 10,000"),
        ("teams", ["1 00"], "in digits such as 12"),
        ("teams", ["five"], "in digits"),
        ("teams", ["1e3"], "in digits"),
        ("teams", ["0x10"], "in digits"),
        ("teams", ["NaN"], "in digits"),
        ("teams", ["inf"], "in digits"),
        ("teams", ["9" * 5000], "in digits"),
        ("teams", ["-1"], "Enter teams between 0 and 100,000"),
        ("teams", ["2.5"], "as a whole number"),
        ("teams", ["1", "2"], "Give one answer only"),
        ("deploy_minutes", ["10081"], "Enter minutes between 0 and 10,080"),
        ("tracing", ["never"], "Choose from none, planned, partial, every_request"),
        ("tracing", ["none", "planned"], "Give one answer only"),
        ("motives", ["none_of_these", "imitation"], "not both"),
        ("motives", ["imitation", "imitation"], "twice"),
    ],
)
def test_a_posted_answer_that_does_not_fit_is_refused_with_one_problem(key: str, texts: list[str], words: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        parse_text(by_key[key], texts)
    (issue,) = caught.value.issues
    assert issue.key == key
    assert words in issue.message


def test_not_sure_is_no_value() -> None:
    for question in questionnaire.questions:
        with pytest.raises(ValidationFailed):
            parse_value(question, None)


# --- what is open


def test_everything_that_is_asked_is_open_at_first() -> None:
    found = {question.key for question in open_questions(questionnaire, {})}
    assert found == set(by_key) - {
        *("services", "distributed_monolith_signs", "bottleneck", "cheaper_cures", "part_name")
    }


def test_known_and_inapplicable_answers_close_a_question_and_not_sure_does_not() -> None:
    answers = {
        "teams": Answer(value=0),
        "motives": Answer(value=()),
        "models": Answer(not_applicable="None"),
        "tracing": Answer(),
    }
    found = {question.key for question in open_questions(questionnaire, answers)}
    assert not found & {"teams", "motives", "models"}
    assert "tracing" in found


def test_saying_that_services_run_opens_the_questions_about_them() -> None:
    found = [question.key for question in open_questions(questionnaire, {"current_shape": Answer(value="services")})]
    assert found[:3] == ["scope", "services", "distributed_monolith_signs"]


def test_a_whole_questionnaire_is_quoted_in_the_wording_for_one_part() -> None:
    of_part = worded_for(questionnaire, {"scope": Answer(value="one_part")})
    for question in questionnaire.questions:
        quoted = of_part.by_key[question.key]
        assert quoted.wording == (question.of_part or question.wording)
        assert quoted.options == question.options
    assert of_part is worded_for(questionnaire, {"scope": Answer(value="one_part")})
    assert worded_for(questionnaire, {"scope": Answer(value="whole_system")}) is questionnaire
    assert worded_for(questionnaire, {}) is questionnaire


def test_an_option_that_one_of_several_people_chose_stays_offered() -> None:
    asked = questionnaire.by_key["distributed_monolith_signs"]
    answers = {
        "current_shape": Answer(value="several_monoliths"),
        asked.key: Answer(between=(("service_per_table",), ())),
    }
    assert "service_per_table" in {option.value for option in as_asked(asked, answers).options}
    without = {**answers, asked.key: Answer(between=(("release_together",), ()))}
    assert "service_per_table" not in {option.value for option in as_asked(asked, without).options}
