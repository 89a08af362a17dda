"""What a person sees is told in the time zone and language of the workspace that it belongs to."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone, translation

from assess.language import day
from assess.people.models import Workspace
from assess.people.places import at_home, hour
from tests.factories import WorkspaceFactory

pytestmark = pytest.mark.django_db

#: Late on a Friday in Greenwich, early on the Saturday in Auckland, where summer time has begun.
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.fixture
def auckland() -> Workspace:
    return WorkspaceFactory(name="Harbour", time_zone="Pacific/Auckland")


def test_at_home_days_hours_and_words_are_the_workspaces(auckland: Workspace) -> None:
    auckland.language = "en-us"
    with at_home(auckland):
        assert timezone.localdate(LATE).isoformat() == "2026-11-21"
        assert translation.get_language() == "en-us"
        assert day(timezone.localdate(LATE)).startswith("Nov")
    assert timezone.get_current_timezone_name() == "UTC"
    assert translation.get_language() == "en-gb"


def test_one_home_inside_another_ends_where_it_began(auckland: Workspace) -> None:
    tokyo = WorkspaceFactory(time_zone="Asia/Tokyo")
    with at_home(auckland):
        with at_home(tokyo):
            assert timezone.get_current_timezone_name() == "Asia/Tokyo"
        assert timezone.get_current_timezone_name() == "Pacific/Auckland"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "20 November 2026, 23:30 UTC"),
        ("Pacific/Auckland", "21 November 2026, 12:30 NZDT"),
        ("Asia/Dubai", "21 November 2026, 03:30 UTC+04"),  # which has no abbreviation
    ],
)
def test_an_hour_for_a_mail_names_its_zone(zone: str, words: str) -> None:
    with at_home(WorkspaceFactory.build(time_zone=zone)):
        assert hour(LATE) == words


@pytest.mark.parametrize("unknown", ["Mars/Olympus", "../../etc/passwd", ""])
def test_a_zone_that_is_not_known_any_more_is_the_sites(unknown: str) -> None:
    with at_home(WorkspaceFactory.build(time_zone=unknown)):
        assert timezone.get_current_timezone_name() == "UTC"


def test_a_new_workspace_has_what_the_site_has(settings: Any) -> None:
    settings.REPORT_PAPER, settings.TIME_ZONE = "Letter", "Europe/Amsterdam"
    made = Workspace.objects.create(name="New")
    assert (made.paper, made.language, made.time_zone, made.confidentiality) == (
        "Letter",
        "en-gb",
        "Europe/Amsterdam",
        "",
    )
