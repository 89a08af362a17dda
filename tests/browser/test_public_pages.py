"""The pages for everybody in a real browser: keyboard, no JavaScript, small screens, live updates."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

SEVEN = (
    "?teams=5&deploy_minutes=45&hot_share=40&platform_team=dedicated&tracing=planned&hiring=easy&migration_horizon=year"
)
#: With the longest amounts that fit.
SCALING = (
    "?now_instances=100000&now_price=1000000&part_instances=99999&part_price=999999.99&rest_instances=2&rest_price=50"
    "&extra=1000&people=10000&months=120&person_cost=1000000&once=1000000000"
)
PAGES = (
    "/",
    "/quick/",
    f"/quick/{SEVEN}",
    "/quick/?teams=x",
    "/sample/",
    "/how-it-decides/",
    "/sources/",
    "/cases/",
    "/scaling-sum/",
    "/evidence/",
    f"/scaling-sum/{SCALING}",
    "/scaling-sum/?now_instances=ten",
    "/account/login/",
)


def answers_in(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def focused_name(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))


def tab_to(page: Page, name: str, *, at_most: int = 30) -> None:
    for _ in range(at_most):
        if focused_name(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by {at_most} presses of Tab; focus is at {focused_name(page)}")


def test_the_quick_check_goes_by_keyboard_alone(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/")
        for name, text in (("teams", "5"), ("deploy_minutes", "45"), ("hot_share", "40")):
            tab_to(page, name)
            page.keyboard.type(text)
        for name, presses in (("platform_team", 2), ("tracing", 1), ("hiring", 2), ("migration_horizon", 3)):
            tab_to(page, name)
            page.keyboard.press("Space")
            for _ in range(presses):
                page.keyboard.press("ArrowDown")
        tab_to(page, "Show the verdict")
        page.keyboard.press("Enter")
        expect(page.locator(".verdict-name")).to_have_text("No verdict yet")
        assert answers_in(page.url) == answers_in(SEVEN)


def test_the_first_tab_skips_to_the_content(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip-link")).to_be_focused()
        expect(page.locator(".skip-link")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()


def test_the_quick_check_works_without_javascript(open_page: OpenPage) -> None:
    with open_page(javascript=False) as page:
        page.goto("/")
        page.fill("[name=teams]", "3")
        page.check("[name=tracing][value=none]")
        page.get_by_role("button", name="Show the verdict").click()
        expect(page.locator(".verdict")).to_be_visible()
        page.fill("[name=teams]", "many")
        page.get_by_role("button", name="Show the verdict").click()
        expect(page.locator("#q-teams-error")).to_contain_text("Enter teams between 0 and 100,000")
        expect(page.locator("[name=teams]")).to_have_value("many")
        expect(page.locator("[name=tracing][value=none]")).to_be_checked()


def test_the_scaling_sum_works_without_javascript(open_page: OpenPage) -> None:
    with open_page(javascript=False) as page:
        page.goto("/scaling-sum/")
        page.get_by_role("link", name="PDF reports").click()
        expect(page.locator("#sum-title")).to_have_text("The split saves 100 a month, 1,200 a year")
        people = page.get_by_role("group", name="One-time cost: people's time")
        for label, text in (("People", "2"), ("Months", "1.5"), ("Cost of a person a month", "1000")):
            people.get_by_label(label, exact=True).fill(text)
        page.get_by_role("button", name="Show the sum").click()
        expect(page.locator("#outcome")).to_contain_text("The one-time cost of 3,000 is paid back after 30 months")
        page.get_by_role("group", name="Today").get_by_label("Instances").fill("ten")
        page.get_by_role("button", name="Show the sum").click()
        page.locator(".error-summary a").click()
        expect(page.locator("[name=now_instances]")).to_have_value("ten")
        expect(page.locator("[name=now_instances]")).to_be_in_viewport()
        expect(page.locator("[name=months]")).to_have_value("1.5")


def test_a_changed_answer_changes_the_verdict_in_place_and_leaves_the_focus(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto(f"/quick/{SEVEN}")
        expect(page.locator("#argument")).to_contain_text("7 of 7 yes")
        page.locator("[name=teams]").fill("1")
        expect(page.locator("#argument")).to_contain_text("6 of 7 yes")
        expect(page.locator("[name=teams]")).to_be_focused()
        assert answers_in(page.url)["teams"] == ["1"]
        page.reload()
        expect(page.locator("[name=teams]")).to_have_value("1")


def test_a_mistake_on_the_way_is_told_above_and_marks_no_field_red(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto(f"/quick/{SEVEN}")
        page.locator("[name=teams]").fill("several")
        expect(page.locator("#outcome .error-summary")).to_contain_text("Enter teams between 0 and 100,000")
        expect(page.locator("[aria-invalid=true]")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["in place", "without JavaScript"])
def test_one_question_after_the_other_until_it_is_firm_one_of_them_skipped(
    open_page: OpenPage, javascript: bool
) -> None:
    tangled = {"boundaries": "tangled", "change_breakage": "weekly", "current_shape": "monolith"}
    with open_page(javascript=javascript) as page:
        page.goto(f"/quick/{SEVEN}")
        if javascript:
            page.evaluate("window.isSamePage = true")
        skipped = None
        for _ in range(6):
            key = page.locator("#next .question").get_attribute("data-question")
            if key in tangled:
                page.locator(f"#next [name={key}][value={tangled[key]}]").check()
                page.get_by_role("button", name="Answer", exact=True).press("Enter")
            else:
                skipped = key
                page.get_by_role("button", name="Skip this question").press("Enter")
            expect(page.locator(f"#next [data-question={key}]")).to_have_count(0)
            expect(page.locator(f"#your-answers [data-question={key}]")).to_be_visible()
            if page.locator('[data-firm="true"]').count():
                break
            if javascript:
                expect(page.locator("#next-title")).to_be_focused()
                expect(page.get_by_role("status")).to_contain_text("Next question:")
        expect(page.locator('[data-firm="true"]')).to_be_visible()
        expect(page.locator("#next .question")).to_have_count(0)
        assert answers_in(page.url).get(skipped) == ["-not_sure"]
        if javascript:
            expect(page.locator("#outcome")).to_be_focused()
            assert page.evaluate("window.isSamePage")
            page.go_back()
            expect(page.locator("#next .question")).to_be_visible()


@pytest.mark.parametrize("width", [320, 375])
def test_nothing_is_wider_than_a_small_screen(open_page: OpenPage, width: int) -> None:
    with open_page(width=width) as page:
        for address in PAGES:
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_four_hundred_per_cent_zoom_is_a_screen_of_320_by_200_without_sideways_scrolling(open_page: OpenPage) -> None:
    with open_page(width=320) as page:
        page.set_viewport_size({"width": 320, "height": 200})
        for address in PAGES:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_the_page_prints_without_its_frame(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/sample/")
        page.emulate_media(media="print")
        expect(page.locator(".site-header")).to_be_hidden()
        expect(page.locator(".answer-verdict")).to_be_visible()
