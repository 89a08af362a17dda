"""Account and error pages: right for everyone, and the way from a form that was open too long."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assess.people.models import Membership, User
from tests.browser.conftest import OpenPage
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_for_the_signed_out_are_accessible(axe_everywhere: Callable[..., None]) -> None:
    axe_everywhere(
        "/account/login/",
        "/account/signup/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/confirm-email/",
        "/account/inactive/",
        "/no/such/place/",
    )


def test_pages_for_the_signed_in_are_accessible(axe_everywhere: Callable[..., None], alice: User) -> None:
    axe_everywhere("/account/password/change/", "/account/logout/", "/account/reauthenticate/", user=alice)


@pytest.mark.parametrize("javascript", [True, False])
def test_signing_up_by_keyboard_leads_where_one_was_going(open_page: OpenPage, javascript: bool) -> None:
    with open_page(javascript=javascript) as page:
        page.goto("/assessments/new/")
        expect(page).to_have_url(re.compile(r"/account/login/\?next="))
        page.get_by_role("link", name="Create an account").press("Enter")
        page.get_by_label("Your name").focus()
        for text in ("Ana Lopez", "ana@example.org", "a wide blue harbour"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/assessments/new/$"))
    assert Membership.objects.get().user.email == "ana@example.org"


def test_a_mistake_is_told_and_linked_to_its_field(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/account/signup/")
        page.get_by_role("button", name="Create the account").click()
        page.get_by_role("link", name="Your name: Enter your name").click()
        expect(page.get_by_label("Your name")).to_be_focused()
        expect(page.get_by_label("Your name")).to_have_accessible_description(
            "Enter your name as your colleagues know it"
        )


def test_a_form_that_was_open_too_long_can_be_sent_again(open_page: OpenPage, alice: User) -> None:
    with open_page() as page:
        page.goto("/account/login/")
        page.get_by_label("E-mail address").fill(alice.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.context.clear_cookies()
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="open for too long")).to_be_visible()
        expect(page.get_by_text(alice.email)).to_be_visible()
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_label("E-mail address")).to_have_value(alice.email)
