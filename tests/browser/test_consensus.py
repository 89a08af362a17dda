"""Agreeing on an answer in a real browser: without a script, by hand, and read by axe in every scheme and width."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from assess.assessments.actions import start_assessment
from assess.assessments.changes import Change
from assess.assessments.models import Agreement, Assessment, Edition, Respondent
from assess.assessments.saving import Saved, save_answer
from assess.people.models import Team, User
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def apart(team: Team, alice: User, bob: User, ravi: User, edition: Edition) -> Assessment:
    """Bob and Ravi differ on colliding teams and say the same of hiring; Alice leads and is not asked."""
    made = start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
    Assessment.objects.filter(pk=made.pk).update(answers_separately=True)
    for user, role, collisions in ((bob, "developer", "never"), (ravi, "manager", "daily")):
        respondent = Respondent.objects.create(assessment=made, user=user, perspective=role, asked_by=alice)
        for key, value in (("team_collisions", collisions), ("hiring", "easy"), ("teams", 3)):
            change = Change(key=key, answered=True, value=value, base_version=0, mutation_id=uuid.uuid4())
            assert isinstance(save_answer(made.pk, change, by=user, respondent_id=respondent.pk), Saved)
    return made


def test_a_team_agrees_without_a_script(open_page: OpenPage, apart: Assessment, alice: User) -> None:
    with open_page(user=alice, javascript=False) as page:
        page.goto(f"/assessments/{apart.pk}/consensus/")
        expect(page.get_by_role("heading", name="1 open point")).to_be_visible()
        card = page.locator("#q-team_collisions")
        card.get_by_text("Agree on an answer").click()
        card.locator("input[value=weekly]").check()
        card.get_by_label("Note", exact=False).fill("Most weeks, since May")
        card.get_by_role("button", name="Agree on this").click()
        expect(page.get_by_role("heading", name="No open point")).to_be_visible()
        page.get_by_role("button", name="Agree where all say the same").click()
        expect(page.get_by_text("Agreed on 2 questions")).to_be_visible()
    assert set(Agreement.objects.values_list("key", "note")) == {
        ("team_collisions", "Most weeks, since May"),
        ("hiring", ""),
        ("teams", ""),
    }


@pytest.mark.slow
def test_axe_minds_nothing(axe_everywhere: Callable[..., Any], apart: Assessment, alice: User) -> None:
    axe_everywhere(*(f"/assessments/{apart.pk}/{name}/" for name in ("consensus", "review", "result")), user=alice)
