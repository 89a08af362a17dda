import sys

import grimp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.evidence.scanner.imports import Modules, resolve_imports
from tests.unit.evidence.scanner.trees import apps_at, facts_of, write_files

SHOP = {
    "shop/__init__.py": "",
    "shop/orders/__init__.py": "",
    "shop/orders/models.py": "",
    "shop/orders/views.py": "",
    "shop/users/__init__.py": "",
    "shop/users/models.py": "",
    "shop/users/forms/fields.py": "",
    "shop/users/forms/widgets.py": "",
    "shop/settings.py": "",
}
APPS = apps_at("shop/orders", "shop/users")


def edges_of(text, *, path="shop/orders/views.py", files=SHOP, apps=APPS, roots=(".",)):
    return resolve_imports(facts_of({**files, path: text}), apps, roots)


def targets_of(text, **kwargs):
    return [edge.imported for edge in edges_of(text, **kwargs)]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("import shop.users.models", ["shop.users.models"]),
        ("import shop.users.models as m", ["shop.users.models"]),
        ("from shop.users import models", ["shop.users.models"]),
        ("from shop.users import User", ["shop.users"]),
        ("from shop.users import models, User", ["shop.users", "shop.users.models"]),
        ("from shop.users.models import User, Group", ["shop.users.models"]),
        ("from shop.users.models import *", ["shop.users.models"]),
        ("from ..users.models import User", ["shop.users.models"]),
        ("from ..users import models as m", ["shop.users.models"]),
        ("from .. import users", ["shop.users"]),
        ("from . import models", ["shop.orders.models"]),
        ("from .models import Order", ["shop.orders.models"]),
        ("from .....users import models", []),
        ("import shop.users.gone", ["shop.users"]),
        ("import django.users.models", []),
        ("from .views import itself", []),
        # A directory without __init__.py makes modules, and is none.
        ("from shop.users.forms import fields, widgets", ["shop.users.forms.fields", "shop.users.forms.widgets"]),
        ("from shop.users.forms import nothing", []),
    ],
)
def test_an_import_leads_to_the_modules_that_it_names(text, targets):
    assert targets_of(text) == targets


def test_imports_of_a_package_count_from_its_init_file():
    assert targets_of("from .models import Order", path="shop/orders/__init__.py") == ["shop.orders.models"]
    assert targets_of("from ..users import models", path="shop/orders/__init__.py") == ["shop.users.models"]


def test_imports_say_whether_they_run_late_or_only_for_types():
    edges = edges_of(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from shop.users import models\n"
        "def view():\n    import shop.users\n"
    )
    assert [(edge.imported, edge.line, edge.lazy, edge.type_checking) for edge in edges] == [
        ("shop.users.models", 3, False, True),
        ("shop.users", 5, True, False),
    ]


NEWER = """
from shop.users import (
    models,  # a comment
)
if TYPE_CHECKING:
    from shop.users import models
def first[T](many: list[T]) -> T:
    text = "from shop.users import forms"
    try:
        import shop.users
    except KeyError, ValueError:
        pass
    perhaps in 2040: pass
    from shop.orders \\
        import models
"""


def test_imports_of_a_file_with_newer_syntax_are_read_by_line():
    (file,) = facts_of({"shop/orders/views.py": NEWER})
    assert file.problem
    assert [(edge.imported, edge.line, edge.lazy, edge.type_checking) for edge in edges_of(NEWER)] == [
        ("shop.users.models", 2, False, False),
        ("shop.users.models", 6, False, True),
        ("shop.users", 10, True, False),
        ("shop.orders.models", 14, True, False),
    ]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ('"users.User"', ["shop.users.models"]),
        ('get_model("users", "User")', ["shop.users.models"]),
        ('include("shop.users.models")', ["shop.users.models"]),
        ('import_module("shop.users.forms.fields")', ["shop.users.forms.fields"]),
        ('"shop.users.models.User"', ["shop.users.models"]),
        ('"shop.users.models.User.save"', ["shop.users.models"]),
        ('"users.view_user"', []),
        ('"auth.User"', []),
        ('"shop.orders.views.index"', []),
        ('"Text about shop.users.models and more."', []),
    ],
)
def test_a_string_is_a_reference_when_it_names_a_model_or_a_module(text, targets):
    edges = edges_of(f"call({text})")
    assert [(edge.imported, edge.kind) for edge in edges] == [(target, "reference") for target in targets]


