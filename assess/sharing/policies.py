"""May this version be shared, and does this link still work? Whether a person may share is for `people.permissions`."""

from datetime import datetime

from django.conf import settings

from assess.assessments.facade import Assessment
from assess.language import _
from assess.questionnaire.facade import Issue, ValidationFailed, check_name
from assess.sharing.models import Scope, ShareLink

#: So many links of one version may work at the same time: more would be lost track of.
MOST_LINKS = 50
SHORTEST_PASSCODE = 6


def why_not_share(assessment: Assessment, working: int) -> Issue | None:
    """Whether one more link to this version may be made. `working` is the number of those that work now."""
    if assessment.deleted_at is not None:
        return Issue(code="deleted", message=_("Restore this assessment first; it was deleted"))
    if not assessment.is_submitted:
        message = _("Submit this version first; only what no longer changes is shared")
        return Issue(code="not_submitted", message=message)
    if working >= MOST_LINKS:
        message = _("Revoke a link first; {most} of this version work already, which is the most")
        return Issue(code="too_many", message=message.format(most=MOST_LINKS))
    return None


def why_not_name(name: str) -> Issue | None:
    """Whether this says for whom the link is."""
    if not name:
        return Issue(code="no_name", key="name", message=_("Enter for whom the link is"))
    try:
        check_name(name, settings.LIMITS["name"])
    except ValidationFailed as refused:
        return refused.keyed("name").issues[0]
    return None


def why_not_scope(scope: str) -> Issue | None:
    if scope not in Scope.values:
        return Issue(code="no_scope", key="scope", message=_("Choose what the link shows"))
    return None


def why_not_days(days: int | None) -> Issue | None:
    """Whether a link may work for so many days."""
    most = settings.LIMITS["share_days"]
    if days is None or not 1 <= days <= most:
        message = _("Enter a number of days from 1 to {most}").format(most=most)
        return Issue(code="days", key="days", message=message)
    return None


def why_not_passcode(passcode: str) -> Issue | None:
    """Whether this may be the passcode; none at all may."""
    if passcode and len(passcode) < SHORTEST_PASSCODE:
        message = _("Enter {least} characters or more, or leave the passcode empty").format(least=SHORTEST_PASSCODE)
        return Issue(code="passcode", key="passcode", message=message)
    if len(passcode) > settings.LIMITS["name"]:
        message = _("Enter at most {most} characters").format(most=settings.LIMITS["name"])
        return Issue(code="passcode", key="passcode", message=message)
    return None


def why_not_revoke(link: ShareLink) -> Issue | None:
    if link.revoked_at is not None:
        return Issue(code="revoked", message=_("Nothing to do: this link was revoked already"))
    return None


def why_closed(link: ShareLink, now: datetime) -> str:
    """Why this link opens nothing: `revoked`, `expired`, `deleted` or (still open) `draft`; "" while it works."""
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at <= now:
        return "expired"
    if link.assessment.deleted_at is not None:
        return "deleted"
    return "" if link.assessment.is_submitted else "draft"
