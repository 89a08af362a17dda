"""The page of money: its sums, its form, who may save it and until when; and money in reports and signatures."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import delete_assessment, start_assessment, start_next_version, submit_assessment
from assess.assessments.models import Assessment, Edition, Event
from assess.people.models import Team, User, Workspace
from assess.planning.models import MoneyInputs
from assess.planning.money.actions import moment_of
from assess.reports.chapters import Choice, build_document
from assess.reports.document import Drawing
from assess.reports.loaders.report import load_report
from assess.review import actions as review
from assess.review.models import Decision
from tests.conftest import client_of
from tests.html import compact
from tests.unit.reports.report_factory import demo_answers

pytestmark = pytest.mark.django_db

ENOUGH = {"hourly_cost-low": "60", "hourly_cost-high": "90", "running_today-low": "$3400"}
FINDING = "Over three years, extracting services costs up to "


@pytest.fixture
def shop(team: Team, alice: User, edition: Edition) -> Assessment:
    carried = demo_answers("ecommerce-35-developers")
    return start_assessment(team=team, system_name="Web shop", edition=edition, by=alice, carried=carried)


def address(assessment: Assessment) -> str:
    return reverse("money", args=[assessment.pk])


def send(client: Client, assessment: Assessment, do: str = "save", **fields: str) -> Any:
    seen = moment_of(MoneyInputs.objects.filter(assessment=assessment).first())
    figures = {name.replace("__", "-"): text for name, text in fields.items()} or ENOUGH
    return client.post(address(assessment), {"seen": seen, "do": do, **figures})


def said(response: Any) -> str:
    return compact(response.content.decode())


def page_of(client: Client, assessment: Assessment) -> str:
    response = client.get(address(assessment))
    assert response.status_code == 200
    return said(response)


def load(assessment: Assessment) -> Assessment:
    return Assessment.objects.get(pk=assessment.pk)


def test_empty_page_says_which_figures_give_a_first_range(shop: Assessment, bob_client: Client) -> None:
    page = page_of(bob_client, shop)
    for words in ("No cost figures yet", "Cost of one hour of a person", "Default: 35 people.", "from your answers"):
        assert words in page
    assert FINDING not in page
    assert "$1,200 a year" in page
    assert "$15,600 a year" in page
    assert "24 to 72 person-months of work were lost" in page
    assert f'href="{address(shop)}"' in bob_client.get(reverse("assessment-result", args=[shop.pk])).content.decode()


def test_preview_shows_sums_and_saves_nothing(shop: Assessment, bob_client: Client) -> None:
    response = send(bob_client, shop, "preview")
    assert response.status_code == 200
    assert FINDING in said(response)
    assert "Not saved yet" in said(response)
    assert 'value="$3400"' in said(response)
    assert not MoneyInputs.objects.exists()


def test_saved_figures_show_three_ways_swings_and_every_line(shop: Assessment, bob: User, bob_client: Client) -> None:
    assert send(bob_client, shop).status_code == 302
    row = MoneyInputs.objects.get()
    assert (row.currency, row.saved_by) == ("USD", bob)
    assert row.content["figures"] == {
        "hourly_cost": {"low": "60", "high": "90"},
        "running_today": {"low": "$3400", "high": ""},
    }
    page = page_of(bob_client, shop)
    for words in (
        FINDING,
        "Stay", "Go modular", "Extract services",
        "matters most: it moves the sum by",
        "35 people × 0.8–3.8 hours a week × 4 weeks a month × $60–$90 an hour",
        "$3,400 a month × 36 months",
        "Saved by Bob,",
    ):  # fmt: skip
        assert words in page
    result = bob_client.get(reverse("assessment-result", args=[shop.pk]))
    assert FINDING in said(result)


def test_a_mistake_is_named_at_its_field_and_typed_texts_stay(shop: Assessment, bob_client: Client) -> None:
    response = send(bob_client, shop, **{**ENOUGH, "running_today-low": "€3400", "migration_months-low": "-1"})
    assert response.status_code == 400
    page = said(response)
    assert "Amounts here are in USD, without “€”: nothing is converted." in page
    assert "Enter a figure between 0 and 120." in page
    for name in ("running_today-low", "migration_months-low"):
        assert f'id="f-{name}-error"' in page
        assert f'href="#f-{name}"' in page
    assert 'value="€3400"' in page
    assert not MoneyInputs.objects.exists()


def test_pressing_what_a_number_means_takes_that_reading(shop: Assessment, bob_client: Client) -> None:
    response = send(bob_client, shop, **{**ENOUGH, "running_today-low": "3,400"})
    assert response.status_code == 400
    assert 'value="running_today-low=3400"' in said(response)
    fields = {**ENOUGH, "running_today-low": "3,400", "read_as": "running_today-low=3400"}
    chosen = bob_client.post(address(shop), {"seen": "", **fields})
    assert chosen.status_code == 200
    assert "$3,400 a month × 36 months" in said(chosen)


def test_somebody_elses_figures_are_not_replaced_unseen(
    shop: Assessment, alice_client: Client, bob_client: Client
) -> None:
    send(bob_client, shop)
    late = alice_client.post(address(shop), {"seen": "", "do": "save", **ENOUGH, "hourly_cost-low": "70"})
    assert late.status_code == 400
    assert "Bob changed it meanwhile" in said(late)
    assert MoneyInputs.objects.get().content["figures"]["hourly_cost"]["low"] == "60"
    again = bob_client.post(address(shop), {"seen": "", "do": "save", **ENOUGH})
    assert again.status_code == 302  # a double click
    assert Event.objects.filter(kind="money_changed").count() == 1


def test_undo_brings_back_the_figures_before_and_none_before_the_first(shop: Assessment, bob_client: Client) -> None:
    send(bob_client, shop)
    send(bob_client, shop, **{**ENOUGH, "hourly_cost-low": "80"})
    send(bob_client, shop, "undo")
    assert MoneyInputs.objects.get().content["figures"]["hourly_cost"]["low"] == "60"
    send(bob_client, shop, "undo")
    assert MoneyInputs.objects.get().content["figures"]["hourly_cost"]["low"] == "80"
    stale = bob_client.post(address(shop), {"seen": "", "do": "undo"})
    assert stale.status_code == 400
    assert "Nothing was undone: somebody saved other figures meanwhile" in said(stale)


def test_undoing_the_first_figures_leaves_none(shop: Assessment, bob_client: Client) -> None:
    send(bob_client, shop)
    send(bob_client, shop, "undo")
    assert MoneyInputs.objects.get().content == {}
    assert "No cost figures yet" in page_of(bob_client, shop)
    assert load_report(load(shop)).cost_words.startswith("No cost figures yet")


def test_another_currency_of_the_workspace_converts_nothing(
    shop: Assessment, workspace: Workspace, bob_client: Client
) -> None:
    send(bob_client, shop)
    Workspace.objects.filter(pk=workspace.pk).update(currency="EUR")
    page = page_of(bob_client, shop)
    assert "These figures were saved in USD. The workspace now counts in EUR; nothing was converted." in page
    assert "$3,400 a month" in page
    assert send(bob_client, shop).status_code == 400  # "$3400" is no amount in euros
    assert send(bob_client, shop, **{**ENOUGH, "running_today-low": "3400"}).status_code == 302
    assert MoneyInputs.objects.get().currency == "EUR"
    assert "€3,400 a month" in page_of(bob_client, shop)


def test_figures_change_after_submitting_but_not_once_signed(
    shop: Assessment, alice: User, rita: User, bob_client: Client
) -> None:
    submit_assessment(shop, by=alice)
    assert send(bob_client, shop).status_code == 302
    signed = review.sign(review.take_up(load(shop), by=rita), by=rita, decision=Decision.ACCEPTED)
    money = signed.content["money"]
    assert money["currency"] == "USD"
    assert money["figures"]["running_today"] == {"low": "$3400", "high": ""}
    assert money["sums"]["against_staying"]["extract"]["low"].startswith("-")
    refused = send(bob_client, shop, **{**ENOUGH, "hourly_cost-low": "10"})
    assert refused.status_code == 400
    assert "Start the next version to change cost figures; this decision is signed" in said(refused)
    assert MoneyInputs.objects.get().content["figures"]["hourly_cost"]["low"] == "60"
    page = page_of(bob_client, shop)
    assert "The decision is signed with these figures" in page
    assert 'value="save"' not in page


def test_the_next_version_begins_with_the_figures_of_the_one_before_but_does_not_have_them(
    shop: Assessment, alice: User, bob_client: Client
) -> None:
    send(bob_client, shop)
    submit_assessment(shop, by=alice)
    following = start_next_version(load(shop), by=alice)
    page = page_of(bob_client, following)
    assert "Filled in as in an earlier version. Save it to use it here." in page
    assert 'value="$3400"' in page
    assert load_report(load(following)).cost_words.startswith("No cost figures yet")
    assert "<li>People who develop the system</li>" in page
    assert "<li>Running cost today</li>" not in page
    assert send(bob_client, following, **{**ENOUGH, "developers-low": "35"}).status_code == 302
    assert "Filled in as in an earlier version" not in page_of(bob_client, following)
    assert load_report(load(following)).cost_words.startswith(FINDING)


def test_viewers_read_the_sums_and_change_nothing(shop: Assessment, bob_client: Client, vera: User) -> None:
    send(bob_client, shop)
    viewer = client_of(vera)
    page = page_of(viewer, shop)
    assert FINDING in page
    assert 'value="save"' not in page
    assert send(viewer, shop).status_code == 403


def test_an_unknown_button_is_nothing_and_a_deleted_version_changes_nothing(
    shop: Assessment, alice: User, alice_client: Client
) -> None:
    assert send(alice_client, shop, "sell").status_code == 404
    delete_assessment(shop, by=alice)
    assert send(alice_client, shop).status_code == 404
    assert not MoneyInputs.objects.exists()


# --- the report


def test_report_has_the_range_on_page_1_a_chapter_and_every_line(shop: Assessment, bob_client: Client) -> None:
    before = load_report(shop)
    assert before.cost_words.startswith("No cost figures yet")
    assert "money_lines" not in [chapter.slug for chapter in build_document(before).chapters]
    send(bob_client, shop)
    report = load_report(load(shop))
    assert report.page_one is not None
    assert report.page_one.cost.startswith(FINDING)
    assert "or saves up to $" in report.page_one.cost
    by_slug = {chapter.slug: chapter for chapter in build_document(report).chapters}
    assert by_slug["money"].title == report.page_one.cost.rstrip(".")
    drawings = [block for block in by_slug["money"].all_blocks() if isinstance(block, Drawing)]
    assert [drawing.template for drawing in drawings] == ["payback.html", "tornado.html"]
    assert [getattr(block, "title", "") for block in by_slug["money_lines"].blocks] == [
        "The figures",
        "What hurts, a month",
        "Stay: three years",
        "Go modular: three years",
        "Extract services: three years",
    ]
    leadership = [chapter.slug for chapter in build_document(report, Choice.parse("leadership")).chapters]
    assert "money" in leadership
    assert "money_lines" not in leadership
    data = json.loads(report.attachment.text)["report"]["money"]  # type: ignore[union-attr]  # it has one
    assert data["compared"] == "extract"
    assert data["figures"]["running_today"] == {"low": "3400", "high": "3400", "typed": True}


def test_markdown_record_and_report_page_say_the_range(shop: Assessment, bob_client: Client) -> None:
    send(bob_client, shop)
    page = said(bob_client.get(reverse("report-read", args=[shop.pk])))
    assert FINDING in page
    assert "matters most: it moves the sum by" in page
    assert FINDING in bob_client.get(reverse("report-md", args=[shop.pk])).content.decode().replace("\\", "")
