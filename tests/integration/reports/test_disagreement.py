"""The report of a version that people answered apart: whose answers count, where they disagree, and whom it names."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from assess.assessments import actions, agreements
from assess.assessments.changes import Change
from assess.assessments.models import Assessment, Respondent
from assess.assessments.saving import Saved, save_answer
from assess.people.models import User
from assess.reports import download_views, pdf
from assess.reports.content.attachment import read_attachment
from assess.reports.content.data import ReportData
from assess.reports.loaders.report import load_report, with_report_relations
from assess.reports.renderings.html import render_report_html
from assess.reports.report_verification import verify_report
from tests.conftest import client_of
from tests.factories import AssessmentFactory
from tests.unit.reports.report_factory import demo_answers, packed, pages_text

pytestmark = pytest.mark.django_db

DEMO = demo_answers("ecommerce-35-developers")


def change(key: str, value: Any, **fields: Any) -> Change:
    value = list(value) if isinstance(value, tuple) else value
    return Change(key=key, answered=True, value=value, base_version=0, mutation_id=uuid.uuid4(), **fields)


def ask(assessment: Assessment, user: User, perspective: str, notes: str = "", **other: Any) -> Respondent:
    """Somebody who answers as the shop of the sources did, but for `other`."""
    respondent = Respondent.objects.create(
        assessment=assessment, user=user, perspective=perspective, asked_by=assessment.created_by
    )
    values = {key: answer.value for key, answer in DEMO.items() if answer.is_known} | other
    for key, value in values.items():
        note = notes if key in other else ""
        outcome = save_answer(assessment.pk, change(key, value, note=note), by=user, respondent_id=respondent.pk)
        assert isinstance(outcome, Saved)
    return respondent


@pytest.fixture
def apart(team: Any, alice: User, bob: User, ravi: User) -> Assessment:
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Payments platform", answers_separately=True)
    ask(made, bob, "developer")
    ask(made, ravi, "manager", notes="Hardly ever in my memory", deploy_waiting="never", hot_share=5)
    return made


def report_of(assessment: Assessment) -> ReportData:
    found = with_report_relations(Assessment.objects.all()).get(pk=assessment.pk)
    return load_report(found)


def test_report_judges_the_combined_answers(apart: Assessment) -> None:
    report = report_of(apart)
    line = next(line for section in report.sections for line in section.lines if line.key == "teams")
    assert (line.state, line.by) == ("known", "2 respondents")
    assert report.answers_hash == actions.submit_assessment(apart, by=apart.created_by).answers_hash


def test_report_shows_disagreements_and_each_roles_verdict(apart: Assessment) -> None:
    report = report_of(apart)
    block = report.disagreement
    assert block is not None
    assert block.finding == "Two questions are open because people disagree."
    waiting = next(line for line in block.lines if line.key == "deploy_waiting")
    assert (waiting.respondents, waiting.is_open, waiting.state_words) == (2, True, "open")
    assert [value.rpartition(": ")[2] for value in waiting.values] == ["1 manager", "1 developer"]
    assert [(role.name, role.respondents) for role in block.roles] == [
        ("Developers alone", 1),
        ("Managers alone", 1),
        ("Everyone", 2),
    ]
    html = render_report_html(report)
    assert "Where people disagree" in html
    answer = next(line for section in report.sections for line in section.lines if line.key == "deploy_waiting")
    assert answer.state_words.endswith("steps apart – open"), "not merely “not sure yet”"
    ravi = next(own for own in answer.individual if own.who == "Ravi")
    assert ravi.note == "Hardly ever in my memory"


def test_agreed_answer_names_who_agreed_and_their_note(apart: Assessment, alice: User) -> None:
    agreements.agree(apart, change("deploy_waiting", "often"), note="We looked at the calendar", by=alice)
    report = report_of(apart)
    answer = next(line for section in report.sections for line in section.lines if line.key == "deploy_waiting")
    assert (answer.state, answer.by) == ("known", "agreed by Alice")
    assert report.disagreement is not None
    line = next(line for line in report.disagreement.lines if line.key == "deploy_waiting")
    assert (line.state_words, line.agreement_note) == ("agreed by Alice", "We looked at the calendar")


@pytest.mark.whole_pdf
def test_hidden_names_are_nowhere_in_the_pdf(apart: Assessment, alice: User) -> None:
    agreements.agree(apart, change("deploy_waiting", "often"), note="We looked at the calendar", by=alice)
    Assessment.objects.filter(pk=apart.pk).update(names_shown=False)
    report = report_of(apart)
    text = packed("".join(pages_text(pdf.render_pdf(render_report_html(report), report.attachment))))
    for name in ("Bob", "Ravi"):
        assert name not in text
        assert name not in str(report)
    for told in ("Where people disagree", "We looked at the calendar"):
        assert packed(told) in text
    for of_one_person in ("Manager:", "Hardly ever in my memory", "Developers alone"):
        assert packed(of_one_person) not in text


def test_report_of_a_team_answering_together_has_no_disagreement(assessment: Assessment) -> None:
    report = report_of(assessment)
    assert report.disagreement is None
    assert "Where people disagree" not in render_report_html(report)


def test_a_submitted_version_keeps_its_disagreement(apart: Assessment, alice: User) -> None:
    actions.submit_assessment(apart, by=alice)
    block = report_of(apart).disagreement
    assert block is not None
    assert [line.key for line in block.lines if line.is_open] == ["deploy_waiting", "hot_share"]


def test_attachment_with_open_disagreements_leads_to_the_same_verdict(apart: Assessment, alice: User) -> None:
    actions.submit_assessment(apart, by=alice)
    attached = report_of(apart).attachment
    assert attached is not None
    carried = read_attachment(attached.text.encode("utf-8"), file="")
    assert set(carried.document["answers"]["deploy_waiting"]["between"]) == {"never", DEMO["deploy_waiting"].value}
    kept = Assessment.objects.get(pk=apart.pk)
    assert carried.result == kept.result
    found = verify_report(carried, file="")
    assert (found.differences, found.verdict, found.here) == ((), kept.verdict, f"assessment {kept.pk}")


@pytest.mark.parametrize("form", ["report-read", "report-docx"])
def test_too_many_notes_are_refused_for_page_and_word_document(
    apart: Assessment, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_views, "MAX_NOTE_CHARACTERS", 30)  # Ravi wrote more, in two notes
    client, address = client_of(apart.created_by), reverse(form, args=[apart.pk])
    for query in ("", "?for=full", "?chapter=answers&chapter=steps"):
        response = client.get(address + query)
        assert response.status_code == 400
        assert "There are too many notes for this form" in response.content.decode()
    assert client.get(f"{address}?for=leadership").status_code == 200
