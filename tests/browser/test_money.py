"""The page of money in a real browser: axe, the smallest screen, by keyboard, without JavaScript."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assess.people.models import Team, User
from assess.planning.money.actions import build_money, save_money
from tests.browser.conftest import OpenPage
from tests.factories import AssessmentFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FIGURES = {"hourly_cost": {"low": "60", "high": "90"}, "running_today": {"low": "3400", "high": ""}}


def test_axe_finds_nothing_on_money_without_figures_and_with_them(
    axe_everywhere: Callable[..., None], team: Team, alice: User
) -> None:
    empty, filled = (
        AssessmentFactory(team=team, by=alice, system__name=name, answers={"developers": 35})
        for name in ("Bank", "Shop")
    )
    found = build_money(filled, filled.current_answers(), "extract", {"figures": FIGURES})
    save_money(found, filled, seen="", by=alice)
    axe_everywhere(*(reverse("money", args=[each.pk]) for each in (empty, filled)), user=alice)


def test_figures_are_typed_by_keyboard_without_javascript_and_nothing_is_guessed(
    open_page: OpenPage, team: Team, alice: User
) -> None:
    assessment = AssessmentFactory(team=team, by=alice, answers={"developers": 35})
    with open_page(width=320, user=alice, javascript=False) as page:
        page.goto(reverse("money", args=[assessment.pk]))
        page.locator("#f-hourly_cost-low").focus()
        page.keyboard.type("60")
        page.keyboard.press("Tab")
        page.keyboard.type("90")
        page.locator("#f-running_today-low").focus()
        page.keyboard.type("3.400")
        page.keyboard.press("Enter")
        expect(page.locator("#f-running_today-low-error")).to_contain_text("can mean 3.4 or 3,400")
        page.locator("#f-hourly_cost-low").focus()
        page.keyboard.press("Enter")  # no reading is taken by a key in another field
        expect(page.locator("#f-running_today-low")).to_have_value("3.400")
        page.get_by_role("button", name="3,400", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Not saved yet")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Saved. The report has these figures now.")).to_be_visible()
        expect(page.get_by_role("heading", name="Over three years, extracting services")).to_be_visible()
