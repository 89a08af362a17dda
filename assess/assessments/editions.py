"""Editions: the questionnaire that an assessment was started with, and bringing the shipped ones into the database.

An edition is found by the hash of its bytes, so what was parsed once in a process never goes out of date.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from assess.assessments.models import Edition
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.problems import Problem, Refused
from assess.questionnaire.schema import Questionnaire
from assess.questionnaire_files import questionnaire_schema

BUILTIN = "split-checklist"


def questionnaire_of(edition: Edition) -> Questionnaire:
    """The questionnaire of an edition; parsed once in a process."""
    return questionnaire_by_hash(edition.sha256)


@lru_cache(maxsize=64)
def questionnaire_by_hash(sha256: str) -> Questionnaire:
    """The questionnaire whose bytes have this hash. Raises Edition.DoesNotExist when no edition has it."""
    edition = Edition.objects.only("slug", "version", "content").filter(sha256=sha256).first()
    if edition is None:
        raise Edition.DoesNotExist(sha256)
    name = f"{edition.slug}-{edition.version}.yaml"
    return load_questionnaire(bytes(edition.content), file=name, schema=questionnaire_schema())


def newest_edition(slug: str = BUILTIN) -> Edition | None:
    """The edition that a new assessment starts with; None while the fixtures are not loaded. Without its bytes."""
    return Edition.objects.defer("content").filter(slug=slug).order_by("-version").first()


@transaction.atomic
def publish_file(path: Path) -> tuple[Edition, bool]:
    """The edition of a questionnaire file, made if need be, and whether it is new.

    Raises Refused when the file is wrong, or when this version was published with other bytes.
    """
    content = path.read_bytes()
    questionnaire = load_questionnaire(content, file=path.name, schema=questionnaire_schema())
    sha256 = hashlib.sha256(content).hexdigest()
    edition, is_new = Edition.objects.get_or_create(
        slug=questionnaire.slug,
        version=questionnaire.version,
        defaults={"title": questionnaire.title, "content": content, "sha256": sha256},
    )
    if edition.sha256 != sha256:
        message = (
            f"{questionnaire.slug} version {questionnaire.version} was published with other content and never changes. "
            f"Put the file back as it was, or give it version {questionnaire.version + 1}."
        )
        raise Refused([Problem(code="edition_changed", message=message, file=path.name, key="version")])
    return edition, is_new
