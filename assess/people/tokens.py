"""Tokens of links and of the API, of which only hashes are stored, and a cipher for what must be read back.

Decides: whether an API token still opens anything, and for whom. Does not decide what that person may do:
`permissions` does, just as on the pages.
"""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from assess.language import _
from assess.people.models import ApiToken, User
from assess.questionnaire.facade import Issue, ValidationFailed, check_name

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

#: 256 bits, twice what trust asks for; as text 43 characters of an address.
TOKEN_BYTES: Final = 32


def generate_token() -> tuple[str, str]:
    """A new secret, and its hash to store. The secret is shown or sent once and then forgotten."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    """What is stored for this secret. No salt: it is random already, and rows are looked up by the hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def get_cipher(purpose: str) -> "MultiFernet":
    """Encrypts by the present SECRET_KEY and decrypts by it and the earlier ones; each purpose has its own keys."""
    from cryptography.fernet import Fernet, MultiFernet  # slow to import, and rarely needed

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = (hashlib.sha256(purpose.encode() + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def create_api_token(user: User, *, name: str, days: int) -> tuple[ApiToken, str]:
    """A new API token and its text, which is shown once and stored nowhere.

    Raises ValidationFailed for a name that is empty, too long or holds something invisible, and for days beyond the
    limit.
    """
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
    """The token made as many requests as a minute allows. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def get_user_of_api_token(text: str) -> User | None:
    """Whose token this is; None when it is unknown, expired or revoked, or when they can no longer sign in.

    Counts the request, and raises ApiLimitExceeded where the token made too many this minute. One query and one update.
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
    if not count_api_request(token, now):
        raise ApiLimitExceeded(60 - now.second)
    return token.user


def count_api_request(token: ApiToken, now: datetime) -> bool:
    """Counts one request and its time; False, and nothing counted, where this minute's are used up. One update."""
    minute = now.replace(second=0, microsecond=0)
    is_allowed = (
        Q(last_used_at=None) | Q(last_used_at__lt=minute) | Q(requests_in_minute__lt=settings.LIMITS["api_per_minute"])
    )
    # One statement, so that requests at the same moment cannot both be the last one allowed.
    counted = ApiToken.objects.filter(is_allowed, pk=token.pk).update(
        last_used_at=now,
        requests_in_minute=Case(When(last_used_at__gte=minute, then=F("requests_in_minute") + 1), default=Value(1)),
    )
    return counted == 1


@transaction.atomic
def revoke_api_token(token: ApiToken, *, by: User) -> None:
    """From now on the token opens nothing. Revoking twice changes nothing. Only its owner may."""
    if token.user_id != by.pk:
        raise ValidationFailed([Issue(code="not_yours", message=_("Ask the person who made this token to revoke it"))])
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
