"""Time zone and language: pages follow the workspace and the browser, the API and commands the site."""

import json
import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment
from assess.assessments.verdict_summary import add_months, refresh_summary
from assess.language import day
from assess.people.api_tokens import create_api_token
from assess.people.models import Invitation, Role, Team, User, Workspace
from assess.portfolio.export import table_rows
from assess.portfolio.filters import Filters
from assess.portfolio.systems import find_systems
from assess.portfolio.waiting import waiting_for
from assess.questionnaire.schema import Answer
from assess.questionnaire.validation import ValidationFailed
from assess.review.actions import challenge, sign
from assess.review.forms import SignatureForm
from assess.review.models import Decision
from assess.review.signed_content import ConditionTerms
from assess.web.localization import format_datetime_with_zone, localized
from tests.conftest import client_of
from tests.factories import AssessmentFactory, MembershipFactory, TeamFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db

#: Late on a Friday in Greenwich, early on the Saturday in Auckland, where summer time has begun.
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

CARRIED = {"teams": Answer(value=5, basis="measured"), "deploy_waiting": Answer(value="never")}


@pytest.fixture
def auckland() -> Workspace:
    return WorkspaceFactory(name="Harbour", time_zone="Pacific/Auckland")


def test_localized_uses_time_zone_and_language_of_the_workspace(auckland: Workspace) -> None:
    auckland.language = "en-us"
    with localized(auckland):
        assert timezone.localdate(LATE).isoformat() == "2026-11-21"
        assert translation.get_language() == "en-us"
        assert day(timezone.localdate(LATE)).startswith("Nov")
    assert timezone.get_current_timezone_name() == "UTC"
    assert translation.get_language() == "en-gb"


def test_nested_localized_restores_the_outer_workspace(auckland: Workspace) -> None:
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
def test_datetime_in_a_mail_names_its_zone(zone: str, words: str) -> None:
    with localized(WorkspaceFactory.build(time_zone=zone)):
        assert format_datetime_with_zone(LATE) == words


@pytest.mark.parametrize("unknown", ["Mars/Olympus", "../../etc/passwd", ""])
def test_unknown_time_zone_falls_back_to_the_site(unknown: str) -> None:
    with localized(WorkspaceFactory.build(time_zone=unknown)):
        assert timezone.get_current_timezone_name() == "UTC"


def test_new_workspace_takes_paper_language_and_zone_of_the_site(settings: Any) -> None:
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


def test_page_shows_the_day_of_the_workspace(alice: User, changed: Assessment) -> None:
    client = client_of(alice)
    assert "21 November" in page(client, "assessment", changed.pk)
    assert "12:30" in page(client, "assessment", changed.pk)
    assert "21 November" in page(client, "assessments")


def test_page_in_utc_workspace_shows_the_utc_day(alice: User, changed: Assessment) -> None:
    Workspace.objects.update(time_zone="UTC")
    assert "20 November, 23:30" in page(client_of(alice), "assessment", changed.pk)


def test_assessment_of_another_workspace_shows_that_workspaces_day(
    zoe: User, other_workspace: Workspace, changed: Assessment
) -> None:
    """Zoe's own workspace is in Greenwich; she reviews in Auckland as well."""
    MembershipFactory(user=zoe, workspace=changed.workspace, team=None, role=Role.ARCHITECT)
    client = client_of(zoe)
    assert "21 November" in page(client, "assessment", changed.pk)
    assert "20 November" in page(client, "assessments")  # a list of both, where she is at home


