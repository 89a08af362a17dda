"""A full disk, restarts while people save, and a clock that jumps: what was acknowledged stays."""

import http.client
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from scripts.postgres import programs, temporary_server
from tests.faults.conftest import Postgres, Saver, Site, in_background, wait_until


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own, which only root may make; PostgreSQL's user may enter it, too."""
    folder = Path(tempfile.mkdtemp(prefix="splitcheck-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("Only root may make a small disk, and not in every container")
    try:
        folder.chmod(0o777)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Not a byte is left on the disk until the block ends."""
    filler = disk / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1024 * 1024, 4096):
            try:
                while True:
                    os.write(descriptor, b"x" * size)
            except OSError:
                continue
        yield
    finally:
        os.close(descriptor)
        filler.unlink()


def save_until_refused(saver: Saver) -> int:
    """Saves until there is no room for more; the version of the last one that was acknowledged."""
    for number in range(1, 5_000):
        answer = saver.save("teams", number % 90)
        if answer.status != 200:
            assert answer.status == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert "Saved answers are safe" in answer.json["problem"]
            return saver.versions["teams"]
    pytest.fail("the disk did not fill")


def assert_full_disk_loses_nothing(site: Site, saver: Saver, disk: Path) -> None:
    with no_room(disk):
        version = save_until_refused(saver)
        assert site.visitor().get("/").status == 200
        assert site.visitor().get("/account/login/").status == 200
    wait_until(lambda: saver.save("developers", 7).status == 200, "saving goes on")
    assert saver.save("teams", 44).json["version"] == version + 1


def test_a_full_disk_refuses_saves_and_loses_none_on_sqlite(start_site: Callable[..., Site], tmp_path: Path):
    with small_disk(24) as disk:
        site = start_site(running=False)
        for file in site.folder.iterdir():
            shutil.move(file, disk)
        site.folder, site.environment["SPLITCHECK_VAR"] = disk, str(disk)
        site.log_folder = tmp_path  # the log of a server needs room of its own
        site.start()
        (saver,) = site.savers(1)
        assert saver.save("teams", 1).status == 200
        assert_full_disk_loses_nothing(site, saver, disk)
        site.stop()


def test_a_full_disk_refuses_saves_and_loses_none_on_postgresql(start_site: Callable[..., Site], tmp_path: Path):
    if programs() is None:
        pytest.skip("PostgreSQL's programs are not on this machine (apt install postgresql)")
    with small_disk(300) as disk, temporary_server(disk) as server:
        site = start_site("postgresql", database_url=Postgres(server).database(tmp_path))
        (saver,) = site.savers(1)
        assert saver.save("teams", 1).status == 200
        with no_room(disk):
            version = save_until_refused(saver)
            assert site.visitor().get("/").status == 200
        if server.process is not None and server.process.poll() is not None:
            server.start()  # it ends itself where it cannot write its log
        wait_until(lambda: saver.save("developers", 7).status == 200, "saving goes on")
        assert saver.save("teams", 44).json["version"] == version + 1
        site.stop()


def save_in_spite_of_restarts(saver: Saver, count: int) -> None:
    """As the page does: the same change again until it is answered."""
    for number in range(1, count + 1):
        mutation = str(uuid.uuid4())

        def is_saved(number: int = number, mutation: str = mutation) -> bool:
            try:
                answer = saver.save("teams", number % 90, mutation=mutation)
            except (OSError, http.client.HTTPException):
                return False
            assert answer.status == 200, answer.text
            assert answer.json["version"] == number
            return True

        wait_until(is_saved, "a save is answered")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_restarts_while_people_save_lose_and_double_nothing(start_site: Callable[..., Site], database: str):
    site = start_site(database)
    savers = site.savers(4)
    with in_background(*(partial(save_in_spite_of_restarts, saver, 150) for saver in savers)) as results:
        for turn in range(1, 4):
            wait_until(lambda turn=turn: savers[0].versions.get("teams", 0) > 35 * turn, "some saves")
            assert site.web is not None
            site.web.send_signal(signal.SIGHUP)
    assert results == [None] * len(savers)
    assert [saver.versions["teams"] for saver in savers] == [150] * len(savers)
    assert site.run("manage.py", "verify_log").returncode == 0


@pytest.mark.parametrize("hours", [-30, 5])
def test_a_clock_that_jumps_stops_nobody_and_breaks_no_log(start_site: Callable[..., Site], tmp_path: Path, hours: int):
    skew = tmp_path / "skew"
    skew.write_text("0")
    site = start_site(running=False, CLOCK_SKEW_FILE=str(skew))
    site.application = ("tests.faults.skewed_site:application",)
    site.start()
    (saver,) = site.savers(1)
    assert saver.save("teams", 1).json["version"] == 1
    for turn, seconds in enumerate((hours * 3600, 0), start=2):
        skew.write_text(str(seconds))
        answer = saver.save("teams", turn)
        assert (answer.status, answer.json["version"]) == (200, turn), "the jump signed somebody out or lost a save"
        assert saver.get(f"/assessments/{saver.assessment}/").status == 200
    assert site.run("manage.py", "verify_log").returncode == 0
    stored = site.shell("from assess.models import Answer; print(Answer.objects.get(key='teams').value)")
    assert stored == "3"
    assert "Traceback" not in site.log()
