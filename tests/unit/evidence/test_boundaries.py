import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from assess.evidence.boundaries import (
    count_exceptions,
    find_layers,
    import_linter_command,
    why_no_boundaries,
    write_import_linter,
    write_tach,
)
from assess.evidence.records import Scan, read_evidence
from assess.evidence.scanner.cycles import find_cycles
from assess.evidence.scanner.imports import resolve_imports
from assess.evidence.scanner.outline import outline_boundaries
from tests.evidence_samples import shop_evidence
from tests.unit.evidence.scanner.trees import apps_at, facts_of, write_files

SHOP = read_evidence(shop_evidence())


def contract_of(scan):
    (contract,) = tomllib.loads(write_import_linter(scan))["tool"]["importlinter"]["contracts"]
    return contract


def test_apps_lie_in_layers_above_what_they_import_and_side_by_side_where_neither_imports_the_other():
    assert find_layers(SHOP) == [["admin"], ["payments"], ["orders", "recommendations"], ["auth_users", "catalog"]]
    assert contract_of(SHOP)["layers"] == [
        "shop.admin",
        "shop.payments",
        "shop.orders | shop.recommendations",
        "shop.auth_users | shop.catalog",
    ]


def test_imports_that_point_up_are_exceptions_and_tests_and_migrations_are_not_bound():
    assert contract_of(SHOP)["ignore_imports"] == [
        "shop.orders.views -> shop.payments.charges",
        "shop.orders.views -> shop.payments.refunds",
        *(f"shop.{app}.migrations.** -> **" for app in sorted(("admin", "auth_users", "catalog", "orders"))),
        *(f"shop.{app}.migrations.** -> **" for app in ("payments", "recommendations")),
    ]
    assert "# orders -> payments: 2" in write_import_linter(SHOP)
    assert count_exceptions(SHOP) == 2


def test_tach_may_use_what_is_used_today_and_calls_what_points_up_deprecated():
    configuration = tomllib.loads(write_tach(SHOP))
    modules = {module["path"]: module["depends_on"] for module in configuration["modules"]}
    assert modules["shop.orders"] == [
        {"path": "shop.auth_users"},
        {"path": "shop.catalog"},
        {"path": "shop.payments", "deprecated": True},
    ]
    assert "shop/orders/migrations/**" in configuration["exclude"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"boundaries": None, "anonymised": True}, "Names are replaced"),
        ({"limits": [{"code": "rows_cut", "count": 9}]}, "more than its file may have"),
        ({"boundaries": {"packages": [], "parts": [], "exceptions": [], "left_out": []}}, "fewer than two apps"),
    ],
)
def test_a_scan_that_does_not_name_every_import_gives_no_boundaries_and_says_why(changes, why):
    scan = read_evidence(shop_evidence(**changes))
    assert why in why_no_boundaries(scan)
    assert (write_import_linter(scan), write_tach(scan), count_exceptions(scan)) == ("", "", None)


@pytest.mark.parametrize(
    "name", ['a"]\n[tool.evil', "a | b", "a:b", "a -> b", "(a)", "", "a\\", "../a", "a.**.b", "a b", "$(a)"]
)
def test_a_name_that_is_no_module_is_in_no_configuration(name):
    boundaries = shop_evidence()["boundaries"]
    boundaries["parts"].append({"app": "orders", "module": name})
    boundaries["exceptions"].append({"importer": name, "imported": "shop.orders"})
    boundaries["left_out"].append(name)
    boundaries["packages"].append({"name": name, "root": name})
    scan = read_evidence(shop_evidence(boundaries=boundaries))
    assert write_import_linter(scan) == write_import_linter(SHOP)
    assert write_tach(scan) == write_tach(SHOP)


@pytest.mark.parametrize("root", ["/tmp/evil", "~/evil", "../evil", "src/../../evil", "src:/evil", "a\\b"])
def test_a_package_outside_the_repository_is_on_no_search_path(root):
    boundaries = shop_evidence()["boundaries"]
    boundaries["packages"].append({"name": "evil", "root": root})
    scan = read_evidence(shop_evidence(boundaries=boundaries))
    assert import_linter_command(scan) == "lint-imports --config boundaries.toml"
    assert write_import_linter(scan) == write_import_linter(SHOP)
    assert write_tach(scan) == write_tach(SHOP)


