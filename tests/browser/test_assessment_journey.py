"""From an empty list to a verdict and the next version: by mouse, by keyboard alone, and without JavaScript."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assess.assessments.actions import start_assessment
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire_files import builtin_questionnaire
from tests.browser.conftest import OpenPage
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log
from tests.suites import slow_except

pytestmark = pytest.mark.django_db(transaction=True)

#: The SaaS of the readiness guide, as far as the sections go.
ANSWERS: dict[str, str] = {
    "scope": "whole_system", "current_shape": "monolith", "product_stage": "established",
    "developers": "80", "teams": "8", "team_collisions": "weekly", "ownership": "teams",
    "deploy_minutes": "45", "deploys_per_week": "8", "deploy_waiting": "always", "deploy_demand": "blocked",
    "boundaries": "named", "platform_team": "dedicated", "ci_cd": "continuous", "tracing": "every_request",
    "central_logging": "in_place", "migration_horizon": "year", "budget": "approved", "hiring": "easy",
}  # fmt: skip


@pytest.fixture
def ready(live_server: Any, edition: Edition, alice: User) -> User:
    return alice


def answer_sections(page: Page) -> None:
    """Answer every section that this story tells of, with the mouse, and continue through all of them."""
    for section in builtin_questionnaire().sections:
        page.wait_for_url(f"**/sections/{section.slug}/**")
        for question in section.questions:
            value = ANSWERS.get(question.key)
            if value is None:
                continue
            if question.kind == "number":
                page.locator(f"#q-{question.key}-value").fill(value)
            else:
                page.locator(f'label.option:has([name="{question.key}"][value="{value}"])').click()
        page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/review/")


def check_the_end(page: Page) -> None:
    made = Assessment.objects.get()
    assert {key: str(answer.value) for key, answer in made.current_answers().items()} == ANSWERS
    assert_answers_are_the_fold_of_the_log(made)
    assert made.verdict == "extract"
    expect(page.locator("[data-verdict=extract]").first).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("javascript", slow_except([True, False], True))
def test_the_whole_journey_by_mouse(open_page: OpenPage, ready: User, javascript: bool) -> None:
    with open_page(user=ready, javascript=javascript) as page:
        page.goto("/assessments/")
        page.get_by_label("Name the system").fill("SaaS platform")
        page.get_by_role("button", name="Start the first assessment").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("SaaS platform")
        page.get_by_role("link", name="Begin").click()
        answer_sections(page)
        expect(page.locator("#q-motives")).to_contain_text("Unanswered")
        page.get_by_role("button", name="Submit version 1").click()
        page.wait_for_url("**/result/")
        check_the_end(page)
        page.get_by_role("button", name="Start version 2").click()
        expect(page.locator("main")).to_contain_text("Version 2 is open. Confirm which answers of version 1 still hold")
        assert Assessment.objects.count() == 2
        page.get_by_role("button", name="Delete this version").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("main")).to_contain_text("is back")


def tab_to(page: Page, selector: str, limit: int = 200) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(limit):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


@pytest.mark.slow
def test_the_whole_journey_by_keyboard_alone(open_page: OpenPage, ready: User) -> None:
    with open_page(user=ready) as page:
        page.goto("/assessments/")
        tab_to(page, "#system-name")
        page.keyboard.type("SaaS platform")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("SaaS platform")
        tab_to(page, "main .actions a")
        page.keyboard.press("Enter")
        for section in builtin_questionnaire().sections:
            page.wait_for_url(f"**/sections/{section.slug}/**")
            expect(page.locator("#pill")).to_be_visible()
            for question in section.questions:
                value = ANSWERS.get(question.key)
                if value is None:
                    continue
                tab_to(page, f'[name="{question.key}"]')
                if question.kind == "number":
                    page.keyboard.type(value)
                else:
                    # A digit in the group chooses: two keys for an answer, with the Tab that led here.
                    page.keyboard.press(str([option.value for option in question.options].index(value) + 1))
            page.keyboard.press("Control+Enter")
        page.wait_for_url("**/review/")
        tab_to(page, "[aria-labelledby=submit-title] [type=submit]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/result/")
        check_the_end(page)


def test_continue_resumes_where_another_device_stopped(
    open_page: OpenPage, ready: User, team: Team, edition: Edition
) -> None:
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=ready)
    with open_page(user=ready) as page:
        page.goto(reverse("assessment-section", args=[made.pk, "scope"]))
        for key, value in (("scope", "one_part"), ("current_shape", "monolith")):
            page.locator(f'label.option:has([name="{key}"][value="{value}"])').click()
        expect(page.locator("#pill")).to_contain_text("Saved ")
    with open_page(user=ready, width=375) as phone:
        phone.goto("/assessments/")
        phone.get_by_role("link", name="Continue").click()
        phone.wait_for_url("**/sections/scope/#next")
        expect(phone.locator("#next")).to_have_attribute("data-card", "product_stage")
        expect(phone.locator('[name="scope"][value="one_part"]')).to_be_checked()


def test_without_javascript_a_conflict_is_decided_on_the_page(
    open_page: OpenPage, ready: User, bob: User, team: Team, edition: Edition
) -> None:
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=ready)
    with open_page(user=ready, javascript=False) as hers, open_page(user=bob, javascript=False) as his:
        for page in (hers, his):
            page.goto(reverse("assessment-section", args=[made.pk, "teams"]))
        hers.locator('[name="ownership"][value="teams"]').check()
        hers.get_by_role("button", name="Save and exit").click()
        his.locator('[name="ownership"][value="unclear"]').check()
        his.get_by_role("button", name="Save and continue").click()
        expect(his.locator(".conflict")).to_contain_text("Alice saved another answer")
        expect(his.locator(".conflict")).to_contain_text("Teams, for every area")
        expect(his.locator(".conflict")).to_contain_text("It is unclear")
        his.get_by_label("Keep mine").check()
        his.get_by_role("button", name="Save and continue").click()
        his.wait_for_url("**/sections/deploys/")
    assert made.current_answers()["ownership"] == AnswerValue(value="unclear")


def test_deep_links_from_the_result_lead_to_the_question(
    open_page: OpenPage, ready: User, team: Team, edition: Edition
) -> None:
    quick = {question.key: AnswerValue() for question in builtin_questionnaire().quick_questions}
    made = start_assessment(
        team=team, system_name="Shop", edition=edition, by=ready, carried=quick | {"teams": AnswerValue(value=8)}
    )
    with open_page(user=ready) as page:
        page.goto(reverse("assessment-result", args=[made.pk]))
        page.locator("[aria-labelledby=try] li a").first.click()
        target = page.url.split("#")[1]
        expect(page.locator(f"#{target}")).to_be_in_viewport()


def test_while_somebody_answers_the_page_says_in_place_when_to_stop_and_keeps_its_order(
    open_page: OpenPage, ready: User, team: Team, edition: Edition
) -> None:
    calm: dict[str, Any] = {
        "scope": "whole_system", "current_shape": "monolith", "special_needs": (), "team_collisions": "never",
        "change_breakage": "never", "infra_cost": "acceptable", "scaling_profile": "even", "load_fit": "comfortable",
    }  # fmt: skip
    carried = {key: AnswerValue(value=value) for key, value in calm.items()}
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=ready, carried=carried)
    with open_page(user=ready) as page:
        page.goto(reverse("assessment-section", args=[made.pk, "deploys"]))
        cards = page.locator("[data-card]")
        order = cards.evaluate_all("boxes => boxes.map(box => box.dataset.card)")
        line = page.locator("#outlook")
        expect(line).to_contain_text("One more answer could settle the verdict.")
        page.locator('label.option:has([name="deploy_waiting"][value="never"])').click()
        expect(line).to_contain_text("You could stop here: nothing left can change the verdict.")
        # Asked where it counts: those two only where a part has such needs.
        expect(page.locator('[data-card="failure_spread"]')).to_be_hidden()
        page.locator('label.option:has([name="special_needs"][value="faults"])').click()
        expect(page.locator('[data-card="failure_spread"]')).to_be_visible()
        expect(page.locator('[data-card="change_rhythm"]')).to_be_hidden()
        expect(line).not_to_contain_text("You could stop here")
        assert cards.evaluate_all("boxes => boxes.map(box => box.dataset.card)") == order
        page.reload()
        assert cards.evaluate_all("boxes => boxes.map(box => box.dataset.card)") == order
        line.get_by_role("link").click()
        expect(page).to_have_url(re.compile("#q-"))
        expect(page.locator(f"#{page.url.split('#')[1]}")).to_be_in_viewport()


def test_an_option_appears_in_place_with_the_answer_that_calls_for_it(
    open_page: OpenPage, ready: User, team: Team, edition: Edition
) -> None:
    carried = {"current_shape": AnswerValue(value="several_monoliths")}
    made = start_assessment(team=team, system_name="Shop", edition=edition, by=ready, carried=carried)
    with open_page(user=ready) as page:
        page.goto(reverse("assessment-section", args=[made.pk, "scope"]))
        option = page.locator('label.option:has([value="service_per_table"])')
        expect(page.locator('[data-card="distributed_monolith_signs"]')).to_be_visible()
        expect(option).to_be_hidden()
        page.locator('label.option:has([name="current_shape"][value="services"])').click()
        expect(option).to_be_visible()
        option.click()
        page.locator('label.option:has([name="current_shape"][value="several_monoliths"])').click()
        expect(option).to_be_visible()  # what was chosen stays
        option.click()
        page.locator('label.option:has([name="current_shape"][value="services"])').click()
        page.locator('label.option:has([name="current_shape"][value="several_monoliths"])').click()
        expect(option).to_be_hidden()
