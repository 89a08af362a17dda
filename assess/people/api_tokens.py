"""A person's tokens for the API: making, counting, revoking.

Decides: whether a token still opens anything, and for whom. Does not decide what that person may do: `permissions`
does, just as on the pages.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assess.language import _
from assess.people.credentials import check_address_confirmed
from assess.people.models import ApiToken, User
from assess.people.tokens import generate_token, hash_token
from assess.questionnaire.facade import Issue, ValidationFailed, check_name


@transaction.atomic
def create_api_token(user: User, *, name: str, days: int) -> tuple[ApiToken, str]:
    """A new API token and its text, which is shown once and stored nowhere.

    Whoever calls this has asked for the password again. Raises ValidationFailed for a name that is empty, too long or
    holds something invisible, for days beyond the limit, and for somebody whose address is not confirmed.
    """
    # Locked, so that no token is made for a session that ends meanwhile.
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.credentials_version != user.credentials_version:
        raise PermissionDenied("the credentials changed meanwhile")
    check_address_confirmed(locked)
    max_days = settings.LIMITS["api_token_days"]
    issues: list[Issue] = []
    try:
        cleaned_name = check_name(" ".join(name.split()), settings.LIMITS["name"])
    except ValidationFailed as refusal:
        cleaned_name = ""
        issues += refusal.keyed("name").issues
    else:
        if not cleaned_name:
            message = _("Enter what this token is for, such as nightly export")
            issues.append(Issue(code="name", message=message, key="name"))
    if not 1 <= days <= max_days:
        message = _("Enter a number of days from 1 to {most}").format(most=max_days)
        issues.append(Issue(code="days", message=message, key="days"))
    if issues:
        raise ValidationFailed(issues)
    text, hashed = generate_token()
    token = ApiToken.objects.create(
        user=user, name=cleaned_name, token_hash=hashed, expires_at=timezone.now() + timedelta(days=days)
    )
    return token, text


class ApiLimitExceeded(Exception):  # noqa: N818 -- nobody is at fault
    """The person's tokens made as many requests as a minute allows. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def get_user_of_api_token(text: str, *, writes: bool = False) -> User | None:
    """Whose token this is; None when it is unknown, expired or revoked, or when they can no longer sign in.

    Counts the request, and raises ApiLimitExceeded where the person's tokens made too many this minute. One query; one
    update where the request `writes`.
    """
    now = timezone.now()
    token = (
        ApiToken.objects.filter(token_hash=hash_token(text), revoked_at=None, expires_at__gt=now)
        .filter(user__is_active=True, user__is_guest=False)
        .select_related("user")
        .first()
    )
    if token is None:
        return None
    if not count_api_request(token.user_id, now):
        raise ApiLimitExceeded(60 - now.second)
    if writes:
        ApiToken.objects.filter(pk=token.pk).update(last_change_at=now)
    return token.user


def count_api_request(user_id: int, now: datetime) -> bool:
    """Counts one request of the person, with whichever token; False, and nothing counted, where this minute's are used
    up. No query.

    With Valkey counted for all machines. Else in this process alone, so that reading writes nothing: several processes
    allow the limit each, and a restart forgets a minute. That is all that can be lost.
    """
    key, counts = f"api:{user_id}:{now:%H%M}", caches["counts"]
    counts.add(key, 0, timeout=120)
    if counts.incr(key) <= settings.LIMITS["api_per_minute"]:
        return True
    counts.decr(key)
    return False


@transaction.atomic
def revoke_api_token(token: ApiToken, *, by: User) -> None:
    """From now on the token opens nothing. Revoking twice changes nothing. Only its owner may."""
    if token.user_id != by.pk:
        raise ValidationFailed([Issue(code="not_yours", message=_("Ask the person who made this token to revoke it"))])
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
