"""Apps found in projects that are made here, as paths and source."""

import textwrap

import pytest

from assess.evidence.scanner.apps import app_of_path, find_apps, find_roots, is_test_path, module_name
from assess.evidence.scanner.facts import App, FileFacts
from assess.evidence.scanner.python_source import read_python

MODEL = "from django.db import models\nclass Thing(models.Model):\n    name = models.CharField()\n"
MIGRATION = (
    "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('a', 'b')]\n"
)


def read_files(files: dict[str, str]) -> list[FileFacts]:
    """Facts of source by path; every directory above a file is a package but for "." and names in capitals."""
    everything = dict(files)
    for path in files:
        *directories, _ = path.split("/")
        for position, name in enumerate(directories):
            if name.islower():
                everything.setdefault("/".join([*directories[: position + 1], "__init__.py"]), "")
    return [read_python(path, textwrap.dedent(source).encode()) for path, source in sorted(everything.items())]


def apps_of(files: dict[str, str]) -> dict[str, App]:
    facts = read_files(files)
    return {app.id: app for app in find_apps(facts, find_roots(facts))}


@pytest.mark.parametrize(
    "source",
    [
        "INSTALLED_APPS = ['django.contrib.auth', 'shop.orders', 'shop.stock']",
        "INSTALLED_APPS = ['shop.orders']\nINSTALLED_APPS += ['shop.stock']",
        "LOCAL = ('shop.orders',)\nINSTALLED_APPS = ('x',) + LOCAL + ('shop.stock',)",
        "LOCAL = ['shop.orders']\nINSTALLED_APPS: list[str] = [*LOCAL, 'shop.stock']",
        "INSTALLED_APPS = list(['shop.orders'])\nif DEBUG:\n    INSTALLED_APPS.append('shop.stock')",
        "INSTALLED_APPS = ['shop.orders']\nINSTALLED_APPS.extend(('shop.stock',))",
        "try:\n    INSTALLED_APPS = ['shop.orders']\nexcept ValueError:\n    INSTALLED_APPS = ['shop.stock']",
        "class Base(Configuration):\n    INSTALLED_APPS = ['shop.orders']\nclass Dev(Base):\n"
        "    INSTALLED_APPS = Base.INSTALLED_APPS + ['shop.stock']",
        "from .base import *\nINSTALLED_APPS = INSTALLED_APPS + ['shop.orders', 'shop.stock']",
    ],
)
def test_installed_apps_are_read_however_the_list_is_put_together(source):
    apps = apps_of({"shop/settings.py": source, "shop/orders/views.py": "", "shop/stock/views.py": ""})
    assert {app.id for app in apps.values() if app.kind == "app"} == {"orders", "stock"}
    assert apps["orders"].module == "shop.orders"
    assert apps["orders"].found_by == ("settings",)


@pytest.mark.parametrize(
    ("source", "by_code"),
    [
        ("INSTALLED_APPS = ['shop'] + find_plugins() + [name for name in NAMES]", 2),
        ("from framework.settings import *\nINSTALLED_APPS = INSTALLED_APPS + ['shop']", 1),
        ("from framework import APPS\nINSTALLED_APPS = [*APPS, 'shop']", 1),
        ("from .base import *\nINSTALLED_APPS = INSTALLED_APPS + ['shop']", 0),
        ("from project.base import APPS\nINSTALLED_APPS = [*APPS, 'shop']", 0),
    ],
)
def test_parts_of_installed_apps_that_are_in_no_file_of_the_project_are_counted(source, by_code):
    (facts,) = [each for each in read_files({"project/settings.py": source}) if each.django]
    assert facts.django["installed_apps"] == {"entries": ["shop"], "by_code": by_code}


def test_a_label_is_the_configurations_not_the_directorys():
    apps = apps_of(
        {
            "settings.py": "INSTALLED_APPS = ['shop.sales.apps.SalesConfig']",
            "shop/sales/apps.py": """
                from django.apps import AppConfig
                class SalesConfig(AppConfig):
                    name = "shop.sales"
                    label = "orders"
            """,
        }
    )
    assert (apps["orders"].path, apps["orders"].found_by) == ("shop/sales", ("app_config", "settings"))


def test_a_configuration_of_another_distributions_app_makes_no_app_and_a_computed_name_is_the_package():
    apps = apps_of(
        {
            "settings.py": "INSTALLED_APPS = ['shop.apps.OurConstance', 'shop.core.apps.CoreConfig']",
            "shop/stock/models.py": MODEL,
            "shop/apps/__init__.py": "import constance.apps\nclass OurConstance(constance.apps.AConfig): ...",
            "shop/core/apps.py": """
                from django.apps import AppConfig
                class CoreConfig(AppConfig):
                    name = __name__.rpartition(".")[0]
            """,
        }
    )
    assert {app.id for app in apps.values() if app.kind == "app"} == {"core", "stock"}


def test_an_app_is_found_by_its_migrations_or_its_models_where_settings_are_computed():
    apps = apps_of(
        {
            "settings.py": "INSTALLED_APPS = find_apps()",
            "shop/orders/migrations/0001_initial.py": MIGRATION,
            "shop/stock/models.py": MODEL,
        }
    )
    assert apps["orders"].found_by == ("migrations",)
    assert apps["stock"].found_by == ("models",)


