"""The pages of an edition's translations: the texts to start from, import with a dry run, the file, removing.

For those who may see the edition's own page, by the same rules.
"""

from http import HTTPStatus

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assess.assessments.facade import Edition, EditionTranslation, questionnaire_by_hash
from assess.editions import translations
from assess.editions.fetching import posted_file, readable_edition, reviewed_file, yaml_file
from assess.language import _
from assess.people.facade import signed_in, user_of
from assess.questionnaire.facade import Issue, ValidationFailed, shown, template_of

SALT = "translation-import"


@require_safe
@signed_in
def texts(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Every text of the edition as a file to translate."""
    found = readable_edition(user_of(request), edition_id)
    return yaml_file(template_of(questionnaire_by_hash(found.sha256)), f"{found.slug}-{found.version}-texts.yaml")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_file(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The form; and for a posted file the dry run, which shows every problem or what the import would be."""
    found = readable_edition(user_of(request), edition_id)
    if request.method != "POST":
        try:
            translations.check_translatable(found)
        except ValidationFailed as refused:
            return _refused(request, found, refused.issues, "", status=HTTPStatus.OK)
        return render(request, "editions/import_translation.html", {"edition": found, "is_open": True})
    file = request.FILES.get("file")
    name = shown(file.name or "") if isinstance(file, UploadedFile) else ""
    try:
        translations.check_translatable(found)
        content = posted_file(file)
        review = translations.review_translation(found, content, file=name)
    except ValidationFailed as refused:
        return _refused(request, found, refused.issues, name)
    token = signing.dumps([found.pk, name, content.decode("utf-8")], salt=SALT, compress=True)
    context = {"edition": found, "name": name, "review": review, "token": token, "is_open": True}
    return render(request, "editions/import_translation.html", context)


@require_POST
@signed_in
def confirm(request: HttpRequest, edition_id: int) -> HttpResponseBase:
    user = user_of(request)
    found = readable_edition(user, edition_id)
    try:
        name, content = reviewed_file(request.POST.get("file", ""), found.pk, salt=SALT)
        made = translations.import_translation(found, content=content, by=user, file=name)
    except ValidationFailed as refused:
        return _refused(request, found, refused.issues, "")
    message = _("Imported {language}. Whoever reads in it sees these texts from now on.")
    messages.success(request, message.format(language=translations.language_name(made.language)))
    return redirect("edition", found.pk)


@require_safe
@signed_in
def export(request: HttpRequest, edition_id: int, language: str) -> HttpResponse:
    """The file, byte for byte as it was imported."""
    found = readable_edition(user_of(request), edition_id)
    row = _row(found, language)
    return yaml_file(bytes(row.content), f"{found.slug}-{found.version}.{row.language}.yaml")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, edition_id: int, language: str) -> HttpResponseBase:
    """Asks first; nothing is kept of a translation that is removed."""
    user = user_of(request)
    found = readable_edition(user, edition_id)
    row = _row(found, language)
    context = {"edition": found, "row": row, "name": translations.language_name(row.language)}
    try:
        translations.check_translatable(found)
        if request.method != "POST":
            return render(request, "editions/remove_translation.html", context)
        translations.remove_translation(row, by=user)
    except ValidationFailed as refused:
        return _refused(request, found, refused.issues, "")
    messages.success(request, _("Removed {language}.").format(language=context["name"]))
    return redirect("edition", found.pk)


def _row(edition: Edition, language: str) -> EditionTranslation:
    row = edition.translations.filter(language=language).first()
    if row is None:
        raise Http404
    row.edition = edition
    return row


def _refused(
    request: HttpRequest,
    edition: Edition,
    issues: list[Issue],
    name: str,
    *,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
) -> HttpResponse:
    is_open = edition.workspace_id is not None and not edition.is_draft
    context = {"edition": edition, "name": name, "problems": issues, "is_open": is_open}
    return render(request, "editions/import_translation.html", context, status=status)
