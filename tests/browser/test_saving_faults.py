"""Faults between a browser and the site: whatever answers, or does not, the page says what is true and loses nothing.

After each fault three things hold: "Saved" was never shown while something was not in the log, what was typed is still
in its field, and once the fault is over all of it is saved, each change once.
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from assess.assessments.models import Assessment
from assess.people.models import User
from tests.browser.conftest import Faults, OpenPage
from tests.browser.test_saving_in_browser import (
    Context,
    assessment,
    choose,
    context_of,
    eventually,
    expect_saved,
    field,
    opened,
    row,
    section_of,
    sign_in,
)
from tests.factories import PASSWORD
from tests.integration.assessments.conftest import assert_answers_are_the_fold_of_the_log

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

__all__ = ["assessment", "context_of"]

ANSWERS = re.compile(r".*/answers(\?.*)?$")
PAGE = "<!doctype html><title>Blocked</title><h1>Request blocked</h1><p>Incident 4711</p>"
HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}


def is_about(request: Request, key: str) -> bool:
    return f"question={key}&" in (request.post_data or "")


def watch(page: Page) -> list[str]:
    """What the pill says, in the order in which it did."""
    said: list[str] = []
    page.expose_function("notePill", lambda words: said.append(words))
    page.evaluate(
        "new MutationObserver(() => notePill(pill.textContent)).observe(pill, {childList: true, subtree: true})"
    )
    return said


def expect_waiting(page: Page) -> None:
    expect(page.locator("#pill")).to_have_attribute("data-state", "waiting")


def expect_truth(page: Page, assessment: Assessment, **values: Any) -> None:
    """All is over and saved: the log has these values, each once, and the page says so."""
    expect_saved(page)
    for key, value in values.items():
        assert row(assessment, key).value == value, key
        assert assessment.events.filter(key=key).count() == row(assessment, key).version, key
    assert_answers_are_the_fold_of_the_log(assessment)


# --- somebody else answers


@dataclass(frozen=True)
class Stranger:
    """What comes back instead of our answer, and what the page says of it."""

    status: int
    body: str = PAGE
    headers: tuple[tuple[str, str], ...] = tuple(HTML.items())
    words: str = "something on the way to Splitcheck answered instead"


NO_ANSWER = "no answer from Splitcheck"
STRANGERS = {
    "web filter, 403": Stranger(403),
    "gateway, 403 as JSON": Stranger(403, '{"message": "Forbidden"}', tuple(JSON.items())),
    "gateway, 401 as JSON": Stranger(401, '{"message": "No token"}', tuple(JSON.items())),
    "proxy without a route, 404": Stranger(404),
    "proxy, 405": Stranger(405, ""),
    "proxy, 408": Stranger(408, ""),
    "proxy, 413": Stranger(413, words="Shorten the note"),
    "throttle, 429": Stranger(429, headers=(("retry-after", "1"), *HTML.items())),
    "captive portal, 200": Stranger(200),
    "empty body, 200": Stranger(200, ""),
    "no content, 204": Stranger(204, ""),
    "cut JSON, 200": Stranger(200, '{"saved": true, "question": "ownership", "versi', tuple(JSON.items())),
    "another question's JSON, 200": Stranger(
        200, '{"saved": true, "question": "teams", "version": 1, "at_words": "12:00"}', tuple(JSON.items())
    ),
    "JSON null, 200": Stranger(200, "null", tuple(JSON.items())),
    "restart, 500": Stranger(500, words=NO_ANSWER),
    "restart, 502": Stranger(502, words=NO_ANSWER),
    "restart, 503": Stranger(503, "", words=NO_ANSWER),
    "restart, 504": Stranger(504, words=NO_ANSWER),
}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_an_answer_that_is_not_ours_holds_up_its_question_alone(
    context_of: Context, alice: User, assessment: Assessment, stranger: Stranger
) -> None:
    page = opened(context_of(alice), assessment)
    said = watch(page)

    def answer(route: Route) -> None:
        if is_about(route.request, "ownership"):
            route.fulfill(status=stranger.status, body=stranger.body, headers=dict(stranger.headers))
        else:
            route.continue_()

    page.route(ANSWERS, answer)
    choose(page, "ownership", "teams")
    slot = page.locator("#q-ownership [data-slot]")
    expect(slot).to_contain_text(stranger.words)
    expect(slot).to_contain_text(" ".join(page.locator("#q-ownership legend").inner_text().split()))
    expect(slot).not_to_contain_text("undefined")
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#sign-in")).to_be_hidden()
    # The others go on being saved.
    field(page, "teams").fill("5")
    eventually(lambda: assessment.answers.filter(key="teams", value=5).exists(), page)
    expect_waiting(page)
    expect(page.locator('[name="ownership"][value="teams"]')).to_be_checked()
    assert not [words for words in said if words.startswith("Saved")]
    assert not assessment.answers.filter(key="ownership").exists()
    page.unroute(ANSWERS)
    expect_truth(page, assessment, ownership="teams", teams=5)
    expect(slot).to_be_empty()


def test_other_words_pass_a_filter_that_refuses_a_note(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)

    def block(route: Route) -> None:
        if "SELECT" in (route.request.post_data or ""):
            route.fulfill(status=403, body=PAGE, headers=HTML)
        else:
            route.continue_()

    page.route(ANSWERS, block)
    page.locator("#q-ownership .more summary").click()
    choose(page, "ownership", "teams")
    expect_saved(page)
    note = field(page, "ownership", "note")
    note.fill("SELECT * FROM orders")
    expect(page.locator("#q-ownership [data-slot]")).to_contain_text("answered instead")
    expect(note).to_have_value("SELECT * FROM orders")
    note.fill("A query on orders")
    expect_truth(page, assessment, ownership="teams")
    assert row(assessment, "ownership").note == "A query on orders"


def test_a_redirect_to_a_sign_in_page_of_a_proxy_holds_up_its_question_alone(
    context_of: Context, alice: User, assessment: Assessment, live_server: Any
) -> None:
    page = opened(context_of(alice), assessment)
    said = watch(page)
    # `fulfill` with a redirect would not be followed; the page that it leads to comes back in its place.
    page.route(
        ANSWERS,
        lambda route: route.fulfill(response=route.fetch(url=f"{live_server.url}/account/inactive/", method="GET")),
    )
    choose(page, "ownership", "teams")
    expect(page.locator("#q-ownership [data-slot]")).to_contain_text("answered instead")
    assert not [words for words in said if words.startswith("Saved")]
    page.unroute(ANSWERS)
    expect_truth(page, assessment, ownership="teams")


# --- the line


@pytest.mark.parametrize("reason", ["connectionrefused", "connectionreset", "timedout", "namenotresolved"])
def test_a_request_that_fails_is_sent_again(
    context_of: Context, alice: User, assessment: Assessment, reason: str
) -> None:
    page = opened(context_of(alice), assessment)
    said = watch(page)
    page.route(ANSWERS, lambda route: route.abort(reason))
    choose(page, "ownership", "teams")
    field(page, "teams").fill("5")
    expect(page.locator("#q-ownership [data-slot]")).to_contain_text(NO_ANSWER)
    expect_waiting(page)
    assert not [words for words in said if words.startswith("Saved")]
    page.unroute(ANSWERS)
    expect_truth(page, assessment, ownership="teams", teams=5)


def test_responses_lost_three_times_count_once(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment)
    said = watch(page)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if len(lost) < 3:
            lost.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(ANSWERS, lose)
    choose(page, "ownership", "teams")
    eventually(lambda: len(lost) == 3, page)
    expect_truth(page, assessment, ownership="teams")
    assert lost == [200, 200, 200]
    assert row(assessment, "ownership").version == 1
    assert said[-1].startswith("Saved")


def test_requests_that_arrive_twice_count_once(context_of: Context, alice: User, assessment: Assessment) -> None:
    page = opened(context_of(alice), assessment)

    def double(route: Route) -> None:
        route.fetch()
        route.continue_()

    page.route(ANSWERS, double)
    for value in ("teams", "people", "unclear"):
        choose(page, "ownership", value)
    expect_truth(page, assessment, ownership="unclear")


def hold_the_first(page: Page) -> list[Route]:
    """The page's first save, held on its way; later ones go through."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(ANSWERS, hold)
    return held


