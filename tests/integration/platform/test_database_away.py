"""While the database is away people hear it with 503 and when to come back; an error of ours stays 500.

The real thing, with a server that hangs, is in tests/faults.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from assess.people.models import User
from assess.web.database import is_database_away
from tests.conftest import client_of


@contextmanager
def database_that_fails(error: Exception) -> Iterator[None]:
    def fail(*arguments: Any) -> None:
        raise error

    with connection.execute_wrapper(fail):
        yield


def sqlite_error(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("a secret detail")
    cause.sqlite_errorcode = code
    return caused_by(OperationalError(), cause)


def caused_by(error: Any, cause: Exception) -> Any:
    error.__cause__ = cause
    return error


AWAY = [
    sqlite_error(sqlite3.SQLITE_BUSY),
    sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT),
    sqlite_error(sqlite3.SQLITE_FULL),
    sqlite_error(sqlite3.SQLITE_IOERR_WRITE),
    caused_by(OperationalError(), psycopg.errors.AdminShutdown()),
    caused_by(OperationalError(), psycopg.errors.LockNotAvailable()),
    caused_by(OperationalError(), psycopg.errors.DiskFull()),
    InterfaceError("connection already closed"),
]
OURS = [
    sqlite_error(sqlite3.SQLITE_ERROR),  # no such table
    caused_by(ProgrammingError(), psycopg.errors.UndefinedTable()),
    DatabaseError("Save with update_fields did not affect any rows."),
    RuntimeError("no error of a database"),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_an_outage_is_told_from_a_mistake(error: Exception) -> None:
    assert is_database_away(error)


@pytest.mark.parametrize("error", OURS, ids=repr)
def test_a_mistake_of_ours_is_no_outage(error: Exception) -> None:
    assert not is_database_away(error)


@pytest.mark.django_db
def test_a_script_hears_of_an_outage_as_json(faulty: Client) -> None:
    with database_that_fails(AWAY[0]):
        response = faulty.get("/needs-database/", headers={"accept": "application/json"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.json()["code"] == "service_unavailable"
    assert "secret detail" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/quick/", "/cases/", "/sample/", "/how-it-decides/", "/sources/"])
def test_public_pages_go_on_for_somebody_signed_in_and_sign_nobody_out(alice: User, path: str) -> None:
    client = client_of(alice)
    with database_that_fails(AWAY[0]):
        response = client.get(path)
    assert response.status_code == 200
    assert "sessionid" not in response.cookies
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get("/assessments/").status_code == 200


@pytest.mark.django_db
def test_other_pages_of_somebody_signed_in_say_that_the_database_is_away(alice: User) -> None:
    client = client_of(alice)
    client.raise_request_exception = False
    with database_that_fails(AWAY[0]):
        response = client.get("/assessments/")
    assert response.status_code == 503
    assert "Saved answers are safe" in response.content.decode()
