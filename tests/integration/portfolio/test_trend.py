"""A system from version to version: verdicts, axes by date, and what changed at each step."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from assess.portfolio.trend import MAX_VERSIONS
from assess.review.actions import withdraw
from tests.factories import AssessmentFactory
from tests.integration.assessments.conftest import queries_of
from tests.integration.portfolio.test_compare import FIRST, SECOND, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(team: Team, alice: User, edition: Edition) -> list[Assessment]:
    """Three, submitted 300, 100 and 0 days ago."""
    made = [version(None, 1, FIRST, by=alice, team=team)]
    made.append(version(made[0].system, 2, SECOND, by=alice, team=team))
    made.append(version(made[0].system, 3, SECOND, by=alice, team=team))
    now = timezone.now()
    for one, days in zip(made, (300, 100, 0), strict=True):
        one.submitted_at = now - timedelta(days=days)
        one.save(update_fields=["submitted_at"])
    return made


def page(client: Client, of: Assessment, status: int = 200) -> Any:
    response = client.get(reverse("system-trend", args=[of.system_id]))
    assert response.status_code == status
    return response


def text(client: Client, of: Assessment) -> str:
    return html.unescape(page(client, of).content.decode())


def test_trend_shows_each_version_with_its_verdict_and_what_moved_it(
    alice_client: Client, versions: list[Assessment]
) -> None:
    shown = text(alice_client, versions[0])
    assert [shown.index(f'data-version="{number}"') for number in (3, 2, 1)] == sorted(
        shown.index(f'data-version="{number}"') for number in (1, 2, 3)
    )
    assert "Alone, tracing: no → planned changes the verdict" in shown
    assert "2 answers changed" in shown
    assert "No answer changed." in shown


def test_trend_lines_are_drawn_by_date_with_a_table_of_the_same_numbers(
    alice_client: Client, versions: list[Assessment]
) -> None:
    response = page(alice_client, versions[0])
    lines = response.context["trend"].lines
    assert len(lines) == 7
    places = [point.x for point in lines[0].points]
    assert (places[0], places[-1]) == (3, 97)
    assert places[1] == pytest.approx(3 + 94 * 200 / 300, abs=0.1)
    tracing = next(line for line in lines if line.axis == "tracing")
    assert [point.value for point in tracing.points] == [
        f"{low}" if low == high else f"{low} to {high}"
        for low, high in (v.result["ranges"]["tracing"] for v in versions)
    ]
    assert "As a table" in response.content.decode()
    assert b"style=" not in response.content


def test_trend_shows_the_scores_kept_with_each_version(alice_client: Client, versions: list[Assessment]) -> None:
    first = versions[0]
    first.result["ranges"]["people"] = [11, 11]
    Assessment.objects.filter(pk=first.pk).update(result=first.result)
    lines = page(alice_client, first).context["trend"].lines
    assert next(line for line in lines if line.axis == "people").points[0].value == "11"


def test_trend_leaves_out_open_and_withdrawn_versions(
    alice_client: Client, alice: User, versions: list[Assessment]
) -> None:
    AssessmentFactory(team=versions[0].team, by=alice, system=versions[0].system, version=4)
    withdraw(versions[2], by=alice, text="Too early.")
    shown = text(alice_client, versions[0])
    assert 'data-version="3"' not in shown
    assert 'data-version="4"' not in shown
    assert "version 4</a> is in progress" in shown


def test_trend_of_one_version_is_empty(alice_client: Client, alice: User, team: Team, edition: Edition) -> None:
    assert "No trend yet" in text(alice_client, version(None, 1, FIRST, by=alice, team=team))


def test_trend_of_many_versions_shows_the_newest_and_says_so(
    alice_client: Client, alice: User, versions: list[Assessment]
) -> None:
    for number in range(4, MAX_VERSIONS + 3):
        version(versions[0].system, number, SECOND, by=alice, team=versions[0].team)
    assert "2 older are left out" in text(alice_client, versions[0])
    url = reverse("system-trend", args=[versions[0].system_id])
    assert len(queries_of(lambda: alice_client.get(url))) <= 8


def test_trend_of_an_unreadable_system_is_404(charlie_client: Client, versions: list[Assessment]) -> None:
    page(charlie_client, versions[0], status=404)


def test_overview_links_to_trend_and_comparison(alice_client: Client, versions: list[Assessment]) -> None:
    shown = alice_client.get(reverse("assessment", args=[versions[2].pk])).content.decode()
    assert reverse("system-trend", args=[versions[0].system_id]) in shown
    assert f"{reverse('compare')}?a={versions[0].pk}&amp;a={versions[2].pk}" in shown
    assert "Compare with version 1" in shown
