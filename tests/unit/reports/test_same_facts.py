"""Every form of a report states the same facts: read back from paper, page, Word document, record, data and table."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final

import pytest

from assess.language import day
from assess.reports.content.data import Axis, ReportData
from assess.reports.content.page_one import fit_page_one
from assess.reports.document import plain_text
from assess.reports.renderings.answers_table import render_answers_table
from assess.reports.renderings.html import render_report_html
from assess.reports.renderings.madr import current_verdict_words, render_madr
from assess.web.spreadsheet import COMMA
from tests.rendering import kept_pdf
from tests.suites import slow_except
from tests.unit.reports.full_reports import (
    MAKERS,
    docx_bytes,
    letters,
    page_html,
    report_in,
    words_of_docx,
    words_of_html,
    words_of_record,
)
from tests.unit.reports.report_factory import pages_text

STATES: Final = tuple(MAKERS)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What a form that carries it has to say, in this order, whatever marks and spaces it puts between."""

    name: str
    said: tuple[str, ...]

    @property
    def letters(self) -> str:
        return letters("".join(self.said))


def facts_of(report: ReportData) -> Iterator[Fact]:
    def fact(name: str, *said: str) -> Fact:
        return Fact(name=name, said=said)

    yield fact("system", report.system)
    yield fact("version", "version", str(report.version))
    yield fact("state", report.state_words)
    yield fact("verdict that stands", current_verdict_words(report))
    yield fact("the model's verdict", report.verdict_words)
    yield fact("form", report.form_words)
    page, review = report.page_one, report.review
    assert page
    is_overruled = review and review.signature and review.signature.overruled_words
    if not is_overruled:
        yield fact("headline", report.headline)
    if report.is_enough:
        yield fact("rule", report.rule_sentence)
    yield fact("how firm", page.firm_words, plain_text(page.firm_why))
    yield fact("cost", report.cost_words)
    yield fact("basis of the answers", report.basis_words)
    for axis in report.axes:
        yield fact("pain" if axis.threshold is not None else "ability", axis.name, axis.value)
    yield fact("checklist", report.checklist.finding)
    for item in report.checklist.lines:
        yield fact("checklist item", item.sentence, item.state_words)
    for gate in report.gates:
        yield fact("gate", gate.name, gate.state_words, gate.sentence)
    for reason in (*report.reasons_for, *report.reasons_against):
        yield fact("reason", reason.sentence)
    if report.is_enough:
        yield fact("reason", report.further_reasons)
        for motive in report.motives:
            yield fact("motive", motive.sentence)
    for step in report.roadmap.steps:
        yield fact("step", step.title)
        yield fact("step's end", step.done)
    if report.planned_changes:
        yield fact("planned changes", report.planned_changes.finding)
        yield fact("planned changes", report.planned_changes.why)
        for planned in report.planned_changes.lines:
            yield fact("planned changes", planned.sentence, "reached" if planned.reached else "not yet")
    if report.since:
        yield fact("since the last version", report.since.finding)
        for sentence in report.since.moved:
            yield fact("since the last version", sentence)
    if review and review.signature:
        yield fact("who signed", review.signature.decision_words, "by", review.signature.by)
        yield fact("signed hash", review.signature.hash)
        yield fact("reason for overruling", review.signature.reason)
        yield fact("remark", review.signature.remark)
    for condition in review.conditions if review else ():
        yield fact("condition", condition.text)
        yield fact("condition's owner", condition.owner)
        yield fact("condition's day", day(condition.due_on))
        yield fact("condition met", condition.met_words)
    for said in review.comments if review else ():
        yield fact("dissent", said.text)
        yield fact("how dissent ended", said.settled_words)
    if report.disagreement:
        yield fact("disagreement", report.disagreement.finding)
        for role in report.disagreement.roles:
            yield fact("verdict by role", role.name)
            yield fact("verdict by role", role.verdict_words)
        for line in report.disagreement.lines:
            yield fact("disagreement", line.finding)
    if report.argument:
        yield fact("when to ask again", report.argument.ask_again)
        for sentence in report.argument.revisit_when:
            yield fact("when to ask again", sentence)
        yield fact("robustness", report.argument.robustness)
        for group in report.argument.flips:
            yield fact("flip", group.title)
            for flip in group.lines:
                yield fact("flip", flip.changes)
                yield fact("flip", flip.outcome)
        for playbook in report.argument.playbooks:
            if playbook.verdict:
                yield fact("playbook", playbook.because)
    yield fact("what is not known", report.open_finding)
    if report.ask_next:
        yield fact("what to settle first", report.ask_next.wording)
    for section in report.sections:
        for line in section.lines:
            yield fact("answer", line.wording, line.value if line.state == "known" else "")
            yield fact("note", line.note)
            yield fact("evidence", line.link)
            yield fact("who knows", line.who_knows)
            for own in line.individual:
                yield fact("answer of one of several", own.who, own.words)
                yield fact("note", own.note)
                yield fact("evidence of one of several", own.link)
    yield fact("hash of the answers", report.answers_hash)
    yield fact("edition", report.edition, report.questionnaire, "version", str(report.questionnaire_version))
    yield fact("model", "version", str(report.model_version))


