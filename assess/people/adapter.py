"""How django-allauth meets our users: what is stored at sign-up, which words a refusal uses."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.http import HttpRequest

from assess.people.models import User
from assess.web.middleware import stamp_session


class AccountAdapter(DefaultAccountAdapter):
    """allauth's defaults, with a name at sign-up and words that say what to do."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account was switched off. Ask whoever runs Splitcheck at your organisation.",
        "email_password_mismatch": "Check the e-mail address and the password; together they match no account.",
        "email_taken": "Sign in instead, or use another address: this one has an account already.",
        "enter_current_password": "Enter the password you sign in with now.",
        "incorrect_password": "Enter the password you sign in with; this was a different one.",
        "too_many_login_attempts": "Wait five minutes, then try again: that were too many wrong passwords.",
        "rate_limited": "Wait a few minutes, then try again: that was tried too often.",
    }

    def save_user(self, request: HttpRequest, user: User, form: forms.BaseForm, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        stamp_session(request)  # written with the sign-in itself, so that the first page needs no write of its own

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False  # no address at all, such as `http://[`

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """None of allauth's remarks ("Successfully signed in as …"): the page itself shows as much."""