def test_changed_time_zone_shows_at_once_to_its_author_and_within_minutes_to_others(
    alice: User, bob: User, changed: Assessment, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    Workspace.objects.update(time_zone="UTC")
    author, other = client_of(alice), client_of(bob)
    assert "20 November" in page(other, "assessments")
    data = {"name": "Harbour", "confidentiality": "", "paper": "A4", "language": "en-gb", "time_zone": "Asia/Tokyo"}
    data["currency"] = "JPY"
    assert author.post(reverse("workspace-settings", args=[changed.workspace_id]), data).status_code == 302
    assert "21 November" in page(author, "assessments")
    now = time.time()
    monkeypatch.setattr("assess.people.middleware.time.time", lambda: now + settings.LIMITS["session_touch"] + 1)
    assert "21 November" in page(other, "assessments")


def test_request_leaves_no_time_zone_or_language_behind(alice: User, changed: Assessment) -> None:
    page(client_of(alice), "assessment", changed.pk, **{"accept-language": "en-us"})
    assert timezone.get_current_timezone_name() == "UTC"
    assert translation.get_language() == "en-gb"


def test_streamed_file_uses_the_workspace_too(rita: User, changed: Assessment, late: datetime) -> None:
    response = client_of(rita).get(reverse("portfolio-csv"))
    assert "_2026-11-21.csv" in response.headers["Content-Disposition"]
    assert b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming one
    assert timezone.get_current_timezone_name() == "UTC"


def test_invitation_mail_gives_its_end_in_the_workspaces_time(
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


def test_api_does_not_vary_by_language(alice: User, changed: Assessment) -> None:
    response = ask_api(alice, "GET", "/assessments", headers={"accept-language": "en-us"})
    assert response.status_code == 200
    assert "Accept-Language" not in response.headers.get("Vary", "")
    assert "Content-Language" not in response.headers


def ask_api(user: User, method: str, path: str, data: object = None, **options: Any) -> Any:
    token = create_api_token(user, name="Tests", days=1)[1]
    headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
    body = b"" if data is None else json.dumps(data).encode()
    return Client().generic(method, f"/api/v1{path}", body, "application/json", headers=headers, **options)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_api_answers_the_same_whatever_the_workspaces_language_and_zone(
    alice: User, changed: Assessment, pseudo_locale: str, zone: str
) -> None:
    """Also after the view has fetched the assessment, where pages switch to its workspace."""
    pk = changed.pk
    requests: list[tuple[str, str, object]] = [
        ("GET", f"/assessments/{pk}", None),
        ("GET", "/assessments", None),
        ("GET", "/systems", None),
        ("GET", f"/assessments/{pk}/result", None),
        ("GET", f"/assessments/{pk}/review", None),
        ("POST", f"/assessments/{pk}/answers", {"key": "teams", "value": "many", "version": 0, "mutation": "no uuid"}),
        ("POST", f"/assessments/{pk}/submit", {}),
    ]

    def responses() -> list[tuple[int, bytes]]:
        answered = [ask_api(alice, *request) for request in requests]
        return [(response.status_code, response.content) for response in answered]

    Workspace.objects.update(time_zone="UTC", language="en-gb")
    in_utc = responses()
    assert in_utc[0][0] == 200
    assert [status for status, _body in in_utc[-2:]] == [400, 409]
    Workspace.objects.update(time_zone=zone, language=pseudo_locale)
    assert responses() == in_utc


def test_deadlines_follow_the_workspaces_day_whoever_signs(
    rita: User, alice: User, team: Team, in_auckland: Workspace, late: datetime, edition: Any
) -> None:
    """By a page, a program or a command: a signature late on the 20th of UTC is one of the 21st in Auckland."""
    for number, elsewhere in enumerate(("UTC", "America/Los_Angeles", "Pacific/Auckland")):
        draft = start_assessment(team=team, system_name=f"Shop {number}", edition=edition, by=alice, carried=CARRIED)
        submitted = submit_assessment(draft, by=alice)
        with localized(WorkspaceFactory.build(time_zone=elsewhere)):
            signed = sign(submitted, by=rita, decision=Decision.ACCEPTED)
        assert signed.challenge_until == date(2026, 12, 5)


@pytest.mark.parametrize("elsewhere", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_condition_cannot_be_due_before_the_workspaces_day(
    changed: Assessment, late: datetime, in_auckland: Workspace, elsewhere: str
) -> None:
    changed.verdict = "stay"  # as of a submitted version
    data = {
        "decision": Decision.ACCEPTED_WITH_CONDITIONS.value,
        "condition-1-text": "Draw the boundary",
        "condition-1-owner": "Ana",
    }
    with localized(WorkspaceFactory.build(time_zone=elsewhere)):
        yesterday = SignatureForm({**data, "condition-1-due": "2026-11-20"}, assessment=changed)
        today = SignatureForm({**data, "condition-1-due": "2026-11-21"}, assessment=changed)
        assert [issue.key for issue in yesterday.issues] == ["condition-1-due"]
        assert today.issues == []


@pytest.mark.parametrize("elsewhere", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_signing_refuses_a_condition_due_before_the_workspaces_day_whoever_calls(
    rita: User, alice: User, team: Team, late: datetime, in_auckland: Workspace, edition: Any, elsewhere: str
) -> None:
    draft = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=CARRIED)
    submitted = submit_assessment(draft, by=alice)
    due = {on: [ConditionTerms(text="Draw the boundary", owner="Ana", due_on=date(2026, 11, on))] for on in (20, 21)}
    with localized(WorkspaceFactory.build(time_zone=elsewhere)):
        with pytest.raises(ValidationFailed):
            sign(submitted, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=due[20])
        assert sign(submitted, by=rita, decision=Decision.ACCEPTED_WITH_CONDITIONS, conditions=due[21]).pk


def test_challenge_ends_with_the_workspaces_day(
    rita: User, alice: User, team: Team, in_auckland: Workspace, monkeypatch: pytest.MonkeyPatch, edition: Any
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATE)
    draft = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=CARRIED)
    signed = sign(submit_assessment(draft, by=alice), by=rita, decision=Decision.ACCEPTED)
    # The 5th of December begins in Auckland at 11:00 UTC on the 4th and ends at 11:00 on the 5th.
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 5, 11, 1, tzinfo=UTC))
    with pytest.raises(ValidationFailed):
        challenge(signed.assessment, by=alice, text="The load was read from the wrong chart.")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 5, 10, 59, tzinfo=UTC))
    assert challenge(signed.assessment, by=alice, text="The load was read from the wrong chart.").pk


