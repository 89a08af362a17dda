"""The start of a process that serves the site: it says that it does, and looks whether the database lacks anything.

Each such process keeps a shared lock on one file; `restore` takes it alone, so nothing replaces the database under the
site. The system lets go of the lock when a process ends, however it ends. What runs on other machines is known by its
connections to the database alone.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection

from assess.record.facade import LOST_TAIL, keep_evidence

logger = logging.getLogger(__name__)

#: The open file of this process, once it serves.
descriptors: list[int] = []


class SiteIsServedError(Exception):
    """A process of this machine serves the site."""


class RestoringError(Exception):
    """A backup is being restored on this machine."""


def start_serving() -> None:
    """What a process does before its first request. Raises RestoringError while a backup is being restored.

    A database that lacks what its witness says is an error in the log, and no reason to keep people out.
    """
    announce_serving()
    try:
        for missing in keep_evidence():
            logger.error("The end of the log: %s. %s", missing, LOST_TAIL)
    except DatabaseError:
        pass  # away or not migrated: readiness says that
    finally:
        connection.close()


def open_lock() -> int:
    settings.SERVING_LOCK.parent.mkdir(parents=True, exist_ok=True)
    return os.open(settings.SERVING_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def announce_serving() -> None:
    """Keep the lock until this process ends. Raises RestoringError while a backup is being restored."""
    try:
        descriptor = open_lock()
    except OSError as problem:
        logger.warning(
            "%s cannot be locked, so `restore` will not know of this process: %s", settings.SERVING_LOCK, problem
        )
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise RestoringError("A backup is being restored. Start the site and its worker when that has ended.") from None
    descriptors.append(descriptor)


@contextmanager
def without_serving() -> Iterator[None]:
    """While inside, no process of this machine starts to serve. Raises SiteIsServedError where one does."""
    descriptor = open_lock()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise SiteIsServedError from None
    try:
        yield
    finally:
        os.close(descriptor)
