"""Project-wide system checks: what must hold before the site starts."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.urls import URLPattern, URLResolver, get_resolver

from assess.people.facade import POLICY

#: Views of others, which cannot carry our decorators: their URL names, and why each may be reached as it is.
FOREIGN_VIEWS: dict[str, str] = {
    "account_login": "signing in is for the signed-out",
    "account_logout": "only ends the asker's own session, and only by POST",
    "account_signup": "signing up is for the signed-out",
    "account_inactive": "says that an account is switched off; names nobody",
    "account_reauthenticate": "signed in; asks for the person's own password",
    "account_change_password": "signed in; asks for the present password",
    "account_reset_password": "for those who cannot sign in; says the same whether the address is known or not",
    "account_reset_password_done": "says that a mail was sent, if there is such an account",
    "account_reset_password_from_key": "the key from the mail is the permission",
    "account_reset_password_from_key_done": "says that the password was changed; names nobody",
    "account_email_verification_sent": "says that a mail was sent",
    "account_confirm_email": "the key from the mail is the permission",
}
if settings.TWO_STEP:
    FOREIGN_VIEWS |= {
        "mfa_index": "signed in; shows whether the person's own two-step sign-in is on",
        "mfa_authenticate": "for those who have just given their password; asks for the code",
        "mfa_reauthenticate": "signed in; asks for the person's own code",
        "mfa_activate_totp": "signed in, after the password once more; the person's own",
        "mfa_deactivate_totp": "signed in, after the password once more; the person's own",
        "mfa_view_recovery_codes": "signed in, after the password once more; the person's own",
        "mfa_generate_recovery_codes": "signed in, after the password once more; the person's own",
    }


def every_url(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its pattern. Names carry their namespaces in `URLPattern.name` only."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from every_url(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


@checks.register(checks.Tags.security)
def every_view_names_its_policy(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A view without one is closed to the signed-out by default, but nobody has said who of the others may use it."""
    errors: list[checks.CheckMessage] = []
    for address, pattern in every_url(get_resolver().url_patterns):
        if not pattern.name:
            errors.append(checks.Error(f"The address {address!r} has no name.", hint="Name it.", id="assess.E001"))
        elif not hasattr(pattern.callback, POLICY) and pattern.name not in FOREIGN_VIEWS:
            errors.append(
                checks.Error(
                    f"The view of {address!r} ({pattern.name}) names no access policy.",
                    hint="Put a decorator of assess.people.access on it, outermost.",
                    id="assess.E002",
                )
            )
    return errors


@checks.register(checks.Tags.security, deploy=True)
def static_files_are_collected(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Information only: the command that checks may well run before the one that collects."""
    if Path(settings.STATIC_ROOT, "staticfiles.json").exists():
        return []
    hint = "Run `manage.py collectstatic --noinput` before starting."
    return [checks.Info("Static files are not collected.", hint=hint, id="assess.I001")]


@checks.register(checks.Tags.security, deploy=True)
def mail_is_sent(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        return []
    hint = "Set EMAIL_HOST, or nobody can get back in after forgetting a password."
    return [checks.Info(f"Mail is written to files in {settings.VAR_DIR / 'mail'}.", hint=hint, id="assess.I002")]
