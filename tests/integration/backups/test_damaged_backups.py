"""Damaged and foreign backups: each is noticed, named, and nothing is replaced."""

import io
import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.backups.conftest import Site, backup, run

pytestmark = pytest.mark.database

Members = list[tuple[str, bytes]]


def read(path: Path) -> Members:
    with tarfile.open(path) as tar:
        return [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def write(path: Path, members: Members) -> None:
    with tarfile.open(path, "w") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def cut_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_seal(path: Path) -> None:
    write(path, read(path)[:2])


def cut_within_the_manifest(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:600])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def no_tar(path: Path) -> None:
    path.write_bytes(b"PGDMP" + b"\x00" * 5_000)


def flip_in_the_database(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(flip(content, len(content) // 2))


def flip_in_the_manifest(path: Path) -> None:
    (name, manifest), *others = read(path)
    write(path, [(name, manifest.replace(b'"assess_answer": 1', b'"assess_answer": 2')), *others])


def zeros_in_the_middle(path: Path) -> None:
    """As of a disk that lost some blocks."""
    content, middle = path.read_bytes(), path.stat().st_size // 2
    path.write_bytes(content[: middle - 4096] + bytes(8192) + content[middle + 4096 :])


def other_database(path: Path) -> None:
    manifest, (name, _content), seal = read(path)
    write(path, [manifest, (name, b"another"), seal])


def sealed_without_the_key(path: Path) -> None:
    import hashlib

    (name, manifest), (part, content), (seal, _said) = read(path)
    content = flip(content, len(content) // 2)
    said = json.loads(manifest) | {"sha256": hashlib.sha256(content).hexdigest()}
    manifest = json.dumps(said).encode()
    sealed = {"sha256": hashlib.sha256(manifest).hexdigest(), "hmac": "0" * 64}
    write(path, [(name, manifest), (part, content), (seal, json.dumps(sealed).encode())])


def database_of_zeros_that_are_not_there(path: Path) -> None:
    """A few bytes in the file, and as many as anybody likes when it is unpacked."""
    (name, manifest), (part, _content), (seal, said) = read(path)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for each, content in ((name, manifest), (part, b""), (seal, said)):
            member = tarfile.TarInfo(each)
            member.size = len(content)
            if each == part:
                member.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**24)}
            tar.addfile(member, io.BytesIO(content))


def nested_manifest(path: Path) -> None:
    (name, _manifest), *others = read(path)
    write(path, [(name, b"[" * 100_000), *others])


def endless_size(path: Path) -> None:
    import hashlib

    (name, manifest), part, (seal, said) = read(path)
    manifest = re.sub(rb'"size": \d+', b'"size": 1e999', manifest)
    sealed = json.loads(said) | {"sha256": hashlib.sha256(manifest).hexdigest()}
    write(path, [(name, manifest), part, (seal, json.dumps(sealed).encode())])


def somebody_elses_tar(path: Path) -> None:
    write(path, [("etc/passwd", b"root:x:0:0")])


def more_behind_the_seal(path: Path) -> None:
    write(path, [*read(path), ("../../.bashrc", b"")])


def newer_format(path: Path) -> None:
    (name, manifest), *others = read(path)
    write(path, [(name, json.dumps(json.loads(manifest) | {"format": 99}).encode()), *others])


DAMAGES: dict[Callable[[Path], None], str] = {
    empty: "is empty",
    cut_half: "is no backup of Splitcheck, or is damaged",
    cut_within_the_manifest: "is no backup of Splitcheck, or is damaged",
    cut_seal: "it has no seal.json",
    no_tar: "is no backup of Splitcheck, or is damaged",
    flip_in_the_database: "another SHA-256",
    zeros_in_the_middle: "another SHA-256",
    other_database: "another SHA-256",
    flip_in_the_manifest: "its manifest is not the one that was sealed",
    sealed_without_the_key: "was changed by somebody without the SECRET_KEY",
    database_of_zeros_that_are_not_there: "it has no database in it",
    nested_manifest: "its manifest.json cannot be read",
    endless_size: "its manifest lacks what ours have",
    somebody_elses_tar: "it has no manifest.json",
    more_behind_the_seal: "there is more behind its seal",
    newer_format: "is of a newer release",
}


def test_each_kind_of_damage_is_noticed_before_anything_is_replaced(site: Site) -> None:
    path = backup()
    content = path.read_bytes()
    site.save(7)
    for damage, words in DAMAGES.items():
        path.write_bytes(content)
        damage(path)
        status, said = run("restore", "--replace", path)
        assert status == 2, damage
        assert said.startswith("Nothing was replaced."), damage
        assert words in said, damage
        assert site.answer() == 7, damage
    assert [each for each in path.parent.iterdir() if each != path] == []
    path.write_bytes(content)
    assert run("restore", "--replace", path)[0] == 0
