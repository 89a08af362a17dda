"""Brings the database and the static files up to date, in one process: `prepare.py`. Safe to repeat.

Does nothing, and does not even load Django, when nothing changed since it last ended well.
"""

import hashlib
import io
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SPLITCHECK_VAR", ROOT / "var"))
STAMP = VAR_DIR / "prepared.stamp"
STATIC_STAMP = VAR_DIR / "static.stamp"
DATABASE = VAR_DIR / "splitcheck.sqlite3"


def fingerprint(*paths: Path) -> str:
    """Changes when a file at or below one of these is added, removed or edited. Reads names, sizes and times only."""
    digest = hashlib.sha256()
    for path in paths:
        for file in [path] if path.is_file() else sorted(files_below(path)):
            stat = file.stat()
            digest.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def state() -> str | None:
    """What was prepared, to compare with later; None where that cannot be told without asking the database."""
    if os.environ.get("DATABASE_URL") or os.environ.get("SPLITCHECK_ENV", "local") != "local" or not DATABASE.exists():
        return None
    sources = [ROOT / "assess", ROOT / "fixtures", ROOT / "static", *sorted((ROOT / ".venv").glob(".installed-*"))]
    return f"{DATABASE.stat().st_ino} {STATIC_STAMP.exists()} {fingerprint(*sources)}"


def collect_static() -> None:
    import allauth
    import django_htmx
    from django.conf import settings
    from django.core.management import call_command

    packages = (Path(str(package.__file__)).parent / "static" for package in (allauth, django_htmx))
    now = fingerprint(*map(Path, settings.STATICFILES_DIRS), *packages)
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and STATIC_STAMP.exists() and STATIC_STAMP.read_text() == now:
        return
    STATIC_STAMP.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    STATIC_STAMP.write_text(now)


def prepare_database() -> None:
    from django.conf import settings
    from django.core.management import call_command

    call_command("check", stdout=io.StringIO())  # speaks only when something is wrong
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_fixtures", verbosity=0)
    if settings.SPLITCHECK_ENV == "local":
        call_command("load_demo", verbosity=0)


def explained(work: Callable[[], None]) -> None:
    """Does the work; ends the process with a sentence where a folder, the environment or the database failed."""
    from django.core.management import CommandError

    from assess.command_line import explain

    try:
        work()
    except CommandError as problem:
        sys.exit(str(problem))
    except Exception as problem:
        if sentence := explain(problem):
            sys.exit(sentence)
        raise


def prepare() -> None:
    STAMP.unlink(missing_ok=True)
    import django

    django.setup()
    # Beside the database, on the second processor; forked before anything is connected to it.
    static = multiprocessing.get_context("fork").Process(target=explained, args=(collect_static,))
    static.start()
    try:
        prepare_database()
    finally:
        static.join()
    if static.exitcode:
        sys.exit("The static files could not be collected; the reason stands above.")
    if prepared := state():
        STAMP.write_text(prepared)


def main() -> None:
    if STAMP.exists() and STAMP.read_text() == state():
        return
    print("Preparing the database, the demo data and the static files", flush=True)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assess.settings")
    explained(prepare)


if __name__ == "__main__":
    main()
