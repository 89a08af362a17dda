"""What a scan found, as the file `evidence/1`: put together, cut to the contract's limits, sorted. Pure."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assess.evidence.scanner.apps import app_of_path, is_test_path
from assess.evidence.scanner.cycles import Cycles
from assess.evidence.scanner.facts import (
    App,
    Capability,
    FileFacts,
    GitReading,
    History,
    ImportEdge,
    Model,
    People,
    Problem,
    Relation,
    Rhythm,
)
from assess.evidence.scanner.files import printable

EVIDENCE_FORMAT = "evidence/1"
#: The contract's, which the site has in `schema.py`; a test compares them.
MAX_EVIDENCE_APPS = 400
MAX_EVIDENCE_ROWS = 20_000
MAX_EVIDENCE_LISTED = 500
MAX_EVIDENCE_BYTES = 5_000_000
MAX_EVIDENCE_ROOTS = 200
MAX_EXAMPLES = 1
#: Texts that may be empty; a name may not.
MAY_BE_EMPTY = {"detail", "name"}
#: Lists whose order means something.
IN_ORDER = {"order", "first"}
#: What the items of a list are about, most important first.
SORTED_BY = (
    "id",
    "app",
    "from_app",
    "from",
    "a",
    "to",
    "b",
    "from_model",
    "kind",
    "name",
    "field",
    "code",
    "reason",
    "path",
)


def keep_largest_apps(apps: Sequence[App], facts: Sequence[FileFacts]) -> tuple[list[App], int]:
    """As many apps as the file may have, Django's before packages and those of many files first; and how many went."""
    if len(apps) <= MAX_EVIDENCE_APPS:
        return list(apps), 0
    by_path = {app.path: app for app in apps}
    files = Counter(app_of_path(each.path, by_path) for each in facts)
    ranked = sorted(apps, key=lambda app: (app.kind != "app", -files[app], app.id))
    return sorted(ranked[:MAX_EVIDENCE_APPS], key=lambda app: app.id), len(apps) - MAX_EVIDENCE_APPS


def build_evidence(
    *,
    name: str,
    scanned_at: str,
    tool: Mapping[str, str],
    roots: Sequence[str],
    facts: Sequence[FileFacts],
    problems: Sequence[Problem],
    limits: Mapping[str, int],
    apps: Sequence[App],
    models: Sequence[Model],
    relations: Sequence[Relation],
    edges: Sequence[ImportEdge],
    cycles: Cycles,
    boundaries: Mapping[str, Any] | None,
    git: GitReading,
    history: History | None,
    people: People | None,
    rhythm: Rhythm | None,
    capabilities: Sequence[Capability],
) -> dict[str, Any]:
    """The file's content, in the contract's shape and sorted. `limits` are counts by code; rows cut add to them."""
    evidence: dict[str, Any] = {
        "format": EVIDENCE_FORMAT,
        "tool": dict(tool),
        "scanned_at": scanned_at,
        "anonymised": False,
        "repository": {
            "name": name,
            "commit": git.log.commit if git.log else None,
            "committed_on": git.log.committed_on if git.log else None,
            "shallow": bool(git.log and git.log.shallow),
            "roots": list(roots)[:MAX_EVIDENCE_ROOTS],
        },
        "limits": [{"code": code, "count": count} for code, count in limits.items()],
        "unread": describe_problems(problems),
        "files": {"python": len(facts), "lines": sum(each.lines for each in facts)},
        "apps": describe_apps(apps, facts, relations, edges),
        "models": [dict(vars(model)) for model in models],
        "relations": [
            {**vars(each), "to_app": each.to_app or None} for each in relations if each.from_app != each.to_app
        ],
        "imports": describe_imports(edges),
        "cycles": {
            "imports": cycles.imports,
            "groups": [list(group) for group in cycles.groups],
            "order": list(cycles.order),
            "cut": [{"from": source, "to": target, "imports": count} for source, target, count in cycles.cut],
            "cut_imports": [
                {
                    "path": each.path,
                    "line": each.line,
                    "importer": each.importer,
                    "imported": each.imported,
                    "from": each.from_app,
                    "to": each.to_app,
                }
                for each in cycles.cut_imports
            ],
        },
        "boundaries": boundaries,
        "history": history and describe_history(history),
        "people": people and describe_people(people),
        "rhythm": rhythm and dict(vars(rhythm)),
        "capabilities": [
            {
                "kind": each.kind,
                "name": each.name,
                "listed": list(each.listed)[:20],
                "imported": list(each.imported)[:20],
                "configured": list(each.configured)[:20],
            }
            for each in capabilities[:300]
        ],
    }
    sorted_evidence: dict[str, Any] = sort_evidence(cut_rows(clean_strings(evidence)))
    return sorted_evidence


def describe_problems(problems: Sequence[Problem]) -> dict[str, Any]:
    """How many files were not read for which reason, and the first of them by path."""
    counts = Counter(each.reason for each in problems)
    return {
        "counts": [{"reason": reason, "files": files} for reason, files in counts.items()],
        "first": [dict(vars(each)) for each in sorted(problems, key=lambda each: (each.path, each.reason, each.line))][
            :MAX_EVIDENCE_LISTED
        ],
    }


