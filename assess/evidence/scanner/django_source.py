"""What one Python file says to Django: settings, app configurations, models, migrations, receivers of signals.

Everything is read from the syntax tree in one pass over its statements. Nothing is looked up in other files: names of
classes are dotted as the file's imports say, with leading dots where an import is relative. `apps` and `models` put the
files together.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from typing import Any

#: A file's values at module level (or class level) that are lists of something, as their items' nodes.
Lists = dict[str, list[ast.expr]]

#: Items of one list; no project has as many apps, and no migration as many operations.
MAX_ITEMS = 10_000

#: Options of a model that say something about its table.
MODEL_OPTIONS = ("db_table", "proxy", "abstract", "managed", "app_label", "swappable")

#: The positional arguments of Django's operations that change models, in order. Others' operations are recognised by
#: these names within theirs: SafeAddField, DeleteModelIfExists.
OPERATIONS = {
    "CreateModel": ("name", "fields", "options", "bases"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AddField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "AlterField": ("model_name", "name", "field"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterModelOptions": ("name", "options"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
}

#: Classes with such a base are never models, fields, querysets of models or app configurations.
NO_MODEL = re.compile(
    r"(Exception|Error|Warning|TestCase|Tests?|View|ViewSet|Serializer|Form|FormSet|Admin|Inline|Command|Enum|Choices|Filter"
    r"|FilterSet|Middleware|Permission|Type|Factory|Widget|Handler|Storage|Backend|Protocol|NamedTuple|TypedDict)$"
)
#: Fields whose first argument is the model that they lead to.
RELATION = re.compile(r"(Key|OneToOne|ManyToMany|M2M|Relation|Related|Taggable|Parental)")
#: What a string has to look like to name a model.
MODEL_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?\Z")
#: Longer strings are no names; the contract has none either.
MAX_TEXT = 300
MODEL_SIGNALS = {"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}


def read_django(tree: ast.Module, path: str) -> dict[str, Any]:
    """What the file says to Django, as plain values; keys with nothing in them are left out.

    - `app_configs`: `[{"class": "OrdersConfig", "name": "shop.orders", "label": "orders" or ""}]`; a computed name is
      ".", one that is inherited ""
    - `installed_apps`: `{"entries": ["shop.orders", ...], "by_code": 2}`: what is written, how many parts are computed
    - `model_settings`: `{"AUTH_USER_MODEL": "people.User"}`: settings that name a model
    - `migration_modules`: `{"sites": "shop.contrib.sites.migrations"}`
    - `classes`: classes that may be models or fields, by their bases:
      `[{"name": "Order", "line": 12, "bases": ["django.db.models.Model", "..base.Stamped"], "meta": {"db_table": "x"},
      "fields": [FIELD, ...], "to": TARGET}]`; `to` is the model that a field's class leads to by itself
    - `migration`: `{"dependencies": [["orders", "0001_initial"]], "replaces": [...], "run_before": [...], "by_code": 0,
      "operations": [{"op": "AddField", "model_name": "order", "name": "user", "field": FIELD}, ...]}`
    - `receivers`: how many receivers of signals it registers

    FIELD is `{"name": "u", "type": "models.ForeignKey", "to": TARGET, "through": TARGET, "parent_link": True}`,
    the last three only where they are given. TARGET is `["string", "people.User"]`, `["class", "shop.models.User"]`,
    `["setting", "AUTH_USER_MODEL", default or ""]`, `["call", "get_image_model_string"]` or `["code"]`.
    """
    names = read_names(tree)
    lists: Lists = {}
    found: dict[str, Any] = {"classes": [], "app_configs": [], "receivers": 0}
    read_statements(tree.body, names, lists, found, path)
    if "INSTALLED_APPS" in lists:
        found["installed_apps"] = read_installed_apps(lists["INSTALLED_APPS"], names, path)
    elif "settings" not in path:
        found.pop("model_settings", None)
    return {key: value for key, value in found.items() if value}


def read_names(tree: ast.Module) -> dict[str, str]:
    """What the names that the file imports at module level mean, dotted."""
    names = {}
    for statement in walk_statements(tree.body):
        if isinstance(statement, ast.Import):
            for each in statement.names:
                names[each.asname or each.name.split(".")[0]] = each.name if each.asname else each.name.split(".")[0]
        elif isinstance(statement, ast.ImportFrom):
            start = "." * statement.level + (statement.module + "." if statement.module else "")
            for each in statement.names:
                names[each.asname or each.name] = start + each.name
    return names


def walk_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is loaded, in order, with those under if, try, with and for."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.If, ast.Try, ast.With, ast.For)):
            if not (isinstance(statement, ast.If) and last_name(statement.test) == "TYPE_CHECKING"):
                yield from walk_statements(statement.body)
            for handler in getattr(statement, "handlers", ()):
                yield from walk_statements(handler.body)
            yield from walk_statements(getattr(statement, "orelse", []))
            yield from walk_statements(getattr(statement, "finalbody", []))


def read_statements(
    body: list[ast.stmt], names: dict[str, str], lists: Lists, found: dict[str, Any], path: str
) -> None:
    """Adds to `found` and `lists` what the statements of a module, or of a class of settings, say."""
    for statement in walk_statements(body):
        if isinstance(statement, ast.ClassDef):
            read_class(statement, names, lists, found, path)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found["receivers"] += count_receivers(statement, names)
        elif isinstance(statement, ast.Expr):
            found["receivers"] += is_connect(statement.value, names)
            change_list(statement, lists)
        else:
            for name, value in change_list(statement, lists):
                read_setting(name, value, found)


def change_list(statement: ast.stmt, lists: Lists) -> list[tuple[str, ast.expr]]:
    """The names that the statement assigns, with their values; what it does to a list is done to it in `lists`."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        added = list_items(statement.value, lists)
        lists[statement.target.id] = (lists.get(statement.target.id, []) + added)[:MAX_ITEMS]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.args:
            name = call.func.value.id
            if call.func.attr in ("append", "insert", "extend") and (name in lists or name == "INSTALLED_APPS"):
                items = list_items(call.args[0], lists) if call.func.attr == "extend" else [call.args[-1]]
                lists[name] = (lists.get(name, []) + items)[:MAX_ITEMS]
    assigned = []
    for target in targets:
        if isinstance(target, ast.Name):
            value: ast.expr = statement.value  # type: ignore[attr-defined]  # both assignments have one
            assigned.append((target.id, value))
            # A list that is assigned twice, say under if and else, has the items of both.
            before = lists.get(target.id, []) if target.id == "INSTALLED_APPS" else []
            if isinstance(
                value, (ast.List, ast.Tuple, ast.BinOp, ast.Call, ast.IfExp, ast.Name, ast.Constant, ast.Set)
            ):
                lists[target.id] = (before + list_items(value, lists))[:MAX_ITEMS]
    return assigned


