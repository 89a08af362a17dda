"""A scan from a directory to its file: the contract, the same bytes, exit statuses, no names when anonymised."""

import ast
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assess.evidence import schema
from assess.evidence.limits import LIMITS, REASONS
from assess.evidence.records import read_evidence
from assess.evidence.scanner import command as command_module
from assess.evidence.scanner import evidence as scanner_evidence
from assess.evidence.scanner.anonymise import anonymise
from assess.evidence.scanner.command import NothingToScanError, main, scan
from assess.evidence.scanner.evidence import to_bytes
from assess.evidence.scanner.files import printable
from assess.evidence.scanner.summary import LIMIT_WORDS, REASON_WORDS, to_summary
from assess.evidence.single_file import build_single_file
from assess.evidence.validation import HIDDEN, read_evidence_file
from tests.evidence_samples import evidence_of_apps, shop_evidence
from tests.repositories import git

SCANNER = Path(scanner_evidence.__file__).parent
MODEL = "from django.db import models\n"
SHOP = {
    "manage.py": "import shop.settings\n",
    "shop/__init__.py": "",
    "shop/settings.py": 'INSTALLED_APPS = ["shop.orders", "shop.people"]\nAUTH_USER_MODEL = "people.Customer"\n',
    "shop/people/__init__.py": "",
    "shop/people/models.py": MODEL + "class Customer(models.Model):\n    pass\n",
    "shop/people/views.py": "def history():\n    from shop.orders.models import Basket\n",
    "shop/orders/__init__.py": "",
    "shop/orders/models.py": MODEL
    + "from shop.people.models import Customer\nclass Basket(models.Model):\n"
    + "    owner = models.ForeignKey(Customer, on_delete=models.CASCADE)\n",
    "shop/orders/views.py": "from shop.people.models import Customer\nfrom shop.people import views\n",
    "shop/orders/tests.py": "from shop.orders import views\n\n\n",
    "shop/orders/broken.py": "x = (\n",
    "requirements.txt": "django==5.2\nsentry-sdk==2.0\n",
}


def write_shop(top: Path, files: Mapping[str, str] = SHOP) -> Path:
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(content)
    return top


def commit(top: Path) -> Path:
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=A message with a secret: hunter2")
    return top


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return commit(write_shop(tmp_path_factory.mktemp("projects") / "shop"))


@pytest.fixture(scope="module")
def found(shop: Path) -> dict[str, Any]:
    return scan(str(shop), scanned_at="2026-11-02T09:00:00Z")


@pytest.fixture(scope="module")
def single_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources = {file.stem: file.read_text("utf-8") for file in SCANNER.glob("*.py") if file.stem != "__init__"}
    path = tmp_path_factory.mktemp("single") / "scan_repo.py"
    path.write_text(build_single_file(sources), "utf-8")
    return path


def without_time(content: bytes) -> dict[str, Any]:
    return {key: value for key, value in json.loads(content).items() if key != "scanned_at"}


# --- the contract


def test_a_scan_keeps_the_contract_and_says_what_is_there(found: dict[str, Any]) -> None:
    jsonschema.validate(found, schema.SCHEMA)
    read = read_evidence(found)
    apps = {app.id: app for app in read.apps}
    assert {"orders", "people"} <= set(apps)
    assert (apps["orders"].files, apps["orders"].test_lines) == (5, 3)
    assert read.foreign_keys == {("orders", "people"): 1}
    assert read.imports["orders", "people"] == 3
    assert found["cycles"]["groups"] == [["orders", "people"]]
    assert [(each["from"], each["to"]) for each in found["cycles"]["cut"]] == [("people", "orders")]
    assert [each["name"] for each in found["models"] if each["is_user"]] == ["Customer"]
    assert found["unread"]["first"] == [
        {"path": "shop/orders/broken.py", "reason": "syntax_error", "line": 1, "detail": "'(' was never closed"}
    ]
    assert [each["name"] for each in found["capabilities"]] == ["sentry"]


