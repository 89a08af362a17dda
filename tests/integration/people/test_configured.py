"""Two-step sign-in and the organisation's own sign-in: nothing of them until configured, and then as promised.

Settings are read once, at the start; so what holds when they are on runs in a process of its own, with the environment
that an operator would set (`configured_sign_in.py`).
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from assess.checks import every_url
from assess.people.models import User
from tests.factories import PASSWORD

ROOT = Path(__file__).resolve().parents[3]
KEY = "Zk3vQ9xw2LrT7uYpB5nMs8dFhJc6aGe4Xi1oRtUyWqEzAbCdKlPm"
SERVICE = {"OIDC_CLIENT_ID": "splitcheck", "OIDC_CLIENT_SECRET": "issuer's secret", "OIDC_NAME": "Harbour"}
GOOD = {
    "SPLITCHECK_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "split.example.org",
    "EMAIL_TO_FILES": "1",
}


def python(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**inherited, "SPLITCHECK_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_until_configured_none_of_their_addresses_exist() -> None:
    names = {str(pattern.name) for _, pattern in every_url(get_resolver("assess.urls").url_patterns)}
    assert not settings.TWO_STEP
    assert not settings.OIDC
    assert not [name for name in names if name.startswith(("mfa_", "openid", "socialaccount_"))]


@pytest.mark.django_db
def test_until_configured_no_page_speaks_of_them(client: Client, alice: User) -> None:
    assert "Sign in with" not in client.get("/account/login/").content.decode()
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    assert "Two-step" not in client.get("/account/you/").content.decode()
    for address in ("/account/two-step/", "/account/service/", "/account/service/back/"):
        assert client.get(address).status_code == 404


@pytest.mark.slow
def test_configured_sign_in_passes_its_own_tests(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = python(
        "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/integration/people/configured_sign_in.py",
        var=tmp_path, TWO_STEP="1", OIDC_ISSUER=f"http://127.0.0.1:{port}/realm", **SERVICE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_once_configured_the_deployment_checks_pass_and_no_migration_is_missing(tmp_path: Path) -> None:
    on = {**GOOD, **SERVICE, "TWO_STEP": "1", "OIDC_ISSUER": "https://login.example.org"}
    for arguments in (("check", "--deploy", "--fail-level", "WARNING"), ("makemigrations", "--check", "--dry-run")):
        done = python("manage.py", *arguments, var=tmp_path, **on)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OIDC_ISSUER": "https://login.example.org"}, "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET is missing"),
        ({**SERVICE}, "OIDC_ISSUER is missing"),
        ({**SERVICE, "OIDC_ISSUER": "http://login.example.org"}, "OIDC_ISSUER is no https address"),
        ({**SERVICE, "OIDC_ISSUER": "login.example.org"}, "OIDC_ISSUER is no https address"),
        ({**SERVICE, "OIDC_ISSUER": "https://[::1"}, "OIDC_ISSUER is no https address"),
        ({**SERVICE, "OIDC_ISSUER": "https://a; script-src *"}, "OIDC_ISSUER is no https address"),
    ],
)
def test_half_a_configuration_is_refused_by_name(environment: dict[str, str], words: str, tmp_path: Path) -> None:
    done = python("manage.py", "check", var=tmp_path, **{**GOOD, **environment})
    assert done.returncode != 0
    assert words in done.stderr
    assert "issuer's secret" not in done.stderr
