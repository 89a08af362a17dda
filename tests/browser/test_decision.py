"""The page of a decision in a real browser: nothing for axe, nothing cut off, signing by keyboard without a script."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assess.assessments.actions import submit_assessment
from assess.assessments.models import Assessment
from assess.people.models import User
from assess.review import actions
from assess.review.models import CommentKind, Decision, SignOff
from assess.review.signed_content import ConditionTerms
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import ANSWERS
from tests.factories import PASSWORD, AssessmentFactory


def load(pk: int) -> Assessment:
    return Assessment.objects.select_related("system__team", "workspace", "edition").get(pk=pk)


@pytest.fixture
def waiting(team: Any, alice: User) -> Assessment:
    return load(
        submit_assessment(AssessmentFactory(team=team, by=alice, system__name="Checkout", answers=ANSWERS), by=alice).pk
    )


@pytest.fixture
def challenged(team: Any, alice: User, rita: User) -> Assessment:
    made = AssessmentFactory(team=team, by=alice, system__name="Wareneingangskontrolle", answers=ANSWERS)
    it = load(submit_assessment(made, by=alice).pk)
    actions.comment(it, by=rita, key="teams", kind=CommentKind.CHALLENGE, text="Only three? " * 20)
    wanted = [ConditionTerms(text="Trace" * 40, owner="Ana" * 30, due_on=timezone.localdate() + timedelta(days=9))]
    actions.sign(
        it,
        by=rita,
        decision=Decision.ACCEPTED_WITH_CONDITIONS,
        conditions=wanted,
        overruled_to="stay" if it.verdict != "stay" else "modular",
        reason="The part is sold.",
    )
    actions.challenge(load(it.pk), by=alice, text="No.")
    return it


@pytest.mark.slow
def test_axe_finds_nothing_on_a_decision(
    axe_everywhere: Callable[..., None], waiting: Assessment, challenged: Assessment, alice: User, rita: User
) -> None:
    addresses = [f"/assessments/{it.pk}/{name}" for it in (waiting, challenged) for name in ("decision/", "result/")]
    for user in (alice, rita):
        axe_everywhere(*addresses, user=user)


def test_an_architect_signs_from_the_list_by_keyboard_without_a_script(
    open_page: OpenPage, waiting: Assessment, rita: User
) -> None:
    with open_page(user=rita, javascript=False) as page:
        page.goto("/assessments/")
        page.get_by_role("link", name=re.compile("^Decide")).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Decide and sign")).to_be_visible()
        page.get_by_label("Accept", exact=True).focus()
        page.keyboard.press("Space")
        page.get_by_label("Your password, to sign").focus()
        page.keyboard.type("something else")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("this was a different one")
        expect(page.get_by_label("Accept", exact=True)).to_be_checked()
        page.get_by_label("Your password, to sign").fill(PASSWORD)
        page.get_by_role("button", name="Sign", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Accepted")).to_be_visible()
    assert SignOff.objects.get().signed_by == rita