def test_no_message_name_address_or_source_is_in_the_file(found: dict[str, Any]) -> None:
    content = to_bytes(found).decode()
    for secret in ("hunter2", "ada@", "Ada", "on_delete", "CASCADE"):
        assert secret not in content


def test_the_scanner_and_the_site_have_the_same_limits() -> None:
    assert scanner_evidence.EVIDENCE_FORMAT == schema.FORMAT
    assert scanner_evidence.MAX_EVIDENCE_APPS == schema.MAX_APPS
    assert scanner_evidence.MAX_EVIDENCE_ROWS == schema.MAX_ROWS
    assert scanner_evidence.MAX_EVIDENCE_LISTED == schema.MAX_LISTED
    assert scanner_evidence.MAX_EVIDENCE_BYTES <= schema.MAX_BYTES


def test_the_file_reads_as_the_same_json_with_keys_in_order() -> None:
    content = to_bytes(shop_evidence())
    assert json.loads(content) == shop_evidence()
    assert content.endswith(b"}\n")
    assert b"\r" not in content
    keys = [line.split('"')[1] for line in content.decode().split("\n") if line.startswith(' "')]
    assert keys == sorted(shop_evidence())


@pytest.mark.slow
def test_rows_beyond_the_contract_are_cut_and_counted() -> None:
    many = shop_evidence()
    pair = {"a": "x" * 250, "b": "y" * 250, "together": 1}
    many["history"]["pairs"] = [pair] * 19_999 + [{"a": "orders", "b": "payments", "together": 48}]
    many["models"] = many["models"] * 3_000
    before = len(many["history"]["pairs"]) + len(many["models"])
    cut = scanner_evidence.cut_rows(many)
    assert len(to_bytes(cut)) <= schema.MAX_BYTES
    assert cut["history"]["pairs"][0]["together"] == 48
    [limit] = [each for each in cut["limits"] if each["code"] == "rows_cut"]
    left = len(cut["history"]["pairs"]) + len(cut["models"])
    assert len(cut["models"]) <= schema.MAX_ROWS
    assert limit["count"] == before - left


@pytest.mark.slow
def test_a_scan_cut_to_the_contracts_bytes_is_still_taken() -> None:
    many = evidence_of_apps(400)
    long = "é" * 290
    example = {"path": long, "line": 1, "importer": long, "imported": long}
    for each in many["imports"]:
        each["examples"] = [example] * 3
    many["limits"] = []
    cut = scanner_evidence.cut_rows(many)
    assert len(cut["imports"]) < len(evidence_of_apps(400)["imports"])
    assert read_evidence_file(to_bytes(cut))["limits"][0]["code"] == "rows_cut"


def test_what_the_scanner_writes_has_no_character_that_an_upload_refuses() -> None:
    refused = HIDDEN.findall("".join(map(chr, range(sys.maxunicode + 1))))
    assert len(refused) > 100
    assert HIDDEN.findall("".join(map(printable, refused))) == []


def test_as_many_top_level_packages_as_apps_keep_the_contract(tmp_path: Path) -> None:
    names = [f"app{number:03}" for number in range(201)]
    files = {f"{name}/models.py": MODEL + "class A(models.Model): pass\n" for name in names}
    found = scan(str(write_shop(tmp_path / "many", files | {f"{name}/__init__.py": "" for name in names})))
    assert len(read_evidence_file(to_bytes(found))["boundaries"]["packages"]) == 201


