"""A connection to PostgreSQL that waits so long and no longer, also for a server that says nothing.

`statement_timeout` and `lock_timeout` are kept by the server. One that hangs (its disk, its machine, the network)
keeps nothing, and the network's own time limit is a quarter of an hour. So this end watches the clock as well: where
no answer came in `answer_within` seconds, an option of the connection, it is closed and OperationalError raised.

From then on everybody else in this process is refused at once instead of waiting too, which would use up the threads
that serve pages without a database. A thread asks the server once a second; when it answers, all goes on.
"""

import logging
import threading
import time
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg import errors

logger = logging.getLogger(__name__)

#: Seconds between two tries to reach a server that stopped answering.
RETRY_EVERY: Final = 1


class Outage:
    """Whether the server has stopped answering this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_on = False

    def begin(self, connection_parameters: dict[str, Any]) -> None:
        """Refuse connections until the server answers again, which a thread finds out."""
        with self.lock:
            if self.is_on:
                return
            self.is_on = True
        logger.error("The database does not answer; asking again every %s second", RETRY_EVERY)
        threading.Thread(target=self.end_when_answered, args=(connection_parameters,), daemon=True).start()

    def end_when_answered(self, connection_parameters: dict[str, Any]) -> None:
        while True:
            try:
                psycopg.connect(**connection_parameters).close()
            except errors.ConnectionTimeout:
                time.sleep(RETRY_EVERY)
            except psycopg.Error:
                break  # it answers, if only to say no
            else:
                break
        self.is_on = False
        logger.warning("The database answers again")


outage: Final = Outage()


class Connection(psycopg.Connection[Any]):
    """One that is closed when an answer takes too long."""

    #: Seconds; None waits for ever.
    answer_within: float | None = None
    parameters: dict[str, Any]

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None or self.answer_within is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_within)
        except errors._WaitTimeout:
            self.close()
            outage.begin(self.parameters)
            message = f"The database did not answer within {self.answer_within} seconds"
            raise psycopg.OperationalError(message) from None


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """As Django's, which neither takes a class of connections nor leaves out `answer_within`."""
        answer_within = conn_params.pop("answer_within", None)
        if outage.is_on:
            raise psycopg.OperationalError("The database does not answer")
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            connection = Connection.connect(**conn_params)
        except errors.ConnectionTimeout:
            outage.begin(conn_params)
            raise
        connection.parameters, connection.answer_within = conn_params, answer_within
        return connection

    def is_usable(self) -> bool:
        """Asks only a server that answers, and waits no longer than for a new connection."""
        if self.connection is None or outage.is_on:
            return False
        usual = self.connection.answer_within
        self.connection.answer_within = usual and self.settings_dict["OPTIONS"]["connect_timeout"]
        try:
            return bool(super().is_usable())
        finally:
            self.connection.answer_within = usual
