"""Making a backup: what is in the file, who may read it, and what is left when it fails."""

import json
import os
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from assess.record.chain import head_of
from tests.integration.backups.conftest import Site, backup, run

pytestmark = pytest.mark.database


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest is not None
        return dict(json.load(manifest))


def test_the_manifest_names_what_is_inside_and_no_secret(site: Site) -> None:
    path = backup()
    said = manifest_of(path)
    assert said["database"] == connection.vendor
    assert said["facts"]["head"] == str(head_of())
    assert said["facts"]["events"] == 2
    assert said["facts"]["rows"]["assess_answer"] == 1
    assert "assess.0002_triggers" in said["facts"]["migrations"]
    assert len(said["sha256"]) == 64
    assert len(said["keys"][0]) == 16
    assert settings.SECRET_KEY.encode() not in path.read_bytes()


def test_nobody_else_on_the_machine_can_read_a_backup(site: Site) -> None:
    assert stat.S_IMODE(backup().stat().st_mode) == 0o600


def test_a_backup_goes_into_the_named_folder_or_file_and_never_over_another(site: Site) -> None:
    into = site.folder / "copies"
    into.mkdir()
    assert backup(into).parent == into
    named = backup(into / "mine.tar")
    assert named == into / "mine.tar"
    content = named.read_bytes()
    status, said = run("backup", named)
    assert status == 1
    assert "is there already" in said
    assert named.read_bytes() == content
    status, said = run("backup", site.folder / "nowhere" / "mine.tar")
    assert status == 1
    assert "There is no folder" in said


def test_a_backup_says_that_files_in_a_store_are_not_in_it(site: Site, settings: Any) -> None:
    assert manifest_of(backup())["has_files"] is True
    store = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "files": store}
    status, said = run("backup")
    assert status == 0
    assert "PDFs and logos are in the store of S3_BUCKET, and not in there" in said


def test_only_the_newest_backups_are_kept_and_other_files_stay(site: Site) -> None:
    settings.BACKUP_DIR.mkdir()
    for name in ("splitcheck-20200101T000000Z.tar", "splitcheck-20200102T000000Z.tar", "notes.txt"):
        (settings.BACKUP_DIR / name).touch()
    (settings.BACKUP_DIR / "splitcheck-before-restore-20200101T000000Z.tar").touch()
    newest = backup("--keep", 2)
    assert {path.name for path in settings.BACKUP_DIR.iterdir()} == {
        *("splitcheck-20200102T000000Z.tar", "splitcheck-before-restore-20200101T000000Z.tar", "notes.txt"),
        newest.name,
    }
    assert run("backup", "--keep", 0)[0] == 1


def test_what_a_killed_backup_left_is_removed_by_the_next_one(site: Site) -> None:
    left = settings.BACKUP_DIR / ".splitcheck-unfinished-old"
    left.mkdir(parents=True)
    (left / "database.sqlite3").write_bytes(b"half")
    os.utime(left, (0, 0))
    newest = backup()
    assert list(settings.BACKUP_DIR.iterdir()) == [newest]


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="damages a file of SQLite")
def test_a_database_that_is_damaged_inside_is_not_backed_up_as_if_it_were_sound(site: Site) -> None:
    damage_pages(Path(connection.settings_dict["NAME"]))
    status, said = run("backup")
    assert status == 1
    assert "damaged inside" in said
    assert not list(settings.BACKUP_DIR.iterdir())


def damage_pages(path: Path) -> None:
    """Overwrite pages in the middle of the file, behind the schema."""
    connection.close()
    with path.open("r+b") as file:
        file.seek(4096 * (path.stat().st_size // 4096 // 2))
        file.write(b"\xff" * 4096 * 8)


@pytest.mark.both_databases
@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="SQLite needs no program")
def test_missing_and_old_programs_of_postgresql_are_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = site.folder / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    status, said = run("backup")
    assert status == 1
    assert "The program pg_dump is missing. Install PostgreSQL's client programs" in said
    old = folder / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o700)
    status, said = run("backup")
    assert status == 1
    assert "pg_dump (PostgreSQL) 9.6.24 is too old for version" in said
    assert not list(settings.BACKUP_DIR.iterdir())
