"""Asking for reports, making them outside the request, keeping them, and getting over what dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as live_settings
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assess.assessments.models import Answer, Assessment
from assess.people.models import Team, User
from assess.reports import pdf, pdf_cache, queue, service
from assess.reports.loaders.report import load_report
from assess.reports.models import Report, ReportKind, ReportRequest, ReportState
from tests.factories import AnswerFactory, AssessmentFactory
from tests.integration.reports.conftest import age, only_report

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def make(assessment: Assessment, by: User) -> Report:
    """Ask and let the worker work."""
    service.request_report(assessment, by=by)
    queue.render_queued_reports()
    return service.get_current_report(assessment) or only_report()


# --- asking and making


def test_request_adds_one_row_and_one_task(assessment: Assessment, alice: User) -> None:
    report = service.request_report(assessment, by=alice)
    assert report.state == ReportState.QUEUED
    assert report.requested_by == alice
    assert DBTaskResult.objects.get().task_path == "assess.reports.tasks.render_reports"


def test_second_request_adds_no_row(assessment: Assessment, alice: User, bob: User) -> None:
    first = service.request_report(assessment, by=alice)
    assert service.request_report(assessment, by=bob) == first
    assert DBTaskResult.objects.count() == 1


def test_worker_renders_and_stores_the_pdf(assessment: Assessment, alice: User) -> None:
    report = make(assessment, alice)
    assert report.state == ReportState.READY
    assert not report.is_final
    assert bytes(Report.objects.get().pdf or b"").startswith(b"%PDF")


def test_draft_is_rendered_again_only_after_a_changed_answer(assessment: Assessment, alice: User) -> None:
    first = make(assessment, alice)
    assert service.request_report(assessment, by=alice) == first
    Answer.objects.filter(assessment=assessment, key="teams").update(value=9)
    assert service.get_current_report(assessment) is None
    second = make(assessment, alice)
    assert second.pk != first.pk
    assert second.state == ReportState.READY


def test_new_request_deletes_reports_of_earlier_answers(assessment: Assessment, alice: User) -> None:
    first = make(assessment, alice)
    Answer.objects.filter(assessment=assessment, key="teams").update(value=9)
    make(assessment, alice)
    assert not Report.objects.filter(pk=first.pk).exists()


def test_report_has_answers_given_while_it_waited(assessment: Assessment, alice: User) -> None:
    asked = service.request_report(assessment, by=alice)
    Answer.objects.filter(assessment=assessment, key="teams").update(value=9)
    queue.render_queued_reports()
    made = Report.objects.get(pk=asked.pk)
    assert made.state == ReportState.READY
    assert made.key == pdf_cache.content_key(load_report(assessment)) != asked.key
    assert service.get_current_report(assessment) == made


def test_final_report_is_not_rendered_again_after_a_style_change(
    submitted: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make(submitted, alice)
    assert report.is_final
    kept = bytes(Report.objects.get().pdf or b"")
    monkeypatch.setattr(pdf_cache, "release_fingerprint", lambda: "another release")
    assert service.request_report(submitted, by=alice) == report
    queue.render_queued_reports()
    assert bytes(Report.objects.get().pdf or b"") == kept
    assert service.render_pdf_now(submitted) == kept


def test_a_draft_that_was_submitted_while_it_waited_becomes_the_final_report(
    assessment: Assessment, alice: User
) -> None:
    from assess.assessments import actions

    service.request_report(assessment, by=alice)
    actions.submit_assessment(assessment, by=alice)
    queue.render_queued_reports()
    assert only_report().is_final


def test_the_database_refuses_a_second_final_report(submitted: Assessment, alice: User) -> None:
    make(submitted, alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(assessment=submitted, key="x" * 64, is_final=True)
    # Another reader's choice has one of its own.
    Report.objects.create(assessment=submitted, key="x" * 64, is_final=True, spec="for=leadership")


def test_database_refuses_a_report_whose_kind_does_not_match(assessment: Assessment, alice: User) -> None:
    workspace = assessment.workspace
    Report.objects.create(kind=ReportKind.PORTFOLIO, workspace=workspace, requested_by=alice)
    Report.objects.create(kind=ReportKind.COMPARISON, spec="a=1&a=2", requested_by=alice)
    refused: tuple[dict[str, Any], ...] = (
        {"kind": ReportKind.ASSESSMENT},
        {"kind": ReportKind.ASSESSMENT, "assessment": assessment, "workspace": workspace},
        {"kind": ReportKind.PORTFOLIO, "requested_by": alice, "spec": "q=a"},
        {"kind": ReportKind.PORTFOLIO, "workspace": workspace, "spec": "q=a"},
        {"kind": ReportKind.COMPARISON, "spec": "a=1&a=3"},
        {"kind": ReportKind.COMPARISON, "assessment": assessment, "requested_by": alice, "spec": "a=1&a=3"},
        # One for each choice of a person.
        {"kind": ReportKind.PORTFOLIO, "workspace": workspace, "requested_by": alice},
    )
    for fields in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(**fields)


def test_two_rows_with_the_same_content_become_one(assessment: Assessment, alice: User) -> None:
    first = service.request_report(assessment, by=alice)
    Answer.objects.filter(assessment=assessment, key="teams").update(value=9)
    second = service.request_report(assessment, by=alice)
    # The earlier one is gone; as if it had been taken just before that, it now says the same.
    taken = Report.objects.create(assessment=assessment, key=first.key, requested_by=alice)
    queue.render_queued_reports()
    assert Report.objects.filter(state=ReportState.READY).count() == 1
    assert not Report.objects.filter(state__in=queue.ACTIVE).exists()
    assert {taken.pk, second.pk} >= {only_report().pk}


def test_failed_report_says_why_and_can_be_retried(
    assessment: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(html: str, *data: object, **dated: object) -> bytes:
        raise pdf.RenderError("The report took longer than 60 seconds.")

    with monkeypatch.context() as patched:
        patched.setattr(pdf, "render_pdf", too_slow)
        assert make(assessment, alice).state == ReportState.FAILED
    assert only_report().problem == "The report took longer than 60 seconds."
    assert make(assessment, alice).state == ReportState.READY
    assert only_report().problem == ""


def test_unexpected_error_is_logged_and_shown_without_details(
    assessment: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(html: str, *data: object, **dated: object) -> bytes:
        raise KeyError("secret detail")

    monkeypatch.setattr(pdf, "render_pdf", broken)
    assert make(assessment, alice).state == ReportState.FAILED
    assert only_report().problem.startswith("The PDF could not be made. Try again.")
    assert "secret detail" in caplog.text


# --- limits


def a_minute_later(by: User) -> None:
    ReportRequest.objects.filter(by=by).update(at=timezone.now() - timedelta(seconds=61))


def test_seventh_pdf_within_a_minute_is_refused_with_retry_after(
    assessment: Assessment, alice: User, bob: User
) -> None:
    for teams in range(6):
        Answer.objects.filter(assessment=assessment, key="teams").update(value=teams + 10)
        service.request_report(assessment, by=alice)
    Answer.objects.filter(assessment=assessment, key="teams").update(value=99)
    with pytest.raises(queue.QueueLimitError) as refused:
        service.request_report(assessment, by=alice)
    assert 0 < refused.value.retry_after <= 61
    service.request_report(assessment, by=bob)
    a_minute_later(alice)
    Answer.objects.filter(assessment=assessment, key="teams").update(value=100)
    service.request_report(assessment, by=alice)


def test_retry_of_a_failed_report_counts_towards_the_limit(assessment: Assessment, alice: User) -> None:
    for _ in range(6):
        asked = service.request_report(assessment, by=alice)
        Report.objects.filter(pk=asked.pk).update(state=ReportState.FAILED, problem="It broke")
    with pytest.raises(queue.QueueLimitError, match="6 PDFs within a minute"):
        service.request_report(assessment, by=alice)
    assert only_report().state == ReportState.FAILED


def test_refused_request_does_not_count(assessment: Assessment, alice: User, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "render_queue": 0}
    for _ in range(7):
        with pytest.raises(queue.QueueLimitError, match="Many PDFs"):
            service.request_report(assessment, by=alice)
    assert not ReportRequest.objects.exists()


def test_request_for_a_ready_report_does_not_count(assessment: Assessment, alice: User) -> None:
    make(assessment, alice)
    for _ in range(10):
        assert service.request_report(assessment, by=alice).state == ReportState.READY


def test_a_full_queue_refuses_and_says_when_to_come_back(
    assessment: Assessment, alice: User, bob: User, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "render_queue": 2}
    for _ in range(2):
        other = AssessmentFactory(team=assessment.system.team, by=bob, answers={"teams": 3})
        Report.objects.create(assessment=other, key="q" * 64)
    with pytest.raises(queue.QueueLimitError, match="Try again in 20 seconds"):
        service.request_report(assessment, by=alice)


def test_no_more_reports_render_at_once_than_the_limit(assessment: Assessment, alice: User, settings: Any) -> None:
    for number in range(3):
        Report.objects.create(assessment=AssessmentFactory(), key=f"{number:064}")
    claimed = [queue.claim(), queue.claim(), queue.claim()]
    assert [report is not None for report in claimed] == [True, True, False]
    assert Report.objects.filter(state=ReportState.RENDERING).count() == settings.LIMITS["renders_at_a_time"] == 2


def test_oldest_waiting_report_is_claimed_first_and_only_once(assessment: Assessment) -> None:
    reports = [Report.objects.create(assessment=AssessmentFactory(), key=f"{number:064}") for number in range(2)]
    age(reports[1], queued_at=timedelta(minutes=1))
    first, second = queue.claim(), queue.claim()
    assert first is not None
    assert second is not None
    assert (first.pk, second.pk) == (reports[1].pk, reports[0].pk)
    assert queue.claim(reports[0].pk) is None


# --- what dies


def test_stale_render_is_requeued_and_rendered(assessment: Assessment, alice: User) -> None:
    service.request_report(assessment, by=alice)
    dead = queue.claim()
    assert dead is not None
    assert queue.render_queued_reports() == 0
    age(dead, heartbeat_at=timedelta(seconds=10))
    assert queue.render_queued_reports() == 1
    report = only_report()
    assert (report.state, report.attempts) == (ReportState.READY, 2)
    assert DBTaskResult.objects.count() == 2


def test_report_fails_after_three_stale_renders(assessment: Assessment, alice: User) -> None:
    report = service.request_report(assessment, by=alice)
    for _ in range(3):
        assert queue.claim() is not None
        age(report, heartbeat_at=timedelta(seconds=10))
        queue.requeue_stale()
    report.refresh_from_db()
    assert report.state == ReportState.FAILED
    assert "3 tries" in report.problem
    assert queue.claim() is None


def test_late_attempt_changes_nothing_after_its_report_was_requeued(assessment: Assessment, alice: User) -> None:
    service.request_report(assessment, by=alice)
    slow = queue.claim()
    assert slow is not None
    age(slow, heartbeat_at=timedelta(seconds=10))
    queue.requeue_stale()
    quick = queue.claim()
    assert quick is not None
    queue.mark_failed(slow, "too late")
    assert only_report().state == ReportState.RENDERING
    queue.render_claimed(quick)
    assert only_report().state == ReportState.READY


# --- several at once, in processes and threads of their own


@pytest.fixture
def shared_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[None]:
    """Lets child processes use this test's database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{database['NAME']}"
    else:
        user, password, host, name = (
            quote(str(database[key]), safe="") for key in ("USER", "PASSWORD", "HOST", "NAME")
        )
        port = f":{database['PORT']}" if database["PORT"] else ""
        address = f"postgres://{user}:{password}@{host}{port}/{name}"
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("SPLITCHECK_VAR", str(tmp_path))
    yield
    for child in list(queue._children):
        child.kill()
        child.wait()


