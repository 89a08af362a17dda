"""Making a share link and taking it back. Each is one transaction with its event inside."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from assess.assessments.facade import Assessment, EventKind, record
from assess.people.facade import Ability, User, check_can, generate_token
from assess.questionnaire.facade import ValidationFailed
from assess.sharing import policies
from assess.sharing.models import ShareLink


@transaction.atomic
def make(
    assessment: Assessment, *, by: User, name: str, scope: str, days: int | None, passcode: str = ""
) -> tuple[ShareLink, str]:
    """A new link and its token, which is not kept: whoever calls shows it once."""
    check_can(by, Ability.SHARE, assessment.system.team)
    held = Assessment.objects.select_for_update().defer("result").get(pk=assessment.pk)
    now = timezone.now()
    working = held.share_links.filter(revoked_at=None, expires_at__gt=now).count()
    given, passcode = " ".join(name.split()), passcode.strip()
    possible = [
        policies.why_not_share(held, working),
        policies.why_not_name(given),
        policies.why_not_scope(scope),
        policies.why_not_days(days),
        policies.why_not_passcode(passcode),
    ]
    issues = [issue for issue in possible if issue is not None]
    if issues or days is None:
        raise ValidationFailed(issues)
    token, token_hash = generate_token()
    link = ShareLink.objects.create(
        assessment=held,
        name=given,
        scope=scope,
        token_hash=token_hash,
        passcode=make_password(passcode) if passcode else "",
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=days),
    )
    # For whom it is stays out of the log, which never forgets; the link's row tells it.
    payload = {
        "link": link.pk,
        "scope": scope,
        "until": link.expires_at.isoformat(),
        "passcode": bool(passcode),
    }
    record(held, EventKind.SHARED, by=by, at=now, payload=payload)
    return link, token


@transaction.atomic
def revoke(link: ShareLink, *, by: User) -> ShareLink:
    """From now on the link opens nothing, also for those who have it open."""
    check_can(by, Ability.SHARE, link.assessment.system.team)
    # The assessment before what belongs to it, as everywhere: its log is written below.
    assessment = Assessment.objects.select_for_update().defer("result").get(pk=link.assessment_id)
    held = ShareLink.objects.select_for_update().get(pk=link.pk)
    issue = policies.why_not_revoke(held)
    if issue is not None:
        raise ValidationFailed([issue])
    held.revoked_at, held.revoked_by = timezone.now(), by
    held.save(update_fields=("revoked_at", "revoked_by"))
    record(assessment, EventKind.UNSHARED, by=by, at=held.revoked_at, payload={"link": held.pk})
    return held
