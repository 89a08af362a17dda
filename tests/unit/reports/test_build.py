"""The report object says what the result and the answers say, and nothing that is not theirs."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision import decide
from assess.decision.wording import FORM_WORDS, VERDICT_WORDS
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.sanitize import MAX_LINES, MAX_TEXT, clean_line, clean_text
from assess.reports.renderings.html import render_report_html
from assess.reports.renderings.madr import render_madr
from tests.unit.reports.full_reports import docx_bytes, words_of_docx
from tests.unit.reports.report_factory import AT, DEMO_NAMES, demo_answers, first_answers, made_report


@pytest.mark.parametrize("name", DEMO_NAMES)
def test_the_report_states_the_verdict_scores_gates_and_checklist_of_the_result(name: str) -> None:
    answers = demo_answers(name)
    result = decide(builtin_questionnaire(), answers)
    report = made_report(answers)
    assert (report.verdict, report.form, report.rule) == (result.verdict, result.form, result.rule)
    assert report.verdict_words == VERDICT_WORDS[result.verdict]
    assert report.form_words == FORM_WORDS[result.form]
    assert report.headline == result.headline
    assert {axis.axis: (axis.points, axis.high) for axis in report.axes} == {
        axis: (score.points, score.high) for axis, score in result.scores.items()
    }
    assert [(gate.gate, gate.state) for gate in report.gates] == [(gate.gate, gate.state) for gate in result.gates]
    assert report.checklist.yes == result.checklist_counts["yes"]
    assert {step.title for step in report.roadmap.steps} == {step.title for step in result.steps}
    assert {line.question.key for line in report.open_lines} == set(result.open_keys)


@pytest.mark.parametrize("name", DEMO_NAMES)
def test_contributions_add_up_to_each_score(name: str) -> None:
    for axis in made_report(demo_answers(name)).axes:
        assert sum(part.points for part in axis.parts) == axis.points


@pytest.mark.parametrize("name", DEMO_NAMES)
def test_report_has_at_most_three_reasons_for_and_three_against(name: str) -> None:
    report = made_report(demo_answers(name))
    assert len(report.reasons_for) <= 3
    assert len(report.reasons_against) <= 3
    assert all(reason.weighs == report.verdict_words for reason in report.reasons_for)
    assert all(reason.weighs != report.verdict_words for reason in report.reasons_against)


def test_every_question_of_the_edition_is_in_the_report_once_and_in_order() -> None:
    report = made_report({})
    lines = [line for section in report.sections for line in section.lines]
    assert [line.key for line in lines] == [question.key for question in builtin_questionnaire().questions]
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


def test_answer_line_has_words_basis_note_link_and_author() -> None:
    answer = Answer(value=45, basis="measured", note="From the pipeline's log", link="https://ci.example.org/1")
    report = made_report({"deploy_minutes": answer}, by="Bob")
    line = next(line for section in report.sections for line in section.lines if line.key == "deploy_minutes")
    assert (line.value, line.basis, line.note, line.link) == (
        "45 minutes",
        "measured",
        "From the pipeline's log",
        "https://ci.example.org/1",
    )
    assert (line.by, line.at) == ("Bob", AT)


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Answer(), "not_sure", "not sure yet"),
        (Answer(not_applicable="We have no pipeline"), "not_applicable", "does not apply"),
        (Answer(value="named"), "known", "answered"),
        (None, "open", "not answered"),
    ],
)
def test_unknown_not_applicable_and_unanswered_have_different_words(
    answer: Answer | None, state: str, words: str
) -> None:
    report = made_report({} if answer is None else {"boundaries": answer})
    line = next(line for section in report.sections for line in section.lines if line.key == "boundaries")
    assert (line.state, line.state_words) == (state, words)


def test_a_note_on_a_question_that_is_no_longer_asked_stays_in_the_report() -> None:
    report = made_report(
        {"current_shape": Answer(value="monolith"), "services": Answer(value=4, note="Counted before the merge")}
    )
    line = next(line for section in report.sections for line in section.lines if line.key == "services")
    assert line.state == "not_asked"
    assert line.note == "Counted before the merge"


def test_no_verdict_is_shown_while_too_little_is_known() -> None:
    report = made_report({"deploy_waiting": Answer(value="sometimes")})
    assert not report.is_enough
    assert report.verdict_words == "No verdict yet"
    asked = sum(section.asked for section in report.sections)
    assert f"1 of {asked} answers are known." in report.headline
    assert not report.reasons_for
    assert "None yet" in report.decision


def test_a_submitted_version_shows_its_verdict_however_little_is_known() -> None:
    report = made_report({"deploy_waiting": Answer(value="never")}, submitted=True)
    assert report.verdict_words == "Stay monolithic"
    assert report.state_words == "Submitted"


@pytest.mark.parametrize("submitted", [False, True])
def test_before_a_pain_was_asked_the_report_names_what_decides_and_shows_no_verdict(submitted: bool) -> None:
    questionnaire = builtin_questionnaire()
    answers = {"teams": Answer(value=3), "tracing": Answer(value="none"), "hiring": Answer(value="hard")}
    report = made_report(answers, submitted=submitted)
    result = decide(questionnaire, answers)
    assert result.state == "undecided"
    assert (report.is_enough, report.verdict, report.icon, report.form_words) == (False, "", "unknown", "")
    assert report.verdict_words == "No verdict yet"
    assert questionnaire.by_key[result.ask_next].wording in report.headline
    assert "Still possible: " in report.headline
    assert VERDICT_WORDS["stay"] not in render_report_html(report)
    # Without a verdict nothing is firm, conditional or open.
    record, page = render_madr(report), render_report_html(report)
    assert (report.firm_words, report.firm_why) == ("", "")
    for said in ("How firm", "Almost every verdict", "**Open", "**Conditional", "**Firm"):
        assert said not in record
        assert said not in page
    assert "<strong>.</strong>" not in page
    assert "How firm" not in words_of_docx(docx_bytes(report))


@pytest.mark.parametrize("name", DEMO_NAMES)
def test_only_failed_and_open_gates_of_an_extraction_are_conditions(name: str) -> None:
    report = made_report(demo_answers(name))
    if report.verdict == "extract" and report.form != "keep":
        assert {gate.gate for gate in report.conditions} == {
            gate.gate for gate in report.gates if gate.state != "passed"
        }
    else:
        assert not report.conditions
        assert report.no_conditions.startswith("None")


def test_failed_gate_comes_first_among_conditions() -> None:
    answers = dict(demo_answers("ecommerce-35-developers"))
    answers["tracing"] = Answer(value="none")
    report = made_report(answers)
    assert report.form == "first_step"
    assert report.conditions[0].gate == "tracing"
    assert report.conditions[0].state == "failed"
    assert "No tracing is planned" in report.reasons_for[0].sentence


def test_firm_verdict_says_that_no_open_answer_can_change_it() -> None:
    report = made_report(demo_answers("services-47"))
    assert report.firm_words == "Firm"
    assert "None can change the verdict" in report.firm_why


def test_a_conditional_verdict_names_what_it_could_become() -> None:
    report = made_report(demo_answers("ecommerce-35-developers"))
    assert report.firm_words == "Conditional"
    assert "Modular monolith" in report.firm_why
    assert report.open_lines[0].decisive


def test_answers_are_counted_by_basis() -> None:
    report = made_report(
        {
            "teams": Answer(value=3, basis="measured"),
            "developers": Answer(value=20, basis="guess"),
            "models": Answer(value=40),
            "hiring": Answer(),
        }
    )
    assert report.basis_words == "Based on 3 answers: 1 measured, 1 guessed and 1 without a stated basis."


def test_the_same_input_gives_the_same_report() -> None:
    answers = first_answers(builtin_questionnaire())
    assert made_report(answers) == made_report(dict(reversed(answers.items())))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Payments\t platform ", "Payments platform"),
        ("Payments\r\nSet-Cookie: a=b", "Payments Set-Cookie: a=b"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("verdict \u202eyats\u202c", "verdict yats"),
        ("line\u2028separator", "line separator"),
        ("x" * 200, "x" * 119 + "…"),
        ("مرحبا 漢字 🚀", "مرحبا 漢字 🚀"),
    ],
)
def test_a_name_is_one_line_without_control_characters(text: str, line: str) -> None:
    assert clean_line(text, 120) == line


def test_note_of_ten_thousand_lines_is_joined_after_thirty_without_loss() -> None:
    text = clean_text("\n".join(str(n) for n in range(10_000)))
    assert text.count("\n") < MAX_LINES
    assert text.startswith("0\n1\n2\n")
    assert "28\n29 / 30 / 31" in text
    assert text.endswith("more characters are in the assessment)")


def test_a_note_as_long_as_one_may_be_is_shown_in_full() -> None:
    assert clean_text("n" * MAX_TEXT) == "n" * MAX_TEXT


@given(st.text(max_size=3000))
def test_sanitized_text_is_bounded_and_has_no_control_characters(text: str) -> None:
    cleaned = clean_text(text)
    assert len(cleaned) < 4 * MAX_TEXT
    assert cleaned.count("\n") < MAX_LINES
    assert not any(ord(character) < 32 and character not in "\n\t" for character in cleaned)
    assert clean_line(text, 120) == clean_line(clean_line(text, 120), 120)
    cleaned.encode("utf-8")


def test_cleaning_a_name_twice_changes_nothing_more() -> None:
    report = made_report({}, system="<b>\r\nPayments</b>")
    assert report.system == "<b> Payments</b>"
    assert replace(report, system=clean_line(report.system, 120)) == report


def test_the_report_object_needs_no_django() -> None:
    program = "import sys, assess.reports.content.build, assess.reports.charts; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
