"""A repository's git directory that wants programs run, other directories read, or a reader to wait for ever.

Its history is read as if none of that were there, or not read at all, and the reason is given.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from assess.evidence.scanner.facts import GitReading
from assess.evidence.scanner.git import find_git_program, read_git
from assess.evidence.scanner.history import read_history, read_rhythm
from tests.repositories import Made, git, make_repository

COMMITS = [Made(["README"]), Made(["shop/orders/a.py"], tag="v1"), Made(["shop/orders/a.py", "shop/payments/b.py"])]

#: Every setting of git's that names a program, and those that change what a log says.
HOSTILE_CONFIGURATION = """
[core]
    fsmonitor = {evil}
    hooksPath = {hooks}
    pager = {evil}
    editor = {evil}
    sshCommand = {evil}
    askPass = {evil}
    gitProxy = {evil}
    alternateRefsCommand = {evil}
    attributesFile = {attributes}
    worktree = /
    bare = true
    quotePath = true
    commitGraph = true
[include]
    path = {included}
[includeIf "gitdir:/**"]
    path = {included}
[alias]
    log = !{evil}
    rev-parse = !{evil}
    for-each-ref = !{evil}
[pager]
    log = {evil}
    for-each-ref = {evil}
[log]
    showSignature = true
    mailmap = true
    date = raw
    diffMerges = separate
    follow = true
    decorate = full
    showRoot = true
[gpg]
    program = {evil}
    format = openpgp
[gpg "x509"]
    program = {evil}
[gpg "ssh"]
    program = {evil}
    defaultKeyCommand = {evil}
[diff]
    external = {evil}
    renames = copies
    orderFile = /etc/passwd
    noprefix = true
    submodule = log
[diff "evil"]
    textconv = {evil}
    command = {evil}
[filter "evil"]
    clean = {evil}
    smudge = {evil}
    process = {evil}
    required = true
[merge "evil"]
    driver = {evil}
[credential]
    helper = !{evil}
[color]
    ui = always
[format]
    pretty = oneline
[i18n]
    logOutputEncoding = UTF-16
    commitEncoding = UTF-16
[mailmap]
    file = /etc/passwd
    blob = HEAD:shop/orders/a.py
[trace2]
    eventTarget = {trace}
    normalTarget = {trace}
[extensions]
    partialClone = origin
    worktreeConfig = true
[remote "origin"]
    url = ext::{evil}
    promisor = true
    uploadpack = {evil}
    vcs = {evil}
[uploadpack]
    packObjectsHook = {evil}
[protocol]
    allow = always
