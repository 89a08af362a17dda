"""A person's own pages: name and mail, their data, erasing the account, and API tokens."""

import time
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.language import _
from assess.people.access import View, guests_allowed, signed_in, user_of
from assess.people.addresses import normalize_address
from assess.people.api_tokens import create_api_token, revoke_api_token
from assess.people.credentials import TooManyTriesError, has_confirmed_address, why_not_identified
from assess.people.forms import ApiTokenForm, EraseAccountForm, ProfileForm, add_issues
from assess.people.kept_forms import drop_form
from assess.people.models import ApiToken, User
from assess.people.personal_data import ERASED_NAME, erase, export_personal_data, issues_before_erasing
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import too_many_requests


def evenly_timed(view: View, *, step: float) -> View:
    """The view, whose answers to a form come after a whole number of steps of so many seconds.

    For forms that answer the same whether an address has an account or not: what they do for one and not for the other
    takes less than a step, so that the time tells nothing either.
    """

    @wraps(view)
    def timed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST" and settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
            time.sleep(step - (time.monotonic() - began) % step)
        return response

    return timed


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, initial={"name": user.name, "wants_mail": user.wants_mail})
    if request.method == "POST" and form.is_valid():
        user.name = form.cleaned_data["name"]
        user.wants_mail = form.cleaned_data["wants_mail"]
        user.save(update_fields=["name", "name_key", "wants_mail"])
        messages.success(request, _("Saved."))
        return redirect("you")
    context = {"form": form, "two_step": settings.TWO_STEP, "has_password": user.has_usable_password()}
    return render(request, "account/you.html", context, status=status_of(form.errors))


@require_safe
@signed_in
def download_data(request: HttpRequest) -> HttpResponse:
    """The person's data as a file. About 25 queries, for something asked for once in a long while."""
    return JsonResponse(
        export_personal_data(user_of(request)),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="my-splitcheck-data.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase_account(request: HttpRequest) -> HttpResponseBase:
    """What erasing does, and the button; or what has to be handed over first."""
    user = user_of(request)
    has_password = user.has_usable_password()
    form = EraseAccountForm(request.POST if request.method == "POST" else None, by_address=not has_password)
    issues = issues_before_erasing(user)
    if request.method == "POST" and form.is_valid():
        try:
            is_proved = check_proof(user, form.cleaned_data["proof"])
        except ValidationError:  # allauth's, after five wrong ones
            return too_many_requests(request)
        if not is_proved:
            by_password = _("Enter the password you sign in with; this was a different one.")
            by_address = _("Enter the address you sign in with; this was a different one.")
            form.add_error("proof", by_password if has_password else by_address)
        else:
            try:
                erase(user)
            except ValidationFailed as refusal:
                issues = refusal.issues
            else:
                logout(request)
                erased = _("Your account is erased. Your teams keep what they recorded, without your name.")
                messages.info(request, erased)
                return redirect("landing")
    context = {"form": form, "issues": issues, "erased_name": _(ERASED_NAME)}
    is_refused = request.method == "POST" and (issues or form.errors)
    return render(request, "account/leave.html", context, status=status_of(is_refused))


@require_POST
@signed_in
def confirm_address(request: HttpRequest) -> HttpResponseBase:
    """Sends the mail that confirms the person's address once more, at most every three minutes."""
    user = user_of(request)
    if has_confirmed_address(user):
        messages.info(request, _("Nothing to do: your address is confirmed."))
    elif send_verification_email_for_user(request, user):
        messages.success(request, _("A mail to {address} is on its way.").format(address=user.email))
    else:
        messages.error(request, _("Wait three minutes before the next one. Look among unwanted mail, too."))
    url = request.POST.get("next", "")
    return redirect(url if get_adapter().is_safe_url(url) else "you")


@require_POST
@guests_allowed
@signed_in
def drop_kept_form(request: HttpRequest) -> HttpResponseBase:
    """Forgets what was typed into a form before a sign-out, and leads back to the form's page."""
    return redirect(drop_form(request, request.POST.get("id", "")) or "/")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: HttpRequest) -> HttpResponseBase:
    """The person's API tokens. A new one's text is only on the response to the form, hence no redirect."""
    user = user_of(request)
    has_password = user.has_usable_password()
    form = ApiTokenForm(request.POST if request.method == "POST" else None, has_password=has_password)
    created: ApiToken | None = None
    text = ""
    if request.method == "POST":
        try:
            # Checked whatever else is wrong, so that a form full of mistakes is no way to try passwords uncounted.
            issue = why_not_identified(request, user, request.POST.get("password", ""))
        except TooManyTriesError:
            return too_many_requests(request)
        if issue is not None:
            add_issues(form, ValidationFailed([issue]))
    if request.method == "POST" and form.is_valid():
        try:
            created, text = create_api_token(user, name=form.cleaned_data["name"], days=form.cleaned_data["days"])
            form = ApiTokenForm(has_password=has_password)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
    context = {
        "form": form,
        "created": created,
        "text": text,
        "tokens": ApiToken.objects.filter(user=user, revoked_at=None).order_by("-created_at", "-id")[:100],
        "now": timezone.now(),
        "is_confirmed": has_confirmed_address(user),
    }
    return render(request, "account/tokens.html", context, status=status_of(form.errors))


@require_POST
@signed_in
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponseBase:
    user = user_of(request)
    token = get_object_or_404(ApiToken, pk=token_id, user=user)
    revoke_api_token(token, by=user)
    sentence = _("Revoked {token}. Programs that used it no longer have access.")
    messages.success(request, sentence.format(token=token.name))
    return redirect("tokens")


def check_proof(user: User, proof: str) -> bool:
    """Whether this is the person's password or, where they have none, their address. Raises allauth's ValidationError
    after five wrong passwords."""
    if user.has_usable_password():
        return bool(get_adapter().reauthenticate(user, proof))
    return normalize_address(proof) == user.email


def status_of(errors: object) -> HTTPStatus:
    """400 where there are errors, else 200."""
    return HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
