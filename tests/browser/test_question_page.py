"""The question page as it is used: what changes in place after an answer, and what a telephone shows at once."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assess.assessments.actions import start_assessment
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire_files import builtin_questionnaire
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

#: A telephone's window, and the bar of buttons at its bottom.
TELEPHONE, BAR = (375, 812), 72
WATCH_SHIFTS = """window.shift = 0; new PerformanceObserver(list => { for (const each of list.getEntries())
  if (!each.hadRecentInput) window.shift += each.value }).observe({type: "layout-shift", buffered: true})"""


@pytest.fixture
def made(team: Team, edition: Edition, alice: User) -> Assessment:
    answers = {"scope": "whole_system", "current_shape": "monolith", "teams": 6, "developers": 45}
    carried = {key: AnswerValue(value=value) for key, value in answers.items()}
    return start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried)


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f'#q-{key} label.option:has([value="{value}"])').click()


def test_a_saved_answer_says_what_it_did_and_is_ticked_without_a_reload(
    open_page: OpenPage, alice: User, made: Assessment
) -> None:
    with open_page(user=alice) as page:
        page.goto(reverse("assessment-section", args=[made.pk, "deploys"]))
        expect(page.locator("#q-deploy_waiting .effect")).to_be_empty()
        choose(page, "deploy_waiting", "always")
        expect(page.locator("#q-deploy_waiting .effect")).to_contain_text("No longer possible: Stay monolithic")
        expect(page.locator(".possible li").first).to_contain_text("Ruled out:")
        expect(page.locator('.strip a[href="#q-deploy_waiting"]')).to_have_class("answered")
        expect(page.locator(".wide-only [aria-current] >> xpath=../..")).to_contain_text("1 of")
        expect(page.locator('[name="deploy_waiting"][value="always"]')).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 375])
def test_nothing_moves_while_answers_are_saved(open_page: OpenPage, alice: User, made: Assessment, width: int) -> None:
    with open_page(user=alice, width=width) as page:
        page.goto(reverse("assessment-section", args=[made.pk, "deploys"]))
        page.evaluate(WATCH_SHIFTS)
        for key, value in (("deploy_waiting", "always"), ("deploy_demand", "want_more"), ("change_breakage", "never")):
            choose(page, key, value)
            expect(page.locator(f"#q-{key} .effect")).not_to_be_empty()
            expect(page.locator("#pill")).to_contain_text("Saved")
        assert page.evaluate("window.shift") < 0.001


@pytest.mark.slow
def test_a_telephone_shows_a_question_with_its_options_at_once(
    open_page: OpenPage, alice: User, made: Assessment
) -> None:
    taller: dict[str, Any] = {}
    count = 0
    with open_page(user=alice, width=TELEPHONE[0]) as page:
        for section in builtin_questionnaire().sections:
            page.goto(reverse("assessment-section", args=[made.pk, section.slug]))
            for card in page.locator("[data-question]:visible").all():
                count += 1
                box = card.bounding_box()
                assert box is not None
                if box["height"] > TELEPHONE[1] - BAR:
                    taller[str(card.get_attribute("data-question"))] = card.locator(".options > .option").count()
    assert count > 30
    # Those with many or long options do not fit, whatever their look.
    assert all(options >= 4 for options in taller.values()), taller
    assert len(taller) <= 6, taller


def test_one_open_line_has_not_sure_and_does_not_apply_side_by_side(
    open_page: OpenPage, alice: User, made: Assessment
) -> None:
    with open_page(user=alice, width=TELEPHONE[0]) as page:
        page.goto(reverse("assessment-section", args=[made.pk, "teams"]))
        line = page.locator("#q-team_collisions .open-line .option")
        tops = line.evaluate_all("labels => labels.map(label => label.getBoundingClientRect().top)")
        assert len(tops) == 2
        assert tops[0] == tops[1]
        expect(page.locator("#q-team_collisions").get_by_label("Why does it not apply?")).to_be_hidden()
        line.nth(1).click()
        expect(page.locator("#q-team_collisions").get_by_label("Why does it not apply?")).to_be_visible()
        expect(page.locator("#q-team_collisions").get_by_label(re.compile("Who would know"))).to_be_hidden()
