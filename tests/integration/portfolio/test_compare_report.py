"""A comparison as a PDF: asked for from the page, shown to one person for as long as they may see all of it."""

import json
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments import actions
from assess.assessments.models import Assessment, Edition, Respondent, State
from assess.people.models import Membership, Team, User, Workspace
from assess.portfolio.reports import comparison as comparison_report
from assess.reports import queue
from assess.reports.loaders.comparison import load_comparison
from assess.reports.models import Report, ReportKind, ReportState
from tests.factories import AssessmentFactory
from tests.integration.portfolio.test_compare import FIRST, SECOND, version
from tests.integration.portfolio.test_portfolio_report import words_of
from tests.unit.reports.report_factory import packed, pages_text
from tests.unit.reports.test_golden import problems_of

pytestmark = pytest.mark.django_db

ASK = "/compare/report/"


@pytest.fixture
def both(team: Team, alice: User, edition: Edition) -> tuple[Assessment, Assessment]:
    first = version(None, 1, FIRST, by=alice, team=team)
    return first, version(first.system, 2, SECOND, by=alice, team=team)


def ask(client: Client, *assessments: Assessment) -> Any:
    return client.post(ASK, {"a": [one.pk for one in assessments]})


@pytest.fixture
def made(both: tuple[Assessment, Assessment], alice_client: Client) -> Report:
    ask(alice_client, *both)
    queue.render_queued_reports()
    return Report.objects.get()


def statuses(client: Client, report: Report) -> list[int]:
    return [
        client.get(reverse(name, args=[report.pk])).status_code for name in ("personal-report", "personal-report-pdf")
    ]


def test_comparison_report_is_requested_from_the_page_and_downloaded_from_its_own(
    alice_client: Client, alice: User, both: tuple[Assessment, Assessment]
) -> None:
    html = alice_client.get(reverse("compare"), {"a": [one.pk for one in both]}).content.decode()
    assert f'action="{ASK}"' in html
    for one in both:
        assert f'<input type="hidden" name="a" value="{one.pk}">' in html
    # In the order of their versions, however they are named.
    response = ask(alice_client, both[1], both[0])
    report = Report.objects.get()
    assert response.headers["Location"] == reverse("personal-report", args=[report.pk])
    assert (report.kind, report.spec) == (ReportKind.COMPARISON, f"a={both[0].pk}&a={both[1].pk}")
    assert ask(alice_client, *both).headers["Location"] == response.headers["Location"]
    queue.render_queued_reports()
    page = alice_client.get(response.headers["Location"]).content.decode()
    assert "Shop: versions compared" in page
    assert "Compared: version 1 and version 2." in page
    got = alice_client.get(reverse("personal-report-pdf", args=[report.pk]))
    assert got.content.startswith(b"%PDF")
    assert 'filename="shop_v1-v2_' in got.headers["Content-Disposition"]


def test_comparison_report_has_verdicts_movers_and_only_changed_answers(both: tuple[Assessment, Assessment]) -> None:
    found = load_comparison(both)
    document = comparison_report.build_document(found, today=both[0].created_at.date(), language="en-GB")
    first = words_of(document, "summary")
    before, after = (column.result.verdict for column in found.columns)
    assert before != after
    for step in found.steps:
        for sentence in step.sentences:
            assert sentence in first
    for axis in found.axes:
        assert axis.name in words_of(document, "axes")
        for mark in axis.marks:
            assert mark.value in words_of(document, "axes")
    answers = words_of(document, "answers")
    assert "2 answers differ" in answers
    wordings = [line.question.wording for line in found.lines]
    assert len(wordings) == 2
    assert all(wording in answers for wording in wordings)
    same = found.columns[0].side.questionnaire.by_key["teams"].wording
    assert same not in answers


def test_comparison_pdf_is_tagged_and_carries_its_data(made: Report, both: tuple[Assessment, Assessment]) -> None:
    content = bytes(made.pdf or b"")
    assert problems_of(content) == []
    with pikepdf.open(BytesIO(content)) as opened:
        (name,) = opened.attachments
        data = json.loads(opened.attachments[name].get_file().read_bytes())
    assert [each["version"] for each in data["versions"]] == [1, 2]
    assert [each["verdict"] for each in data["versions"]] == [one.verdict for one in both]
    assert {each["question"] for each in data["differing"]} == {"tracing", "hiring"}
    assert data["moved"][0]["movers"] == [["tracing"]]
    said = "".join(pages_text(content))
    assert "Shop" in said


