"""Editions: the questionnaire that an assessment was started with, and bringing the shipped ones into the database.

An edition is found by the hash of its bytes, so what was parsed once in a process never goes out of date.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.db import transaction
from django.db.models import Q

from assess.assessments.models import Assessment, Edition
from assess.decision.compare_models import NewerVerdict, Said, compare_models
from assess.decision.result import Form, Verdict
from assess.people.models import Workspace
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.problems import Problem, Refused
from assess.questionnaire.schema import Answers, Questionnaire
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
    found = available.defer("content").select_related("workspace")
    newest: dict[tuple[int | None, str], Edition] = {}
    for edition in found.order_by("version"):
        newest[edition.workspace_id, edition.slug] = edition
    return sorted(newest.values(), key=lambda edition: (edition.workspace_id or 0, edition.title, edition.slug))


def newest_of_same(edition: Edition) -> Edition:
    """The newest edition of the same questionnaire that new assessments start with, else this one. One query."""
    same = Edition.objects.defer("content").filter(workspace=edition.workspace_id, slug=edition.slug)
    return same.to_start_with().order_by("-version").first() or edition


def newer_verdict(assessment: Assessment, answers: Answers) -> NewerVerdict | None:
    """What the newest edition and model would say to a submitted version; None where it is judged by the newest.

    One query, and one more where an edition is read for the first time in a process.
    """
    if not assessment.is_submitted or assessment.model_version is None:
        return None
    before = questionnaire_of(assessment.edition)
    newest = questionnaire_of(newest_of_same(assessment.edition))
    said = Said(
        verdict=cast(Verdict, assessment.verdict),
        form=cast(Form, assessment.form),
        questionnaire_version=before.version,
        model_version=assessment.model_version,
    )
    return compare_models(said, before=before, newest=newest, answers=answers)


@transaction.atomic
def publish_file(path: Path) -> tuple[Edition, bool]:
    """The edition of a questionnaire file, made if need be, and whether it is new.

    Raises Refused when the file is wrong, or when this version was published with other bytes.
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
        message = (
            f"{questionnaire.slug} version {questionnaire.version} was published with other content and never changes. "
            f"Put the file back as it was, or give it version {questionnaire.version + 1}."
        )
        raise Refused([Problem(code="edition_changed", message=message, file=path.name, key="version")])
    return edition, is_new
