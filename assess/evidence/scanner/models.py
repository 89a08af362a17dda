"""The models that a project's migrations leave, without running them; its model classes as a second reading.

Migrations say what the database has: they know the fields that third-party classes and bases add. Classes know what no
migration says: generic foreign keys, and apps without migrations.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assess.evidence.scanner.apps import app_of_path, is_test_path, nearest_path, parent_of, unique_modules
from assess.evidence.scanner.classes import ClassFacts, ClassIndex
from assess.evidence.scanner.facts import App, FileFacts, Model, Relation

#: A model by the label of its app and its name in lower case, as Django's own state has it. Of two apps with one label,
#: in two projects of one repository, the second is known by its id instead.
Key = tuple[str, str]

#: Names of Django's models, which older migrations write in lower case.
SPELLED = {each.lower(): each for each in ("User", "Group", "Permission", "ContentType", "Site", "Session", "LogEntry")}
#: Functions that name a model, with the setting that they read and its default.
MODEL_FUNCTIONS = {
    "get_image_model_string": ("WAGTAILIMAGES_IMAGE_MODEL", "wagtailimages.Image"),
    "get_document_model_string": ("WAGTAILDOCS_DOCUMENT_MODEL", "wagtaildocs.Document"),
}
#: Third-party fields that lead to a model without naming it.
OWN_TARGETS = {
    "FilerImageField": "filer.Image",
    "FilerFileField": "filer.File",
    "FilerFolderField": "filer.Folder",
    "PlaceholderField": "cms.Placeholder",
    "PageField": "cms.Page",
    "TaggableManager": "taggit.Tag",
    "CurrentUserField": "settings.AUTH_USER_MODEL",
    "AutoCreatedByField": "settings.AUTH_USER_MODEL",
}
#: Columns that only the tables of histories have: django-simple-history's, django-pghistory's.
HISTORY_FIELDS = {"history_id", "history_date", "pgh_id", "pgh_obj"}


@dataclass
class Target:
    """A model that fields lead to: one object for all of them, so that a rename is one change."""

    key: Key
    name: str


@dataclass
class Field:
    """A relation field, or any other, which has no `kind`."""

    kind: str = ""
    target: Target | None = None


@dataclass
class State:
    """One model while migrations are replayed."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    bases: list[str] = field(default_factory=list)  # of other distributions, dotted
    parents: list[Target] = field(default_factory=list)


def replay_models(
    facts: Sequence[FileFacts], roots: Sequence[str], apps: Sequence[App]
) -> tuple[list[Model], list[Relation]]:
    """Every model of the project's apps, sorted by app and name, and every relation field of them.

    Relations within an app are given as well. A relation's `to_app` is "" where it leads out of the repository.
    """
    return ModelReading(facts, roots, apps).result()


