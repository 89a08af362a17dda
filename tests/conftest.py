"""What every test may use: the cast, the built-in edition, and settings that make tests quick.

The cast: Alice leads a team, Bob is on it, Rita is the workspace's architect, Olga is on another team of the same
workspace.
Charlie and the architect Zoe belong to another workspace. Dana is on Alice's team and was switched off.
Vera views what Alice's team does; Ravi is a respondent of it.
Ada administers Alice's workspace and Yves the other one.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from hypothesis import settings as hypothesis_settings

from assess.people.models import Membership, Role, Team, User, Workspace
from assess.web import budgets
from tests.factories import EditionFactory, MembershipFactory, TeamFactory, UserFactory, WorkspaceFactory
from tests.pseudo import pseudo_locale

pytest_plugins = ("tests.times",)

QUICK = {
    # As Django's test client calls itself.
    "SITE_ADDRESS": "http://testserver",
    # One round instead of hundreds of thousands.
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    # No rows to clean up after; tests of throttling take the real cache.
    "CACHES": {
        name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
        for name in ("default", "process", "counts")
    },
    # Works without collectstatic, and whatever an older collectstatic left behind.
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}

#: Examples of each property: so many in `make test` and by hand, and in `make test-thorough`.
for name, examples in {"quick": 25, "thorough": 300}.items():
    # A shared machine may pause in any example. In CI the same code tries the same examples; by hand others each time.
    hypothesis_settings.register_profile(
        name, max_examples=examples, deadline=None, print_blob=True, derandomize="CI" in os.environ
    )
hypothesis_settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # WhiteNoise warns of a missing folder, and here warnings are errors.
    os.makedirs(settings.STATIC_ROOT, exist_ok=True)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Instead of pytest-django's, which migrates in each process of each run."""
    from tests.databases import migrated_database

    with django_db_blocker.unblock(), migrated_database(tmp_path_factory.mktemp("database")), django_db_blocker.block():
        yield


#: A slow machine must not refuse what a test asks for; tests of budgets use all of it up.
budgets.people.size = budgets.addresses.size = 1_000


@pytest.fixture(scope="session")
def busy_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process says whom it serves: beside it others test the same people's pages."""
    return tmp_path_factory.mktemp("busy")


@pytest.fixture(scope="session")
def witness_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What tests save is no witness of the developer's own database."""
    return tmp_path_factory.mktemp("witness")


@pytest.fixture(autouse=True)
def quick(settings: Any, busy_dir: Path, witness_dir: Path) -> Iterator[None]:
    for name, value in QUICK.items():
        setattr(settings, name, value)
    settings.BUSY_DIR = busy_dir
    # Its own for each test: the next one has not the events of this one. A folder is made once something is written.
    settings.WITNESS_DIR = witness_dir / uuid4().hex
    for spent in (budgets.people, budgets.addresses):
        spent.used.clear()
    budgets.refusals.waiting.clear()
    yield
    caches["process"].clear()
    caches["counts"].clear()
    if QUICK["CACHES"] == settings.CACHES:
        caches["default"].clear()


@pytest.fixture
def workspace(db: None) -> Workspace:
    return WorkspaceFactory(name="Harbour")


@pytest.fixture
def team(workspace: Workspace) -> Team:
    return TeamFactory(workspace=workspace, name="Payments")


@pytest.fixture
def other_team(workspace: Workspace) -> Team:
    return TeamFactory(workspace=workspace, name="Search")


@pytest.fixture
def other_workspace(db: None) -> Workspace:
    return WorkspaceFactory(name="Elsewhere")


@pytest.fixture
def charlies_team(other_workspace: Workspace) -> Team:
    return TeamFactory(workspace=other_workspace, name="Charlie's team")


def person(name: str, **membership: Any) -> User:
    user = UserFactory(name=name, email=f"{name.lower()}@example.org")
    MembershipFactory(user=user, **membership)
    return user


@pytest.fixture
def alice(team: Team) -> User:
    """Leads the team."""
    return person("Alice", team=team, role=Role.LEAD)


@pytest.fixture
def bob(team: Team) -> User:
    """On Alice's team."""
    return person("Bob", team=team)


@pytest.fixture
def olga(other_team: Team) -> User:
    """On another team of the same workspace."""
    return person("Olga", team=other_team)


@pytest.fixture
def rita(workspace: Workspace) -> User:
    """Architect of the workspace; on no team."""
    return person("Rita", team=None, workspace=workspace, role=Role.ARCHITECT)


@pytest.fixture
def charlie(charlies_team: Team) -> User:
    """A stranger: leads a team of another workspace."""
    return person("Charlie", team=charlies_team, role=Role.LEAD)


@pytest.fixture
def zoe(other_workspace: Workspace) -> User:
    """Architect of another workspace."""
    return person("Zoe", team=None, workspace=other_workspace, role=Role.ARCHITECT)


@pytest.fixture
def ada(workspace: Workspace) -> User:
    """Administrator of the workspace; on no team."""
    return person("Ada", team=None, workspace=workspace, role=Role.ADMINISTRATOR)


@pytest.fixture
def yves(other_workspace: Workspace) -> User:
    """Administrator of another workspace."""
    return person("Yves", team=None, workspace=other_workspace, role=Role.ADMINISTRATOR)


@pytest.fixture
def vera(team: Team) -> User:
    """Views what Alice's team does."""
    return person("Vera", team=team, role=Role.VIEWER)


@pytest.fixture
def ravi(team: Team) -> User:
    """A respondent of Alice's team: answers where he is asked, and reads nothing else."""
    return person("Ravi", team=team, role=Role.RESPONDENT)


@pytest.fixture
def gus(db: None) -> User:
    """A guest: came by a link, has a name and nothing else."""
    return UserFactory(name="Gus", email="gus@guest.invalid", is_guest=True, password="!")


@pytest.fixture
def dana(team: Team) -> User:
    """On Alice's team; her account was switched off."""
    user = person("Dana", team=team)
    user.is_active = False
    user.save()
    return user


@pytest.fixture
def edition(db: None) -> Any:
    return EditionFactory()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def alice_client(alice: User) -> Client:
    return client_of(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return client_of(bob)


@pytest.fixture
def rita_client(rita: User) -> Client:
    return client_of(rita)


@pytest.fixture
def ada_client(ada: User) -> Client:
    return client_of(ada)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return client_of(charlie)


__all__ = ["Membership", "client_of", "pseudo_locale"]
