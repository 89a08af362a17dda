"""Only our own proxies may say for whom they ask, and how safely."""

from typing import Any

import pytest
from django.test import Client

from assess.web.proxies import client_address, read_proxies

OURS = read_proxies(["10.0.0.0/24", "fd00::5"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # no proxy of ours: the header is hearsay
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the left one was sent by the person
        ("10.0.0.5", "203.0.113.9, 10.0.0.7", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.5", "6.6.6.6, nonsense", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("fd00::5", "2001:db8::1", "2001:db8::1"),
        ("", "203.0.113.9", ""),  # a socket without an address
    ],
)
def test_client_address_is_the_nearest_untrusted_one(peer: str, forwarded_for: str, address: str) -> None:
    assert client_address(peer, forwarded_for, OURS) == address


@pytest.mark.django_db
def test_forwarded_proto_from_an_untrusted_peer_is_ignored(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = OURS
    said = {"X-Forwarded-Proto": "https"}
    assert Client(REMOTE_ADDR="203.0.113.9").get("/account/login/", headers=said).status_code == 301
    assert Client(REMOTE_ADDR="10.0.0.5").get("/account/login/", headers=said).status_code == 200
