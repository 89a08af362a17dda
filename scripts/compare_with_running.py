"""Compares what the scanner reads of a project's models with what the project itself says when it runs.

    python scripts/compare_with_running.py CHECKOUT --python ENVIRONMENT/bin/python --settings MODULE
        [--start DIRECTORY] [--set NAME=VALUE ...]

Run by hand: it executes the checkout's code, in the environment that was made for it, to ask Django's registry of apps.
Prints recall and precision of models and of relations that lead out of their app, with every difference by name.
Tests' apps are left out on both sides, and so are scanned apps that this configuration does not install.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from assess.evidence.scanner.apps import find_apps, find_roots, is_test_path
from assess.evidence.scanner.facts import Problem
from assess.evidence.scanner.files import read_tree
from assess.evidence.scanner.models import replay_models
from assess.evidence.scanner.python_source import read_python

ASK = """
import json, sys
sys.path.insert(0, "")
import django
django.setup()
from django.apps import apps
from django.conf import settings
found = {"version": django.get_version(), "user": settings.AUTH_USER_MODEL, "apps": [], "models": [], "relations": []}
for app in apps.get_app_configs():
    found["apps"].append([app.label, app.path])
    for model in app.get_models():
        meta = model._meta
        found["models"].append([app.label, meta.object_name, meta.db_table])
        for field in [] if meta.proxy else [*meta.local_fields, *meta.local_many_to_many]:
            to = field.remote_field and field.remote_field.model
            if to and not isinstance(to, str):
                found["relations"].append(
                    [app.label, meta.object_name, field.name, to._meta.app_label, to._meta.object_name]
                )
print("\\n" + json.dumps(found))
"""


def ask_project(python: str, settings: str, start: Path, variables: list[str]) -> dict[str, Any]:
    """What the project's own registry has. Fails with the project's words where it does not start."""
    environment = {**os.environ, **dict(each.split("=", 1) for each in variables), "DJANGO_SETTINGS_MODULE": settings}
    told = subprocess.run([python, "-c", ASK], cwd=start, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(told.stderr)
    return json.loads(told.stdout.splitlines()[-1])


def compare(name: str, running: set[Any], scanned: set[Any]) -> None:
    both = len(running & scanned)
    recall, precision = both / max(len(running), 1), both / max(len(scanned), 1)
    print(f"{name}: {len(running)} running, {len(scanned)} scanned, recall {recall:.3f}, precision {precision:.3f}")
    for each in sorted(running - scanned):
        print("   missed", *each)
    for each in sorted(scanned - running):
        print("   not running", *each)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--python", required=True)
    parser.add_argument("--settings", required=True)
    parser.add_argument("--start", default=".", help="directory in the checkout where manage.py is run")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="variables")
    options = parser.parse_args()
    checkout = options.checkout.resolve()

    read = [each for each in read_tree(str(checkout)) if not isinstance(each, Problem)]
    facts = [read_python(each.path, each.content) for each in read if each.path.endswith(".py")]
    roots = find_roots(facts)
    apps = find_apps(facts, roots)
    models, relations = replay_models(facts, roots, apps)

    told = ask_project(options.python, options.settings, checkout / options.start, options.variables)
    paths = {label: Path(path).resolve() for label, path in told["apps"]}
    installed = {
        label
        for label, path in paths.items()
        if path.is_relative_to(checkout) and not is_test_path(f"{path.relative_to(checkout).as_posix()}/")
    }
    # Where only the tests have a user model, the scanner can but name the one that Django has without a setting.
    user = {tuple(told["user"].split(".")): ("auth", "user")}
    if not is_test_path(f"{paths[told['user'].split('.')[0]].as_posix().removeprefix(f'{checkout}/')}/"):
        user = {}
    print(f"Django {told['version']}, {len(facts)} files, roots {roots}")
    labels = {app.id: app.label for app in apps if app.kind == "app"}
    compare("apps", {(each,) for each in installed}, {(each,) for each in labels.values()})
    compare(
        "models",
        {(label, name.lower()) for label, name, _ in told["models"] if label in installed},
        {(labels[each.app], each.name.lower()) for each in models if labels[each.app] in installed},
    )
    compare(
        "tables",
        {(label, name.lower(), table) for label, name, table in told["models"] if label in installed},
        {(labels[each.app], each.name.lower(), each.table) for each in models if labels[each.app] in installed},
    )
    compare(
        "relations out of their app",
        {
            (label, name.lower(), field, *user.get((to_label, to_name), (to_label, to_name.lower())))
            for label, name, field, to_label, to_name in told["relations"]
            if label in installed and label != to_label
        },
        {
            (labels[each.from_app], each.from_model.lower(), each.field, each.to_label, each.to_model.lower())
            for each in relations
            if labels[each.from_app] in installed and labels[each.from_app] != each.to_label and each.kind != "generic"
        },
    )


if __name__ == "__main__":
    main()
