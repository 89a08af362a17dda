"""The pages of questionnaires: list, import with a dry run, one edition, preview, the file, publish, retire.

For administrators of the workspace. To a stranger its editions do not exist (404); members without the role get 403.
"""

from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments.facade import Edition, questionnaire_by_hash, questionnaire_in
from assess.editions import actions, translations
from assess.editions.diff import EditionDiff, compare_editions
from assess.editions.fetching import posted_file, readable_edition, reviewed_file, yaml_file
from assess.language import _
from assess.people.facade import (
    User,
    Workspace,
    check_administers,
    signed_in,
    user_of,
    workspaces_as_administrator,
    workspaces_of,
)
from assess.questionnaire.facade import Issue, ValidationFailed, shown
from assess.web.facade import activate_for

SALT = "edition-import"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A workspace's own editions, the newest of each questionnaire first."""

    workspace: Workspace
    editions: list[Edition]


@require_safe
@signed_in
def editions(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    check_administers(user)
    workspaces = list(workspaces_as_administrator(user))
    found = Edition.objects.defer("content").select_related("imported_by", "published_by", "retired_by")
    by_workspace: dict[int | None, list[Edition]] = {}
    for row in found.visible_to(user).order_by("slug", "-version"):
        by_workspace.setdefault(row.workspace_id, []).append(row)
    context = {
        "shelves": [Shelf(workspace=each, editions=by_workspace.get(each.pk, [])) for each in workspaces],
        "shipped": by_workspace.get(None, []),
    }
    return render(request, "editions/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_file(request: HttpRequest, workspace_id: int) -> HttpResponse:
    """The form; and for a posted file the dry run, which shows every problem or what the import would change."""
    workspace = _administered(user_of(request), workspace_id)
    if request.method != "POST":
        return render(request, "editions/import.html", {"workspace": workspace})
    file = request.FILES.get("file")
    name = shown(file.name or "") if isinstance(file, UploadedFile) else ""
    try:
        content = posted_file(file)
        review = actions.review_import(workspace, content, file=name)
    except ValidationFailed as refused:
        return _refused(request, workspace, refused.issues, name)
    token = signing.dumps([workspace.pk, name, content.decode("utf-8")], salt=SALT, compress=True)
    context = {"workspace": workspace, "name": name, "review": review, "diff": review.diff, "token": token}
    return render(request, "editions/import.html", context)


@require_POST
@signed_in
def confirm(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = _administered(user, workspace_id)
    try:
        name, content = reviewed_file(request.POST.get("file", ""), workspace.pk, salt=SALT)
        made = actions.import_edition(workspace=workspace, content=content, by=user, file=name)
    except ValidationFailed as refused:
        return _refused(request, workspace, refused.issues, "")
    messages.success(
        request, _("Imported {edition} as a draft. Nobody uses it until you publish it.").format(edition=made)
    )
    return redirect("edition", made.pk)


@require_safe
@signed_in
def edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    found = readable_edition(user_of(request), edition_id)
    return _page(request, found)


@require_safe
@signed_in
def preview(request: HttpRequest, edition_id: int) -> HttpResponse:
    found = readable_edition(user_of(request), edition_id)
    chosen = request.GET.get("language", "")[:12].lower()
    language = chosen if found.translations.filter(language=chosen).exists() else ""
    questionnaire = questionnaire_in(found, language) if language else questionnaire_by_hash(found.sha256)
    numbers = count(1)
    sections = [(each, [(next(numbers), q) for q in each.questions]) for each in questionnaire.sections]
    context = {
        "edition": found,
        "questionnaire": questionnaire,
        "sections": sections,
        "language": language,
        "language_name": translations.language_name(language),
    }
    return render(request, "editions/preview.html", context)


@require_safe
@signed_in
def export(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The file, byte for byte as it was imported."""
    found = readable_edition(user_of(request), edition_id)
    return yaml_file(bytes(found.content), f"{found.slug}-{found.version}.yaml")


@require_POST
@signed_in
def publish(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    user = user_of(request)
    found = readable_edition(user, edition_id)
    try:
        actions.publish(found, by=user)
    except ValidationFailed as refused:
        return _page(request, found, refused.issues)
    message = _("Published {edition}. New assessments in {workspace} can start with it.")
    messages.success(request, message.format(edition=found, workspace=found.workspace))
    return redirect("edition", found.pk)


@require_POST
@signed_in
def retire(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    user = user_of(request)
    found = readable_edition(user, edition_id)
    try:
        actions.retire(found, by=user)
    except ValidationFailed as refused:
        return _page(request, found, refused.issues)
    message = _("Retired {edition}. Assessments that started with it keep it.")
    messages.success(request, message.format(edition=found))
    return redirect("edition", found.pk)


# --- fetching with access


def _administered(user: User, workspace_id: int) -> Workspace:
    workspace = get_object_or_404(workspaces_of(user), pk=workspace_id)
    check_administers(user, workspace)
    activate_for(workspace)
    return workspace


# --- parts of pages


def _page(request: HttpRequest, found: Edition, issues: list[Issue] | None = None) -> HttpResponse:
    findings = actions.findings_of(found) if found.is_draft else ()
    before = _before(found)
    diff: EditionDiff | None = (
        compare_editions(questionnaire_by_hash(before.sha256), questionnaire_by_hash(found.sha256)) if before else None
    )
    context = {
        "edition": found,
        "questionnaire": questionnaire_by_hash(found.sha256),
        "findings": findings,
        # What the linter finds is listed by itself.
        "problems": [issue for issue in issues or [] if issue not in findings],
        "before": before,
        "diff": diff,
        "translations": translations.lines(found),
        "in_use": _in_use(user_of(request), found),
    }
    status = HTTPStatus.BAD_REQUEST if issues else HTTPStatus.OK
    return render(request, "editions/edition.html", context, status=status)


def _in_use(user: User, found: Edition) -> int:
    """How many assessments have it in the person's own workspaces; those of others are none of theirs."""
    mine = found.assessments.filter(deleted_at=None, system__team__workspace__in=workspaces_of(user))
    return mine.count()


def _before(found: Edition) -> Edition | None:
    """The edition that this one came after: of the same questionnaire, else what it was likely made from."""
    if found.workspace_id is None:
        older = Edition.objects.filter(workspace=None, slug=found.slug, version__lt=found.version)
        return older.order_by("-version").first()
    same = Edition.objects.filter(workspace=found.workspace_id, slug=found.slug, version__lt=found.version)
    return same.order_by("-version").first() or actions.newest_shipped()


def _refused(request: HttpRequest, workspace: Workspace, issues: list[Issue], name: str) -> HttpResponse:
    context = {"workspace": workspace, "name": name, "problems": issues}
    return render(request, "editions/import.html", context, status=HTTPStatus.BAD_REQUEST)
