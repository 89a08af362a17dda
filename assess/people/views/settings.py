"""What a workspace sets for itself, for whoever looks after all of it; and its logo, for everybody in it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.language import _, all_of
from assess.people import branding
from assess.people.access import signed_in, user_of
from assess.people.forms_of_people import WorkspaceForm, add_problems
from assess.people.logos import MOST_NAMED
from assess.people.models import Logo, LogoKind, Workspace
from assess.people.permissions import workspaces_of
from assess.people.views.access import posted, whole_desk
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.web.facade import activate_for

TYPES = {LogoKind.PNG.value: "image/png", LogoKind.SVG.value: "image/svg+xml"}
#: Whatever a logo held, a browser that opens it by itself runs and fetches nothing.
LOGO_POLICY = "default-src 'none'; sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def workspace_settings(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = whole_desk(user, workspace_id).workspace
    form = WorkspaceForm(posted(request), workspace=workspace)
    if request.method == "POST" and form.is_valid():
        try:
            workspace = branding.change_settings(workspace, by=user, **form.cleaned_data)
        except ValidationFailed as refused:
            add_problems(form, refused)
        else:
            activate_for(workspace)  # said as it is said from now on
            messages.success(request, _("The settings are saved. Pages and new reports follow them from now on."))
            return redirect("workspace-settings", workspace.pk)
    return _page(request, workspace, form)


@require_safe
@signed_in
def logo(request: HttpRequest, workspace_id: int) -> HttpResponse:
    """The picture, for those who belong to the workspace. Its address changes with it, so a browser may keep it."""
    workspace = get_object_or_404(workspaces_of(user_of(request)), pk=workspace_id)
    found = get_object_or_404(Logo, workspace=workspace)
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": LOGO_POLICY,
        "Content-Disposition": f'inline; filename="logo.{found.kind}"',
    }
    return HttpResponse(bytes(found.content), content_type=TYPES[found.kind], headers=headers)


@require_POST
@signed_in
def set_logo(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = whole_desk(user, workspace_id).workspace
    file = request.FILES.get("logo")
    try:
        if file is None:
            raise ValidationFailed([Issue(code="logo", key="logo", message=_("Choose a file: none was sent"))])
        cleaned = branding.set_logo(workspace, file.read(), by=user)
    except ValidationFailed as refused:
        return _page(request, workspace, WorkspaceForm(workspace=workspace), refused)
    messages.success(request, _("The logo is saved. New reports carry it."))
    if cleaned.left_out:
        messages.info(request, left_out_words(cleaned.left_out))
    return redirect("workspace-settings", workspace.pk)


@require_POST
@signed_in
def remove_logo(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = whole_desk(user, workspace_id).workspace
    branding.remove_logo(workspace, by=user)
    messages.success(request, _("The logo is removed. New reports carry none."))
    return redirect("workspace-settings", workspace.pk)


def left_out_words(names: tuple[str, ...]) -> str:
    """What a drawing lost, so that whoever sent it can look whether that matters."""
    shown = [*names[:MOST_NAMED], *([_("others")] if len(names) > MOST_NAMED else [])]
    sentence = _("What cannot be shown safely was left out of the drawing: {parts}. Look whether it is still right.")
    return sentence.format(parts=all_of(shown))


def logo_address(workspace: Workspace) -> str:
    """Where the logo is, "" for none. One query, without its bytes."""
    changed_at = Logo.objects.filter(workspace=workspace).values_list("changed_at", flat=True).first()
    if changed_at is None:
        return ""
    return f"{reverse('workspace-logo', args=[workspace.pk])}?v={int(changed_at.timestamp() * 1000)}"


def _page(
    request: HttpRequest, workspace: Workspace, form: WorkspaceForm, refused: ValidationFailed | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "workspace": workspace,
        "form": form,
        "logo": logo_address(workspace),
        "wrong_logo": [f"{issue.message}." for issue in refused.issues] if refused else [],
    }
    status = HTTPStatus.BAD_REQUEST if form.errors or refused else HTTPStatus.OK
    return render(request, "people/settings.html", context, status=status)
