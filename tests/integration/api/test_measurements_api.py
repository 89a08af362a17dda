"""Measurements by the API: a file is tried out or attached in one request, listed and deleted."""

import json

import pytest

from assess.assessments.actions import submit_assessment
from assess.assessments.measurements.models import Measurement, MeasurementPreview
from assess.assessments.models import Assessment
from assess.people.models import User
from tests.factories import AnswerFactory
from tests.integration.api.conftest import Api
from tests.measurement_samples import deploys_csv, github_cli, kubectl, sixty_runs, workload

pytestmark = pytest.mark.django_db

DEPLOYS = deploys_csv(sixty_runs())


def test_a_dry_run_says_what_would_be_attached(ask: Api, assessment: Assessment, alice: User) -> None:
    address = f"/assessments/{assessment.pk}/measurements"
    tried = ask(alice, "POST", f"{address}?dry_run=true&file_name=a/deploys.csv", DEPLOYS, content_type="text/csv")
    assert tried.status_code == 200
    said = tried.json()
    assert (said["kind"], said["shape"], said["file_name"], said["rows_read"]) == ("deploys", "csv", "deploys.csv", 60)
    assert said["dropped"] == {"running": 2}
    assert [each["reason"] for each in said["dropped_rows"]] == ["running", "running"]
    assert {"finished", "result"} <= {each["field"] for each in said["mapping"]}
    assert not Measurement.objects.exists()
    assert not MeasurementPreview.objects.exists()
    made = ask(alice, "POST", f"{address}?file_name=deploys.csv", DEPLOYS, content_type="text/csv")
    assert made.status_code == 201
    assert made.json()["figures"] == said["figures"]
    assert ask(alice, "GET", address).json() == {"items": [made.json()], "next": None}
    assert ask(alice, "DELETE", f"{address}/{made.json()['id']}").status_code == 204
    assert ask(alice, "GET", address).json()["items"] == []
    assert ask(alice, "DELETE", f"{address}/{made.json()['id']}").status_code == 404


def test_more_than_other_bodies_may_have_is_read(ask: Api, assessment: Assessment, alice: User) -> None:
    content = json.dumps(json.loads(github_cli(sixty_runs())), indent=200).encode()
    assert len(content) > 256 * 1024
    assert ask(alice, "POST", f"/assessments/{assessment.pk}/measurements", content).status_code == 201


def test_wrong_prices_are_named_by_field(ask: Api, assessment: Assessment, alice: User) -> None:
    address = f"/assessments/{assessment.pk}/measurements?core=x&gib=-1&currency=eu"
    refused = ask(alice, "POST", address, kubectl(workload()))
    assert refused.status_code == 400
    assert {each["field"] for each in refused.json()["problems"]} == {"core", "gib", "currency"}


@pytest.mark.parametrize(
    ("query", "content", "kind", "status"),
    [
        ("", b"", "text/csv", 400),
        ("", b"{}", "application/json", 400),
        ("", b"hello", "text/plain", 400),
        ("", b"hello", "text/html", 415),
        ("", DEPLOYS, "multipart/form-data; boundary=x", 415),
        ("?dry_run=maybe", DEPLOYS, "text/csv", 400),
        ("?prices=1", DEPLOYS, "text/csv", 400),
        ("?file_name=" + "x" * 201, DEPLOYS, "text/csv", 400),
    ],
)
def test_what_is_no_measurement_is_refused(
    query: str, content: bytes, kind: str, status: int, ask: Api, assessment: Assessment, alice: User
) -> None:
    address = f"/assessments/{assessment.pk}/measurements{query}"
    assert ask(alice, "POST", address, content, content_type=kind).status_code == status
    assert not Measurement.objects.exists()


def test_a_version_that_takes_no_measurement_says_so_by_409(ask: Api, assessment: Assessment, alice: User) -> None:
    address = f"/assessments/{assessment.pk}/measurements"

    def attach(content: bytes) -> tuple[int, str]:
        answered = ask(alice, "POST", address, content, content_type="application/octet-stream")
        return answered.status_code, answered.json().get("code", "")

    assert attach(DEPLOYS)[0] == 201
    assert attach(DEPLOYS) == (409, "attached")
    AnswerFactory(assessment=assessment, key="teams", value=5, answered_by=alice)
    submit_assessment(assessment, by=alice)
    assert attach(kubectl(workload())) == (409, "submitted")
    assert ask(alice, "DELETE", f"{address}/{Measurement.objects.get().pk}").status_code == 409
