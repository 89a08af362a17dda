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
    base_language,
    clear_translation_cache,
    questionnaire_by_hash,
    read_translation,
    save_translation,
    translation_of,
)
from assess.language import _
from assess.people.facade import User, check_administers
from assess.questionnaire.facade import Coverage, Issue, ValidationFailed, coverage

#: Languages that an edition can be translated into; its page reads them all.
MAX_TRANSLATIONS: Final = 40


@dataclass(frozen=True, kw_only=True)
class TranslationReview:
    """What a well-formed file would be. `replaces` is the translation whose place the import would take."""

    language: str
    name: str
    coverage: Coverage
    replaces: EditionTranslation | None
    is_offered: bool  #: whether a workspace can choose this language at present


@dataclass(frozen=True, kw_only=True)
class TranslationLine:
    """A translation in the list. Without `coverage`, what is kept no longer fits the edition, and nobody sees it."""

    row: EditionTranslation
    name: str
    coverage: Coverage | None


def language_name(language: str) -> str:
    """A language by its own name, "Nederlands (nl)"; by its tag alone where Django knows none."""
    names = LANG_INFO.get(language) or LANG_INFO.get(base_language(language), {})
    name = names.get("name_local")
    return f"{str(name).capitalize()} ({language})" if name else language


def list_translations(edition: Edition) -> list[TranslationLine]:
    """The translations of an edition, by language. One query, and some reading."""
    rows = edition.translations.select_related("imported_by").order_by("language")
    return [
        TranslationLine(
            row=row,
            name=language_name(row.language),
            coverage=coverage_of_file(edition.sha256, row.language, bytes(row.content)),
        )
        for row in rows
    ]


@lru_cache(maxsize=MAX_TRANSLATIONS)
def coverage_of_file(edition_sha256: str, language: str, content: bytes) -> Coverage | None:
    """Kept in the process, because reading a file takes a tenth of a second and more."""
    questionnaire = questionnaire_by_hash(edition_sha256)
    try:
        return coverage(
            questionnaire, translation_of(EditionTranslation(language=language, content=content), questionnaire)
        )
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


def review_translation(edition: Edition, content: bytes, *, file: str) -> TranslationReview:
    """The dry run of an import. Writes nothing. Raises ValidationFailed with every problem of the file, by line."""
    check_translatable(edition)
    translation = read_translation(edition, content, file=file)
    language = translation.language.lower()
    offered = {base_language(tag) for tag, _name in settings.LANGUAGES}
    replaces = edition.translations.defer("content").filter(language=language).first()
    if replaces is None and edition.translations.count() >= MAX_TRANSLATIONS:
        raise too_many_translations()
    return TranslationReview(
        language=language,
        name=language_name(language),
        coverage=coverage(questionnaire_by_hash(edition.sha256), translation),
        replaces=replaces,
        is_offered=base_language(language) in offered,
    )


@transaction.atomic
def import_translation(edition: Edition, *, content: bytes, by: User, file: str = "") -> EditionTranslation:
    """The translation with these bytes, in place of an earlier one in its language."""
    check_administers(by, edition.workspace)
    # Two imports of one language at once would otherwise both find none there.
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    check_translatable(locked)
    row, _is_new = save_translation(locked, content, file=file, by=by)
    if locked.translations.count() > MAX_TRANSLATIONS:
        raise too_many_translations()
    return row


def too_many_translations() -> ValidationFailed:
    message = _("Remove a translation first; an edition has at most {most}")
    return ValidationFailed([Issue(code="too_many", message=message.format(most=MAX_TRANSLATIONS))])


@transaction.atomic
def remove_translation(row: EditionTranslation, *, by: User) -> None:
    """From now on people read the edition in this language as it is written."""
    check_administers(by, row.edition.workspace)
    check_translatable(row.edition)
    row.delete()
    clear_translation_cache()
    transaction.on_commit(clear_translation_cache)
