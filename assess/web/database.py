"""How long a request waits for the database, and which errors mean that it is away and not that we made a mistake."""

from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections

#: SQLite's result codes for a file that is locked, full or cannot be read or written just now; the low byte of
#: `sqlite_errorcode`: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
SQLITE_AWAY: Final = frozenset({5, 6, 8, 10, 13, 14})


def limit_waits_of_requests() -> None:
    """Let every statement of this process wait only so long, by the setting DATABASE_WAITS. Called once, by `wsgi`.

    Commands and the worker have no such limits: `migrate` may take as long as it needs, and nobody waits for it.
    """
    waits = settings.DATABASE_WAITS
    options: dict[str, Any] = connections["default"].settings_dict["OPTIONS"]
    if connections["default"].vendor == "sqlite":
        options["timeout"] = waits["lock"]
        return
    limits = {
        "lock_timeout": waits["lock"],
        "statement_timeout": waits["statement"],
        # Of a machine that was cut off within a transaction: its locks are let go of.
        "idle_in_transaction_session_timeout": 2 * waits["statement"],
    }
    given = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    options["options"] = " ".join([*given, options.get("options", "")]).strip()
    options["answer_within"] = waits["statement"] + 1  # the server's own limit comes first


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, did not answer, was locked too long or had no room."""
    if isinstance(error, InterfaceError):
        return True
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    if isinstance(cause, psycopg.Error):
        return isinstance(error, OperationalError) or isinstance(cause, psycopg.errors.ReadOnlySqlTransaction)
    code = getattr(cause, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in SQLITE_AWAY
