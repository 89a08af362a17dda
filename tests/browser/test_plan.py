"""The plan in a real browser: axe, the smallest screen, by keyboard, without JavaScript."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assess.assessments.models import Assessment
from assess.people.models import Team, User
from assess.planning.plan.actions import begin_plan
from tests.browser.conftest import OpenPage
from tests.factories import AnswerFactory, AssessmentFactory
from tests.unit.reports.report_factory import demo_answers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def assessment(team: Team, alice: User) -> Assessment:
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name="Payments platform")
    for key, answer in demo_answers("ecommerce-35-developers").items():
        value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
        AnswerFactory(assessment=made, key=key, value=value)
    return made


def press(page: Page, role: Any, name: str) -> None:
    """Press the first control of this name by keyboard."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def test_axe_finds_nothing_on_a_plan_and_the_form_of_a_step(
    axe_everywhere: Callable[..., None], assessment: Assessment, alice: User
) -> None:
    address = f"/assessments/{assessment.pk}/plan/"
    axe_everywhere(address, user=alice)
    steps = begin_plan(assessment, starts_on=date.today() - timedelta(days=20), by=alice)
    axe_everywhere(address, f"{address}{steps[0].pk}/", user=alice)


def test_a_plan_is_begun_and_changed_by_keyboard_without_javascript_on_the_smallest_screen(
    open_page: OpenPage, assessment: Assessment, alice: User
) -> None:
    with open_page(width=320, user=alice, javascript=False) as page:
        page.goto(f"/assessments/{assessment.pk}/plan/")
        press(page, "button", "Begin the plan")
        first = page.locator("li[data-state]").first
        expect(first).to_contain_text("Done when:")
        press(page, "link", "Change")
        page.locator("#f-owner").fill("Olga")
        page.locator("#f-title").fill("")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Nothing was saved")).to_be_visible()
        expect(page.locator("#f-owner")).to_have_value("Olga")
        press(page, "link", "Step: Say what to do")
        page.locator("#f-title").fill("Trace every call")
        page.keyboard.press("Enter")
        expect(first).to_contain_text("Trace every call")
        expect(first).to_contain_text("Owner: Olga.")
        press(page, "button", "Done Trace every call")
        expect(first).to_have_attribute("data-state", "done")
        first.locator("summary").focus()
        page.keyboard.press("Enter")
        press(page, "button", "Drop Trace every call")
        expect(page.get_by_role("status").first).to_contain_text("“Trace every call” is dropped.")
        press(page, "button", "Undo")
        expect(first).to_contain_text("Trace every call")
        width = page.locator("main").evaluate("element => element.scrollWidth")
        assert width <= 320
