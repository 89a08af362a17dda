"""docs/asvs.md tells the truth: its counts, its tests, its inventories; and a few points that no other test shows."""

import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from assess.people.models import User
from assess.people.tokens import TOKEN_BYTES

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/asvs.md").read_text("utf-8")
POINTS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (met|not met|does not apply) \| (.+?) \| (.*?) ?\|$", PAGE, re.MULTILINE)
#: Points of levels 1 and 2 in version 5.0.0, by chapter.
POINTS_OF_THE_STANDARD = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
SETTINGS = re.findall(r"^#?([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE)


def test_every_point_of_the_standard_is_there_once() -> None:
    chapters = Counter(int(point.partition(".")[0]) for point, *_rest in POINTS)
    assert [chapters[number] for number in range(1, 18)] == POINTS_OF_THE_STANDARD
    assert len({point for point, *_rest in POINTS}) == len(POINTS) == sum(POINTS_OF_THE_STANDARD)


def test_the_counts_of_the_page_are_true() -> None:
    counts = Counter(state for _point, state, *_rest in POINTS)
    applying = len(POINTS) - counts["does not apply"]
    sentence = f"{len(POINTS)} points, of which {applying} apply: {counts['met']} are met, {counts['not met']} are not."
    assert sentence in PAGE
    assert counts["met"] >= 180
    for number in range(1, 18):
        states = Counter(state for point, state, *_rest in POINTS if point.startswith(f"{number}."))
        total, absent = states.total(), states["does not apply"]
        row = rf"\| V{number} [^|]+\| {total} \| {total - absent} \| {states['met']} \| {states['not met']} \|"
        assert re.search(row, PAGE), number


def test_every_point_that_is_met_names_tests_that_exist() -> None:
    missing = []
    for point, state, how, tests in POINTS:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
        assert bool(named) == (state == "met"), point
        assert how.strip(), point
        for file, name in named:
            path = ROOT / "tests" / file
            if not path.exists() or not re.search(rf"^ *def {name}\(", path.read_text("utf-8"), re.MULTILINE):
                missing.append(f"{point}: {file}::{name}")
    assert missing == []


def test_every_page_that_is_named_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+\.md)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def section(heading: str) -> str:
    return PAGE.partition(f"### {heading}\n")[2].partition("\n### ")[0]


def test_every_setting_that_holds_a_secret_is_in_the_inventory() -> None:
    secret = [name for name in SETTINGS if re.search("KEY|SECRET|PASSWORD|TOKEN|DATABASE_URL", name)]
    assert len(secret) >= 6
    assert [name for name in secret if f"`{name}`" not in section("Keys and algorithms")] == []


def test_every_setting_that_names_another_machine_is_in_the_inventory() -> None:
    others = [name for name in SETTINGS if re.search("_URL|EMAIL_HOST$|ISSUER|PROXIES|_FROM$|ENDPOINT", name)]
    assert len(others) >= 5
    assert [name for name in others if f"`{name}`" not in section("Whom the site talks to")] == []


def test_every_logger_of_security_events_is_in_the_inventory() -> None:
    for name in re.findall(r"`(assess\.[\w.]+)`", section("Logs")):
        source = ROOT / f"{name.replace('.', '/')}.py"
        assert "logging.getLogger(__name__)" in source.read_text("utf-8"), name


def test_logs_go_to_standard_error_alone() -> None:
    assert {handler["class"] for handler in settings.LOGGING["handlers"].values()} == {"logging.StreamHandler"}


def test_every_package_is_pinned_by_hash() -> None:
    for name in ("requirements.txt", "requirements-site.txt"):
        entries = re.split(r"\n(?=[a-z])", (ROOT / name).read_text("utf-8").partition("make lock\n")[2])
        assert len(entries) > 40
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_secrets_have_enough_bits() -> None:
    from django.contrib.sessions.backends.base import VALID_KEY_CHARS

    assert TOKEN_BYTES * 8 == 256
    assert 32 * math.log2(len(VALID_KEY_CHARS)) > 128  # of a session's key


def test_passwords_are_hashed_slowly() -> None:
    """As the standard's appendix asks of PBKDF2 with SHA-256. Tests themselves use a quick one."""
    from assess import settings as site

    assert not hasattr(site, "PASSWORD_HASHERS")  # Django's own: PBKDF2 first
    assert PBKDF2PasswordHasher.iterations >= 600_000


@pytest.mark.django_db
def test_a_long_password_is_taken_whole_and_case_counts(client: Client, alice: User) -> None:
    password = "Otter " * 20 + "é"
    alice.set_password(password)
    alice.save()
    for wrong in (password.lower(), password[:72], password[:-1]):
        assert client.post("/account/login/", {"login": alice.email, "password": wrong}).status_code == 200
    assert client.post("/account/login/", {"login": alice.email, "password": password}).status_code == 302


@pytest.mark.django_db
def test_every_page_of_somebody_signed_in_has_a_way_to_sign_out(alice_client: Client) -> None:
    for address in ("/assessments/", "/account/you/", "/portfolio/", "/quick/"):
        assert b"/account/logout/" in alice_client.get(address, follow=True).content, address


@pytest.mark.django_db
def test_trace_is_refused(client: Client) -> None:
    for address in ("/", "/account/login/", "/livez"):
        assert client.generic("TRACE", address).status_code in (403, 405), address


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/.env.example",
        "/manage.py",
        "/var/splitcheck.sqlite3",
        "/static/",
        "/static/../manage.py",
    ],
)
def test_no_file_of_the_checkout_is_served(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_documented_proxy_takes_current_tls_only() -> None:
    server = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in server
    assert "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;" in server


def test_scripts_keep_what_they_read_in_maps() -> None:
    for script in (ROOT / "static").glob("*.js"):
        text = script.read_text("utf-8")
        assigned: set[Any] = set(re.findall(r"(\w+\[[^\]\"'0-9]+\])\s*=[^=]", text))
        assert assigned <= {"answer[name]"}, script.name  # names of a constant list
        assert "__proto__" not in text
