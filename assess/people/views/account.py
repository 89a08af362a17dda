"""A person's own pages: name and mail, their data, leaving for good, and keys to the API."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.language import _
from assess.people import leaving
from assess.people import tokens as api_tokens
from assess.people.access import signed_in, user_of
from assess.people.export import personal_data
from assess.people.forms_of_people import LeaveForm, TokenForm, YouForm, add_problems
from assess.people.models import ApiToken, User
from assess.people.views.access import posted
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import too_many


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def you(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = YouForm(posted(request), initial={"name": user.name, "wants_mail": user.wants_mail})
    if request.method == "POST" and form.is_valid():
        user.name = form.cleaned_data["name"]
        user.wants_mail = form.cleaned_data["wants_mail"]
        user.save(update_fields=["name", "wants_mail"])
        messages.success(request, _("Saved."))
        return redirect("you")
    context = {"form": form, "two_step": settings.TWO_STEP, "has_password": user.has_usable_password()}
    return render(request, "account/you.html", context, status=_status(form.errors))


@require_safe
@signed_in
def data(request: HttpRequest) -> HttpResponse:
    """The person's data as a file. About 25 queries: it is asked for once in a long while."""
    return JsonResponse(
        personal_data(user_of(request)),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="my-splitcheck-data.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def leave(request: HttpRequest) -> HttpResponseBase:
    """What erasing does, and the button; or what has to be handed over before."""
    user = user_of(request)
    form = LeaveForm(posted(request), by_address=not user.has_usable_password())
    issues = leaving.why_not(user)
    if request.method == "POST" and form.is_valid():
        try:
            is_proved = _is_proved(user, form.cleaned_data["proof"])
        except ValidationError:  # allauth's, after five wrong ones
            return too_many(request)
        if not is_proved:
            by_password = _("Enter the password you sign in with; this was a different one.")
            by_address = _("Enter the address you sign in with; this was a different one.")
            form.add_error("proof", by_password if user.has_usable_password() else by_address)
        else:
            try:
                leaving.erase(user)
            except ValidationFailed as refused:
                issues = refused.issues
            else:
                logout(request)
                gone = _("Your account is gone. What your teams recorded stays with them, without your name.")
                messages.info(request, gone)
                return redirect("landing")
    context = {"form": form, "problems": issues, "name_left": _(leaving.NAME)}
    wrong = request.method == "POST" and (issues or form.errors)
    return render(request, "account/leave.html", context, status=_status(wrong))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: HttpRequest) -> HttpResponseBase:
    """One's keys to the API. A new one's text is on the answer to the form and nowhere after, hence no redirect."""
    user = user_of(request)
    form = TokenForm(posted(request))
    made: ApiToken | None = None
    text = ""
    if request.method == "POST" and form.is_valid():
        try:
            made, text = api_tokens.make_token(user, name=form.cleaned_data["name"], days=form.cleaned_data["days"])
            form = TokenForm()
        except ValidationFailed as refused:
            add_problems(form, refused)
    context = {
        "form": form,
        "made": made,
        "text": text,
        "tokens": ApiToken.objects.filter(user=user, revoked_at=None).order_by("-created_at", "-id")[:100],
        "now": timezone.now(),
    }
    return render(request, "account/tokens.html", context, status=_status(form.errors))


@require_POST
@signed_in
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponseBase:
    user = user_of(request)
    token = get_object_or_404(ApiToken, pk=token_id, user=user)
    api_tokens.revoke(token, by=user)
    sentence = _("Revoked {token}. Whatever used it is refused from now on.")
    messages.success(request, sentence.format(token=token.name))
    return redirect("tokens")


def _is_proved(user: User, proof: str) -> bool:
    if user.has_usable_password():
        return bool(get_adapter().reauthenticate(user, proof))
    return proof.strip().lower() == user.email.lower()


def _status(wrong: object) -> HTTPStatus:
    return HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
