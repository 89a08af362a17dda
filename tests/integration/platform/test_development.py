"""`make dev` has a toolbar and shows mail on screen; nothing of it is loaded anywhere else."""

import os
import re
import subprocess
import sys
from pathlib import Path
from string import ascii_letters

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
#: Asks for a page as a browser on this machine does, and says whether the toolbar is in it and what was loaded.
ASK = """
import sys
import django
django.setup()
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client
get_wsgi_application()
page = Client().get("/account/login/", headers={"host": "127.0.0.1"})
print(page.status_code, b"djDebug" in page.content, "debug_toolbar" in sys.modules, settings.EMAIL_BACKEND)
"""


def ask(tmp_path: Path, module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    variables = {**clean, "SPLITCHECK_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": module, **environment}
    return subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=variables, capture_output=True, text=True)


def test_make_dev_shows_the_toolbar_and_mail_on_screen(tmp_path: Path) -> None:
    done = ask(tmp_path, "assess.settings_dev")
    assert done.stdout.split() == ["200", "True", "True", "django.core.mail.backends.console.EmailBackend"], done.stderr


def test_the_site_itself_never_loads_the_toolbar(tmp_path: Path) -> None:
    done = ask(tmp_path, "assess.settings", DEBUG="1")
    assert done.stdout.split()[:3] == ["200", "False", "False"], done.stderr


def test_the_tests_run_without_the_toolbar() -> None:
    assert "debug_toolbar" not in sys.modules
    assert "debug_toolbar" not in settings.INSTALLED_APPS


def test_development_settings_refuse_to_serve_production(tmp_path: Path) -> None:
    production = {"SPLITCHECK_ENV": "production", "ALLOWED_HOSTS": "split.example", "SECRET_KEY": ascii_letters}
    production["EMAIL_TO_FILES"] = "1"
    done = ask(tmp_path, "assess.settings_dev", **production)
    assert done.returncode == 1
    assert "assess.settings_dev is for one developer's machine" in done.stderr


def test_every_setting_from_the_environment_is_in_the_example() -> None:
    """In .env.example, with a comment above it. What is read: settings, gunicorn's configuration."""
    read = re.compile(r"""(?:environ(?:\.get\(|\[)|read_(?:bool|list|number|port)\()\s*["']([A-Z0-9_]+)["']""")
    files = (ROOT / "assess/settings.py", ROOT / "assess/environment.py", ROOT / "scripts/gunicorn.conf.py")
    names = {name for file in files for name in read.findall(file.read_text("utf-8"))}
    names |= {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"}  # read in a loop, as the next
    names |= {"S3_BUCKET", "S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY"}
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    listed = {}
    for above, line in zip(["", *lines], lines, strict=False):
        if match := re.match(r"#?([A-Z0-9_]+)=", line):
            listed[match[1]] = above.startswith("#")
    assert set(listed) == names
    assert [name for name, has_comment in listed.items() if not has_comment] == []
