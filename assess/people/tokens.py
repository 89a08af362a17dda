"""Tokens of links and of the API, of which only hashes are stored, and a cipher for what must be read back.

Decides: whether an API token still opens anything, and for whom. Does not decide what that person may do:
`permissions` does, just as on the pages.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assess.language import _
from assess.people.models import ApiToken, User
from assess.questionnaire.facade import Issue, ValidationFailed, check_name

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

#: 256 bits, twice what trust asks for; as text 43 characters of an address.
TOKEN_BYTES: Final = 32

#: Use is noted at most this often, so that reading by the API costs no write each time.
USE_NOTED_EVERY: Final = timedelta(minutes=1)


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


def get_user_of_api_token(text: str) -> User | None:
    """Whose token this is; None when it is unknown, expired or revoked, or when they can no longer sign in.

    One query, and at most once a minute a second one that notes the use.
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
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


@transaction.atomic
def revoke_api_token(token: ApiToken, *, by: User) -> None:
    """From now on the token opens nothing. Revoking twice changes nothing. Only its owner may."""
    if token.user_id != by.pk:
        raise ValidationFailed([Issue(code="not_yours", message=_("Ask whoever made this token to revoke it"))])
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