class ModelReading:
    """Both readings of one project's models, by the labels of their apps."""

    def __init__(self, facts: Sequence[FileFacts], roots: Sequence[str], apps: Sequence[App]) -> None:
        self.apps_by_path = {each.path: each for each in apps}
        real = [each for each in facts if not self.is_of_tests(each.path)]
        self.facts = [each for each in real if each.django]
        self.modules = unique_modules(real, roots)
        self.index = ClassIndex(real, self.modules)
        self.settings = read_model_settings(self.facts)
        self.states: dict[Key, State] = {}
        self.targets: dict[Key, Target] = {}
        self.migrated: set[str] = set()  # labels of apps with migrations
        #: The app of a label (or id) that is in a `Key`; of a giant's sub-packages, the giant.
        self.apps_by_label: dict[str, App] = {}
        self.shared_labels: set[str] = set()
        for each in sorted((each for each in apps if each.kind == "app"), key=lambda each: (len(each.path), each.path)):
            first = self.apps_by_label.setdefault(each.label, each)
            if first is not each and not each.path.startswith(first.path + "/"):
                self.apps_by_label[each.id] = each
                self.shared_labels.add(each.label)
        self.swappable = {}
        for found in self.index.concrete_models():
            setting = self.index.options(found).get("swappable")
            if setting:
                self.swappable[setting] = (self.label_of(found), found.name)
        self.user = self.read_target(["setting", "AUTH_USER_MODEL", ""], "", "") or self.target("auth", "User")

    def result(self) -> tuple[list[Model], list[Relation]]:
        self.replay_migrations()
        classes = self.read_classes()
        models, relations = [], []
        for key in sorted(set(self.states) | set(classes)):
            app = self.app_of(key, classes)
            if app is None or self.is_swapped_out(key, classes):
                continue
            state, found = self.states.get(key), classes.get(key)
            options = {**(found[1].options if found else {}), **(state.options if state else {})}
            name = (found[1] if found else state).name  # type: ignore[union-attr]  # one of them is there
            # Of a model's columns its migrations know all; only generic relations have none.
            fields = {
                each: value
                for each, value in (found[1].fields if found else {}).items()
                if state is None or value.kind == "generic"
            }
            fields.update(state.fields if state else {})
            relational = {each: value for each, value in fields.items() if value.kind and value.target}
            bases = state.bases if state else found[1].bases if found else []
            models.append(
                Model(
                    app=app.id,
                    name=name,
                    table=self.table_of(key, classes),
                    kind=kind_of_model(name, options, fields, bases),
                    managed=options.get("managed", True) is not False,
                    is_user=key == self.user.key,
                    found_by=found_by(state, found),
                )
            )
            for each, value in sorted(relational.items()):
                target: Target = value.target  # type: ignore[assignment]  # relational fields have one
                target = self.target(key[0], name) if target.name == "self" else target
                leads_to = self.app_of(target.key, classes)
                known = self.states.get(target.key) or (classes[target.key][1] if target.key in classes else None)
                relations.append(
                    Relation(
                        from_app=app.id,
                        from_model=name,
                        field=each,
                        to_app=leads_to.id if leads_to else "",
                        to_label=leads_to.label if leads_to else target.key[0],
                        to_model=known.name if known else SPELLED.get(target.name, target.name),
                        kind=value.kind,
                        found_by=found_by(
                            state.fields.get(each) if state else None, found[1].fields.get(each) if found else None
                        ),
                    )
                )
        models.sort(key=lambda each: (each.app, each.name))
        relations.sort(key=lambda each: (each.from_app, each.from_model, each.field))
        return models, relations

    def is_of_tests(self, path: str) -> bool:
        """Whether a file belongs to tests. An app that settings list is none, even where it is called "tests"."""
        app = app_of_path(path, self.apps_by_path)
        return is_test_path(path[len(app.path) + 1 :] if app and app.path != "." else path)

    def key_label(self, label: str, path: str) -> str:
        """What stands for a label in a `Key` where a file says it: of two apps with that label, the nearer."""
        if label not in self.shared_labels:
            return label
        known = {app.path: key for key, app in self.apps_by_label.items() if app.label == label}
        return known[nearest_path(sorted(known), path)]

    def label_of(self, found: ClassFacts) -> str:
        """The label of a class's app: as its Meta says, else of the app around it; "" outside all apps."""
        label = self.index.options(found).get("app_label")
        if label:
            return self.key_label(label, found.path)
        app = app_of_path(found.path, self.apps_by_path)
        return self.key_label(app.label, found.path) if app and app.kind == "app" else ""

    def app_of(self, key: Key, classes: dict[Key, tuple[ClassFacts, State]]) -> App | None:
        """The app of a model: of its class, where an app is given as its sub-packages, else by label."""
        app = self.apps_by_label.get(key[0])
        if app and key in classes:
            nearest = app_of_path(classes[key][0].path, self.apps_by_path)
            if nearest and nearest.label == app.label:
                return nearest
        return app

    def table_of(self, key: Key, classes: dict[Key, tuple[ClassFacts, State]], depth: int = 0) -> str:
        """The table of a model; a proxy has that of the model it is a proxy of."""
        for state in (self.states.get(key), classes[key][1] if key in classes else None):
            if state and state.options.get("db_table"):
                return str(state.options["db_table"])
            if state and state.options.get("proxy") is True and depth < 20:
                for parent in state.parents:
                    if parent.key != key:
                        return self.table_of(parent.key, classes, depth + 1)
        app = self.apps_by_label.get(key[0])
        return f"{app.label if app else key[0]}_{key[1]}"

    def is_swapped_out(self, key: Key, classes: dict[Key, tuple[ClassFacts, State]]) -> bool:
        """Whether a setting puts another model in its place."""
        state = self.states.get(key) or classes[key][1]
        setting = state.options.get("swappable")
        value = self.settings.get(setting, "") if setting else ""
        return bool(value) and value.lower() != ".".join(key)

    # The first reading: migrations.

    def replay_migrations(self) -> None:
        """Fills `states` with what the operations leave, in the order of the migrations' dependencies."""
        migrations: dict[Key, dict[str, Any]] = {}
        labels = {}
        for each in self.facts:
            labels.update({module: label for label, module in each.django.get("migration_modules", {}).items()})
        for each in self.facts:
            if "migration" in each.django:
                directory = parent_of(each.path)
                around = app_of_path(directory, self.apps_by_path)
                package = self.modules[each.path].rpartition(":")[2].rpartition(".")[0]
                label = labels.get(package) or (around.label if around else "")
                label = self.key_label(label, each.path)
                name = each.path.rpartition("/")[2][: -len(".py")]
                if label in self.apps_by_label:
                    migration = {**each.django["migration"], "module": self.modules[each.path]}
                    for pairs in ("dependencies", "replaces", "run_before"):
                        migration[pairs] = [(self.key_label(app, each.path), name) for app, name in migration[pairs]]
                    migrations.setdefault((label, name), migration)
        self.migrated = {label for label, _ in migrations}
        for key in order_migrations(migrations, self.user.key[0]):
            for operation in migrations[key]["operations"]:
                self.apply(operation, key[0], migrations[key]["module"])

    def apply(self, operation: dict[str, Any], label: str, module: str) -> None:
        """Does one operation to `states`; one that meets no model, or computes a name, is passed over."""
        kind = operation["op"]
        name = operation.get("model_name") or operation.get("name") or operation.get("old_name") or ""
        key = (label, name.lower())
        if not name:
            return
        if kind == "CreateModel":
            fields = {
                each["name"]: self.read_field(each, label, module, from_migration=True)
                for each in operation.get("fields", ())
                if each["name"]
            }
            bases = operation.get("bases", ())
            self.states[key] = State(
                name,
                dict(operation.get("options", {})),
                fields,
                [each for each in bases if each.startswith("=")],
                [self.target(*each.split(".")) for each in bases if each.count(".") == 1 and each[0] != "="],
            )
            return
        state = self.states.get(key)
        if state is None:
            return
        if kind == "DeleteModel":
            del self.states[key]
        elif kind == "RenameModel":
            self.rename(key, operation.get("new_name") or name)
        elif kind in ("AddField", "AlterField"):
            if operation.get("field") and operation.get("name"):
                state.fields[operation["name"]] = self.read_field(
                    operation["field"], label, module, from_migration=True
                )
        elif kind == "RemoveField":
            state.fields.pop(operation.get("name", ""), None)
        elif kind == "RenameField":
            if operation.get("old_name") in state.fields and operation.get("new_name"):
                state.fields[operation["new_name"]] = state.fields.pop(operation["old_name"])
        elif kind == "AlterModelTable":
            state.options.pop("db_table", None)
            if operation.get("table"):
                state.options["db_table"] = operation["table"]
        elif kind == "AlterModelOptions":
            options = operation.get("options", {})
            state.options.pop("managed", None)
            if "managed" in options:
                state.options["managed"] = options["managed"]

    def rename(self, key: Key, name: str) -> None:
        """Gives a model another name, in the fields that lead to it as well."""
        new = (key[0], name.lower())
        state = self.states.pop(key)
        state.name = name
        self.states[new] = state
        target = self.targets.pop(key, None)
        if target:
            target.key, target.name = new, name
            self.targets[new] = target

    def target(self, label: str, name: str) -> Target:
        """The one object for a model. Its name is spelled as where it has capitals."""
        target = self.targets.setdefault((label, name.lower()), Target((label, name.lower()), name))
        if target.name.islower():
            target.name = name
        return target

    # The second reading: classes.

    def read_classes(self) -> dict[Key, tuple[ClassFacts, State]]:
        """Concrete models by class, with their fields and those that they inherit."""
        classes: dict[Key, tuple[ClassFacts, State]] = {}
        for found in self.index.concrete_models():
            label = self.label_of(found)
            key = (label, found.name.lower())
            if label not in self.apps_by_label or key in classes:
                continue
            # Where migrations say which models an app has, a guess adds none.
            if label in self.migrated and key not in self.states and not self.index.is_model(found, guess=False):
                continue
            fields = {}
            options = self.index.options(found)
            is_proxy = options.get("proxy") is True
            for name, (written, owner) in {} if is_proxy else self.index.fields(found).items():
                fields[name] = self.read_field(written, label, owner.module)
            for parent in [] if is_proxy else self.index.parents(found):
                target = self.read_class_target(parent)
                if target and not any(each.kind == "parent" and each.target == target for each in fields.values()):
                    fields[target.key[1] + "_ptr"] = Field("parent", target)
            parents = [each for each in map(self.read_class_target, self.index.parents(found)) if each]
            bases = [each for each in self.index.bases(found) if isinstance(each, str)]
            classes[key] = (found, State(found.name, options, fields, bases, parents))
        return classes

    # Both.

    def read_field(self, written: dict[str, Any], label: str, module: str, *, from_migration: bool = False) -> Field:
        """A field as both readings keep it; `label` and `module` are those of the migration or class that writes it."""
        kind, own_target, target_module = self.index.field_class(written["type"], module)
        last = kind.rpartition(".")[2]
        target = written.get("to")
        if target is None and own_target is not None:
            target, module = own_target, target_module
        if target is None and last in OWN_TARGETS:
            app, _, name = OWN_TARGETS[last].partition(".")
            target = ["setting", name, ""] if app == "settings" else ["string", OWN_TARGETS[last]]
        if last == "GenericForeignKey":
            return Field("generic", self.target("contenttypes", "ContentType"))
        if target is None:
            return Field()
        relation = "parent" if written.get("parent_link") else kind_of_relation(last)
        if not relation and (from_migration or own_target is not None or last in OWN_TARGETS):
            relation = "foreign_key"  # only a relation has `to`
        return Field(relation, self.read_target(target, label, module)) if relation else Field()

    def read_target(self, written: list[Any], label: str, module: str) -> Target | None:
        """The model that TARGET names; None where that is computed."""
        kind, *values = written
        if kind == "string":
            app, _, name = values[0].rpartition(".")
            if app == "settings":
                return self.read_target(["setting", name, ""], label, module)
            file = self.index.files.get(module)
            return self.target(self.key_label(app, file.path if file else "") if app else label, name)
        if kind == "call":
            setting, default = MODEL_FUNCTIONS.get(values[0], ("", ""))
            return self.read_target(["setting", setting, default], label, module) if setting else None
        if kind == "setting":
            name = values[0]
            text = self.settings.get(name) or values[1] or ("auth.User" if name == "AUTH_USER_MODEL" else "")
            if not text and name in self.swappable:
                text = ".".join(self.swappable[name])
            if text and "." in text:
                return self.read_target(["string", text], label, module)
            return self.target("settings", name)
        if kind == "class":
            return self.read_class_target(self.index.find(values[0], module))
        return None

    def read_class_target(self, found: ClassFacts | str) -> Target | None:
        """The model that is a class; for one of another distribution the label is guessed from its module."""
        if isinstance(found, ClassFacts):
            label = self.label_of(found)
            return self.target(label, found.name) if label else None
        module, _, name = found.rpartition(".")
        parts = [each for each in module.split(".") if each not in ("models", "db", "base")]
        return self.target(parts[-1] if parts else "unknown", name) if name else None


