"""Published cases: what is read from their file, how alike two systems are, and that only web addresses are linked."""

import json
import random
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assess.cases_file import PUBLISHED_FILE, SCHEMA_FILE, load_cases_file, published_cases
from assess.decision import decide
from assess.decision.cases import FEWEST_SHARED, closeness, load_cases, similar_cases
from assess.decision.rules import RULES
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers, values_of

CASES = published_cases()
BY_ID = {case.id: case for case in CASES}
BY_KEY = QUESTIONNAIRE.by_key


def case(**changes):
    """A small case as its file has it."""
    return {
        "id": "harbour-2020",
        "system": "Harbour",
        "year": 2020,
        "stack": "Python/Django",
        "scope": "whole_system",
        "answers": {"scope": "whole_system", "teams": 3, "deploy_waiting": "often", "current_shape": "monolith"},
        "decision_taken": "extract",
        "decision_was_right": True,
        "verdict_in_hindsight": "extract",
        "also_acceptable": ["modular"],
        "confidence": "low",
        "scorable": True,
        "outcome": "It went well.",
        "lesson": "It can go well.",
        "evidence": {"teams": {"status": "known", "says": "Three teams."}},
        "sources": ["https://example.org/harbour", "author's retrospective (no public address known)"],
        **changes,
    }


def document(*cases):
    return {"questionnaire": "split-checklist", "version": 2, "cases": list(cases)}


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


def test_at_least_27_of_the_29_scorable_cases_are_hits():
    missed = {one.id for one in CASES if one.scorable and not one.accepts(decide(QUESTIONNAIRE, one.answers).verdict)}
    assert len(missed) <= 2


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
        ({"evidence": {"weather": {"status": "known", "says": "Fine."}}}, "harbour-2020.evidence.weather"),
        ({"evidence": {"teams": "Three."}}, "harbour-2020.evidence.teams"),
        ({"evidence": {"teams": {"status": "sure", "says": "3"}}}, "harbour-2020.evidence.teams.status"),
        ({"sources": []}, "harbour-2020.sources"),
        ({"sources": [3]}, "harbour-2020.sources"),
        ({"stars": 5}, "harbour-2020.stars"),
    ],
)
def test_a_mistake_is_refused_by_the_name_of_its_field(change, key):
    assert issues(document(case(**change))) == [key]


def test_all_mistakes_of_all_cases_are_told_at_once():
    lacking = case(id="second")
    del lacking["lesson"], lacking["year"]
    found = issues(document(case(year=0, confidence="none"), lacking, "third"))
    assert found == ["harbour-2020.year", "harbour-2020.confidence", "second.year", "second.lesson", "case 3"]


def test_an_id_is_given_once():
    assert issues(document(case(), case())) == ["harbour-2020"]


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
    with suppress(ValidationFailed):
        load(case(**{field: value}))


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(ValidationFailed):
        load_cases_file(tmp_path / "none.json", QUESTIONNAIRE)


# --- closeness


@pytest.mark.parametrize(
    ("key", "one", "other", "expected"),
    [
        ("deploy_waiting", "often", "often", 100),
        ("deploy_waiting", "never", "always", 0),
        # 70 and 100 on a scale that ends at 100.
        ("deploy_waiting", "often", "always", 70),
        # 0 and 85 on a scale that ends at 85.
        ("load_fit", "comfortable", "failing", 0),
        # Past half an hour a deploy is slow, whatever it takes.
        ("deploy_minutes", 45, 240, 100),
        ("hot_share", 20, 40, 0),
        ("hot_share", 30, 40, 50),
        # Evenly spaced: searching, growing, established.
        ("product_stage", "searching", "growing", 50),
        ("product_stage", "searching", "established", 0),
        # Four times as many is half way to sixteen times as many.
        ("developers", 10, 40, 50),
        ("developers", 3, 1000, 0),
        ("teams", 2, 1, 75),
        ("services", 1, 1, 100),
        ("motives", ("imitation",), ("imitation",), 100),
        ("motives", ("imitation",), ("imitation", "vague_performance"), 50),
        ("motives", ("imitation",), ("independent_scaling",), 0),
        ("motives", (), (), 100),
    ],
)
def test_how_close_two_answers_are(key, one, other, expected):
    assert closeness(BY_KEY[key], one, other) == expected


@given(st.sampled_from(sorted(BY_KEY)), st.data())
def test_closeness_is_the_same_both_ways_and_full_with_itself(key, data):
    question = BY_KEY[key]
    one = data.draw(st.sampled_from(values_of(question)))
    other = data.draw(st.sampled_from(values_of(question)))
    assert closeness(question, one, one) == 100
    assert closeness(question, one, other) == closeness(question, other, one)
    assert 0 <= closeness(question, one, other) <= 100


# --- likeness


def harbour(id_="harbour-2020", **values):
    (read,) = load(case(id=id_, scope="whole_system", answers=values))
    return read


