from assess.evidence.scanner.cycles import find_cycles
from assess.evidence.scanner.imports import resolve_imports
from assess.evidence.scanner.outline import outline_boundaries
from tests.unit.evidence.scanner.trees import apps_at, facts_of

SHOP = {
    "shop/__init__.py": "from shop.wiring import urls",
    "shop/wiring/__init__.py": "",
    "shop/wiring/urls.py": "from shop.orders import views",
    "shop/orders/__init__.py": "",
    "shop/orders/views.py": "from shop.users import models",
    "shop/orders/models.py": "import shop.users\nimport shop.users.models",
    "shop/orders/migrations/__init__.py": "",
    "shop/orders/migrations/0001_initial.py": "import shop.users.models",
    "shop/orders/tests.py": "import shop.wiring.urls",
    "shop/users/__init__.py": "",
    "shop/users/models.py": "def late():\n    from shop.orders import models\n",
    "shop/users/tests/__init__.py": "",
    "shop/users/tests/test_models.py": "import shop.users.models",
    "shop/users/scripts/load.py": "import shop.orders.models",
}


def outline(files=SHOP, apps=("shop", "shop/orders", "shop/users"), roots=(".",)):
    facts, apps = facts_of(files), apps_at(*apps)
    cycles = find_cycles(apps, resolve_imports(facts, apps, roots))
    return outline_boundaries(facts, apps, roots, cycles)


def test_an_app_is_its_own_package_and_one_around_others_is_what_lies_beside_them():
    assert outline()["parts"] == [
        {"app": "orders", "module": "shop.orders"},
        {"app": "shop", "module": "shop.wiring"},
        {"app": "users", "module": "shop.users"},
    ]


def test_left_out_are_tests_migrations_and_packages_around_apps_as_far_as_they_import():
    assert outline()["left_out"] == [
        "shop",
        "shop.orders.migrations.**",
        "shop.orders.tests",
        "shop.users.tests.**",
    ]


def test_exceptions_are_the_imports_to_cut_that_grimp_sees():
    # grimp does not read shop/users/scripts: it has no __init__.py.
    assert outline()["exceptions"] == [{"importer": "shop.users.models", "imported": "shop.orders.models"}]


def test_top_level_packages_come_with_their_root():
    files = {f"src/{path}": text for path, text in SHOP.items()} | {"manage.py": "", "docs/conf.py": ""}
    outlined = outline(files, ("src/shop", "src/shop/orders", "src/shop/users"), ("src",))
    assert outlined["packages"] == [{"name": "shop", "root": "src"}]
    assert outlined["left_out"][0] == "shop"


def test_apps_below_a_directory_without_init_file_are_found():
    files = {path.replace("shop/", "apps/", 1): text for path, text in SHOP.items() if path != "shop/__init__.py"}
    outlined = outline(files, ("apps/orders", "apps/users", "apps/wiring"))
    assert outlined["packages"] == [{"name": "apps", "root": "."}]
    assert [part["module"] for part in outlined["parts"]] == ["apps.orders", "apps.users", "apps.wiring"]


def test_a_package_of_nothing_but_tests_is_left_out_by_its_name():
    files = {"tests/__init__.py": "", "tests/shop/__init__.py": "import tests.users", "tests/users.py": ""}
    assert outline(files, ("tests", "tests/shop"))["left_out"] == ["tests.**"]


def test_directories_in_one_another_a_thousand_times_are_left_alone():
    path = "shop/" + "deep/" * 1_500
    assert outline({**SHOP, f"{path}module.py": "import shop.orders"}) == outline()


def test_a_repository_without_a_module_that_can_be_imported_has_an_empty_outline():
    assert outline({"bin-scripts/run.py": "import os"}, ("bin-scripts",)) == {
        "packages": [],
        "parts": [],
        "exceptions": [],
        "left_out": [],
    }
