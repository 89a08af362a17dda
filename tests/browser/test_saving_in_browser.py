"""Saving as people answer, in a real Chromium: the pill tells the truth, and nothing that was typed is lost."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Answer, Assessment, Edition
from assess.people.models import User
from tests.conftest import client_of
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log
from tests.pseudo import pseudo
from tests.suites import slow_except

pytestmark = pytest.mark.django_db(transaction=True)

Context = Callable[..., BrowserContext]


@pytest.fixture
def assessment(live_server: Any, team: Any, alice: User, edition: Edition) -> Assessment:
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)


@pytest.fixture
def context_of(chromium: Browser, live_server: Any) -> Iterator[Context]:
    """A browser of its own for each person. Faults are expected here, so complaints in the console are not read."""
    contexts: list[BrowserContext] = []

    def opened(user: User, **options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": 1000, "height": 800}, **options)
        sign_in(context, user, live_server.url)
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    cookie = client_of(user).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": url}])


def section_of(assessment: Assessment, slug: str = "teams") -> str:
    return reverse("assessment-section", args=[assessment.pk, slug])


def opened(context: BrowserContext, assessment: Assessment, slug: str = "teams") -> Page:
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(section_of(assessment, slug))
    expect(page.locator("#pill")).to_be_visible()
    return page


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f'[name="{key}"][value="{value}"]').check()


def field(page: Page, key: str, name: str = "value") -> Any:
    return page.locator(f"#q-{key}-{name}")


def expect_saved(page: Page) -> None:
    expect(page.locator("#pill")).to_have_attribute("data-state", "saved")


def row(assessment: Assessment, key: str) -> Answer:
    return Answer.objects.get(assessment=assessment, key=key)


def eventually(check: Callable[[], bool], page: Page, seconds: float = 30) -> None:
    for _ in range(int(seconds * 20)):
        if check():
            return
        page.wait_for_timeout(50)
    assert check()


# --- as they answer


def test_quick_answers_are_all_saved(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment)
    choose(page, "team_collisions", "weekly")
    choose(page, "team_collisions", "daily")
    choose(page, "ownership", "teams")
    field(page, "teams").fill("5")
    field(page, "developers").fill("40")
    page.locator("h1").click()
    expect_saved(page)
    values = {answer.key: answer.value for answer in assessment.answers.all()}
    assert values == {"team_collisions": "daily", "ownership": "teams", "teams": 5, "developers": 40}
    assert_answers_are_the_fold_of_the_log(assessment)


def test_a_note_typed_slowly_is_saved_once_it_rests(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment)
    choose(page, "ownership", "teams")
    page.locator("#q-ownership .more summary").click()
    field(page, "ownership", "note").press_sequentially("By the service catalogue", delay=30)
    expect(page.locator("#pill")).to_have_text("Saving…")
    expect_saved(page)
    assert row(assessment, "ownership").note == "By the service catalogue"


def test_the_pill_speaks_the_language_of_its_page(
    context_of: Context, alice: User, assessment: Assessment, pseudo_locale: str
) -> None:
    page = opened(context_of(alice, extra_http_headers={"Accept-Language": pseudo_locale}), assessment)
    expect(page.locator("#pill")).to_have_text(pseudo("Saved as you go"))
    choose(page, "ownership", "teams")
    expect_saved(page)
    before, after = pseudo("Saved {time}").split("{time}")
    expect(page.locator("#pill")).to_have_text(re.compile(rf"^{before}\S.*{after}$"))


def test_several_and_none_of_these_exclude_each_other(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment, "scope")
    choose(page, "motives", "imitation")
    choose(page, "motives", "none_of_these")
    expect(page.locator('[name="motives"][value="imitation"]')).not_to_be_checked()
    expect_saved(page)
    eventually(lambda: row(assessment, "motives").value == [], page)
    choose(page, "motives", "team_autonomy")
    expect(page.locator('[name="motives"][value="none_of_these"]')).not_to_be_checked()
    eventually(lambda: row(assessment, "motives").value == ["team_autonomy"], page)


def test_not_sure_asks_who_would_know(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment)
    expect(field(page, "teams", "who_knows")).to_be_hidden()
    choose(page, "teams", "-not_sure")
    field(page, "teams", "who_knows").fill("Head of engineering")
    page.locator("h1").click()
    expect_saved(page)
    assert row(assessment, "teams").who_knows == "Head of engineering"
    field(page, "teams").fill("7")
    expect(page.locator('[name="teams"][value="-not_sure"]')).not_to_be_checked()


def test_a_question_appears_with_the_answer_that_calls_for_it(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment, "scope")
    expect(page.locator("#q-services")).to_be_hidden()
    choose(page, "current_shape", "services")
    expect(page.locator("#q-services")).to_be_visible()
    field(page, "services").fill("47")
    choose(page, "current_shape", "monolith")
    expect(page.locator("#q-services")).to_be_hidden()
    expect_saved(page)
    eventually(lambda: row(assessment, "services").value == 47, page)


def test_a_question_goes_with_the_answer_that_makes_it_needless_unless_it_is_answered(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment, "deploys")
    choose(page, "failure_spread", "rarely")
    choose(page, "special_needs", "none_of_these")
    expect(page.locator("#q-change_rhythm")).to_be_hidden()
    expect(page.locator("#q-failure_spread")).to_be_visible()
    choose(page, "special_needs", "pace")
    expect(page.locator("#q-change_rhythm")).to_be_visible()
    choose(page, "change_rhythm", "alike")
    expect_saved(page)
    eventually(lambda: row(assessment, "change_rhythm").value == "alike", page)


def test_a_value_that_is_refused_stays_and_says_what_to_do_without_red(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment, "deploys")
    field(page, "deploy_minutes").fill("an hour")
    page.locator("h1").click()
    expect(page.locator("#q-deploy_minutes [data-slot]")).to_contain_text("Enter minutes between 0 and 10,080")
    expect(page.locator("#pill")).to_contain_text("Not saved yet")
    expect(page.locator(".error-text")).to_have_count(0)
    expect(field(page, "deploy_minutes")).to_have_value("an hour")
    # Pressing the button shows the page's own errors, everything else saved.
    choose(page, "deploy_waiting", "often")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(field(page, "deploy_minutes")).to_have_value("an hour")
    assert row(assessment, "deploy_waiting").value == "often"
    field(page, "deploy_minutes").fill("60")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/scaling/")
    assert row(assessment, "deploy_minutes").value == 60


def test_a_number_is_saved_as_understood_and_one_with_two_meanings_is_settled_by_one_click(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment, "deploys")
    slot = page.locator("#q-deploy_minutes-slot")
    field(page, "deploy_minutes").fill("1h")
    expect(slot).to_have_text("Saved as 60.")
    field(page, "deploy_minutes").fill("1.000")
    expect(slot).to_contain_text("can mean 1 or 1,000")
    expect(page.locator("#pill")).to_contain_text("Not saved yet")
    slot.get_by_role("button", name="1,000").click()
    expect(field(page, "deploy_minutes")).to_have_value("1000")
    expect_saved(page)
    expect(slot).to_be_empty()
    assert row(assessment, "deploy_minutes").value == 1000


def test_a_refused_answer_of_another_section_is_left_to_that_section(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment, "deploys")
    field(page, "deploy_minutes").fill("an hour")
    page.locator("h1").click()
    expect(page.locator("#pill")).to_contain_text("an answer needs a look")
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.post_data or "") if request.method == "POST" else None)
    page.goto(section_of(assessment))
    expect(page.locator("#pill")).to_have_text("Saved as you go")
    choose(page, "ownership", "teams")
    expect_saved(page)
    assert not any("deploy_minutes" in body for body in posted)
    page.goto(section_of(assessment, "deploys"))
    expect(page.locator("#q-deploy_minutes [data-slot]")).to_contain_text("Enter minutes between 0 and 10,080")
    expect(field(page, "deploy_minutes")).to_have_value("an hour")


# --- the pill and faults


def test_the_pill_never_says_saved_while_the_server_fails(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)
    answers = f"**{reverse('assessment-answers', args=[assessment.pk])}"
    seen: list[str] = []
    page.expose_function("note_pill", lambda words: seen.append(words))
    page.evaluate(
        "new MutationObserver(() => note_pill(pill.textContent)).observe(pill, {childList: true, subtree: true})"
    )
    page.route(answers, lambda route: route.fulfill(status=500, body="broken"))
    choose(page, "ownership", "teams")
    expect(page.locator("#pill")).to_have_text("Not saved yet, trying again")
    page.wait_for_timeout(1500)
    assert not [words for words in seen if words.startswith("Saved")]
    page.unroute(answers)
    expect_saved(page)
    assert row(assessment, "ownership").value == "teams"


def test_a_lost_response_is_asked_for_again_and_counts_once(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    # Playwright sees each of the browser's own tries; the script's second one carries the same mutation id.
    page.route("**/answers", lose_the_first)
    choose(page, "ownership", "teams")
    expect_saved(page)
    assert lost == [200]
    assert row(assessment, "ownership").version == 1
    assert assessment.events.filter(key="ownership").count() == 1


def test_offline_answers_go_out_when_the_line_is_back(context_of: Context, alice: User, assessment: Assessment) -> None:
    context = context_of(alice)
    page = opened(context, assessment)
    context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    choose(page, "ownership", "teams")
    field(page, "teams").fill("6")
    expect(page.locator("#pill")).to_have_text("Not saved yet, trying again")
    context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    expect_saved(page)
    assert (row(assessment, "ownership").value, row(assessment, "teams").value) == ("teams", 6)


def test_what_could_not_be_saved_survives_a_reload(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment)
    page.route("**/answers", lambda route: route.fulfill(status=503))
    choose(page, "ownership", "teams")
    field(page, "teams").fill("6")
    page.wait_for_timeout(900)
    page.reload()
    expect(page.locator('[name="ownership"][value="teams"]')).to_be_checked()
    expect(field(page, "teams")).to_have_value("6")
    expect(page.locator("#pill")).to_have_attribute("data-state", "waiting")
    page.unroute("**/answers")
    expect_saved(page)
    assert row(assessment, "teams").value == 6
    assert page.evaluate("sessionStorage.length") == 1
    assert page.evaluate("Object.values(sessionStorage)[0]") == "[]"


def test_an_expired_sign_in_says_so_and_keeps_what_is_typed(
    context_of: Context, alice: User, assessment: Assessment, live_server: Any
) -> None:
    context = context_of(alice)
    page = opened(context, assessment)
    context.clear_cookies()
    choose(page, "ownership", "teams")
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#pill")).to_have_text("Not saved")
    link = page.locator("#sign-in a")
    expect(link).to_have_attribute("target", "_blank")
    with context.expect_page() as new_tab:
        link.click()
    tab = new_tab.value
    tab.fill("[name=login]", alice.email)
    tab.fill("[name=password]", "correct horse battery")
    tab.press("[name=password]", "Enter")
    tab.wait_for_url("**/assessments/**")
    tab.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#sign-in")).to_be_hidden()
    expect_saved(page)
    assert row(assessment, "ownership").value == "teams"


def test_somebody_else_signing_in_does_not_send_my_answers(
    context_of: Context, alice: User, bob: User, assessment: Assessment, live_server: Any
) -> None:
    context = context_of(alice)
    page = opened(context, assessment)
    context.clear_cookies()
    choose(page, "ownership", "teams")
    expect(page.locator("#sign-in")).to_be_visible()
    sign_in(context, bob, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(800)
    expect(page.locator("#sign-in")).to_be_visible()
    assert not assessment.answers.exists()


def test_after_submitting_elsewhere_the_page_says_that_nothing_is_saved(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)
    choose(page, "ownership", "teams")
    expect_saved(page)
    submit_assessment(assessment, by=alice)
    choose(page, "ownership", "people")
    expect(page.locator("#trouble")).to_contain_text("submitted by Alice")
    expect(page.locator("#pill")).to_have_text("Not saved")
    assert row(assessment, "ownership").value == "teams"


# --- leaving


def leave_by_link(page: Page) -> None:
    page.get_by_role("link", name="Assessments").first.click()


def leave_by_reload(page: Page) -> None:
    page.reload()


def leave_by_address(page: Page) -> None:
    page.goto("/assessments/")


def leave_by_back(page: Page) -> None:
    page.go_back()


def leave_by_closing(page: Page) -> None:
    page.close(run_before_unload=True)


def leave_by_button(page: Page) -> None:
    page.get_by_role("button", name="Save and exit").click()


WAYS_TO_LEAVE = (leave_by_link, leave_by_reload, leave_by_address, leave_by_back, leave_by_closing, leave_by_button)


@pytest.mark.parametrize("leave", slow_except(WAYS_TO_LEAVE, leave_by_link, leave_by_closing))
def test_text_typed_a_moment_before_leaving_is_kept(
    context_of: Context, alice: User, assessment: Assessment, leave: Callable[[Page], None]
) -> None:
    context = context_of(alice)
    watcher = context.new_page()
    page = context.new_page()
    page.goto("/assessments/")
    page.goto(section_of(assessment))
    expect(page.locator("#pill")).to_be_visible()
    choose(page, "ownership", "teams")
    page.locator("#q-ownership .more summary").click()
    field(page, "ownership", "note").press_sequentially("Typed a moment ago")
    leave(page)
    found = Answer.objects.filter(assessment=assessment, key="ownership", note="Typed a moment ago")
    eventually(found.exists, watcher)


# --- two people


def test_two_browsers_on_one_card_show_both_values_and_lose_none(
    context_of: Context, alice: User, bob: User, assessment: Assessment
) -> None:
    hers, his = opened(context_of(alice), assessment), opened(context_of(bob), assessment)
    choose(hers, "team_collisions", "weekly")
    expect_saved(hers)
    choose(his, "team_collisions", "daily")
    conflict = his.locator("#q-team_collisions .conflict")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("Alice")
    expect(conflict.locator("[data-theirs]")).to_contain_text("About once a week")
    expect(conflict.locator("[data-mine]")).to_contain_text("Daily")
    expect(his.locator("#pill")).to_contain_text("Not saved yet")
    # His own choice was not swapped for hers.
    expect(his.locator('[name="team_collisions"][value="daily"]')).to_be_checked()
    assert row(assessment, "team_collisions").value == "weekly"
    conflict.get_by_role("button", name="Keep mine").click()
    expect_saved(his)
    log = assessment.events.filter(key="team_collisions").order_by("version")
    assert [(str(event.by), event.payload["value"]) for event in log] == [("Alice", "weekly"), ("Bob", "daily")]


def test_taking_theirs_shows_their_answer(context_of: Context, alice: User, bob: User, assessment: Assessment) -> None:
    hers, his = opened(context_of(alice), assessment), opened(context_of(bob), assessment)
    field(hers, "teams").fill("5")
    hers.locator("h1").click()
    expect_saved(hers)
    field(his, "teams").fill("9")
    his.locator("h1").click()
    his.get_by_role("button", name="Take theirs").click()
    expect(field(his, "teams")).to_have_value("5")
    expect_saved(his)
    field(his, "teams").fill("6")
    his.locator("h1").click()
    expect_saved(his)
    eventually(lambda: row(assessment, "teams").value == 6, his)


def test_a_conflict_holds_the_page_until_it_is_decided(
    context_of: Context, alice: User, bob: User, assessment: Assessment
) -> None:
    hers, his = opened(context_of(alice), assessment), opened(context_of(bob), assessment)
    choose(hers, "team_collisions", "weekly")
    expect_saved(hers)
    choose(his, "team_collisions", "daily")
    expect(his.locator(".conflict")).to_be_visible()
    his.get_by_role("button", name="Save and continue").click()
    expect(his.get_by_role("button", name="Keep mine")).to_be_focused()
    his.keyboard.press("Enter")
    expect_saved(his)
    his.get_by_role("button", name="Save and continue").click()
    his.wait_for_url("**/sections/deploys/")


def test_both_giving_the_same_answer_is_no_conflict(
    context_of: Context, alice: User, bob: User, assessment: Assessment
) -> None:
    hers, his = opened(context_of(alice), assessment), opened(context_of(bob), assessment)
    choose(hers, "team_collisions", "weekly")
    expect_saved(hers)
    choose(his, "team_collisions", "weekly")
    expect_saved(his)
    expect(his.locator(".conflict")).to_have_count(0)
    choose(his, "team_collisions", "never")
    expect_saved(his)
    eventually(lambda: row(assessment, "team_collisions").version == 2, his)


def test_own_scripts_take_at_most_6_kilobytes_compressed() -> None:
    from pathlib import Path

    scripts = (Path(__file__).resolve().parents[2] / "static").glob("*.js")
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 6 * 1024
