"""The scanner reads this repository as it is: rooms, tables and imports, compared with Django and with grimp."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import grimp
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from assess.evidence.records import Scan, read_evidence
from assess.evidence.scanner.command import main
from tests.evidence_samples import shop_evidence

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    out = tmp_path_factory.mktemp("scan") / "evidence.json"
    assert main([str(ROOT), "--out", str(out), "--no-cache"]) in (0, 1)
    return read_evidence(json.loads(out.read_text("utf-8")))


def room_of(module: str) -> str:
    """The room that a module lies in: `assess.people` of `assess.people.models`; `assess` for commands and wiring."""
    name = ".".join(module.split(".")[:2])
    return name if (ROOT / name.replace(".", "/")).is_dir() and name != "assess.management" else "assess"


def test_each_room_is_a_part_and_every_file_is_read(scan: Scan) -> None:
    rooms = {room_of(f"assess.{each.parent.name}") for each in (ROOT / "assess").glob("*/facade.py")}
    assert rooms <= {app.id for app in scan.apps}
    assert {each["reason"] for each in scan.data["unread"]["counts"]} <= {"virtual_environment", "link", "link_outside"}


def test_tables_and_foreign_keys_between_rooms_are_those_of_django(scan: Scan) -> None:
    models = [model for model in apps.get_app_config("assess").get_models() if not model._meta.proxy]
    assert {(each["name"], each["table"]) for each in scan.data["models"] if each["kind"] == "concrete"} == {
        (model.__name__, model._meta.db_table) for model in models
    }
    expected = {
        (room_of(model.__module__), model.__name__, field.name, field.related_model.__name__)
        for model in models
        for field in model._meta.local_fields + model._meta.local_many_to_many
        if field.related_model and room_of(field.related_model.__module__) != room_of(model.__module__)
    }
    assert {
        (each.from_app, each.from_model, each.field, each.to_model) for each in scan.relations if each.kind != "generic"
    } == {(room, model, field, target) for room, model, field, target in expected}


def test_every_import_between_rooms_that_grimp_finds_is_found(scan: Scan) -> None:
    graph = grimp.build_graph("assess")
    between = {
        (room_of(importer), room_of(imported))
        for importer in graph.modules
        if ".migrations" not in importer
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    assert {pair for pair in between if pair[0] != pair[1]} <= set(scan.imports)


def test_no_two_rooms_import_each_other(scan: Scan) -> None:
    assert {pair for pair in scan.imports if "assess" not in pair and pair[::-1] in scan.imports} == set()


def test_a_later_scan_asks_for_another_look_only_when_something_decayed(
    scan: Scan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = str(ROOT / "fixtures/evidence/own-answers.json")
    before = tmp_path / "before.json"
    before.write_text(json.dumps(scan.data), "utf-8")
    call_command("recheck_evidence", str(before), baseline=str(before), answers=answers)
    assert capsys.readouterr().out == "Nothing asks for another look.\n"

    later = json.loads(before.read_text("utf-8"))
    later["boundaries"]["exceptions"].append({"importer": "assess.decision.rules", "imported": "assess.api.urls"})
    after = tmp_path / "after.json"
    after.write_text(json.dumps(later), "utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("recheck_evidence", str(after), baseline=str(before), answers=answers)
    assert ended.value.code == 1
    assert "assess.decision.rules imports assess.api.urls, which lies above it." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"anonymised": True, "boundaries": None}, "Names are replaced in this scan"),
        ({"limits": [{"code": "rows_cut", "count": 1}]}, "some imports are not in it"),
    ],
    ids=["anonymised", "cut"],
)
def test_a_scan_that_cannot_tell_of_boundaries_is_no_good_news(
    changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(shop_evidence()), "utf-8")
    after.write_text(json.dumps(shop_evidence(**changes)), "utf-8")
    with pytest.raises(CommandError, match=words) as ended:
        call_command("recheck_evidence", str(after), baseline=str(before))
    assert ended.value.returncode == 2


def test_a_scan_as_large_as_an_upload_may_be_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = tmp_path / "large.json"
    large.write_text(json.dumps(shop_evidence()) + " " * 1_000_000, "utf-8")
    call_command("recheck_evidence", str(large), baseline=str(large))
    assert capsys.readouterr().out == "Nothing asks for another look.\n"


def test_new_scan_is_read_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.dumps(shop_evidence()).encode()
    (tmp_path / "before.json").write_bytes(content)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content)))
    call_command("recheck_evidence", "-", baseline=str(tmp_path / "before.json"))
    assert capsys.readouterr().out == "Nothing asks for another look.\n"
