"""The page of candidates in a real browser: axe, smallest screen, by keyboard, without JavaScript."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assess.assessments.evidence.actions import attach_evidence
from assess.people.models import Team, User
from tests.browser.conftest import OpenPage
from tests.evidence_samples import shop_evidence
from tests.factories import AssessmentFactory


@pytest.mark.slow
def test_axe_finds_nothing_on_candidates_by_scan_and_by_hand(
    axe_everywhere: Callable[..., None], team: Team, alice: User
) -> None:
    assessment = AssessmentFactory(team=team, by=alice)
    address = f"/assessments/{assessment.pk}/evidence/candidates/"
    axe_everywhere(address, user=alice)
    attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=alice)
    axe_everywhere(address, f"{address}?by=hand", user=alice)


@pytest.mark.slow
def test_modules_are_typed_by_keyboard_without_javascript_on_the_smallest_screen(
    open_page: OpenPage, team: Team, alice: User
) -> None:
    assessment = AssessmentFactory(team=team, by=alice)
    with open_page(width=320, user=alice, javascript=False) as page:
        page.goto(f"/assessments/{assessment.pk}/evidence/candidates/")
        page.locator("#id_rows-0-name").focus()
        page.keyboard.type("recommendations")
        page.keyboard.press("Tab")
        page.keyboard.type("lots")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Nothing was saved")).to_be_visible()
        page.get_by_role("link", name="“lots” is not a share").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#id_rows-0-load")).to_have_value("lots")
        page.locator("#id_rows-0-load").fill("40")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="First candidate: recommendations")).to_be_visible()
        expect(page.locator("#id_rows-0-name")).to_have_value("recommendations")
