"""Which apps a project has, and to which of them each first-party module belongs."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assess.evidence.scanner.classes import ClassIndex
from assess.evidence.scanner.facts import App, FileFacts

#: One app, or package, is looked at by its sub-packages where it has more than this share of the lines ...
GIANT_SHARE = 0.6
#: ... and most of its own are in at least this many sub-packages of at least this many lines.
GIANT_PARTS, PART_LINES = 3, 200
#: Directories of an app that are no part of their own.
NO_PARTS = {"management", "templatetags", "locale", "static", "templates", "fixtures"}
#: Modules at the top of a project that start it or build it; they belong to no app.
STARTERS = {"manage", "setup", "conftest", "wsgi", "asgi", "noxfile", "fabfile", "tasks", "celery", "conf", "gunicorn"}

TEST_DIRECTORY = re.compile(r"((unit)?tests?|testing|test[-_]?(app|project|site|proj|utils|data)s?|.*_tests?|e2e)\Z")
TEST_FILE = re.compile(r"(test_.*|.*_tests?|tests?|conftest)\.py\Z")


@dataclass
class FoundApp:
    """An app while it is being found: the directory is known, and what has been read of it."""

    label: str = ""
    found_by: set[str] = field(default_factory=set)


def find_roots(facts: Sequence[FileFacts]) -> list[str]:
    """The directories from which first-party modules are imported, sorted; "." is the top.

    A package's root is the directory above its topmost `__init__.py`. Where there are directories without
    `__init__.py` above, that directory wins whose names the imports and settings use most.
    """
    initialised = {parent_of(each.path) for each in facts if each.path.endswith("__init__.py")}
    mentions: Counter[str] = Counter()
    local: set[tuple[str, str]] = set()  # (directory, module) of imports, for modules that lie beside their importers
    for each in facts:
        names = set(each.django.get("installed_apps", {}).get("entries", ()))
        for statement in each.imports:
            if not statement.level:
                names.add(statement.module)
                names.update(f"{statement.module}.{name}" for name in statement.names)
        directory = parent_of(each.path)
        local.update((directory, name.split(".")[0]) for name in names)
        mentions.update({prefix for name in names for prefix in prefixes_of(name)})
    members: dict[str, set[str]] = {}
    for each in facts:
        directory, member = parent_of(each.path), each.path.rpartition("/")[2][: -len(".py")]
        while directory in initialised and directory != ".":
            member, directory = directory.rpartition("/")[2], parent_of(directory)
        members.setdefault(directory, set()).add(member)
    roots = set()
    for directory, names in members.items():
        packages = {name for name in names if join_path(directory, name) in initialised}
        # A package that nobody names, in a directory without `__init__.py` in another package, has no root of its own.
        inside = any(parent in initialised for parent in parents_of(directory))
        best, most = (directory, 0) if packages and not inside else ("", 0)
        beside, ancestor = "", directory
        while True:
            if beside or packages:
                votes = sum(mentions[beside + name] for name in names if beside or name in packages)
            else:
                votes = sum((directory, name) in local for name in names)
            if votes > most:
                best, most = ancestor, votes
            if ancestor == ".":
                break
            beside, ancestor = f"{ancestor.rpartition('/')[2]}.{beside}", parent_of(ancestor)
        if best:
            roots.add(best)
    return sorted(roots or {"."})


def root_of(path: str, roots: Sequence[str]) -> str:
    """The deepest root above a file; "" for the top."""
    return max((each for each in roots if each != "." and path.startswith(each + "/")), key=len, default="")


def module_name(path: str, roots: Sequence[str]) -> str:
    """A file's dotted module: "src/shop/orders/__init__.py" is "shop.orders" where "src" is a root."""
    root = root_of(path, roots)
    inside = path[len(root) + 1 :] if root else path
    dotted = inside[: -len(".py")].replace("/", ".")
    return dotted[: -len(".__init__")] if dotted.endswith(".__init__") else dotted


def unique_modules(facts: Sequence[FileFacts], roots: Sequence[str]) -> dict[str, str]:
    """Each file's dotted module by path. Where two roots have the same module, they stand before a colon.

    Two projects of one repository may each have `core.models`: "one:core.models" and "two:core.models".
    """
    modules = {each.path: module_name(each.path, roots) for each in facts}
    first: dict[str, str] = {}
    shared = set()
    for path, module in modules.items():
        if first.setdefault(module, path) != path:
            shared |= {root_of(first[module], roots), root_of(path, roots)}
    for path in modules:
        root = root_of(path, roots)
        if root and root in shared:
            modules[path] = f"{root.replace('.', '_')}:{modules[path]}"
    return modules


