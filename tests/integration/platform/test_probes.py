"""/livez and /readyz: what a balancer, a supervisor and monitoring get to know."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from assess.operations.heartbeat import beat, stop_beating
from assess.operations.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db


def ask(path: str = "/readyz", **headers: str) -> tuple[int, Any]:
    """Status and body, as a balancer asks: by the machine's address."""
    response = Client(headers={"host": "10.0.0.7:8000", **headers}).get(path)
    return response.status_code, json.loads(response.content)


@contextmanager
def database_away() -> Iterator[None]:
    """Every query fails as it does when the server is gone."""
    from django.db import OperationalError

    def fail(*args: Any) -> None:
        raise OperationalError('connection to "db.internal" failed for user "hunter2"')

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def production(settings: Any) -> None:
    """As in production: HTTPS only, hosts by name."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["split.example.org"]


@pytest.mark.usefixtures("production")
def test_probes_need_no_host_name_and_no_https() -> None:
    beat("worker")
    assert ask("/livez") == (200, {"alive": True})
    assert ask("/readyz")[0] == 200
    assert Client(headers={"host": "10.0.0.7"}).get("/account/login/").status_code == 400
    assert Client(headers={"host": "split.example.org"}).get("/account/login/").status_code == 301


def test_readyz_names_each_check() -> None:
    beat("worker")
    checks = {"database": "ok", "migrations": "ok", "static": "ok", "worker": "ok"}
    assert ask() == (200, {"ready": True, "checks": checks})


def test_a_site_without_a_worker_is_not_ready_unless_that_is_left_out() -> None:
    status, body = ask()
    assert (status, body["ready"]) == (503, False)
    assert "db_worker" in body["checks"]["worker"]
    assert body["checks"]["database"] == "ok"
    assert ask("/readyz?exclude=worker")[0] == 200
    assert ask("/readyz?exclude=workers")[0] == 400


def test_a_worker_that_stopped_reporting_counts_as_gone() -> None:
    beat("worker")
    assert ask()[0] == 200
    WorkerHeartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert ask()[0] == 503
    beat("worker")
    assert ask()[0] == 200
    stop_beating("worker")
    assert not WorkerHeartbeat.objects.exists()


def test_a_database_that_is_away_makes_the_site_not_ready_but_leaves_it_alive() -> None:
    beat("worker")
    with database_away():
        status, body = ask()
        assert ask("/livez") == (200, {"alive": True})
    assert (status, body["checks"]) == (
        503,
        {"database": "The database cannot be used.", "migrations": "not asked", "static": "ok", "worker": "not asked"},
    )
    assert "hunter2" not in str(body)
    assert "internal" not in str(body)


def test_a_migration_that_has_not_run_makes_the_site_not_ready() -> None:
    beat("worker")
    MigrationRecorder(connection).record_unapplied("assess", "0002_triggers")
    status, body = ask()
    assert status == 503
    assert body["checks"]["migrations"].startswith("1 migration has not run. Run `manage.py migrate`")
    MigrationRecorder(connection).record_applied("assess", "0002_triggers")
    MigrationRecorder(connection).record_applied("assess", "0003_of_a_newer_release")
    assert ask()[0] == 200


def test_probes_carry_the_sites_headers_and_are_kept_by_no_cache() -> None:
    for path in ("/livez", "/readyz"):
        response = Client().get(path)
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Request-Reference"]


def test_the_command_says_the_same_in_words() -> None:
    with pytest.raises(CommandError, match="worker: No background worker reported"):
        call_command("check_ready")
    call_command("check_ready", "--exclude", "worker")
    call_command("check_ready", "--at-start")
    with database_away(), pytest.raises(CommandError, match=r"database: The database cannot be used\.$"):
        call_command("check_ready", "--exclude", "static")
