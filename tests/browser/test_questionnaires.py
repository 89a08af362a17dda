"""An administrator imports a questionnaire in a real browser: mistakes by line, a draft, published, retired.

Axe looks at every page on the way.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from assess.assessments.models import Edition
from assess.editions import actions
from assess.editions.linting import lint_uploads
from assess.people.models import User, Workspace
from tests.browser.conftest import OpenPage, violations
from tests.integration.editions.conftest import REVERSED, own
from tests.suites import slow_except

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def worker_at_hand(settings: Any) -> None:
    """Checks are done as soon as they are queued, as by a worker that has nothing else to do."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "own.yaml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("javascript", "width"), [(True, 1280), (True, 320), (False, 1280)])
@pytest.mark.slow
def test_from_a_broken_file_to_a_retired_edition(
    javascript: bool, width: int, open_page: OpenPage, ada: User, edition: Edition, tmp_path: Path
) -> None:
    with open_page(user=ada, javascript=javascript, width=width) as page:

        def choose(content: bytes) -> None:
            page.get_by_label("file", exact=False).set_input_files(file_of(tmp_path, content))
            page.get_by_role("button", name="Check the file").click()

        def check() -> None:
            if javascript:
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width

        page.goto("/assessments/")
        page.get_by_role("link", name="Questionnaires", exact=True).click()
        check()
        page.get_by_role("link", name="Import for Harbour").click()
        check()
        choose(own(("language: en", "language: English")))
        expect(page.get_by_role("heading", name="own.yaml was not imported")).to_be_visible()
        check()
        choose(own(REVERSED))
        expect(page.get_by_role("heading", name="Not ready to publish")).to_be_visible()
        check()
        choose(own(("title: Split checklist", "title: Our checklist")))
        expect(page.get_by_text("becomes “Our checklist”")).to_be_visible()
        check()
        page.get_by_role("button", name="Keep as a draft").click()
        expect(page.get_by_role("heading", name="Our checklist", level=1)).to_be_visible()
        check()
        page.get_by_role("link", name="Preview the questions").click()
        expect(page.get_by_role("heading", name="How many teams work in this codebase?")).to_be_visible()
        check()
        page.go_back()
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("New assessments in Harbour can start with it.")).to_be_visible()
        check()
        page.get_by_role("button", name="Retire").click()
        expect(page.get_by_text("Assessments that started with it keep it.")).to_be_visible()
        check()


@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_of_questionnaires(
    axe_everywhere: Callable[..., None], ada: User, workspace: Workspace, edition: Edition
) -> None:
    draft = actions.import_edition(workspace=workspace, content=own(REVERSED), by=ada)
    one = f"/questionnaires/{draft.pk}/"
    axe_everywhere("/questionnaires/", f"/questionnaires/import/{workspace.pk}/", one, f"{one}preview/", user=ada)


@pytest.mark.parametrize(("javascript", "width"), slow_except([(True, 320), (False, 1280)], (False, 1280)))
def test_from_the_texts_to_translate_to_a_translation_and_back(
    javascript: bool, width: int, open_page: OpenPage, ada: User, workspace: Workspace, edition: Edition, tmp_path: Path
) -> None:
    published = actions.publish_edition(actions.import_edition(workspace=workspace, content=own(), by=ada), by=ada)
    with open_page(user=ada, javascript=javascript, width=width) as page:

        def check() -> None:
            if javascript:
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width

        def choose(content: bytes) -> None:
            page.get_by_label("file", exact=False).set_input_files(file_of(tmp_path, content))
            page.get_by_role("button", name="Check the file").click()

        page.goto(f"/questionnaires/{published.pk}/")
        with page.expect_download() as downloaded:
            page.get_by_role("link", name="download the texts to translate").click()
        texts = downloaded.value.path().read_bytes()
        page.get_by_role("link", name="Import a translation").click()
        check()
        choose(texts)
        expect(page.get_by_text("Write a language code such as en or pt-BR")).to_be_visible()
        check()
        texts = texts.replace(b"language: ''", b"language: nl", 1)
        choose(texts.replace(b"title: Split checklist", b"title: Onze lijst", 1))
        expect(page.get_by_text(re.compile(r"\b1 of \d+ texts translated"))).to_be_visible()
        check()
        page.get_by_role("button", name="Import Nederlands (nl)").click()
        expect(page.get_by_role("heading", name="Translations")).to_be_visible()
        check()
        page.get_by_role("link", name="Preview Nederlands (nl)").click()
        check()
        page.go_back()
        page.get_by_role("link", name="Remove Nederlands (nl)").click()
        check()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("Removed Nederlands (nl).")).to_be_visible()
        expect(page.get_by_role("link", name="Preview Nederlands (nl)")).to_have_count(0)


@pytest.mark.slow
def test_the_page_of_a_file_that_waits_moves_on_by_itself(
    open_page: OpenPage, ada: User, edition: Edition, workspace: Workspace, tmp_path: Path, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default"]}}
    with open_page(user=ada, width=320) as page:
        page.goto(f"/questionnaires/import/{workspace.pk}/")
        page.get_by_label("file", exact=False).set_input_files(file_of(tmp_path, own()))
        page.get_by_role("button", name="Check the file").click()
        expect(page.get_by_role("heading", name="The file is being checked")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        lint_uploads.func()
        expect(page.get_by_role("button", name="Keep as a draft")).to_be_visible()
