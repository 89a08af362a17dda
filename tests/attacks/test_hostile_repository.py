"""One repository with everything that could run, hang or mislead, scanned by the single file as a team would run it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from assess.evidence.schema import SCHEMA
from assess.evidence.single_file import build_single_file
from tests.repositories import git

SCANNER = Path(__file__).parents[2] / "assess" / "evidence" / "scanner"


@pytest.fixture
def single_file(tmp_path: Path) -> Path:
    sources = {file.stem: file.read_text("utf-8") for file in SCANNER.glob("*.py") if file.stem != "__init__"}
    path = tmp_path / "tool" / "scan_repo.py"
    path.parent.mkdir()
    path.write_text(build_single_file(sources), "utf-8")
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Whatever git or Python would run for it writes `ran` beside the repository."""
    top, ran = tmp_path / "hostile", tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\ncat\n")
    program.chmod(0o755)
    files: dict[str, bytes] = {
        "shop/__init__.py": f"open({str(ran)!r}, 'a').write('imported')\n".encode(),
        "shop/orders/models.py": b"from django.db import models\nclass Order(models.Model):\n    pass\n",
        "shop/orders/deep.py": b"x = 1" + b"+1" * 200_000 + b"\n",
        "shop/orders/nulls.py": b"x = 1\x00\n",
        "shop/orders/line.py": b"x = '" + b"a" * 3_000_000 + b"'\n",
        "shop/orders/latin.py": b"x = '\xe9\xff'\n",
        "shop/orders/klingon.py": b"# -*- coding: klingon -*-\n",
        "shop/orders/turkish.py": "# -*- coding: iso-8859-9 -*-\nx = '\u0130'\n".encode("iso-8859-9"),
        "shop/orders/wide.py": "import shop\n".encode("utf-16"),
        "shop/orders/new\nline.py": b"x = 1\n",
        "shop/orders/=cmd|' /C calc'!A0.py": b"x = 1\n",
        "conftest.py": f"open({str(ran)!r}, 'a').write('imported')\n".encode(),
        "setup.py": f"open({str(ran)!r}, 'a').write('installed')\n".encode(),
        "requirements.txt": b"celery\n" + b"-r " * 500_000 + b"\n-r requirements.txt\n-e git+ssh://example.org/x\n",
        ".gitattributes": b"* diff=run filter=run\n",
        "CODEOWNERS": b"*" * 100_000 + b" @a\n/shop/orders/ @b\n",
    }
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(content)
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=first")
    (top / "shop" / "orders" / "views.py").write_text("import shop.orders.models\n")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=second")
    os.mkfifo(top / "shop" / "fifo.py")
    (top / "shop" / "zero.py").symlink_to("/dev/zero")
    (top / "shop" / "loop").symlink_to(top)
    (top / "shop" / "secrets.py").symlink_to("/etc/passwd")
    with socket.socket(socket.AF_UNIX) as unix:
        here = Path.cwd()
        os.chdir(top)  # a socket's path must be short
        unix.bind("socket.py")
        os.chdir(here)
    with (top / ".git" / "config").open("a") as file:  # test_hostile_git has all of them
        file.write(f"[core]\n fsmonitor = {program}\n[diff]\n external = {program}\n[pager]\n log = {program}\n")
    return top


@pytest.mark.slow
def test_nothing_runs_nothing_hangs_and_all_that_was_not_read_is_named(
    hostile: Path, single_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "evidence.json"
    command = [sys.executable, "-I", str(single_file), str(hostile), "--no-cache", "--out", str(out)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=hostile)
    assert (run.returncode, run.stderr) == (1, "")
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()
    found = json.loads(out.read_bytes())
    jsonschema.validate(found, SCHEMA)
    reasons = {each["path"]: each["reason"] for each in found["unread"]["first"]}
    assert reasons.pop("shop/orders/deep.py") in ("too_deep", "parser_died")
    assert reasons == {
        "shop/fifo.py": "not_a_file",
        "shop/loop": "link",
        "shop/orders/klingon.py": "unknown_encoding",
        "shop/orders/latin.py": "not_utf8",
        "shop/orders/line.py": "too_large",
        "shop/orders/new\\nline.py": "odd_path",
        "shop/orders/nulls.py": "null_bytes",
        "shop/orders/wide.py": "null_bytes",
        "shop/secrets.py": "link_outside",
        "shop/zero.py": "link_outside",
        "socket.py": "not_a_file",
    }
    assert [model["name"] for model in found["models"]] == ["Order"]
    assert found["repository"]["commit"] == git(hostile, "rev-parse", "HEAD").decode().strip()
    assert found["people"]["commits"] == 1
    assert "celery" in [each["name"] for each in found["capabilities"]]
    assert not any(ord(character) < 32 and character != "\n" for character in run.stdout)
