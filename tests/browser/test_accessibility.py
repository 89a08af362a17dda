"""axe finds nothing on any page: empty, filled and wrong; light and dark; wide, small and smallest."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assess.assessments.actions import submit_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.measurements.actions import attach_file, read_file
from assess.demo.traces import build_traces
from assess.people.models import User
from assess.planning.design.actions import decide_design
from assess.planning.pages import PAGES
from tests.browser.conftest import Faults, OpenPage
from tests.evidence_samples import shop_evidence
from tests.factories import AssessmentFactory

FILLED = (
    "?teams=5&deploy_minutes=45&hot_share=40&platform_team=dedicated&tracing=planned&hiring=easy&migration_horizon=year"
)
PUBLIC = (
    "/",
    "/quick/",
    f"/quick/{FILLED}",
    "/quick/?teams=x&deploy_minutes=99999&tracing=sometimes&hiring=easy",
    "/quick/?current_shape=services&services=47&distributed_monolith_signs=release_together",
    "/sample/",
    "/how-it-decides/",
    "/sources/",
    "/cases/",
    "/scaling-sum/",
    "/evidence/",
    "/scaling-sum/?now_instances=10&now_price=100&part_instances=8&part_price=100&rest_instances=2&rest_price=50",
    "/scaling-sum/?now_instances=ten&people=2",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/no/such/page/",
)
ANSWERS = {
    "scope": "whole_system",
    "current_shape": "monolith",
    "teams": 5,
    "developers": 35,
    "deploy_minutes": 45,
    "deploy_waiting": "always",
    "boundaries": "named",
    "tracing": "none",
    "motives": ["imitation", "independent_deploys"],
}


def test_axe_finds_nothing_on_pages_for_everybody(axe_everywhere: Callable[..., None]) -> None:
    axe_everywhere(*PUBLIC)


def test_axe_finds_nothing_on_the_pages_of_an_assessment(
    axe_everywhere: Callable[..., None], alice: User, team: Any
) -> None:
    empty = AssessmentFactory(team=team, by=alice, system__name="Ledger")
    filled = AssessmentFactory(team=team, by=alice, system__name="Checkout", answers=ANSWERS)
    closed = submit_assessment(AssessmentFactory(team=team, by=alice, system__name="Search", answers=ANSWERS), by=alice)
    addresses = ["/assessments/", "/assessments/?q=nothing-fits", "/assessments/new/", "/assessments/from-report/"]
    for assessment in (empty, filled, closed):
        start = f"/assessments/{assessment.pk}/"
        addresses += [start, f"{start}review/", f"{start}result/"]
    addresses += [f"/assessments/{filled.pk}/sections/{slug}/" for slug in ("scope", "teams", "tracing")]
    axe_everywhere(*addresses, user=alice)


@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_of_money_and_plan(
    axe_everywhere: Callable[..., None], alice: User, team: Any
) -> None:
    """Empty where nothing hurts; filled where services are extracted, with one design decided and one open."""
    empty = AssessmentFactory(team=team, by=alice, system__name="Bank")
    filled = AssessmentFactory(team=team, by=alice, system__name="Shop", answers=ANSWERS)
    decide_design(filled, "data", option="schema_each", reason="The first step out.", by=alice)
    addresses = [reverse(name, args=[each.pk]) for each in (empty, filled) for name, _words in PAGES]
    addresses += [reverse("design-decision", args=[filled.pk, key]) for key in ("data", "timeouts")]
    axe_everywhere(*addresses, user=alice)


@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_of_a_scan(axe_everywhere: Callable[..., None], alice: User, team: Any) -> None:
    scanned, without = (AssessmentFactory(team=team, by=alice, system__name=name) for name in ("Shop", "Bank"))
    for day in ("2026-10-01", "2026-11-02"):
        attach_evidence(scanned, json.dumps(shop_evidence(scanned_at=f"{day}T09:00:00Z")).encode(), by=alice)
    pages = ("evidence", "evidence-claims", "evidence-map", "evidence-candidates", "evidence-boundaries")
    addresses = [reverse(name, args=[each.pk]) for each in (scanned, without) for name in pages]
    axe_everywhere(*addresses, user=alice)


@pytest.mark.slow
def test_axe_finds_nothing_on_services_to_merge(axe_everywhere: Callable[..., None], alice: User, team: Any) -> None:
    answers = {"current_shape": "services", "services": 47, "teams": 4}
    traced, unknown = (
        AssessmentFactory(team=team, by=alice, system__name=name, answers=answers) for name in ("Shop", "Bank")
    )
    attach_file(traced, read_file(io.BytesIO(build_traces()), name="traces.json", assessment=traced), by=alice)
    axe_everywhere(*(reverse("merging", args=[each.pk]) for each in (traced, unknown)), user=alice)


def test_axe_finds_nothing_on_a_section_with_mistakes(
    open_page: OpenPage, alice: User, team: Any, faults: Faults
) -> None:
    filled = AssessmentFactory(team=team, by=alice, system__name="Checkout", answers=ANSWERS)
    with open_page(user=alice) as page:
        # Without the page's own script, so that the button posts the form; axe itself needs JavaScript.
        page.route("**/answers*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.goto(f"/assessments/{filled.pk}/sections/teams/")
        page.fill("[name=teams]", "several")
        page.fill("[name=developers]", "-1")
        page.click(".save-bar >> text=Save and continue")
        expect(page.locator("[aria-invalid=true]")).to_have_count(2)
        assert faults(page) == {}