#: Late on the last day of February of a leap year in Greenwich: still the 28th in Honolulu, the 1st in Auckland.
LEAP = datetime(2028, 2, 29, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "local"),
    [
        ("Pacific/Auckland", LEAP, date(2028, 3, 1)),
        ("Pacific/Honolulu", LEAP, date(2028, 2, 29)),
        ("Pacific/Honolulu", datetime(2028, 2, 29, 9, 30, tzinfo=UTC), date(2028, 2, 28)),
        ("UTC", LEAP, date(2028, 2, 29)),
    ],
)
@pytest.mark.parametrize("elsewhere", ["UTC", "Pacific/Honolulu", "Pacific/Auckland"])
def test_exported_days_and_ages_are_the_workspaces_whoever_asks(
    rita: User, alice: User, team: Team, workspace: Workspace, edition: Any, zone: str, at: datetime, local: date,
    elsewhere: str,
) -> None:  # fmt: skip
    """Read by a page, a command or a program of another zone: `verdict_on`, the age and the day to ask again agree."""
    workspace.time_zone = zone
    workspace.save()
    draft = start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=CARRIED)
    made = submit_assessment(draft, by=alice)
    Assessment.objects.filter(pk=made.pk).update(submitted_at=at, verdict="modular", form="cure")
    refresh_summary(made.system)
    made.refresh_from_db()
    with localized(WorkspaceFactory.build(time_zone=elsewhere)):
        for today, months in ((local, 0), (add_months(local, 6), 6), (add_months(local, 6) - timedelta(days=1), 5)):
            head, *lines = (list(row) for row in table_rows(workspace, Filters(), today=today))
            rows = [dict(zip(head, line, strict=True)) for line in lines]
            assert [(row["verdict_on"], row["months_old"]) for row in rows] == [(local, months)]
        assert made.ask_again_on == add_months(local, 6)
        six_months = Filters(months="6")
        assert not find_systems(workspace, six_months, today=add_months(local, 6) - timedelta(days=1)).exists()
        assert find_systems(workspace, six_months, today=add_months(local, 6)).exists()


def test_what_waits_is_overdue_by_the_day_of_its_own_workspace(
    alice: User, team: Team, workspace: Workspace, edition: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice is at home in Honolulu and leads a team in Auckland, where it is tomorrow."""
    workspace.time_zone = "Pacific/Honolulu"
    workspace.save()
    away = TeamFactory(workspace=WorkspaceFactory(time_zone="Pacific/Auckland"))
    MembershipFactory(user=alice, team=away, workspace=away.workspace, role=Role.LEAD)
    for where in (team, away):
        draft = start_assessment(team=where, system_name=where.name, edition=edition, by=alice, carried=CARRIED)
        made = submit_assessment(draft, by=alice)
        Assessment.objects.filter(pk=made.pk).update(ask_again_on=date(2028, 3, 1))
    monkeypatch.setattr(timezone, "now", lambda: LEAP)
    due = [line.sentence for group in waiting_for(alice) for line in group.lines if "ask again" in line.sentence]
    assert len(due) == 1
    assert away.name in due[0]
    listed = page(client_of(alice), "assessments")
    assert listed.count("Ask again: due since") == 1


def test_every_day_that_is_decided_by_names_its_zone_and_moment() -> None:
    """`timezone.localdate()` would ask what the request before left active: `localdate_in` is the one that may."""
    root = Path(__file__).resolve().parents[3] / "assess"
    calls = re.compile(r"\blocaldate\(|\bdate\.today\(|\bdatetime\.(?:now\((?!UTC\))|today\(|utcnow\()")
    found = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if calls.search(file.read_text("utf-8")) and file.name != "scenario.py"  # which plays the demo's days
    }
    assert found == {"web/localization.py"}


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
def test_public_page_is_in_the_language_the_browser_asks_for(client: Client, asked: str, spoken: str) -> None:
    response = client.get("/account/login/", headers={"accept-language": asked})
    assert response.headers["Content-Language"] == spoken
    assert "Accept-Language" in response.headers["Vary"]
    language, _dash, country = spoken.partition("-")
    assert f'<html lang="{language}-{country.upper()}">' in response.content.decode()


def test_workspace_decides_between_variants_of_one_language(alice: User, changed: Assessment) -> None:
    Workspace.objects.update(language="en-us")
    html = page(client_of(alice), "assessment", changed.pk, **{"accept-language": "en-GB"})
    assert '<html lang="en-US">' in html


def test_browser_decides_between_different_languages(alice: User, changed: Assessment, pseudo_locale: str) -> None:
    html = page(client_of(alice), "assessment", changed.pk, **{"accept-language": pseudo_locale})
    assert f'<html lang="{pseudo_locale}">' in html


def test_page_is_in_the_workspaces_language_when_the_browser_names_none(
    alice: User, changed: Assessment, pseudo_locale: str
) -> None:
    Workspace.objects.update(language=pseudo_locale)
    assert f'<html lang="{pseudo_locale}">' in page(client_of(alice), "assessment", changed.pk)


def test_cookie_does_not_change_the_language(client: Client) -> None:
    client.cookies["django_language"] = "en-us"
    assert client.get("/account/login/").headers["Content-Language"] == "en-gb"
