"""The background worker: django-tasks' own, which here outlives an outage of the database and reports that it lives."""

import logging
import threading
from typing import Final

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker

from assess.operations.heartbeat import BEAT_SECONDS, beat, stop_beating

logger = logging.getLogger(__name__)

#: Seconds between two tries to reach a database that is away.
RETRY_SECONDS: Final = 2


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
        """Says every few seconds that this worker lives; runs in a thread, with a connection of its own."""
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
        except Error as problem:
            logger.debug("The worker could not report: %s", problem)
            connections.close_all()
