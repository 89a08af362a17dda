"""The pages of questionnaires and of their translations: list, import, one edition, preview, files, publish, retire.

For administrators of the workspace. To a stranger its editions do not exist (404); members without the role get 403.
An import takes two steps: a dry run that shows every mistake or what would change, and a confirmation. The file waits
in between in a signed field of the form, so that nothing is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments.facade import Edition, EditionTranslation, questionnaire_by_hash, questionnaire_in
from assess.editions import actions, translations
from assess.editions.diff import compare_editions
from assess.editions.linting import check_may_wait, ensure_running, request_lint
from assess.editions.models import LintRun
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
from assess.questionnaire.facade import MAX_BYTES, Issue, ValidationFailed, shown, template_of
from assess.web.facade import activate_for, is_partial, render_page_or_part

#: How long a reviewed file waits for its confirmation, in seconds.
CONFIRM_WITHIN: Final = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class WorkspaceEditions:
    """A workspace's own editions, the newest of each questionnaire first."""

    workspace: Workspace
    editions: list[Edition]


@dataclass(frozen=True, kw_only=True)
class FileImport:
    """The import page of one kind of file. `owner` is what the file is imported into.

    `review` is the dry run of the file's bytes and name; it raises ValidationFailed with every problem. `lint` has the
    linter check the file in the background, where there is more to check than its form.
    """

    owner: Workspace | Edition
    template: str
    context: dict[str, Any]
    review: Callable[[bytes, str], object]
    lint: Callable[[bytes, str], LintRun | None] = lambda content, name: None
    check_may_wait: Callable[[bytes], None] = lambda content: None

    @property
    def salt(self) -> str:
        return f"import:{self.template}:{self.owner.pk}"

    def render_page(self, request: HttpRequest, *, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
        return render(request, self.template, {**self.context, **more}, status=status)

    def render_issues(self, request: HttpRequest, issues: list[Issue], name: str = "") -> HttpResponse:
        return self.render_page(request, status=HTTPStatus.BAD_REQUEST, problems=issues, name=name)

    def try_file(self, request: HttpRequest) -> HttpResponseBase:
        """The dry run of the posted file: every problem, what the import would be, or the page that waits for that."""
        file = request.FILES.get("file")
        name = shown(file.name or "") if isinstance(file, UploadedFile) else ""
        try:
            if not isinstance(file, UploadedFile):
                raise ValidationFailed([Issue(code="no_file", message=_("Choose a YAML file of at most 256 KB"))])
            # One byte over the limit is enough for the loader to refuse it.
            content = file.read(MAX_BYTES + 1)
            self.check_may_wait(content)
            review = self.review(content, name)
            run = self.lint(content, name)
        except ValidationFailed as failed:
            return self.render_issues(request, failed.issues, name)
        if run is not None and run.is_waiting:
            return redirect("edition-check", run.workspace_id, run.pk)
        return self.render_review(request, review, content, name, run)

    def render_review(
        self, request: HttpRequest, review: object, content: bytes, name: str, run: LintRun | None
    ) -> HttpResponse:
        """What the import would be, with the button that confirms it."""
        token = signing.dumps([name, content.decode("utf-8")], salt=self.salt, compress=True)
        return self.render_page(request, review=review, findings=run.issues if run else (), name=name, token=token)

    def confirmed_file(self, request: HttpRequest) -> tuple[str, bytes]:
        """Name and bytes of the file that was reviewed. Raises ValidationFailed for another file."""
        try:
            name, text = signing.loads(request.POST.get("file", ""), salt=self.salt, max_age=CONFIRM_WITHIN)
        except (signing.BadSignature, ValueError) as error:
            message = _("Choose the file again; the checked one is too old or was changed")
            raise ValidationFailed([Issue(code="not_reviewed", message=message)]) from error
        return name, text.encode("utf-8")


@require_safe
@signed_in
def list_editions(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    check_administers(user)
    workspaces = list(workspaces_as_administrator(user))
    rows = Edition.objects.defer("content").select_related("imported_by", "published_by", "retired_by")
    by_workspace: dict[int | None, list[Edition]] = {}
    for row in rows.visible_to(user).order_by("slug", "-version"):
        by_workspace.setdefault(row.workspace_id, []).append(row)
    context = {
        "workspaces": [
            WorkspaceEditions(workspace=each, editions=by_workspace.get(each.pk, [])) for each in workspaces
        ],
        "shipped": by_workspace.get(None, []),
    }
    return render(request, "editions/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_edition(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    """The form; for a posted file, the dry run."""
    user = user_of(request)
    page = edition_import(administered_workspace(user, workspace_id), user)
    return page.try_file(request) if request.method == "POST" else page.render_page(request)


@require_safe
@signed_in
def check_edition(request: HttpRequest, workspace_id: int, run_id: int) -> HttpResponse:
    """The page that waits while a file is checked, and then what its import would be."""
    user = user_of(request)
    workspace = administered_workspace(user, workspace_id)
    runs = LintRun.objects.filter(workspace=workspace, requested_by=user)
    run = get_object_or_404(runs, pk=run_id)
    if run.is_waiting:
        ensure_running(run)
        context = {"workspace": workspace, "run": run, "most": settings.LIMITS["lint_seconds"]}
        return render_page_or_part(request, "editions/check.html", "state", context)
    here = request.get_full_path()
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": here})
    page, content = edition_import(workspace, user), bytes(run.content)
    try:
        review = page.review(content, run.file_name)
    except ValidationFailed as failed:
        return page.render_issues(request, failed.issues, run.file_name)
    return page.render_review(request, review, content, run.file_name, run)


@require_POST
@signed_in
def confirm_edition(request: HttpRequest, workspace_id: int) -> HttpResponseBase:
    user = user_of(request)
    workspace = administered_workspace(user, workspace_id)
    page = edition_import(workspace, user)
    try:
        name, content = page.confirmed_file(request)
        imported = actions.import_edition(workspace=workspace, content=content, by=user, file=name)
    except ValidationFailed as failed:
        return page.render_issues(request, failed.issues)
    message = _("Imported {edition} as a draft. Nobody uses it until you publish it.")
    messages.success(request, message.format(edition=imported))
    return redirect("edition", imported.pk)


@require_safe
@signed_in
def show_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    edition = administered_edition(user_of(request), edition_id)
    return render_edition(request, edition)


@require_safe
@signed_in
def preview_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    edition = administered_edition(user_of(request), edition_id)
    requested = request.GET.get("language", "")[:12].lower()
    language = requested if edition.translations.filter(language=requested).exists() else ""
    questionnaire = questionnaire_in(edition, language) if language else questionnaire_by_hash(edition.sha256)
    numbers = count(1)
    sections = [
        (section, [(next(numbers), question) for question in section.questions]) for section in questionnaire.sections
    ]
    context = {
        "edition": edition,
        "questionnaire": questionnaire,
        "sections": sections,
        "language": language,
        "language_name": translations.language_name(language),
    }
    return render(request, "editions/preview.html", context)


@require_safe
@signed_in
def download_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The file, byte for byte as it was imported."""
    edition = administered_edition(user_of(request), edition_id)
    return yaml_response(bytes(edition.content), f"{edition.slug}-{edition.version}.yaml")


@require_POST
@signed_in
def publish_edition(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    user = user_of(request)
    edition = administered_edition(user, edition_id)
    try:
        actions.publish_edition(edition, by=user)
    except ValidationFailed as failed:
        return render_edition(request, edition, failed.issues)
    message = _("Published {edition}. New assessments in {workspace} can start with it.")
    messages.success(request, message.format(edition=edition, workspace=edition.workspace))
    return redirect("edition", edition.pk)


@require_POST
@signed_in
def retire_edition(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    user = user_of(request)
    edition = administered_edition(user, edition_id)
    try:
        actions.retire_edition(edition, by=user)
    except ValidationFailed as failed:
        return render_edition(request, edition, failed.issues)
    message = _("Retired {edition}. Assessments that started with it keep it.")
    messages.success(request, message.format(edition=edition))
    return redirect("edition", edition.pk)


# --- translations


@require_safe
@signed_in
def download_texts(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Every text of the edition as a file to translate."""
    edition = administered_edition(user_of(request), edition_id)
    texts = template_of(questionnaire_by_hash(edition.sha256))
    return yaml_response(texts, f"{edition.slug}-{edition.version}-texts.yaml")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_translation(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    """The form; for a posted file, the dry run."""
    edition = administered_edition(user_of(request), edition_id)
    page = translation_import(edition)
    if request.method == "POST":
        return page.try_file(request)
    try:
        translations.check_translatable(edition)
    except ValidationFailed as failed:
        return page.render_page(request, problems=failed.issues)
    return page.render_page(request)


@require_POST
@signed_in
def confirm_translation(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    user = user_of(request)
    edition = administered_edition(user, edition_id)
    page = translation_import(edition)
    try:
        name, content = page.confirmed_file(request)
        imported = translations.import_translation(edition, content=content, by=user, file=name)
    except ValidationFailed as failed:
        return page.render_issues(request, failed.issues)
    message = _("Imported {language}. People who use this language now see these texts.")
    messages.success(request, message.format(language=translations.language_name(imported.language)))
    return redirect("edition", edition.pk)


@require_safe
@signed_in
def download_translation(request: HttpRequest, edition_id: int, language: str) -> HttpResponse:
    """The file, byte for byte as it was imported."""
    translation = administered_translation(user_of(request), edition_id, language)
    edition = translation.edition
    name = f"{edition.slug}-{edition.version}.{translation.language}.yaml"
    return yaml_response(bytes(translation.content), name)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove_translation(request: HttpRequest, edition_id: int, language: str) -> HttpResponseBase:
    """Asks first, because nothing is kept of a translation that is removed."""
    user = user_of(request)
    translation = administered_translation(user, edition_id, language)
    edition, name = translation.edition, translations.language_name(translation.language)
    try:
        translations.check_translatable(edition)
        if request.method != "POST":
            context = {"edition": edition, "row": translation, "name": name}
            return render(request, "editions/remove_translation.html", context)
        translations.remove_translation(translation, by=user)
    except ValidationFailed as failed:
        return translation_import(edition).render_issues(request, failed.issues)
    messages.success(request, _("Removed {language}.").format(language=name))
    return redirect("edition", edition.pk)


# --- fetching with access


def administered_workspace(user: User, workspace_id: int) -> Workspace:
    """The workspace, in whose time zone and language the page then speaks. 404 or 403 for anybody else."""
    workspace = get_object_or_404(workspaces_of(user), pk=workspace_id)
    check_administers(user, workspace)
    activate_for(workspace)
    return workspace


def administered_edition(user: User, edition_id: int) -> Edition:
    """The edition of a workspace that the person administers, or a shipped one to any administrator."""
    edition = get_object_or_404(
        Edition.objects.visible_to(user).select_related("workspace", "imported_by", "published_by", "retired_by"),
        pk=edition_id,
    )
    check_administers(user, edition.workspace)
    if edition.workspace is not None:
        activate_for(edition.workspace)
    return edition


def administered_translation(user: User, edition_id: int, language: str) -> EditionTranslation:
    """The edition's translation into this language, with the edition; 404 when there is none."""
    edition = administered_edition(user, edition_id)
    translation = edition.translations.filter(language=language).first()
    if translation is None:
        raise Http404
    translation.edition = edition
    return translation


# --- parts of pages


def edition_import(workspace: Workspace, user: User) -> FileImport:
    return FileImport(
        owner=workspace,
        template="editions/import_edition.html",
        context={"title": _("Import a questionnaire"), "workspace": workspace, "is_open": True},
        review=lambda content, name: actions.review_import(workspace, content, file=name),
        lint=lambda content, name: request_lint(workspace, content, file=name, by=user),
        check_may_wait=lambda content: check_may_wait(workspace, content, by=user),
    )


def translation_import(edition: Edition) -> FileImport:
    is_open = edition.workspace_id is not None and not edition.is_draft
    return FileImport(
        owner=edition,
        template="editions/import_translation.html",
        context={"title": _("Import a translation"), "edition": edition, "is_open": is_open},
        review=lambda content, name: translations.review_translation(edition, content, file=name),
    )


def render_edition(request: HttpRequest, edition: Edition, issues: list[Issue] | None = None) -> HttpResponse:
    questionnaire = questionnaire_by_hash(edition.sha256)
    run = actions.lint_run_of(edition, by=user_of(request)) if edition.is_draft else None
    if run is not None:
        ensure_running(run)
    findings = run.issues if run else ()
    before = actions.edition_before(edition)
    # Of other workspaces nobody here may know how many assessments they have.
    readable = edition.assessments.filter(deleted_at=None, system__team__workspace__in=workspaces_of(user_of(request)))
    context = {
        "edition": edition,
        "questionnaire": questionnaire,
        "unscored": sum(question.unscored for question in questionnaire.questions),
        "findings": findings,
        "is_checking": run is not None and run.is_waiting,
        # What the linter finds is listed by itself.
        "problems": [issue for issue in issues or [] if issue not in findings],
        "before": before,
        "diff": compare_editions(questionnaire_by_hash(before.sha256), questionnaire) if before else None,
        "translations": translations.list_translations(edition),
        "in_use": readable.count(),
    }
    status = HTTPStatus.BAD_REQUEST if issues else HTTPStatus.OK
    return render(request, "editions/edition.html", context, status=status)


def yaml_response(content: bytes, name: str) -> HttpResponse:
    """A file to download, byte for byte."""
    return HttpResponse(
        content,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
