"""One lock for work that the whole site does one after another."""

from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """The number of each advisory lock on PostgreSQL; any numbers that nothing else uses."""

    REPORT_QUEUE = 5_340_001
    RECORD = 5_340_002


def lock_until_commit(lock: Lock) -> None:
    """Wait until nobody else has this lock; others wait until our transaction ends. One query on PostgreSQL.

    On SQLite none: a transaction that writes is alone anyway (`transaction_mode=IMMEDIATE`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(lock)])
