"""What keeps the site from serving people, a sentence for each check. None holds a setting or an address."""

import logging
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from assess.operations.heartbeat import GONE_AFTER, living_workers

logger = logging.getLogger(__name__)

DATABASE, MIGRATIONS, STATIC, WORKER = "database", "migrations", "static", "worker"
NEED_DATABASE: Final = (MIGRATIONS, WORKER)
#: Of a check that needs the database while that is away.
NOT_ASKED: Final = "not asked"


def find_problems(exclude: Collection[str] = ()) -> dict[str, str]:
    """What is not ready: a sentence by the name of its check, in the order of `CHECKS`. At most four short queries.

    Without a database the checks that need it are not made.
    """
    problems: dict[str, str] = {}
    is_away = False
    for name, find_problem in CHECKS.items():
        if is_away and name in NEED_DATABASE:
            problem = NOT_ASKED
        elif name in exclude and name != DATABASE:
            continue
        else:
            try:
                problem = find_problem()
            except Error as error:
                logger.warning("The check of %s could not ask the database: %s", name, error)
                problem, is_away = "The database cannot be used.", True
        if problem and name not in exclude:
            problems[name] = problem
    return problems


def find_database_problem() -> str:
    """Raises Error unless the database answers. A connection that was lost, Django makes anew before each request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return ""


def find_migrations_problem() -> str:
    """Whether the code has migrations that the database does not have. One query; more in the database is no problem,
    as while a newer release is rolled out."""
    applied = MigrationRecorder(connection).applied_migrations()
    missing = [
        key
        for key, migration in migrations_on_disk().items()
        if key not in applied and not (migration and all(replaced in applied for replaced in migration))
    ]
    if not missing:
        return ""
    have = "migration has" if len(missing) == 1 else "migrations have"
    return f"{len(missing)} {have} not run. Run `manage.py migrate`."


@cache
def migrations_on_disk() -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """By app and name, each with those that it replaces. Read once: a process runs the code it was started with."""
    loader = MigrationLoader(None)
    return {key: [(app, name) for app, name in migration.replaces] for key, migration in loader.disk_migrations.items()}


def find_static_problem() -> str:
    """Whether this process knows every static file by its hashed name. Only production needs that."""
    if not settings.PRODUCTION:
        return ""
    if not Path(settings.STATIC_ROOT, "staticfiles.json").exists():
        return "The static files are not collected. Run `manage.py collectstatic --noinput`."
    if uncollected_files():
        return "Static files are new since they were collected. Run `manage.py collectstatic --noinput` and restart."
    return ""


@cache
def uncollected_files() -> list[str]:
    """Names of static files that the manifest, as this process read it when it started, does not have."""
    collected = getattr(staticfiles_storage, "hashed_files", {})
    found = {path for finder in get_finders() for path, _storage in finder.list(None)}
    return sorted(found - set(collected))


def find_worker_problem() -> str:
    if living_workers():
        return ""
    seconds = int(GONE_AFTER.total_seconds())
    return f"No background worker reported in the last {seconds} seconds. Start `manage.py db_worker`."


#: By name. Those that need the database come after its own.
CHECKS: Final[Mapping[str, Callable[[], str]]] = {
    DATABASE: find_database_problem,
    MIGRATIONS: find_migrations_problem,
    STATIC: find_static_problem,
    WORKER: find_worker_problem,
}
