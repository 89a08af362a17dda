"""Brings the database and the static files up to date, in one process: `prepare.py`. Safe to repeat."""

import hashlib
import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assess.settings")

import django  # noqa: E402  # after the settings are named
from django.conf import settings  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402


def fingerprint(*folders: Path) -> str:
    """Changes when a file below is added, removed or edited. Reads names, sizes and times: it runs at each start."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stat = path.stat()
                found.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def collect_static() -> None:
    import allauth
    import django_htmx

    packages = (Path(str(package.__file__)).parent / "static" for package in (allauth, django_htmx))
    sources = [*settings.STATICFILES_DIRS, *packages]
    stamp = settings.VAR_DIR / "static.stamp"
    now = fingerprint(*map(Path, sources))
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == now:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def main() -> None:
    django.setup()
    call_command("check", stdout=io.StringIO())  # speaks only when something is wrong
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_fixtures", verbosity=0)
    if settings.SPLITCHECK_ENV == "local":
        call_command("load_demo", verbosity=0)
    collect_static()


if __name__ == "__main__":
    try:
        main()
    except CommandError as issue:
        sys.exit(str(issue))