def test_a_label_of_two_apps_names_neither():
    apps = [*APPS, *apps_at("other/users")]
    assert targets_of('ForeignKey("users.User")', apps=apps, files={**SHOP, "other/users/models.py": ""}) == []


@pytest.mark.parametrize(
    "path",
    ["shop/orders/tests/test_views.py", "shop/orders/tests.py", "shop/orders/test_views.py", "shop/orders/conftest.py",
     "shop/orders/migrations/0001_initial.py"],
)  # fmt: skip
def test_what_tests_and_migrations_import_does_not_count(path):
    assert targets_of("import shop.users", path=path) == []


def test_edges_name_the_apps_of_both_ends_and_modules_outside_all_apps_have_none():
    (edge,) = edges_of("import shop.users\nimport shop.settings")
    assert (edge.from_app, edge.to_app, edge.path, edge.line) == ("orders", "users", "shop/orders/views.py", 1)


def test_the_innermost_app_counts():
    apps = [*apps_at("shop", "shop/users"), *apps_at("shop/users/forms")]
    edges = edges_of("import shop.users.forms.fields\nimport shop.users.models\nimport shop.settings", apps=apps)
    assert [(edge.from_app, edge.to_app) for edge in edges] == [("shop", "forms"), ("shop", "users"), ("shop", "shop")]


def test_a_source_directory_is_a_root_of_its_own():
    files = {f"src/{path}": text for path, text in SHOP.items()} | {"manage.py": "import shop.users"}
    apps = [*apps_at("src/shop/orders", "src/shop/users"), *apps_at(".")]
    edges = resolve_imports(facts_of(files), apps, (".", "src"))
    assert [(edge.importer, edge.imported) for edge in edges] == [("manage", "shop.users")]


def test_the_same_name_in_two_roots_is_the_one_of_the_importers_root():
    files = {
        f"{root}/core/{name}.py": "from core import tools" for root in ("one", "two") for name in ("main", "tools")
    }
    edges = resolve_imports(facts_of(files), [*apps_at("one/core"), *apps_at("two")], ("one", "two"))
    assert [(edge.path, edge.from_app, edge.to_app) for edge in edges] == [
        ("one/core/main.py", "core", "core"),
        ("two/core/main.py", "two", "two"),
    ]


def test_a_package_hides_a_module_of_its_name():
    files = {"shop/users.py": "", **SHOP}
    modules = Modules(files, ["."])
    assert modules.find("shop.users", "shop/settings.py") == "shop/users/__init__.py"


NAMES = ("alpha", "beta", "gamma")
PLACES = [f"{a}/{b}" for a in NAMES for b in ("__init__", *NAMES)] + ["__init__", "delta"]
STATEMENTS = st.sampled_from(
    [f"from {dots}{module} import {name}" for dots in (".", "..") for module in ("", *NAMES) for name in (*NAMES, "*")]
    + [f"import PACKAGE.{module}.{name}" for module in NAMES for name in NAMES]
    + [f"from PACKAGE.{module} import {name} as other" for module in NAMES for name in NAMES]
    + [f"def late():\n    from PACKAGE import {name}" for name in NAMES]
)
PACKAGES = iter(f"made_up_{number}" for number in range(10**6))


@given(st.dictionaries(st.sampled_from(PLACES), st.lists(STATEMENTS, max_size=4), min_size=2))
def test_every_import_that_grimp_sees_in_a_package_is_found_and_no_other(tmp_path_factory, texts):
    package = next(PACKAGES)
    top = tmp_path_factory.mktemp("packages")
    inits = {place.partition("/")[0] + "/__init__" for place in texts if "/" in place} | {"__init__"}
    files = {
        f"{package}/{place}.py": "\n".join(texts.get(place, [])).replace("PACKAGE", package)
        for place in {*texts, *inits}
    }
    write_files(top, files)
    modules = Modules(files, ["."])
    found = {
        (modules.name_of(file.path), modules.name_of(target))
        for file in facts_of(files)
        for each in file.imports
        for target in modules.imported_by(file.path, each)
    }
    sys.path.insert(0, str(top))
    try:
        graph = grimp.build_graph(package, cache_dir=None)
    finally:
        sys.path.remove(str(top))
    expected = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if importer != imported
    }
    assert found == expected
