"""Attaching a scan to an assessment, deleting it and bringing it back; finding the scan that counts.

Each action is one transaction with its event inside. It raises PermissionDenied for those who do not answer, and
ValidationFailed with what to do where the version is submitted or the file is not what a scan writes.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from assess.assessments.event_kinds import EventKind
from assess.assessments.evidence.models import Evidence
from assess.assessments.log import record_event
from assess.assessments.models import Assessment
from assess.assessments.policies import raise_if_issue, why_not_open
from assess.evidence.facade import Scan, read_evidence_file
from assess.language import N_, _, number
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Issue

#: Scans that a version may have, deleted ones included: one a week for two years.
MAX_SCANS: Final = 100


def attach_evidence(assessment: Assessment, content: bytes, *, by: User) -> Evidence:
    """The row of the scan whose file has these bytes, attached to the open version. All of the file is checked first;
    ValidationFailed has every problem with the field's path as its key."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    check_may_attach(assessment)
    return attach_checked_evidence(assessment, content, read_evidence_file(content), by=by)


def check_may_attach(assessment: Assessment) -> None:
    """Raises ValidationFailed for a version that takes no scans: before a file is read, which may take seconds."""
    raise_if_issue(why_not_change_evidence(assessment))


@transaction.atomic
def attach_checked_evidence(assessment: Assessment, content: bytes, data: Mapping[str, Any], *, by: User) -> Evidence:
    """As `attach_evidence`; `data` is what `read_evidence_file` read from `content`."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_change_evidence(locked))
    sha256 = hashlib.sha256(content).hexdigest()
    raise_if_issue(why_not_attach(locked, sha256))
    evidence = Evidence.objects.create(
        assessment=locked,
        content=content,
        sha256=sha256,
        commit_hash=data["repository"]["commit"] or "",
        tool_version=data["tool"]["version"],
        scanned_at=datetime.fromisoformat(data["scanned_at"]),
        attached_at=timezone.now(),
        attached_by=by,
    )
    record_event(
        locked,
        EventKind.EVIDENCE_ATTACHED,
        by=by,
        at=evidence.attached_at,
        payload={"sha256": sha256, "commit": evidence.commit_hash},
        rows=[evidence],
    )
    return evidence


@transaction.atomic
def delete_evidence(evidence: Evidence, *, by: User) -> Evidence:
    """Put a scan of an open version out of sight. Its bytes stay, and `restore_evidence` brings it back."""
    return change_evidence(evidence, EventKind.EVIDENCE_DELETED, by=by)


@transaction.atomic
def restore_evidence(evidence: Evidence, *, by: User) -> Evidence:
    """Bring a deleted scan back as it was."""
    return change_evidence(evidence, EventKind.EVIDENCE_RESTORED, by=by)


def change_evidence(evidence: Evidence, kind: EventKind, *, by: User) -> Evidence:
    """The row, deleted or brought back; unchanged and without an event where it was so already."""
    check_can(by, Ability.ANSWER, evidence.assessment.system.team)
    assessment = Assessment.objects.locked(evidence.assessment_id)
    raise_if_issue(why_not_change_evidence(assessment))
    locked = Evidence.objects.select_for_update().defer("content").get(pk=evidence.pk)
    is_deleted = kind == EventKind.EVIDENCE_DELETED
    if (locked.deleted_at is not None) == is_deleted:
        return locked
    if not is_deleted:
        raise_if_issue(why_not_attach(assessment, locked.sha256))
    now = timezone.now()
    locked.deleted_at, locked.deleted_by = (now, by) if is_deleted else (None, None)
    locked.save(update_fields=("deleted_at", "deleted_by"))
    record_event(assessment, kind, by=by, at=now, payload={"sha256": locked.sha256}, rows=[locked])
    return locked


def why_not_change_evidence(assessment: Assessment) -> Issue | None:
    """Whether scans may be attached to this version and deleted from it: only while it is open."""
    return why_not_open(assessment, N_("Start the next version to attach a scan; this version is submitted"))


def why_not_attach(assessment: Assessment, sha256: str) -> Issue | None:
    """Whether this file may be among the version's scans. Two queries."""
    if assessment.evidence.filter(deleted_at=None, sha256=sha256).exists():
        return Issue(code="attached", message=_("Nothing to do: this scan is attached already"))
    if assessment.evidence.count() >= MAX_SCANS:
        message = _("Start the next version to attach more; this one has {most} scans").format(most=number(MAX_SCANS))
        return Issue(code="too_many", message=message)
    return None


def latest_evidence_of(assessment: Assessment) -> Evidence | None:
    """The scan attached last and not deleted. One query, none where the assessment came with `has_scan`."""
    if not getattr(assessment, "has_scan", True):
        return None
    return assessment.evidence.current().first()


def latest_scan_of(assessment: Assessment) -> Scan | None:
    """What the scan attached last says; None without one. One query, and reading the file."""
    evidence = latest_evidence_of(assessment)
    return evidence.scan() if evidence else None


def evidence_before(evidence: Evidence) -> Evidence | None:
    """The scan of the same system that was attached before this one, also to an earlier version. One query."""
    of_system = Evidence.objects.current().filter(assessment__system=evidence.assessment.system_id)
    rows = of_system.select_related("assessment").defer("assessment__result")
    return rows.filter(pk__lt=evidence.pk).first()