def describe_apps(
    apps: Sequence[App], facts: Sequence[FileFacts], relations: Sequence[Relation], edges: Sequence[ImportEdge]
) -> list[dict[str, Any]]:
    by_path = {app.path: app for app in apps}
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    test_lines: Counter[str] = Counter()
    for each in facts:
        app = app_of_path(each.path, by_path)
        if app:
            files[app.id] += 1
            (test_lines if is_test_path(each.path) else lines)[app.id] += each.lines
    relations_within = Counter(each.from_app for each in relations if each.from_app == each.to_app)
    imports_within = Counter(each.from_app for each in edges if each.from_app == each.to_app and each.kind == "import")
    return [
        {
            "id": app.id,
            "label": app.label,
            "module": app.module,
            "path": app.path,
            "kind": app.kind,
            "found_by": sorted(set(app.found_by)),
            "files": files[app.id],
            "lines": lines[app.id],
            "test_lines": test_lines[app.id],
            "signals": app.signals,
            "relations_within": relations_within[app.id],
            "imports_within": imports_within[app.id],
        }
        for app in apps
    ]


def describe_imports(edges: Sequence[ImportEdge]) -> list[dict[str, Any]]:
    """Imports and references by pair of apps, with the first of them."""
    pairs: dict[tuple[str, str], list[ImportEdge]] = defaultdict(list)
    for each in edges:
        if each.from_app != each.to_app:
            pairs[each.from_app, each.to_app].append(each)
    described = []
    for (source, target), between in pairs.items():
        statements = [each for each in between if each.kind == "import"]
        examples = sorted(between, key=lambda each: (each.kind != "import", each.path, each.line, each.imported))
        described.append(
            {
                "from": source,
                "to": target,
                "imports": len(statements),
                "lazy": sum(each.lazy for each in statements),
                "references": len(between) - len(statements),
                "examples": [
                    {"path": each.path, "line": each.line, "importer": each.importer, "imported": each.imported}
                    for each in examples[:MAX_EXAMPLES]
                ],
            }
        )
    return described


def describe_history(history: History) -> dict[str, Any]:
    return {
        "since": history.since,
        "until": history.until,
        "months": history.months,
        "units": history.units,
        "left_out": {"bots": history.left_out_bots, "large": history.left_out_large},
        "across_apps": history.across_apps,
        "changes": [{"app": app, "units": units} for app, units in history.changes.items()],
        "pairs": [{"a": min(a, b), "b": max(a, b), "together": together} for a, b, together in history.pairs],
    }


def describe_people(people: People) -> dict[str, Any]:
    return {
        "commits": people.commits,
        "authors": people.authors,
        "active_authors": people.active_authors,
        "top_author_commits": people.top_author_commits,
        "codeowners": {"path": people.codeowners_path, "owners": people.codeowners} if people.codeowners_path else None,
        "apps": [dict(vars(each)) for each in people.apps],
    }


def clean_strings(value: Any, key: str = "") -> Any:
    """The same with every string as the contract wants it: printable, at most 300 long, a name never empty."""
    if isinstance(value, str):
        return printable(value) or ("" if key in MAY_BE_EMPTY else "?")
    if isinstance(value, dict):
        return {name: clean_strings(each, name) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_strings(each, key) for each in value]
    return value


def sort_evidence(value: Any, key: str = "") -> Any:
    """The same with every list in the order of what its items are about, but for those that have an order."""
    if isinstance(value, dict):
        return {name: sort_evidence(each, name) for name, each in value.items()}
    if isinstance(value, list) and key not in IN_ORDER:
        return sorted((sort_evidence(each) for each in value), key=sort_key)
    return value


def sort_key(item: Any) -> tuple[str, ...]:
    """What an item of a list is about, then all of it."""
    if not isinstance(item, dict):
        return (item if isinstance(item, str) else json.dumps(item),)
    about = [str(item[name] or "") for name in SORTED_BY if name in item]
    return (*about, f"{item.get('line', 0):9}", json.dumps(item, sort_keys=True))


def cut_rows(evidence: dict[str, Any]) -> dict[str, Any]:
    """The same with long lists cut until the file is no larger than it may be; the limit `rows_cut` says so."""
    cycles, boundaries = evidence["cycles"], evidence["boundaries"] or {}
    history = evidence["history"] or {}
    homes = [(evidence, name) for name in ("models", "relations", "imports")]
    homes += [(cycles, "cut"), (cycles, "cut_imports")]
    homes += [(boundaries, name) for name in ("parts", "exceptions", "left_out") if name in boundaries]
    homes += [(history, "pairs")] if history else []
    before = sum(len(home[name]) for home, name in homes)
    for home, name in homes:
        # Strongest pairs stay: a weak one is missed least.
        if name == "pairs":
            home[name].sort(key=lambda pair: (-pair["together"], pair["a"], pair["b"]))
        home[name] = home[name][:MAX_EVIDENCE_ROWS]
    while len(to_bytes(evidence)) > MAX_EVIDENCE_BYTES - 1_000:
        home, name = max(homes, key=lambda each: len(each[0][each[1]]))
        home[name] = home[name][: len(home[name]) // 2]
    cut = before - sum(len(home[name]) for home, name in homes)
    if cut:
        evidence["limits"] = [*evidence["limits"], {"code": "rows_cut", "count": cut}]
    return evidence


def to_bytes(evidence: Mapping[str, Any]) -> bytes:
    """The file: JSON with sorted keys and a row a line, so that it can be read and compared; UTF-8, LF."""
    return (write_json(evidence) + "\n").encode("utf-8")


def write_json(value: Any, depth: int = 0) -> str:
    """Objects of the first two levels a field a line, lists of objects an item a line, everything below in one."""
    margin = "\n" + " " * (depth + 1)
    if isinstance(value, dict) and depth < 2:
        fields = [f"{json.dumps(name)}: {write_json(value[name], depth + 1)}" for name in sorted(value)]
        return "{" + margin + ("," + margin).join(fields) + margin[:-1] + "}"
    if isinstance(value, list) and value and depth < 3 and isinstance(value[0], dict):
        return "[" + margin + ("," + margin).join(write_json(each, 3) for each in value) + margin[:-1] + "]"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
