"""What configurations of import-linter and tach need to know of modules: the field `boundaries` of `evidence/1`. Pure.

They are written by whoever has only the file, and import-linter has to accept them as they are. So they may name only
modules and imports that it sees itself (it reads with grimp), and have to leave out what it sees and we do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assess.evidence.scanner.apps import app_of_path, is_test_path
from assess.evidence.scanner.cycles import Cycles
from assess.evidence.scanner.facts import App, FileFacts
from assess.evidence.scanner.imports import Modules, is_migration

#: Directories deeper than this are nobody's modules, and would be one call in another for each.
MAX_MODULE_DEPTH = 100


def outline_boundaries(
    facts: Sequence[FileFacts], apps: Sequence[App], roots: Sequence[str], cycles: Cycles
) -> dict[str, Any]:
    """The field `boundaries` of a scan that is not anonymised (there it is null)."""
    modules = Modules((each.path for each in facts), roots)
    apps_by_path = {app.path: app for app in apps}
    packages = find_readable_packages(facts, apps, modules)
    tree = ModuleTree("")
    for file in facts:
        name, root = modules.names.get(file.path, ("", ""))
        if name.count(".") > MAX_MODULE_DEPTH or packages.get(name.partition(".")[0]) != root:
            continue
        if is_seen_by_grimp(file.path, root, modules):
            owner = app_of_path(file.path, apps_by_path)
            tree.add(name, file, owner.id if owner else "")
    seen = {module.name for module in tree.walk() if module.file}
    importing = {
        module.name
        for module in tree.walk()
        if module.file
        and any(
            modules.name_of(path) in seen
            for statement in module.file.imports
            for path in modules.imported_by(module.file.path, statement)
        )
    }
    parts: list[dict[str, str]] = []
    around: set[str] = set()  # packages with parts of several apps in them, which cannot be a layer
    unbound = tree.topmost(lambda module: module.is_left_out)
    for module in tree.topmost(lambda module: len(module.owners) == 1 and module.file is not None, around):
        (app_id,) = module.owners
        if app_id:
            parts.append({"app": app_id, "module": module.name})
        else:
            unbound.append(module)
    left_out = around & importing
    for module in unbound:
        left_out |= {module.name} & importing
        if any(below.name in importing for child in module.children.values() for below in child.walk()):
            left_out.add(f"{module.name}.**")
    exceptions = {
        (edge.importer, edge.imported)
        for edge in cycles.cut_imports
        if {edge.importer, edge.imported} <= seen and not {edge.importer, edge.imported} & around
    }
    return {
        "packages": [{"name": name, "root": root.rstrip("/") or "."} for name, root in sorted(packages.items())],
        "parts": sorted(parts, key=lambda part: (part["app"], part["module"])),
        "exceptions": [{"importer": importer, "imported": imported} for importer, imported in sorted(exceptions)],
        "left_out": sorted(left_out),
    }


class ModuleTree:
    """A module with the modules below it: which apps they belong to, and whether all are tests or migrations."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.file: FileFacts | None = None
        self.children: dict[str, ModuleTree] = {}
        self.owners: set[str] = set()
        self.is_left_out = True

    def add(self, name: str, file: FileFacts, owner: str) -> None:
        """Add a file's module below this one, by its whole dotted name."""
        module = self
        path = ""
        for step in ["", *name.split(".")]:
            if step:
                path = f"{path}.{step}" if path else step
                module = module.children.setdefault(step, ModuleTree(path))
            module.owners.add(owner)
            module.is_left_out = module.is_left_out and (is_test_path(file.path) or is_migration(file.path))
        module.file = file

    def topmost(self, is_wanted: Callable[[ModuleTree], bool], passed: set[str] | None = None) -> list[ModuleTree]:
        """Wanted modules that do not lie below another wanted one; `passed` gets the names of those above them."""
        if self.name and is_wanted(self):
            return [self]
        if passed is not None and self.file:
            passed.add(self.name)
        return [each for child in self.children.values() for each in child.topmost(is_wanted, passed)]

    def walk(self) -> Iterator[ModuleTree]:
        yield self
        for child in self.children.values():
            yield from child.walk()


def find_readable_packages(facts: Sequence[FileFacts], apps: Sequence[App], modules: Modules) -> dict[str, str]:
    """Roots by name of the top-level packages with an app in them.

    A name that several roots have counts for the first of them: import-linter can import only one.
    """
    packages: dict[str, str] = {}
    for app in sorted(apps, key=lambda each: (each.kind, each.path)):
        for file in facts:
            if file.path.startswith(f"{app.path}/"):
                name, root = modules.names.get(file.path, ("", ""))
                if name and ("." in name or file.path.endswith("/__init__.py")):
                    packages.setdefault(name.partition(".")[0], root)
                    break
    return packages


def is_seen_by_grimp(path: str, root: str, modules: Modules) -> bool:
    """Whether no directory without `__init__.py` lies below one with it; grimp reads no further there."""
    *folders, _ = path[len(root) :].split("/")
    in_package = False
    folder = root
    for name in folders:
        folder += f"{name}/"
        has_init = f"{folder}__init__.py" in modules.names
        if in_package and not has_init:
            return False
        in_package = in_package or has_init
    return True
