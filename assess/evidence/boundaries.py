"""Boundaries to keep: configurations of import-linter and tach that hold in the scanned repository as it is.

Apps go into layers, so that imports point down. Imports that point up today are listed as exceptions, to be removed one
by one; a new one fails the check. Sources: https://import-linter.readthedocs.io/, https://docs.gauge.sh/.
"""

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence

from assess.evidence.records import Scan
from assess.language import _

#: A module, or all below one. Other names in a file were not written by our scanner; no configuration names them.
MODULE = re.compile(r"\w+(\.\w+)*(\.\*\*)?")


def why_no_boundaries(scan: Scan) -> str:
    """Why no configuration can be written from a scan, as a sentence; "" where it can."""
    if scan.data["anonymised"]:
        return _("Names are replaced in this scan. Boundaries name modules: scan without --anonymise for them.")
    if any(limit["code"] == "rows_cut" for limit in scan.data["limits"]):
        return _("This scan found more than its file may have, so some imports are not in it.")
    if len(find_parts(scan)) < 2:
        return _("This scan found fewer than two apps in packages that import-linter can read.")
    return ""


def count_exceptions(scan: Scan) -> int | None:
    """Imports that point up today: the exceptions left to remove. None where that is not known."""
    return None if why_no_boundaries(scan) else len(find_exceptions(scan))


def write_import_linter(scan: Scan) -> str:
    """TOML that `lint-imports --config FILE` accepts, or that goes into pyproject.toml; "" if `why_no_boundaries`.

    One contract of layers: a line is a layer, and apps in one line ("a | b") do not import each other either.
    """
    if why_no_boundaries(scan):
        return ""
    parts = find_parts(scan)
    layers = []
    for layer in find_layers(scan):
        single = [parts[app][0] for app in layer if len(parts.get(app, ())) == 1]
        # Parts of one app may import each other; import-linter has ":" for it, and no line may have both signs.
        layers += [" : ".join(parts[app]) for app in layer if len(parts.get(app, ())) > 1]
        layers += [" | ".join(single)] if single else []
    return "\n".join(
        (
            *describe_origin(scan),
            "# Save it as boundaries.toml at the top of the repository and run:",
            f"#   {import_linter_command(scan)}",
            "",
            "[tool.importlinter]",
            *toml_list("root_packages", sorted(find_roots_of_packages(scan))),
            "",
            "[[tool.importlinter.contracts]]",
            'name = "Apps import only what lies below them"',
            'type = "layers"',
            *toml_list("layers", layers),
            "ignore_imports = [",
            *describe_exceptions(scan),
            *describe_left_out(scan),
            "]",
            "",
        )
    )


def import_linter_command(scan: Scan) -> str:
    """What to type at the top of the repository, the configuration saved there as boundaries.toml."""
    roots = sorted(set(find_roots_of_packages(scan).values()))
    path = "" if roots == ["."] else f"PYTHONPATH={shlex.quote(':'.join(roots))} "
    return f"{path}lint-imports --config boundaries.toml"


def write_tach(scan: Scan) -> str:
    """A tach.toml that `tach check` accepts; "" if `why_no_boundaries`. Exceptions are deprecated dependencies."""
    if why_no_boundaries(scan):
        return ""
    parts = find_parts(scan)
    upward = {(each["from"], each["to"]) for each in scan.data["cycles"]["cut"]}
    targets: dict[str, set[str]] = {app: {app} for app in parts}
    for each in scan.data["imports"]:
        if each["imports"] and each["from"] in parts and each["to"] in parts:
            targets[each["from"]].add(each["to"])
    modules = []
    for app in sorted(parts):
        dependencies = [
            f"    {{ path = {quote(module)}{', deprecated = true' if (app, target) in upward else ''} }},"
            for target in sorted(targets[app])
            for module in parts[target]
        ]
        for module in parts[app]:
            own = f"    {{ path = {quote(module)} }},"
            listed = [each for each in dependencies if each != own]
            modules += ["", "[[modules]]", f"path = {quote(module)}", "depends_on = [", *listed, "]"]
    roots = sorted(set(find_roots_of_packages(scan).values()))
    return "\n".join(
        (
            *describe_origin(scan),
            "# Save it as tach.toml at the top of the repository and run: tach check",
            "# `deprecated = true` marks what points up today: remove it one by one.",
            "",
            *toml_list("source_roots", roots),
            *toml_list("exclude", sorted(find_excluded_paths(scan))),
            'root_module = "ignore"',
            *modules,
            "",
        )
    )


