"""Tools are found where they are listed, imported or configured, and these three are told apart."""

import pytest

from assess.evidence.scanner.capabilities import find_capabilities, find_distributions, is_configuration
from assess.evidence.scanner.facts import Capability, FileFacts, Import, SourceFile
from tests.work import within


def found(configuration: dict[str, str], python: dict[str, list[Import]] | None = None) -> dict[str, Capability]:
    files = [SourceFile(path, content.encode()) for path, content in configuration.items()]
    facts = [FileFacts(path, 1, tuple(imports)) for path, imports in (python or {}).items()]
    return {each.name: each for each in find_capabilities(files, facts)}


def test_listed_imported_and_configured_are_told_apart_with_their_files() -> None:
    capabilities = found(
        {
            "requirements/base.txt": "celery[redis]==5.4 ; python_version > '3'\nopentelemetry-sdk\n",
            "deploy/otel-collector.yaml": "receivers: {}",
            ".github/workflows/test.yml": "on: push",
            "vendor/theme/.travis.yml": "not ours",
            "Dockerfile": "FROM python",
            "compose.override.yaml": "services: {}",
        },
        {
            "shop/celery.py": [Import(1, 0, "celery", ("Celery",))],
            "shop/events.py": [Import(1, 0, "google.cloud", ("pubsub_v1",)), Import(2, 1, "celery", ("app",))],
        },
    )
    assert capabilities == {
        "celery": Capability("broker", "celery", ("requirements/base.txt",), ("shop/celery.py",)),
        "compose": Capability("containers", "compose", configured=("compose.override.yaml",)),
        "docker": Capability("containers", "docker", configured=("Dockerfile",)),
        "github_actions": Capability("ci", "github_actions", configured=(".github/workflows/test.yml",)),
        "google_pubsub": Capability("broker", "google_pubsub", imported=("shop/events.py",)),
        "opentelemetry": Capability(
            "tracing", "opentelemetry", ("requirements/base.txt",), configured=("deploy/otel-collector.yaml",)
        ),
    }


def test_the_projects_own_package_is_not_taken_for_a_tool_of_that_name() -> None:
    imports = [Import(1, 0, "flags.models", ("Flag",)), Import(2, 0, "waffle", ("flag_is_active",))]
    own = found({}, {"src/flags/models.py": [], "src/shop/views.py": imports})
    assert set(own) == {"waffle"}
    # A package within another is imported by its whole name, so that `flags` alone is somebody else's.
    inner = found({}, {"shop/__init__.py": [], "shop/flags/models.py": [], "shop/views.py": imports})
    assert set(inner) == {"django_flags", "waffle"}


def test_contracts_between_modules_are_found_in_their_sections() -> None:
    capabilities = found(
        {
            "pyproject.toml": "[tool.importlinter]\nroot_package = 'shop'\n[[tool.importlinter.contracts]]\n",
            "setup.cfg": "[metadata]\nname = shop\n[importlinter:contract:1]\ntype = layers\n",
            "backend/tach.toml": "",
        }
    )
    assert capabilities["import_linter"].configured == ("pyproject.toml", "setup.cfg")
    assert capabilities["tach"].configured == ("backend/tach.toml",)


PYPROJECT = """
[build-system]
requires = ["setuptools", "kombu"]
[project]
name = "celery"
dependencies = [
    "Django_Waffle>=4",  # "huey"
    # "rq",
    'pika[x] ; python_version < "3.9"',
]
keywords = ["dramatiq"]
[project.optional-dependencies]
trace = ["sentry-sdk", "ddtrace"]
[dependency-groups]
test = ["tach", {include-group = "structlog"}]
[tool.uv]
dev-dependencies = ["loguru"]
[tool.poetry]
name = "newrelic"
[tool.poetry.dependencies]
python = "^3.11"
statsd = "^4"
datadog = { version = "1", optional = true }
[tool.poetry.group.dev.dependencies]
import-linter = "*"
[tool.poetry.dependencies.pybreaker]
version = "1"
"""
SETUP_PY = """
from setuptools import setup
setup(
    name="celery",
    install_requires=[
        "kombu>=5",  # "rq"
        'django-waffle',
    ],
    extras_require={"trace": ["ddtrace"]},
    classifiers=["huey"],
)
"""
SETUP_CFG = """
[metadata]
keywords = huey
[options]
packages = rq
install_requires =
    celery>=5
    # pika
    kombu
python_requires = >=3.9
[options.extras_require]
trace =
    ddtrace
"""
REQUIREMENTS = """
--index-url https://example.org/simple
-r base.txt
-e git+https://example.org/x.git#egg=celery
-e .
Kombu == 5.4 \\
    --hash=sha256:abc
# rq
waffle@https://example.org/w.whl
"""


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        (
            "pyproject.toml",
            PYPROJECT,
            {"django-waffle", "pika", "sentry-sdk", "ddtrace", "tach", "loguru", "python", "statsd", "datadog"}
            | {"import-linter", "pybreaker"},
        ),
        ("setup.py", SETUP_PY, {"kombu", "django-waffle", "trace", "ddtrace"}),
        ("setup.cfg", SETUP_CFG, {"celery", "kombu", "ddtrace"}),
        ("requirements-dev.txt", REQUIREMENTS, {"celery", "kombu", "waffle"}),
        ("deps/a.in", "celery", {"celery"}),
        (
            "Pipfile",
            "[[source]]\nname = 'rq'\n[packages]\n'celery' = '*'\n[dev-packages]\ntach = '*'",
            {"celery", "tach"},
        ),
        ("poetry.lock", '[[package]]\nname = "kombu"\nversion = "5"\n[package.extras]\nrq = ["rq"]', {"kombu"}),
        ("uv.lock", '[[package]]\nname = "kombu"\ndependencies = [\n    { name = "vine" },\n]', {"kombu"}),
        ("notes.txt", "celery", set()),
    ],
)
def test_each_kind_of_list_names_its_dependencies_and_nothing_else(path: str, content: str, expected: set[str]) -> None:
    assert find_distributions(path, content) == expected


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a/requirements.in", True),
        ("setup.py", True),
        (".github/CODEOWNERS", True),
        ("a/b/Dockerfile.prod", True),
        ("k8s/web/deployment.yaml", True),
        ("nginx/sites/shop.conf", True),
        ("shop/setup.html", False),
        ("docs/requirements.md", False),
        ("shop/k8s.yaml", False),
        ("fixtures/data.yaml", False),
        ("x\n/Dockerfile", True),
    ],
)
def test_only_files_that_tell_of_tools_are_read(path: str, wanted: bool) -> None:
    assert is_configuration(path) is wanted


@pytest.mark.slow
@pytest.mark.parametrize("path", ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"])
@pytest.mark.parametrize(
    "content",
    [
        "[" * 300_000,
        "[" + " " * 300_000,
        "install_requires=[" * 20_000,
        "'" * 300_000,
        "a=" * 150_000,
        "[project]\ndependencies=[" + "{" * 300_000,
        "[tool.poetry." + "dependencies." * 30_000 + "]",
        " " * 300_000,
    ],
    ids=range(8),
)
def test_no_list_takes_long(path: str, content: str) -> None:
    within(400_000, lambda: find_distributions(path, content))
