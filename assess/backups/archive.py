"""The backup file: a tar with `manifest.json`, the database as one part, and `seal.json`, in this order.

The manifest says what is inside, with the SHA-256 of the part. The seal is the SHA-256 of the manifest, and an HMAC of
it by the site's secret key: a damaged file shows by the first, one that somebody changed by the second. Since the seal
comes last, a file that was cut off has none. The key itself is never in a backup, only its fingerprint.
"""

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from assess.record.facade import Head, canonical_json, read_head

#: Of what is written here; raised when an older release could not read it.
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SEAL: Final = "seal.json"
#: Bytes that a manifest or seal may have at most; a foreign file must not fill the memory.
LARGEST_TEXT: Final = 4 * 1024 * 1024
CHUNK: Final = 1024 * 1024


class BackupError(Exception):
    """Why nothing was backed up or restored, as a sentence."""


class DamagedError(BackupError):
    """A database that cannot be read as it should."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseFacts:
    """What the database holds at the moment of its copy."""

    migrations: tuple[str, ...]  # as app.name
    rows: Mapping[str, int]  # by table
    head: str  # of the record, as `Head` writes it
    events: int
    newest_event: tuple[int, str]  # id and seal; (0, "") for none

    @property
    def holds_data(self) -> bool:
        """Whether somebody has an account, or answered anything."""
        return bool(self.events or self.rows.get("assess_user"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a backup is, and what is in it."""

    version: str  # of the product
    made_at: str
    database: str  # "sqlite" or "postgresql"
    engine: str  # the database's version, in words
    server_version: int  # PostgreSQL's major version, and that of the program that wrote the part; else 0
    program_version: int
    schema: str  # of PostgreSQL
    part: str  # the name of the part
    sha256: str
    size: int
    keys: tuple[str, ...]  # fingerprints: of SECRET_KEY, then of SECRET_KEY_FALLBACKS
    has_files: bool  # whether PDFs and logos are in it, and not in a store (S3_BUCKET)
    facts: DatabaseFacts

    @property
    def record_head(self) -> Head:
        head = read_head(self.facts.head)
        if head is None:
            raise BackupError("The backup is damaged: its manifest names no head of the record.")
        return head


def key_fingerprint(key: str) -> str:
    """16 hex digits by which a key is known again; nobody gets the key back from them."""
    return hmac.new(key.encode(), b"assess.backups.fingerprint", hashlib.sha256).hexdigest()[:16]