def test_a_likeness_says_on_what_it_agrees_and_on_what_not():
    other = harbour(teams=3, deploy_waiting="often", load_fit="comfortable", tracing="none", current_shape="monolith")
    mine = answers(teams=3, deploy_waiting="often", load_fit="failing", current_shape="monolith", hiring="easy")
    (likeness,) = similar_cases(QUESTIONNAIRE, mine, (other,))
    assert likeness.agreed == ("current_shape", "teams", "deploy_waiting")
    assert likeness.differing == ("load_fit",)
    assert likeness.sentence == "Agrees on 3 of 4 shared answers"


def test_two_shared_answers_say_nothing():
    other = harbour(teams=3, deploy_waiting="often", tracing="none")
    assert similar_cases(QUESTIONNAIRE, answers(teams=3, deploy_waiting="often"), (other,)) == ()
    assert len(similar_cases(QUESTIONNAIRE, answers(teams=3, deploy_waiting="often", tracing="none"), (other,))) == 1


def test_a_case_that_differs_more_than_it_agrees_is_not_like():
    other = harbour(teams=3, deploy_waiting="always", load_fit="failing", team_collisions="daily")
    mine = answers(teams=3, deploy_waiting="never", load_fit="comfortable", team_collisions="never")
    assert similar_cases(QUESTIONNAIRE, mine, (other,)) == ()


def test_three_answers_that_agree_come_after_eight_that_nearly_do():
    few = {"deploy_waiting": "often", "load_fit": "failing", "team_collisions": "weekly"}
    many = {
        **few,
        "deploy_waiting": "always",
        "change_breakage": "monthly",
        "tech_lock_in": "none",
        "current_shape": "monolith",
        "boundaries": "named",
        "teams": 5,
    }
    mine = answers(**{**many, "deploy_waiting": "often"})
    found = similar_cases(QUESTIONNAIRE, mine, (harbour("few", **few), harbour("many", **many)))
    assert [likeness.case.id for likeness in found] == ["many", "few"]


def test_an_acute_pain_weighs_more_than_context():
    mine = answers(deploy_waiting="often", teams=3, gateway="none", metrics="none")
    on_pain = harbour("on-pain", deploy_waiting="often", teams=3, gateway="none", metrics="in_place")
    on_context = harbour("on-context", deploy_waiting="never", teams=3, gateway="none", metrics="none")
    found = similar_cases(QUESTIONNAIRE, mine, (on_context, on_pain))
    assert found[0].case.id == "on-pain"


def test_an_answer_that_is_not_asked_is_not_compared():
    # The file says that a monolith is one service; whoever runs a monolith is not asked.
    mine = answers(current_shape="monolith", teams=3, deploy_waiting="often", services=1)
    (likeness,) = similar_cases(QUESTIONNAIRE, mine, (harbour(**{k: a.value for k, a in mine.items()}),))
    assert "services" not in likeness.agreed


def test_an_answer_that_another_edition_does_not_know_is_not_compared():
    def renamed(question):
        options = tuple(replace(option, value=f"{option.value}_now") for option in question.options)
        return replace(question, options=options, reads=None) if question.key == "deploy_waiting" else question

    other_edition = replace(
        QUESTIONNAIRE,
        sections=tuple(
            replace(section, questions=tuple(renamed(question) for question in section.questions))
            for section in QUESTIONNAIRE.sections
        ),
    )
    mine = answers(deploy_waiting="often_now", teams=3, load_fit="failing", tracing="none")
    published = harbour(deploy_waiting="often", teams=3, load_fit="failing", tracing="none")
    (likeness,) = similar_cases(other_edition, mine, (published,))
    assert likeness.agreed == ("teams", "load_fit", "tracing")


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.id)
def test_a_case_is_most_like_itself(one):
    found = similar_cases(QUESTIONNAIRE, one.answers, CASES, most=45)
    closest = [likeness.case.id for likeness in found if likeness.rank == found[0].rank]
    assert one.id in closest
    assert not found[0].differing


def test_at_most_so_many_are_given():
    shop = BY_ID["otto-2011"].answers
    assert len(similar_cases(QUESTIONNAIRE, shop, CASES)) == 3
    assert len(similar_cases(QUESTIONNAIRE, shop, CASES, most=1)) == 1
    assert similar_cases(QUESTIONNAIRE, shop, CASES, most=0) == ()
    assert similar_cases(QUESTIONNAIRE, {}, CASES) == ()


@given(answer_sets(), st.randoms(use_true_random=False))
def test_likeness_does_not_depend_on_any_order(current_answers, rng: random.Random):
    found = similar_cases(QUESTIONNAIRE, current_answers, CASES)
    shuffled, cases = list(current_answers.items()), list(CASES)
    rng.shuffle(shuffled)
    rng.shuffle(cases)
    assert similar_cases(QUESTIONNAIRE, dict(shuffled), tuple(cases)) == found
    for likeness in found:
        assert likeness.shared >= FEWEST_SHARED
        assert not set(likeness.agreed) & set(likeness.differing)
        assert set(likeness.agreed) | set(likeness.differing) <= set(current_answers) & set(likeness.case.answers)
