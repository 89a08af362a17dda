"""People, invitations and one's own account in a real browser: axe, smallest screen, keyboard, without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from assess.people import invitations
from assess.people.models import Membership, Role, Team, User
from tests.browser.conftest import OpenPage
from tests.factories import UserFactory


@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_of_people(
    axe_everywhere: Callable[..., None], ada: User, alice: User, bob: User, rita: User, team: Team
) -> None:
    invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="nina@example.org", by=alice)
    invitations.invite(workspace=team.workspace, team=None, role=Role.ARCHITECT, by=ada)
    start = f"/workspaces/{team.workspace_id}/people/"
    place = Membership.objects.get(user=bob).pk
    settings = f"/workspaces/{team.workspace_id}/settings/"
    addresses = [start, f"{start}?q=bob", f"{start}invite/", f"{start}{place}/", f"{start}teams/{team.pk}/", settings]
    axe_everywhere(*addresses, "/people/?all", user=ada)


@pytest.mark.slow
def test_axe_finds_nothing_on_one_s_own_pages_and_on_invitations(
    axe_everywhere: Callable[..., None], alice: User, bob: User, team: Team
) -> None:
    links = [invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, by=alice) for _ in range(2)]
    ended = links[1].invitation
    ended.expires_at = timezone.now() - timedelta(days=1)
    ended.save()
    paths = [link.path for link in links]
    lone = UserFactory(name="Lou")
    axe_everywhere(*paths, "/invitations/nothing/")
    axe_everywhere(*paths, "/people/", "/account/you/", "/account/tokens/", "/account/you/leave/", user=lone)


def test_nothing_is_wider_than_the_smallest_screen(open_page: OpenPage, alice: User, bob: User, team: Team) -> None:
    bob.name = "Bartholomew-Maximilian-von-und-zu-Hohenlohe-Waldenburg"
    bob.email = f"{'x' * 60}@{'y' * 60}.example.org"
    bob.save()
    invitations.invite(workspace=team.workspace, team=team, role=Role.MEMBER, email="z" * 60 + "@example.org", by=alice)
    start = f"/workspaces/{team.workspace_id}/people/"
    place = Membership.objects.get(user=bob).pk
    with open_page(width=320, user=alice) as page:
        settings = f"/workspaces/{team.workspace_id}/settings/"
        for address in (start, f"{start}invite/", f"{start}{place}/", "/people/?all", "/account/you/", settings):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_from_the_invitation_to_the_team_by_keyboard_and_without_javascript(
    open_page: OpenPage, alice: User, team: Team
) -> None:
    with open_page(javascript=False, user=alice) as page:
        page.goto(f"/workspaces/{team.workspace_id}/people/")
        page.get_by_role("link", name="Invite", exact=True).focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Invite").focus()
        page.keyboard.press("Enter")
        link = page.get_by_label("The link").input_value()
    with open_page(javascript=False) as page:
        page.goto(link)
        page.get_by_role("link", name="Create an account").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Your team")).to_have_count(0)
        page.get_by_label("Your name").focus()
        for text in ("Nina New", "nina@example.org", "a wide blue harbour"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        # The link works for anybody, so whose address this is has to be shown first.
        expect(page.get_by_role("heading", name="One step before you accept")).to_be_visible()
        confirm = re.search(r"/account/confirm-email/\S+", str(mail.outbox[-1].body))
        assert confirm
        page.goto(f"{urlsplit(link).scheme}://{urlsplit(link).netloc}{confirm[0]}")
        page.get_by_role("button", name="Yes, confirm it").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "confirm-email" not in url)
        page.goto(link)
        accept = page.get_by_role("button", name="Accept as Nina New")
        expect(accept).to_be_visible()
        accept.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Welcome: you are now Team member of Payments")).to_be_visible()
    assert Membership.objects.get(user__email="nina@example.org").team == team


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (90, 30), "navy").save(out, "PNG")
    return out.getvalue()


def test_an_administrator_brands_the_workspace_without_javascript(
    open_page: OpenPage, ada: User, team: Team, axe_everywhere: Callable[..., None]
) -> None:
    with open_page(javascript=False, user=ada) as page:
        page.goto(f"/workspaces/{team.workspace_id}/people/")
        page.get_by_role("link", name="Settings", exact=True).click()
        page.get_by_label("Time zone").select_option(label="Auckland")
        page.get_by_label("Line on every page of its reports").fill("Confidential: for the board only")
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_role("status")).to_contain_text("Settings saved")
        file = {"name": "logo.png", "mimeType": "image/png", "buffer": picture()}
        page.get_by_label("Picture").set_input_files(file)  # type: ignore[arg-type]  # one file as its parts
        page.get_by_role("button", name="Add the logo").click()
        shown = page.get_by_role("img", name="Logo of Harbour")
        page.wait_for_load_state()  # the picture comes after the page
        assert shown.evaluate("(image) => image.complete && image.naturalWidth > image.naturalHeight")
    axe_everywhere(f"/workspaces/{team.workspace_id}/settings/", user=ada)