def site_keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def seal_of(manifest: bytes, key: str) -> str:
    return hmac.new(key.encode(), b"assess.backups.seal:" + manifest, hashlib.sha256).hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(path: Path, manifest: Manifest, part: Path) -> None:
    """Write the backup to `path`, mode 600, and wait until it is on the disk."""
    said = {"format": FORMAT, **asdict(manifest)}
    manifest_bytes = (json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    seal = {
        "sha256": hashlib.sha256(manifest_bytes).hexdigest(),
        "hmac": seal_of(manifest_bytes, settings.SECRET_KEY),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            add_member(tar, MANIFEST, io.BytesIO(manifest_bytes), len(manifest_bytes))
            with part.open("rb") as content:
                add_member(tar, manifest.part, content, manifest.size)
            seal_bytes = canonical_json(seal).encode()
            add_member(tar, SEAL, io.BytesIO(seal_bytes), len(seal_bytes))
        file.flush()
        os.fsync(file.fileno())


def add_member(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    tar.addfile(member, content)


def read_archive(path: Path, part_to: Path | None = None) -> Manifest:
    """The manifest of a backup that is whole and made with a key of this site. Reads all of the file.

    Writes the part to `part_to` meanwhile. Raises BackupError with what is wrong.
    """
    try:
        if not path.is_file():
            raise BackupError(f"{path} is no file. Give the path of a backup.")
        if path.stat().st_size == 0:
            raise BackupError(f"{path} is empty.")
        with tarfile.open(path, mode="r:") as tar:
            manifest_bytes = read_text(tar, MANIFEST)
            said = read_object(manifest_bytes, MANIFEST)
            check_format(said)
            digest, size, part = copy_part(tar, part_to)
            seal = read_object(read_text(tar, SEAL), SEAL)
            if tar.next() is not None:
                raise BackupError(f"{path} is no backup of Splitcheck, or was changed: there is more behind its seal.")
    except (tarfile.TarError, EOFError) as problem:
        raise BackupError(f"{path} is no backup of Splitcheck, or is damaged: {problem}.") from None
    except OSError as problem:
        raise BackupError(f"{path} cannot be read: {problem.strerror}.") from None
    if hashlib.sha256(manifest_bytes).hexdigest() != seal.get("sha256"):
        raise BackupError("The backup is damaged: its manifest is not the one that was sealed.")
    manifest = parse_manifest(said)
    if (part, size, digest) != (manifest.part, manifest.size, manifest.sha256):
        raise BackupError("The backup is damaged: the database in it has another SHA-256 than its manifest says.")
    check_key(manifest, manifest_bytes, str(seal.get("hmac")))
    return manifest


def check_key(manifest: Manifest, manifest_bytes: bytes, seal: str) -> None:
    """Raises BackupError unless a key of this site made the backup."""
    fitting = [key for key in site_keys() if key_fingerprint(key) == manifest.keys[0]]
    if not fitting:
        raise BackupError(
            f"The backup was made with another SECRET_KEY (fingerprint {manifest.keys[0]}; this site's is "
            f"{key_fingerprint(settings.SECRET_KEY)}). Its seals and encrypted secrets would be void here. "
            "Set that key as SECRET_KEY, or add it to SECRET_KEY_FALLBACKS."
        )
    if not hmac.compare_digest(seal_of(manifest_bytes, fitting[0]), seal):
        raise BackupError("The backup was changed by somebody without the SECRET_KEY: its seal is wrong.")


def check_format(said: Mapping[str, Any]) -> None:
    """Raises BackupError for a foreign manifest and for one of a newer release, whatever else is in it."""
    number = said.get("format")
    if not isinstance(number, int):
        raise BackupError("This is no backup of Splitcheck: its manifest names no format.")
    if number > FORMAT:
        raise BackupError(
            f"The backup is of a newer release: format {number}, and this release reads {FORMAT}. Update first."
        )


def read_text(tar: tarfile.TarFile, name: str) -> bytes:
    """The next member, which must be a small file of this name."""
    member = tar.next()
    if member is None or member.name != name or not member.isreg() or member.size > LARGEST_TEXT:
        raise BackupError(f"This is no whole backup of Splitcheck: it has no {name} in its place.")
    file = tar.extractfile(member)
    assert file is not None
    content = file.read()
    if len(content) != member.size:
        raise BackupError(f"The backup is damaged: it ends within {name}.")
    return content


def copy_part(tar: tarfile.TarFile, part_to: Path | None) -> tuple[str, int, str]:
    """SHA-256, bytes and name of the next member, copied to `part_to` meanwhile."""
    member = tar.next()
    # A sparse one is a few bytes that unpack to any number of zeros.
    if member is None or not member.isreg() or member.issparse():
        raise BackupError("This is no whole backup of Splitcheck: it has no database in it.")
    content = tar.extractfile(member)
    assert content is not None
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(part_to or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return digest.hexdigest(), size, member.name


def read_object(content: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise BackupError(f"The backup is damaged: its {name} cannot be read.") from None
    if not isinstance(value, dict):
        raise BackupError(f"This is no backup of Splitcheck: its {name} is none of ours.")
    return value


def parse_manifest(said: Mapping[str, Any]) -> Manifest:
    try:
        facts = said["facts"]
        number, seal = facts["newest_event"]
        return Manifest(
            version=str(said["version"]),
            made_at=str(said["made_at"]),
            database=str(said["database"]),
            engine=str(said["engine"]),
            server_version=int(said["server_version"]),
            program_version=int(said["program_version"]),
            schema=str(said["schema"]),
            part=str(said["part"]),
            sha256=str(said["sha256"]),
            size=int(said["size"]),
            keys=(str(said["keys"][0]), *map(str, said["keys"][1:])),
            has_files=bool(said["has_files"]),
            facts=DatabaseFacts(
                migrations=tuple(map(str, facts["migrations"])),
                rows={str(table): int(count) for table, count in facts["rows"].items()},
                head=str(facts["head"]),
                events=int(facts["events"]),
                newest_event=(int(number), str(seal)),
            ),
        )
    except (KeyError, TypeError, ValueError, OverflowError, IndexError, AttributeError):
        raise BackupError("This is no backup of Splitcheck: its manifest lacks what ours have.") from None
