"""Looks for what pip cannot bring, and installs it by apt when it may: `system_packages.py pdf chromium pdftotext`.

Says what is missing and what to do about it. Ends with status 0 anyway: whoever needs the thing says so by name later.
Needs no .venv. `make run` lets it work in the background; `is_working` says whether it still does.
"""

import ctypes
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assess.reports.glyphs import missing_characters  # a module without Django

ROOT = Path(__file__).resolve().parent.parent
#: Locked as long as this program works.
LOCK = Path(os.environ.get("SPLITCHECK_VAR", ROOT / "var")) / "system_packages.lock"


def is_working() -> bool:
    """Whether another process is installing system packages for this checkout right now."""
    if not LOCK.exists():
        return False
    with open(LOCK, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def has_library(*names: str) -> bool:
    try:
        for name in names:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """Whether there is a font for Chinese, Korean, Hindi, Thai and a rocket: one of each package below."""
    return has_library("libfontconfig.so.1") and not missing_characters("漢한हไ🚀")


def find_server(*names: str) -> str:
    """The first of these programs that is here, "" for none. Debian has servers where only root looks."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return next(filter(None, (shutil.which(name, path=path) for name in names)), "")


#: What for, whether it is there, and Debian's packages that bring it.
NEEDS = {
    "pdf": (
        "PDF reports (WeasyPrint's libraries)",
        # harfbuzz-subset makes renders a third faster and their bytes the same every time.
        lambda: has_library("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    ),
    "fonts": (
        "fonts for what people type in other scripts (without them a report prints codes such as [U+6F22])",
        has_fonts,
        ("fonts-noto-core", "fonts-wqy-microhei", "fonts-symbola"),
    ),
    "chromium": (
        "browser tests (Chromium)",
        lambda: bool(shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")),
        ("chromium",),
    ),
    "machines": (
        "two nodes behind nginx, as processes (scripts/many_machines.py)",
        lambda: bool(find_server("nginx") and find_server("valkey-server", "redis-server")),
        ("nginx", "redis-server"),
    ),
    "pdftotext": ("reading PDFs in tests (poppler)", lambda: bool(shutil.which("pdftotext")), ("poppler-utils",)),
}


def apt() -> list[str] | None:
    """How to call apt-get here, or None when we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n", "apt-get"]
    return None


def install(packages: list[str]) -> bool:
    command = apt()
    if command is None:
        return False
    print(f"Installing by apt: {' '.join(packages)}", flush=True)
    arguments = ["install", "--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=60", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = ""
    for step in (arguments, ["update", "--quiet"], arguments):  # the lists of packages may be missing or old
        whole = [*command, *step]
        # In a session of its own: Ctrl-C ends the site, not apt in the middle of unpacking.
        done = subprocess.run(
            whole, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True
        )
        log = done.stderr
        if step is arguments and done.returncode == 0:
            return True
    print(log.strip()[-2000:], file=sys.stderr)
    return False


def main(names: list[str]) -> None:
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with open(LOCK, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # a second `make run` waits here instead of in apt
        for name in names:
            purpose, is_there, packages = NEEDS[name]
            if is_there():
                continue
            if install(list(packages)):
                print(f"Installed: {purpose}", flush=True)
            else:
                print(f"Missing: {purpose}. To have it: apt install {' '.join(packages)}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