def list_items(node: ast.expr | None, lists: Lists) -> list[ast.expr]:
    """The items of a list that is written out, added up, unpacked or named; a computed part is an item itself.

    No more than MAX_ITEMS: a list that is doubled sixty times would fill the memory.
    """
    return list(itertools.islice(walk_items(node, lists), MAX_ITEMS))


def walk_items(node: ast.expr | None, lists: Lists) -> Iterator[ast.expr]:
    """What `list_items` has, one by one."""
    parts: list[ast.expr] = []
    if node is None:
        return
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for each in node.elts:
            if isinstance(each, ast.Starred):
                yield from walk_items(each.value, lists)
            else:
                yield each
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.Name) and node.id in lists:
        yield from lists[node.id]
    elif isinstance(node, ast.Attribute) and node.attr in lists:  # Base.INSTALLED_APPS in a class of settings
        yield from lists[node.attr]
    elif (
        isinstance(node, ast.Call)
        and last_name(node.func) in ("list", "tuple", "set", "sorted", "OrderedSet")
        and len(node.args) == 1
    ):
        parts = node.args
    else:
        yield node
    for part in parts:
        yield from walk_items(part, lists)


def read_installed_apps(items: list[ast.expr], names: dict[str, str], path: str) -> dict[str, Any]:
    """The entries that are written out, and how many parts are computed or come from another distribution.

    A list that is imported from a file of the project is neither: that file is read as well.
    """
    entries = [text for text in map(constant_string, items) if text]
    by_code = 0
    for each in items:
        imported = ""
        if isinstance(each, ast.Attribute):
            imported = dotted_name(each, names)
        elif isinstance(each, ast.Name):
            imported = names.get(each.id) or names.get("*", "")
        is_of_project = imported.startswith(".") or imported.split(".")[0] in path.split("/")
        by_code += not isinstance(each, ast.Constant) and not (imported and is_of_project)
    return {"entries": sorted(set(entries)), "by_code": by_code}


