"""What a killed worker left is taken up by the next one, whichever queue it is in."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assess.editions.models import LintRun, LintState
from assess.operations.worker import take_up_lost_work
from assess.people.models import MailKind, MailState, OutgoingMail, User, Workspace
from assess.reports.models import Report, ReportKind, ReportState
from tests.factories import AssessmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ago(seconds: int) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def make_report(state: ReportState, heartbeat: int, alice: User, workspace: Workspace) -> None:
    Report.objects.create(
        kind=ReportKind.ASSESSMENT,
        assessment=AssessmentFactory(by=alice),
        state=state,
        key="k",
        requested_by=alice,
        requested_at=ago(60),
        queued_at=ago(60),
        heartbeat_at=ago(heartbeat),
        attempts=1,
    )


def make_lint(state: LintState, heartbeat: int, alice: User, workspace: Workspace) -> None:
    LintRun.objects.create(
        workspace=workspace, sha256="0" * 64, language="en-gb", content=b"", file_name="q.yaml", state=state,
        requested_by=alice, queued_at=ago(60), heartbeat_at=ago(heartbeat), attempts=1,
    )  # fmt: skip


def make_mail(state: MailState, heartbeat: int, alice: User, workspace: Workspace) -> None:
    OutgoingMail.objects.create(
        kind=MailKind.NOTICE, state=state, content="", recipient_hash="", created_at=ago(60), next_try_at=ago(30),
        heartbeat_at=ago(heartbeat), attempts=1,
    )  # fmt: skip


QUEUES = {
    "pdf": (make_report, ReportState.RENDERING, ReportState.QUEUED),
    "questionnaire": (make_lint, LintState.RUNNING, LintState.QUEUED),
    "mail": (make_mail, MailState.SENDING, MailState.WAITING),
}


@pytest.mark.parametrize(("make", "under_way", "waiting"), QUEUES.values(), ids=QUEUES.keys())
class TestLostWork:
    def test_what_a_dead_process_was_at_is_taken_up_once(
        self, make: Any, under_way: Any, waiting: Any, alice: User, workspace: Workspace
    ) -> None:
        make(under_way, 10, alice, workspace)
        assert take_up_lost_work() == 1 or DBTaskResult.objects.ready().count() == 1
        assert take_up_lost_work() == 0
        assert DBTaskResult.objects.ready().count() == 1

    def test_what_a_living_process_is_at_is_left_alone(
        self, make: Any, under_way: Any, waiting: Any, alice: User, workspace: Workspace
    ) -> None:
        make(under_way, 4, alice, workspace)
        assert take_up_lost_work() == 0
        assert not DBTaskResult.objects.exists()

    def test_what_waits_without_a_task_gets_one(
        self, make: Any, under_way: Any, waiting: Any, alice: User, workspace: Workspace
    ) -> None:
        make(waiting, 60, alice, workspace)
        assert take_up_lost_work() == 1
        assert take_up_lost_work() == 0
