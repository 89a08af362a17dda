"""May this happen to this assessment in its present state? Returns an issue to show, or None when it may.

Whether this person may do it is decided by `people.permissions`.
"""

from assess.assessments.models import Assessment, Edition, State
from assess.language import N_, _
from assess.people.facade import Team
from assess.questionnaire.facade import Issue, ValidationFailed


def why_not_start_with(edition: Edition, team: Team) -> Issue | None:
    """Whether the team may start a new assessment with this edition."""
    if edition.workspace_id not in (None, team.workspace_id):
        message = _(
            "Choose a questionnaire of {workspace}, where the team is, or one that comes with Splitcheck"
        ).format(workspace=team.workspace)
        return Issue(code="other_workspace", key="edition", message=message)
    if not edition.is_published:
        message = _("Choose a questionnaire that is published; this one is a draft or retired")
        return Issue(code="not_published", key="edition", message=message)
    return None


def why_not_in_use(assessment: Assessment) -> Issue | None:
    """Whether anything may be done with it: not while it is deleted."""
    if assessment.deleted_at is not None:
        return Issue(code="deleted", message=_("Restore this assessment first; it was deleted"))
    return None


def why_not_open(assessment: Assessment, once_submitted: str) -> Issue | None:
    """Whether it is neither deleted nor submitted. `once_submitted`, marked for translation, says what to do then."""
    if assessment.deleted_at is None and assessment.submitted_at is not None:
        return Issue(code="submitted", message=_(once_submitted))
    return why_not_in_use(assessment)


def why_not_answer(assessment: Assessment) -> Issue | None:
    return why_not_open(assessment, N_("Start the next version to change answers; this version is submitted"))


def why_not_separately(assessment: Assessment) -> Issue | None:
    """Whether people answer this version separately."""
    if assessment.answers_separately:
        return None
    message = _("The team shares its answers to this version; a lead can ask people to answer separately")
    return Issue(code="together", message=message)


def why_not_submit(assessment: Assessment, known: int) -> Issue | None:
    """`known` is the number of questions with a known answer."""
    issue = why_not_answer(assessment)
    if issue is not None:
        return issue
    if known == 0:
        message = _("Answer at least one question before you submit; nothing is known yet")
        return Issue(code="nothing_known", message=message)
    return None


def why_not_start_next_version(assessment: Assessment, newest_version: int) -> Issue | None:
    """Whether a next version may follow. `newest_version` is the highest of the system's that is not deleted."""
    issue = why_not_in_use(assessment)
    if issue is not None:
        return issue
    if assessment.submitted_at is None:
        return Issue(code="open", message=_("Go on answering this version; it is not submitted yet"))
    if assessment.version != newest_version:
        message = _("Go on from version {version}; it is the newest of this system").format(version=newest_version)
        return Issue(code="not_newest", message=message)
    return None


def why_not_delete(assessment: Assessment) -> Issue | None:
    if assessment.deleted_at is not None:
        return Issue(code="deleted", message=_("Nothing to do: this assessment is deleted already"))
    if assessment.state in (State.SUBMITTED, State.IN_REVIEW):
        message = _("Withdraw this version on the page of its decision; what was submitted cannot be deleted")
        return Issue(code="submitted", message=message)
    if assessment.is_submitted:
        message = _("Start the next version instead; what was submitted cannot be deleted")
        return Issue(code="submitted", message=message)
    return None


def why_not_restore(assessment: Assessment, *, another_is_open: bool) -> Issue | None:
    if assessment.deleted_at is None:
        return Issue(code="not_deleted", message=_("Nothing to do: this assessment is not deleted"))
    if assessment.submitted_at is None and another_is_open:
        message = _("Submit or delete the version that is open now; a system has one open version at a time")
        return Issue(code="another_open", message=message)
    return None


def raise_if_issue(issue: Issue | None) -> None:
    """Raises ValidationFailed with the issue; does nothing for None."""
    if issue is not None:
        raise ValidationFailed([issue])
