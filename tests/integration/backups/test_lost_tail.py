"""A database that lacks what it had is noticed by the file beside it: it was cut, or put back to an earlier state."""

import logging
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from assess.assessments.models import Event
from assess.backups.serving import descriptors, start_serving
from assess.record.models import RecordLink
from assess.record.witness import evidence_path, noted, read_witness, witness_path
from tests.databases import create_triggers, drop_triggers
from tests.integration.backups.conftest import Site, run

pytestmark = pytest.mark.database

on_sqlite = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="copies SQLite's file")


def copy_of_database(it: Site) -> Path:
    copy = it.folder / "earlier.sqlite3"
    connection.close()
    shutil.copyfile(connection.settings_dict["NAME"], copy)
    return copy


def put_back(copy: Path) -> None:
    connection.close()
    shutil.copyfile(copy, connection.settings_dict["NAME"])


def start() -> None:
    """As a new process does."""
    noted.clear()
    start_serving()
    os.close(descriptors.pop())


@pytest.mark.both_databases
def test_the_witness_names_the_newest_answer_and_link(site: Site) -> None:
    newest = Event.objects.latest("pk")
    link = RecordLink.objects.latest("number")
    witness = read_witness(witness_path())
    assert (witness["event"]["event"], witness["event"]["seal"]) == (newest.pk, newest.seal)
    assert witness["link"]["head"] == f"{link.number}-{link.seal}"
    assert witness_path().stat().st_mode & 0o777 == 0o600
    assert run("verify_log")[0] == 0


@on_sqlite
def test_an_earlier_state_that_was_put_back_is_found_and_stays_found_while_people_go_on(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    earlier = copy_of_database(site)
    site.save(7)
    put_back(earlier)
    lost = read_witness(witness_path())["event"]["event"]
    status, said = run("verify_log")
    assert status == 1
    assert f"the end of the log: event {lost} of" in said
    assert "run manage.py verify_log --accept-loss" in said
    with caplog.at_level(logging.ERROR):
        start()
    assert f"The end of the log: event {lost} of" in caplog.text
    assert evidence_path().exists()
    for value in (8, 9):
        site.save(value)
    assert run("verify_log")[0] == 1


@on_sqlite
def test_a_loss_accepted_on_purpose_is_in_the_record_and_no_longer_found(site: Site) -> None:
    earlier = copy_of_database(site)
    site.save(7)
    site.add_link()
    head = f"{RecordLink.objects.latest('number').seal}"
    put_back(earlier)
    start()
    status, said = run("verify_log", "--accept-loss")
    assert status == 0, said
    link = RecordLink.objects.latest("number")
    assert (link.kind, link.event_seal) == ("restored", head)
    assert f"Link {link.number} of the record says" in said
    assert not evidence_path().exists()
    site.save(8)
    assert run("verify_log")[0] == 0


@on_sqlite
def test_the_witness_of_another_machine_accepts_what_the_record_says_was_restored(site: Site) -> None:
    earlier = copy_of_database(site)
    site.save(7)
    others = settings.WITNESS_DIR.with_name("other-machine")
    shutil.copytree(settings.WITNESS_DIR, others)
    old = witness_path().read_text().replace('"at": "2', '"at": "1')  # witnessed long before
    put_back(earlier)
    assert run("verify_log", "--accept-loss")[0] == 0
    (others / witness_path().name).write_text(old)
    settings.WITNESS_DIR = others
    assert run("verify_log")[0] == 0


def test_the_end_of_one_versions_log_that_was_cut_off_is_found(site: Site) -> None:
    site.save(7)
    assert run("verify_log")[0] == 0  # counts the events
    drop_triggers()
    with connection.cursor() as cursor:
        number = Event.objects.filter(assessment=site.assessment).latest("number").number
        cursor.execute(
            "DELETE FROM assess_event WHERE assessment_id = %s AND number = %s", [site.assessment.pk, number]
        )
        cursor.execute("UPDATE assess_assessment SET log_length = log_length - 1 WHERE id = %s", [site.assessment.pk])
        cursor.execute("UPDATE assess_answer SET value = '3', version = 1")
    create_triggers()
    other = site.other_assessment()
    site.save(5, other)
    status, said = run("verify_log")
    assert status == 1
    assert "of 3 events that were there at" in said
    assert "2 are left" in said


def test_a_disk_that_takes_no_witness_keeps_nobody_from_saving(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    settings.WITNESS_DIR = site.folder / "a file"
    settings.WITNESS_DIR.touch()
    site.save(7)
    assert site.answer() == 7
    assert "The witness of the log cannot be written" in caplog.text
    assert run("verify_log")[0] == 0


def test_a_witness_that_cannot_be_read_says_nothing(site: Site) -> None:
    witness_path().write_bytes(b"\xff" * 700)
    assert run("verify_log")[0] == 0