def wait_until(state: str, seconds: float = 90) -> Report:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        report = only_report()
        if report.state == state:
            return report
        time.sleep(0.1)
    raise AssertionError(f"still {only_report().state} after {seconds} s: {only_report().problem}")


@pytest.mark.django_db(transaction=True)
def test_background_worker_renders_the_report(assessment: Assessment, alice: User, shared_database: None) -> None:
    service.request_report(assessment, by=alice)
    command = [sys.executable, "manage.py", "db_worker", "--batch", "--no-startup-delay", "--no-reload"]
    assert subprocess.run(command, cwd=live_settings.BASE_DIR, capture_output=True, check=False).returncode == 0
    assert only_report().state == ReportState.READY
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_child_process_renders_when_no_worker_runs(assessment: Assessment, alice: User, shared_database: None) -> None:
    report = service.request_report(assessment, by=alice)
    queue.ensure_rendering(report)
    assert only_report().state == ReportState.QUEUED
    age(report, queued_at=timedelta(seconds=3))
    queue.ensure_rendering(report)
    assert only_report().state == ReportState.RENDERING
    queue.ensure_rendering(report)
    assert len(queue._children) == 1
    made = wait_until(ReportState.READY)
    assert made.attempts == 1
    assert bytes(made.pdf or b"").startswith(b"%PDF")


