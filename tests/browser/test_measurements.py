"""Deploys, load and cost in a browser: a file is chosen, looked at and attached by keyboard, without JavaScript."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assess.assessments.measurements.models import Measurement
from assess.people.models import Team, User
from tests.browser.conftest import OpenPage
from tests.factories import AssessmentFactory
from tests.integration.assessments.test_measurements import ACCESS_LOG, attach
from tests.measurement_samples import deploys_csv, kubectl, sixty_runs, workload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_file_is_read_and_attached_by_keyboard_on_a_phone(open_page: OpenPage, alice: User, team: Team) -> None:
    assessment = AssessmentFactory(team=team, by=alice)
    with open_page(user=alice, width=320, javascript=False) as page:
        page.goto(reverse("evidence-measurements", args=[assessment.pk]))
        file = {"name": "cost.json", "mimeType": "application/json", "buffer": kubectl(workload())}
        page.get_by_label("Choose a file").set_input_files(file)
        page.get_by_text("Prices, for a file of a cluster").focus()
        page.keyboard.press("Enter")
        page.get_by_label("A core a month").fill("twenty")
        page.get_by_role("button", name="Read the file").press("Enter")
        expect(page.get_by_role("heading", name="Nothing was read")).to_be_visible()
        expect(page.get_by_label("A core a month")).to_have_value("twenty")
        page.get_by_label("Choose a file").set_input_files(file)
        page.get_by_label("A core a month").fill("20")
        page.get_by_label("A GiB of memory a month").fill("4")
        page.get_by_role("button", name="Read the file").press("Enter")
        expect(page.get_by_role("heading", name="Preview of cost.json: Cost")).to_be_visible()
        page.get_by_role("button", name="Attach", exact=True).press("Enter")
        expect(page.get_by_text("Cost from cost.json is attached.")).to_be_visible()
    assert Measurement.objects.get().file_name == "cost.json"


def test_empty_filled_and_refused_pages_have_no_axe_violation(
    axe_everywhere: Callable[..., None], alice: User, team: Team
) -> None:
    empty, filled = (AssessmentFactory(team=team, by=alice, system__name=name) for name in ("Ledger", "Shop"))
    attach(filled, deploys_csv(sixty_runs()), alice)
    attach(filled, ACCESS_LOG, alice, "a-very-long-name-of-a-file-" * 7)
    axe_everywhere(
        *(reverse("evidence-measurements", args=[each.pk]) for each in (empty, filled)),
        reverse("evidence-claims", args=[filled.pk]),
        user=alice,
    )
