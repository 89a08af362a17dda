"""What an administrator does with a workspace's editions: review a file, import it as a draft, publish, retire.

Each change is one transaction and raises: PermissionDenied for somebody who does not administer the workspace,
ValidationFailed, with every problem, when the file or the edition's state does not allow it; nothing is written then.
"""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from assess.assessments.facade import Edition, questionnaire_by_hash
from assess.editions.diff import EditionDiff, compare_editions
from assess.editions.linting import request_lint
from assess.editions.models import LintRun
from assess.language import _
from assess.people.facade import User, Workspace, check_administers
from assess.questionnaire.facade import Issue, Questionnaire, ValidationFailed, load_questionnaire, read_yaml
from assess.questionnaire_files import questionnaire_schema


@dataclass(frozen=True, kw_only=True)
class ImportReview:
    """What a well-formed file would be, and how it differs from what is there. What the linter finds is in `linting`.

    `compared_with` is the newest edition of the same questionnaire in the workspace, else the newest shipped one, else
    None. `replaces` is the draft of the same version, which the import would take the place of.
    """

    questionnaire: Questionnaire
    compared_with: Edition | None
    diff: EditionDiff | None
    replaces: Edition | None


def review_import(workspace: Workspace, content: bytes, *, file: str) -> ImportReview:
    """The dry run of an import. Writes nothing. Raises ValidationFailed with every problem of the file, by line."""
    questionnaire = load_questionnaire(content, file=file, schema=questionnaire_schema())
    same = Edition.objects.filter(workspace=workspace, slug=questionnaire.slug)
    present = same.defer("content").filter(version=questionnaire.version).first()
    check_can_import(questionnaire, workspace, present, content, file)
    other_versions = same.defer("content").exclude(version=questionnaire.version)
    compared_with = other_versions.order_by("-version").first() or newest_shipped()
    diff = compare_editions(questionnaire_by_hash(compared_with.sha256), questionnaire) if compared_with else None
    return ImportReview(questionnaire=questionnaire, compared_with=compared_with, diff=diff, replaces=present)


def lint_run_of(edition: Edition, *, by: User) -> LintRun:
    """The check of a workspace's draft; queued where there is none any more."""
    assert edition.workspace is not None
    file = f"{edition.slug}-{edition.version}.yaml"
    return request_lint(edition.workspace, bytes(edition.content), file=file, by=by)


@transaction.atomic
def import_edition(*, workspace: Workspace, content: bytes, by: User, file: str = "") -> Edition:
    """The draft with these bytes, in place of an earlier draft of the same version."""
    check_administers(by, workspace)
    # Two imports of one version at once would otherwise both find none there.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    review = review_import(workspace, content, file=file)
    questionnaire = review.questionnaire
    edition = review.replaces or Edition(
        workspace=workspace, slug=questionnaire.slug, version=questionnaire.version, published_at=None
    )
    edition.title = questionnaire.title
    edition.content = content
    edition.sha256 = hashlib.sha256(content).hexdigest()
    edition.imported_at, edition.imported_by = timezone.now(), by
    edition.save()
    return edition


def publish_edition(edition: Edition, *, by: User) -> Edition:
    """From now on new assessments of the workspace may start with it, and it never changes again."""
    # Before the transaction, so that a check that this queues stays queued when publishing is refused.
    check_administers(by, edition.workspace)
    run = lint_run_of(edition, by=by) if edition.is_draft and edition.workspace is not None else None
    return publish_checked(edition, run, by=by)


@transaction.atomic
def publish_checked(edition: Edition, run: LintRun | None, *, by: User) -> Edition:
    """Publish the draft that this check is of."""
    locked = lock_edition(edition, by=by)
    if not locked.is_draft:
        raise ValidationFailed([Issue(code="not_draft", message=_("Nothing to do: this edition is published already"))])
    newer = Edition.objects.filter(
        workspace=locked.workspace_id, slug=locked.slug, version__gt=locked.version, published_at__isnull=False
    )
    if newer.exists():
        message = _("Import it with a higher version first; a newer one is published already")
        raise ValidationFailed([Issue(code="older_version", message=message)])
    if run is None or run.is_waiting or run.sha256 != locked.sha256:
        message = _("Wait until the check is done, then publish it")
        raise ValidationFailed([Issue(code="being_checked", message=message)])
    if run.issues:
        raise ValidationFailed(list(run.issues))
    locked.published_at, locked.published_by = timezone.now(), by
    locked.save(update_fields=("published_at", "published_by"))
    return locked


@transaction.atomic
def retire_edition(edition: Edition, *, by: User) -> Edition:
    """No new assessment starts with it any more; those that did keep it."""
    locked = lock_edition(edition, by=by)
    if locked.is_draft:
        raise ValidationFailed([Issue(code="draft", message=_("Publish this edition first; nothing uses a draft"))])
    if locked.is_retired:
        raise ValidationFailed([Issue(code="retired", message=_("Nothing to do: this edition is retired already"))])
    locked.retired_at, locked.retired_by = timezone.now(), by
    locked.save(update_fields=("retired_at", "retired_by"))
    return locked


def lock_edition(edition: Edition, *, by: User) -> Edition:
    """The edition as it is now, locked until the transaction ends. Nobody administers one that came with the site."""
    check_administers(by, edition.workspace)
    if edition.workspace is None:
        raise ValidationFailed(
            [Issue(code="shipped", message=_("Import your own edition; this one comes with Splitcheck"))]
        )
    return Edition.objects.select_for_update().get(pk=edition.pk)


def newest_shipped() -> Edition | None:
    """What an organisation's first edition was most likely made from; None while the fixtures are not loaded."""
    return Edition.objects.defer("content").filter(workspace=None).order_by("-version", "slug").first()


def edition_before(edition: Edition) -> Edition | None:
    """The edition that this one came after: of the same questionnaire, else the one it was most likely made from."""
    older = Edition.objects.filter(workspace=edition.workspace_id, slug=edition.slug, version__lt=edition.version)
    newest = older.order_by("-version").first()
    return newest if newest or edition.workspace_id is None else newest_shipped()


def check_can_import(
    questionnaire: Questionnaire, workspace: Workspace, present: Edition | None, content: bytes, file: str
) -> None:
    """Raises ValidationFailed for a name that comes with Splitcheck, and for a version that is published already.

    `present` is the workspace's edition of that name and version.
    """
    document = read_yaml(content, file=file)
    if Edition.objects.filter(workspace=None, slug=questionnaire.slug).exists():
        message = _("Give it a name of your own; `{slug}` comes with Splitcheck").format(slug=questionnaire.slug)
        line = document.line(("questionnaire",))
        raise ValidationFailed([Issue(code="shipped_name", message=message, file=file, line=line, key="questionnaire")])
    if present is not None and not present.is_draft:
        newest = Edition.objects.filter(workspace=workspace, slug=questionnaire.slug).order_by("-version").first()
        following = (newest.version if newest else questionnaire.version) + 1
        message = _("Give it version {following}; version {version} is published and never changes")
        message = message.format(following=following, version=questionnaire.version)
        line = document.line(("version",))
        raise ValidationFailed([Issue(code="published", message=message, file=file, line=line, key="version")])
