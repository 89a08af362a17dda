"""A scan of a made-up shop, written by hand: the e-commerce system of source S3 with its six apps."""

from typing import Any

APPS = ("admin", "auth_users", "catalog", "orders", "payments", "recommendations")
MODELS = {
    "admin": ["Report"],
    "auth_users": ["User", "Address"],
    "catalog": ["Product", "Category"],
    "orders": ["Order", "OrderLine"],
    "payments": ["Payment"],
    "recommendations": ["Score"],
}
RELATIONS = [
    ("orders", "Order", "user", "auth_users", "User"),
    ("orders", "OrderLine", "product", "catalog", "Product"),
    ("payments", "Payment", "order", "orders", "Order"),
    ("payments", "Payment", "user", "auth_users", "User"),
    ("admin", "Report", "author", "auth_users", "User"),
    ("admin", "Report", "order", "orders", "Order"),
    ("recommendations", "Score", "product", "catalog", "Product"),
]
IMPORTS = {
    ("admin", "orders"): 6,
    ("admin", "catalog"): 4,
    ("admin", "auth_users"): 3,
    ("admin", "payments"): 2,
    ("orders", "auth_users"): 5,
    ("orders", "catalog"): 4,
    ("orders", "payments"): 2,
    ("payments", "orders"): 7,
    ("recommendations", "catalog"): 2,
}


def shop_evidence(**changes: Any) -> dict[str, Any]:
    """A valid `evidence/1`; `changes` replace whole fields of the top level."""
    evidence: dict[str, Any] = {
        "format": "evidence/1",
        "tool": {"version": "1.0", "python": "3.11"},
        "scanned_at": "2026-11-02T09:00:00Z",
        "anonymised": False,
        "repository": {
            "name": "shop",
            "commit": "a" * 40,
            "committed_on": "2026-11-01",
            "shallow": False,
            "roots": ["."],
        },
        "limits": [{"code": "settings_by_code", "count": 1}],
        "unread": {
            "counts": [{"reason": "syntax_error", "files": 1}],
            "first": [{"path": "orders/broken.py", "reason": "syntax_error", "line": 3, "detail": "invalid syntax"}],
        },
        "files": {"python": 620, "lines": 120_000},
        "apps": [
            {
                "id": app,
                "label": app,
                "module": f"shop.{app}",
                "path": f"shop/{app}",
                "kind": "app",
                "found_by": ["settings", "migrations"],
                "files": 100,
                "lines": 20_000,
                "test_lines": 4_000,
                "signals": 1 if app == "orders" else 0,
                "relations_within": len(MODELS[app]) - 1,
                "imports_within": 150,
            }
            for app in APPS
        ],
        "models": [
            {
                "app": app,
                "name": name,
                "table": f"{app}_{name.lower()}",
                "kind": "concrete",
                "managed": True,
                "is_user": name == "User",
                "found_by": "both",
            }
            for app in APPS
            for name in sorted(MODELS[app])
        ],
        "relations": [
            {
                "from_app": from_app,
                "from_model": from_model,
                "field": field,
                "to_app": to_app,
                "to_label": to_app,
                "to_model": to_model,
                "kind": "foreign_key",
                "found_by": "both",
            }
            for from_app, from_model, field, to_app, to_model in RELATIONS
        ],
        "imports": [
            {"from": source, "to": target, "imports": count, "lazy": 0, "references": 0, "examples": []}
            for (source, target), count in IMPORTS.items()
        ],
        "cycles": {
            "imports": 35,
            "groups": [["orders", "payments"]],
            "order": ["admin", "payments", "orders", "recommendations", "auth_users", "catalog"],
            "cut": [{"from": "orders", "to": "payments", "imports": 2}],
            "cut_imports": [
                {
                    "path": "shop/orders/views.py",
                    "line": line,
                    "importer": "shop.orders.views",
                    "imported": f"shop.payments.{module}",
                    "from": "orders",
                    "to": "payments",
                }
                for line, module in ((4, "charges"), (5, "refunds"))
            ],
        },
        "boundaries": {
            "packages": [{"name": "shop", "root": "."}],
            "parts": [{"app": app, "module": f"shop.{app}"} for app in APPS],
            "exceptions": [
                {"importer": "shop.orders.views", "imported": f"shop.payments.{module}"}
                for module in ("charges", "refunds")
            ],
            "left_out": [f"shop.{app}.migrations.**" for app in APPS],
        },
        "history": {
            "since": "2025-11-02",
            "until": "2026-11-01",
            "months": 12,
            "units": 400,
            "left_out": {"bots": 31, "large": 4},
            "across_apps": 120,
            "changes": [
                {"app": app, "units": units} for app, units in zip(APPS, (60, 50, 90, 150, 80, 70), strict=True)
            ],
            "pairs": [
                {"a": "orders", "b": "payments", "together": 48},
                {"a": "auth_users", "b": "orders", "together": 12},
                {"a": "catalog", "b": "recommendations", "together": 30},
                {"a": "admin", "b": "orders", "together": 20},
            ],
        },
        "people": {
            "commits": 2_100,
            "authors": 38,
            "active_authors": 29,
            "top_author_commits": 240,
            "codeowners": {"path": ".github/CODEOWNERS", "owners": 5},
            "apps": [
                {"app": app, "commits": 350, "authors": 12, "active_authors": 7, "top_author_commits": 90, "owners": 1}
                for app in APPS
            ],
        },
        "rhythm": {"weeks": 52, "merges": 400, "tags": 24, "tag_days": 22, "last_tag_on": "2026-10-20"},
        "capabilities": [
            {
                "kind": "tracing",
                "name": "opentelemetry",
                "listed": ["requirements.txt"],
                "imported": ["shop/tracing.py"],
                "configured": [],
            },
            {
                "kind": "ci",
                "name": "github_actions",
                "listed": [],
                "imported": [],
                "configured": [".github/workflows/test.yml"],
            },
        ],
    }
    return {**evidence, **changes}


