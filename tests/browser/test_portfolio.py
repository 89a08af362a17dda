"""The portfolio in a real browser: axe minds nothing, nothing is cut off, and it works without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assess.assessments.models import State
from assess.people.models import Team, User
from assess.review.models import Condition, SignOff
from tests.browser.conftest import OpenPage
from tests.integration.portfolio.test_portfolio import submit_system

LONG = "Internationalisierungsverwaltungsdienst" * 3


@pytest.fixture
def example_systems(team: Team, other_team: Team, alice: User, rita: User) -> None:
    gates = {"tracing": "failed", "platform": "open", "boundaries": "failed"}
    submit_system(team, alice, "Checkout", verdict="extract", form="organisation", need=90, readiness=40, gates=gates)
    submit_system(other_team, alice, LONG, verdict="modular", form="cure", need=55, readiness=70, days=500)
    for number in range(30):
        submit_system(team, alice, f"System {number}", need=number, readiness=number * 3)
    one = submit_system(team, alice, "Ledger", state=State.ACCEPTED_WITH_CONDITIONS)
    signed = SignOff.objects.create(
        assessment=one, decision="accepted_with_conditions", model_verdict="stay", content={}, content_hash="x",
        signed_by=rita,
    )  # fmt: skip
    due_on = timezone.localdate() - timedelta(days=4)
    Condition.objects.create(assessment=one, sign_off=signed, text="Trace every part", owner="Ops", due_on=due_on)


ADDRESSES = (
    "/portfolio/", "/portfolio/?sort=name&q=internat", "/portfolio/?form=motives", "/portfolio/?verdict=stay&sort=need",
    "/portfolio/conditions/",
)  # fmt: skip


@pytest.mark.slow
def test_portfolio_pages_have_no_axe_violations(
    axe_everywhere: Callable[..., None], example_systems: None, rita: User
) -> None:
    axe_everywhere(*ADDRESSES, user=rita)


def test_empty_portfolio_has_no_axe_violations(axe_everywhere: Callable[..., None], rita: User) -> None:
    axe_everywhere("/portfolio/", "/portfolio/conditions/", user=rita)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_portfolio_is_not_cut_off_on_narrow_screens(
    open_page: OpenPage, example_systems: None, rita: User, width: int
) -> None:
    with open_page(width=width, user=rita) as page:
        for address in ADDRESSES:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_long_system_name_leaves_room_for_other_columns(open_page: OpenPage, example_systems: None, rita: User) -> None:
    with open_page(user=rita) as page:
        page.goto("/portfolio/?sort=need")
        verdict = page.locator("tbody td[data-label=Verdict]").first.bounding_box()
        assert verdict is not None
        assert verdict["x"] + verdict["width"] < 1280


def test_filters_paging_and_saved_views_work_without_javascript(
    open_page: OpenPage, example_systems: None, rita: User
) -> None:
    with open_page(javascript=False, user=rita) as page:
        page.goto("/portfolio/")
        expect(page.locator("tbody tr")).to_have_count(25)
        page.click("text=Next")
        expect(page.locator("tbody tr")).to_have_count(8)
        page.click("text=Previous")
        expect(page.locator("tbody tr")).to_have_count(25)
        page.select_option("#verdict", "extract")
        page.click("button:has-text('Show')")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.fill("#view-name", "To extract")
        page.click("text=Save view")
        expect(page.locator("a:has-text('To extract')")).to_have_count(1)
        page.click("tbody a:has-text('Checkout')")
        expect(page.locator("h1")).to_contain_text("Checkout")
