"""Restoring: what comes back, what is kept of before, and who is told no."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from assess.backups.serving import RestoringError, announce_serving, descriptors, without_serving
from assess.record.chain import head_of
from assess.record.models import RecordLink
from tests.integration.backups.conftest import Site, backup, run
from tests.integration.backups.test_backup import damage_pages

pytestmark = pytest.mark.database

on_sqlite = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite's file")


@pytest.mark.both_databases
def test_a_restored_site_has_what_the_backup_had_and_a_sound_record(site: Site) -> None:
    path = backup()
    site.save(7)
    site.add_link()
    left_behind = head_of()
    status, said = run("restore", "--replace", path)
    assert status == 0, said
    assert site.answer() == 3
    assert "All migrations are applied." in said
    assert "all as written" in said
    link = RecordLink.objects.latest("number")
    assert link.kind == "restored"
    assert (link.event_number, link.event_seal) == (left_behind.number, left_behind.seal)
    status, said = run("verify_log", "--since", str(left_behind))
    assert status == 1
    assert f"link {link.number} says that a backup was restored" in said
    site.save(8)
    assert run("verify_log")[0] == 0


def test_a_restore_can_be_undone(site: Site) -> None:
    path = backup()
    site.save(7)
    _status, said = run("restore", "--replace", path)
    command = next(line for line in said.splitlines() if line.startswith("To undo this: "))
    status, said = run(*command.partition("manage.py ")[2].split())
    assert status == 0, said
    assert site.answer() == 7


def test_data_is_only_replaced_on_purpose(site: Site) -> None:
    path = backup()
    site.save(7)
    status, said = run("restore", path)
    assert status == 2
    assert "Nothing was replaced. The present database holds data (1 accounts, 3 events). Say --replace" in said
    assert site.answer() == 7


def test_a_backup_can_be_checked_without_restoring_it(site: Site) -> None:
    path = backup()
    site.save(7)
    status, said = run("restore", "--check", path)
    assert status == 0, said
    assert "It is whole, and fits this site." in said
    assert site.answer() == 7


def test_a_backup_of_an_earlier_key_fits_while_that_key_is_kept(site: Site, settings: Any) -> None:
    path = backup()
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another-" * 8
    status, said = run("restore", "--replace", path)
    assert status == 2
    assert "made with another SECRET_KEY" in said
    assert earlier not in said
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert run("restore", "--replace", path)[0] == 0


def test_a_backup_of_another_release_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("assess.backups.backup.VERSION", "999.0")
        path = backup(site.folder / "newer.tar")
    status, said = run("restore", "--replace", path)
    assert status == 2
    assert "is of a newer release (999.0; this is" in said
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('assess', '0999_later', CURRENT_TIMESTAMP)"
        )
    path = backup(site.folder / "later.tar")
    status, said = run("restore", "--replace", path)
    assert status == 2
    assert "this one has no migration assess.0999_later" in said


def test_a_backup_of_an_earlier_release_says_what_is_left_to_do(site: Site) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0002_triggers'")
    path = backup()
    status, said = run("restore", "--replace", path)
    assert status == 1
    assert "1 migrations are not applied, from assess.0002_triggers on. Next: manage.py migrate, then" in said


def test_nothing_is_restored_under_a_running_site(site: Site) -> None:
    path = backup()
    site.save(7)
    announce_serving()
    status, said = run("restore", "--replace", path)
    os.close(descriptors.pop())
    assert status == 2
    assert "The site is running: a process of this machine serves it. Stop the site and its worker first" in said
    assert site.answer() == 7


@pytest.mark.both_databases
def test_nothing_is_restored_while_anybody_has_the_database_open(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assess.backups.sqlite.TIMEOUT", 0.01)
    path = backup()
    site.save(7)
    with closing(other_connection()):
        status, said = run("restore", "--replace", path)
    assert status == 2
    assert "The site is running: " in said
    assert site.answer() == 7


def test_the_site_does_not_start_while_a_backup_is_restored(site: Site) -> None:
    with without_serving(), pytest.raises(RestoringError):
        announce_serving()
    with without_serving():
        status, said = run("db_worker", "--batch")
    assert status == 1
    assert "A backup is being restored." in said


@on_sqlite
def test_a_backup_is_restored_where_there_is_no_database(site: Site) -> None:
    path = backup()
    lose_database()
    status, said = run("restore", path)
    assert status == 0, said
    assert site.answer() == 3
    assert Path(connection.settings_dict["NAME"]).stat().st_mode & 0o777 == 0o600


@on_sqlite
@pytest.mark.parametrize("damage", ["no database at all", "pages inside"])
def test_a_damaged_database_is_replaced_and_its_files_are_kept(site: Site, damage: str) -> None:
    path = backup()
    name = Path(connection.settings_dict["NAME"])
    if damage == "pages inside":
        damage_pages(name)
    else:
        connection.close()
        name.write_bytes(b"this was a database " * 1000)
    content = name.read_bytes()
    status, said = run("restore", path)
    assert status == 2
    assert "Say --replace" in said
    assert name.read_bytes() == content
    status, said = run("restore", "--replace", path)
    assert status == 0, said
    assert site.answer() == 3
    kept = next(line for line in said.splitlines() if "could not be read" in line).rpartition(" ")[2].rstrip("*")
    assert Path(kept).read_bytes() == content


@on_sqlite
def test_what_a_crash_left_in_the_write_ahead_log_never_gets_into_the_restored_database(site: Site) -> None:
    path = backup()
    name = Path(connection.settings_dict["NAME"])
    site.save(7)
    crashed = site.folder / "crashed"
    crashed.mkdir()
    for suffix in ("", "-wal"):  # as they lie on the disk of a machine that lost power
        shutil.copyfile(f"{name}{suffix}", crashed / f"copy{suffix}")
    lose_database()
    for suffix in ("", "-wal"):
        shutil.copyfile(crashed / f"copy{suffix}", f"{name}{suffix}")
    status, said = run("restore", "--replace", path)
    assert status == 0, said
    assert site.answer() == 3
    kept = next(line for line in said.splitlines() if line.startswith("To undo")).split()[-1]
    assert run("restore", "--replace", kept)[0] == 0
    assert site.answer() == 7


def other_connection() -> Any:
    """As of another program, which does nothing just now."""
    values = connection.settings_dict
    if connection.vendor == "postgresql":
        return psycopg.connect(host=values["HOST"], user=values["USER"], dbname=values["NAME"])
    other = sqlite3.connect(values["NAME"])
    other.execute("SELECT count(*) FROM assess_event").fetchall()
    return other


def lose_database() -> None:
    connection.close()
    name = Path(connection.settings_dict["NAME"])
    for path in name.parent.glob(f"{name.name}*"):
        path.unlink()
