"""What tests of editions share: files of an organisation's own, and posting them as the pages do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assess.decision.lint import lint
from assess.editions import linting
from assess.people.models import Workspace
from assess.questionnaire.schema import Questionnaire
from assess.questionnaire.validation import Issue
from tests.factories import builtin_questionnaire


def own(*changes: tuple[str, str], version: int = 1, slug: str = "our-checklist") -> bytes:
    """The built-in file under a name of our own, with these replacements, each of which must be found."""
    text = builtin_questionnaire().decode("utf-8")
    for old, new in (("questionnaire: split-checklist", f"questionnaire: {slug}"), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    return re.sub(r"^version: \d+$", f"version: {version}", text, count=1, flags=re.MULTILINE).encode("utf-8")


REVERSED = ("levels: {hard: 0, mixed: 50, easy: 100}", "levels: {hard: 100, mixed: 50, easy: 0}")


_findings: dict[str, tuple[Issue, ...]] = {}


@pytest.fixture(autouse=True)
def linted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The linter visits thousands of answers for each file, and the same few files are imported in most tests here."""

    def lint_once(questionnaire: Questionnaire) -> tuple[Issue, ...]:
        content = repr(questionnaire)
        if content not in _findings:
            _findings[content] = lint(questionnaire)
        return _findings[content]

    monkeypatch.setattr(linting, "lint", lint_once)


@pytest.fixture(autouse=True)
def worker_at_hand(settings: Any) -> None:
    """Tasks are done as soon as they are queued, as by a worker that has nothing else to do."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}


@pytest.fixture
def try_file(workspace: Workspace) -> Callable[..., HttpResponse]:
    """Post a file for its dry run."""

    def post(client: Client, content: bytes, name: str = "own.yaml", to: Workspace = workspace) -> HttpResponse:
        file = SimpleUploadedFile(name, content)
        return client.post(reverse("edition-import", args=[to.pk]), {"file": file})

    return post


def token_in(page: HttpResponse) -> str:
    found = re.search(r'<input type="hidden" name="file" value="([^"]+)">', page.content.decode())
    assert found
    return found[1]


@pytest.fixture
def import_file(workspace: Workspace, try_file: Callable[..., HttpResponse]) -> Callable[..., Any]:
    """Try a file and confirm it."""

    def post(client: Client, content: bytes, to: Workspace = workspace) -> Any:
        token = token_in(try_file(client, content, to=to))
        return client.post(reverse("edition-confirm", args=[to.pk]), {"file": token})

    return post
