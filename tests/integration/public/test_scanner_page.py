"""The page that offers the scanner: the file is the one whose hash it shows, and what it serves can be kept."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from assess.evidence import scanner
from assess.evidence.facade import SCHEMA, build_single_file


def test_the_page_shows_the_hash_of_the_file_that_it_offers() -> None:
    page, file = Client().get("/evidence/").text, Client().get("/evidence/scan_repo.py")
    assert hashlib.sha256(file.content).hexdigest() in page
    assert 'href="/evidence/scan_repo.py"' in page
    assert 'href="/evidence/1/schema.json"' in page


def test_the_file_is_put_together_from_the_scanner_of_this_release() -> None:
    modules = Path(scanner.__file__).parent.glob("*.py")
    sources = {each.stem: each.read_text("utf-8") for each in modules if each.stem != "__init__"}
    response = Client().get("/evidence/scan_repo.py")
    assert response.content.decode() == build_single_file(sources)
    assert response.headers["Content-Type"] == "text/x-python; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="scan_repo.py"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_schema_is_served_at_its_stable_address() -> None:
    response = Client().get("/evidence/1/schema.json")
    assert json.loads(response.content) == SCHEMA
    assert response.headers["Content-Type"] == "application/schema+json"


@pytest.mark.parametrize("address", ["/evidence/scan_repo.py", "/evidence/1/schema.json"])
def test_whoever_has_it_is_told_so(address: str) -> None:
    first = Client().get(address)
    assert "max-age=3600" in first.headers["Cache-Control"]
    again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_command_scans_like_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top, out = tmp_path / "shop", tmp_path / "evidence.json"
    top.mkdir()
    (top / "views.py").write_text("import json\n")
    with pytest.raises(SystemExit) as ended:
        call_command("scan_repo", str(top), "--no-cache", "--out", str(out))
    assert ended.value.code == 1
    assert "There is no git history here" in capsys.readouterr().out
    assert json.loads(out.read_bytes())["files"] == {"python": 1, "lines": 1}