@pytest.mark.parametrize("chosen", [0, 1, 5])
def test_comparison_report_of_fewer_than_two_or_more_than_four_is_404(
    chosen: int, alice_client: Client, alice: User, team: Team, edition: Edition
) -> None:
    assessments = [AssessmentFactory(team=team, by=alice, answers={"teams": 3}) for _ in range(chosen)]
    assert ask(alice_client, *assessments).status_code == 404
    assert not Report.objects.exists()


def test_comparison_report_of_an_unreadable_assessment_is_404(
    charlie_client: Client, both: tuple[Assessment, Assessment]
) -> None:
    assert ask(charlie_client, *both).status_code == 404
    assert not Report.objects.exists()


def test_comparison_report_is_404_for_anybody_but_the_requester(
    made: Report, alice_client: Client, bob_client: Client, rita_client: Client, charlie_client: Client
) -> None:
    assert statuses(alice_client, made) == [200, 200]
    for client in (bob_client, rita_client, charlie_client):
        assert statuses(client, made) == [404, 404]


def test_comparison_report_is_404_once_the_requester_may_not_read_one_of_them(
    made: Report, alice: User, alice_client: Client, both: tuple[Assessment, Assessment]
) -> None:
    Membership.objects.filter(user=alice).delete()
    assert statuses(alice_client, made) == [404, 404]


def test_comparison_report_is_404_once_a_version_is_deleted(
    made: Report, alice: User, alice_client: Client, team: Team, both: tuple[Assessment, Assessment]
) -> None:
    draft = AssessmentFactory(team=team, by=alice, answers={"teams": 3})
    ask(alice_client, both[0], draft)
    report = Report.objects.exclude(pk=made.pk).get()
    actions.delete_assessment(draft, by=alice)
    queue.render_queued_reports()
    report.refresh_from_db()
    assert report.state == ReportState.FAILED
    assert "no longer there" in report.problem
    assert statuses(alice_client, report) == [404, 404]


def test_respondent_must_answer_before_seeing_an_earlier_comparison_report(
    alice: User, alice_client: Client, team: Team, both: tuple[Assessment, Assessment]
) -> None:
    draft = AssessmentFactory(team=team, by=alice, system=both[0].system, version=3, answers_separately=True)
    ask(alice_client, both[1], draft)
    queue.render_queued_reports()
    report = Report.objects.get()
    assert statuses(alice_client, report) == [200, 200]
    Respondent.objects.create(assessment=draft, user=alice, asked_by=alice)
    assert statuses(alice_client, report) == [403, 403]
    assert ask(alice_client, both[0], draft).status_code == 403


def test_report_escapes_what_people_typed(alice: User, team: Team, workspace: Workspace, edition: Edition) -> None:
    name = "</h1><script>alert(1)</script><img src=http://attacker.example/x>"
    first = version(None, 1, FIRST, by=alice, team=team, name=name)
    second = version(first.system, 2, SECOND, by=alice, team=team)
    for one in (first, second):
        one.answers.filter(key="tracing").update(note="<b>bold</b>\u202e{{ 1 }}")
    report = Report(kind=ReportKind.COMPARISON, spec=comparison_report.build_spec([first, second]), requested_by=alice)
    html = comparison_report.build_job(report).html
    for markup in ("<script", "<img", "<b>bold", "\u202e"):
        assert markup not in html
    assert "&lt;b&gt;bold" in html


def test_comparison_report_of_four_versions_in_different_states_fits_its_pages(
    alice: User, team: Team, other_team: Team, edition: Edition
) -> None:
    several = [
        version(None, 1, FIRST, by=alice, team=team, name="Shop"),
        version(None, 1, SECOND, by=alice, team=team, name="Till"),
        AssessmentFactory(team=team, by=alice, system__name="Ledger", answers={"teams": 3}),
        version(None, 1, FIRST, by=alice, team=team, name="x" * 120),
    ]
    Assessment.objects.filter(pk=several[1].pk).update(state=State.ACCEPTED, overruled_to="extract")
    report = Report(kind=ReportKind.COMPARISON, spec=comparison_report.build_spec(several), requested_by=alice)
    made = queue.render_job(comparison_report.build_job(report))
    assert problems_of(made) == []
    said = packed("".join(pages_text(made)))
    assert packed("No verdict yet: Ledger, version 1") in said
    assert packed("Overruled to “Extract services”") in said