def read_setting(name: str, value: ast.expr, found: dict[str, Any]) -> None:
    """Adds a setting that names a model, or says where an app's migrations are."""
    if name.endswith("_MODEL") and name.isupper():
        text = constant_string(value)
        if text is None and isinstance(value, ast.Call) and value.args:  # env("USER_MODEL", default="people.User")
            written = [constant_string(each) for each in [*value.args, *(each.value for each in value.keywords)]]
            text = next((each for each in written if each and "." in each), None)
        if text and "." in text and MODEL_NAME.match(text):
            found.setdefault("model_settings", {})[name] = text
    elif name == "MIGRATION_MODULES" and isinstance(value, ast.Dict):
        modules = {constant_string(key): constant_string(each) for key, each in zip(value.keys, value.values)}
        found["migration_modules"] = {key: module for key, module in modules.items() if key and module}


def read_class(node: ast.ClassDef, names: dict[str, str], lists: Lists, found: dict[str, Any], path: str) -> None:
    """Adds what a class at module level is to Django: migration, app configuration, settings, model or field."""
    bases = [dotted for dotted in (dotted_name(each, names) for each in node.bases) if dotted]
    if node.name == "Migration" and any(each.endswith("Migration") for each in bases):
        found["migration"] = read_migration(node, names, lists)
        return
    if any(isinstance(each, ast.Assign) and last_name(each.targets[0]) == "INSTALLED_APPS" for each in node.body):
        read_statements(node.body, names, lists, found, path)
        return
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found["receivers"] += count_receivers(statement, names)
    if any(each.endswith("Config") for each in bases):
        values = {last_name(each.targets[0]): each.value for each in node.body if isinstance(each, ast.Assign)}
        name, label = (read_text(values.get(each), lists) for each in ("name", "label"))
        if "name" in values or re.search(r"AppConfig\Z|\.apps\.", bases[-1]) or path.endswith("apps.py"):
            name = name or ("." if "name" in values else "")
            found["app_configs"].append({"class": node.name, "name": name, "label": label})
            return
    if bases and not NO_MODEL.search(bases[-1]):
        found["classes"].append(read_model(node, bases, names))


def read_model(node: ast.ClassDef, bases: list[str], names: dict[str, str]) -> dict[str, Any]:
    """A class as `read_django` gives it, whether it is a model or not."""
    model: dict[str, Any] = {"name": node.name, "line": node.lineno, "bases": bases}
    fields = []
    for statement in walk_statements(node.body):
        if isinstance(statement, ast.ClassDef) and statement.name == "Meta":
            values = {last_name(each.targets[0]): each.value for each in statement.body if isinstance(each, ast.Assign)}
            meta = {option: constant(values[option]) for option in MODEL_OPTIONS if option in values}
            model["meta"] = {option: value for option, value in meta.items() if value is not None}
            if statement.bases:
                model["meta"]["inherits"] = True
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(target, ast.Name):
                field = read_field(target.id, statement.value, names)
                if field:
                    fields.append(field)
        elif isinstance(statement, ast.FunctionDef) and statement.name == "__init__" and RELATION.search(bases[0]):
            leads_to = read_own_target(statement, names)
            if leads_to:
                model["to"] = leads_to
    if fields:
        model["fields"] = fields
    return model


