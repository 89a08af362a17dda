"""Models and relations read from projects that are made here, as paths and source. One kind of trap a test."""

from assess.evidence.scanner.apps import find_apps, find_roots
from assess.evidence.scanner.facts import Model, Relation
from assess.evidence.scanner.models import replay_models
from tests.unit.evidence.test_scanned_apps import read_files

SETTINGS = "INSTALLED_APPS = ['orders', 'people', 'stock']\n"
IMPORTS = (
    "from django.conf import settings\nfrom django.db import migrations, models\nimport taggit.managers, mptt.fields\n"
)


def migration(operations: str, dependencies: str = "", **more: str) -> str:
    """A migration's source; `operations` are calls on lines of their own."""
    lists = {"dependencies": f"[{dependencies}]", **more, "operations": f"[{operations}]"}
    return f"{IMPORTS}class Migration(migrations.Migration):\n" + "".join(f"    {k} = {v}\n" for k, v in lists.items())


def create(name: str, fields: str = "", more: str = "") -> str:
    return f"migrations.CreateModel(name='{name}', fields=[('id', models.AutoField()), {fields}], {more}),"


def key(name: str, to: str, kind: str = "models.ForeignKey") -> str:
    return f"('{name}', {kind}(on_delete=models.CASCADE, to={to})),"


def read(files: dict[str, str]) -> tuple[dict[str, Model], dict[str, Relation]]:
    """Models by "app.Name", relations by "app.Name.field"."""
    facts = read_files({"settings.py": SETTINGS, **files})
    roots = find_roots(facts)
    models, relations = replay_models(facts, roots, find_apps(facts, roots))
    return (
        {f"{each.app}.{each.name}": each for each in models},
        {f"{each.from_app}.{each.from_model}.{each.field}": each for each in relations},
    )


def target_of(relation: Relation) -> tuple[str, str, str]:
    return relation.to_app, relation.to_label, relation.to_model


def test_migrations_are_replayed_in_the_order_of_their_dependencies_not_of_their_names():
    models, relations = read(
        {
            "orders/migrations/a_second.py": migration(
                "migrations.RenameField('Order', 'buyer', 'customer'),"
                "migrations.AddField('order', 'product', models.ForeignKey(to='stock.Product')),"
                "migrations.RemoveField('order', 'note'),"
                "migrations.AlterModelTable('order', 'sales'),",
                "('orders', 'b_first')",
            ),
            "orders/migrations/b_first.py": migration(
                create("Order", key("buyer", "'people.person'") + key("note", "'stock.Note'")), "('stock', '0001')"
            ),
            "stock/migrations/0001.py": migration(
                create("Product") + create("Note") + "migrations.DeleteModel('Note'),"
            ),
            "people/migrations/0001.py": migration(create("Person")),
        }
    )
    assert set(models) == {"orders.Order", "stock.Product", "people.Person"}
    assert models["orders.Order"].table == "sales"
    assert {name: target_of(each) for name, each in relations.items()} == {
        "orders.Order.customer": ("people", "people", "Person"),
        "orders.Order.product": ("stock", "stock", "Product"),
    }


def test_a_renamed_model_takes_the_fields_that_lead_to_it_along():
    models, relations = read(
        {
            "stock/migrations/0001.py": migration(create("Item")),
            "orders/migrations/0001.py": migration(create("Order", key("item", "'stock.Item'")), "('stock', '0001')"),
            "stock/migrations/0002.py": migration(
                "migrations.RenameModel('Item', 'Product'),", "('stock', '0001'), ('orders', '0001')"
            ),
        }
    )
    assert models["stock.Product"].table == "stock_product"
    assert target_of(relations["orders.Order.item"]) == ("stock", "stock", "Product")


def test_a_squash_takes_the_place_of_the_migrations_that_it_replaces():
    models, relations = read(
        {
            "stock/migrations/0001.py": migration(create("Product")),
            "orders/migrations/0001.py": migration(create("Order") + create("Gone")),
            "orders/migrations/0002.py": migration("migrations.DeleteModel('Gone'),", "('orders', '0001')"),
            "orders/migrations/0001_squashed.py": migration(
                create("Order", key("product", "'stock.Product'")),
                "('stock', '0001')",
                replaces="[('orders', '0001'), ('orders', '0002')]",
            ),
            "orders/migrations/0003.py": migration(
                "migrations.AddField('order', 'other', models.ForeignKey(to='stock.Product')),", "('orders', '0002')"
            ),
        }
    )
    assert set(models) == {"orders.Order", "stock.Product"}
    assert {"orders.Order.product", "orders.Order.other"} == set(relations)


