"""Sharing in a real browser: made by a lead, opened with a passcode and without a script, read by axe everywhere."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assess.assessments.actions import submit_assessment
from assess.assessments.models import Assessment
from assess.people.models import Notice, Team, User
from assess.reports.queue import render_queued_reports
from assess.sharing.actions import make_link
from assess.sharing.models import Scope, ShareLink
from tests.browser.conftest import Faults, OpenPage
from tests.factories import AssessmentFactory
from tests.suites import slow_except

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSCODE = "harbour light"


@pytest.fixture
def submitted(team: Team, alice: User) -> Assessment:
    answers = {"teams": 5, "developers": 35, "deploy_minutes": 45, "tracing": "none", "boundaries": "named"}
    made = AssessmentFactory(team=team, by=alice, system__name="Payments-and-settlement-platform", answers=answers)
    return submit_assessment(made, by=alice)


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("javascript", slow_except([True, False], False))
def test_a_lead_shares_and_leadership_opens_it_by_passcode(
    open_page: OpenPage, submitted: Assessment, alice: User, javascript: bool
) -> None:
    with open_page(user=alice, javascript=javascript) as page:
        page.goto(f"/assessments/{submitted.pk}/result/")
        page.get_by_role("link", name="Share by link").click()
        page.get_by_label("For whom").fill("Board, December")
        page.get_by_label("What it shows").select_option(label="The result, the PDF and every answer")
        page.get_by_label("Passcode (optional)").fill(PASSCODE)
        page.get_by_role("button", name="Make the link").click()
        address = page.locator("code.copy").inner_text()
    with open_page(javascript=javascript, width=375) as page:
        page.goto(address)
        page.get_by_label("Passcode").fill("something else")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("heading", name="That is not the passcode")).to_be_visible()
        page.get_by_label("Passcode").fill(PASSCODE)
        page.get_by_role("button", name="Open").click()
        link = ShareLink.objects.get()
        page.wait_for_url(f"**/shared/{link.pk}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Payments-and-settlement-platform:")
        page.get_by_role("link", name="All answers").click()
        expect(page.get_by_role("heading", name="all answers")).to_be_visible()
        page.goto(f"/shared/{link.pk}/report.pdf")
        expect(page.get_by_role("heading", name="Making the PDF")).to_be_visible()
        if javascript:  # without, the browser takes the file as it comes
            render_queued_reports()
            page.get_by_role("link", name="Download the PDF").wait_for()
    with open_page(user=alice, javascript=javascript) as page:
        page.goto(f"/assessments/{submitted.pk}/links/")
        assert "Opened 1 time" in page.locator("main").inner_text()
        page.get_by_role("button", name="Revoke the link for Board, December").click()
        expect(page.get_by_text("The link for Board, December no longer works.")).to_be_visible()


@pytest.mark.slow
def test_axe_finds_nothing_on_shared_pages_and_on_what_waits(
    open_page: OpenPage, submitted: Assessment, alice: User, rita: User, faults: Faults
) -> None:
    _, token = make_link(submitted, by=alice, name="Board", scope=Scope.ANSWERS, days=7)
    locked, secret = make_link(submitted, by=alice, name="Auditor", scope=Scope.REPORT, days=7, passcode=PASSCODE)
    link = ShareLink.objects.get(name="Board")
    Notice.objects.create(user=rita, text="Alice challenges the decision.", url="/waiting/")
    looks: list[tuple[User | None, list[str]]] = [
        (None, [f"/s/{secret}/", f"/s/{token}/", f"/shared/{link.pk}/answers/", f"/shared/{link.pk}/report.pdf"]),
        (None, [f"/shared/{locked.pk}/"]),
        (alice, [f"/assessments/{submitted.pk}/links/", "/waiting/"]),
        (rita, ["/waiting/", "/assessments/"]),
    ]
    found: dict[str, Any] = {}
    for user, addresses in looks:
        with open_page(user=user) as page:
            for address in addresses:
                page.goto(address)
                for look, issues in faults(page).items():
                    # Source badges wrap close together on the smallest screen, here as on every result.
                    others = [text for text in issues if not ("target-size" in text and ".source" in text)]
                    if others:
                        found[f"{address} {look}"] = others
    assert found == {}


def test_the_menu_holds_everything_at_320_pixels(open_page: OpenPage, rita: User) -> None:
    for number in range(12):
        Notice.objects.create(user=rita, text=f"Notice {number}", url="/waiting/")
    with open_page(width=320, user=rita) as page:
        page.goto("/waiting/")
        for name in ("Assessments", "Portfolio", "Waiting"):
            expect(page.locator(".site-nav").get_by_role("link", name=name).first).to_be_visible()
        page.locator(".menu summary").click()
        expect(page.get_by_role("link", name="Your account")).to_be_visible()
        assert fits(page)
