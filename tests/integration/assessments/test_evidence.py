"""Scans attached to an assessment by page and command; compared with the one before; deleted and brought back."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assess.assessments.evidence.actions import (
    attach_evidence,
    delete_evidence,
    latest_scan_of,
)
from assess.assessments.evidence.models import Evidence
from assess.assessments.models import Assessment, Event
from assess.people.models import User
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.html import compact

pytestmark = pytest.mark.django_db


def as_bytes(**changes: Any) -> bytes:
    return json.dumps(shop_evidence(**changes), sort_keys=True).encode()


def later(**changes: Any) -> bytes:
    return as_bytes(scanned_at="2026-11-09T09:00:00Z", **changes)


def send(client: Client, assessment: Assessment, content: bytes) -> Any:
    address = reverse("evidence", args=[assessment.pk])
    return client.post(address, {"file": SimpleUploadedFile("evidence.json", content)})


def page_of(client: Client, assessment: Assessment) -> str:
    return compact(client.get(reverse("evidence", args=[assessment.pk])).content.decode())


@pytest.fixture
def attached(assessment: Assessment, bob: User) -> Evidence:
    return attach_evidence(assessment, as_bytes(), by=bob)


def test_an_attached_scan_is_kept_byte_by_byte_with_hash_commit_version_and_who(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    content = as_bytes()
    assert send(bob_client, assessment, content).status_code == 302
    row = Evidence.objects.get()
    assert bytes(row.content) == content
    assert (row.commit_hash, row.tool_version, row.attached_by) == ("a" * 40, "1.0", bob)
    assert f"{row.scanned_at:%Y-%m-%d %H:%M %Z}" == "2026-11-02 09:00 UTC"
    scan = latest_scan_of(assessment)
    assert scan is not None
    assert scan.data == shop_evidence()
    assert Event.objects.get(kind="evidence_attached").payload["sha256"] == row.sha256


def test_the_page_says_what_was_not_seen_before_what_was_counted(attached: Evidence, vera: User) -> None:
    said = page_of(client_of(vera), attached.assessment)
    unseen, unread, counted = (
        said.index(words) for words in ("What this scan did not see", "1 file was not read", "What it counted")
    )
    assert unseen < unread < counted
    for words in ("orders/broken.py:3", "Foreign keys across apps", attached.sha256, "scanner 1.0"):
        assert words in said


def test_only_those_who_answer_attach_and_delete(
    attached: Evidence, assessment: Assessment, vera: User, rita: User
) -> None:
    for person in (vera, rita):
        with pytest.raises(PermissionDenied):
            attach_evidence(assessment, later(), by=person)
        with pytest.raises(PermissionDenied):
            delete_evidence(attached, by=person)
    assert Evidence.objects.filter(deleted_at=None).count() == 1