def find_apps(facts: Sequence[FileFacts], roots: Sequence[str]) -> list[App]:
    """Every app, and every first-party package outside the apps, sorted by id.

    Ids are unique; so are paths. With `app_of_path` each module in them belongs to exactly one. What only tests have is
    left out. An app that has most of the code is given as its sub-packages, each with the app's label.
    """
    found = find_directories(facts, roots)
    lines: Counter[str] = Counter()
    for each in facts:
        if not is_test_path(each.path):
            directory = parent_of(each.path)
            while True:
                lines[directory] += each.lines
                if directory == ".":
                    break
                directory = parent_of(directory)
    packages = find_packages(facts, roots, set(found))
    kinds = {**dict.fromkeys(packages, "package"), **dict.fromkeys(found, "app")}
    labels = {path: app.label for path, app in found.items()}
    for _ in range(3):
        parts = find_parts(facts, kinds, lines)
        if not parts:
            break
        giant, directories = parts
        for directory in directories:
            kinds[directory] = kinds[giant]
            if giant in labels:
                labels[directory] = labels[giant]
                found[directory] = found[giant]
    by_path = {path: App(path, labels.get(path, ""), "", path, kind) for path, kind in kinds.items()}
    signals: Counter[str] = Counter()
    for each in facts:
        owner = app_of_path(each.path, by_path)
        if owner and not is_test_path(each.path):
            signals[owner.path] += each.django.get("receivers", 0)
    apps: list[App] = []
    for path, app in by_path.items():
        module = module_name(join_path(path, "__init__.py"), roots) if path not in roots else "(top)"
        found_by = tuple(sorted(found[path].found_by)) if path in found else ("package",)
        label = app.label or module
        apps.append(replace(app, label=label, module=module, found_by=found_by, signals=signals[path]))
    labelled = Counter(app.label for app in apps)
    named = Counter(app.module for app in apps)
    taken: set[str] = set()
    apps.sort(key=lambda each: each.path)
    for position, app in enumerate(apps):
        # Where two have one label, modules tell them apart; where they have one module under two roots, paths do.
        names = [app.label] * (labelled[app.label] == 1) + [app.module] * (named[app.module] == 1) + [app.path]
        name = next((each for each in names if each not in taken), f"{app.kind} {app.path}")
        taken.add(name)
        apps[position] = replace(app, id=name)
    return sorted(apps, key=lambda each: each.id)


def find_directories(facts: Sequence[FileFacts], roots: Sequence[str]) -> dict[str, FoundApp]:
    """The directories that are apps, by settings, configurations, migrations and models; tests left out."""
    directories: dict[str, set[str]] = {}
    files: dict[str, set[str]] = {}
    for each in facts:
        module, directory = module_name(each.path, roots), parent_of(each.path)
        files.setdefault(module, set()).add(each.path)
        package = module if each.path.endswith("__init__.py") else module.rpartition(".")[0]
        if package:
            directories.setdefault(package, set()).add(directory)
    configs = {each.path: each.django.get("app_configs", ()) for each in facts}
    found: dict[str, FoundApp] = {}

    def add(directory: str, reason: str, label: str = "") -> None:
        app = found.setdefault(directory, FoundApp())
        app.found_by.add(reason)
        app.label = app.label or label

    real = [each for each in facts if not is_test_path(each.path)]
    labels_elsewhere = {}  # by directory of migrations that a setting gives to an app
    for each in real:
        for config in each.django.get("app_configs", ()):
            directory = parent_of(each.path)
            if config["name"] != ".":
                directory = nearest_path(directories.get(config["name"], ()), each.path)
            if directory and not is_test_path(directory + "/"):
                add(directory, "app_config", config["label"])
        for label, module in each.django.get("migration_modules", {}).items():
            for directory in directories.get(module, ()):
                labels_elsewhere[directory] = label
    for each in facts:
        in_tests = is_test_path(each.path)  # an app may be called "tests", where real settings list it
        for entry in each.django.get("installed_apps", {}).get("entries", ()):
            directory = nearest_path(directories.get(entry, ()), each.path)
            module, _, name = entry.rpartition(".")
            file = nearest_path(files.get(module, ()), each.path)
            if file and not directory:
                # A configuration that inherits its name is another distribution's app, configured here.
                named = next((config["name"] for config in configs[file] if config["class"] == name), ".")
                directory = parent_of(file) if named == "." else nearest_path(directories.get(named, ()), file)
            if directory and not is_test_path((directory if in_tests else parent_of(directory)) + "/"):
                add(directory, "settings")
    for each in real:
        directory = parent_of(each.path)
        if "migration" in each.django and directory not in labels_elsewhere:
            app = parent_of(directory)
            if not is_test_path(app + "/"):
                add(app, "migrations")
    index = ClassIndex(real, unique_modules(real, roots))
    for path in sorted({each.path for each in index.concrete_models()}):
        directory = parent_of(path)
        directory = parent_of(directory) if directory.endswith("/models") or directory == "models" else directory
        owner = next((each for each in [directory, *parents_of(directory)] if each in found), None)
        if owner is not None:
            found[owner].found_by.add("models")
        elif re.search(r"(^|/)models(/[^/]+)?\.py\Z", path) and directory != ".":
            add(directory, "models")
    for unwanted in [each for each in found if each == "." or each.startswith(".") or "/." in each]:
        del found[unwanted]  # a tool's, such as .github
    for directory, found_app in found.items():
        module = module_name(join_path(directory, "__init__.py"), roots)
        found_app.label = found_app.label or module.rpartition(".")[2]
        if found_app.label in labels_elsewhere.values():
            found_app.found_by.add("migrations")
    return found


