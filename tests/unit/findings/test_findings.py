"""Charts and their titles: for any answers, a title says what the chart below it draws."""

import itertools
import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from hypothesis import example, given, settings

from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.argue import argue
from assess.findings.facade import AskAgain, Findings, Sources, build_findings, build_path
from assess.language import number_word
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers
from tests.unit.decision.systems import HOT, SERVING, WAITING

SYSTEMS = {"hot": HOT, "waiting": WAITING, "serving": SERVING, "empty": {}}
CHARTS = {
    "path": "path.html",
    "pains": "pains.html",
    "gates": "gates.html",
    "scales": "scales.html",
    "line": "line.html",
    "small_changes": "squares.svg",
    "evidence": "squares.svg",
    "checklist": "squares.svg",
    "roadmap": "roadmap.svg",
}


def findings_of(given, *, questionnaire=QUESTIONNAIRE) -> Findings:
    result = decide(questionnaire, given)
    argument = argue(questionnaire, given, result, published_cases())
    return build_findings(questionnaire, given, result, argument, starts=date(2026, 11, 29))


def draw(found: Findings, name: str, *, paper: bool = False) -> str:
    return render_to_string(f"charts/{CHARTS[name]}", {"chart": getattr(found, name), "paper": paper, "prefix": "t"})


def number_at(finding: str) -> int:
    """The number that a finding begins with."""
    first = finding.split()[0].lower()
    words = [number_word(count) for count in range(11)]
    return words.index(first) if first in words else int(re.sub(r"\D", "", first) or 0)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_title_counts_what_the_chart_below_it_draws(system: str) -> None:
    check_titles(findings_of(answers(**SYSTEMS[system])))


@pytest.mark.slow  # the test above makes the point with four systems
@settings(max_examples=40, deadline=None)
@given(given_answers=answer_sets())
def test_a_title_counts_what_the_chart_below_it_draws_for_any_answers(given_answers) -> None:
    check_titles(findings_of(given_answers))


def check_titles(found: Findings) -> None:
    """Raises AssertionError where a title does not say what is drawn below it."""
    drawn = {name: draw(found, name) for name in CHARTS}

    acute = drawn["pains"].count('class="acute"')
    assert number_at(found.pains.finding.replace("No", "0 No")) == acute
    passed = drawn["gates"].count('data-state="passed"')
    title = found.gates.finding.replace("None of the", "0").replace("All", "")
    assert number_at(title) == passed
    for state, words in (("failed", "closed"), ("open", "not known")):
        assert (words in found.gates.finding) == (drawn["gates"].count(f'data-state="{state}"') > 0)
    stations = drawn["path"].count("data-station")
    assert number_at(found.path.finding) == stations
    assert ("No exit is open" in found.path.finding) == (drawn["path"].count("is-possible") == 0)
    assert drawn["small_changes"].count("c-data") == found.small_changes.number_of("full")
    assert re.findall(r"\d+", found.small_changes.finding)[:1] == (
        [str(drawn["small_changes"].count("c-data"))] if found.small_changes.kinds else []
    )
    assert re.findall(r"\d+", found.evidence.finding)[0] == str(drawn["evidence"].count("c-data"))
    rows = drawn["line"].count('class="is-open"')
    if rows:
        assert number_word(rows + found.line.more_open) in found.line.finding.lower()
    else:
        assert "No open answer" in found.line.finding or "Only several" in found.line.finding
    assert len(found.open_answers.decisive) == drawn["evidence"].count("c-line")


@settings(max_examples=30, deadline=None)
@example(given_answers=answers(**SERVING))
@example(given_answers={})
@given(given_answers=answer_sets())
def test_the_open_exits_lead_to_exactly_the_other_verdicts_that_are_possible(given_answers) -> None:
    result = decide(QUESTIONNAIRE, given_answers)
    path = build_path(QUESTIONNAIRE, given_answers, result)
    exits = {
        verdict
        for station in path.stations
        if station.exit and station.exit.is_possible
        for verdict in station.exit.verdicts
    }
    assert exits | {result.verdict} == set(result.possible_verdicts)
    assert (path.open_exits == 0) == result.firm