def test_a_slow_response_shows_saving_until_it_is_there(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)
    said, held = watch(page), hold_the_first(page)
    choose(page, "ownership", "teams")
    expect(page.locator("#pill")).to_have_text("Saving…")
    choose(page, "ownership", "people")  # behind the one under way
    eventually(lambda: bool(held), page)
    assert not [words for words in said if words.startswith("Saved")]
    held[0].continue_()
    expect_truth(page, assessment, ownership="people")
    assert row(assessment, "ownership").version == 2


def test_a_request_that_nobody_ever_answers_is_given_up_and_sent_again(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)
    said, held = watch(page), hold_the_first(page)
    choose(page, "ownership", "teams")
    eventually(lambda: bool(held), page)
    expect(page.locator("#pill")).to_have_attribute("data-state", "saved", timeout=60_000)
    expect_truth(page, assessment, ownership="teams")
    assert said[0] == "Saving…"
    assert "Not saved yet, trying again" in said


def test_offline_then_closed_asks_before_it_loses_anything(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    context = context_of(alice)
    page = context.new_page()
    page.goto(section_of(assessment))
    expect(page.locator("#pill")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    context.set_offline(True)
    choose(page, "ownership", "teams")
    expect(page.locator("#pill")).to_have_text("Not saved yet, trying again")
    page.close(run_before_unload=True)
    eventually(lambda: asked == ["beforeunload"], page)
    expect(page.locator('[name="ownership"][value="teams"]')).to_be_checked()
    context.set_offline(False)
    expect_truth(page, assessment, ownership="teams")


def test_what_waits_when_a_page_is_left_by_back_is_sent_on_coming_forward(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    page = opened(context_of(alice), assessment)
    page.goto(section_of(assessment, "deploys"))
    expect(page.locator("#pill")).to_be_visible()
    page.route(ANSWERS, lambda route: route.fulfill(status=502, body=PAGE, headers=HTML))
    choose(page, "deploy_waiting", "often")
    expect(page.locator("#pill")).to_have_text("Not saved yet, trying again")
    page.go_back()
    expect(page.locator("#q-ownership")).to_be_visible()
    page.go_forward()
    expect(page.locator('[name="deploy_waiting"][value="often"]')).to_be_checked()
    page.unroute(ANSWERS)
    expect_truth(page, assessment, deploy_waiting="often")


# --- the clock, tabs and sessions


@pytest.mark.parametrize("jump", [-3600, 86_400 * 400], ids=["an hour back", "a year on"])
def test_a_clock_that_jumps_confuses_no_save(
    context_of: Context, alice: User, assessment: Assessment, jump: int
) -> None:
    """A number made from the clock would come back: the site would take the new answer for one that it has."""
    page = context_of(alice).new_page()
    page.add_init_script(
        "window.shift = 0; const now = Date.now; Date.now = () => Math.round((now() + shift) / 1e7) * 1e7"
    )
    page.goto(section_of(assessment))
    expect(page.locator("#pill")).to_be_visible()
    values = ["teams", "people", "unclear"]
    for turn in range(18):
        choose(page, "ownership", values[turn % 3])
        page.evaluate(f"window.shift = {jump} * {turn % 2}")
        eventually(lambda turn=turn: row_value(assessment) == values[turn % 3], page)
    expect_truth(page, assessment, ownership=values[17 % 3])
    assert row(assessment, "ownership").version == 18


def row_value(assessment: Assessment) -> Any:
    return assessment.answers.filter(key="ownership").values_list("value", flat=True).first()


def test_two_tabs_of_one_person_overwrite_nothing_unseen(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    context = context_of(alice)
    first, second = opened(context, assessment), opened(context, assessment)
    choose(first, "ownership", "teams")
    expect_saved(first)
    choose(second, "ownership", "people")
    expect(second.locator("#q-ownership .conflict")).to_be_visible()
    expect_waiting(second)
    assert row(assessment, "ownership").value == "teams"
    second.get_by_role("button", name="Keep mine").click()
    expect_truth(second, assessment, ownership="people")


def test_a_captive_portal_on_the_way_to_a_new_token_is_no_sign_out(
    context_of: Context, alice: User, assessment: Assessment
) -> None:
    """The token is too old, and the page that has a new one is answered by the portal at first."""
    context = context_of(alice)
    page = opened(context, assessment)
    page.evaluate("document.querySelector('#answers [name=csrfmiddlewaretoken]').value = 'a'.repeat(64)")
    page.route(f"**{section_of(assessment)}", lambda route: route.fulfill(status=200, body=PAGE, headers=HTML))
    choose(page, "ownership", "teams")
    expect(page.locator("#pill")).to_have_text("Not saved yet, trying again")
    expect(page.locator("#sign-in")).to_be_hidden()
    page.unroute(f"**{section_of(assessment)}")
    expect_truth(page, assessment, ownership="teams")


def test_a_rolling_restart_that_forgets_the_token_keeps_an_open_page_alive(
    context_of: Context, alice: User, assessment: Assessment, live_server: Any
) -> None:
    """Nodes come and go behind a balancer: refused, 502, 503, then one by which the cookie of the token is new."""
    context = context_of(alice)
    page = opened(context, assessment)
    said = watch(page)
    turns = iter(["refused", 502, 503])

    def roll(route: Route) -> None:
        turn = next(turns, None)
        if turn is None:
            route.continue_()
        elif turn == "refused":
            route.abort("connectionrefused")
        else:
            route.fulfill(status=int(turn), body=PAGE, headers=HTML)

    page.route(ANSWERS, roll)
    context.clear_cookies(name="csrftoken")
    choose(page, "ownership", "teams")
    field(page, "teams").fill("5")
    expect_truth(page, assessment, ownership="teams", teams=5)
    assert "Not saved yet, trying again" in said


def test_a_session_that_ends_says_so_at_once_and_goes_on_after_the_sign_in(
    context_of: Context, alice: User, assessment: Assessment, live_server: Any
) -> None:
    context = context_of(alice)
    page = opened(context, assessment)
    said = watch(page)
    context.clear_cookies(name="sessionid")
    choose(page, "ownership", "teams")
    expect(page.locator("#sign-in")).to_be_visible()
    expect_waiting(page)
    assert not [words for words in said if words.startswith("Saved")]
    sign_in(context, alice, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect_truth(page, assessment, ownership="teams")


# --- forms without a script


def type_comment(page: Page, assessment: Assessment) -> Any:
    """A comment typed on the page of the decision; the field."""
    page.goto(reverse("assessment-decision", args=[assessment.pk]))
    text = page.locator('textarea[name="text"]').first
    page.locator("details", has=text).first.locator("summary").first.click()
    text.fill("Select these * from our orders;")
    return text


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without"])
def test_a_sign_out_while_a_comment_is_typed_loses_no_word(
    context_of: Context, alice: User, assessment: Assessment, javascript: bool
) -> None:
    context: BrowserContext = context_of(alice, java_script_enabled=javascript)
    page = context.new_page()
    text = type_comment(page, assessment)
    context.clear_cookies(name="sessionid")
    text.locator("xpath=ancestor::form").locator("button").first.click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.fill("[name=login]", alice.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(re.compile(r"/decision/$"))
    kept = page.locator('textarea[name="text"]').first
    expect(kept).to_be_visible()
    expect(kept).to_have_value("Select these * from our orders;")
    kept.locator("xpath=ancestor::form").locator("button").first.click()
    expect(page.get_by_text("Select these * from our orders;").first).to_be_visible()
    expect(page.get_by_text("You were signed out")).to_have_count(0)


@pytest.mark.parametrize("status", [403, 413, 502])
def test_back_from_a_proxys_page_leads_to_the_text(
    context_of: Context, alice: User, assessment: Assessment, status: int
) -> None:
    page = context_of(alice).new_page()
    text = type_comment(page, assessment)
    page.route("**/comments/", lambda route: route.fulfill(status=status, body=PAGE, headers=HTML))
    text.locator("xpath=ancestor::form").locator("button").first.click()
    expect(page.get_by_text("Request blocked")).to_be_visible()
    page.unroute("**/comments/")
    page.go_back()
    expect(page.locator('textarea[name="text"]').first).to_have_value("Select these * from our orders;")


def test_pages_that_give_typed_text_back_are_accessible_and_fit(
    open_page: OpenPage, faults: Faults, alice: User, assessment: Assessment
) -> None:
    address = reverse("assessment-decision", args=[assessment.pk])
    with open_page(user=alice) as page:
        text = type_comment(page, assessment)
        page.context.clear_cookies(name="sessionid")
        text.locator("xpath=ancestor::form").locator("button").first.click()
        page.fill("[name=login]", alice.email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.get_by_text("back in its form")).to_be_visible()
        assert faults(page) == {}
        page.goto("/assessments/")
        page.get_by_text("What you typed", exact=True).click()
        expect(page.get_by_text("Select these * from our orders;")).to_be_visible()
        assert faults(page) == {}
        page.goto(f"{address}comments/")
        expect(page.get_by_text("only takes what a form sends")).to_be_visible()
        assert faults(page) == {}
