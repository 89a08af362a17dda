"""A sign-in ends after eight hours without use and after a day in any case, and costs one read a request."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assess.people.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

HOUR = 3600


class Clock:
    """The time that the middleware sees."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("assess.people.middleware.time.time", clock)
    return clock


@pytest.fixture
def signed_in(faulty: Client, alice: User, clock: Clock) -> Client:
    faulty.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    assert faulty.get("/private/").status_code == 200
    return faulty


def test_session_survives_seven_hours_without_use(signed_in: Client, clock: Clock) -> None:
    clock.forward(7 * HOUR)
    assert signed_in.get("/private/").status_code == 200


def test_session_ends_after_eight_hours_without_use(signed_in: Client, clock: Clock) -> None:
    key = signed_in.session.session_key
    clock.forward(8 * HOUR + 1)
    response = signed_in.get("/private/?a=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/private/%3Fa%3D1"
    assert not Session.objects.filter(session_key=key).exists()
    assert "Sign in to continue" in signed_in.get(response.headers["Location"]).content.decode()


def test_session_ends_after_a_day_however_often_it_is_used(signed_in: Client, clock: Clock) -> None:
    for _ in range(24):
        clock.forward(HOUR - 1)
        assert signed_in.get("/private/").status_code == 200
    clock.forward(60)
    assert signed_in.get("/private/").status_code == 302


def queries_of(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured]


def test_a_request_reads_session_and_person_and_writes_nothing(signed_in: Client, clock: Clock) -> None:
    clock.forward(299)
    queries = queries_of(signed_in, "/private/")
    assert len(queries) == 2
    assert all(sql.startswith("SELECT") for sql in queries)


def test_use_is_noted_once_in_five_minutes(signed_in: Client, clock: Clock) -> None:
    clock.forward(300)
    assert [sql for sql in queries_of(signed_in, "/private/") if sql.startswith("UPDATE")]
    clock.forward(299)
    assert not [sql for sql in queries_of(signed_in, "/private/") if sql.startswith("UPDATE")]


def test_signing_in_changes_the_session_key(faulty: Client, alice: User) -> None:
    faulty.get("/account/login/")
    before = faulty.cookies.get("sessionid")
    faulty.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    assert faulty.session.session_key != (before.value if before else None)


def test_a_session_cannot_be_used_after_signing_out(signed_in: Client) -> None:
    cookie = signed_in.cookies["sessionid"].value
    signed_in.post("/account/logout/")
    signed_in.cookies["sessionid"] = cookie
    assert signed_in.get("/private/").status_code == 302


def test_signing_out_takes_a_post(signed_in: Client) -> None:
    signed_in.get("/account/logout/")
    assert signed_in.get("/private/").status_code == 200


def test_deactivated_user_is_signed_out_at_once(signed_in: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert signed_in.get("/private/").status_code == 302


def test_signed_out_script_gets_401_instead_of_a_redirect(faulty: Client) -> None:
    response = faulty.get("/private/", headers={"accept": "application/json"})
    assert response.status_code == 401
    assert response.json()["sign_in"] == "/account/login/?next=/private/"


def test_htmx_without_sign_in_goes_to_the_sign_in_page(faulty: Client) -> None:
    response = faulty.get("/private/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/account/login/?next=/private/"


def test_cookies_are_out_of_reach_of_scripts(signed_in: Client, settings: Any) -> None:
    signed_in.get("/account/password/change/")
    for name in ("sessionid", "csrftoken"):
        assert signed_in.cookies[name]["httponly"]
        assert signed_in.cookies[name]["samesite"] == "Lax"