def test_hostile_names_keep_the_contract(tmp_path: Path) -> None:
    label = "a\\x1b[2J\\n=cmd|' /C calc'!A0" + "x" * 400
    files = {
        "pay/__init__.py": "",
        "pay/apps.py": f'class C(AppConfig):\n    name = "pay"\n    label = "{label}"\n',
        "pay/models.py": MODEL
        + f'class Bill(models.Model):\n    class Meta:\n        db_table = "{label}"\n'
        + f'    to = models.ForeignKey("{label}.\\u202eX", on_delete=1)\n'
        + '    of = models.ForeignKey("a.b\\x00", on_delete=1)\n',
    }
    jsonschema.validate(scan(str(write_shop(tmp_path / "top", files))), schema.SCHEMA)


# --- the same bytes


@pytest.mark.parametrize("isolated", [["-I"], []], ids=["-I", "forgotten"])
def test_the_single_file_imports_nothing_that_lies_beside_it(
    isolated: list[str], single_file: Path, tmp_path: Path
) -> None:
    for name in ("json", "argparse", "hashlib", "tempfile"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')")
    copy = shutil.copy(single_file, tmp_path)
    run = subprocess.run([sys.executable, *isolated, copy, "--help"], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.slow
def test_the_same_commit_gives_the_same_bytes_under_any_hash_seed_and_from_anywhere(
    shop: Path, single_file: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "elsewhere" / "shop"
    git(tmp_path, "clone", "--quiet", str(shop), str(clone))
    outcomes = []
    for seed, top in (("0", shop), ("1", shop), ("2", clone)):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, str(single_file), str(top), "--no-cache", "--out", "-"]
        run = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert run.returncode == 1, run.stderr
        outcomes.append([line for line in run.stdout.split(b"\n") if b'"scanned_at"' not in line])
    assert outcomes[0] == outcomes[1] == outcomes[2]


# --- one file


def test_the_single_file_finds_what_the_package_finds(shop: Path, single_file: Path, found: dict[str, Any]) -> None:
    out = single_file.with_name("evidence.json")
    command = [sys.executable, "-I", str(single_file), str(shop), "--no-cache", "--out", str(out)]
    run = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (run.returncode, run.stderr) == (1, "")
    assert without_time(out.read_bytes()) == without_time(to_bytes(found))
    assert run.stdout.startswith("Not seen:\n  1 × cannot be parsed\n    shop/orders/broken.py:1  syntax_error")


def test_the_single_file_needs_python_3_9_and_the_standard_library(single_file: Path) -> None:
    tree = ast.parse(single_file.read_text("utf-8"), feature_version=(3, 9))
    modules = {each.name for node in tree.body if isinstance(node, ast.Import) for each in node.names}
    modules |= {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ({"a": "x = 1\n", "b": "def x(): pass\n"}, "x (a.py, b.py)"),
        ({"a": "import json\n", "b": "json = 1\n"}, "json (b.py, import json)"),
        (
            {"a": "from os import path\n", "b": "from sys import path\n"},
            "path (from os import path, from sys import path)",
        ),
        ({"a": "def f():\n    import json\n"}, "a.py, line 2"),
        ({"a": "from assess.language import _\n"}, "nothing of the site"),
        ({"a": "from assess.evidence.scanner import b\n", "b": ""}, "import names from the scanner's modules"),
        (
            {"a": "from assess.evidence.scanner.b import y\n", "b": "from assess.evidence.scanner.a import x\n"},
            "in a circle",
        ),
    ],
    ids=["name twice", "name and import", "two imports", "inside", "site", "module", "circle"],
)
def test_modules_that_cannot_be_one_file_are_refused(sources: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        build_single_file(sources)


# --- the command


def test_a_project_read_whole_gives_status_0_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {path: content for path, content in SHOP.items() if "broken" not in path}
    top, out = commit(write_shop(tmp_path / "whole", files)), tmp_path / "evidence.json"
    assert main([str(top), "--no-cache", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Not seen" not in said
    assert "Found in whole at " in said
    assert "2 models with a table; foreign keys to another app: 1 of 1" in said
    assert str(out) in said


def test_json_tells_programs_what_was_not_seen(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "evidence.json"
    assert main([str(shop), "--no-cache", "--json", "--out", str(out)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["unread"] == [{"reason": "syntax_error", "files": 1}]
    assert (told["status"], told["bytes"]) == (1, len(out.read_bytes()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: not a directory."),
        (["empty"], "no Python file"),
        (["shop", "--months", "0"], "from 1 to 1200"),
        (["shop", "--processes", "-1"], "from 1 to 64"),
        (["shop", "--out", "nowhere/evidence.json"], "cannot be written (No such file or directory)"),
        (["shop", "--out", "empty"], "cannot be written (Is a directory)"),
        (["shop"], "evidence.json: cannot be written (it is a link"),
        (["shop", "--out", "pipe"], "cannot be written (No such device or address)"),
    ],
    ids=["no directory", "no Python", "months", "processes", "no place", "directory", "link", "pipe"],
)
def test_wrong_use_gives_status_2_and_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "evidence.json").symlink_to("precious")
    os.mkfifo(tmp_path / "pipe")
    write_shop(tmp_path / "shop", {"a.py": "x = 1\n"})
    assert main([*arguments, "--no-cache"]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""
    assert (tmp_path / "precious").read_text() == "mine"


def test_what_is_kept_for_the_next_scan_is_the_users_alone(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    main([str(shop), "--out", str(tmp_path / "evidence.json")])
    assert stat.S_IMODE((tmp_path / "cache" / "splitcheck").stat().st_mode) == 0o700
    assert list((tmp_path / "cache" / "splitcheck").iterdir())
    assert capsys.readouterr().err == ""


def test_a_cache_that_somebody_wrote_breaks_no_scan(shop: Path, tmp_path: Path, found: dict[str, Any]) -> None:
    arguments = [str(shop), "--cache", str(tmp_path / "cache"), "--out", str(tmp_path / "evidence.json")]
    assert main(arguments) == 1
    (kept,) = (tmp_path / "cache").iterdir()
    lines = [line.split(b" ", 1) for line in kept.read_bytes().splitlines()]
    facts = [(key, json.loads(rest)) for key, rest in lines]
    wrong = [
        [path, lines, imports, [[1, 5]], {"classes": 5}, problem] for _key, (path, lines, imports, *_, problem) in facts
    ]
    spoiled = [key + b" " + json.dumps(each).encode() for (key, _facts), each in zip(facts, wrong, strict=True)]
    kept.write_bytes(b"\n".join(spoiled))
    assert main(arguments) == 1
    assert without_time((tmp_path / "evidence.json").read_bytes()) == without_time(to_bytes(found))


def test_a_fault_of_the_scanner_has_its_own_status_and_writes_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise ValueError("\x1b[31m")

    monkeypatch.setattr(command_module, "find_cycles", fail)
    assert main([str(shop), "--no-cache", "--out", str(tmp_path / "evidence.json")]) == 2
    said = capsys.readouterr().err
    assert "a fault of the scanner, please report it (ValueError in fail, line" in said
    assert "\x1b" not in said
    assert not (tmp_path / "evidence.json").exists()


def test_a_repository_without_git_or_commits_says_so(tmp_path: Path) -> None:
    top = write_shop(tmp_path / "shop")
    assert {"code": "no_git", "count": 1} in scan(str(top))["limits"]
    git(top, "init", "--quiet")
    found = scan(str(top))
    assert found["history"] is None
    assert found["limits"]
    with pytest.raises(NothingToScanError):
        scan(str(top / ".git"))


def test_files_that_are_not_as_in_the_commit_are_counted(tmp_path: Path) -> None:
    files = {"a.py": "x = 1\n", "sub/b.py": "x = 1\n", "sub/c.py": "x = 1\n", "sub/d.py": "x = 1\r\n"}
    top = commit(write_shop(tmp_path / "top", files))
    assert "uncommitted" not in {each["code"] for each in scan(str(top))["limits"]}
    (top / "sub" / "b.py").write_text("x = 2\n")
    (top / "sub" / "c.py").write_bytes(b"x = 1\r\n")  # as git checks it out elsewhere
    (top / "new.py").write_text("x = 1\n")
    assert {"code": "uncommitted", "count": 2} in scan(str(top))["limits"]
    assert {"code": "uncommitted", "count": 1} in scan(str(top / "sub"))["limits"]


# --- without names


def strings_of(value: Any) -> list[str]:
    """Every string in a file's JSON that is not the name of a field."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in strings_of(each)]
    return [value] if isinstance(value, str) else []


def test_anonymised_evidence_has_the_same_counts_and_no_name(found: dict[str, Any]) -> None:
    hidden = anonymise(found)
    jsonschema.validate(hidden, schema.SCHEMA)
    values = " ".join(strings_of({**hidden, "capabilities": [each["listed"] for each in hidden["capabilities"]]}))
    for name in ("shop", "orders", "people", "Basket", "Customer", "owner", "broken", "requirements"):
        assert name not in values
    was, now = read_evidence(found), read_evidence(hidden)
    assert sorted(was.foreign_keys.values()) == sorted(now.foreign_keys.values())
    assert sorted(was.imports.values()) == sorted(now.imports.values())
    assert (was.cut_share, was.across_share) == (now.cut_share, now.across_share)
    assert sorted(app.lines for app in was.apps) == sorted(app.lines for app in now.apps)
    assert hidden["repository"]["commit"] == found["repository"]["commit"]
    assert {app.id for app in now.apps} == set(hidden["cycles"]["order"])


def test_an_anonymised_pair_stays_in_alphabetical_order() -> None:
    hidden = anonymise(shop_evidence())
    jsonschema.validate(hidden, schema.SCHEMA)
    assert all(pair["a"] < pair["b"] for pair in hidden["history"]["pairs"])
    assert sorted(pair["together"] for pair in hidden["history"]["pairs"]) == [12, 20, 30, 48]
    assert not {"orders", "Order", "shop", "otel"} & set(json.dumps(hidden).split('"'))


def codes_written() -> tuple[set[str], set[str]]:
    """Every code of a limit and every reason of a problem that the scanner's modules name."""
    limits, reasons = set(), set()
    for file in SCANNER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                owner = getattr(getattr(node.func, "value", None), "id", "")
                if name in ("Problem", "UnsafeGitError") and len(node.args) > 1:
                    reasons |= codes_in(node.args[1])
                elif (name == "add" and owner == "limits") or name == "GitReading":
                    limits |= codes_in(node)
            elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "limits":
                limits |= codes_in(node)
            elif isinstance(node, ast.FunctionDef) and node.name in ("why_left_out", "reason_of_syntax_error"):
                for each in ast.walk(node):
                    reasons |= codes_in(each) if isinstance(each, ast.Return) else set()
    return limits, reasons


def codes_in(node: ast.AST) -> set[str]:
    texts = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return {text for text in texts if re.fullmatch("[a-z][a-z_0-9]+", text)}


def test_every_limit_and_reason_has_words_on_the_terminal_and_on_the_site() -> None:
    limits, reasons = codes_written()
    assert {"no_git", "settings_by_code", "release_branch"} <= limits <= set(LIMIT_WORDS)
    assert {"syntax_error", "too_large", "git_failed"} <= reasons <= set(REASON_WORDS)
    assert set(LIMITS) == set(LIMIT_WORDS)
    assert set(REASONS) == set(REASON_WORDS)


def test_the_summary_begins_with_what_was_not_seen() -> None:
    lines = to_summary(shop_evidence()).split("\n")
    assert lines[0] == "Not seen:"
    assert "INSTALLED_APPS" in lines[1]
    assert "cannot be parsed" in lines[2]
    assert any("30 % touch two or more apps" in line for line in lines)
    assert any("35 imports between apps; 2 to cut" in line for line in lines)
