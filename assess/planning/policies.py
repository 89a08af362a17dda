"""May this happen to what is planned for this version, in its present state? An issue to show, or None when it may.

Whether this person may do it is decided by `people.permissions`.
"""

from assess.assessments.facade import Assessment, why_not_in_use
from assess.language import _
from assess.questionnaire.facade import Issue


def why_not_change_plan(assessment: Assessment) -> Issue | None:
    """Whether steps, goals, preparations and design decisions may change: until the system's next version is
    submitted. One query."""
    issue = why_not_in_use(assessment)
    if issue is not None:
        return issue
    later = Assessment.objects.filter(system=assessment.system_id, version__gt=assessment.version, deleted_at=None)
    newest = later.exclude(submitted_at=None).order_by("-version").values_list("version", flat=True).first()
    if newest is not None:
        message = _("Go on in version {version}: it is submitted and has the plan now").format(version=newest)
        return Issue(code="later_version", message=message)
    return None


def why_not_change_money(assessment: Assessment) -> Issue | None:
    """Whether the cost figures may change: until the decision is signed, which covers them. One query."""
    if assessment.is_signed:
        message = _("Start the next version to change cost figures; this decision is signed")
        return Issue(code="signed", message=message)
    return why_not_change_plan(assessment)


def why_not_record_outcome(assessment: Assessment) -> Issue | None:
    """Whether an outcome may be recorded: once the decision is signed."""
    if assessment.deleted_at is None and not assessment.is_signed:
        return Issue(code="not_signed", message=_("Sign the decision first; an outcome is of a signed decision"))
    return why_not_in_use(assessment)
