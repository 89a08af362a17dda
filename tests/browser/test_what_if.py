"""What if in a real browser: the verdict at once, back and forth, by keyboard, without JavaScript, for everyone."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment, Edition
from assess.assessments.planned_changes import describe_planned_changes, keep_planned_changes
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer
from tests.browser.conftest import Faults, OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

#: Releases wait and all that an extraction stands on is there: extract. Without tracing, or with one team: modular.
SAVED = {
    "scope": "whole_system",
    "current_shape": "monolith",
    "product_stage": "established",
    "motives": ("independent_deploys", "imitation"),
    "developers": 40,
    "teams": 5,
    "deploy_minutes": 45,
    "deploy_waiting": "always",
    "hot_share": 40,
    "boundaries": "named",
    "cross_boundary_transactions": "few",
    "platform_team": "dedicated",
    "ci_cd": "pipeline",
    "tracing": "planned",
    "central_logging": "planned",
    "hiring": "easy",
    "migration_horizon": "year",
}


@pytest.fixture
def assessment(team: Team, alice: User, edition: Edition) -> Assessment:
    carried = {key: Answer(value=value) for key, value in SAVED.items()}  # type: ignore[arg-type]  # each is a value
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=carried)


@pytest.fixture
def address(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/what-if/"


def changes_in(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def verdict(page: Page) -> Any:
    return page.locator("#outcome [data-verdict]")


def tab_to(page: Page, name: str, *, at_most: int = 90) -> None:
    for _ in range(at_most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.name || document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"
        )
        if focused == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_choosing_another_answer_shows_the_new_verdict_at_once_and_back_undoes_it(
    open_page: OpenPage, alice: User, address: str
) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        expect(verdict(page)).to_have_attribute("data-verdict", "extract")
        page.locator("#a-tracing").focus()
        page.locator("#a-tracing").select_option("none")
        expect(verdict(page)).to_have_attribute("data-verdict", "modular")
        expect(page.locator("#a-tracing")).to_be_focused()
        expect(page.locator("#said")).to_contain_text("Modular monolith")
        assert changes_in(page) == {"tracing": ["none"]}
        page.locator("#a-teams").fill("1")
        expect(page.locator("[data-change=teams]")).to_be_visible()
        assert changes_in(page) == {"tracing": ["none"], "teams": ["1"]}
        page.go_back()
        expect(page.locator("[data-change=teams]")).to_have_count(0)
        expect(page.locator("#a-teams")).to_have_value("5")
        expect(page.locator("#a-tracing")).to_have_value("none")
        page.go_back()
        expect(verdict(page)).to_have_attribute("data-verdict", "extract")
        expect(page.locator("#a-tracing")).to_have_value("")
        page.go_forward()
        expect(verdict(page)).to_have_attribute("data-verdict", "modular")


def test_values_tried_one_after_another_for_a_question_are_one_step_back(
    open_page: OpenPage, alice: User, address: str
) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        page.locator("#a-teams").fill("")
        page.locator("#a-teams").press_sequentially("123", delay=120)
        expect(page.locator("[data-change=teams]")).to_contain_text("123 teams")
        page.go_back()
        expect(page.locator("#a-teams")).to_have_value("5")
        assert changes_in(page) == {}


def test_a_half_typed_number_stays_while_another_answer_is_changed(
    open_page: OpenPage, alice: User, address: str
) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        page.locator("#a-teams").fill("1x")
        expect(page.locator("#outcome .error-summary")).to_contain_text("Enter teams between 0 and 100,000")
        expect(page.locator("#a-teams")).to_be_focused()
        page.locator("#a-tracing").select_option("none")
        expect(page.locator("[data-change=tracing]")).to_be_visible()
        expect(page.locator("#a-teams")).to_have_value("1x")
        expect(page.locator("[aria-invalid=true]")).to_have_count(0)


def test_typing_on_while_the_verdict_comes_loses_no_letter(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        field = page.locator("#a-models")
        field.press_sequentially("98765", delay=45)
        expect(page.locator("[data-change=models]")).to_contain_text("98,765 models")
        expect(field).to_have_value("98765")
        expect(field).to_be_focused()


def test_questions_appear_with_the_answer_that_calls_for_them_and_work(
    open_page: OpenPage, alice: User, address: str
) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        expect(page.locator("#a-services")).to_have_count(0)
        page.locator("#a-current_shape").select_option("services")
        page.locator("#a-services").fill("60")
        expect(page.locator("[data-change=services]")).to_contain_text("60 services")
        page.get_by_label("Services are released together").check()
        expect(page.locator("[data-change=distributed_monolith_signs]")).to_be_visible()
        # Neither was put in its place again while it was used.
        expect(page.locator("#a-services")).to_have_value("60")
        page.locator("#a-current_shape").select_option("")
        expect(page.locator("#a-services")).to_have_count(0)
        expect(page.locator("[data-change]")).to_have_count(0)
        assert changes_in(page) == {}


def test_taking_every_tick_away_is_a_change(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        ticked = page.locator("#q-motives input:checked")
        expect(ticked).to_have_count(2)
        ticked.first.uncheck()
        ticked.first.uncheck()
        expect(page.locator("[data-change=motives]")).to_contain_text("none of these")
        assert changes_in(page) == {"motives": ["none_of_these"]}
        page.reload()
        expect(ticked).to_have_count(0)


def test_a_suggestion_is_one_click_and_undo_another(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        heading = page.get_by_role("heading", name="What would flip the verdict")
        suggestion = page.locator("section", has=heading).locator("li").first
        told = suggestion.locator(".verdict-word").get_attribute("class")
        suggestion.locator("a").click()
        expect(page.locator("[data-change]").first).to_be_visible()
        assert verdict(page).get_attribute("data-verdict") in (told or "").split()
        page.locator("[data-change]").first.get_by_role("link").click()
        expect(page.locator("[data-change]")).to_have_count(0)
        expect(verdict(page)).to_have_attribute("data-verdict", "extract")
        page.go_back()
        expect(page.locator("[data-change]").first).to_be_visible()


def test_by_keyboard_alone(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        tab_to(page, "teams")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("1")
        expect(page.locator("[data-change=teams]")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.locator("#a-teams")).to_be_focused()
        assert changes_in(page) == {"teams": ["1"]}
        tab_to(page, "tracing")
        page.keyboard.press("ArrowUp")
        expect(page.locator("[data-change=tracing]")).to_contain_text("planned → no")
        expect(page.locator("#a-tracing")).to_be_focused()
        tab_to(page, "Show the verdict")
        # One team waits for nobody, so nothing is left that a split would cure.
        tab_to(page, "With 2 changes: Stay monolithic", at_most=1)
        page.keyboard.press("Enter")
        tab_to(page, "Plan these changes")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Planned changes")).to_be_visible()


@pytest.mark.slow
def test_the_whole_of_it_without_javascript(
    open_page: OpenPage, alice: User, address: str, assessment: Assessment
) -> None:
    with open_page(user=alice, javascript=False) as page:
        page.goto(address)
        page.select_option("#a-tracing", "none")
        page.select_option("#a-current_shape", "services")
        page.get_by_role("button", name="Show the verdict").click()
        assert changes_in(page) == {"tracing": ["none"], "current_shape": ["services"]}
        page.fill("#a-services", "60")
        page.fill("#a-teams", "many")
        page.get_by_role("button", name="Show the verdict").click()
        expect(page.locator(".error-summary")).to_contain_text("Enter teams between 0 and 100,000")
        expect(page.locator("#a-teams")).to_have_value("many")
        expect(page.locator("[data-change=services]")).to_be_visible()
        page.fill("#a-teams", "2")
        page.get_by_role("button", name="Show the verdict").click()
        page.get_by_role("button", name="Plan these changes").click()
        expect(page.locator("#planned-changes")).to_contain_text("Teams in the code: 5 teams → 2 teams")
        assert len(describe_planned_changes(assessment)) == 4
        page.get_by_role("button", name="Drop the planned changes").click()
        expect(page.locator("#planned-changes")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#planned-changes")).to_be_visible()
        assert len(describe_planned_changes(assessment)) == 4


def test_on_a_small_screen_the_outcome_comes_first_and_is_one_press_away(
    open_page: OpenPage, alice: User, address: str
) -> None:
    with open_page(user=alice, width=375) as page:
        page.goto(address)
        outcome, controls = page.locator("#outcome").bounding_box(), page.locator("#controls").bounding_box()
        assert outcome["y"] + outcome["height"] <= controls["y"]
        page.locator("#a-tracing").scroll_into_view_if_needed()
        page.locator("#a-tracing").select_option("none")
        said = page.locator("#said")
        expect(said).to_contain_text("Modular monolith")
        expect(said).to_be_in_viewport()
        expect(verdict(page)).not_to_be_in_viewport()
        said.get_by_role("link").click()
        expect(verdict(page)).to_be_in_viewport()


def test_on_a_wide_screen_the_outcome_stays_beside_the_answers(open_page: OpenPage, alice: User, address: str) -> None:
    with open_page(user=alice) as page:
        page.goto(address)
        page.locator("#a-slowdown_accepted").scroll_into_view_if_needed()
        expect(verdict(page)).to_be_in_viewport()


def test_an_architect_tries_but_is_offered_to_plan_nothing(open_page: OpenPage, rita: User, address: str) -> None:
    with open_page(user=rita) as page:
        page.goto(address)
        page.locator("#a-tracing").select_option("none")
        expect(verdict(page)).to_have_attribute("data-verdict", "modular")
        expect(page.get_by_role("button", name="Plan these changes")).to_have_count(0)


@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_page: OpenPage, alice: User, address: str, assessment: Assessment, faults: Faults
) -> None:
    submit_assessment(assessment, by=alice)
    keep_planned_changes(assessment.pk, {"tracing": ["partial"], "motives": ["none_of_these"]}, by=alice)
    queries = (
        "",
        "?tracing=none&teams=1",
        "?teams=x&traicng=none&services=4&motives=greed&tracing=never",
        "?current_shape=services&services=60&distributed_monolith_signs=release_together",
        "?motives=none_of_these&tracing=partial",
    )
    with open_page(user=alice) as page:
        for query in queries:
            page.goto(address + query)
            assert faults(page) == {}, query
        page.locator("#a-hiring").select_option("hard")
        expect(page.locator("[data-change=hiring]")).to_be_visible()
        assert faults(page) == {}