def test_of_an_app_within_an_app_the_longest_path_has_the_module():
    apps = apps_of(
        {
            "settings.py": "INSTALLED_APPS = ['shop', 'shop.orders']",
            "shop/orders/models/line.py": MODEL,
            "shop/views.py": "",
        }
    )
    by_path = {app.path: app for app in apps.values()}
    assert app_of_path("shop/orders/models/line.py", by_path) == apps["orders"]
    assert app_of_path("shop/views.py", by_path) == apps["shop"]
    assert app_of_path("elsewhere.py", by_path) is None


def test_packages_outside_the_apps_are_parts_of_their_own():
    apps = apps_of(
        {
            "project/settings.py": "INSTALLED_APPS = ['project.orders']",
            "project/orders/models.py": MODEL,
            "project/api/orders/views.py": "import x",
            "project/api/urls.py": "import x",
            "tools/build.py": "import x",
            "manage.py": "import x",
        }
    )
    assert {app.id: app.kind for app in apps.values()} == {
        "orders": "app",
        "project": "package",
        "project.api": "package",
        "tools": "package",
    }


def test_a_package_that_is_called_like_an_app_has_an_id_of_its_own():
    apps = apps_of(
        {
            "settings/base.py": "INSTALLED_APPS = ['shop.settings']",
            "shop/settings/models.py": MODEL,
            "shop/x.py": "import x",
        }
    )
    assert {app.path: app.kind for app in apps.values()} == {
        "settings": "package",
        "shop": "package",
        "shop/settings": "app",
    }
    assert len({app.id for app in apps.values()}) == 3


def test_apps_with_the_same_label_are_told_apart_by_module_and_those_of_tests_are_left_out():
    apps = apps_of(
        {
            "one/core/models.py": MODEL,
            "two/core/models.py": MODEL,
            "tests/core/models.py": MODEL,
            "one/tests/app/migrations/0001_initial.py": MIGRATION,
        }
    )
    assert {app.id for app in apps.values() if app.kind == "app"} == {"one.core", "two.core"}


def test_an_app_called_tests_that_real_settings_list_is_no_test():
    apps = apps_of(
        {
            "lab/settings.py": "INSTALLED_APPS = ['lab.tests', 'lab.tests.fake', 'lab.test_utils.fake']",
            "lab/tests/models.py": MODEL,
            "lab/tests/fake/models.py": MODEL,
            "lab/test_utils/fake/models.py": MODEL,
        }
    )
    assert {app.id for app in apps.values() if app.kind == "app"} == {"tests"}
    assert apps["tests"].found_by == ("settings",)


def test_an_app_with_most_of_the_code_is_looked_at_by_its_sub_packages():
    long = "x = 1\n" * 300
    apps = apps_of(
        {
            "settings.py": "INSTALLED_APPS = ['giant', 'small']",
            "giant/actions/a.py": long,
            "giant/lib/a.py": long,
            "giant/models/users.py": MODEL + long,
            "giant/migrations/0001_initial.py": MIGRATION + long,
            "giant/urls.py": "x = 1",
            "small/a.py": "x = 1",
        }
    )
    assert {app.id for app in apps.values()} == {"giant", "giant.actions", "giant.lib", "giant.models", "small"}
    assert {app.label for app in apps.values() if app.id != "small"} == {"giant"}


def test_receivers_are_counted_by_decorator_and_by_connect():
    apps = apps_of(
        {
            "settings.py": "INSTALLED_APPS = ['shop']",
            "shop/signals.py": """
                from django.db.models.signals import post_save, pre_save
                from django.dispatch import receiver
                @receiver([post_save, pre_save], sender="shop.Order")
                def on_save(sender, **kwargs): ...
                @post_save.connect
                def no_call(): ...
            """,
            "shop/apps.py": """
                from django.apps import AppConfig
                from django.core.signals import request_started
                class ShopConfig(AppConfig):
                    name = "shop"
                    def ready(self):
                        request_started.connect(print)
                        database.connect()
            """,
        }
    )
    assert apps["shop"].signals == 2


@pytest.mark.parametrize(
    ("files", "roots", "module"),
    [
        ({"shop/orders/views.py": ""}, ["."], "shop.orders.views"),
        ({"SRC/shop/orders/views.py": "", "tests/test_a.py": "import shop.orders"}, [".", "SRC"], "shop.orders.views"),
        ({"ONE/shop/views.py": "", "TWO/shop/orders/views.py": "import shop.x"}, ["ONE", "TWO"], "shop.orders.views"),
        ({"PROJECT/APPS/orders/views.py": "from APPS.orders import models"}, ["PROJECT"], "APPS.orders.views"),
        ({"PROJECT/APPS/orders/views.py": "from PROJECT.APPS import orders"}, ["."], "PROJECT.APPS.orders.views"),
        (
            {"shop/a.py": "import shop.SPACE.orders.views", "shop/SPACE/orders/views.py": ""},
            ["."],
            "shop.SPACE.orders.views",
        ),
    ],
)
def test_a_root_is_where_imports_start(files, roots, module):
    facts = read_files(files)
    assert find_roots(facts) == roots
    assert module in {module_name(each.path, roots) for each in facts}


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("shop/tests/test_views.py", True),
        ("shop/tests.py", True),
        ("conftest.py", True),
        ("shop/test/models.py", True),
        ("testproject/settings.py", True),
        ("shop/views_test.py", True),
        ("shop/testing/factories.py", True),
        ("shop/testcases/models.py", False),
        ("shop/contests/models.py", False),
        ("shop/latest.py", False),
    ],
)
def test_tests_are_known_by_their_path(path, is_test):
    assert is_test_path(path) is is_test
