"""Deciding a design question, deciding it anew, and taking a decision back. Each is one event."""

from django.db import transaction
from django.utils import timezone

from assess.advice.facade import DESIGN_QUESTIONS
from assess.assessments.facade import Assessment, EventKind, record_event
from assess.language import _
from assess.people.facade import User
from assess.planning.models import MAX_NOTE, DesignDecision
from assess.planning.policies import why_not_change_plan
from assess.planning.rows import lock_for
from assess.questionnaire.facade import Issue, ValidationFailed, check_note


@transaction.atomic
def decide_design(
    assessment: Assessment, key: str, *, option: str, reason: str, seen: str | None = None, by: User
) -> DesignDecision:
    """The decision on this question, in place of an earlier one.

    `seen` is `moment_of` the decision over which a form was filled in; None replaces any. Raises PermissionDenied, and
    ValidationFailed by field: an unknown option, no reason, or somebody else's decision since.
    """
    locked = lock_for(assessment, why_not_change_plan, by=by)
    reason = check_choice(key, option, reason)
    present = locked.design_decisions.filter(key=key).select_related("decided_by").first()
    if present is not None and (present.option, present.reason, present.decided_by_id) == (option, reason, by.pk):
        return present  # a double click
    check_unchanged(present, seen)
    now = timezone.now()
    row, _is_new = DesignDecision.objects.update_or_create(
        assessment=locked,
        key=key,
        defaults={"option": option, "reason": reason, "decided_at": now, "decided_by": by},
    )
    record_event(
        locked,
        EventKind.DESIGN_DECIDED,
        by=by,
        at=now,
        payload={"change": "decided", "key": key, "option": option, "reason": reason},
        rows=[row],
    )
    return row


@transaction.atomic
def take_back_design(assessment: Assessment, key: str, *, seen: str | None = None, by: User) -> DesignDecision | None:
    """The decision as it was, with which `decide_design` undoes this; None where there was none. Raises as
    `decide_design`."""
    locked = lock_for(assessment, why_not_change_plan, by=by)
    present = locked.design_decisions.filter(key=key).select_related("decided_by").first()
    if present is None:
        return None
    check_unchanged(present, seen)
    record_event(
        locked,
        EventKind.DESIGN_DECIDED,
        by=by,
        payload={"change": "taken_back", "key": key, "option": present.option, "reason": present.reason},
        removed=[present],
    )
    present.delete()
    return present


def check_choice(key: str, option: str, reason: str) -> str:
    """The reason as it is kept. Raises ValidationFailed by field where it or the option is wrong."""
    issues = []
    if DESIGN_QUESTIONS[key].option(option) is None:
        issues.append(Issue(code="no_option", key="option", message=_("Choose an option")))
    try:
        reason = check_note(reason, MAX_NOTE)
    except ValidationFailed as failed:
        issues += [Issue(code=issue.code, key="reason", message=issue.message) for issue in failed.issues]
    else:
        if not reason:
            issues.append(Issue(code="no_reason", key="reason", message=_("Say why you chose it")))
    if issues:
        raise ValidationFailed(issues)
    return reason


def check_unchanged(present: DesignDecision | None, seen: str | None) -> None:
    """Raises ValidationFailed where somebody decided since the form was shown."""
    if present is not None and seen is not None and seen != moment_of(present):
        message = _("Look at the page in another tab: {name} decided meanwhile. Save again to replace that.")
        raise ValidationFailed([Issue(code="changed", message=message.format(name=present.decided_by))])


def moment_of(row: DesignDecision | None) -> str:
    """When it was decided, to tell whether somebody decided since; "" while open."""
    return row.decided_at.isoformat() if row else ""
