"""An uploaded questionnaire keeps no worker of the site busy: it is checked once, elsewhere, and for so long only."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.decision.lint import lint
from assess.editions import actions, linting
from assess.editions.models import LintRun, LintState
from assess.people.models import User, Workspace
from assess.questionnaire.validation import ValidationFailed
from tests.conftest import client_of
from tests.integration.editions.conftest import REVERSED, own, token_in
from tests.work import count_calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(workspace: Workspace, edition: Any) -> Callable[..., HttpResponse]:
    def post(person: User, content: bytes) -> HttpResponse:
        file = SimpleUploadedFile("own.yaml", content)
        return client_of(person).post(reverse("edition-import", args=[workspace.pk]), {"file": file})

    return post


def waiting_page(person: User, run: LintRun) -> Any:
    return client_of(person).get(reverse("edition-check", args=[run.workspace_id, run.pk]))


@pytest.mark.slow
def test_the_linter_runs_in_no_request_and_once_for_all_pages(
    ada: User, workspace: Workspace, upload: Callable[..., Any]
) -> None:
    def all_of_it() -> None:
        """Upload, look, wait, confirm, read, publish."""
        response = upload(ada, own())
        run = LintRun.objects.get()
        assert response.headers["Location"] == reverse("edition-check", args=[workspace.pk, run.pk])
        assert "The file is being checked" in waiting_page(ada, run).content.decode()
        assert run.state == LintState.QUEUED
        assert linting.lint_uploads.func() == 1
        review = waiting_page(ada, run)
        assert "Nothing is saved yet" in review.content.decode()
        confirmed = client_of(ada).post(
            reverse("edition-confirm", args=[workspace.pk]), {"file": token_in(review)}, follow=True
        )
        assert "as a draft" in confirmed.content.decode()
        (edition,) = workspace.editions.all()
        client_of(ada).get(reverse("edition", args=[edition.pk]))
        actions.publish_edition(edition, by=ada)

    assert count_calls(lint, all_of_it) == 1


def test_what_the_linter_finds_comes_with_its_line(ada: User, upload: Callable[..., Any]) -> None:
    upload(ada, own(REVERSED))
    linting.lint_uploads.func()
    run = LintRun.objects.get()
    assert run.issues
    assert all(issue.line for issue in run.issues)
    assert "Not ready to publish" in waiting_page(ada, run).content.decode()


def test_a_draft_is_not_published_before_it_is_checked(ada: User, workspace: Workspace, edition: Any) -> None:
    draft = actions.import_edition(workspace=workspace, content=own(), by=ada)
    with pytest.raises(ValidationFailed, match="Wait until the check is done"):
        actions.publish_edition(draft, by=ada)
    assert LintRun.objects.get().state == LintState.QUEUED  # the refusal took nothing back
    page = client_of(ada).get(reverse("edition", args=[draft.pk])).content.decode()
    assert "is being checked" in page
    assert ">Publish<" not in page
    linting.lint_uploads.func()
    assert ">Publish<" in re.sub(r"\s+", "", client_of(ada).get(reverse("edition", args=[draft.pk])).content.decode())
    actions.publish_edition(draft, by=ada)


def test_a_file_that_takes_too_long_is_given_up(
    ada: User, workspace: Workspace, upload: Callable[..., Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(ada, own())

    def for_ever() -> None:
        with linting.time_limit(0.1):
            while True:
                pass

    with pytest.raises(linting.LintTooSlowError):
        for_ever()

    def slow(*args: Any) -> Any:
        raise linting.LintTooSlowError

    monkeypatch.setattr(linting, "lint", slow)
    linting.lint_uploads.func()
    run = LintRun.objects.get()
    assert run.state == LintState.FAILED
    assert "took too long" in waiting_page(ada, run).content.decode()


def test_a_check_whose_process_died_is_made_again_and_then_given_up(ada: User, upload: Callable[..., Any]) -> None:
    upload(ada, own())
    run = LintRun.objects.get()
    long_ago = timezone.now() - timedelta(minutes=10)
    LintRun.objects.update(state=LintState.RUNNING, heartbeat_at=long_ago, attempts=1)
    assert linting.claim() is not None
    LintRun.objects.update(state=LintState.RUNNING, heartbeat_at=long_ago, attempts=linting.MAX_ATTEMPTS)
    assert linting.claim() is None
    run.refresh_from_db()
    assert run.state == LintState.FAILED


def test_the_command_checks_a_waiting_file_where_no_worker_runs(ada: User, upload: Callable[..., Any]) -> None:
    upload(ada, own())
    call_command("lint_questionnaire", queued=LintRun.objects.get().pk)
    assert LintRun.objects.get().state == LintState.DONE


def test_a_person_has_few_files_waiting(ada: User, upload: Callable[..., Any], settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "lints_waiting": 2}
    for version in (1, 2):
        assert upload(ada, own(version=version)).status_code == 302
    refused = upload(ada, own(version=3))
    assert refused.status_code == 400
    assert "Wait until the files before this one are checked" in refused.content.decode()
    assert upload(ada, own(version=1)).status_code == 302  # the same file again waits with the first


def test_nobody_else_sees_a_file_that_waits(ada: User, yves: User, alice: User, upload: Callable[..., Any]) -> None:
    upload(ada, own())
    run = LintRun.objects.get()
    assert [waiting_page(person, run).status_code for person in (ada, yves, alice)] == [200, 404, 403]
    assert Client().get(reverse("edition-check", args=[run.workspace_id, run.pk])).status_code == 302
