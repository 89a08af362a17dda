"""PDFs and logos in a store that all machines share, and what is kept for how long."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from assess.assessments.models import Assessment
from assess.people import branding
from assess.people.models import Logo, Team, User, Workspace
from assess.reports import queue, service
from assess.reports.models import Report
from tests.factories import AssessmentFactory
from tests.integration.people.test_logos import png
from tests.integration.reports.conftest import only_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A folder in the place of the store: all that the site asks of one, Django's interface has."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "store"}}
    settings.STORAGES = {**settings.STORAGES, "files": files}
    return tmp_path / "store"


def stored_names(store: Path) -> set[str]:
    return {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}


def make_pdf(assessment: Assessment, by: User) -> Report:
    service.request_report(assessment, by=by)
    queue.render_queued_reports()
    return only_report()


@pytest.mark.slow
def test_a_pdf_is_read_from_the_store_and_the_row_keeps_only_its_name(
    store: Path, assessment: Assessment, alice: User, alice_client: Client
) -> None:
    report = make_pdf(assessment, alice)
    assert report.pdf is None
    assert stored_names(store) == {report.stored_as}
    response = alice_client.get(f"/assessments/{assessment.pk}/report.pdf")
    assert response.content == (store / report.stored_as).read_bytes()
    assert report.size == len(response.content)


def test_what_was_made_before_there_was_a_store_is_still_read(
    settings: Any, tmp_path: Path, assessment: Assessment, alice: User, alice_client: Client
) -> None:
    before = make_pdf(assessment, alice)
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "files": files}
    assert alice_client.get(f"/assessments/{assessment.pk}/report.pdf").content == bytes(before.pdf or b"")


def test_a_pdf_that_the_store_does_not_take_is_said_to_have_failed(
    store: Path, assessment: Assessment, alice: User
) -> None:
    store.write_text("a file where the store's folder should be")
    report = make_pdf(assessment, alice)
    assert report.state == "failed"
    assert "could not be made" in report.problem


def test_a_logo_goes_to_the_store_and_comes_from_there(
    store: Path, workspace: Workspace, ada: User, ada_client: Client
) -> None:
    branding.set_logo(workspace, png(), by=ada)
    logo = Logo.objects.get()
    assert logo.content is None
    response = ada_client.get(f"/workspaces/{workspace.pk}/logo/")
    assert response.content == (store / logo.stored_as).read_bytes()


def prune() -> str:
    out = StringIO()
    call_command("prune_reports", stdout=out)
    return out.getvalue().strip()


def test_an_old_pdf_that_can_be_made_again_goes_and_one_of_a_submitted_version_stays(
    submitted: Assessment, team: Team, alice: User
) -> None:
    for version in (submitted, AssessmentFactory(team=team, by=alice)):
        service.request_report(version, by=alice)
    queue.render_queued_reports()
    assert prune() == "Deleted: PDFs 0, files in the store without a row 0."
    Report.objects.update(finished_at=timezone.now() - timedelta(days=91))
    assert prune() == "Deleted: PDFs 1, files in the store without a row 0."
    assert Report.objects.get().assessment == submitted


def test_zero_days_keep_every_pdf(settings: Any, assessment: Assessment, alice: User) -> None:
    settings.REPORT_DAYS = 0
    make_pdf(assessment, alice)
    Report.objects.update(finished_at=timezone.now() - timedelta(days=10_000))
    prune()
    assert Report.objects.count() == 1


def test_the_store_loses_what_no_row_names_but_nothing_younger_than_a_day(
    store: Path, workspace: Workspace, ada: User
) -> None:
    for _ in range(3):  # the first two files are replaced, and so belong to no row
        branding.set_logo(workspace, png(), by=ada)
    named = Logo.objects.get().stored_as
    first, second = sorted(stored_names(store) - {named})
    two_days_ago = time.time() - 2 * 24 * 3600
    for name in (first, named):
        os.utime(store / name, (two_days_ago, two_days_ago))
    assert prune() == "Deleted: PDFs 0, files in the store without a row 1."
    assert stored_names(store) == {second, named}