def read_own_target(function: ast.FunctionDef, names: dict[str, str]) -> list[Any] | None:
    """The model that a field's class leads to by itself: `kwargs["to"] = …`, `to=…`, `kwargs.setdefault("to", …)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            index: Any = node.targets[0].slice
            if constant_string(getattr(index, "value", None) if type(index).__name__ == "Index" else index) == "to":
                return read_target(node.value, names)
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "to":
                    return read_target(keyword.value, names)
            if (
                last_name(node.func) in ("setdefault", "get")
                and len(node.args) == 2
                and constant_string(node.args[0]) == "to"
            ):
                return read_target(node.args[1], names)
    return None


def read_field(name: str, call: ast.Call, names: dict[str, str]) -> dict[str, Any] | None:
    """A field as FIELD; None for a call that makes no field of a model, as far as its name tells."""
    kind = dotted_name(call.func, names)
    if not kind or kind.endswith("objects") or re.search(r"(as_manager|from_queryset|Index|Constraint)$", kind):
        return None
    field: dict[str, Any] = {"name": name, "type": kind}
    for keyword in call.keywords:
        if keyword.arg == "to":
            field["to"] = read_target(keyword.value, names)
        elif keyword.arg == "parent_link" and constant(keyword.value) is True:
            field["parent_link"] = True
        elif keyword.arg == "through":
            field["through"] = read_target(keyword.value, names)
    if call.args and "to" not in field and RELATION.search(kind.rpartition(".")[2]) and "GenericForeignKey" not in kind:
        field["to"] = read_target(call.args[0], names)
    return field


def read_target(node: ast.expr, names: dict[str, str]) -> list[Any]:
    """The model that an expression names, as TARGET."""
    text = constant_string(node)
    if text is not None:
        return ["string", text] if MODEL_NAME.match(text) else ["code"]
    if isinstance(node, ast.Call):
        function, words = last_name(node.func), [constant_string(each) for each in node.args]
        if function == "get_user_model":
            return ["setting", "AUTH_USER_MODEL", ""]
        if function == "getattr" and len(words) >= 2 and words[1]:
            return ["setting", words[1], words[2] if len(words) > 2 and words[2] else ""]
        if function == "swapper_model" or (function == "get_model_name" and len(words) == 2):
            words = [".".join(each for each in words if each)]
        if function in ("get_model", "get_class", "load_model", "get_model_name") and words and all(words):
            return ["string", ".".join(each for each in words if each)]
        if function.startswith("get_") and "model" in function and not words:  # get_image_model_string()
            return ["call", function]
        return ["code"]
    dotted = dotted_name(node, names)
    if "settings." in dotted:
        return ["setting", dotted.rpartition(".")[2], ""]
    return ["class", dotted] if dotted else ["code"]


def read_migration(node: ast.ClassDef, names: dict[str, str], outer: Lists) -> dict[str, Any]:
    """A migration as `read_django` gives it: only operations that change models or their fields."""
    lists = dict(outer)
    for statement in walk_statements(node.body):
        change_list(statement, lists)
    migration: dict[str, Any] = {"operations": [], "by_code": 0}
    for key in ("dependencies", "replaces", "run_before"):
        migration[key] = [pair for pair in (read_dependency(each, names) for each in lists.get(key, [])) if pair]
    waiting = list(reversed(lists.get("operations", [])))
    seen = 0
    while waiting and seen < MAX_ITEMS:  # a list may be among its own items
        item = waiting.pop()
        seen += 1
        if not isinstance(item, ast.Call):
            migration["by_code"] += 1
            continue
        values = operation_arguments(item)
        name = last_name(item.func)
        kind = operation_kind(name)
        if not kind and {"name", "fields"} <= set(values) and "Model" in name:  # PostgresCreatePartitionedModel
            kind = "CreateModel"
        if kind == "SeparateDatabaseAndState":
            waiting += reversed(list_items(values.get("state_operations"), lists))
        elif kind:
            migration["operations"].append(read_operation(kind, values, lists, names))
    return migration


def read_dependency(node: ast.expr, names: dict[str, str]) -> list[str] | None:
    """`["orders", "0001_initial"]`; a swappable one is `["settings.AUTH_USER_MODEL", "__first__"]`."""
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == 2:
        label, name = (constant_string(each) for each in node.elts)
        return [label, name] if label and name else None
    if isinstance(node, ast.Call) and last_name(node.func) == "swappable_dependency" and node.args:
        target = read_target(node.args[0], names)
        if target[0] == "setting":
            return ["settings." + target[1], "__first__"]
        if target[0] == "string":
            return [target[1].split(".")[0], "__first__"]
    return None


def operation_kind(name: str) -> str:
    """Which of `OPERATIONS` an operation's class is, by its name; "" for none."""
    return "" if name == "AlterModelTableComment" else next((each for each in OPERATIONS if each in name), "")


