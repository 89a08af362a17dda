"""The background worker: django-tasks' own, which here outlives an outage of the database, says that it is alive, and
takes up what a killed one left."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections
from django_tasks.base import Task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from assess.editions.linting import has_lost_lints, lint_uploads
from assess.operations.heartbeat import beat, living_workers, stop_beating
from assess.people.facade import has_lost_mails, send_outgoing_mails
from assess.reports.facade import has_lost_reports, render_reports
from assess.web.facade import BEAT_SECONDS, DEAD_AFTER

logger = logging.getLogger(__name__)

#: Seconds between two tries to reach a database that is away.
RETRY_SECONDS: Final = 2
#: The task that takes up what waits, and whether something waits that nobody is at. A worker that was killed leaves
#: rows under way, and has taken the task with it that others waited for.
QUEUES: Final[Mapping[Task[Any, Any], Callable[[], bool]]] = {
    render_reports: has_lost_reports,
    lint_uploads: has_lost_lints,
    send_outgoing_mails: has_lost_mails,
}


def take_up_lost_work() -> int:
    """Queues a task for each queue whose rows nobody is at; returns how many. A few short queries."""
    count = 0
    for task, has_lost_rows in QUEUES.items():
        if has_lost_rows() and not is_task_on_its_way(task):
            task.enqueue()
            count += 1
    return count


def is_task_on_its_way(task: Task[Any, Any]) -> bool:
    """Whether the task waits for a worker, or a living one is at it: that goes on until its queue is empty."""
    tasks = DBTaskResult.objects.filter(task_path=task.module_path)
    if tasks.ready().exists():
        return True
    living = set(living_workers(within=DEAD_AFTER))
    return any(living & set(worker_ids) for worker_ids in tasks.running().values_list("worker_ids", flat=True))


class SteadyWorker(Worker):
    """Takes tasks until it is stopped, also when the database was away meanwhile."""

    def run(self) -> None:
        """Returns when the worker is asked to stop, or with `--batch` when no task is left."""
        stopped = threading.Event()
        reporter = threading.Thread(target=self.report, args=(stopped,), name="heartbeat", daemon=True)
        reporter.start()
        try:
            self.take_tasks(stopped)
        finally:
            stopped.set()
            reporter.join(timeout=BEAT_SECONDS)

    def take_tasks(self, stopped: threading.Event) -> None:
        is_away = False
        while self.running:
            try:
                if is_away:
                    connections["default"].ensure_connection()
                    logger.warning("The database answers again; the worker goes on")
                    is_away = False
                super().run()
            except (OperationalError, InterfaceError) as problem:
                if not is_away:
                    logger.error("The database does not answer (%s); the worker tries again until it does", problem)
                is_away = True
                connections.close_all()
                stopped.wait(RETRY_SECONDS)
            else:
                return

    def report(self, stopped: threading.Event) -> None:
        """Says every few seconds that this worker lives, and takes up what dead ones left; in a thread of its own."""
        try:
            while True:
                self.report_once()
                if stopped.wait(BEAT_SECONDS):
                    break
            try:
                stop_beating(self.worker_id)
            except Error:
                pass  # the row is out of date in a moment anyway
        finally:
            connections.close_all()

    def report_once(self) -> None:
        try:
            close_old_connections()
            beat(self.worker_id)
            take_up_lost_work()
        except Error as problem:
            logger.debug("The worker could not report: %s", problem)
            connections.close_all()