def find_layers(scan: Scan) -> list[list[str]]:
    """Apps by layer, the highest first: each as low as what it imports allows; exceptions and references apart."""
    upward = {(each["from"], each["to"]) for each in scan.data["cycles"]["cut"]}
    targets: dict[str, list[str]] = {app.id: [] for app in scan.apps}
    for each in scan.data["imports"]:
        if each["imports"] and (each["from"], each["to"]) not in upward:
            targets.setdefault(each["from"], []).append(each["to"])
    height: dict[str, int] = {}
    for app in reversed(scan.data["cycles"]["order"]):
        # In this order all that an app imports has been placed, unless somebody wrote the file by hand.
        height[app] = 1 + max((height.get(target, 0) for target in targets.get(app, ())), default=0)
    layers: dict[int, list[str]] = {}
    for app, level in sorted(height.items()):
        layers.setdefault(level, []).append(app)
    return [layers[level] for level in sorted(layers, reverse=True)]


def find_roots_of_packages(scan: Scan) -> Mapping[str, str]:
    """The directory that each top-level package lies in, by package; "." is the top of the repository.

    Others than below it are left out: people run what is written of them, with a search path in it.
    """
    packages = scan.data["boundaries"]["packages"]
    return {
        each["name"]: each["root"]
        for each in packages
        if re.fullmatch(r"\w+", each["name"]) and not re.search(r"^/|^~|[:\\]|(^|/)\.\.(/|$)", each["root"])
    }


def find_parts(scan: Scan) -> Mapping[str, list[str]]:
    """The modules and packages that are wholly an app's, by app; empty where the scan names none."""
    parts: dict[str, list[str]] = {}
    for part in (scan.data["boundaries"] or {"parts": ()})["parts"]:
        if MODULE.fullmatch(part["module"]):
            parts.setdefault(part["app"], []).append(part["module"])
    return parts


def find_exceptions(scan: Scan) -> list[tuple[str, str]]:
    """Imports that point up today, as (importer, imported)."""
    exceptions = (scan.data["boundaries"] or {"exceptions": ()})["exceptions"]
    pairs = {(each["importer"], each["imported"]) for each in exceptions}
    return sorted(pair for pair in pairs if all(MODULE.fullmatch(module) for module in pair))


def find_decay(before: Scan, after: Scan) -> list[tuple[str, str]]:
    """Imports that point up in the later scan and did not in the earlier one, as (importer, imported)."""
    return sorted(set(find_exceptions(after)) - set(find_exceptions(before)))


def find_left_out(scan: Scan) -> list[str]:
    return [each for each in scan.data["boundaries"]["left_out"] if MODULE.fullmatch(each)]


def find_excluded_paths(scan: Scan) -> Iterable[str]:
    """Globs of the files that tach leaves out, from the modules that import-linter's contract does not bind."""
    roots = find_roots_of_packages(scan)
    for module in find_left_out(scan):
        root = roots.get(module.partition(".")[0], ".")
        path = ("" if root == "." else f"{root}/") + module.removesuffix(".**").replace(".", "/")
        yield from [f"{path}/**"] if module.endswith(".**") else [f"{path}.py", f"{path}/__init__.py"]


def describe_exceptions(scan: Scan) -> Iterable[str]:
    """Lines for `ignore_imports`, by pair of apps."""
    pairs = find_exceptions_by_pair(scan)
    if pairs:
        yield "    # Today's exceptions. Remove them one by one: import-linter says when one is no longer needed."
    for (from_app, to_app), imports in pairs.items():
        yield f"    # {from_app} -> {to_app}: {len(imports)}"
        yield from (f"    {quote(f'{importer} -> {imported}')}," for importer, imported in imports)


def describe_left_out(scan: Scan) -> Iterable[str]:
    """Lines for `ignore_imports` that let what no contract binds import anything."""
    if left_out := find_left_out(scan):
        yield "    # Not bound by this contract: tests, migrations, and packages that have several apps in them."
        yield from (f"    {quote(f'{importer} -> **')}," for importer in left_out)


def find_exceptions_by_pair(scan: Scan) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """Exceptions as (importer, imported) by (from app, to app), the pair with the fewest first: the cheapest to end."""
    apps = {module: app for app, modules in find_parts(scan).items() for module in modules}
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for importer, imported in find_exceptions(scan):
        pairs.setdefault((app_of_module(importer, apps), app_of_module(imported, apps)), []).append(
            (importer, imported)
        )
    return dict(sorted(pairs.items(), key=lambda item: (len(item[1]), item[0])))


def app_of_module(module: str, apps: Mapping[str, str]) -> str:
    """The app of the part that a module is or lies in; the module itself outside of all."""
    name = module
    while name and name not in apps:
        name = name.rpartition(".")[0]
    return apps.get(name, module)


def describe_origin(scan: Scan) -> Sequence[str]:
    repository = scan.data["repository"]
    commit = f" at commit {repository['commit'][:12]}" if repository["commit"] else ""
    return (f"# Boundaries of {repository['name'] or 'the repository'}{commit}, written by Splitcheck from its scan.",)


def quote(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)


def toml_list(key: str, values: Iterable[str]) -> Sequence[str]:
    return (f"{key} = [", *(f"    {quote(value)}," for value in values), "]")
