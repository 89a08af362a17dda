"""The former release, whose code runs beside the present one while an update rolls: docs/releases.md names it."""

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def former_commit() -> str:
    """The commit or tag."""
    [commit] = re.findall(r"^\*\*Former release:\*\* `(\S+)`$", (ROOT / "docs/releases.md").read_text("utf-8"), re.M)
    return str(commit)


def extract(folder: Path, *paths: str) -> Path:
    """The folder, with the former release's files of these paths, or all. Skips where git has no such commit."""
    if shutil.which("git") is None:
        pytest.skip("git is not here, so the former release is not either")
    archive = ["git", "archive", "--format=tar", former_commit(), *paths]
    done = subprocess.run(archive, cwd=ROOT, capture_output=True)
    if done.returncode:
        pytest.skip(f"git's history is not here, so the former release is not either: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder
