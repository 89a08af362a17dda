"""Editions: the questionnaire an assessment started with, and publishing the shipped questionnaires to the database.

Editions are parsed once in a process and looked up by the hash of their bytes, so a parsed one never goes out of date.
People read an edition in their language where it is translated; in the site's own language it is as it was written.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from assess.assessments.models import Assessment, Edition, EditionTranslation
from assess.decision.facade import EarlierVerdict, Form, NewerVerdict, Verdict, compare_models
from assess.language import _
from assess.people.facade import User, Workspace
from assess.questionnaire.facade import (
    Answers,
    Issue,
    Questionnaire,
    Translation,
    ValidationFailed,
    load_questionnaire,
    load_translation,
    read_yaml,
    translated,
)
from assess.questionnaire_files import questionnaire_schema, read_file, translation_schema

BUILTIN = "split-checklist"


#: Seconds after which other processes see a translation that was imported in this one.
FRESH_FOR = 5


def questionnaire_of(edition: Edition) -> Questionnaire:
    """The questionnaire of an edition in the reader's language; parsed once in a process.

    In the site's own language no query, so that a save keeps to its five; in another one query every few seconds.
    """
    return questionnaire_in(edition, translation.get_language())


def questionnaire_in(edition: Edition, language: str | None) -> Questionnaire:
    """The questionnaire of an edition in this language, or in the language without its region; else as it is written.

    In the site's own language, with any region, it is always as it is written.
    """
    original = questionnaire_by_hash(edition.sha256)
    if not language or base_language(language) == base_language(settings.LANGUAGE_CODE):
        return original
    sha256 = translation_hash(edition.pk, language.lower(), int(monotonic() // FRESH_FOR))
    if not sha256:
        return original
    try:
        return translated_questionnaire(edition.sha256, sha256)
    except (EditionTranslation.DoesNotExist, ValidationFailed):
        # Removed a moment ago, or changed in the database: show the original.
        return original


def base_language(language: str) -> str:
    """A language without its region: pt of pt-BR."""
    return language.partition("-")[0].lower()


def clear_translation_cache() -> None:
    """Look up translations again: after an import or a removal."""
    translation_hash.cache_clear()


@lru_cache(maxsize=1024)
def translation_hash(edition_id: int, language: str, moment: int) -> str:
    """The hash of the translation's bytes, "" where there is none. `moment` makes cached answers expire."""
    translations = EditionTranslation.objects.filter(
        edition=edition_id, language__in={language, base_language(language)}
    )
    hashes = dict(translations.values_list("language", "sha256"))
    return hashes.get(language) or hashes.get(base_language(language), "")


@lru_cache(maxsize=64)
def translated_questionnaire(edition_sha256: str, sha256: str) -> Questionnaire:
    """The questionnaire with these texts. Raises EditionTranslation.DoesNotExist and ValidationFailed."""
    original = questionnaire_by_hash(edition_sha256)
    row = EditionTranslation.objects.filter(edition__sha256=edition_sha256, sha256=sha256).first()
    if row is None:
        raise EditionTranslation.DoesNotExist(sha256)
    return translated(original, translation_of(row, original))


def translation_of(row: EditionTranslation, questionnaire: Questionnaire) -> Translation:
    """The texts in a row. Raises ValidationFailed where its bytes no longer hold a translation of the questionnaire."""
    return load_translation(
        bytes(row.content), file=f"{row.language}.yaml", schema=translation_schema(), questionnaire=questionnaire
    )


@lru_cache(maxsize=64)
def questionnaire_by_hash(sha256: str) -> Questionnaire:
    """The questionnaire whose bytes have this hash, as it is written. Raises Edition.DoesNotExist."""
    edition = Edition.objects.only("slug", "version", "content").filter(sha256=sha256).first()
    if edition is None:
        raise Edition.DoesNotExist(sha256)
    name = f"{edition.slug}-{edition.version}.yaml"
    content = bytes(edition.content)
    if hashlib.sha256(content).hexdigest() != sha256:
        # Whoever changed it in the database would change what old answers mean.
        message = f"{name}: the bytes kept for it are not those that were imported. Bring them back from a backup."
        raise ValueError(message)
    return load_questionnaire(content, file=name, schema=questionnaire_schema())


def newest_edition(slug: str = BUILTIN) -> Edition | None:
    """The newest shipped edition; None while the fixtures are not loaded. Without its bytes."""
    shipped = Edition.objects.defer("content").filter(workspace=None, slug=slug)
    return shipped.to_start_with().order_by("-version").first()


