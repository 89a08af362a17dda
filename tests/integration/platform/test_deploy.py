"""What stands in `deploy/` fits the site: its limits, its settings, its files. No engine builds or starts it here."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

from scripts.system_packages import NEEDS

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SITE_SERVICES = [each for each in COMPOSE["services"].values() if each["image"].startswith("splitcheck")]
KEY = "Zk3vQ9xw2LrT7uYpB5nMs8dFhJc6aGe4Xi1oRtUyWqEzAbCdKlPm"
UNITS = {"k": 1024, "m": 1024**2}


def nginx_limits() -> dict[str, int]:
    """Bytes that nginx lets through, by location; "" for all without a limit of their own."""
    limits, location = {}, ""
    for line in NGINX.splitlines():
        if match := re.match(r"\s*location (?:= |~ )?(\S+) \{", line):
            location = match[1]
        elif line.strip() == "}":
            location = ""
        elif match := re.match(r"\s*client_max_body_size (\d+)([km]);", line):
            limits[location] = int(match[1]) * UNITS[match[2]]
    return limits


def test_nginx_lets_through_what_the_site_takes_and_somewhat_more_so_that_the_site_can_say_why_not() -> None:
    """Else people meet nginx's own page for a file that we would take, or that our page would explain. Much more would
    let floods reach the site."""
    taken = {"": settings.LIMITS["body"], **settings.BODY_LIMITS}
    limits = nginx_limits()
    assert set(limits) == set(taken)
    for location, limit in limits.items():
        assert 1.5 * taken[location] <= limit <= 4 * taken[location], location


def test_every_file_that_somebody_may_send_fits_into_a_request() -> None:
    assert settings.LIMITS["logo"] < settings.LIMITS["body"]
    assert settings.LIMITS["report_upload"] < settings.BODY_LIMITS["/assessments/from-report/"]
    assert resolve("/assessments/from-report/").url_name == "assessment-from-report"


def test_nginx_asks_the_nodes_that_there_are_and_the_nodes_trust_that_nginx() -> None:
    nodes = [name for name in COMPOSE["services"] if name.startswith("web")]
    assert re.findall(r"^    server (\S+) ", NGINX, re.MULTILINE) == [f"{name}:8000" for name in nodes]
    proxy = COMPOSE["services"]["proxy"]["networks"]
    for node in nodes:
        service = COMPOSE["services"][node]
        # On no other network do they meet, or nginx would come from an address that is not trusted.
        assert set(service["networks"]) & set(proxy) == {"inside"}
        assert service["environment"]["TRUSTED_PROXIES"] == proxy["inside"]["ipv4_address"]
        assert service["environment"]["SPLITCHECK_ENV"] == "production"


def test_a_node_is_healthy_by_an_address_that_the_site_has() -> None:
    asks = " ".join(COMPOSE["services"]["web-1"]["healthcheck"]["test"])
    [address] = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", asks)
    assert resolve(address).url_name == "readyz"
    assert re.search(rf"location ~ \^/\([\w|]*{address[1:]}[\w|]*\)\$", NGINX)


def example_values() -> dict[str, str]:
    """What somebody writes into deploy/.env, with a secret for each value that they have to make up."""
    lines = (DEPLOY / "compose.env.example").read_text("utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if not line.startswith("#"))
    return {name: value or KEY for name, value in pairs}


@pytest.mark.slow
def test_the_site_starts_with_what_compose_gives_it(tmp_path: Path) -> None:
    """With the values of the example file and nothing else."""
    values = example_values()

    def fill_in(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        assert name in values or default is not None, f"{name} is in no example"
        return values.get(name, default or "")

    environment = {
        name: re.sub(r"\$\{(\w+)(?::\?|:-([^}]*))\}", fill_in, str(value))
        for name, value in SITE_SERVICES[0]["environment"].items()
    }
    assert all(service["environment"] == SITE_SERVICES[0]["environment"] for service in SITE_SERVICES)
    check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {**inherited, "SPLITCHECK_VAR": str(tmp_path)}
    done = subprocess.run(check, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_compose_and_its_example_name_only_settings_that_the_site_reads() -> None:
    known = set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert set(SITE_SERVICES[0]["environment"]) <= known
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert set(example_values()) <= asked
    assert asked - known == {"POSTGRES_PASSWORD", "TLS_FOLDER"}


def copied() -> dict[str, str]:
    """What the image takes from the checkout, and where to, below the site's folder."""
    pairs = re.findall(r"^COPY (?!--from)(\S+) (\S+)$", CONTAINERFILE, re.MULTILINE)
    return {source: source if target == "./" else target for source, target in pairs if target != "/"}


def test_all_that_is_copied_into_the_image_is_there_and_let_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    admitted = {line[1:] for line in ignore if line.startswith("!")}
    assert admitted == {*copied(), "requirements-machines.txt"}
    assert [name for name in admitted if not (ROOT / name).exists()] == []
    assert not any(fnmatch.fnmatch(name, pattern) for name in admitted for pattern in ignore if pattern[0] not in "*!#")


def test_nothing_in_the_image_comes_without_a_hash_or_runs_as_root() -> None:
    assert "--require-hashes -r /requirements-machines.txt" in CONTAINERFILE
    assert re.findall(r"^USER (\w+)$", CONTAINERFILE, re.MULTILINE) == ["splitcheck"]
    for service in SITE_SERVICES:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        # All that it may write to.
        assert all(volume.split(":")[1].startswith("/var/lib/splitcheck") for volume in service["volumes"])
    assert "SPLITCHECK_VAR=/var/lib/splitcheck" in CONTAINERFILE


def test_the_image_has_the_tested_python_and_the_libraries_that_pdfs_need() -> None:
    [python] = re.findall(r"^ARG PYTHON=([\d.]+)-slim", CONTAINERFILE, re.MULTILINE)
    tested = set(re.findall(r'python-version: "([\d.]+)"', (ROOT / ".github/workflows/ci.yml").read_text("utf-8")))
    assert tested == {python}
    for need in ("pdf", "fonts"):
        assert set(NEEDS[need][2]) <= set(CONTAINERFILE.split())


def pinned(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\n]+)", lines, re.MULTILINE))


def test_the_three_files_of_requirements_agree_on_every_version() -> None:
    site, machines, everything = map(pinned, ("requirements-site.txt", "requirements-machines.txt", "requirements.txt"))
    assert set(site.items()) < set(machines.items()) < set(everything.items())
    assert {"django-storages", "boto3"} <= set(machines) - set(site)


#: Asks for pages that read templates, fixtures and static files, as the image's own process.
ASK = """
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "127.0.0.1"})
print(*(client.get(path).status_code for path in ("/", "/quick/", "/sources/", "/account/login/", "/livez")))
"""


@pytest.mark.slow
def test_the_site_works_with_nothing_but_what_the_image_has(tmp_path: Path) -> None:
    for source, target in copied().items():
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile)(ROOT / source, tmp_path / target)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    var, collected = (tmp_path / name for name in ("machine", "collected"))
    environment = {**inherited, "SECRET_KEY": KEY, "DJANGO_SETTINGS_MODULE": "assess.settings"}
    environment |= {"SPLITCHECK_VAR": str(var), "STATIC_ROOT": str(collected)}

    def python(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    python("manage.py", "migrate", "--verbosity", "0")
    python("manage.py", "load_fixtures")
    assert python("-c", ASK) == "200 200 200 200 200"
    assert (collected / "staticfiles.json").exists()
    assert not (var / "secret_key").exists()  # or every image would hold the same key