def read_model_settings(facts: Sequence[FileFacts]) -> dict[str, str]:
    """Settings that name a model; where files differ, what most of them say."""
    said: dict[str, Counter[str]] = {}
    for each in facts:
        for name, value in each.django.get("model_settings", {}).items():
            said.setdefault(name, Counter())[value] += 1
    return {name: min(values, key=lambda value: (-values[value], value)) for name, values in said.items()}


def order_migrations(migrations: dict[Key, dict[str, Any]], user_label: str) -> list[Key]:
    """Migrations so that each comes after those it depends on; those that a squash replaces are left out.

    Migrations in a circle, which Django itself would refuse, come at the end.
    """
    replaced: dict[Key, Key] = {}
    for key in sorted(migrations):
        for label, name in migrations[key]["replaces"]:
            if (label, name) != key and (label, name) in migrations:
                replaced[label, name] = key
    kept = sorted(key for key in migrations if key not in replaced)
    by_label: dict[str, list[Key]] = {}
    for key in kept:
        by_label.setdefault(key[0], []).append(key)
    before: dict[Key, set[Key]] = {key: set() for key in kept}
    for key, migration in migrations.items():
        for _ in range(len(replaced)):
            if key not in replaced:
                break
            key = replaced[key]
        if key not in before:
            continue
        for backwards, pairs in ((False, migration["dependencies"]), (True, migration["run_before"])):
            for label, name in pairs:
                label = user_label if label == "settings.AUTH_USER_MODEL" else label
                other = (label, name)
                for _ in range(len(replaced)):
                    if other not in replaced:
                        break
                    other = replaced[other]
                if name in ("__first__", "__latest__") and by_label.get(label):
                    other = by_label[label][0 if name == "__first__" else -1]
                if other in before and other != key:
                    before[other if backwards else key].add(key if backwards else other)
    after: dict[Key, list[Key]] = {key: [] for key in kept}
    for key, needed in before.items():
        for other in needed:
            after[other].append(key)
    waiting = {key: len(needed) for key, needed in before.items()}
    ready = [key for key in kept if not waiting[key]]
    heapq.heapify(ready)
    ordered = []
    while ready:
        key = heapq.heappop(ready)
        ordered.append(key)
        for other in after[key]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, other)
    done = set(ordered)
    return ordered + [key for key in kept if key not in done]


def kind_of_relation(name: str) -> str:
    """The kind of relation that a field's class is, by its name; "" for none."""
    if "Generic" in name and "Relation" in name:
        return "generic"
    if "OneToOne" in name:
        return "one_to_one"
    if re.search(r"ManyToMany|M2M|Taggable|Manager\Z", name):
        return "many_to_many"
    return "foreign_key" if re.search(r"Key\Z|ForeignKey", name) else ""


def kind_of_model(name: str, options: dict[str, Any], fields: dict[str, Field], bases: list[str]) -> str:
    """concrete, proxy or history."""
    if options.get("proxy") is True:
        return "proxy"
    if HISTORY_FIELDS & set(fields) or any("simple_history." in each or "pghistory." in each for each in bases):
        return "history"
    return "concrete"


def found_by(from_migrations: object, from_classes: object) -> str:
    if from_migrations and from_classes:
        return "both"
    return "migrations" if from_migrations else "classes"
