"""Evidence as values: a checked file's JSON, read into frozen records with the sums that everything else needs.

`read_evidence` expects JSON that `validation.read_evidence_file` has let through.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class AppFacts:
    """One app's counts within a scan. `kind` is "app" or "package"."""

    id: str
    label: str
    module: str
    path: str
    kind: str
    found_by: tuple[str, ...]
    files: int
    lines: int
    test_lines: int
    signals: int
    relations_within: int
    imports_within: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationFacts:
    from_app: str
    from_model: str
    field: str
    to_app: str | None
    to_label: str
    to_model: str
    kind: str
    found_by: str


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One scan. `data` is the file's JSON as it was; what is computed from it is here, once."""

    data: Mapping[str, Any]

    @cached_property
    def apps(self) -> tuple[AppFacts, ...]:
        """Apps and packages, as in the file (sorted by id)."""
        return tuple(AppFacts(**{**app, "found_by": tuple(app["found_by"])}) for app in self.data["apps"])

    @cached_property
    def relations(self) -> tuple[RelationFacts, ...]:
        return tuple(RelationFacts(**relation) for relation in self.data["relations"])

    @cached_property
    def imports(self) -> Mapping[tuple[str, str], int]:
        """Import statements and references by (from app, to app)."""
        return {(each["from"], each["to"]): each["imports"] + each["references"] for each in self.data["imports"]}

    @cached_property
    def foreign_keys(self) -> Mapping[tuple[str, str], int]:
        """Relations in the database by (from app, to app), generic ones left out."""
        counts: dict[tuple[str, str], int] = {}
        for each in self.relations:
            if each.to_app is not None and each.kind != "generic":
                counts[each.from_app, each.to_app] = counts.get((each.from_app, each.to_app), 0) + 1
        return counts

    @cached_property
    def models_of(self) -> Mapping[str, int]:
        """Tables' models by app: concrete ones, without histories."""
        counts: dict[str, int] = {}
        for model in self.data["models"]:
            if model["kind"] == "concrete":
                counts[model["app"]] = counts.get(model["app"], 0) + 1
        return counts

    @cached_property
    def outside_keys(self) -> Mapping[str, int]:
        """Relations in the database to models of libraries, by app, generic ones left out."""
        return Counter(each.from_app for each in self.relations if each.to_app is None and each.kind != "generic")

    @cached_property
    def user_apps(self) -> frozenset[str]:
        """The apps with the project's user model: one, or none."""
        return frozenset(model["app"] for model in self.data["models"] if model["is_user"])

    @cached_property
    def people_of(self) -> Mapping[str, Mapping[str, Any]]:
        """What the file counts of people, by app; empty without history."""
        return {each["app"]: each for each in (self.data["people"] or {"apps": ()})["apps"]}

    @cached_property
    def together(self) -> Mapping[tuple[str, str], int]:
        """Units of change that touch both apps, by the pair in alphabetical order."""
        history = self.data["history"] or {"pairs": ()}
        return {(min(each["a"], each["b"]), max(each["a"], each["b"])): each["together"] for each in history["pairs"]}

    @cached_property
    def changes(self) -> Mapping[str, int]:
        """Units of change that touch an app."""
        history = self.data["history"] or {"changes": ()}
        return {each["app"]: each["units"] for each in history["changes"]}

    @cached_property
    def cut_share(self) -> float | None:
        """Of the imports between apps, the share to cut until no cycle remains; None without any import."""
        total = self.data["cycles"]["imports"]
        return sum(each["imports"] for each in self.data["cycles"]["cut"]) / total if total else None

    @cached_property
    def across_share(self) -> float | None:
        """Of the units of change, the share that touches two apps or more; None without history."""
        history = self.data["history"]
        return history["across_apps"] / history["units"] if history and history["units"] else None


def read_evidence(data: Mapping[str, Any]) -> Scan:
    return Scan(data=data)


def load_scan(content: bytes) -> Scan:
    """The scan in the bytes of a file that was checked when it was attached."""
    return read_evidence(json.loads(content))