def test_a_model_that_moved_to_another_app_is_that_apps_with_its_old_table():
    models, relations = read(
        {
            "orders/migrations/0001.py": migration(create("Product") + create("Order", key("product", "'Product'"))),
            "stock/migrations/0001.py": migration(
                "migrations.SeparateDatabaseAndState(state_operations=["
                + create("Product", more="options={'db_table': 'orders_product'}")
                + "], database_operations=[]),",
                "('orders', '0001')",
            ),
            "orders/migrations/0002.py": migration(
                "migrations.AlterField('order', 'product', models.ForeignKey(to='stock.Product')),"
                "migrations.SeparateDatabaseAndState([], [migrations.DeleteModel('Product')]),",
                "('orders', '0001'), ('stock', '0001')",
            ),
        }
    )
    assert {name: model.table for name, model in models.items()} == {
        "orders.Order": "orders_order",
        "stock.Product": "orders_product",
    }
    assert target_of(relations["orders.Order.product"]) == ("stock", "stock", "Product")


def test_operations_in_lists_of_their_own_and_of_classes_of_their_own_are_replayed():
    models, _ = read(
        {
            "stock/migrations/0001.py": IMPORTS
            + "first = [migrations.CreateModel('A', [])]\n"
            + "class Migration(migrations.Migration):\n"
            + "    dependencies = []\n    operations = first + [SafeCreateModel('B', [])]\n"
            + "    operations += [migrations.CreateModel('C', []), migrations.CreateModel('D', [])]\n"
            + "    if True:\n        operations.append(DeleteModelIfExists('D'))\n"
        }
    )
    assert set(models) == {"stock.A", "stock.B", "stock.C"}


def test_the_user_model_is_the_one_of_the_settings_and_django_s_own_without_one():
    files = {
        "people/migrations/0001.py": migration(create("Person")),
        "orders/migrations/0001.py": migration(
            create("Order", key("buyer", "settings.AUTH_USER_MODEL")),
            "migrations.swappable_dependency(settings.AUTH_USER_MODEL)",
        ),
    }
    models, relations = read({**files, "settings.py": SETTINGS + "AUTH_USER_MODEL = 'people.Person'"})
    assert [name for name, model in models.items() if model.is_user] == ["people.Person"]
    assert target_of(relations["orders.Order.buyer"]) == ("people", "people", "Person")
    models, relations = read(files)
    assert not any(model.is_user for model in models.values())
    assert target_of(relations["orders.Order.buyer"]) == ("", "auth", "User")


def test_a_model_that_a_setting_swaps_for_another_is_left_out():
    files = {"stock/migrations/0001.py": migration(create("Item", more="options={'swappable': 'STOCK_ITEM_MODEL'}"))}
    assert set(read(files)[0]) == {"stock.Item"}
    assert set(read({**files, "settings.py": SETTINGS + "STOCK_ITEM_MODEL = 'orders.Item'"})[0]) == set()


def test_kinds_of_relations_and_models_are_told_apart():
    models, relations = read(
        {
            "stock/migrations/0001.py": migration(create("Product")),
            "orders/migrations/0001.py": migration(
                create(
                    "Order",
                    key("one", "'stock.Product'", "models.OneToOneField")
                    + key("many", "'stock.Product'", "models.ManyToManyField")
                    + "('tags', taggit.managers.TaggableManager(through='taggit.TaggedItem', to='taggit.Tag')),"
                    + key("odd", "'stock.Product'", "mptt.fields.TreeThing")
                    + key("self", "'self'"),
                )
                + create(
                    "Bundle",
                    "('product_ptr', models.OneToOneField(parent_link=True, to='stock.Product')),",
                    "bases=('stock.product',)",
                )
                + create("Cheap", more="options={'proxy': True}, bases=('stock.product',)")
                + create("HistoricalOrder", "('history_id', models.AutoField()),")
                + create("View", more="options={'managed': False}")
            ),
        }
    )
    assert {name: relation.kind for name, relation in relations.items()} == {
        "orders.Order.one": "one_to_one",
        "orders.Order.many": "many_to_many",
        "orders.Order.tags": "many_to_many",
        "orders.Order.odd": "foreign_key",
        "orders.Order.self": "foreign_key",
        "orders.Bundle.product_ptr": "parent",
    }
    assert target_of(relations["orders.Order.tags"]) == ("", "taggit", "Tag")
    assert target_of(relations["orders.Order.self"]) == ("orders", "orders", "Order")
    assert {name: model.kind for name, model in models.items() if model.app == "orders"} == {
        "orders.Order": "concrete",
        "orders.Bundle": "concrete",
        "orders.Cheap": "proxy",
        "orders.HistoricalOrder": "history",
        "orders.View": "concrete",
    }
    assert models["orders.Cheap"].table == "stock_product"
    assert not models["orders.View"].managed


