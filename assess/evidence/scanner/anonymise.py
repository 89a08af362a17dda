"""Evidence without names: apps, models, tables, fields, modules and paths become numbers; counts stay. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.evidence.scanner.evidence import sort_evidence

#: Keys whose strings are names of a kind. The same name becomes the same number wherever it stands.
KIND_OF_KEY = {
    "path": "path",
    "roots": "path",
    "listed": "path",
    "configured": "path",
    "module": "module",
    "importer": "module",
    "imported": "module",
    "table": "table",
    "field": "field",
    "name": "model",
    "from_model": "model",
    "to_model": "model",
    "id": "app",
    "label": "label",
    "app": "app",
    "from": "app",
    "to": "app",
    "a": "app",
    "b": "app",
    "from_app": "app",
    "to_app": "app",
    "to_label": "label",
    "groups": "app",
    "order": "app",
}
PATTERNS = {"app": "app-{}", "label": "label-{}", "model": "Model{}", "module": "module-{}", "path": "path-{}"}
#: Parts of Django, the same in every project.
PUBLIC_LABELS = {"auth", "contenttypes", "sites", "sessions", "admin"}


class Pseudonyms:
    """Hands out numbers in the order in which names are first asked for, by kind."""

    def __init__(self) -> None:
        self.given: dict[tuple[str, str], str] = {}
        self.counts: dict[str, int] = {}

    def find(self, kind: str, name: str) -> str:
        if (kind, name) not in self.given:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.given[kind, name] = PATTERNS.get(kind, kind + "-{}").format(self.counts[kind])
        return self.given[kind, name]


def anonymise(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The same counts without a name of the project's: for evidence that must not say what the product is.

    The commit stays, or a later scan could not be told apart. Details of problems and the outline of modules go.
    """
    pseudonyms = Pseudonyms()
    labels = {app["label"] for app in evidence["apps"]}
    # An app's label is the app's number; those of other people's apps are their own, Django's stay.
    for app in evidence["apps"]:
        number = pseudonyms.find("app", app["id"])
        pseudonyms.given.setdefault(("label", app["label"]), number)
    for label in PUBLIC_LABELS - labels:
        pseudonyms.given["label", label] = label

    def hide(value: Any, key: str, place: str) -> Any:
        if isinstance(value, dict):
            return {name: hide(each, name, place) for name, each in value.items()}
        if isinstance(value, list):
            return [hide(each, key, place) for each in value]
        kind = KIND_OF_KEY.get(key)
        if place == "capabilities":
            kind = None if key in ("kind", "name") else "path"
        if isinstance(value, str) and kind:
            return pseudonyms.find(kind, value)
        return value

    hidden = {key: hide(value, key, key) for key, value in evidence.items() if key not in ("tool", "limits")}
    hidden |= {"tool": evidence["tool"], "limits": evidence["limits"], "anonymised": True, "boundaries": None}
    hidden["repository"]["name"] = ""
    for each in hidden["unread"]["first"]:
        each["detail"] = ""
    if hidden["history"]:
        for pair in hidden["history"]["pairs"]:
            pair["a"], pair["b"] = sorted((pair["a"], pair["b"]))
    return dict(sort_evidence(hidden))