@pytest.mark.slow  # the next test makes the point with one question
@settings(max_examples=30, deadline=None)
@given(given_answers=answer_sets())
def test_an_answer_stands_in_the_column_of_the_verdict_that_it_gives(given_answers) -> None:
    found = findings_of(given_answers)
    for row in (*found.line.open_rows, *found.line.near_rows):
        for column, alternatives in row.cells:
            for each in alternatives:
                tried = {**given_answers, row.key: Answer(value=each.value)}
                assert decide(QUESTIONNAIRE, tried).verdict == column.verdict, (row.label, each.words)
    if found.open_question:
        key = found.open_question.question.key
        for each in found.open_question.tried:
            outcome = decide(QUESTIONNAIRE, {**given_answers, key: Answer(value=each.value)})
            assert (each.verdict, each.is_firm) == (outcome.shown_verdict, outcome.firm)


def test_numbers_that_give_the_same_verdict_are_one_answer_of_the_line() -> None:
    line = findings_of(answers(**WAITING)).line
    people = next(row for row in line.near_rows if row.key == "developers")
    told = [(column.verdict, each.words, each.is_today) for column, cell in people.cells for each in cell]
    assert told == [("modular", "9 people or fewer", False), ("extract", "10 people or more", True)]


def test_a_pain_without_points_is_drawn_as_a_calm_one() -> None:
    pains = findings_of(answers(**WAITING, team_collisions="never")).pains
    row = next(row for row in pains.rows if row.key == "team_collisions")
    assert (row.answer, row.bar.text, row.is_known) == ("Never, or there is one team", "0", True)


def test_an_open_pain_is_striped_as_far_as_its_answers_reach() -> None:
    pains = findings_of(answers(**HOT)).pains
    rows = {row.key: row.bar.text for row in pains.rows if not row.is_known}
    assert rows["deploy_waiting"] == "0–100"
    assert all(row.bar.high < 100 for row in pains.rows if row.key == "infra_cost")  # it is never acute by itself


def test_steps_wait_for_the_decision_only_while_the_verdict_is_conditional() -> None:
    conditional = findings_of(answers(**{key: value for key, value in WAITING.items() if key != "ci_cd"}))
    assert conditional.roadmap.decides
    assert {step.waits for step in conditional.roadmap.steps if step.days == 30} == {False}
    assert {step.waits for step in conditional.roadmap.steps if step.days > 30} == {True}
    strained = findings_of(answers(**{**SERVING, "distributed_monolith_signs": ("release_together",)}))
    assert not strained.roadmap.decides
    assert not any(step.waits for step in strained.roadmap.steps)


def test_texts_of_the_roadmap_stay_inside_their_columns() -> None:
    for given_answers in SYSTEMS.values():
        roadmap = findings_of(answers(**given_answers)).roadmap
        for placed in roadmap.placed:
            assert 0 < placed.x < placed.x + placed.width <= 659
        spans = sorted((placed.step.start, placed.y, placed.lines[-1][1]) for placed in roadmap.placed)
        for (start, _top, bottom), (next_start, next_top, _bottom) in itertools.pairwise(spans):
            assert start != next_start or bottom < next_top


def test_on_paper_each_drawing_has_a_title_of_its_own() -> None:
    found = findings_of(answers(**WAITING))
    for name in CHARTS:
        html = draw(found, name, paper=True)
        assert html.count("<title") == html.count("<svg"), name


def test_a_verdict_of_the_first_model_has_a_path_without_stations() -> None:
    first = builtin_questionnaire(1)
    found = findings_of(answers(deploy_waiting="often", teams=4), questionnaire=first)
    assert found.path.stations == ()
    assert found.path.finding == "This rule decided"
    assert found.path.rule_sentence in re.sub(r"&#x27;", "'", draw(found, "path"))


@pytest.mark.parametrize(
    ("verdicts", "finding"),
    [
        (("extract",) * 5, "All five sources would extract"),
        (
            ("extract", "extract", "modular", None, None),
            "Of the five sources two would extract, one would go modular, two cannot judge",
        ),
        ((None,) * 5, "None of the five sources can judge these answers"),
    ],
)
def test_sources_are_counted_by_what_they_would_do(verdicts, finding: str) -> None:
    assert Sources(verdicts=verdicts).finding == finding


def test_the_day_to_ask_again_is_named_where_one_is_set() -> None:
    assert AskAgain(months=3, on=date(2027, 2, 28), conditions=("x",)).finding == (
        "Ask again on 28 February 2027, or when one thing happens"
    )
    assert AskAgain(months=12, on=None, conditions=()).finding == "Ask again in 12 months"


@pytest.mark.parametrize("basis", ["measured", "estimated", "guess", None])
def test_a_measured_answer_is_full_and_any_other_pale(basis) -> None:
    evidence = findings_of({"teams": Answer(value=3, basis=basis)}).evidence
    assert evidence.number_of("full") == (basis == "measured")
    assert evidence.number_of("full", "pale") == 1
