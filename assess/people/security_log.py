"""Log lines about who signs in and out, who fails to, and who changes what they sign in by.

Accounts by number, never by address: `manage.py shell` finds the person, and a log handed on names nobody.
"""

import logging
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as two_step_signals
from django.contrib.auth import signals as auth_signals

from assess.web.facade import request_address

logger = logging.getLogger(__name__)


def describe_methods(request: Any, user: Any) -> str:
    """By what the session was opened, such as "password, mfa"; "-" where that is not known."""
    records = get_authentication_records(request, user) if hasattr(request, "session") else []
    return ", ".join(str(record.get("method")) for record in records) or "-"


def log_signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    address, methods = request_address.get() or "-", describe_methods(request, user)
    logger.info("Account %s signed in from %s by %s", user.pk, address, methods)


def log_signed_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        logger.info("Account %s signed out", user.pk)


def log_failed(**kwargs: Any) -> None:
    logger.warning("A sign-in from %s failed", request_address.get() or "-")


def log_changed(what: str) -> Any:
    def log(user: Any, **kwargs: Any) -> None:
        logger.info("Account %s %s, from %s", user.pk, what, request_address.get() or "-")

    return log


CHANGES = {
    account_signals.password_changed: log_changed("changed its password"),
    account_signals.password_set: log_changed("set a password"),
    account_signals.password_reset: log_changed("reset its password by mail"),
    account_signals.email_confirmed: lambda email_address, **kwargs: logger.info(
        "Account %s confirmed its address", email_address.user_id
    ),
    two_step_signals.authenticator_added: log_changed("switched a second step on"),
    two_step_signals.authenticator_removed: log_changed("switched a second step off"),
    two_step_signals.authenticator_reset: log_changed("made new recovery codes"),
}


def connect() -> None:
    """Once, when the site starts."""
    auth_signals.user_logged_in.connect(log_signed_in, dispatch_uid="security_log")
    auth_signals.user_logged_out.connect(log_signed_out, dispatch_uid="security_log")
    auth_signals.user_login_failed.connect(log_failed, dispatch_uid="security_log")
    for signal, receiver in CHANGES.items():
        signal.connect(receiver, weak=False, dispatch_uid="security_log")
