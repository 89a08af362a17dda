"""Packages come from where pip's settings say, also when uv fetches them."""

from pathlib import Path

from scripts.install_packages import pinned, uv_environment

ROOT = Path(__file__).resolve().parents[2]
FROM_FILES = """\
global.index-url='https://packages.example/simple'
global.extra-index-url='file:///srv/a https://b.example/simple'
global.find-links='/srv/wheels\\n/srv/more'
global.quiet='1'
"""


def test_uv_looks_where_pip_would() -> None:
    assert uv_environment(FROM_FILES, {}) == {
        "UV_DEFAULT_INDEX": "https://packages.example/simple",
        "UV_INDEX": "file:///srv/a https://b.example/simple",
        "UV_FIND_LINKS": "/srv/wheels,/srv/more",
    }


def test_what_pip_finds_in_the_environment_outweighs_its_files() -> None:
    settings = ":env:.index-url='https://mine.example'\n" + FROM_FILES + "install.index-url='https://install.example'\n"
    assert uv_environment(settings, {})["UV_DEFAULT_INDEX"] == "https://mine.example"


def test_what_is_set_for_uv_stays() -> None:
    assert uv_environment(FROM_FILES, {"UV_INDEX": "https://own.example", "HOME": "/home/me"})["UV_INDEX"] == (
        "https://own.example"
    )
    assert uv_environment("", {"HOME": "/home/me"}) == {"HOME": "/home/me"}


def test_uv_itself_is_pinned_by_hash() -> None:
    lines = pinned("uv", ROOT / "requirements.txt").splitlines()
    assert lines[0].startswith("uv==")
    assert len(lines) > 1
    assert all("--hash=sha256:" in line for line in lines[1:])
    assert pinned("no-such-package", ROOT / "requirements.txt") == ""
