"""One's own sheet in a real Chromium: saved as one answers, at any width, without a script, and in two tabs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assess.assessments import invitation_links, respondents, response_mode
from assess.assessments.actions import start_assessment
from assess.assessments.models import Assessment, Edition, Respondent
from assess.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Any]


@pytest.fixture
def assessment(live_server: Any, team: Any, alice: User, bob: User, ravi: User, edition: Edition) -> Assessment:
    """Bob and Ravi are asked to answer on their own."""
    made = start_assessment(team=team, system_name="Web shop", edition=edition, by=alice)
    respondents.ask_people(made, people=[bob, ravi], by=alice)
    return made


def section_of(assessment: Assessment, slug: str = "teams") -> str:
    return reverse("assessment-my-section", args=[assessment.pk, slug])


def values_of(assessment: Assessment, user: User) -> dict[str, Any]:
    rows = Respondent.objects.get(assessment=assessment, user=user).responses.filter(answered=True)
    return {row.key: row.value for row in rows}


def expect_saved(page: Page) -> None:
    expect(page.locator("#pill")).to_have_attribute("data-state", "saved")


def is_wider_than_the_screen(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize("width", [1280, 320])
def test_answers_are_saved_as_they_are_given_and_others_show_afterwards(
    open_page: OpenPage, assessment: Assessment, bob: User, ravi: User, width: int
) -> None:
    with open_page(user=bob, width=width) as page:
        page.goto(section_of(assessment))
        page.locator("#q-teams-value").fill("5")
        page.locator('[name="ownership"][value="teams"]').check()
        page.locator("h1").click()
        expect_saved(page)
    assert values_of(assessment, bob) == {"teams": 5, "ownership": "teams"}
    with open_page(user=ravi, width=width) as page:
        page.goto(reverse("assessment-mine", args=[assessment.pk]))
        assert not is_wider_than_the_screen(page)
        page.goto(section_of(assessment))
        expect(page.get_by_text("Others answered")).to_have_count(0)
        page.locator("#q-teams-value").fill("9")
        page.locator("h1").click()
        expect_saved(page)
        page.reload()
        others = page.locator('[data-others="teams"]')
        others.locator("summary").click()
        expect(others.get_by_text("Bob: 5 teams")).to_be_visible()
        expect(page.locator("[data-others]")).to_have_count(1)
        assert not is_wider_than_the_screen(page)
    assert values_of(assessment, ravi) == {"teams": 9}


def test_two_tabs_of_one_person_show_both_answers(open_page: OpenPage, assessment: Assessment, ravi: User) -> None:
    with open_page(user=ravi) as page:
        page.goto(section_of(assessment))
        other = page.context.new_page()
        other.goto(section_of(assessment))
        other.locator("#q-teams-value").fill("5")
        other.locator("h1").click()
        expect_saved(other)
        page.locator("#q-teams-value").fill("7")
        page.locator("h1").click()
        conflict = page.locator("#q-teams .conflict")
        expect(conflict).to_contain_text("You saved another answer")
        conflict.get_by_role("button", name="Keep mine").click()
        expect_saved(page)
    assert values_of(assessment, ravi) == {"teams": 7}


def test_what_is_typed_for_the_team_never_waits_on_ones_own_sheet(
    open_page: OpenPage, assessment: Assessment, alice: User
) -> None:
    """The tab keeps what is unsaved; a common answer kept there must not be sent as one's own."""
    response_mode.return_to_shared_answers(assessment, by=alice)
    with open_page(user=alice) as page:
        page.goto(reverse("assessment-section", args=[assessment.pk, "teams"]))
        page.route("**/answers*", lambda route: route.fulfill(status=429))
        page.locator("#q-teams-value").fill("5")
        page.locator("h1").click()
        expect(page.locator("#pill")).to_have_text("Not saved yet, trying again")
        page.on("dialog", lambda dialog: dialog.accept())
        respondents.ask_people(Assessment.objects.get(pk=assessment.pk), people=[alice], by=alice)
        page.unroute("**/answers*")
        page.goto(section_of(assessment))
        expect(page.locator("#q-teams-value")).to_have_value("")
        assert values_of(assessment, alice) == {}


def test_a_guest_comes_answers_and_comes_back_without_a_script(
    open_page: OpenPage, assessment: Assessment, alice: User
) -> None:
    _, token = respondents.make_guest_link(assessment, perspective="product", by=alice)
    with open_page(javascript=False, width=320) as page:
        page.goto(reverse("join", args=[token]))
        assert page.get_by_role("heading", level=1).inner_text() == "Alice asks for your view"
        page.get_by_label("Your name").fill("Kim")
        page.get_by_role("button", name="Begin").click()
        way_back = page.locator("code.copy").inner_text()
        page.get_by_role("link", name="Begin").click()
        page.get_by_role("link", name="Begin", exact=True).click()
        page.locator('[name="current_shape"][value="monolith"]').check()
        page.get_by_role("button", name="Save and exit").click()
        expect(page.get_by_text("1 of", exact=False).first).to_be_visible()
        page.get_by_role("button", name="I am done").click()
        expect(page.get_by_text("You said that you are done")).to_be_visible()
    kim = Respondent.objects.get(assessment=assessment, user__name="Kim")
    assert {row.key: row.value for row in kim.responses.all()} == {"current_shape": "monolith"}
    assert kim.finished_at is not None
    with open_page(javascript=False) as page:
        page.goto(way_back)
        page.get_by_role("button", name="Continue as Kim").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your answers on Web shop")


@pytest.mark.slow
def test_the_pages_are_accessible(
    axe_everywhere: Callable[..., None], assessment: Assessment, alice: User, ravi: User
) -> None:
    link, token = respondents.make_guest_link(assessment, by=alice)
    guest, _ = invitation_links.join_as_guest(token, name="Kim")
    axe_everywhere(
        reverse("assessment-people", args=[assessment.pk]),
        reverse("assessment-mine", args=[assessment.pk]),
        reverse("assessment-result", args=[assessment.pk]),
        user=alice,
    )
    axe_everywhere(reverse("asked"), reverse("assessment-mine", args=[assessment.pk]), user=guest.user)
    axe_everywhere(reverse("join", args=[token]))
    assert link.respondents.count() == 1