def operation_arguments(call: ast.Call) -> dict[str, ast.expr]:
    """An operation's arguments by name."""
    values = dict(zip(OPERATIONS.get(operation_kind(last_name(call.func)), ()), call.args))
    values.update({each.arg: each.value for each in call.keywords if each.arg})
    return values


def read_operation(kind: str, values: dict[str, ast.expr], lists: Lists, names: dict[str, str]) -> dict[str, Any]:
    """One operation with what it says of models; fields as FIELD."""
    operation: dict[str, Any] = {"op": kind}
    for key, value in values.items():
        if key in ("name", "model_name", "old_name", "new_name", "table"):
            operation[key] = read_text(value, lists)
        elif key == "field" and isinstance(value, ast.Call):
            operation["field"] = read_field(read_text(values.get("name"), lists), value, names)
        elif key == "fields":
            operation["fields"] = []
            for item in list_items(value, lists):
                if (
                    isinstance(item, (ast.Tuple, ast.List))
                    and len(item.elts) == 2
                    and isinstance(item.elts[1], ast.Call)
                ):
                    field = read_field(read_text(item.elts[0], lists), item.elts[1], names)
                    if field:
                        operation["fields"].append(field)
        elif key == "options":
            operation["options"] = {}
            if isinstance(value, ast.Dict):
                pairs = ((constant_string(name), constant(each)) for name, each in zip(value.keys, value.values))
                operation["options"] = {
                    name: each for name, each in pairs if name in MODEL_OPTIONS and each is not None
                }
        elif key == "bases":
            operation["bases"] = [
                constant_string(each) or "=" + dotted_name(each, names) for each in list_items(value, lists)
            ]
    return operation


def count_receivers(function: ast.FunctionDef | ast.AsyncFunctionDef, names: dict[str, str]) -> int:
    """How many receivers a function is, by its decorators, or connects in its body."""
    decorators = [each.func for each in function.decorator_list if isinstance(each, ast.Call)]
    count = sum(last_name(each) == "receiver" or is_signal(each, names) for each in decorators)
    for statement in walk_statements(function.body):
        if isinstance(statement, ast.Expr):
            count += is_connect(statement.value, names)
    return count


def is_connect(node: ast.expr, names: dict[str, str]) -> bool:
    """Whether an expression registers a receiver: `post_save.connect(...)`."""
    return isinstance(node, ast.Call) and is_signal(node.func, names)


def is_signal(function: ast.expr, names: dict[str, str]) -> bool:
    """Whether a function is the `connect` of something that is a signal, as far as its name tells."""
    if not isinstance(function, ast.Attribute) or function.attr != "connect":
        return False
    dotted = dotted_name(function.value, names)
    return dotted.rpartition(".")[2] in MODEL_SIGNALS or "signal" in dotted.lower()


def last_name(node: ast.AST | None) -> str:
    """The last part of a dotted name; "" for any other expression."""
    return getattr(node, "id", "") or getattr(node, "attr", "")


def dotted_name(node: ast.expr, names: dict[str, str]) -> str:
    """A name as the file's imports resolve it: `models.Model` is "django.db.models.Model"; "" for what is no name."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):  # Generic[T]
            node = node.value
        elif isinstance(node, ast.Call) and not parts and last_name(node.func) in ("get_model", "get_class"):
            words = [constant_string(each) for each in node.args]
            return ".".join(each for each in words if each)
        elif isinstance(node, ast.Name):
            parts.append(names.get(node.id, node.id))
            return ".".join(reversed(parts))
        else:
            return ""


def constant(node: ast.AST | None) -> Any:
    """The boolean, or the string of one line, that is written there; None for anything else."""
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT and value.isprintable() else None
    return value if isinstance(value, bool) else None


def constant_string(node: ast.AST | None) -> str | None:
    """The string that is written there; None for anything else."""
    value = constant(node)
    return value if isinstance(value, str) else None


def read_text(node: ast.expr | None, lists: Lists) -> str:
    """A string, written there or in a constant of the file; "" for anything else."""
    if isinstance(node, ast.Name) and len(lists.get(node.id, ())) == 1:
        node = lists[node.id][0]
    return constant_string(node) or ""