def test_no_second_process_is_started_behind_one_that_renders_until_the_wait_gets_long(
    assessment: Assessment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    monkeypatch.setattr(queue, "start_child", lambda report: started.append(report.pk))
    Report.objects.create(assessment=AssessmentFactory(), key="r" * 64)
    assert queue.claim() is not None
    report = service.request_report(assessment, by=alice)
    age(report, queued_at=timedelta(seconds=5))
    queue.ensure_rendering(report)
    assert started == []
    age(report, queued_at=timedelta(seconds=16))
    queue.ensure_rendering(report)
    assert started == [report.pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_child_that_is_killed_is_followed_by_another(
    assessment: Assessment, alice: User, shared_database: None
) -> None:
    report = service.request_report(assessment, by=alice)
    assert queue.start_child(report)
    (child,) = queue._children
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    queue.ensure_rendering(report)
    assert only_report().state == ReportState.RENDERING
    age(report, heartbeat_at=timedelta(seconds=10))
    queue.ensure_rendering(report)
    assert only_report().state == ReportState.QUEUED
    age(report, queued_at=timedelta(seconds=3))
    queue.ensure_rendering(report)
    assert wait_until(ReportState.READY).attempts == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_rendering_does_not_keep_the_report_for_ever(
    assessment: Assessment, alice: User, shared_database: None
) -> None:
    AnswerFactory(assessment=assessment, key="hiring", value="easy", note="word " * 400)
    report = service.request_report(assessment, by=alice)
    command = [sys.executable, "manage.py", "db_worker", "--no-startup-delay", "--interval", "0.1", "--no-reload"]
    worker = subprocess.Popen(command, cwd=live_settings.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(ReportState.RENDERING)
    finally:
        worker.kill()
        worker.wait()
    assert DBTaskResult.objects.get().status == "RUNNING"
    age(report, heartbeat_at=timedelta(seconds=10))
    queue.requeue_stale()
    second = subprocess.Popen(command, cwd=live_settings.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(ReportState.READY).attempts == 2
    finally:
        second.terminate()
        second.wait()


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_cannot_pass_the_limit(team: Team, alice: User, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "pdfs_per_minute": 3}
    assessments = [AssessmentFactory(team=team, by=alice, answers={"teams": 3}) for _ in range(8)]
    start = threading.Barrier(len(assessments))
    came: list[str] = []

    def ask(assessment: Assessment) -> None:
        try:
            start.wait()
            service.request_report(Assessment.objects.get(pk=assessment.pk), by=alice)
            came.append("asked")
        except queue.QueueLimitError:
            came.append("refused")
        except BaseException as issue:
            came.append(repr(issue))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(assessment,)) for assessment in assessments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["asked"] * 3 + ["refused"] * 5
    assert Report.objects.count() == ReportRequest.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_concurrent_claims_cannot_pass_the_limit(settings: Any) -> None:
    for number in range(6):
        Report.objects.create(assessment=AssessmentFactory(), key=f"{number:064}")
    start = threading.Barrier(6)
    claimed: list[int | None] = []

    def take() -> None:
        try:
            start.wait()
            found = queue.claim()
            claimed.append(found.pk if found else None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [pk for pk in claimed if pk is not None]
    assert len(taken) == len(set(taken)) == settings.LIMITS["renders_at_a_time"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", ["draft", "submitted"])
def test_concurrent_requests_render_once(
    version: str, assessment: Assessment, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assess.assessments import actions

    if version == "submitted":
        assessment = Assessment.objects.get(pk=actions.submit_assessment(assessment, by=alice).pk)
    renders: list[int] = []
    issues: list[BaseException] = []

    def counted(html: str, *data: object, **dated: object) -> bytes:
        renders.append(1)
        time.sleep(0.2)
        return b"%PDF-counted"

    monkeypatch.setattr(pdf, "render_pdf", counted)
    start = threading.Barrier(6)

    def ask(by: User) -> None:
        try:
            start.wait()
            service.request_report(Assessment.objects.get(pk=assessment.pk), by=by)
            queue.render_queued_reports()
        except BaseException as issue:
            issues.append(issue)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(by,)) for by in (alice, bob) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert issues == []
    assert renders == [1]
    assert only_report().state == ReportState.READY
