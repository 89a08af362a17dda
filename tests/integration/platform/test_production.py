"""Production starts only when it is safe, and says everything that is missing at once."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suites import slow_except

ROOT = Path(__file__).resolve().parents[3]
KEY = "Zk3vQ9xw2LrT7uYpB5nMs8dFhJc6aGe4Xi1oRtUyWqEzAbCdKlPm"
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
        timeout=60,
    )


def test_a_safe_environment_passes_the_deployment_checks(tmp_path: Path) -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", var=tmp_path, **GOOD)
    assert done.returncode == 0, done.stderr


UNSAFE = {
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    "short key": ({"SECRET_KEY": KEY[:49]}, "SECRET_KEY is too short"),
    "plain key": ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too short or too plain"),
    "Django's sample key": ({"SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY is too short or too plain"),
    "no hosts": ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
    "every host": ({"ALLOWED_HOSTS": "split.example.org, *"}, "ALLOWED_HOSTS admits every host"),
    "every host by a dot": ({"ALLOWED_HOSTS": ".*"}, "ALLOWED_HOSTS admits every host"),
    "a short earlier key": ({"SECRET_KEY_FALLBACKS": f"{KEY[::-1]},short"}, "SECRET_KEY_FALLBACKS holds a key"),
    "a plain earlier key": ({"SECRET_KEY_FALLBACKS": "a" * 60}, "SECRET_KEY_FALLBACKS holds a key"),
    "every .com": ({"ALLOWED_HOSTS": ".com"}, "ALLOWED_HOSTS admits names of strangers"),
    "every .co.uk": ({"ALLOWED_HOSTS": "split.example.org,.co.uk"}, "ALLOWED_HOSTS admits names of strangers"),
    "a host with a port": ({"ALLOWED_HOSTS": "split.example.org:443"}, "ALLOWED_HOSTS holds an entry that is no"),
    "links without https": ({"SITE_ADDRESS": "http://split.example.org"}, "SITE_ADDRESS does not start with https"),
    "links to another site": ({"SITE_ADDRESS": "https://other.example.org"}, "SITE_ADDRESS names a host"),
    "links with a password": ({"SITE_ADDRESS": "https://a:hunter2@split.example.org"}, "SITE_ADDRESS is no address"),
    "links below a path": ({"SITE_ADDRESS": "https://split.example.org/app"}, "SITE_ADDRESS is no address"),
    "links to nowhere": ({"SITE_ADDRESS": "split.example.org"}, "SITE_ADDRESS is no address"),
    "links to a bad port": ({"SITE_ADDRESS": "https://split.example.org:x"}, "SITE_ADDRESS is no address"),
    "confirming by mail in the clear": (
        {"EMAIL_HOST": "mail.example.org", "EMAIL_USE_TLS": "0", "EMAIL_VERIFICATION": "mandatory"},
        "EMAIL_USE_TLS is off while EMAIL_VERIFICATION is mandatory",
    ),
    "a mail password in the clear": (
        {"EMAIL_HOST": "mail.example.org", "EMAIL_USE_TLS": "0", "EMAIL_HOST_PASSWORD": "hunter2"},
        "EMAIL_USE_TLS is off while EMAIL_HOST_PASSWORD is set",
    ),
    "confirming by mail that goes nowhere": ({"EMAIL_VERIFICATION": "mandatory"}, "EMAIL_HOST is missing while"),
    "no mail server": ({"EMAIL_TO_FILES": ""}, "EMAIL_HOST is missing: no invitation"),
    "debug": ({"DEBUG": "1"}, "DEBUG is set"),
    "debug in other words": ({"DEBUG": "enabled"}, "DEBUG is set"),
    "a bad database": ({"DATABASE_URL": "mysql://u:hunter2@h/n"}, "DATABASE_URL cannot be read"),
    "a bad proxy": ({"TRUSTED_PROXIES": "the-proxy"}, "'the-proxy' is no address"),
    "every proxy": ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "trusts the whole internet"),
    "half of all proxies": ({"TRUSTED_PROXIES": "128.0.0.0/7"}, "wider than /8"),
    "a huge IPv6 network": ({"TRUSTED_PROXIES": "2000::/15"}, "wider than /16"),
    "a host with a path": ({"ALLOWED_HOSTS": "https://split.example.org/"}, "ALLOWED_HOSTS holds an entry that is no"),
    "a host with a star": ({"ALLOWED_HOSTS": "*.example.org"}, "ALLOWED_HOSTS holds an entry that is no host name"),
    "a database in memory": ({"DATABASE_URL": "sqlite://:memory:"}, "DATABASE_URL keeps everything in memory"),
    "a database of no name": ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL keeps everything in memory"),
    "an SQLite address in memory": ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL keeps everything in memory"),
    "a cache of another kind": ({"CACHE_URL": "memcached://u:hunter2@h"}, "CACHE_URL cannot be read"),
    "a key for no bucket": ({"S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "hunter2"}, "S3_BUCKET is missing"),
    "half a key": ({"S3_BUCKET": "b", "S3_SECRET_KEY": "hunter2"}, "S3_ACCESS_KEY and S3_SECRET_KEY belong together"),
    "a store of no address": ({"S3_BUCKET": "b", "S3_ENDPOINT": "u:hunter2@store"}, "S3_ENDPOINT is no address"),
    "an unknown log level": ({"LOG_LEVEL": "chatty"}, "LOG_LEVEL is unknown"),
    "a weak token for metrics": ({"METRICS_TOKEN": "secret"}, "METRICS_TOKEN is too short or too plain"),
    "metrics for everybody": ({"METRICS_FROM": "0.0.0.0/0"}, "METRICS_FROM cannot be used"),
    "metrics for whoever the proxy serves": ({"METRICS_FROM": "127.0.0.1"}, "METRICS_FROM without TRUSTED_PROXIES"),
    "a misspelt profile": ({"SPLITCHECK_ENV": "prod"}, "SPLITCHECK_ENV is unknown"),
    "a bad port": ({"EMAIL_HOST": "mail", "EMAIL_PORT": "smtp"}, "EMAIL_PORT is not a whole number"),
    "bad verification": ({"EMAIL_VERIFICATION": "yes"}, "EMAIL_VERIFICATION is unknown"),
}


@pytest.mark.parametrize("name", slow_except(UNSAFE, *list(UNSAFE)[::6]))
def test_an_unsafe_environment_is_refused(tmp_path: Path, name: str) -> None:
    change, words = UNSAFE[name]
    done = python("-c", "import assess.settings", var=tmp_path, **{**GOOD, **change})
    assert done.returncode != 0
    assert words in done.stderr
    assert "ImproperlyConfigured" in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(
    "more",
    [
        {"SECRET_KEY_FALLBACKS": KEY[::-1]},
        {"ALLOWED_HOSTS": ".example.org,10.0.0.7,[::1]", "SITE_ADDRESS": "https://split.example.org:8443/"},
        {"EMAIL_HOST": "localhost", "EMAIL_USE_TLS": "0", "EMAIL_VERIFICATION": "mandatory"},
        {
            "EMAIL_HOST": "mail.example.org",
            "EMAIL_TO_FILES": "",
            "EMAIL_PORT": "465",
            "EMAIL_VERIFICATION": "mandatory",
        },
        {"CACHE_URL": "rediss://:word@cache:6379/0", "S3_BUCKET": "b", "S3_ENDPOINT": "http://store:9000"},
    ],
)
def test_a_safe_environment_starts(tmp_path: Path, more: dict[str, str]) -> None:
    done = python("-c", "import assess.settings", var=tmp_path, **{**GOOD, **more})
    assert done.returncode == 0, done.stderr


def test_refused_start_names_all_problems_at_once(tmp_path: Path) -> None:
    done = python("-c", "import assess.settings", var=tmp_path, SPLITCHECK_ENV="production", DEBUG="1")
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"):
        assert f"  - {name}" in done.stderr


PRINT = "from assess import settings as s; print({})"


def test_production_cookies_are_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    code = PRINT.format(
        "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG"
    )
    done = python("-c", code, var=tmp_path, **GOOD)
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "False"]


def test_forwarded_header_is_ignored_without_trusted_proxies(tmp_path: Path) -> None:
    code = PRINT.format("hasattr(s, 'SECURE_PROXY_SSL_HEADER')")
    assert python("-c", code, var=tmp_path, **GOOD).stdout.strip() == "False"
    assert python("-c", code, var=tmp_path, **GOOD, TRUSTED_PROXIES="10.0.0.5").stdout.strip() == "True"


def test_local_start_creates_a_secret_key_and_keeps_it(tmp_path: Path) -> None:
    first, second = (python("-c", PRINT.format("s.SECRET_KEY"), var=tmp_path).stdout.strip() for _ in range(2))
    assert first == second
    assert len(first) > 80
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    other = tmp_path / "other"
    assert python("-c", PRINT.format("s.SECRET_KEY"), var=other).stdout.strip() != first


def test_sqlite_is_set_so_that_no_save_is_lost(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.db import connection as c; k = c.cursor();"
        "ask = lambda name: k.execute(f'PRAGMA {name}').fetchone()[0];"
        "print(*(ask(n) for n in ('journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys')))"
    )
    done = python("-c", code, var=tmp_path, DJANGO_SETTINGS_MODULE="assess.settings")
    assert done.stdout.split() == ["wal", "2", "10000", "1"], done.stderr
