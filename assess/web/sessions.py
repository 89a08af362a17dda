"""Sessions in the database as Django keeps them; only finding one is a statement that is not written anew each time.

Every request of somebody signed in begins with this and with `people.backends`: writing their statements took several
times as long as running them.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

FIND = f"SELECT session_data FROM {Session._meta.db_table} WHERE session_key = %s AND expire_date > %s"  # noqa: S608  # a table's name


class SessionStore(DatabaseStore):
    def load(self) -> dict[str, Any]:
        """What the session holds while it lasts; nothing, and no key, where there is none."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(FIND, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found


__all__ = ["SessionStore"]
