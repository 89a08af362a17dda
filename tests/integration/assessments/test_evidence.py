"""Scans attached to an assessment by page and command; compared with the one before; deleted and brought back."""

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.evidence.actions import (
    attach_evidence,
    delete_evidence,
    evidence_before,
    latest_scan_of,
    restore_evidence,
)
from assess.assessments.evidence.models import Evidence
from assess.assessments.models import Assessment, Event
from assess.evidence.facade import MAX_BYTES
from assess.people.models import User
from assess.questionnaire.facade import ValidationFailed
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.factories import AnswerFactory, AssessmentFactory
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
        said.index(words) for words in ("What this scan did not see", "Not read (1): not Python", "What it counted")
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


def test_a_submitted_version_keeps_its_scans_as_they_are(
    attached: Evidence, assessment: Assessment, bob: User, bob_client: Client
) -> None:
    AnswerFactory(assessment=assessment, key="teams", value=5, answered_by=bob)
    submitted = submit_assessment(assessment, by=bob)
    for refused in (lambda: attach_evidence(submitted, later(), by=bob), lambda: delete_evidence(attached, by=bob)):
        with pytest.raises(ValidationFailed, match="Start the next version"):
            refused()
    response = send(bob_client, submitted, later())
    assert response.status_code == 400
    assert "Start the next version to attach a scan" in compact(response.content.decode())
    assert latest_scan_of(submitted) is not None
    assert "its scans stay as they are" in page_of(bob_client, submitted)


def test_a_refused_file_is_told_by_field_and_leaves_nothing(assessment: Assessment, bob_client: Client) -> None:
    evidence = shop_evidence()
    evidence["imports"][0]["lazy"] = 99
    evidence["models"][0]["app"] = "<b>ghosts</b>"
    response = send(bob_client, assessment, json.dumps(evidence).encode())
    assert response.status_code == 400
    said = compact(response.content.decode())
    for words in ("Nothing was attached", "imports[1].lazy", "models[1].app", "&lt;b&gt;ghosts&lt;/b&gt;"):
        assert words in said
    assert "<b>ghosts" not in said
    assert not Evidence.objects.exists()
    assert not Event.objects.filter(kind="evidence_attached").exists()


@pytest.mark.parametrize(
    ("content", "words", "is_damaged"),
    [
        (b"", "The file is empty. Choose the file that the scanner wrote", False),
        (b'{"format": "evidence/1"', "Mend the JSON here", True),
        (b"\x89PNG\r\n\x1a\n", "Save the file as UTF-8", True),
        (b'{"format": "evidence/9"}', "Scan again with the scanner that this site offers", False),
    ],
    ids=["empty", "cut", "a picture", "another version"],
)
def test_nobody_is_asked_to_mend_a_damaged_scan_by_hand(
    content: bytes, words: str, is_damaged: bool, assessment: Assessment, bob_client: Client
) -> None:
    said = compact(send(bob_client, assessment, content).content.decode())
    assert words in said
    assert ("Scan again and choose the new file." in said) == is_damaged


def test_without_a_file_and_with_too_large_a_one_the_page_says_what_to_do(
    assessment: Assessment, bob_client: Client
) -> None:
    address = reverse("evidence", args=[assessment.pk])
    assert "Choose the file that the scanner wrote" in compact(bob_client.post(address).content.decode())
    large = send(bob_client, assessment, b" " * (MAX_BYTES + 1))
    assert "Send at most 5,120 KB" in compact(large.content.decode())
    assert send(bob_client, assessment, b" " * (MAX_BYTES + 100_000)).status_code == 413
    assert settings.LIMITS["evidence_upload"] == MAX_BYTES


def test_the_same_file_is_attached_once_and_again_after_it_was_deleted(attached: Evidence, bob: User) -> None:
    assessment = attached.assessment
    with pytest.raises(ValidationFailed, match="attached already"):
        attach_evidence(assessment, as_bytes(), by=bob)
    delete_evidence(attached, by=bob)
    again = attach_evidence(assessment, as_bytes(), by=bob)
    with pytest.raises(ValidationFailed, match="attached already"):
        restore_evidence(attached, by=bob)
    assert [row.pk for row in assessment.evidence.current()] == [again.pk]


