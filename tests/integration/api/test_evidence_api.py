"""Scans by the API: what was attached comes back byte by byte; what is refused is named by field."""

import hashlib
import json
from typing import Any

import pytest

from assess.assessments import actions
from assess.assessments.evidence.actions import delete_evidence
from assess.assessments.evidence.models import Evidence
from assess.assessments.models import Assessment
from assess.evidence.facade import MAX_BYTES
from assess.people.models import User
from tests.evidence_samples import shop_evidence
from tests.factories import AnswerFactory
from tests.integration.api.conftest import API, Api

pytestmark = pytest.mark.django_db


def large_evidence() -> bytes:
    """A valid scan of more bytes than any other body may have."""
    relation = shop_evidence()["relations"][0]
    relations = [{**relation, "field": f"field_{n}"} for n in range(2_000)]
    return json.dumps(shop_evidence(relations=relations), indent=1).encode()


@pytest.mark.slow
def test_a_scan_comes_back_as_it_was_sent(ask: Api, assessment: Assessment, alice: User) -> None:
    content = large_evidence()
    assert 256 * 1024 < len(content) < MAX_BYTES
    address = f"/assessments/{assessment.pk}/evidence"
    made = ask(alice, "POST", address, content)
    assert made.status_code == 201
    said = made.json()
    assert (said["sha256"], said["commit"], said["attached_by"]) == (
        hashlib.sha256(content).hexdigest(), "a" * 40, str(alice),
    )  # fmt: skip
    file = ask(alice, "GET", made.headers["Location"].removeprefix(API))
    assert file.content == content
    assert file.headers["Content-Type"] == "application/json"
    assert ask(alice, "GET", address).json() == {"items": [said], "next": None}


def test_a_broken_scan_is_refused_with_every_field(ask: Api, assessment: Assessment, alice: User) -> None:
    evidence = shop_evidence(anonymised="no", files={"python": 1.5, "lines": 2})
    refused = ask(alice, "POST", f"/assessments/{assessment.pk}/evidence", evidence)
    assert refused.status_code == 400
    problems = {each["field"]: each["code"] for each in refused.json()["problems"]}
    assert problems == {"anonymised": "wrong_type", "files.python": "wrong_type"}
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"format": "evidence/1", "format": "evidence/1"}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b" " * (MAX_BYTES + 1), "application/json", 400),
        (b" " * (MAX_BYTES + 100_000), "application/json", 413),
    ],
)
def test_what_is_no_scan_is_refused(
    content: bytes, kind: str, status: int, ask: Api, assessment: Assessment, alice: User
) -> None:
    address = f"/assessments/{assessment.pk}/evidence"
    assert ask(alice, "POST", address, content, content_type=kind).status_code == status


def test_a_version_that_takes_no_scan_says_so_by_409(ask: Api, assessment: Assessment, alice: User) -> None:
    address = f"/assessments/{assessment.pk}/evidence"

    def attach(**changes: Any) -> tuple[int, str]:
        answered = ask(alice, "POST", address, shop_evidence(**changes))
        return answered.status_code, answered.json().get("code", "")

    assert attach()[0] == 201
    assert attach() == (409, "attached")
    AnswerFactory(assessment=assessment, key="teams", value=5, answered_by=alice)
    actions.submit_assessment(assessment, by=alice)
    assert attach(scanned_at="2026-11-09T09:00:00Z") == (409, "submitted")


def test_a_deleted_scan_is_not_there(ask: Api, assessment: Assessment, alice: User) -> None:
    address = f"/assessments/{assessment.pk}/evidence"
    made = ask(alice, "POST", address, shop_evidence()).json()
    delete_evidence(Evidence.objects.get(), by=alice)
    assert ask(alice, "GET", address).json()["items"] == []
    assert ask(alice, "GET", f"{address}/{made['id']}").status_code == 404
