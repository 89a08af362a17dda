"""What an administrator does with an edition's texts in other languages: review a file, import it, remove it.

Each change is one transaction and raises: PermissionDenied for somebody who does not administer the workspace,
ValidationFailed, with every problem, when the file or the edition does not allow it; nothing is written then. No change
touches the edition: see `assess.questionnaire.translation`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db import transaction

from assess.assessments.facade import (
    Edition,
    EditionTranslation,
    base_of,
    forget_translations,
    keep_translation,
    questionnaire_by_hash,
    read_translation,
    translation_of,
)
from assess.language import _
from assess.people.facade import User, check_administers
from assess.questionnaire.facade import Coverage, Issue, ValidationFailed, coverage

#: So many languages an edition is translated into at most: its page reads them all.
MOST: Final = 40


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a well-formed file would be. `replaces` is the translation whose place the import would take."""

    language: str
    name: str
    coverage: Coverage
    replaces: EditionTranslation | None
    is_offered: bool  #: whether a workspace can choose this language at present


@dataclass(frozen=True, kw_only=True)
class Line:
    """A translation in the list. Without `coverage`, what is kept no longer fits the edition, and nobody sees it."""

    row: EditionTranslation
    name: str
    coverage: Coverage | None


def language_name(language: str) -> str:
    """A language by its own name, "Nederlands (nl)"; by its tag alone where Django knows none."""
    names = LANG_INFO.get(language) or LANG_INFO.get(base_of(language), {})
    name = names.get("name_local")
    return f"{str(name).capitalize()} ({language})" if name else language


def lines(edition: Edition) -> list[Line]:
    """The translations of an edition, by language. One query, and some reading."""
    rows = edition.translations.select_related("imported_by").order_by("language")
    return [
        Line(
            row=row,
            name=language_name(row.language),
            coverage=_coverage(edition.sha256, row.language, bytes(row.content)),
        )
        for row in rows
    ]


@lru_cache(maxsize=MOST)
def _coverage(edition_sha256: str, language: str, content: bytes) -> Coverage | None:
    """Kept in the process, because reading a file takes a tenth of a second and more."""
    own = questionnaire_by_hash(edition_sha256)
    try:
        return coverage(own, translation_of(EditionTranslation(language=language, content=content), own))
    except ValidationFailed:
        return None


def check_translatable(edition: Edition) -> None:
    """Raises ValidationFailed for an edition that still changes, and for one that came with the site."""
    if edition.workspace_id is None:
        message = _("This questionnaire comes with Splitcheck, and its translations come with it")
        raise ValidationFailed([Issue(code="shipped", message=message)])
    if edition.is_draft:
        raise ValidationFailed(
            [Issue(code="draft", message=_("Publish this edition first; the texts of a draft still change"))]
        )


def review_translation(edition: Edition, content: bytes, *, file: str) -> Review:
    """The dry run of an import. Writes nothing. Raises ValidationFailed with every problem of the file, by line."""
    check_translatable(edition)
    found = read_translation(edition, content, file=file)
    language = found.language.lower()
    offered = {base_of(tag) for tag, _name in settings.LANGUAGES}
    replaces = edition.translations.defer("content").filter(language=language).first()
    if replaces is None and edition.translations.count() >= MOST:
        raise _too_many()
    return Review(
        language=language,
        name=language_name(language),
        coverage=coverage(questionnaire_by_hash(edition.sha256), found),
        replaces=replaces,
        is_offered=base_of(language) in offered,
    )


@transaction.atomic
def import_translation(edition: Edition, *, content: bytes, by: User, file: str = "") -> EditionTranslation:
    """The translation with these bytes, in place of an earlier one in its language."""
    check_administers(by, edition.workspace)
    # Two imports of one language at once would otherwise both find none there.
    held = Edition.objects.select_for_update().get(pk=edition.pk)
    check_translatable(held)
    row, _is_new = keep_translation(held, content, file=file, by=by)
    if held.translations.count() > MOST:
        raise _too_many()
    return row


def _too_many() -> ValidationFailed:
    message = _("Remove a translation first; an edition has at most {most}")
    return ValidationFailed([Issue(code="too_many", message=message.format(most=MOST))])


@transaction.atomic
def remove_translation(row: EditionTranslation, *, by: User) -> None:
    """From now on people read the edition in this language as it is written."""
    check_administers(by, row.edition.workspace)
    check_translatable(row.edition)
    row.delete()
    forget_translations()
    transaction.on_commit(forget_translations)
