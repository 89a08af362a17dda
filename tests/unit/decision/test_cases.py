"""Published cases: what is read from their file, what is refused and how, and that only web addresses are linked."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assess.cases_file import PUBLISHED_FILE, SCHEMA_FILE, load_cases_file, published_cases
from assess.decision import decide
from assess.decision.case_reader import FIELDS, OPTIONAL_FIELDS, load_cases, read_cases
from assess.decision.rules import RULES
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from tests.unit.decision.published import case, document
from tests.unit.decision.strategies import QUESTIONNAIRE

CASES = published_cases()


def load(*cases):
    return load_cases(document(*cases), QUESTIONNAIRE)


def issues(given_document):
    with pytest.raises(ValidationFailed) as refused:
        load_cases(given_document, QUESTIONNAIRE)
    return [issue.key for issue in refused.value.issues]


# --- the shipped file


def test_the_shipped_file_keeps_to_its_schema():
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(json.loads(PUBLISHED_FILE.read_text("utf-8")))
    assert [error.message for error in found] == []


def test_there_are_45_cases_of_which_43_can_be_scored():
    assert len(CASES) == 45
    assert sum(case.scorable for case in CASES) == 43


def test_every_answer_of_a_case_but_its_scope_has_evidence():
    for one in CASES:
        assert set(one.answers) - {"scope"} <= {evidence.key for evidence in one.evidence}, one.id


def test_only_web_addresses_become_links():
    for one in CASES:
        assert all(link.startswith(("http://", "https://")) for link in one.links)
    words = [source.remark for one in CASES for source in one.sources if not source.link]
    assert words
    assert all("no public address known" in remark for remark in words)


def test_every_case_that_the_model_misses_says_what_the_decision_weighed_that_no_rule_reads():
    missed = [one for one in CASES if one.scorable and not one.accepts(decide(QUESTIONNAIRE, one.answers).verdict)]
    assert len(missed) <= 2
    assert [one.id for one in missed if not one.not_weighed] == []


@pytest.mark.parametrize("id_", ["shob-marketplace-2025", "greedygame-2017"])
def test_a_story_that_its_source_tells_to_the_end_is_told_to_the_end(id_):
    (one,) = (one for one in CASES if one.id == id_)
    assert "own database" in one.outcome or "a database each" in one.outcome
    assert "not read" not in one.outcome
    assert "no figures" not in one.outcome


@pytest.mark.parametrize("id_", ["monzo-2020", "lyft-2021"])
def test_a_story_without_an_end_says_that_the_end_is_not_told(id_):
    (one,) = (one for one in CASES if one.id == id_)
    assert one.decision_was_right == "unknown"
    assert one.outcome.endswith("what came of it is not known.")


def test_no_rule_names_a_case():
    told = " ".join(rule.sentence + rule.ours for rule in RULES.values()).lower()
    assert not [one.system for one in CASES if one.system.lower() in told]


# --- reading


def test_a_case_reads_as_it_is_written():
    (read,) = load(case())
    assert read.system == "Harbour"
    assert read.answers["teams"] == Answer(value=3)
    assert read.decision_was_right == "yes"
    assert read.accepts("extract")
    assert read.accepts("modular")
    assert not read.accepts("stay")
    assert [(source.link, source.remark) for source in read.sources] == [
        ("https://example.org/harbour", ""),
        ("", "author's retrospective (no public address known)"),
    ]
    assert read.sources[0].label == "example.org/harbour"
    assert read.links == ("https://example.org/harbour",)


def test_a_remark_behind_an_address_stays_a_remark():
    (read,) = load(case(sources=["https://example.org/copy (copy of example.com)"]))
    assert (read.sources[0].link, read.sources[0].remark) == ("https://example.org/copy", "copy of example.com")


@pytest.mark.parametrize(
    "source", ["javascript:alert(1)", "data:text/html,x", "//example.org", "file:///etc/passwd", "ftp://example.org/x"]
)
def test_what_is_no_web_address_is_shown_as_words(source):
    (read,) = load(case(sources=[source]))
    assert read.links == ()
    assert read.sources[0].label == source


@pytest.mark.parametrize("source", ['https://example.org/"onclick="x', "https://example.org/<b>", "https:///nowhere"])
def test_an_address_that_could_break_out_is_refused(source):
    assert issues(document(case(sources=[source]))) == ["harbour-2020.sources"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"year": "2020"}, "harbour-2020.year"),
        ({"year": True}, "harbour-2020.year"),
        ({"year": 1066}, "harbour-2020.year"),
        ({"id": "Harbour 2020"}, "case 1.id"),
        ({"scorable": "yes"}, "harbour-2020.scorable"),
        ({"decision_was_right": 1}, "harbour-2020.decision_was_right"),
        ({"decision_was_right": "maybe"}, "harbour-2020.decision_was_right"),
        ({"decision_taken": "split"}, "harbour-2020.decision_taken"),
        ({"also_acceptable": "stay"}, "harbour-2020.also_acceptable"),
        ({"also_acceptable": [["stay"]]}, "harbour-2020.also_acceptable"),
        ({"confidence": "total"}, "harbour-2020.confidence"),
        ({"outcome": ""}, "harbour-2020.outcome"),
        ({"lesson": "x" * 501}, "harbour-2020.lesson"),
        ({"system": "a\x00b"}, "harbour-2020.system"),
        ({"scope": "one_part"}, "harbour-2020.scope"),
        ({"answers": {"teams": -1}}, "harbour-2020.answers.teams"),
        ({"answers": {"team": 1}}, "harbour-2020.answers.team"),
        ({"answers": None}, "harbour-2020.answers.answers"),
        ({"evidence": []}, "harbour-2020.evidence"),
        (
            {"answers": {}, "evidence": {"weather": {"status": "known", "says": "Fine."}}},
            "harbour-2020.evidence.weather",
        ),
        ({"scope": "half", "answers": {}}, "harbour-2020.scope"),
        ({"scope": ["half"], "answers": {}}, "harbour-2020.scope"),
        ({"id": "x" * 61}, "case 1.id"),
        ({"also_acceptable": ["extract"]}, "harbour-2020.also_acceptable"),
        ({"also_acceptable": ["stay", "stay"]}, "harbour-2020.also_acceptable"),
        ({"not_weighed": " "}, "harbour-2020.not_weighed"),
        ({"answers": {"teams": 3}, "evidence": {}}, "harbour-2020.evidence.teams"),
        ({"answers": {"teams": 3}, "evidence": {"teams": "Three."}}, "harbour-2020.evidence.teams"),
        (
            {"answers": {"teams": 3}, "evidence": {"teams": {"status": "sure", "says": "3"}}},
            "harbour-2020.evidence.teams.status",
        ),
        (
            {"answers": {"teams": 3}, "evidence": {"teams": {"status": "known", "says": 3}}},
            "harbour-2020.evidence.teams.says",
        ),
        ({"sources": []}, "harbour-2020.sources"),
        ({"sources": [3]}, "harbour-2020.sources"),
        ({"stars": 5}, "harbour-2020.stars"),
    ],
)
def test_a_mistake_is_refused_by_the_name_of_its_field(change, key):
    assert issues(document(case(**change))) == [key]


def test_all_mistakes_of_all_cases_are_told_at_once():
    lacking = case(id="second", scorable="perhaps")
    del lacking["lesson"], lacking["year"]
    found = issues(document(case(year=0, confidence="none"), lacking, "third"))
    assert found == [
        "harbour-2020.year",
        "harbour-2020.confidence",
        "second.year",
        "second.lesson",
        "second.scorable",
        "case 3",
    ]


def test_one_bad_case_spoils_no_other():
    read = read_cases(document(case(id="bad", year=0), case()), QUESTIONNAIRE)
    assert [one.id for one in read.cases] == ["harbour-2020"]
    assert [issue.key for issue in read.issues] == ["bad.year"]


def test_answers_to_another_questionnaire_are_not_read_as_answers_to_this_one():
    other = {**document(case()), "version": 1}
    assert read_cases(other, QUESTIONNAIRE).cases == ()


def test_every_problem_says_what_to_do():
    every_field = dict.fromkeys((*FIELDS, *OPTIONAL_FIELDS), 7.5)
    found = read_cases(document(every_field, {}), QUESTIONNAIRE).issues
    assert {issue.key.split(".")[1] for issue in found} >= set(FIELDS) | set(OPTIONAL_FIELDS)
    first_words = {issue.message.split()[0] for issue in found}
    assert first_words <= {"Add", "Write", "Give", "Choose", "Enter", "Use", "Remove", "Say", "Name"}


def test_an_id_is_given_once_and_the_first_case_with_it_is_kept():
    assert issues(document(case(), case(system="Another"))) == ["case 2.id"]
    (kept,) = read_cases(document(case(), case(system="Another")), QUESTIONNAIRE).cases
    assert kept.system == "Harbour"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {"questionnaire": "other", "version": 2, "cases": []},
        {"questionnaire": "split-checklist", "version": True, "cases": []},
        {"questionnaire": "split-checklist", "version": 2, "cases": {}},
        {"questionnaire": "split-checklist", "version": 2, "cases": [], "more": 1},
    ],
)
def test_what_is_no_file_of_cases_is_refused(broken):
    assert issues(broken)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(sorted(case())),
)
def test_whatever_stands_in_a_field_is_read_or_refused(value, field):
    read = read_cases(document(case(**{field: value})), QUESTIONNAIRE)
    assert bool(read.cases) != bool(read.issues)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(ValidationFailed):
        load_cases_file(tmp_path / "none.json")


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_cases_is_checked_against_the_version_that_it_names(tmp_path, version):
    """A new version of the questionnaire leaves the cases as they were coded."""
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"questionnaire": "split-checklist", "version": version, "cases": []}))
    assert load_cases_file(path) == ()