def test_classes_say_what_no_migration_does():
    models, relations = read(
        {
            "people/models.py": """
                from django.contrib.auth.models import AbstractUser
                class Person(AbstractUser): ...
            """,
            "stock/fields.py": """
                from django.db import models
                class PersonField(models.ForeignKey):
                    def __init__(self, *args, **kwargs):
                        kwargs["to"] = "people.Person"
                        super().__init__(*args, **kwargs)
            """,
            "stock/models/base.py": """
                from django.db import models
                from ..fields import PersonField
                class Owned(models.Model):
                    owner = PersonField(on_delete=models.CASCADE)
                    class Meta:
                        abstract = True
            """,
            "stock/models/__init__.py": "from .product import *",
            "stock/models/product.py": """
                from django.db import models
                from django.contrib.contenttypes.fields import GenericForeignKey
                from .base import Owned
                class Product(Owned):
                    item = GenericForeignKey("content_type", "object_id")
                class Special(Product): ...
                class ProductQuerySet(models.QuerySet): ...
            """,
            "orders/models.py": """
                from django.db import models
                from stock import models as stock
                from stock.models import Product
                class Order(models.Model):
                    product = models.ForeignKey(Product, models.CASCADE)
                    other = models.ManyToManyField(stock.Product)
                    name = models.CharField("Name", max_length=10)
                if TYPE_CHECKING:
                    class OrderWithLines(Order): ...
                class Late(models.Model):
                    class Meta:
                        app_label = "stock"
                        db_table = "late"
            """,
            "orders/tests/models.py": "from django.db import models\nclass Fake(models.Model): ...",
        }
    )
    assert {name: model.found_by for name, model in models.items()} == dict.fromkeys(
        ["people.Person", "stock.Product", "stock.Special", "orders.Order", "stock.Late"], "classes"
    )
    assert models["stock.Late"].table == "late"
    assert {name: (each.kind, *target_of(each)) for name, each in relations.items()} == {
        "stock.Product.owner": ("foreign_key", "people", "people", "Person"),
        "stock.Product.item": ("generic", "", "contenttypes", "ContentType"),
        "stock.Special.product_ptr": ("parent", "stock", "stock", "Product"),
        "orders.Order.product": ("foreign_key", "stock", "stock", "Product"),
        "orders.Order.other": ("many_to_many", "stock", "stock", "Product"),
    }


def test_what_migrations_and_classes_both_say_is_told_from_what_one_of_them_does():
    models, relations = read(
        {
            "orders/migrations/0001.py": migration(
                create("Order", key("who", "'people.Person'") + key("by", "'people.Person'"))
            ),
            "people/migrations/0001.py": migration(create("Person")),
            "orders/models.py": """
                from django.db import models
                from history.models import Records
                class Order(models.Model):
                    who = models.ForeignKey("people.Person", models.CASCADE)
                class Tracker(Records): ...
            """,
        }
    )
    assert {name: model.found_by for name, model in models.items()} == {
        "orders.Order": "both",
        "people.Person": "migrations",
    }
    assert {name: relation.found_by for name, relation in relations.items()} == {
        "orders.Order.who": "both",
        "orders.Order.by": "migrations",
    }


def test_migrations_that_a_setting_keeps_elsewhere_are_their_apps():
    models, _ = read(
        {
            "settings.py": SETTINGS
            + "MIGRATION_MODULES = {'sites': 'contrib.sites.migrations', 'stock': 'moved.stock_migrations'}",
            "contrib/sites/migrations/0001.py": migration(create("Site")),
            "moved/stock_migrations/0001.py": migration(create("Product")),
            "stock/views.py": "",
        }
    )
    assert set(models) == {"stock.Product"}


