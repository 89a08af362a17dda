"""Outcomes: typed figures by field, words for what this release does not know, and cases without names."""

import json

import pytest

from assess.advice.case_export import find_names
from assess.advice.facade import (
    build_case,
    check_case_texts,
    describe_figures,
    describe_followed,
    read_outcome_figures,
)
from assess.decision.facade import load_cases
from assess.questionnaire.facade import Answer, ValidationFailed
from assess.questionnaire_files import builtin_questionnaire
from tests.unit.reports.report_factory import demo_answers

TEXTS = {"stack": "Django", "outcome": "One part runs apart.", "lesson": "Trace first."}


def test_figures_are_read_as_people_type_them() -> None:
    typed = {
        "deploy_minutes-before": "45 min",
        "deploy_minutes-after": " 8 ",
        "monthly_cost-before": "$3,400.00",
        "deploys_per_week-after": "2.5",
        "incidents_per_month-before": "",
    }
    assert read_outcome_figures(typed) == {
        "deploy_minutes": {"before": 45, "after": 8},
        "deploys_per_week": {"after": 2.5},
        "monthly_cost": {"before": 3400},
    }


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("deploy_minutes-before", "forty"),
        ("deploy_minutes-after", "-3"),
        ("deploys_per_week-before", "1e9"),
        ("monthly_cost-after", "12 minutes"),
        ("monthly_cost-before", "99999999999"),
        ("incidents_per_month-after", "1.000"),
        ("incidents_per_month-before", "NaN"),
        ("incidents_per_month-before", "\x00"),
    ],
)
def test_a_text_that_is_no_such_figure_is_refused_by_its_field(key: str, text: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        read_outcome_figures({key: text, "deploys_per_week-after": "3"})
    assert [issue.key for issue in refused.value.issues] == [key]


def test_every_bad_figure_is_named_at_once() -> None:
    with pytest.raises(ValidationFailed) as refused:
        read_outcome_figures({"deploy_minutes-before": "a", "deploy_minutes-after": "b"})
    assert [issue.key for issue in refused.value.issues] == ["deploy_minutes-before", "deploy_minutes-after"]


def test_figures_in_words_leave_out_what_this_release_does_not_know() -> None:
    (line, cost) = describe_figures(
        {"monthly_cost": {"before": 3400, "after": 2100}, "moon": {"before": 1}, "deploy_minutes": {"after": 8}}, "€"
    )
    assert (line.before, line.after) == ("not known", "8")
    assert (cost.before, cost.after) == ("€3,400", "€2,100")
    assert describe_followed(12, "telepathy") == "After 12 months: telepathy"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ana's idea won", ["Ana"]),
        ("ANA and Lima-Costa agreed", ["ANA", "Lima", "Costa"]),
        ("The web shop runs apart", ["web shop"]),
        ("WebShop runs apart", ["WebShop"]),
        ("The shop went live on the web", []),
        ("Zephyr is calm", ["Zephyr"]),
        ("zephyrs are winds", []),
        ("ZephyrPay and zephyr2 are calm", ["Zephyr", "zephyr"]),
        ("The team of the platform is happy", []),
        ("Čeněk left", ["Čeněk"]),
        ("ČENĚK left", ["ČENĚK"]),
    ],
)
def test_known_names_are_found_as_whole_words(text: str, found: list[str]) -> None:
    names = {
        "people": ["Ana Lima-Costa", "Čeněk", "it"],
        "things": ["Web shop", "Zephyr platform", "Our platform team"],
    }
    assert find_names(text, **names) == found


@pytest.mark.parametrize(
    "text",
    [
        "See https://shop.example/",
        "Write to ana@shop.example",
        "Live since 2026-03-02",
        "Live since 2.3.2026",
        "Live since 03/2026",
        "Live since March 2026",
        "Live since Mar 2, 2026",
        "One\nand two",
        "Anna\u200b",
        "\u202egnorw",
        "",
        "x" * 501,
    ],
)
def test_lines_with_an_address_a_day_or_hidden_letters_are_refused(text: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_case_texts({**TEXTS, "outcome": text}, people=[], things=[])
    assert {issue.key for issue in refused.value.issues} == {"outcome"}


def test_a_line_may_say_a_year_and_figures() -> None:
    checked = check_case_texts({**TEXTS, "lesson": "In 2026 deploys fell from 45 to 8 minutes."}, people=[], things=[])
    assert checked.lesson == "In 2026 deploys fell from 45 to 8 minutes."


@pytest.mark.parametrize("was_right", [True, False, None])
def test_case_is_accepted_by_the_reader_and_has_nothing_that_was_typed_as_text(was_right: bool | None) -> None:
    questionnaire = builtin_questionnaire()
    answers = demo_answers("ecommerce-35-developers")
    answers |= {
        "scope": Answer(value="one_part"),
        "part_name": Answer(value="Zephyr"),
        "teams": Answer(
            value=5, basis="measured", note="Zephyr told us", link="https://zephyr.example/", who_knows="Zephyr"
        ),
        "hiring": Answer(value=None),
    }
    document = build_case(
        questionnaire,
        answers,
        case_id="own-1",
        year=2026,
        decision="extract",
        was_right=was_right,
        hindsight="modular",
        texts=check_case_texts(TEXTS, people=[], things=[]),
    )
    (case,) = load_cases(json.loads(json.dumps(document)), questionnaire)
    assert "zephyr" not in json.dumps(document).casefold()
    assert case.answers["teams"].value == 5
    assert "hiring" not in case.answers
    assert case.scorable is (was_right is not None)
    assert document["cases"][0]["evidence"]["teams"] == {"status": "known", "says": "The team measured it."}
