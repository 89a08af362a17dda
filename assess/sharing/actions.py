"""Making a share link and revoking it. Each is one transaction with its event inside."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from assess.assessments.facade import Assessment, EventKind, record_event, why_not_in_use
from assess.language import _
from assess.people.facade import Ability, User, check_can, generate_token
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.sharing.models import ShareLink

#: Links of one version that work at the same time; nobody keeps track of more.
MAX_LINKS = 50


@transaction.atomic
def make_link(
    assessment: Assessment, *, by: User, name: str, scope: str, days: int, passcode: str = ""
) -> tuple[ShareLink, str]:
    """A new link and its token, which is not stored: the caller shows it once.

    The fields are those of `ShareLinkForm`. Raises PermissionDenied, and ValidationFailed where the version cannot be
    shared.
    """
    check_can(by, Ability.SHARE, assessment.system.team)
    locked = Assessment.objects.defer("result").locked(assessment.pk)
    now = timezone.now()
    issue = why_not_share(locked, locked.share_links.filter(revoked_at=None, expires_at__gt=now).count())
    if issue is not None:
        raise ValidationFailed([issue])
    token, token_hash = generate_token()
    link = ShareLink.objects.create(
        assessment=locked,
        name=name,
        scope=scope,
        token_hash=token_hash,
        passcode=make_password(passcode) if passcode else "",
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=days),
    )
    # The name stays out of the log, which never forgets; the link's row has it.
    payload = {
        "link": link.pk,
        "scope": scope,
        "until": link.expires_at.isoformat(),
        "passcode": bool(passcode),
    }
    record_event(locked, EventKind.SHARED, by=by, at=now, payload=payload, rows=[link])
    return link, token


@transaction.atomic
def revoke_link(link: ShareLink, *, by: User) -> ShareLink:
    """The link, which opens nothing any more, also for those who have it open. Raises as `make_link` does."""
    check_can(by, Ability.SHARE, link.assessment.system.team)
    # The assessment before what belongs to it, as everywhere: its log is written below.
    assessment = Assessment.objects.defer("result").locked(link.assessment_id)
    locked = ShareLink.objects.select_for_update().get(pk=link.pk)
    if locked.revoked_at is not None:
        message = _("Nothing to do: this link was revoked already")
        raise ValidationFailed([Issue(code="revoked", message=message)])
    locked.revoked_at, locked.revoked_by = timezone.now(), by
    locked.save(update_fields=("revoked_at", "revoked_by"))
    payload = {"link": locked.pk}
    record_event(assessment, EventKind.UNSHARED, by=by, at=locked.revoked_at, payload=payload, rows=[locked])
    return locked


def why_not_share(assessment: Assessment, working: int) -> Issue | None:
    """Why no further link can be made; None where one can. `working` is the number of links that work now."""
    issue = why_not_in_use(assessment)
    if issue is not None:
        return issue
    if not assessment.is_submitted:
        message = _("Submit this version first; you can share only what no longer changes")
        return Issue(code="not_submitted", message=message)
    if working >= MAX_LINKS:
        message = _("Revoke a link first; a version has at most {most} that work")
        return Issue(code="too_many", message=message.format(most=MAX_LINKS))
    return None