def evidence_of_apps(count: int, *, package_size: int = 0) -> dict[str, Any]:
    """A valid `evidence/1` of a made-up system with this many apps, the same each time.

    Each app imports a few of those after it in `order`, and every ninth one back, which closes a cycle. With
    `package_size`, so many apps share a package. Every seventh app changes together with one that it has no link to.
    """
    names = [f"app{place:02}" for place in range(count)]
    imports = {
        (names[place], names[target]): 1 + (place * 7 + target * 3) % 26
        for place in range(count)
        for target in {place + 1, place + 2 + place % 5, count - 1 - place % 3}
        if place < target < count
    }
    cut = {(names[place + 2], names[place]): 1 + place % 3 for place in range(0, count - 2, 9)}
    unlinked = [(names[place], names[place + 1 + place % 2]) for place in range(3, count - 2, 7)]
    for pair in unlinked:
        imports.pop(pair, None)
    keys = [pair for place, pair in enumerate(imports) if place % 3 == 0]
    app = {**shop_evidence()["apps"][0], "lines": 3_000}
    return shop_evidence(
        apps=[
            {**app, "id": name, "label": name, "module": f"big.pkg{place // package_size:02}.{name}", "path": name}
            if package_size
            else {**app, "id": name, "label": name, "module": f"big.{name}", "path": name}
            for place, name in enumerate(names)
        ],
        models=[
            {
                "app": name,
                "name": "Thing",
                "table": f"{name}_thing",
                "kind": "concrete",
                "managed": True,
                "is_user": place == count - 1,
                "found_by": "both",
            }
            for place, name in enumerate(names)
        ],
        relations=[
            {
                "from_app": source,
                "from_model": "Thing",
                "field": f"thing_{target}",
                "to_app": target,
                "to_label": target,
                "to_model": "Thing",
                "kind": "foreign_key",
                "found_by": "both",
            }
            for source, target in keys
        ],
        imports=[
            {"from": source, "to": target, "imports": number, "lazy": 0, "references": 0, "examples": []}
            for (source, target), number in sorted({**imports, **cut}.items())
        ],
        cycles={
            "imports": sum(imports.values()) + sum(cut.values()),
            "groups": [],
            "order": names,
            "cut": [{"from": source, "to": target, "imports": number} for (source, target), number in cut.items()],
            "cut_imports": [],
        },
        boundaries=None,
        history={
            **shop_evidence()["history"],
            "changes": [{"app": name, "units": 20 + place % 9} for place, name in enumerate(names)],
            "pairs": [{"a": first, "b": second, "together": 9} for first, second in unlinked],
        },
        people={**shop_evidence()["people"], "apps": []},
    )
