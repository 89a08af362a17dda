"""A person's keys to the API: made, found again, revoked.

Decides: whether a key still opens anything, and for whom. Does not decide what that person may do: `permissions` does,
just as on the pages.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assess.language import _
from assess.people.links import hash_of, new_token
from assess.people.models import ApiToken, User
from assess.questionnaire.facade import Issue, ValidationFailed, check_name

#: Use is noted at most this often, so that reading by the API costs no write each time.
NOTED_EVERY = timedelta(minutes=1)


def make_token(user: User, *, name: str, days: int) -> tuple[ApiToken, str]:
    """A new key and its text, which is shown once and kept nowhere.

    Raises ValidationFailed for a name that is empty, too long or holds something invisible, and for days beyond the
    limit.
    """
    most = settings.LIMITS["api_token_days"]
    issues: list[Issue] = []
    try:
        cleaned = check_name(" ".join(name.split()), settings.LIMITS["name"])
    except ValidationFailed as refused:
        cleaned = ""
        issues += refused.keyed("name").issues
    else:
        if not cleaned:
            message = _("Enter what this token is for, such as nightly export")
            issues.append(Issue(code="name", message=message, key="name"))
    if not 1 <= days <= most:
        message = _("Enter a number of days from 1 to {most}").format(most=most)
        issues.append(Issue(code="days", message=message, key="days"))
    if issues:
        raise ValidationFailed(issues)
    text, hashed = new_token()
    token = ApiToken.objects.create(
        user=user, name=cleaned, token_hash=hashed, expires_at=timezone.now() + timedelta(days=days)
    )
    return token, text


def person_of(token_text: str) -> User | None:
    """Whose key this is; None when it is unknown, expired or revoked, or when they can no longer sign in.

    One query, and at most once a minute a second one that notes the use.
    """
    now = timezone.now()
    token = (
        ApiToken.objects.filter(token_hash=hash_of(token_text), revoked_at=None, expires_at__gt=now)
        .filter(user__is_active=True, user__is_guest=False)
        .select_related("user")
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


@transaction.atomic
def revoke(token: ApiToken, *, by: User) -> None:
    """From now on the key opens nothing. Revoking twice changes nothing. Only its owner's business."""
    if token.user_id != by.pk:
        raise ValidationFailed([Issue(code="not_yours", message=_("Ask whoever made this token to revoke it"))])
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