def editions_to_start_with(workspaces: Iterable[Workspace]) -> list[Edition]:
    """What a new assessment may start with, shipped ones first: of each questionnaire the newest published edition.

    Without their bytes. One query.
    """
    available = Edition.objects.filter(Q(workspace=None) | Q(workspace__in=workspaces)).to_start_with()
    newest: dict[tuple[int | None, str], Edition] = {}
    for edition in available.defer("content").select_related("workspace").order_by("version"):
        newest[edition.workspace_id, edition.slug] = edition
    return sorted(newest.values(), key=lambda edition: (edition.workspace_id or 0, edition.title, edition.slug))


def newest_edition_like(edition: Edition) -> Edition:
    """The newest edition of the same questionnaire that new assessments start with, else this one. One query."""
    same = Edition.objects.defer("content").filter(workspace=edition.workspace_id, slug=edition.slug)
    return same.to_start_with().order_by("-version").first() or edition


def newer_verdict(assessment: Assessment, answers: Answers) -> NewerVerdict | None:
    """What the newest edition and model would say to a version with a verdict; None where it is judged by the newest.

    One query, and one more where an edition is read for the first time in a process.
    """
    if not assessment.verdict or assessment.model_version is None:
        return None
    before = questionnaire_of(assessment.edition)
    newest = questionnaire_of(newest_edition_like(assessment.edition))
    said = EarlierVerdict(
        verdict=cast(Verdict, assessment.verdict),
        form=cast(Form, assessment.form),
        questionnaire_version=before.version,
        model_version=assessment.model_version,
    )
    return compare_models(said, before=before, newest=newest, answers=answers)


@transaction.atomic
def publish_questionnaire_file(path: Path) -> tuple[Edition, bool]:
    """The edition of a questionnaire file, created if needed, and whether it is new.

    Raises ValidationFailed when the file is wrong, or when this version was published with other bytes.
    """
    content = path.read_bytes()
    questionnaire = load_questionnaire(content, file=path.name, schema=questionnaire_schema())
    sha256 = hashlib.sha256(content).hexdigest()
    edition, is_new = Edition.objects.get_or_create(
        workspace=None,
        slug=questionnaire.slug,
        version=questionnaire.version,
        defaults={"title": questionnaire.title, "content": content, "sha256": sha256},
    )
    if edition.sha256 != sha256:
        message = _(
            "{slug} version {version} was published with other content and never changes. "
            "Put the file back as it was, or give it version {following}."
        ).format(slug=questionnaire.slug, version=questionnaire.version, following=questionnaire.version + 1)
        raise ValidationFailed([Issue(code="edition_changed", message=message, file=path.name, key="version")])
    return edition, is_new


@transaction.atomic
def publish_translation_file(path: Path) -> tuple[EditionTranslation, bool]:
    """The translation of a shipped edition in this file, and whether it is new or another than before.

    Raises ValidationFailed when the file is wrong or no shipped edition has the name and version that it translates.
    """
    content = read_file(path)
    head = read_yaml(content, file=path.name, kind="file").data
    slug, version = (head.get("translates"), head.get("version")) if isinstance(head, dict) else (None, None)
    shipped = Edition.objects.filter(workspace=None, slug=str(slug))
    edition = shipped.filter(version=version).first() if isinstance(version, int) else None
    if edition is None:
        message = _("Name a questionnaire that comes with Splitcheck, and its version")
        raise ValidationFailed([Issue(code="other_questionnaire", message=message, file=path.name, key="translates")])
    return save_translation(edition, content, file=path.name, by=None)


def save_translation(
    edition: Edition, content: bytes, *, file: str, by: User | None
) -> tuple[EditionTranslation, bool]:
    """The translation with these bytes in place of an earlier one in the language, and whether anything changed.

    Raises ValidationFailed when the file is wrong or in the site's own language, in which people read every edition as
    written.
    """
    translation_texts = read_translation(edition, content, file=file)
    language, sha256 = translation_texts.language.lower(), hashlib.sha256(content).hexdigest()
    before = EditionTranslation.objects.filter(edition=edition, language=language).first()
    if before is not None and before.sha256 == sha256:
        return before, False
    row, _is_new = EditionTranslation.objects.update_or_create(
        edition=edition,
        language=language,
        defaults={"content": content, "sha256": sha256, "imported_at": timezone.now(), "imported_by": by},
    )
    clear_translation_cache()
    transaction.on_commit(clear_translation_cache)
    return row, True


def read_translation(edition: Edition, content: bytes, *, file: str) -> Translation:
    """The translation of this edition in `content`. Raises ValidationFailed as `save_translation`."""
    original = questionnaire_by_hash(edition.sha256)
    texts = load_translation(content, file=file, schema=translation_schema(), questionnaire=original)
    if base_language(texts.language) == base_language(settings.LANGUAGE_CODE):
        message = _("Write another language; the edition is already written in the site's own")
        line = read_yaml(content, file=file, kind="file").line(("language",))
        raise ValidationFailed([Issue(code="site_language", message=message, file=file, line=line, key="language")])
    return texts