#: What a record of the decision leaves to the other forms: see docs/reports.md.
NOT_IN_THE_RECORD: Final = frozenset(
    ("answer", "note", "who knows", "answer of one of several", "evidence of one of several")
)
TEXT_FORMS: Final[dict[str, tuple[Callable[[ReportData], str], frozenset[str]]]] = {
    "paper": (lambda report: "".join(pages_text(kept_pdf(render_report_html(report)))), frozenset()),
    "page": (lambda report: words_of_html(page_html(report)), frozenset()),
    "docx": (lambda report: words_of_docx(docx_bytes(report)), frozenset()),
    "record": (words_of_record, NOT_IN_THE_RECORD),
}


@cache
def said_in(form: str, state: str) -> str:
    return letters(TEXT_FORMS[form][0](report_in(state)))


@pytest.mark.parametrize(
    ("form", "state"),
    slow_except(
        [(form, state) for form in TEXT_FORMS for state in STATES],
        *[(form, state) for form in TEXT_FORMS for state in STATES if form != "paper"],
        ("paper", "signed with conditions"),
    ),
)
def test_every_form_made_of_text_states_every_fact(form: str, state: str) -> None:
    left_to_others = TEXT_FORMS[form][1]
    said = said_in(form, state)
    missing = [
        fact for fact in facts_of(report_in(state)) if fact.name not in left_to_others and fact.letters not in said
    ]
    assert not missing


def test_sample_reports_contain_every_kind_of_fact() -> None:
    """Or the tests above would say nothing of it."""
    kinds = {fact.name for state in STATES for fact in facts_of(report_in(state)) if fact.letters}
    assert {"pain", "ability", "gate", "condition", "dissent", "verdict by role", "when to ask again", "step"} <= kinds
    assert {"reason for overruling", "evidence", "who knows", "what to settle first", "condition met"} <= kinds
    assert {report_in(state).is_enough for state in STATES} == {True, False}
    assert {report_in(state).is_firm for state in STATES} == {True, False}
    stands = report_in("overruled")
    assert current_verdict_words(stands) != stands.verdict_words


# --- data


def carried(report: ReportData) -> dict[str, Any]:
    assert report.attachment is not None
    document: dict[str, Any] = json.loads(report.attachment.text)
    return document


@pytest.mark.parametrize("state", STATES)
def test_json_states_the_same_facts_by_slug(state: str) -> None:
    report = report_in(state)
    document = carried(report)
    told, result = document["report"], document["report"]["result"]
    assert (document["system"], told["team"], told["workspace"]) == (report.system, report.team, report.workspace)
    assert (told["version"], told["model_version"]) == (report.version, report.model_version)
    assert (document["questionnaire"], document["version"]) == (report.questionnaire, report.questionnaire_version)
    assert told["answers_hash"] == report.answers_hash
    assert told["submitted_at"] == (report.submitted_at.isoformat() if report.submitted_at else None)
    # While nothing is decided the contract's field has what is cheapest to undo, and no rendering shows it as verdict.
    assert (result["state"] == "undecided") is (report.verdict == "")
    assert (result["verdict"], result["form"], result["rule"], result["firm"]) == (
        report.verdict or "stay", report.form, report.rule, report.is_firm,
    )  # fmt: skip
    assert (result["rule_sentence"], result["ask_next"]) == (
        report.rule_sentence,
        report.ask_next.key if report.ask_next else None,
    )
    points = {**result["pain"], **result["readiness"], "separability": result["separability"]}
    assert points == {axis.axis: axis.points for axis in report.axes}
    assert result["ranges"] == {axis.axis: [axis.points, axis.high] for axis in report.axes}
    assert [(gate["gate"], gate["state"]) for gate in result["gates"]] == [
        (gate.gate, gate.state) for gate in report.gates
    ]
    counts = (report.checklist.yes, report.checklist.no, report.checklist.unknown, report.checklist.of)
    assert tuple(result["checklist"][name] for name in ("yes", "no", "unknown", "of")) == counts
    sentences = {reason["sentence"] for reason in result["reasons"]}
    assert {reason.sentence for reason in (*report.reasons_for, *report.reasons_against)} <= sentences
    steps = {step["title"] for step in told["next_steps"]}
    assert {step.title for step in report.roadmap.steps} == steps
    assert (told["next_steps"] == result["next_steps"]) == (state != "overruled")
    signed = report.review.signature if report.review else None
    if signed is None:
        assert told["signature"] is None
    else:
        assert (told["signature"]["decision"], told["signature"]["content_hash"]) == (signed.decision, signed.hash)
        assert told["signature"]["overruled_to"] == (signed.overruled_to or None)
    for section in report.sections:
        for line in section.lines:
            value = document["answers"].get(line.key, {}).get("value")
            assert (
                tuple(value) if isinstance(value, list) else value
            ) == line.raw_value or line.state == "not_asked", line
            if line.state == "known":
                assert document["answers"][line.key].get("basis", "") == line.basis_slug
                assert document["answers"][line.key].get("link", "") == line.link


