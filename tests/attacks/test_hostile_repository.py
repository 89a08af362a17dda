"""A repository in which everything that can be hostile is, read by the scanner's command as a team would run it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assess.evidence.single_file import build_single_file
from assess.evidence.validation import read_evidence_file
from tests.attacks.test_hostile_git import set_every_trap, sign_last_commit
from tests.repositories import Made, git, make_repository

ROOT = Path(__file__).resolve().parents[2]
SCAN = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from assess.evidence.scanner.command import main; sys.exit(main())"
)

#: Files that something might run or import only because they lie there.
RUN_BY_LYING_THERE = ["conftest.py", "json.py", "manage.py", "setup.py", "shop/settings.py", "sitecustomize.py"]

MODELS = "from django.db import models\nclass Order(models.Model):\n    pass\n"

#: Path, content, and the reason for which the file is not read; "" where it is.
FILES: list[tuple[str, bytes, str]] = [
    ("shop/__init__.py", b"", ""),
    ("shop/orders/models.py", MODELS.encode(), ""),
    ("shop/orders/latin.py", b"# -*- coding: latin-1 -*-\nname = '\xe9'\n", ""),
    ("shop/orders/bom.py", b"\xef\xbb\xbfname = 1\r\n", ""),
    ("shop/payments/models.py", MODELS.replace("Order", "Payment").encode(), ""),
    ("shop/bad/operators.py", b"x = 1" + b" + 1" * 200_000, "too_deep"),
    ("shop/bad/brackets.py", b"x = " + b"[" * 100_000, "too_deep"),
    ("shop/bad/null.py", b"x = 1\0", "null_bytes"),
    ("shop/bad/binary.py", b"\x7fELF\xff\xfe\x01" * 50, "not_utf8"),
    ("shop/bad/encoding.py", b"# -*- coding: no-such -*-\n", "unknown_encoding"),
    ("shop/bad/long_line.py", b"x = '" + b"a" * 3_000_000 + b"'\n", "too_large"),
    ("shop/bad/two\nlines.py", b"x = 1\n", "odd_path"),
    ("requirements.txt", b"celery\n" + b"-" * 500_000 + b"\n\0\xff", ""),
    ("CODEOWNERS", b"* @org/all\n" + b"/**/*a*a*a*a*a*a*b @x\n" * 5_000, ""),
    ("pyproject.toml", b"[" * 200_000, ""),
]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the repository `shop`, a program `evil` that leaves `ran` behind, and a secret beside them."""
    scene = tmp_path_factory.mktemp("hostile")
    top = make_repository(
        scene / "shop",
        [
            Made(["README"]),
            Made(["shop/orders/models.py", "shop/payments/models.py"], author="Mallory <mallory@example.org>"),
            Made([f"shop/orders/{number}.py" for number in range(60)]),
            Made(["shop/orders/models.py"], author="dependabot[bot] <support@github.com>"),
            Made(["shop/orders/models.py"]),
        ],
    )
    (scene / "secret").mkdir()
    (scene / "secret" / "keys.py").write_text("PASSWORD = 'correct horse'\n")
    evil = scene / "evil"
    evil.write_text(f'#!/bin/sh\necho "$0 $*" >> {scene}/ran\nexit 1\n')
    evil.chmod(0o755)
    for path, content, _ in FILES:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(content)
    for path in RUN_BY_LYING_THERE:
        (top / path).write_text(f"open({str(scene / 'ran')!r}, 'a').write('{path} was run')\n")
    with (top / "shop/bad/sparse.py").open("wb") as file:
        file.truncate(10**12)
    os.mkfifo(top / "shop/bad/fifo.py")
    os.mkfifo(top / "Dockerfile")
    here = Path.cwd()
    os.chdir(top / "shop/bad")  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.py")
    os.chdir(here)
    (top / "shop/bad/zero.py").symlink_to("/dev/zero")
    (top / "shop/bad/keys.py").symlink_to(scene / "secret/keys.py")
    (top / "shop/bad/out").symlink_to(scene / "secret")
    (top / "shop/bad/loop").symlink_to(top)
    (top / "shop/bad/itself.py").symlink_to("itself.py")
    make_repository(top / "parts/other", [Made(["a.py"])])
    (top / "parts/other/a.py").write_text("x = 1\n")
    sign_last_commit(top)
    git(top, "config", "user.name", "Mallory")
    set_every_trap(scene)
    return scene


@pytest.fixture(scope="module")
def evidence(scene: Path) -> Any:
    """What the one file writes, run within the repository by somebody whose environment has traps as well.

    Taken as the site takes an upload.
    """
    scanner = ROOT / "assess" / "evidence" / "scanner"
    sources = {file.stem: file.read_text("utf-8") for file in scanner.glob("*.py") if file.stem != "__init__"}
    (scene / "scan_repo.py").write_text(build_single_file(sources), "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(scene / "scan_repo.py"), ".", "--out", str(scene / "evidence.json"), "--no-cache"],
        cwd=scene / "shop",
        env={
            **os.environ,
            "GIT_EXTERNAL_DIFF": str(scene / "evil"),
            "GIT_TRACE": str(scene / "ran"),
            "PYTHONPATH": str(scene / "shop"),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1, done.stderr
    return read_evidence_file((scene / "evidence.json").read_bytes())


pytestmark = pytest.mark.slow


def test_nothing_of_a_hostile_repository_is_run(scene: Path, evidence: Any) -> None:
    assert not (scene / "ran").exists(), (scene / "ran").read_text()


def test_everything_unread_is_reported_by_path_and_reason_and_the_rest_is_read(evidence: Any) -> None:
    reasons = {each["path"]: each["reason"] for each in evidence["unread"]["first"]}
    expected = {path.replace("\n", "\\n"): reason for path, _, reason in FILES if reason}
    expected |= {
        "Dockerfile": "not_a_file",
        "parts/other": "other_repository",
        "shop/bad/fifo.py": "not_a_file",
        "shop/bad/itself.py": "link_outside",
        "shop/bad/keys.py": "link_outside",
        "shop/bad/loop": "link",
        "shop/bad/out": "link_outside",
        "shop/bad/socket.py": "not_a_file",
        "shop/bad/sparse.py": "too_large",
        "shop/bad/zero.py": "link_outside",
    }
    assert reasons == expected
    assert sum(each["files"] for each in evidence["unread"]["counts"]) == len(expected)
    # Files that cannot be parsed are counted as well as reported; those whose bytes are not read are only reported.
    opened = [path for path, _, reason in FILES if path.endswith(".py") and reason not in ("too_large", "odd_path")]
    assert evidence["files"]["python"] == len(RUN_BY_LYING_THERE) + len(opened)


def test_the_history_is_read_as_if_nothing_were_hostile(evidence: Any) -> None:
    history = evidence["history"]
    assert (history["units"], history["across_apps"]) == (2, 1)
    assert history["left_out"] == {"bots": 1, "large": 1}
    assert history["pairs"] == [{"a": "orders", "b": "payments", "together": 1}]
    assert (evidence["people"]["commits"], evidence["people"]["authors"]) == (3, 2)
    assert [(each["name"], each["listed"]) for each in evidence["capabilities"]] == [("celery", ["requirements.txt"])]


def test_the_file_names_no_person_and_has_nothing_from_outside(evidence: Any) -> None:
    text = json.dumps(evidence)
    for secret in ("mallory", "Mallory", "example.org", "correct horse", "PASSWORD", "secret/"):
        assert secret not in text