REPOSITORY = {
    "shop/__init__.py": "from shop.wiring import urls",
    "shop/wiring.py": "from shop.orders import views",
    "shop/settings.py": "",
    "shop/orders/__init__.py": "",
    "shop/orders/views.py": "from shop.users import models\nfrom shop import settings\nfrom shop.scripts import load",
    "shop/orders/models.py": "from shop.wiring import urls\nimport shop.users\nimport shop.users.models",
    "shop/orders/forms.py": "import shop.users\nimport shop.users.models",
    "shop/orders/migrations/__init__.py": "",
    "shop/orders/migrations/0001_initial.py": "import shop.users.models",
    "shop/orders/tests.py": "import shop.wiring",
    "shop/users/__init__.py": "",
    "shop/users/models.py": "def late():\n    from shop.orders import models, views\n",
    "shop/users/tests/__init__.py": "from shop.orders.views import index",
    "shop/users/tests/test_models.py": "import shop.orders.models",
    "shop/users/loose/load.py": "import shop.orders.models",
    "shop/products/__init__.py": "",
    "shop/products/models.py": "",
    "shop/products/newer.py": "def f[T](x: list[T]) -> T:\n    from shop.users import models\n    return x[0]",
    "shop/scripts/__init__.py": "",
    "shop/scripts/load.py": "import shop.products.models\nimport shop",
}
APPS = ("shop", "shop/orders", "shop/users", "shop/products", "shop/scripts")


def scan_of(files: dict[str, str], root: str = ".") -> Scan:
    """A scan with what boundaries are written from, of apps at known places."""
    prefix = "" if root == "." else f"{root}/"
    files = {prefix + path: text for path, text in files.items()}
    facts, apps = facts_of(files), apps_at(*(prefix + app for app in APPS))
    edges = resolve_imports(facts, apps, [root])
    cycles = find_cycles(apps, edges)
    pairs = sorted({(e.from_app, e.to_app) for e in edges if e.kind == "import" and e.from_app != e.to_app})
    app = shop_evidence()["apps"][0]
    return read_evidence(
        shop_evidence(
            apps=[{**app, "id": each.id} for each in apps],
            imports=[{"from": a, "to": b, "imports": 1, "lazy": 0, "references": 0, "examples": []} for a, b in pairs],
            cycles={
                "order": list(cycles.order),
                "cut": [{"from": a, "to": b, "imports": count} for a, b, count in cycles.cut],
            },
            boundaries=outline_boundaries(facts, apps, [root], cycles),
        )
    )


def lint(top: Path, configuration: str) -> tuple[int, str]:
    """import-linter's code and output in a repository that is `src/` below this directory."""
    (top / "boundaries.toml").write_text(configuration)
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", "boundaries.toml", "--no-cache"],
        cwd=top,
        env={"PYTHONPATH": "src", "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_import_linter_accepts_a_repository_as_it_is_and_refuses_one_more_import_upward(tmp_path):
    scan = scan_of(REPOSITORY, "src")
    configuration = write_import_linter(scan)
    write_files(tmp_path / "src", REPOSITORY)
    code, output = lint(tmp_path, configuration)
    assert code == 0, output
    assert count_exceptions(scan) > 0
    write_files(tmp_path / "src", {"shop/products/models.py": "import shop.orders.models"})
    code, output = lint(tmp_path, configuration)
    assert code == 1
    assert "shop.products.models -> shop.orders.models" in output


def test_an_exception_that_is_no_longer_needed_has_to_be_removed(tmp_path):
    cleaner = {**REPOSITORY, "shop/users/models.py": ""}
    write_files(tmp_path / "src", cleaner)
    code, output = lint(tmp_path, write_import_linter(scan_of(REPOSITORY, "src")))
    assert code == 1
    assert "No matches for ignored import shop.users.models" in output
    after = scan_of(cleaner, "src")
    assert count_exceptions(after) < count_exceptions(scan_of(REPOSITORY, "src"))
    code, output = lint(tmp_path, write_import_linter(after))
    assert code == 0, output
