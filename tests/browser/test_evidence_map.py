"""The map of a scan in a real browser: for every eye and width, by keyboard, and printed."""

import json
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.models import Assessment
from assess.people.models import Team, User
from tests.browser.conftest import OpenPage
from tests.evidence_samples import evidence_of_apps
from tests.factories import AssessmentFactory

pytestmark = pytest.mark.django_db(transaction=True)


def map_of(team: Team, user: User, apps: int) -> str:
    """The address of the map of an assessment with a scan of so many apps."""
    assessment: Assessment = AssessmentFactory(team=team, by=user, system__name=f"Shop of {apps}")
    attach_evidence(assessment, json.dumps(evidence_of_apps(apps)).encode(), by=user)
    return reverse("evidence-map", args=[assessment.pk])


@pytest.mark.slow  # axe reads the tables of 80 apps
def test_maps_of_any_size_have_no_axe_violation_and_fit_the_window(
    axe_everywhere: Callable[..., None], alice: User, team: Team
) -> None:
    empty = AssessmentFactory(team=team, by=alice, system__name="Ledger")
    addresses = [map_of(team, alice, apps) for apps in (6, 80)]
    axe_everywhere(*addresses, reverse("evidence-map", args=[empty.pk]), user=alice)


def test_on_a_phone_the_map_scrolls_by_keyboard_and_its_table_opens(
    open_page: OpenPage, alice: User, team: Team
) -> None:
    with open_page(user=alice, width=320, javascript=False) as page:
        page.goto(map_of(team, alice, 25))
        drawing = page.get_by_role("region", name="Map of apps")
        drawing.focus()
        page.keyboard.press("ArrowRight")
        expect(drawing).to_be_focused()
        summary = page.get_by_text("The map as a table")
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("table", name="imports between apps point the wrong way").first).to_be_visible()


@pytest.mark.slow  # the test above opens the page; this one prints it
def test_printed_the_whole_drawing_and_its_table_are_there(open_page: OpenPage, alice: User, team: Team) -> None:
    with open_page(user=alice, scheme="dark") as page:
        page.goto(map_of(team, alice, 40))
        page.emulate_media(media="print")
        drawing = "document.querySelector('.table-wrap > svg').getBoundingClientRect().width"
        room = "document.querySelector('.table-wrap').clientWidth"
        page.set_viewport_size({"width": 700, "height": 900})  # about what A4 leaves
        assert page.evaluate(drawing) <= page.evaluate(room)
        made = page.pdf(format="A4")
    with pikepdf.open(BytesIO(made)) as document:
        assert len(document.pages) > 3
