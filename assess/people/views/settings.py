"""A workspace's settings, for people who manage all of it; and its logo, for everybody in it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.language import _
from assess.people import branding
from assess.people.access import signed_in, user_of
from assess.people.forms import LogoForm, WorkspaceForm, add_issues
from assess.people.membership_policies import open_workspace_admin_scope
from assess.people.middleware import store_localization
from assess.people.models import Logo, Workspace
from assess.people.permissions import workspaces_of
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import activate_for

#: Whatever a logo holds, a browser that opens it by itself runs and fetches nothing.
LOGO_POLICY = "default-src 'none'; sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def workspace_settings(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = open_workspace_admin_scope(user, workspace_id).workspace
    form = WorkspaceForm(request.POST if request.method == "POST" else None, workspace=workspace)
    if request.method == "POST" and form.is_valid():
        try:
            workspace = branding.change_settings(workspace, by=user, **form.cleaned_data)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            store_localization(request)
            activate_for(workspace)  # the message below follows the new settings
            messages.success(request, _("Settings saved. Pages and new reports use them from now on."))
            return redirect("workspace-settings", workspace.pk)
    return render_settings(request, workspace, form=form)


@require_POST
@signed_in
def set_offers_cases(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    """A ticked box is sent, an empty one is not."""
    user = user_of(request)
    workspace = open_workspace_admin_scope(user, workspace_id).workspace
    offers = "offers_cases" in request.POST
    branding.set_offers_cases(workspace, offers, by=user)
    said = _("Teams may export anonymised cases now.") if offers else _("Teams may not export cases any more.")
    messages.success(request, said)
    return redirect("workspace-settings", workspace.pk)


@require_safe
@signed_in
def logo(request: HttpRequest, workspace_id: int) -> HttpResponse:
    """The picture, for those who belong to the workspace. Its address changes with it, so a browser may keep it."""
    workspace = get_object_or_404(workspaces_of(user_of(request)), pk=workspace_id)
    picture = get_object_or_404(Logo, workspace=workspace)
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": LOGO_POLICY,
        "Content-Disposition": 'inline; filename="logo.png"',
    }
    return HttpResponse(picture.read_picture(), content_type="image/png", headers=headers)


@require_POST
@signed_in
def set_logo(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = open_workspace_admin_scope(user, workspace_id).workspace
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            branding.set_logo(workspace, form.cleaned_data["logo"].read(), by=user)
        except ValidationFailed as refusal:
            add_issues(form, refusal)
        else:
            messages.success(request, _("Logo saved. New reports show it."))
            return redirect("workspace-settings", workspace.pk)
    return render_settings(request, workspace, logo_form=form)


@require_POST
@signed_in
def remove_logo(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = open_workspace_admin_scope(user, workspace_id).workspace
    branding.remove_logo(workspace, by=user)
    messages.success(request, _("Logo removed. New reports have none."))
    return redirect("workspace-settings", workspace.pk)


def render_settings(
    request: HttpRequest, workspace: Workspace, *, form: WorkspaceForm | None = None, logo_form: LogoForm | None = None
) -> HttpResponse:
    """The settings page, with the form that was refused, if any."""
    context = {
        "workspace": workspace,
        "form": form or WorkspaceForm(workspace=workspace),
        "logo": branding.logo_url(workspace),
        "logo_form": logo_form or LogoForm(),
    }
    has_errors = (form is not None and form.errors) or (logo_form is not None and logo_form.errors)
    status = HTTPStatus.BAD_REQUEST if has_errors else HTTPStatus.OK
    return render(request, "people/settings.html", context, status=status)
