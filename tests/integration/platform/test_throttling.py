"""Guessing passwords is slowed down, for an account and for an address, across all workers."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from assess.people.models import User
from tests.conftest import QUICK, client_of
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

REAL_CACHE: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "splitcheck_cache",
    },
    "process": QUICK["CACHES"]["process"],
    "counts": QUICK["CACHES"]["counts"],
}


@pytest.fixture(autouse=True)
def real_cache(settings: Any) -> Iterator[None]:
    settings.CACHES = REAL_CACHE
    yield
    settings.CACHES = QUICK["CACHES"]


def try_to_sign_in(email: str, password: str, address: str = "192.0.2.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/account/login/", {"login": email, "password": password})


def test_sixth_sign_in_try_waits_even_with_the_right_password(alice: User) -> None:
    for n in range(5):
        assert "match no account" in try_to_sign_in(alice.email, f"wrong {n}").content.decode()
    response = try_to_sign_in(alice.email, PASSWORD)
    assert response.status_code == 200
    assert "Wait five minutes" in response.content.decode()


def test_failing_in_somebodys_name_locks_them_out_nowhere_else(alice: User) -> None:
    for n in range(6):
        try_to_sign_in(alice.email, f"wrong {n}")
    assert try_to_sign_in(alice.email, PASSWORD, "192.0.2.2").status_code == 302


def own_password_again(client: Client, password: str) -> Any:
    return client.post("/account/tokens/", {"name": "export", "days": "1", "password": password})


def test_strangers_at_the_same_address_do_not_keep_somebody_signed_in_from_giving_their_password(alice: User) -> None:
    client = client_of(alice)
    for n in range(11):
        try_to_sign_in(alice.email, f"wrong {n}", "127.0.0.1")
    assert "Copy it now" in own_password_again(client, PASSWORD).content.decode()


def test_whoever_uses_an_open_screen_guesses_its_password_five_times(alice: User, bob: User) -> None:
    client = client_of(alice)
    tries = [own_password_again(client, f"wrong {n}").status_code for n in range(6)]
    assert tries == [400] * 5 + [429]
    assert own_password_again(client, PASSWORD).status_code == 429
    assert own_password_again(client_of(bob), PASSWORD).status_code == 200
    assert Client().post("/account/login/", {"login": alice.email, "password": PASSWORD}).status_code == 302


def test_another_account_is_not_held_up(alice: User, bob: User) -> None:
    for n in range(6):
        try_to_sign_in(alice.email, f"wrong {n}")
    assert try_to_sign_in(bob.email, PASSWORD, "192.0.2.2").status_code == 302


def test_one_address_gets_ten_wrong_passwords_a_minute_over_all_accounts() -> None:
    for n in range(10):
        assert "match no account" in try_to_sign_in(f"p{n}@example.org", "wrong").content.decode()
    assert "match no account" not in try_to_sign_in("p11@example.org", "wrong").content.decode()
    assert "match no account" in try_to_sign_in("p11@example.org", "wrong", "192.0.2.2").content.decode()


def test_host_name_in_forwarded_header_is_ignored() -> None:
    client = Client(REMOTE_ADDR="192.0.2.1")
    for n in range(10):
        client.post(
            "/account/login/", {"login": f"p{n}@x.org", "password": "w"}, headers={"X-Forwarded-For": f"198.51.100.{n}"}
        )
    late = client.post(
        "/account/login/", {"login": "p@x.org", "password": "w"}, headers={"X-Forwarded-For": "198.51.100.77"}
    )
    assert "match no account" not in late.content.decode()


def test_too_many_requests_get_the_page_that_says_when_to_try_again() -> None:
    client = Client(REMOTE_ADDR="192.0.2.1")
    asked = [client.post("/account/password/reset/", {"email": f"p{n}@example.org"}).status_code for n in range(20)]
    assert asked == [302] * 20
    response = client.post("/account/password/reset/", {"email": "ana@example.org"})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "300"
    assert "Wait 5 minutes" in response.content.decode()


def test_counters_are_shared_by_all_workers() -> None:
    """The site's own cache is the one in the database, where only one of two gets a key."""
    assert import_module("assess.settings").CACHES["default"]["BACKEND"] == REAL_CACHE["default"]["BACKEND"]
    cache = caches.create_connection("default")
    other = caches.create_connection("default")
    assert cache.add("lock", 1)
    assert not other.add("lock", 1)
