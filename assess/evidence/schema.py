"""The contract `evidence/1`: the JSON Schema of what a scan writes. The site offers it at a stable address."""

from typing import Any, Final

FORMAT: Final = "evidence/1"

#: The most of each that a file may have; a scan that finds more writes this many and says so in `limits`.
MAX_APPS: Final = 400
MAX_ROWS: Final = 20_000
MAX_LISTED: Final = 500
MAX_BYTES: Final = 5 * 1024 * 1024

COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
NAME: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 300,
    "pattern": r"^[^\u0000-\u001f\u007f]*$",
}
TEXT: Final[dict[str, Any]] = {"type": "string", "maxLength": 300, "pattern": r"^[^\u0000-\u001f\u007f]*$"}
SLUG: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"}
DAY: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def one_of(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def record(keyword: str = "", /, **fields: dict[str, Any]) -> dict[str, Any]:
    """An object with these fields and no other; `keyword` is a name among them that Python keeps for itself."""
    fields |= {keyword: NAME} if keyword else {}
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def list_of(items: dict[str, Any], most: int = MAX_ROWS) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, schema]}


SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Splitcheck evidence, version 1",
    **record(
        format={"const": FORMAT},
        tool=record(version=NAME, python=NAME),
        scanned_at={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
        anonymised={"type": "boolean"},
        repository=record(
            name=TEXT,
            commit=nullable({"type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$"}),
            committed_on=nullable(DAY),
            shallow={"type": "boolean"},
            roots=list_of(NAME, 200),  # directories from which first-party modules are imported; "." is the top
        ),
        # What this scan could not see, shown before anything else: no_git, shallow, settings_by_code, rows_cut ...
        limits=list_of(record(code=SLUG, count=COUNT), 50),
        unread=record(
            counts=list_of(record(reason=SLUG, files=COUNT), 50),
            first=list_of(record(path=NAME, reason=SLUG, line=COUNT, detail=TEXT), MAX_LISTED),
        ),
        files=record(python=COUNT, lines=COUNT),
        apps=list_of(
            record(
                id=NAME,
                label=NAME,
                module=NAME,
                path=NAME,
                kind=one_of("app", "package"),
                found_by=list_of(one_of("settings", "app_config", "migrations", "models", "package"), 5),
                files=COUNT,
                lines=COUNT,  # tests left out
                test_lines=COUNT,
                signals=COUNT,  # receivers that it registers
                relations_within=COUNT,
                imports_within=COUNT,
            ),
            MAX_APPS,
        ),
        models=list_of(
            record(
                app=NAME,
                name=NAME,
                table=NAME,
                kind=one_of("concrete", "proxy", "history"),
                managed={"type": "boolean"},
                is_user={"type": "boolean"},
                found_by=one_of("migrations", "classes", "both"),
            )
        ),
        # Between two apps, or out of the repository (`to_app` null).
        relations=list_of(
            record(
                from_app=NAME,
                from_model=NAME,
                field=NAME,
                to_app=nullable(NAME),
                to_label=NAME,
                to_model=NAME,
                kind=one_of("foreign_key", "one_to_one", "many_to_many", "parent", "generic"),
                found_by=one_of("migrations", "classes", "both"),
            )
        ),
        # Between two apps: import statements, how many of them inside functions, and references in strings beside them.
        imports=list_of(
            record(
                "from",
                to=NAME,
                imports=COUNT,
                lazy=COUNT,
                references=COUNT,
                examples=list_of(record(path=NAME, line=COUNT, importer=NAME, imported=NAME), 3),
            )
        ),
        # `order`: apps so that imports point down, but for those to cut. `imports`: all between two apps.
        cycles=record(
            imports=COUNT,
            groups=list_of(list_of(NAME, MAX_APPS), MAX_APPS),
            order=list_of(NAME, MAX_APPS),
            cut=list_of(record("from", to=NAME, imports=COUNT)),
            cut_imports=list_of(record("from", path=NAME, line=COUNT, importer=NAME, imported=NAME, to=NAME)),
        ),
        # What import-linter and tach need beside `cycles`; null where names are anonymised.
        boundaries=nullable(
            record(
                # Top-level packages that these tools can read.
                packages=list_of(record(name=NAME, root=NAME), MAX_APPS),
                # Modules and packages that are wholly an app's: its own, or its parts where other apps lie inside it.
                parts=list_of(record(app=NAME, module=NAME)),
                exceptions=list_of(record(importer=NAME, imported=NAME)),  # of `cut_imports`, those that grimp sees
                # Importers that no contract binds, "a.b" or "a.b.**": tests, migrations, packages around several apps.
                left_out=list_of(NAME),
            )
        ),
        history=nullable(
            record(
                since=DAY,
                until=DAY,
                months={"type": "integer", "minimum": 1, "maximum": 1200},
                units=COUNT,
                left_out=record(bots=COUNT, large=COUNT),
                across_apps=COUNT,
                changes=list_of(record(app=NAME, units=COUNT), MAX_APPS),
                pairs=list_of(record(a=NAME, b=NAME, together=COUNT)),
            )
        ),
        people=nullable(
            record(
                commits=COUNT,
                authors=COUNT,
                active_authors=COUNT,  # five commits or more
                top_author_commits=COUNT,
                codeowners=nullable(record(path=NAME, owners=COUNT)),
                apps=list_of(
                    record(
                        app=NAME,
                        commits=COUNT,
                        authors=COUNT,
                        active_authors=COUNT,
                        top_author_commits=COUNT,
                        owners=COUNT,
                    ),
                    MAX_APPS,
                ),
            )
        ),
        rhythm=nullable(record(weeks=COUNT, merges=COUNT, tags=COUNT, tag_days=COUNT, last_tag_on=nullable(DAY))),
        capabilities=list_of(
            record(
                kind=one_of(
                    "tracing",
                    "logging",
                    "metrics",
                    "broker",
                    "flags",
                    "breakers",
                    "gateway",
                    "ci",
                    "containers",
                    "boundaries",
                ),
                name=NAME,
                listed=list_of(NAME, 20),
                imported=list_of(NAME, 20),
                configured=list_of(NAME, 20),
            ),
            300,
        ),
    ),
}
