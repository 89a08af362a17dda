"""What a person sees is told in the time zone and language of the workspace that it belongs to."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from assess.assessments.models import Assessment
from assess.language import day
from assess.people.models import Invitation, Role, Team, User, Workspace
from assess.web.localization import format_datetime_with_zone, localized
from tests.conftest import client_of
from tests.factories import AssessmentFactory, MembershipFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db

#: Late on a Friday in Greenwich, early on the Saturday in Auckland, where summer time has begun.
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.fixture
def auckland() -> Workspace:
    return WorkspaceFactory(name="Harbour", time_zone="Pacific/Auckland")


def test_at_home_days_hours_and_words_are_the_workspaces(auckland: Workspace) -> None:
    auckland.language = "en-us"
    with localized(auckland):
        assert timezone.localdate(LATE).isoformat() == "2026-11-21"
        assert translation.get_language() == "en-us"
        assert day(timezone.localdate(LATE)).startswith("Nov")
    assert timezone.get_current_timezone_name() == "UTC"
    assert translation.get_language() == "en-gb"


def test_one_home_inside_another_ends_where_it_began(auckland: Workspace) -> None:
    tokyo = WorkspaceFactory(time_zone="Asia/Tokyo")
    with localized(auckland):
        with localized(tokyo):
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
    with localized(WorkspaceFactory.build(time_zone=zone)):
        assert format_datetime_with_zone(LATE) == words


@pytest.mark.parametrize("unknown", ["Mars/Olympus", "../../etc/passwd", ""])
def test_a_zone_that_is_not_known_any_more_is_the_sites(unknown: str) -> None:
    with localized(WorkspaceFactory.build(time_zone=unknown)):
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


# --- pages, mails, the portfolio, programs


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is late in Greenwich, whoever asks."""
    monkeypatch.setattr(timezone, "now", lambda: LATE)
    return LATE


@pytest.fixture
def in_auckland(workspace: Workspace) -> Workspace:
    Workspace.objects.filter(pk=workspace.pk).update(time_zone="Pacific/Auckland")
    workspace.refresh_from_db()
    return workspace


@pytest.fixture
def changed(team: Team, alice: User, in_auckland: Workspace) -> Assessment:
    """An assessment of a team in Auckland, last changed late on the 20th of Greenwich."""
    made = AssessmentFactory(team=team)
    Assessment.objects.filter(pk=made.pk).update(updated_at=LATE, updated_by=alice)
    return made


def page(client: Client, name: str, *arguments: Any, **headers: str) -> str:
    response = client.get(reverse(name, args=arguments), headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_change_late_in_greenwich_is_the_next_days_in_auckland(alice: User, changed: Assessment) -> None:
    client = client_of(alice)
    assert "21 November" in page(client, "assessment", changed.pk)
    assert "12:30" in page(client, "assessment", changed.pk)
    assert "21 November" in page(client, "assessments")


def test_in_greenwich_it_is_the_day_that_it_was(alice: User, changed: Assessment) -> None:
    Workspace.objects.update(time_zone="UTC")
    assert "20 November, 23:30" in page(client_of(alice), "assessment", changed.pk)


def test_another_workspaces_assessment_is_told_in_its_own_time(
    zoe: User, other_workspace: Workspace, changed: Assessment
) -> None:
    """Zoe's own workspace is in Greenwich; she reviews in Auckland as well."""
    MembershipFactory(user=zoe, workspace=changed.workspace, team=None, role=Role.ARCHITECT)
    client = client_of(zoe)
    assert "21 November" in page(client, "assessment", changed.pk)
    assert "20 November" in page(client, "assessments")  # a list of both, where she is at home


def test_after_a_request_nothing_of_it_stays(alice: User, changed: Assessment) -> None:
    page(client_of(alice), "assessment", changed.pk, **{"accept-language": "en-us"})
    assert timezone.get_current_timezone_name() == "UTC"
    assert translation.get_language() == "en-gb"


def test_a_file_that_is_sent_in_parts_is_told_there_too(rita: User, changed: Assessment, late: datetime) -> None:
    response = client_of(rita).get(reverse("portfolio-csv"))
    assert "_2026-11-21.csv" in response.headers["Content-Disposition"]
    assert b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming one
    assert timezone.get_current_timezone_name() == "UTC"


def test_an_invitation_says_until_when_in_the_workspaces_time(
    alice: User, team: Team, in_auckland: Workspace, django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]
) -> None:
    Invitation.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        client_of(alice).post(
            reverse("people-invite", args=[team.workspace_id]),
            {"place": team.pk, "role": "member", "email": "nina@example.org"},
        )
    (mail,) = mailoutbox
    expires_at = Invitation.objects.get().expires_at
    with localized(in_auckland):
        assert f"is for nina@example.org only and ends on {format_datetime_with_zone(expires_at)}." in mail.body
    assert ("NZDT" in mail.body) or ("NZST" in mail.body)


def test_a_program_reads_in_the_sites_own_language(alice: User, changed: Assessment) -> None:
    Workspace.objects.update(language="en-us")
    response = client_of(alice).get("/api/v1/assessments/", headers={"accept-language": "en-us"})
    assert "Accept-Language" not in response.headers.get("Vary", "")
    assert "Content-Language" not in response.headers


# --- languages


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("", "en-gb"),
        ("en-US,en;q=0.8", "en-us"),
        ("en-AU,en-US;q=0.8", "en-gb"),
        ("nl-NL,nl;q=0.9,en-US;q=0.5", "en-us"),
        ("nl", "en-gb"),
        ("*", "en-gb"),
        ("xx" * 400, "en-gb"),
        ("en-gb;q=bogus", "en-gb"),
    ],
)
def test_a_page_for_everybody_speaks_what_the_browser_asks_for(client: Client, asked: str, spoken: str) -> None:
    response = client.get("/account/login/", headers={"accept-language": asked})
    assert response.headers["Content-Language"] == spoken
    assert "Accept-Language" in response.headers["Vary"]
    language, _dash, country = spoken.partition("-")
    assert f'<html lang="{language}-{country.upper()}">' in response.content.decode()


def test_of_variants_of_one_language_the_workspaces_counts(alice: User, changed: Assessment) -> None:
    Workspace.objects.update(language="en-us")
    html = page(client_of(alice), "assessment", changed.pk, **{"accept-language": "en-GB"})
    assert '<html lang="en-US">' in html


def test_whoever_reads_another_language_gets_its_words(alice: User, changed: Assessment, pseudo_locale: str) -> None:
    html = page(client_of(alice), "assessment", changed.pk, **{"accept-language": pseudo_locale})
    assert f'<html lang="{pseudo_locale}">' in html


def test_whoever_belongs_to_a_workspace_of_another_language_reads_it(
    alice: User, changed: Assessment, pseudo_locale: str
) -> None:
    Workspace.objects.update(language=pseudo_locale)
    assert f'<html lang="{pseudo_locale}">' in page(client_of(alice), "assessment", changed.pk)


def test_no_cookie_chooses_a_language(client: Client) -> None:
    client.cookies["django_language"] = "en-us"
    assert client.get("/account/login/").headers["Content-Language"] == "en-gb"