[uploadarchive]
    allowUnreachable = true
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository `shop`, and another named `secret` beside it, to which the first must not lead."""
    directory = tmp_path_factory.mktemp("original")
    make_repository(directory / "shop", COMMITS)
    make_repository(directory / "secret", [Made(["a"], author="Eve <eve@example.org>"), Made(["b"])])
    return directory


@pytest.fixture
def scene(original: Path, tmp_path: Path) -> Path:
    """A copy of both, and a program `evil` that leaves `ran` behind."""
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    evil = tmp_path / "evil"
    evil.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/ran\nexit 1\n')
    evil.chmod(0o755)
    return tmp_path


def sign_last_commit(repository: Path) -> None:
    """Makes the last commit one with a signature, which git would have checked by `gpg.program`."""
    head, _, message = git(repository, "cat-file", "commit", "HEAD").partition(b"\n\n")
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ=\n -----END PGP SIGNATURE-----"
    content = head + b"\n" + signature + b"\n\n" + message
    signed = git(repository, "hash-object", "-t", "commit", "-w", "--stdin", input=content).decode().strip()
    git(repository, "update-ref", "refs/heads/main", signed)


def set_every_trap(scene: Path) -> None:
    repository, evil = scene / "shop", scene / "evil"
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / hook).write_bytes(evil.read_bytes())
        (hooks / hook).chmod(0o755)
    (scene / "included").write_text(f"[core]\n\tfsmonitor = {evil}\n[diff]\n\texternal = {evil}\n")
    (scene / "attributes").write_text("* diff=evil filter=evil merge=evil\n")
    (repository / ".gitattributes").write_text("* diff=evil filter=evil merge=evil\n")
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil merge=evil\n")
    (repository / ".git" / "config.worktree").write_text(f"[core]\n\tfsmonitor = {evil}\n")
    (repository / ".git" / "config").write_text(
        HOSTILE_CONFIGURATION.format(
            evil=evil,
            hooks=hooks,
            included=scene / "included",
            attributes=scene / "attributes",
            trace=scene / "ran",
        )
    )


def test_no_program_that_the_repository_names_is_run(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_last_commit(scene / "shop")
    expected = read_git(scene / "shop")
    assert expected.log is not None
    assert expected.log.tag_days == ("2026-11-01",)
    set_every_trap(scene)
    evil = str(scene / "evil")
    for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "PAGER", "GIT_EDITOR", "GIT_ASKPASS"):
        monkeypatch.setenv(name, evil)
    for name in ("GIT_TRACE2_EVENT", "GIT_TRACE", "GIT_TRACE2_PERF"):
        monkeypatch.setenv(name, str(scene / "ran"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'diff.external={evil}'")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(scene / "shop" / ".git" / "config"))
    monkeypatch.chdir(scene / "shop")
    assert read_git(scene / "shop") == expected
    assert not (scene / "ran").exists(), (scene / "ran").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("asked", [("log", "-1"), ("--no-pager", "log", "-1"), ("--no-pager", "log", "-p")])
def test_git_itself_would_have_run_one(scene: Path, asked: tuple[str, ...]) -> None:
    """The traps above are set well: without the care that `read_git` takes, this is what happens."""
    sign_last_commit(scene / "shop")
    set_every_trap(scene)
    subprocess.run(
        ["git", *asked],
        cwd=scene / "shop",
        env={"PATH": os.environ["PATH"], "HOME": str(scene)},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert (scene / "ran").exists()


def test_what_replaces_commits_and_their_parents_is_not_followed(scene: Path) -> None:
    repository = scene / "shop"
    expected = read_git(repository)
    first, last = git(repository, "rev-parse", "HEAD~2", "HEAD").decode().split()
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "grafts").write_text(f"{last}\n")
    git(repository, "replace", last, first)
    assert read_git(repository) == expected


def test_the_repository_does_not_bring_its_own_git(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (scene / "shop" / "git").write_bytes((scene / "evil").read_bytes())
    (scene / "shop" / "git").chmod(0o755)
    (scene / "bin").mkdir()
    (scene / "bin" / "git").symlink_to(scene / "shop" / "git")
    monkeypatch.chdir(scene / "shop")
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", str(scene / "shop"), str(scene / "bin"), os.environ["PATH"]]))
    assert read_git(scene / "shop").log is not None
    assert not (scene / "ran").exists()
    monkeypatch.setenv("PATH", os.pathsep.join([".", str(scene / "shop")]))
    assert find_git_program(scene / "shop") is None
    assert read_git(scene / "shop") == GitReading(None, ("no_git_program",))


def test_a_git_that_does_not_answer_is_ended(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (scene / "bin").mkdir()
    (scene / "bin" / "git").write_text("#!/bin/sh\nexec /bin/sleep 1000\n")
    (scene / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(scene / "bin"))
    reading = read_git(scene / "shop", seconds=0.05)
    assert [(each.path, each.reason) for each in reading.problems] == [(".git", "git_timeout")]
    assert reading.limits == ("no_git",)


def replace(path: Path, put: Callable[[Path], object]) -> None:
    if path.is_dir():
        path.rename(path.with_name("moved"))
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    put(path)


def make_huge(path: Path) -> None:
    """A file of a terabyte that takes no room."""
    with path.open("wb") as file:
        file.truncate(10**12)


ODD: list[tuple[str, Callable[[Path], object], str, str]] = [
    (".git", os.mkfifo, ".git", "not_a_file"),
    (".git", lambda path: path.symlink_to(path.parent.parent / "secret" / ".git"), ".git", "link_outside"),
    (".git", lambda path: path.symlink_to(path), ".git", "link_outside"),
    (".git", lambda path: path.write_text(f"gitdir: {path.parent.parent}/secret/.git\n"), ".git", "git_outside"),
    (".git", lambda path: path.write_text("gitdir: ../secret/.git\n"), ".git", "git_outside"),
    (".git", lambda path: path.write_bytes(b"gitdir: a\0b\n"), ".git", "unreadable"),
    (".git", lambda path: path.write_text("nonsense"), ".git", "unreadable"),
    (".git/HEAD", os.mkfifo, ".git/HEAD", "not_a_file"),
    (".git/HEAD", lambda path: path.symlink_to("/dev/zero"), ".git/HEAD", "link_outside"),
    (".git/HEAD", lambda path: path.write_text("ref: refs/heads/../../../secret/.git/HEAD"), ".git/HEAD", "unreadable"),
    (".git/HEAD", lambda path: path.write_text("ref: HEAD"), ".git/HEAD", "unreadable"),
    (".git/HEAD", lambda path: path.write_bytes(b"\xff\0"), ".git/HEAD", "unreadable"),
    (".git/HEAD", lambda path: path.write_text("f" * 40), ".git/objects", "git_failed"),
    (".git/refs/heads/main", lambda path: path.write_text("ref: refs/heads/main"), ".git/HEAD", "unreadable"),
    (".git/refs/heads/main", os.mkfifo, ".git/refs/heads/main", "not_a_file"),
    (
        ".git/refs/heads",
        lambda path: path.symlink_to(path.parents[3] / "secret" / ".git" / "refs" / "heads"),
        ".git/refs/heads/main",
        "link_outside",
    ),
    (".git/packed-refs", os.mkfifo, ".git/packed-refs", "not_a_file"),
    (".git/packed-refs", make_huge, ".git/packed-refs", "too_large"),
    (".git/shallow", os.mkfifo, ".git/shallow", "not_a_file"),
    (".git/refs/tags/v2", os.mkfifo, ".git/refs/tags/v2", "not_a_file"),
    (
        ".git/objects",
        lambda path: path.symlink_to(path.parents[2] / "secret/.git/objects"),
        ".git/objects",
        "link_outside",
    ),
    (".git/objects/pack/pack-1.idx", os.mkfifo, ".git/objects/pack/pack-1.idx", "not_a_file"),
    (".git/objects/00/1", lambda path: path.symlink_to("/dev/zero"), ".git/objects/00/1", "not_a_file"),
    (".git/objects/info/alternates", os.mkfifo, ".git/objects/info/alternates", "not_a_file"),
    (".git/objects/info/alternates", lambda path: path.write_text("/nowhere\n"), ".git", "unreadable"),
    (".git/reftable/tables.list", lambda path: path.write_text(""), ".git/reftable", "git_reftable"),
]


@pytest.mark.parametrize(("path", "put", "blamed", "reason"), ODD, ids=[f"{path} {why}" for path, _, _, why in ODD])
def test_a_git_directory_with_something_odd_in_it_is_not_read_and_the_reason_is_given(
    scene: Path, path: str, put: Callable[[Path], object], blamed: str, reason: str
) -> None:
    replace(scene / "shop" / path, put)
    reading = read_git(scene / "shop")
    assert reading.log is None
    assert "no_git" in reading.limits
    assert [(each.path, each.reason) for each in reading.problems] == [(blamed, reason)]


def test_damaged_objects_are_a_reason(scene: Path) -> None:
    for damaged in (scene / "shop" / ".git" / "objects").glob("??/*"):
        damaged.chmod(0o644)
        damaged.write_bytes(b"\xff" * 500)
    assert [each.reason for each in read_git(scene / "shop").problems] == ["git_failed"]


@pytest.mark.slow
@pytest.mark.parametrize("time", ["99999999999999999 +0000", "0 +0000", "-5 +0000", "1 +999999", "x"])
def test_commits_of_impossible_times_break_nothing(scene: Path, time: str) -> None:
    content = git(scene / "shop", "cat-file", "commit", "HEAD")
    odd = re.sub(rb"(?m)^(author|committer) (.*>).*$", rb"\1 \2 " + time.encode(), content)
    commit = (
        git(scene / "shop", "hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=odd).decode().strip()
    )
    (scene / "shop" / ".git" / "refs" / "heads" / "main").write_text(commit)
    reading = read_git(scene / "shop")
    if reading.log is None:
        assert [each.reason for each in reading.problems] == ["unreadable"]
    else:
        assert read_rhythm(reading.log).weeks >= 1
        assert read_history(reading.log, []).units <= 3
