"""/metrics: off by default, for whom it is when it is on, and what it counts."""

import json
import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from assess.people.models import MailKind, MailState, OutgoingMail
from assess.reports.models import Report, ReportKind, ReportState
from assess.web.proxies import read_proxies
from tests.factories import AssessmentFactory, mutation_id

pytestmark = pytest.mark.django_db
TOKEN = "kq3v-9xw2-LrT7-uYpB-5nMs"  # of the tests alone


def figures(client: Client, **headers: str) -> dict[str, float]:
    """The samples that /metrics gives, by name and labels."""
    response = client.get("/metrics", headers={"host": "10.0.0.7:8000", **headers})
    assert response.status_code == 200, response.content
    lines = response.content.decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


@pytest.fixture
def with_token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def test_there_are_no_metrics_unless_they_are_switched_on(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}é"])
def test_metrics_need_the_token(client: Client, authorization: str) -> None:
    assert client.get("/metrics", headers={"authorization": authorization}).status_code == 403


def test_metrics_are_for_the_configured_addresses(client: Client, settings: Any) -> None:
    settings.METRICS_FROM = read_proxies(["10.0.0.0/24"], setting="METRICS_FROM")
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.1.9").status_code == 403
    forged = {"x-forwarded-for": "10.0.0.9"}
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=forged).status_code == 403
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 403


@pytest.mark.usefixtures("with_token")
def test_saves_and_conflicts_are_counted(alice_client: Client, team: Any, alice: Any) -> None:
    assessment = AssessmentFactory(team=team, by=alice)
    alice_client.handler.load_middleware()  # metrics are switched on when the site starts
    bearer = {"authorization": f"Bearer {TOKEN}"}
    before = figures(alice_client, **bearer)

    def save(base_version: int) -> int:
        change = {"question": "teams", "value": 4, "base_version": base_version, "mutation_id": mutation_id()}
        address = f"/assessments/{assessment.pk}/answers"
        return alice_client.post(address, json.dumps(change), content_type="application/json").status_code

    assert [save(0), save(0), save(0)] == [200, 409, 409]
    after = figures(alice_client, **bearer)
    more = {name: value - before.get(name, 0) for name, value in after.items()}
    assert more['splitcheck_save_seconds_count{status="200"}'] == 1
    assert more['splitcheck_save_seconds_count{status="409"}'] == 2
    assert more["splitcheck_save_conflicts_total"] == 2
    assert more['splitcheck_responses_total{method="POST",status="409",view="assessment-answers"}'] == 2
    assert more['splitcheck_request_seconds_count{view="assessment-answers"}'] == 3


@pytest.mark.usefixtures("with_token")
def test_what_waits_is_counted_and_how_long(client: Client, alice: Any, team: Any) -> None:
    assessment = AssessmentFactory(team=team, by=alice)
    long_ago = timezone.now() - timezone.timedelta(minutes=10)
    for state in (MailState.WAITING, MailState.WAITING, MailState.FAILED, MailState.SENT):
        OutgoingMail.objects.create(
            kind=MailKind.NOTICE, state=state, content="", recipient_hash="", created_at=long_ago, next_try_at=long_ago
        )
    Report.objects.create(
        kind=ReportKind.ASSESSMENT, assessment=assessment, state=ReportState.QUEUED, requested_at=long_ago,
        queued_at=long_ago, key="k", requested_by=alice,
    )  # fmt: skip
    now = figures(client, authorization=f"Bearer {TOKEN}")
    assert now['splitcheck_mail_unsent{state="waiting"}'] == 2
    assert now['splitcheck_mail_unsent{state="failed"}'] == 1
    assert now['splitcheck_queue_waiting{queue="pdf"}'] == 1
    assert now['splitcheck_queue_oldest_seconds{queue="pdf"}'] >= 600
    assert now['splitcheck_queue_oldest_seconds{queue="questionnaire"}'] == 0
    assert now['splitcheck_ready{check="database"}'] == 1
    assert now['splitcheck_ready{check="worker"}'] == 0


@pytest.mark.usefixtures("with_token")
def test_no_label_holds_what_somebody_typed(client: Client, alice_client: Client) -> None:
    alice_client.handler.load_middleware()
    alice_client.get("/s/Zm9vYmFyYmF6Zm9vYmFyYmF6/")
    alice_client.get("/no/such/page-hunter2")
    text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'view="none"' in text
    assert "hunter2" not in text
    assert "Zm9v" not in text
    assert set(re.findall(r"(\w+)=\"", text)) <= {"view", "method", "status", "le", "queue", "state", "check"}


@pytest.mark.usefixtures("with_token")
def test_a_database_that_is_away_is_a_figure_and_no_fault(client: Client) -> None:
    def fail(*args: Any) -> None:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(fail):
        now = figures(client, authorization=f"Bearer {TOKEN}")
    assert now['splitcheck_ready{check="database"}'] == 0
    assert now['splitcheck_ready{check="static"}'] == 1
    assert not any(name.startswith("splitcheck_queue") for name in now)