def rows_of(made: bytes) -> dict[str, dict[str, str]]:
    text = made.decode("utf-8-sig")
    assert made.startswith(b"\xef\xbb\xbf")
    return {row["key"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


@pytest.mark.parametrize("state", STATES)
def test_csv_states_every_answer(state: str) -> None:
    report = report_in(state)
    rows = rows_of(render_answers_table(report, COMMA))
    lines = {line.key: (section, line) for section in report.sections for line in section.lines}
    assert list(rows) == list(lines)
    for key, (section, line) in lines.items():
        row = rows[key]
        assert (row["section"], row["wording"], row["state"]) == (section.slug, line.wording, line.state)
        value = line.raw_value
        assert row["value"] == ("" if value is None else " ".join(value) if isinstance(value, tuple) else str(value))
        assert row["value_in_words"] == (line.value or line.state_words)
        assert (row["basis"], row["note"], row["link"]) == (line.basis_slug, line.all_notes, line.link)
        assert (row["who_knows"], row["by"]) == (line.who_knows, line.by)
        assert row["at"] == (line.at.isoformat() if line.at else "")


# --- all of it is read from the object


def changed(report: ReportData) -> ReportData:
    """The report with every fact another; each is a word that stands nowhere else."""
    numbers = iter(range(1_000, 9_999))

    def word(_about: str) -> str:
        return f"Zq{next(numbers)}x"

    def scored(axis: Axis) -> Axis:
        parts = tuple(replace(part, value=word("value")) for part in axis.parts)
        return replace(axis, name=word("axis"), points=next(numbers), parts=parts)

    review, argument, planned_changes, since = report.review, report.argument, report.planned_changes, report.since
    assert review
    assert review.signature
    assert argument
    assert planned_changes
    assert since
    other = replace(
        report,
        title=word("title"),
        system=word("system"),
        version=next(numbers),
        state_words=word("state"),
        verdict_words=word("verdict"),
        form_words=word("form"),
        headline=word("headline"),
        rule_sentence=word("rule"),
        rule=word("rule"),
        firm_words=word("firm"),
        firm_why=word("why"),
        basis_words=word("basis"),
        axis_groups=tuple(
            replace(group, axes=tuple(scored(axis) for axis in group.axes)) for group in report.axis_groups
        ),
        gates=tuple(replace(gate, state_words=word("state"), sentence=word("gate")) for gate in report.gates),
        checklist=replace(
            report.checklist,
            finding=word("checklist"),
            lines=tuple(replace(line, state_words=word("state")) for line in report.checklist.lines),
        ),
        reasons_for=tuple(replace(reason, sentence=word("reason")) for reason in report.reasons_for),
        reasons_against=tuple(replace(reason, sentence=word("reason")) for reason in report.reasons_against),
        further_reasons=word("further"),
        key_reasons=tuple(
            replace(reason, figure=word("figure"), sentence=word("reason")) for reason in report.key_reasons
        ),
        motives=tuple(replace(motive, sentence=word("motive")) for motive in report.motives),
        roadmap=replace(
            report.roadmap,
            steps=tuple(replace(step, title=word("step"), done=word("done")) for step in report.roadmap.steps),
        ),
        pains=replace(
            report.pains,
            groups=tuple(
                replace(
                    group,
                    title=word("pain"),
                    rows=tuple(replace(row, label=word("pain"), answer=word("answer")) for row in group.rows),
                )
                for group in report.pains.groups
            ),
        ),
        scales=replace(report.scales, rows=tuple(replace(row, name=word("scale")) for row in report.scales.rows)),
        path=replace(report.path, title=word("verdict"), form=word("form"), rule_sentence=word("rule")),
        sections=tuple(
            replace(
                section,
                lines=tuple(
                    replace(
                        line,
                        value=word("value") if line.state == "known" else line.value,
                        raw_value=word("given") if line.state == "known" else None,
                        note=word("note"),
                        link=f"https://{word('link')}.example/",
                        who_knows=word("who"),
                        by=word("by") if line.by else "",
                    )
                    for line in section.lines
                ),
            )
            for section in report.sections
        ),
        open_finding=word("open"),
        cost_words=word("cost"),
        planned_changes=replace(
            planned_changes,
            finding=word("planned changes"),
            why=word("why"),
            lines=tuple(replace(each, sentence=word("planned")) for each in planned_changes.lines),
        ),
        since=replace(since, finding=word("since"), moved=tuple(word("moved") for _each in since.moved)),
        answers_hash=word("hash"),
        edition=word("edition"),
        questionnaire_version=next(numbers),
        model_version=next(numbers),
        argument=replace(
            argument,
            ask_again=word("again"),
            robustness=word("robust"),
            small_changes=replace(argument.small_changes, finding=word("robust")),
            revisit_when=tuple(word("when") for _each in argument.revisit_when),
            flips=tuple(
                replace(
                    group,
                    title=word("kind"),
                    lines=tuple(replace(each, changes=word("flip"), outcome=word("outcome")) for each in group.lines),
                )
                for group in argument.flips
            ),
        ),
        review=replace(
            review,
            signature=replace(review.signature, by=word("by"), hash=word("hash"), remark=word("remark")),
            conditions=tuple(
                replace(each, text=word("text"), owner=word("owner"), due_on=date(2031, 7, 9))
                for each in review.conditions
            ),
            comments=tuple(replace(each, text=word("said")) for each in review.comments),
        ),
    )
    return fit_page_one(other)


@pytest.mark.parametrize("form", TEXT_FORMS)
def test_changed_fact_changes_in_every_text_form(form: str) -> None:
    """Each is read from the object, and no form knows one from elsewhere."""
    before = report_in("signed with conditions")
    after = changed(before)
    write, left_to_others = TEXT_FORMS[form]
    said = letters(write(after))
    was = [fact.letters for fact in facts_of(before) if fact.name not in left_to_others]
    for number, fact in enumerate(fact for fact in facts_of(after) if fact.name not in left_to_others):
        assert fact.letters in said, fact
        if fact.letters != was[number] and len(was[number]) > 24:
            assert was[number] not in said, f"{fact.name}: still said as it was"


def test_json_and_csv_change_with_the_report() -> None:
    before = report_in("signed with conditions")
    after = changed(before)
    rows, were = rows_of(render_answers_table(after, COMMA)), rows_of(render_answers_table(before, COMMA))
    for key, row in rows.items():
        assert row["note"] != were[key]["note"]
        assert (row["value"] == were[key]["value"]) == (row["state"] != "known")
    # The data is made of the same answers and result as the report, and is carried as it is.
    assert carried(after) == carried(before)


def test_record_has_the_headings_and_front_matter_of_madr() -> None:
    lines = render_madr(report_in("signed with conditions")).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# Payments platform: Extract services",
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "## Decision Outcome",
        "### Consequences",
        "### Confirmation",
        "## Pros and Cons of the Options",
        "### Stay monolithic",
        "### Modular monolith",
        "### Extract services",
        "## Dissent",
        "## Revisit Triggers",
        "## More Information",
    ]
    assert lines[:7] == [
        "---",
        'status: "accepted"',
        "date: 2026-11-23",
        'decision-makers: ["Rita Vermeer"]',
        'consulted: ["Ana Lindqvist"]',
        "informed: []",
        "---",
    ]


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", "proposed"), ("answered apart", "proposed"), ("overruled", "accepted"), ("empty", "proposed")],
)
def test_a_record_is_proposed_until_somebody_signed(state: str, status: str) -> None:
    assert render_madr(report_in(state)).splitlines()[1] == f'status: "{status}"'


def test_record_of_an_overruled_version_chooses_the_architects_verdict() -> None:
    said = render_madr(report_in("overruled"))
    assert "# Payments platform: Stay monolithic\n" in said
    assert 'Chosen option: "Stay monolithic", because Rita Vermeer overruled the model, whose verdict is' in said
    assert "The model says “Extract services”; Rita Vermeer decided “Stay monolithic”." in said
