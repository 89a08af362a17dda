"""The result page as it is read: how long it is, in which order, and what opens without a script."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment
from assess.models import Edition, Team, User
from assess.questionnaire.answers import read_answers
from assess.questionnaire_files import builtin_questionnaire
from tests.browser.conftest import Faults, OpenPage
from tests.factories import FIXTURES

pytestmark = pytest.mark.django_db(transaction=True)

#: Most pixels of the page with everything closed, by width, and most words of it.
MOST_HEIGHT = {1280: 2200, 375: 3660}  # on a telephone with the row that counts pitfalls
MOST_WORDS = 450
#: Where the card ends: above the fold, and within two screens of a telephone.
CARD_ENDS = {1280: 900, 375: 2 * 812}
WORDS = "() => document.querySelector('main').innerText.trim().split(/\\s+/).length"
HEIGHT = "() => document.documentElement.scrollHeight"
CARD_END = "() => document.querySelector('.answer').getBoundingClientRect().bottom + scrollY"
#: What can have the focus in the card, in the order of the document: where each begins.
FOCUSABLE = "() => [...document.querySelectorAll('.answer a')].map(one => one.getBoundingClientRect().top)"


@pytest.fixture
def longest(team: Team, edition: Edition, alice: User) -> Assessment:
    """The demo's longest result (the test of all the demo's holds that it is)."""
    document = json.loads((FIXTURES / "demo" / "shob.json").read_text())
    carried = read_answers(document, builtin_questionnaire())
    made = start_assessment(team=team, system_name=document["system"], edition=edition, by=alice, carried=carried)
    return submit_assessment(made, by=alice)


def measure(page: Page, address: str, width: int) -> dict[str, Any]:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    return {"height": page.evaluate(HEIGHT), "words": page.evaluate(WORDS), "card": page.evaluate(CARD_END)}


def excess(measured: dict[str, Any], width: int) -> list[str]:
    """Each limit that is broken, "" where none is."""
    limits = {"height": MOST_HEIGHT[width], "words": MOST_WORDS, "card": CARD_ENDS[width]}
    return [f"{name} {measured[name]} > {most} at {width}" for name, most in limits.items() if measured[name] > most]


def test_the_card_ends_above_the_fold_and_the_closed_page_is_short(
    open_page: OpenPage, longest: Assessment, alice: User
) -> None:
    with open_page(user=alice) as page:
        for width in MOST_HEIGHT:
            assert excess(measure(page, f"/assessments/{longest.pk}/result/", width), width) == []


@pytest.mark.slow  # the test above measures the longest of them
def test_no_result_of_the_demo_is_longer(open_page: OpenPage) -> None:
    for command in ("load_fixtures", "load_demo"):
        call_command(command, stdout=io.StringIO())
    rita = User.objects.get(email="architect@demo.example")
    found = []
    with open_page(user=rita) as page:
        for made in Assessment.objects.filter(is_newest=True, deleted_at=None):
            for width in MOST_HEIGHT:
                measured = measure(page, f"/assessments/{made.pk}/result/", width)
                found += [f"{made.system}: {each}" for each in excess(measured, width)]
    assert found == []


def test_it_is_read_out_in_the_order_in_which_it_decides(open_page: OpenPage, longest: Assessment, alice: User) -> None:
    with open_page(user=alice) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        told = page.locator("main").aria_snapshot()
        order = (
            'heading "SHOB.COM.BD marketplace: Extract services slice by slice" [level=1]',
            "Conditional",
            'list "Why"',
            'navigation "How often does a change break a part',
            'link "See the next steps"',
            'heading "Five questions led here. Four exits are still open." [level=2]',
            'heading "Look closer" [level=2]',
        )
        places = [told.find(each) for each in order]
        assert -1 not in places, dict(zip(order, places, strict=True))
        assert places == sorted(places)


@pytest.mark.parametrize("width", MOST_HEIGHT)
def test_the_focus_never_goes_up_the_card(open_page: OpenPage, longest: Assessment, alice: User, width: int) -> None:
    with open_page(user=alice, width=width) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        tops = page.evaluate(FOCUSABLE)
        assert len(tops) >= 5
        assert tops == sorted(tops)


def test_an_address_opens_its_section_without_a_script(open_page: OpenPage, longest: Assessment, alice: User) -> None:
    with open_page(user=alice, javascript=False) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        expect(page.locator("#next-steps .plan-steps")).not_to_be_visible()
        page.get_by_role("link", name="See the next steps").click()
        expect(page.locator("#next-steps .plan-steps")).to_be_visible()
        page.goto(f"/assessments/{longest.pk}/result/#flips")
        expect(page.locator("#flips .verdict-line")).to_be_visible()


def test_what_an_answer_would_do_is_tried_without_a_script(
    open_page: OpenPage, longest: Assessment, alice: User
) -> None:
    with open_page(user=alice, javascript=False) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        page.locator(".answer-try li a").first.click()
        expect(page.locator("[data-change]")).to_have_count(1)


def test_on_paper_everything_is_open(open_page: OpenPage, longest: Assessment, alice: User) -> None:
    with open_page(user=alice) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        page.emulate_media(media="print")
        for body in page.locator(".closer-body").all():
            expect(body).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_from_right_to_left_nothing_is_cut_off(
    open_page: OpenPage, longest: Assessment, alice: User, width: int
) -> None:
    with open_page(user=alice, width=width) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        page.evaluate("document.documentElement.dir = 'rtl'")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider


def test_axe_minds_nothing_closed_and_open(
    open_page: OpenPage, longest: Assessment, alice: User, faults: Faults
) -> None:
    with open_page(user=alice) as page:
        page.goto(f"/assessments/{longest.pk}/result/")
        assert faults(page) == {}
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        # Source badges wrap close together on the smallest screen.
        found = {
            look: [each for each in issues if not ("target-size" in each and ".source" in each)]
            for look, issues in faults(page).items()
        }
        assert {look: issues for look, issues in found.items() if issues} == {}
