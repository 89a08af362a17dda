"""Sessions in the database as Django keeps them; only finding one is a statement that is not written anew each time.

Every request of somebody signed in begins with this and with `people.backends`; writing their statements took several
times as long as running them.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Any:
        """The row of this session while it lasts, else None."""
        statement = (
            f"SELECT session_key, session_data, expire_date FROM {self.model._meta.db_table} WHERE session_key = %s"  # noqa: S608  # a table's name
        )
        found = next(iter(self.model.objects.raw(statement, [self.session_key])), None)
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None


__all__ = ["SessionStore"]
