"""Which apps a project has, and to which of them each first-party module belongs."""

from __future__ import annotations

from collections.abc import Sequence

from assess.evidence.scanner.facts import App, FileFacts


def find_roots(facts: Sequence[FileFacts]) -> list[str]:
    """The directories from which first-party modules are imported, sorted; "." is the top."""
    return ["."]


def module_name(path: str, roots: Sequence[str]) -> str:
    """A file's dotted module: "src/shop/orders/__init__.py" is "shop.orders" where "src" is a root."""
    return path[: -len(".py")].replace("/", ".")


def find_apps(facts: Sequence[FileFacts], roots: Sequence[str]) -> list[App]:
    """Every app, and every first-party package outside the apps, sorted by id.

    Ids are unique; so are paths. With `app_of_path` each first-party module belongs to exactly one.
    """
    return []


def app_of_path(path: str, apps_by_path: dict[str, App]) -> App | None:
    """The app in whose directory a file is, the longest path first; None outside all of them.

    `apps_by_path` is `{app.path: app for app in apps}`.
    """
    while path:
        path = path.rpartition("/")[0]
        if path in apps_by_path:
            return apps_by_path[path]
    return apps_by_path.get(".")


def is_test_path(path: str) -> bool:
    """Whether a file is a test or belongs to tests: their apps, models and lines are left out."""
    return False