def test_deleting_is_an_event_and_can_be_undone(attached: Evidence, bob_client: Client) -> None:
    assessment = attached.assessment
    address = reverse("evidence-delete", args=[assessment.pk, attached.pk])
    after = bob_client.post(address, follow=True)
    said = compact(after.content.decode())
    assert "is deleted" in said
    assert "No scan yet" in said
    assert latest_scan_of(assessment) is None
    bob_client.post(reverse("evidence-restore", args=[assessment.pk, attached.pk]))
    assert latest_scan_of(assessment) is not None
    assert bytes(Evidence.objects.get().content) == as_bytes()
    kinds = Event.objects.filter(kind__startswith="evidence").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["evidence_attached", "evidence_deleted", "evidence_restored"]
    # Twice is once.
    bob_client.post(address)
    bob_client.post(address)
    assert Event.objects.filter(kind="evidence_deleted").count() == 2


def test_a_scan_of_another_assessment_is_not_there(attached: Evidence, charlie_client: Client, bob: User) -> None:
    other = AssessmentFactory(team=attached.assessment.team, by=bob)
    for verb in ("delete", "restore"):
        assert client_of(bob).post(reverse(f"evidence-{verb}", args=[other.pk, attached.pk])).status_code == 404
    assert Evidence.objects.get().deleted_at is None


def test_a_newer_scan_is_compared_with_the_last_also_of_the_version_before(
    attached: Evidence, assessment: Assessment, alice: User, alice_client: Client
) -> None:
    AnswerFactory(assessment=assessment, key="teams", value=5, answered_by=alice)
    following = start_next_version(submit_assessment(assessment, by=alice), by=alice)
    assert "No scan yet" in page_of(alice_client, following)
    fewer = [each for each in shop_evidence()["relations"] if each["from_app"] != "payments"]
    newest = attach_evidence(following, later(relations=fewer), by=alice)
    assert evidence_before(newest) == attached
    said = page_of(alice_client, following)
    assert "attached to version 1" in said
    row = said[said.index('data-figure="foreign_keys"') :].split("</tr>")[0]
    assert [cell in row for cell in (">5</td>", ">7</td>", "down")] == [True] * 3
    assert said.count(">foreign keys<") == 2  # payments to orders and to auth_users


def test_a_command_attaches_a_file_or_standard_input(
    assessment: Assessment, bob: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evidence.json"
    path.write_bytes(as_bytes())
    out = StringIO()
    call_command("attach_evidence", str(assessment.pk), str(path), person=bob.email.upper(), stdout=out)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(later())))
    call_command("attach_evidence", str(assessment.pk), "-", person=bob.email, stdout=out)
    assert out.getvalue().count("Attached to") == 2
    assert {bytes(row.content) for row in Evidence.objects.all()} == {as_bytes(), later()}


def test_the_command_ends_with_status_2_and_says_why(
    assessment: Assessment, bob: User, vera: User, charlie: User, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(as_bytes())
    bad.write_bytes(as_bytes(anonymised="no", files={}))
    for number, file, person, reason in (
        (assessment.pk, good, "nobody@x.example", "No active account"),
        (assessment.pk, good, charlie.email, "sees no assessment"),
        (assessment.pk, good, vera.email, "may not answer"),
        (assessment.pk + 1, good, bob.email, "sees no assessment"),
        (assessment.pk, bad, bob.email, "anonymised: Write true or false"),
        (assessment.pk, bad, bob.email, "files.lines: Add `lines`"),
        (assessment.pk, tmp_path, bob.email, "Name a regular file"),
        (assessment.pk, tmp_path / "none", bob.email, "Name a file that can be read"),
    ):
        with pytest.raises(CommandError) as caught:
            call_command("attach_evidence", str(number), str(file), person=person)
        assert caught.value.returncode == 2
        assert reason in str(caught.value)
    assert not Evidence.objects.exists()


def test_overview_and_result_lead_to_the_evidence(attached: Evidence, alice_client: Client) -> None:
    for name in ("assessment", "assessment-result"):
        said = alice_client.get(reverse(name, args=[attached.assessment_id])).content.decode()
        assert f'href="{reverse("evidence", args=[attached.assessment_id])}"' in said
