"""Installs a file of pinned packages into the environment that runs this: `install_packages.py requirements.txt`.

Uses uv, which is several times faster, wherever pip can bring it, and pip otherwise. Both check every hash. uv looks
where pip would: pip's own settings are read when this runs and handed on, and nothing of them is written anywhere.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip"]
PIP_INSTALL = [
    *PIP, "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "--require-hashes", "-r",
]  # fmt: skip
#: uv's name in the environment for each of pip's settings about where packages come from.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
#: Settings of which pip takes several, parted by white space, and uv by this.
SEPARATORS = {"UV_INDEX": " ", "UV_FIND_LINKS": ",", "UV_INSECURE_HOST": " "}


def uv_environment(pip_settings: str, environment: dict[str, str]) -> dict[str, str]:
    """The environment with pip's settings, as `pip config list` prints them, under uv's names. What is set for uv wins.

    >>> uv_environment("global.timeout='30'", {})
    {'UV_HTTP_TIMEOUT': '30'}
    """
    settings = {}
    # From the weakest to the strongest, as pip reads them: for every command, for `install`, from the environment.
    for section in ("global", "install", ":env:"):
        for line in pip_settings.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}.") and key[len(section) + 1 :] in UV_NAMES:
                name = UV_NAMES[key[len(section) + 1 :]]
                settings[name] = SEPARATORS.get(name, " ").join(str(ast.literal_eval(value)).split())
    return {**settings, **environment}


def pinned(package: str, file: Path) -> str:
    """The lines that pin this package in a requirements file, with its hashes; empty if it is not there."""
    match = re.search(rf"^{package}==(?:[^\n]*\\\n)*[^\n]*\n", file.read_text("utf-8"), re.MULTILINE)
    return match[0] if match else ""


def install_by_uv(file: str) -> bool:
    """Whether uv could be had and has installed everything."""
    pin = pinned("uv", ROOT / "requirements.txt")
    done = subprocess.run([*PIP_INSTALL, "/dev/stdin"], input=pin, text=True, capture_output=True)
    if done.returncode:
        return False
    settings = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True).stdout
    if ".no-index=" in settings:
        return False  # uv takes this only as an argument
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    # As pip: a version may come from any of the indexes. The hash decides that it is the right one.
    command += ["--index-strategy", "unsafe-best-match", "--require-hashes", "-r", file]
    return subprocess.run(command, env=uv_environment(settings, dict(os.environ))).returncode == 0


def main(file: str) -> int:
    if subprocess.run([*PIP, "--version"], capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "ensurepip"], capture_output=True)
    if install_by_uv(file) or subprocess.run([*PIP_INSTALL, file]).returncode == 0:
        return 0
    print(
        "The packages could not be installed; see above. Check the network or pip's settings, then repeat.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