def test_models_of_a_giant_app_are_those_of_its_sub_packages():
    long = "x = 1\n" * 300
    models, relations = read(
        {
            "settings.py": "INSTALLED_APPS = ['giant']",
            "giant/users/models.py": "from django.db import models\nclass User(models.Model): ...\n" + long,
            "giant/lib/a.py": long,
            "giant/mail/models.py": long,
            "giant/migrations/0001.py": migration(create("User") + create("Log", key("user", "'giant.User'"))),
        }
    )
    assert set(models) == {"giant.users.User", "giant.Log"}
    assert target_of(relations["giant.Log.user"]) == ("giant.users", "giant", "User")


def test_two_projects_of_one_repository_may_have_the_same_labels_and_modules():
    project = {
        "settings.py": "INSTALLED_APPS = ['core', 'shop']\nAUTH_USER_MODEL = 'core.User'",
        "core/models.py": "from django.db import models\nclass User(models.Model): ...\n",
        "core/migrations/0001.py": migration(create("User")),
        "shop/models.py": "from django.db import models\nfrom core.models import User\nfrom shop.a import x\n"
        "class Order(models.Model):\n    user = models.ForeignKey(User, models.CASCADE)\n",
        "shop/a.py": "x = 1",
    }
    models, relations = read({f"{name}/{path}": source for name in ("ONE", "TWO") for path, source in project.items()})
    assert set(models) == {"ONE/core.User", "ONE/shop.Order", "TWO/core.User", "TWO/shop.Order"}
    assert target_of(relations["ONE/shop.Order.user"]) == ("ONE/core", "core", "User")
    assert target_of(relations["TWO/shop.Order.user"]) == ("TWO/core", "core", "User")
    assert {model.table for model in models.values()} == {"core_user", "shop_order"}


def test_a_project_below_another_may_have_its_labels_and_modules():
    models, relations = read(
        {
            f"{above}{path}": source
            for above in ("", "BUILD/LIB/")
            for path, source in {
                "stock/models.py": "from django.db import models\nclass Product(models.Model): ...\n",
                "orders/models.py": "from django.db import models\nfrom stock.models import Product\n"
                "class Order(models.Model):\n    product = models.ForeignKey(Product, models.CASCADE)\n",
                "orders/views.py": "import orders.models, stock.models",
            }.items()
        }
    )
    assert len(models) == 4
    assert {name: each.to_app for name, each in relations.items()} == {
        "orders.Order.product": "stock",
        "BUILD/LIB/orders.Order.product": "BUILD/LIB/stock",
    }


def test_an_app_called_tests_has_its_models():
    models, _ = read(
        {
            "settings.py": "INSTALLED_APPS = ['lab.tests']",
            "lab/tests/models.py": "from django.db import models\nclass Sample(models.Model): ...",
            "lab/tests/tests/models.py": "from django.db import models\nclass Fake(models.Model): ...",
        }
    )
    assert set(models) == {"tests.Sample"}


def test_classes_that_inherit_from_each_other_without_end_do_not_hang_the_reading():
    head = "from django.db import models\nclass L0(models.Model): ...\nclass R0(models.Model): ...\n"
    layers = "".join(
        f"class {side}{n}(L{n - 1}, R{n - 1}):\n    class Meta(X.Meta):\n        abstract = {n % 99 > 0}\n"
        for n in range(1, 400)
        for side in "LR"
    )
    stars = "".join(f"from orders.m{n} import *\n" for n in range(30))
    files = {f"orders/m{n}.py": stars + f"class C{n}(Missing): ...\n" for n in range(30)}
    models, _ = read({"stock/models.py": head + layers, **files, "orders/models.py": stars + "class D(Missing): ...\n"})
    assert "stock.L0" in models
    assert not [name for name in models if name.startswith("orders.")]


def test_migrations_in_a_circle_and_broken_ones_do_not_stop_the_reading():
    models, _ = read(
        {
            "orders/migrations/0001.py": migration(create("Order"), "('stock', '0001')"),
            "stock/migrations/0001.py": migration(
                create("Product") + "migrations.AddField('gone', 'x', models.IntegerField()), 3, *spread(),"
                "migrations.AddField(**more), migrations.AddField('product'), migrations.RenameModel('Product'),"
                "migrations.RenameField('product', 'x'), migrations.RemoveField('product'), migrations.CreateModel(),"
                "migrations.CreateModel('Odd\\nName', []), migrations.AddField('product', NAME, models.TextField()),",
                "('orders', '0001'), (1, 2), broken",
            ),
            "stock/models.py": "class A(B): ...\nclass B(A): ...\nfrom .models import C\nclass D(C): ...\n",
        }
    )
    assert set(models) == {"orders.Order", "stock.Product"}
