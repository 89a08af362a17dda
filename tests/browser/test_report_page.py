"""Getting the PDF in a real browser: by button and waiting, without JavaScript, and for everyone to read."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assess.assessments.models import Assessment
from assess.assessments.verdict_summary import refresh_summary
from assess.people.models import Team, User
from assess.reports import queue, service
from assess.reports.models import ReportState
from tests.browser.conftest import Faults, OpenPage
from tests.factories import AssessmentFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_loses_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that waits while axe reads it would start a process, which knows nothing of the test's database."""
    monkeypatch.setattr(queue, "PATIENCE", timedelta(hours=1))


@pytest.fixture
def assessment(team: Team, alice: User) -> Assessment:
    answers = {"deploy_waiting": "always", "teams": 4, "boundaries": "named", "deploy_minutes": 50}
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Payments platform", answers=answers)
    return made


@pytest.fixture
def address(assessment: Assessment) -> str:
    return reverse("report", args=[assessment.pk])


def test_page_reloads_until_the_pdf_is_ready(open_page: OpenPage, alice: User, address: str, tmp_path: Path) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        page.get_by_role("button", name="Make the PDF").click()
        page.get_by_role("heading", name="The PDF is being made").wait_for()
        assert queue.render_queued_reports() == 1
        page.get_by_role("heading", name="The PDF is ready").wait_for()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the PDF").click()
        name = download.value.suggested_filename
        assert name.startswith("payments-platform_assessment_v1_")
        assert name.endswith(".pdf")
        download.value.save_as(tmp_path / "got.pdf")
    assert (tmp_path / "got.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_page_reloads_without_javascript(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice, javascript=False) as page:
        page.goto(address)
        page.get_by_role("button", name="Make the PDF").click()
        page.get_by_role("heading", name="The PDF is being made").wait_for()
        queue.render_queued_reports()
        page.get_by_role("link", name="Download the PDF").wait_for()


def test_report_can_be_requested_by_keyboard(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == "Make the PDF":
                break
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="The PDF is being made").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["none", "waiting", "ready", "failed", "stale"])
def test_every_state_of_the_page_has_no_axe_violation_and_fits_the_width(
    stage: str, open_page: OpenPage, alice: User, assessment: Assessment, address: str, monkeypatch: Any, faults: Faults
) -> None:
    if stage != "none":
        report = service.request_report(assessment, by=alice)
        if stage == "failed":
            type(report).objects.update(state=ReportState.FAILED, problem="The report took longer than 60 seconds.")
        elif stage != "waiting":
            type(report).objects.update(state=ReportState.READY, pdf=b"%PDF-1.7")
        if stage == "stale":
            assessment.answers.filter(key="teams").update(value=9)
    with open_page(user=alice) as page:
        page.goto(address)
        assert page.locator("[data-stage]").get_attribute("data-stage") == stage
        assert faults(page) == {}


def test_reader_can_be_chosen_and_ready_reports_are_listed(
    open_page: OpenPage, alice: User, assessment: Assessment, address: str, faults: Faults
) -> None:
    for spec in ("", "for=architect"):
        service.request_report(assessment, spec, by=alice)
    queue.render_queued_reports()
    with open_page(user=alice) as page:
        page.goto(address)
        page.get_by_text("Make it for another reader").click()
        page.get_by_text("For leadership").click()
        page.get_by_text("Choose the chapters yourself").click()
        assert faults(page) == {}
        page.get_by_role("button", name="Make the PDF").click()
        page.get_by_role("heading", name="The PDF is being made").wait_for()
        assert page.url.endswith("?for=leadership")
        queue.render_queued_reports()
        page.get_by_role("heading", name="The PDF is ready").wait_for()
        expect(page.get_by_role("link", name="Everything")).to_be_visible()
        expect(page.get_by_text("Left out of this report for leadership")).to_be_visible()
        assert faults(page) == {}


@pytest.mark.slow
@pytest.mark.parametrize("javascript", [True, False])
def test_portfolio_report_can_be_requested_and_downloaded(
    javascript: bool, open_page: OpenPage, rita: User, team: Team, assessment: Assessment, faults: Faults
) -> None:
    refresh_summary(assessment.system)
    with open_page(user=rita, javascript=javascript) as page:
        page.goto(reverse("portfolio"))
        page.get_by_role("button", name="As PDF").click()
        page.get_by_role("heading", name="The PDF is being made").wait_for()
        if javascript:  # axe is a script
            assert faults(page) == {}
        queue.render_queued_reports()
        page.get_by_role("link", name="Download the PDF").wait_for()
        if javascript:
            assert faults(page) == {}
