"""What the pages of questionnaires and of their translations fetch alike: the edition with access, files in and out."""

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from assess.assessments.facade import Edition
from assess.language import _
from assess.people.facade import User, check_administers
from assess.questionnaire.facade import MAX_BYTES, Issue, ValidationFailed
from assess.web.facade import activate_for

#: How long a reviewed file waits for its confirmation, in seconds.
WAITS = 24 * 60 * 60


def readable_edition(user: User, edition_id: int) -> Edition:
    """The edition of a workspace that the person administers, or a shipped one to any administrator."""
    found = get_object_or_404(
        Edition.objects.visible_to(user).select_related("workspace", "imported_by", "published_by", "retired_by"),
        pk=edition_id,
    )
    check_administers(user, found.workspace)
    if found.workspace is not None:
        activate_for(found.workspace)
    return found


def posted_file(file: object) -> bytes:
    """The bytes of an uploaded file. Raises ValidationFailed where none was chosen."""
    if not isinstance(file, UploadedFile):
        raise ValidationFailed([Issue(code="no_file", message=_("Choose a YAML file of at most 256 KB"))])
    # One byte over the limit is enough for the loader to refuse it.
    content: bytes = file.read(MAX_BYTES + 1)
    return content


def reviewed_file(token: str, reviewed_for: int, *, salt: str) -> tuple[str, bytes]:
    """Name and bytes of the file that was reviewed for this workspace or edition, by its id. Raises
    ValidationFailed."""
    try:
        owner, name, text = signing.loads(token, salt=salt, max_age=WAITS)
    except (signing.BadSignature, ValueError):
        owner, name, text = None, "", ""
    if owner != reviewed_for:
        message = _("Choose the file again; what was to be confirmed is too old or was changed on the way")
        raise ValidationFailed([Issue(code="not_reviewed", message=message)])
    return name, text.encode("utf-8")


def yaml_file(content: bytes, name: str) -> HttpResponse:
    """A file to keep, byte for byte."""
    return HttpResponse(
        content,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
