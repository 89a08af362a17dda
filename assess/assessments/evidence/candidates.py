"""The candidates of a version: from its scan and its team's choices, or from the inventory that somebody typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assess.assessments.event_kinds import EventKind
from assess.assessments.evidence.actions import latest_scan_of, why_not_change_evidence
from assess.assessments.evidence.models import CandidateChoices
from assess.assessments.log import record_event
from assess.assessments.models import Assessment
from assess.assessments.policies import raise_if_issue
from assess.evidence.facade import Candidates, Choices, Scan, build_candidates, build_inventory, read_choices
from assess.language import _, day
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import localdate_in


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionCandidates:
    """A version's candidates with the row of choices, None where nobody made any, and who made them, in a sentence."""

    candidates: Candidates | None
    choices: Choices
    row: CandidateChoices | None
    typed_by: str


def candidates_of(assessment: Assessment) -> VersionCandidates:
    """The candidates of this version. Two queries, and reading the scan's file."""
    return build_version_candidates(assessment, latest_scan_of(assessment))


def build_version_candidates(assessment: Assessment, scan: Scan | None) -> VersionCandidates:
    """As `candidates_of`, where the scan is read already. One query, none where the row came with the assessment."""
    row: CandidateChoices | None = getattr(assessment, "candidate_choices", None)
    choices = read_choices(row.content)[0] if row else Choices()
    inventory = build_inventory(scan, choices)
    return VersionCandidates(
        candidates=build_candidates(inventory) if inventory else None,
        choices=choices,
        row=row,
        typed_by=describe_typing(assessment, row, choices) if row else "",
    )


def choices_to_begin_with(assessment: Assessment) -> CandidateChoices | None:
    """The choices of the version before this one that has some, to fill in a form; None for the first. One query."""
    of_system = CandidateChoices.objects.filter(assessment__system=assessment.system_id, assessment__deleted_at=None)
    earlier = of_system.filter(assessment__version__lt=assessment.version)
    return earlier.order_by("-assessment__version").select_related("assessment").first()


def describe_typing(assessment: Assessment, row: CandidateChoices, choices: Choices) -> str:
    """Who typed what, when, and where loads come from; "" where nothing is typed."""
    if not choices.rows:
        return ""
    words = (
        _("{name} typed the modules, {day}.")
        if choices.is_typed
        else _("{name} added groups, load or criticality, {day}.")
    )
    typed = words.format(name=row.saved_by, day=day(localdate_in(assessment.workspace, row.saved_at)))
    if not any(each.load is not None for each in choices.rows):
        return typed
    source = choices.load_from or _("not given")
    return _("{typed} Source of the loads: {source}.").format(typed=typed, source=source.rstrip("."))


@transaction.atomic
def save_choices(
    assessment: Assessment, content: Mapping[str, Any], *, seen: str | None = None, by: User
) -> CandidateChoices:
    """The row with these choices in place of earlier ones. Only while the version is open.

    `seen` is the `saved_at` of the row that a form was filled in over, "" where there was none; None replaces any row.
    Raises PermissionDenied for those who do not answer, and ValidationFailed with every mistake, or where somebody
    saved after that; an issue's key is the field's, as `read_choices` says.
    """
    check_can(by, Ability.ANSWER, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_change_evidence(locked))
    _choices, issues = read_choices(content)
    if issues:
        raise ValidationFailed(issues)
    kept = {**content, "rows": [row for row in content.get("rows", ()) if any(row.values())]}
    present = CandidateChoices.objects.filter(assessment=locked).select_related("saved_by").first()
    if present is not None and seen is not None and seen != moment_of(present):
        if present.content == kept and present.saved_by_id == by.pk:
            return present  # a double click
        message = _("Look at the page in another tab: {name} saved it meanwhile. Save again to replace that.")
        raise ValidationFailed([Issue(code="changed", message=message.format(name=present.saved_by))])
    now = timezone.now()
    row, _is_new = CandidateChoices.objects.update_or_create(
        assessment=locked, defaults={"content": kept, "saved_at": now, "saved_by": by}
    )
    record_event(locked, EventKind.CANDIDATES_CHANGED, by=by, at=now, rows=[row])
    return row


def moment_of(row: CandidateChoices | None) -> str:
    """When the choices were saved, to tell whether somebody saved others since; "" where nobody did."""
    return row.saved_at.isoformat() if row else ""
