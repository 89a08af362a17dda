"""From what files import to edges between modules and apps: an own resolver over names and paths. Pure.

A module's name follows from its path and the root it lies under; a directory without `__init__.py` makes modules too.
Nothing is imported and `sys.path` is not asked, so a first-party name always wins over an installed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assess.evidence.scanner.apps import app_of_path, is_test_path
from assess.evidence.scanner.facts import App, FileFacts, Import, ImportEdge


def resolve_imports(facts: Sequence[FileFacts], apps: Sequence[App], roots: Sequence[str]) -> list[ImportEdge]:
    """Imports and references from a first-party module to another, within an app and between two; sorted.

    One for each module that a statement names: `from shop import orders, users` gives two. Not among them: what tests
    and migrations import, and modules that belong to no app. An app's module is the one with the longest `path` around
    it. `roots` are directories from which modules are imported ("." is the top).
    """
    modules = Modules((each.path for each in facts), roots)
    apps_by_path = {app.path: app for app in apps}
    targets_of_labels = find_targets_of_labels(apps, modules)
    edges = []
    for file in facts:
        from_app = app_of_path(file.path, apps_by_path)
        if not from_app or is_test_path(file.path) or is_migration(file.path):
            continue
        importer = modules.name_of(file.path)
        found = {
            (each.line, imported, each.lazy, each.type_checking, "import")
            for each in file.imports
            for imported in modules.imported_by(file.path, each)
        }
        for line, text in file.references:
            imported = resolve_reference(text, file.path, modules, targets_of_labels)
            if imported and imported != file.path:
                found.add((line, imported, False, False, "reference"))
        for line, imported, lazy, type_checking, kind in sorted(found):
            to_app = app_of_path(imported, apps_by_path)
            if to_app:
                edges.append(
                    ImportEdge(
                        importer=importer,
                        imported=modules.name_of(imported),
                        from_app=from_app.id,
                        to_app=to_app.id,
                        path=file.path,
                        line=line,
                        lazy=lazy,
                        type_checking=type_checking,
                        kind=kind,
                    )
                )
    return sorted(edges, key=lambda edge: (edge.path, edge.line, edge.imported, edge.kind))


class Modules:
    """First-party modules by name and by path. With several roots, a name is looked up in the importer's own first."""

    def __init__(self, paths: Iterable[str], roots: Sequence[str]) -> None:
        # The deepest root around a file is its own: with "." and "src", src/shop/cart.py is shop.cart.
        self.roots = sorted({"" if root in ("", ".") else root.rstrip("/") + "/" for root in roots}, key=deepest_first)
        self.paths_by_root: dict[str, dict[str, str]] = {root: {} for root in self.roots}
        self.paths: dict[str, str] = {}
        self.names: dict[str, tuple[str, str]] = {}
        for path in sorted(paths):
            for root in self.roots:
                if path.startswith(root):
                    name = name_from_path(path[len(root) :])
                    self.names.setdefault(path, (name, root))
                    known = self.paths_by_root[root].get(name)
                    if name and (
                        known is None or path.endswith("/__init__.py")
                    ):  # a package hides a module, as in Python
                        self.paths_by_root[root][name] = path
        for root in self.roots:
            for name, path in self.paths_by_root[root].items():
                self.paths.setdefault(name, path)

    def name_of(self, path: str) -> str:
        """A module's dotted name under its own root; made of its path where it cannot be imported at all."""
        name = self.names.get(path, ("", ""))[0]
        return name or path[:-3].replace("/", ".")

    def find(self, name: str, importer: str) -> str:
        """The path of a module as a file sees it, or ""."""
        own = self.names.get(importer)
        return (own and self.paths_by_root[own[1]].get(name)) or self.paths.get(name, "")

    def imported_by(self, path: str, statement: Import) -> Iterator[str]:
        """Paths of the modules that an import statement names, without the file itself; some more than once."""
        base = statement.module
        if statement.level:
            package = self.name_of(path).split(".")
            up = statement.level - path.endswith("__init__.py")
            if up >= len(package) and up:
                return  # beyond the root, as Python refuses it
            base = ".".join([*package[: len(package) - up], *([base] if base else [])])
        for name in statement.names or ("",):
            # A submodule, else a name in the module; `import a.b` names a module, or what `a` makes of it.
            whole = f"{base}.{name}" if name else base
            found = self.find(whole, path) or self.find(whole.rpartition(".")[0], path)
            if found and found != path:
                yield found


def deepest_first(root: str) -> tuple[int, str]:
    return -root.count("/"), root


def name_from_path(path: str) -> str:
    """A module's dotted name from its path below a root; "" where Python could not import it by a name."""
    folders = path.split("/")
    stem = folders.pop()[: -len(".py")]
    if "." in stem or not all(folder.isidentifier() for folder in folders):
        return ""
    return ".".join(folders if stem == "__init__" else [*folders, stem])


def find_targets_of_labels(apps: Iterable[App], modules: Modules) -> dict[str, str]:
    """Where "label.Model" leads, as a path by label: the app's models, or what else it has. No label of two apps.

    Sub-packages of one giant app have its label, and the label leads to the giant.
    """
    by_label: dict[str, list[App]] = {}
    for app in sorted(apps, key=lambda each: (len(each.path), each.path)):
        if app.kind == "app":
            by_label.setdefault(app.label, []).append(app)
    targets = {}
    for label, (app, *others) in by_label.items():
        if all(other.path.startswith(f"{app.path}/") for other in others):
            targets[label] = modules.paths.get(f"{app.module}.models") or modules.paths.get(app.module, "")
    return targets


def resolve_reference(text: str, importer: str, modules: Modules, targets_of_labels: dict[str, str]) -> str:
    """The path of the module that a string names, or "": "orders.Order", "shop.orders.tasks.send", "shop.urls".

    A dotted path may end in two names inside the module (a class and its method), but begins with a package and a
    module: "orders.view_order" is a permission, "settings.DEBUG" a text.
    """
    label, _, rest = text.partition(".")
    if rest and "." not in rest and rest[0].isupper() and targets_of_labels.get(label):
        return targets_of_labels[label]
    for _ in range(3):
        if "." not in text:
            return ""
        found = modules.find(text, importer)
        if found:
            return found
        text = text.rpartition(".")[0]
    return ""


def is_migration(path: str) -> bool:
    return "migrations" in path.split("/")[:-1]