def find_packages(facts: Sequence[FileFacts], roots: Sequence[str], apps: set[str]) -> set[str]:
    """The directories of first-party packages outside the apps.

    A package without an app in it is one. Of a package with apps in it the other sub-packages are one each, and what is
    left is the package's own.
    """
    imported = {statement.module for each in facts for statement in each.imports if not statement.level}
    above_apps = {directory for app in apps for directory in parents_of(app)}
    initialised = {parent_of(each.path) for each in facts if each.path.endswith("__init__.py")}
    packages = set()
    for each in facts:
        directory = parent_of(each.path)
        name = each.path.rpartition("/")[2][: -len(".py")]
        if (
            not each.lines
            or is_test_path(each.path)
            or any(parent in apps for parent in [directory, *parents_of(directory)])
        ):
            continue
        if directory in roots:
            if name in imported and name not in STARTERS:
                packages.add(directory)
            continue
        chain = [directory, *parents_of(directory)]
        below = next((position for position, parent in enumerate(chain) if parent in roots), len(chain) - 1)
        chain = [parent for parent in chain[:below] if parent != "."]
        outside = [parent for parent in chain if parent not in above_apps]
        package = outside[-1] if outside else chain[-1] if chain else ""
        if (package in initialised or package in above_apps) and not package.startswith("."):
            packages.add(package)
    return packages


def find_parts(
    facts: Sequence[FileFacts], kinds: dict[str, str], lines: dict[str, int]
) -> tuple[str, list[str]] | None:
    """The app that has most of the code, with its sub-packages to look at instead; None where there is no such app."""
    by_path = {path: App(path, "", "", path, kind) for path, kind in kinds.items()}
    migrations = {parent_of(each.path) for each in facts if "migration" in each.django}
    own: Counter[str] = Counter()
    for each in facts:
        owner = app_of_path(each.path, by_path)
        if owner and not is_test_path(each.path) and parent_of(each.path) not in migrations:
            own[owner.path] += each.lines
    for path, count in own.most_common(1):
        if count > GIANT_SHARE * sum(own.values()):
            below = {
                join_path(path, each.path[len(path) + 1 :].split("/")[0])
                for each in facts
                if each.path.startswith(path + "/")
                and "/" in each.path[len(path) + 1 :]
                and not is_test_path(each.path)
            }
            parts = [
                part
                for part in sorted(below - set(kinds) - migrations)
                if part.rpartition("/")[2] not in NO_PARTS and lines[part] >= PART_LINES
            ]
            if len(parts) >= GIANT_PARTS and sum(lines[part] for part in parts) > count / 2:
                return path, parts
    return None


def app_of_path(path: str, apps_by_path: dict[str, App]) -> App | None:
    """The app in whose directory a file is, the longest path first; None outside all of them.

    `apps_by_path` is `{app.path: app for app in apps}`.
    """
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in apps_by_path:
            return apps_by_path[path]
    return apps_by_path.get(".")


def is_test_path(path: str) -> bool:
    """Whether a file is a test or belongs to tests, by its path: their apps, models and lines are left out."""
    *directories, name = path.split("/")
    return bool(TEST_FILE.match(name)) or any(TEST_DIRECTORY.match(each) for each in directories)


def nearest_path(paths: Iterable[str], path: str) -> str:
    """Of some paths the one with the most directories in common with `path`, the shortest of several; "" of none."""
    parts = path.split("/")

    def order(other: str) -> tuple[int, int, str]:
        pairs = zip(parts, other.split("/"))
        return (-sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)), len(other), other)

    return min(paths, key=order, default="")


def parent_of(path: str) -> str:
    """The directory above; "." is the top, and its own."""
    return path.rpartition("/")[0] or "."


def parents_of(path: str) -> Iterator[str]:
    """The directories above, from the nearest to "."."""
    while path != ".":
        path = parent_of(path)
        yield path


def join_path(directory: str, name: str) -> str:
    return name if directory == "." else f"{directory}/{name}"


def prefixes_of(dotted: str) -> list[str]:
    """ "a.b.c" gives "a", "a.b" and "a.b.c"."""
    parts = dotted.split(".")
    return [".".join(parts[: position + 1]) for position in range(len(parts))]
