"""The scanner as one file: its own modules one after another, so that a team reads and runs a single thing."""

import ast
import symtable
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

PACKAGE: Final = "assess.evidence.scanner"

HEAD: Final = '''#!/usr/bin/env python3
"""Reads a Django project's code and history and writes counts to evidence.json, for upload to Splitcheck.

    python3 -I scan_repo.py PATH            writes evidence.json
    python3 -I scan_repo.py PATH --help     says what else it can do

Needs Python 3.9 or later and nothing else. It runs nothing of the project and sends nothing anywhere.
This file is put together from the modules of Splitcheck's scanner, each below its name.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 9):
    sys.exit("scan_repo: needs Python 3.9 or later.")
if __name__ == "__main__" and not getattr(sys.flags, "safe_path", sys.flags.isolated):
    # Without -I, Python would import from the directory of this file: from the project, if that is where it lies.
    sys.path.pop(0)

'''
FOOT: Final = """

if __name__ == "__main__":
    sys.exit(main())
"""


def build_single_file(sources: Mapping[str, str]) -> str:
    """One module of all: `sources` are the scanner's modules by name ("files"), without `__init__`.

    Raises ValueError where modules cannot share one namespace: a name that means two things, an import in a circle or
    within a function, or an import of the site's.
    """
    trees = {name: ast.parse(source) for name, source in sources.items()}
    needs = {name: sorted(find_needed_modules(name, tree)) for name, tree in trees.items()}
    try:
        order = list(TopologicalSorter({name: needs[name] for name in sorted(needs)}).static_order())
    except CycleError as error:
        raise ValueError(f"modules import each other in a circle: {error.args[1]}") from error
    check_names_are_unique(sources, trees)
    imports: set[str] = set()
    bodies = []
    for name in order:
        tree, lines = trees[name], sources[name].splitlines()
        removed: set[int] = set()
        for index, node in enumerate(tree.body):
            is_docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if is_docstring or isinstance(node, ast.Import | ast.ImportFrom):
                removed |= set(range(node.lineno - 1, node.end_lineno or node.lineno))
            if isinstance(node, ast.Import | ast.ImportFrom) and not is_own(node) and not is_future(node):
                imports.add(ast.unparse(node))
        said = (ast.get_docstring(tree) or "").splitlines()
        title = [f"# --- {name}.py", "#", *(f"# {line}".rstrip() for line in said), ""]
        kept = "\n".join(line for number, line in enumerate(lines) if number not in removed).strip("\n")
        bodies.append("\n".join(title) + "\n" + kept + "\n")
    ordered = sorted(imports - {"import sys"}, key=lambda line: (line.startswith("from"), line))
    return HEAD + "\n".join(ordered) + "\n\n\n" + "\n\n".join(bodies) + FOOT


def find_needed_modules(name: str, tree: ast.Module) -> set[str]:
    """The scanner's modules that a module imports. Raises ValueError for an import that a single file cannot have."""
    needed = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        place = f"{name}.py, line {node.lineno}"
        if node not in tree.body:
            raise ValueError(f"{place}: imports belong to the top of the module")
        if is_own(node):
            if (
                not isinstance(node, ast.ImportFrom)
                or node.module == PACKAGE
                or any(each.asname for each in node.names)
            ):
                raise ValueError(f"{place}: import names from the scanner's modules, each as it is")
            needed.add((node.module or "").removeprefix(PACKAGE + "."))
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "assess"):
            raise ValueError(f"{place}: the scanner imports nothing of the site")
    return needed


def is_own(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").startswith(PACKAGE)
    return isinstance(node, ast.Import) and any(each.name.startswith("assess") for each in node.names)


def is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def check_names_are_unique(sources: Mapping[str, str], trees: Mapping[str, ast.Module]) -> None:
    """Raises ValueError, with every name that means two things at the top of the modules."""
    homes: dict[str, set[str]] = {}
    for module, source in sources.items():
        for symbol in symtable.symtable(source, module, "exec").get_symbols():
            if symbol.is_assigned() and not symbol.is_imported():
                homes.setdefault(symbol.get_name(), set()).add(f"{module}.py")
        for node in trees[module].body:
            if isinstance(node, ast.Import | ast.ImportFrom) and not is_own(node):
                start = f"from {node.module} import" if isinstance(node, ast.ImportFrom) else "import"
                for each in node.names:
                    name = each.asname or (each.name if isinstance(node, ast.ImportFrom) else each.name.split(".")[0])
                    homes.setdefault(name, set()).add(f"{start} {each.name if each.asname else name}")
    twice = sorted(f"{name} ({', '.join(sorted(where))})" for name, where in homes.items() if len(where) > 1)
    if twice:
        raise ValueError(f"names that mean two things: {'; '.join(twice)}")
