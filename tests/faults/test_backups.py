"""Backups of the real site while people save; and commands that are killed or run out of disk half-way."""

import fcntl
import json
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import DATABASES, ROOT, Postgres, Site, wait_until
from tests.faults.test_kills import Client

on_each_database = pytest.mark.parametrize("database", DATABASES)


@contextmanager
def people_saving(site: Site, count: int) -> Iterator[list[Client]]:
    over = threading.Event()
    clients = [Client(saver, over) for saver in site.savers(count)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    yield clients
    over.set()
    for thread in threads:
        thread.join(30)


def backup(site: Site) -> Path:
    return Path(site.run("manage.py", "backup").stdout.splitlines()[0])


def empty_place(site: Site, folder: Path, request: pytest.FixtureRequest) -> Site:
    """A site with the same key and no database yet, or on PostgreSQL an empty one."""
    folder.mkdir()
    url = ""
    if "DATABASE_URL" in site.environment:
        postgres: Postgres = request.getfixturevalue("postgres")
        name = f"empty_{random.randrange(10**9)}"
        postgres.execute(f"CREATE DATABASE {name}")
        url = postgres.address(name)
    return Site(folder, database_url=url, SECRET_KEY=(site.folder / "secret_key").read_text())


@on_each_database
def test_a_backup_taken_while_people_save_has_every_answer_acknowledged_before_it_began(
    start_site: Callable[..., Site], database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    site = start_site(database)
    with people_saving(site, 4) as clients:

        def acknowledged() -> list[dict[str, Any]]:
            return [each for client in clients for each in list(client.acknowledged)]

        wait_until(lambda: len(acknowledged()) >= 200, "people save")
        before = acknowledged()
        path = backup(site)
        at_the_end = len(acknowledged())
        wait_until(lambda: len(acknowledged()) > at_the_end, "people go on saving")
    assert at_the_end > len(before), "nobody saved while the backup was made"
    assert [client.refused for client in clients] == [[]] * 4

    place = empty_place(site, tmp_path / "empty", request)
    said = place.run("manage.py", "restore", str(path)).stdout
    assert "all as written" in said
    restored = place.shell(
        "import json\nfrom assess.assessments.models import Event\n"
        "print(json.dumps([str(each) for each in Event.objects.exclude(mutation_id=None)"
        ".values_list('mutation_id', flat=True)]))"
    )
    missing = {each["mutation"] for each in before} - set(json.loads(restored))
    assert missing == set()
    # The restored site serves people.
    place.start()
    try:
        assert place.visitor().get("/account/login/").status == 200
        refused = place.run("manage.py", "restore", "--replace", str(path), check=False)
        assert refused.returncode == 2
        assert "The site is running: " in refused.stderr
    finally:
        place.stop()


@on_each_database
def test_killed_commands_leave_no_half_backup_and_no_half_restored_database(
    start_site: Callable[..., Site], database: str, tmp_path: Path
) -> None:
    site = start_site(database, running=False)
    site.shell(MANY_ROWS)
    first = backup(site)
    site.shell("from assess.people.models import User; User.objects.create_user('later@example.org', name='Later')")
    random.seed(4711)
    states = {("users", 2_001), ("users", 2_002)}
    folder = site.folder / "backups"
    for number in range(6):
        arguments = ("backup",) if number % 2 else ("restore", "--replace", str(first))
        process = site.start_process("manage.py", *arguments, log="commands.log")
        time.sleep(random.uniform(0.8, 2.5))
        site.kill(process)
        if database == "postgresql":
            wait_until(lambda: not client_programs(site), "psql and pg_dump ended with the command")
        assert (
            "users",
            int(site.shell("from assess.people.models import User; print(User.objects.count())")),
        ) in states
        for path in folder.glob("*.tar"):
            assert site.run("manage.py", "restore", "--check", str(path)).returncode == 0
    done = site.run("manage.py", "restore", "--replace", str(first), check=False)
    assert "All migrations are applied." in done.stdout, done.stdout + done.stderr
    assert site.run("manage.py", "verify_log").returncode == 0


#: Enough that a command takes a moment.
MANY_ROWS = """
from assess.people.models import User
User.objects.bulk_create([User(email=f"{n}@example.org", name="x" * 100) for n in range(2001)])
"""


def client_programs(site: Site) -> list[str]:
    """PostgreSQL's programs that work on this site's backups."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(site.folder) in words and "python" not in words:
            found.append(words)
    return found


def test_the_site_and_its_worker_do_not_start_while_a_backup_is_restored(start_site: Callable[..., Site]) -> None:
    site = start_site("sqlite", running=False)
    lock = site.folder / "busy" / "serving.lock"
    lock.parent.mkdir()
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as `restore` has it
        for arguments in (("-m", "gunicorn", "-c", "scripts/gunicorn.conf.py"), ("manage.py", "db_worker")):
            refused = site.run(*arguments, check=False)
            assert refused.returncode != 0
            assert "A backup is being restored. Start the site and its worker when that has ended." in refused.stderr
            assert "Traceback" not in refused.stderr
    assert site.start().visitor().get("/account/login/").status == 200


@on_each_database
def test_a_full_disk_leaves_no_backup_and_says_so(start_site: Callable[..., Site], database: str) -> None:
    site = start_site(database, running=False)
    site.shell(MANY_ROWS)
    size = backup(site).stat().st_size
    folder = site.folder / "backups"
    before = sorted(folder.iterdir())
    for share in (0.3, 0.9):
        done = run_with_little_disk(site, int(size * share), "backup")
        assert done.returncode == 1, done.stderr
        assert "Nothing was backed up." in done.stderr
        assert "Traceback" not in done.stderr
        assert sorted(folder.iterdir()) == before


def run_with_little_disk(site: Site, largest: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command, in which no file may grow beyond so many bytes."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=site.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )


def test_a_full_disk_while_restoring_leaves_the_database_as_it_was(start_site: Callable[..., Site]) -> None:
    site = start_site("sqlite", running=False)
    small = backup(site)
    site.shell(MANY_ROWS)
    large = backup(site)
    assert site.run("manage.py", "restore", "--replace", str(small), check=False).returncode == 0
    database = site.folder / "splitcheck.sqlite3"
    # The part fits beside, the database does not grow to its size.
    limit = large.stat().st_size - 64 * 1024
    done = run_with_little_disk(site, limit, "restore", "--replace", str(large))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Nothing was replaced." in done.stderr
    with closing(sqlite3.connect(database)) as present:
        assert present.execute("SELECT count(*) FROM assess_user").fetchone() == (0,)
        assert present.execute("PRAGMA integrity_check").fetchone() == ("ok",)
