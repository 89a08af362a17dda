"""The report as a page in a real browser: for every eye and width, without a script, and printed."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assess.assessments.actions import submit_assessment
from assess.assessments.models import Answer, Assessment
from assess.people.models import Team, User
from tests.browser.conftest import OpenPage
from tests.factories import AnswerFactory, AssessmentFactory
from tests.unit.reports.report_factory import demo_answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(team: Team, alice: User) -> Assessment:
    """Submitted, with notes, a link, a long name and words without a space."""
    name = "Payments platform of the northern harbours, with " + "W" * 60
    made: Assessment = AssessmentFactory(team=team, by=alice, system__name=name)
    for key, answer in demo_answers("ecommerce-35-developers").items():
        value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
        AnswerFactory(assessment=made, key=key, value=value, basis=answer.basis or "", note=answer.note)
    Answer.objects.filter(assessment=made, key="teams").update(
        link="https://wiki.example.org/" + "x" * 200, note="One line.\n" + "y" * 300
    )
    return Assessment.objects.get(pk=submit_assessment(made, by=alice).pk)


def address(assessment: Assessment, query: str = "") -> str:
    return reverse("report-read", args=[assessment.pk]) + query


@pytest.mark.slow
def test_report_page_has_no_axe_violation_and_no_horizontal_scroll(
    axe_everywhere: Callable[..., None], alice: User, team: Team, filled: Assessment
) -> None:
    empty = AssessmentFactory(team=team, by=alice, system__name="Ledger")
    axe_everywhere(address(filled), address(filled, "?for=leadership"), address(empty, "?chapter=answers"), user=alice)


def test_tables_fit_a_phone_without_scrolling(open_page: OpenPage, alice: User, filled: Assessment) -> None:
    with open_page(user=alice, width=320) as page:
        page.goto(address(filled))
        wide = "[...document.querySelectorAll('.table-wrap')].filter(each => each.scrollWidth > each.clientWidth + 1)"
        assert page.evaluate(f"{wide}.map(each => each.textContent.slice(0, 60))") == []


def test_chapters_can_be_chosen_without_javascript(open_page: OpenPage, alice: User, filled: Assessment) -> None:
    with open_page(user=alice, javascript=False) as page:
        page.goto(address(filled))
        page.get_by_label("For leadership").check()
        page.get_by_role("button", name="Show this report").click()
        assert "?for=leadership" in page.url
        assert page.get_by_role("heading", name="Appendix: every answer").count() == 0
        page.get_by_text("Choose the chapters yourself").click()
        page.get_by_label("Gates and checklist in detail").check()
        page.get_by_role("button", name="Show these chapters").click()
        page.get_by_role("heading", name="Gates and checklist in detail").wait_for()
        expect(page.get_by_text("Left out of this report by choice:")).to_be_visible()
        page.get_by_role("link", name="Read the full report").click()
        page.get_by_role("heading", name="Appendix: every answer").wait_for()


def test_the_contents_lead_to_their_chapters_by_keyboard(open_page: OpenPage, alice: User, filled: Assessment) -> None:
    with open_page(user=alice) as page:
        page.goto(address(filled))
        page.get_by_role("navigation", name="In this report").get_by_role("link", name=re.compile("by day")).focus()
        page.keyboard.press("Enter")
        assert page.url.endswith("#steps")
        assert page.evaluate("document.getElementById('steps').getBoundingClientRect().top") < 200


def test_print_shows_the_report_without_the_sites_frame(open_page: OpenPage, alice: User, filled: Assessment) -> None:
    with open_page(user=alice, scheme="dark") as page:
        page.goto(address(filled))
        page.emulate_media(media="print")
        for selector in (".site-header", ".site-footer", ".breadcrumbs", ".report-tools", ".skip-link"):
            assert not any(each.is_visible() for each in page.locator(selector).all()), selector
        expect(page.locator(".verdict-words")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        # No link tells its address: on paper nobody can follow it, and answers' links are printed as text anyway.
        told = "[...document.querySelectorAll('a')].map(a => getComputedStyle(a, '::after').content)"
        assert set(page.evaluate(told)) <= {"none", "normal"}
        made = page.pdf(format="A4")
    with pikepdf.open(BytesIO(made)) as document:
        assert 6 <= len(document.pages) <= 24


def test_an_evidence_link_is_text(open_page: OpenPage, alice: User, filled: Assessment) -> None:
    with open_page(user=alice) as page:
        page.goto(address(filled))
        assert page.get_by_text(re.compile("Evidence: https://wiki.example.org/")).count() == 1
        assert page.locator("a[href^='https://wiki']").count() == 0
